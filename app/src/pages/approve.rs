//! Where the mail about an approval leads. Opening it decides nothing.

use super::console::approval::{Place, question};
use crate::layouts::AuthLayout;
use crate::load;
use crate::pages::segment;
use leptos::prelude::*;

/// `/approve/:id`
#[component]
pub fn Approve() -> impl IntoView {
    let asked = segment("id");
    let content = load::signed_in(move |here, _| async move { question(&here, &asked, Place::Hosted).await });
    view! { <AuthLayout title="Approve" wide=true>{content}</AuthLayout> }
}

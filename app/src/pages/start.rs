//! The bare address: on to wherever the person belongs.

use crate::load;
use leptos::prelude::*;

/// The console for those who are signed in, signing in for everybody else, setting up while there is nobody.
#[component]
pub fn Start() -> impl IntoView {
    load::open(|here| async move {
        let next = if here.user().is_some() {
            "/console"
        } else if kavach_service::setup::is_open(&here.kv).await? {
            "/setup"
        } else {
            "/sign-in"
        };
        here.see_other(next);
        Ok(().into_any())
    })
}

//! What surrounds the content of a page: landmarks, navigation, skip link.

mod auth;
mod console;

pub use auth::AuthLayout;
pub use console::{ConsoleLayout, Section, console_page};

use leptos::prelude::*;

/// Lets keyboards jump over the navigation.
#[component]
fn SkipLink() -> impl IntoView {
    view! {
        <a href="#content" class="skip-link">"Skip to content"</a>
    }
}

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
        <a
            href="#content"
            class="sr-only focus:not-sr-only focus:fixed focus:start-3 focus:top-3 focus:z-20 focus:rounded-lg \
            focus:bg-surface focus:px-4 focus:py-2 focus:text-sm focus:font-semibold focus:text-accent \
            focus:shadow-lift"
        >
            "Skip to content"
        </a>
    }
}

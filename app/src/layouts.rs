//! What surrounds the content of a page: landmarks, navigation, skip link.

mod account;
mod auth;
mod console;
mod language;

pub use account::{AccountPart, account_page};
pub use auth::AuthLayout;
pub use console::{ConsoleLayout, Section, console_page};
use language::LanguageMenu;

use crate::i18n::tr;
use leptos::prelude::*;

/// The way out.
#[component]
fn SignOut(
    /// What it is called.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <form method="post" action="/_fn/sign-out">
            <button
                type="submit"
                class="min-h-9 w-full rounded-lg border border-line px-3 text-sm font-medium text-muted hover:bg-sunken hover:text-ink"
            >
                {label}
            </button>
        </form>
    }
}

/// Lets keyboards jump over the navigation.
#[component]
fn SkipLink() -> impl IntoView {
    view! {
        <a href="#content" class="skip-link">{tr("skip-to-content")}</a>
    }
}

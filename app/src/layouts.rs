//! What surrounds the content of a page: landmarks, navigation, skip link.

mod auth;
mod console;
mod language;

pub use auth::AuthLayout;
pub use console::{ConsoleLayout, Section, console_page};
use language::LanguageMenu;

use crate::i18n::tr;
use leptos::prelude::*;

/// Lets keyboards jump over the navigation.
#[component]
fn SkipLink() -> impl IntoView {
    view! {
        <a href="#content" class="skip-link">{tr("skip-to-content")}</a>
    }
}

//! Choosing the language: every language under its own name, one press each, with or without script.

use crate::components::{HiddenField, Icon};
use crate::context::Here;
use crate::i18n::{language, tr};
use kavach_model::Language;
use leptos::prelude::*;

/// Opens upwards, for the foot of a page.
#[component]
pub(super) fn LanguageMenu() -> impl IntoView {
    let page = Here::get().map(|here| without_ui_locales(here.path_and_query())).unwrap_or_default();
    let now = language();
    let choices = Language::ALL.iter().map(move |choice| {
        let current = (*choice == now).then_some("true");
        view! {
            <li>
                <button name="language" value=choice.tag() lang=choice.tag() aria-current=current class="menu-item">
                    <bdi>{choice.name()}</bdi>
                </button>
            </li>
        }
    });
    view! {
        <details class="menu ms-auto">
            <summary class="inline-flex min-h-8 items-center gap-1.5 rounded-md px-1.5 hover:text-ink">
                {Icon::Globe.view()}
                <span class="sr-only">{tr("language")}": "</span>
                <span lang=now.tag()>{now.name()}</span>
            </summary>
            <form method="post" action="/_fn/language" class="menu-panel">
                <HiddenField name="page" value=page />
                <ul class="grid grid-cols-2 gap-1 sm:grid-cols-3">{choices.collect_view()}</ul>
            </form>
        </details>
    }
}

/// The address without the language it asked for, which would win over the one chosen now.
fn without_ui_locales(address: &str) -> String {
    let Some((path, query)) = address.split_once('?') else { return address.to_owned() };
    let kept: Vec<&str> =
        query.split('&').filter(|parameter| !parameter.starts_with("ui_locales=")).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_the_language_it_asked_for() {
        assert_eq!(without_ui_locales("/sign-in?ui_locales=de"), "/sign-in");
        assert_eq!(without_ui_locales("/setup?token=a&ui_locales=de&x=1"), "/setup?token=a&x=1");
        assert_eq!(without_ui_locales("/sign-in"), "/sign-in");
    }
}

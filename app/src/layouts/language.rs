//! Choosing the language: every language under its own name, one press each, with or without script.

use crate::components::{HiddenField, Icon};
use crate::context::Here;
use crate::i18n::{language, tr};
use kavach_model::Language;
use leptos::prelude::*;

/// Opens upwards, for the foot of a page.
#[component]
pub(super) fn LanguageMenu() -> impl IntoView {
    let page = Here::get().map(|here| known_part(here.path_and_query())).unwrap_or_default();
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

/// What pages read from their address. Nothing else is carried on: an address may come from anybody, and the language it
/// asked for would win over the one chosen now.
const CARRIED: [&str; 9] =
    ["return_to", "token", "change", "user_code", "use", "step", "by", "login_hint", "request"];

/// The address of the page, with what pages read and nothing else.
fn known_part(address: &str) -> String {
    let Some((path, query)) = address.split_once('?') else { return address.to_owned() };
    let is_carried =
        |parameter: &&str| parameter.split_once('=').is_some_and(|(name, _)| CARRIED.contains(&name));
    let kept: Vec<&str> = query.split('&').filter(is_carried).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_pages_read_and_nothing_else() {
        assert_eq!(known_part("/sign-in?ui_locales=de&__err=Q2FsbA&x=1"), "/sign-in");
        assert_eq!(known_part("/setup?token=a&ui_locales=de&change=1"), "/setup?token=a&change=1");
        assert_eq!(known_part("/account/upgrade?by=username"), "/account/upgrade?by=username");
        assert_eq!(known_part("/sign-in?login_hint=a%40b.example&x"), "/sign-in?login_hint=a%40b.example");
        assert_eq!(known_part("/sign-in"), "/sign-in");
    }
}

//! Which of the accounts that were used in this browser.

use crate::components::{HiddenField, Icon};
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
use crate::links::with_query;
use crate::pages::FormAlert;
use leptos::prelude::*;

/// The accounts, one press each, with a way to forget each.
pub(super) fn step(state: FormState, known: Vec<String>, return_to: String) -> impl IntoView {
    let another = with_query("/sign-in", &[("change", "1"), ("return_to", &return_to)]);
    let accounts = known.into_iter().map(|identifier| account(identifier, &return_to)).collect_view();
    view! {
        <div class="space-y-6">
            <h1 class="text-2xl font-semibold">{tr("sign-in-choose")}</h1>
            <FormAlert state />
            <ul class="divide-y divide-line overflow-hidden rounded-xl border border-line">{accounts}</ul>
            <p><a href=another class="button button-secondary w-full">{tr("sign-in-another-account")}</a></p>
        </div>
    }
}

fn account(identifier: String, return_to: &str) -> impl IntoView + use<> {
    let first = identifier.chars().next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let forget = tr_with("sign-in-forget", &[("account", identifier.clone().into())]);
    let (chosen, forgotten, shown) = (identifier.clone(), identifier.clone(), identifier);
    let (to, back) = (return_to.to_owned(), return_to.to_owned());
    view! {
        <li class="flex items-stretch">
            <form method="post" action="/_fn/sign-in/identify" class="min-w-0 grow">
                <HiddenField name="return_to" value=to />
                <HiddenField name="username" value=chosen />
                <button class="flex min-h-14 w-full items-center gap-3 px-4 py-2 text-start hover:bg-sunken">
                    <span
                        aria-hidden="true"
                        class="grid size-9 shrink-0 place-items-center rounded-full bg-accent-soft font-semibold text-accent"
                    >
                        {first}
                    </span>
                    <span class="min-w-0 font-medium wrap-anywhere">{shown}</span>
                </button>
            </form>
            <form method="post" action="/_fn/sign-in/forget" class="flex">
                <HiddenField name="return_to" value=back />
                <HiddenField name="username" value=forgotten />
                <button
                    aria-label=forget.clone()
                    title=forget
                    class="grid min-w-11 place-items-center px-3 text-muted hover:bg-sunken hover:text-ink"
                >
                    {Icon::Close.view()}
                </button>
            </form>
        </li>
    }
}

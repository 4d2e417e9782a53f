//! A field for a password. Pasting is never prevented, and the value is never filled in by us.

use super::field::{Labelled, described_by, input_class};
use crate::i18n::{tr, tr_with};
use leptos::prelude::*;

/// A password: the one people have, or a new one.
#[component]
pub fn PasswordField(
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// Its name in the form, and its id.
    name: &'static str,
    /// Characters a new password needs; None when it is the one people have.
    #[prop(optional_no_strip)]
    new_with: Option<u32>,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    error: Option<String>,
    /// Whether typing begins here.
    #[prop(optional)]
    focus: bool,
) -> impl IntoView {
    let hint =
        new_with.map_or_else(String::new, |least| tr_with("password-hint", &[("least", least.into())]));
    let described = described_by(name, &hint, error.as_deref());
    let autocomplete = if new_with.is_some() { "new-password" } else { "current-password" };
    let toggle = new_with.map(|_| view! { <ShowButton name /> });
    view! {
        <Labelled id=name label hint error=error.clone() optional=false>
            <div class="flex gap-2">
                <input
                    id=name
                    name=name
                    type="password"
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    minlength=new_with.map(|least| least.to_string())
                    maxlength="1024"
                    required
                    autofocus=focus || error.is_some()
                    aria-invalid=error.as_ref().map(|_| "true")
                    aria-describedby=described
                    class=input_class(error.is_some())
                />
                {toggle}
            </div>
        </Labelled>
    }
}

/// Appears where script runs.
#[component]
fn ShowButton(name: &'static str) -> impl IntoView {
    view! {
        <button
            type="button"
            hidden
            data-shows=name
            aria-controls=name
            aria-label=tr("password-show-label")
            data-hide-label=tr("password-hide-label")
            class="min-h-11 shrink-0 rounded-lg border border-edge px-3 text-sm font-medium hover:bg-sunken"
        >
            <span data-label data-hide=tr("password-hide")>{tr("password-show")}</span>
        </button>
    }
}

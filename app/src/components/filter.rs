//! Filters of a list: a form that is sent by GET, so that the address is the state.

use super::button::{Button, ButtonKind, ButtonLink};
use leptos::prelude::*;

/// The filters, with a button to apply and a link to clear them.
#[component]
pub fn FilterBar(
    /// Where the list is.
    action: &'static str,
    /// What is filtered.
    label: &'static str,
    /// Whether any filter is set.
    active: bool,
    /// The fields.
    children: Children,
) -> impl IntoView {
    view! {
        <form
            method="get"
            action=action
            role="search"
            aria-label=label
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            class="flex flex-wrap items-end gap-3 border-b border-line p-4 sm:px-6"
        >
            <div class="grid min-w-64 grow basis-0 grid-cols-2 items-start gap-3 lg:grid-cols-4">{children()}</div>
            <div class="flex flex-wrap gap-2 max-lg:w-full">
                <Button kind=ButtonKind::Secondary>"Apply"</Button>
                {active.then(|| view! { <ButtonLink href=action kind=ButtonKind::Quiet>"Clear"</ButtonLink> })}
            </div>
        </form>
    }
}

/// One text filter.
#[component]
pub fn FilterField(
    /// What it filters by.
    label: &'static str,
    /// Its name in the address.
    name: &'static str,
    /// What stands in it.
    value: String,
    /// An example.
    #[prop(default = "")]
    example: &'static str,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    error: Option<&'static str>,
) -> impl IntoView {
    let error_id = format!("{name}-error");
    view! {
        <div class="field">
            <label for=name class="label">{label}</label>
            <input
                id=name
                name=name
                type="text"
                value=(!value.is_empty()).then_some(value)
                placeholder=example
                maxlength="200"
                aria-invalid=error.map(|_| "true")
                aria-describedby=error.map(|_| error_id.clone())
                class=super::field::input_class(error.is_some())
            />
            {error.map(|error| view! { <p id=error_id class="error">{error}</p> })}
        </div>
    }
}

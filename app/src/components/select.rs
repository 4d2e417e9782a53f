//! Choosing: one of a few, or yes and no.

use super::field::{Labelled, described_by, input_class};
use leptos::prelude::*;
use std::borrow::Cow;

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its value in the form.
    pub value: Cow<'static, str>,
    /// What people read.
    pub label: Cow<'static, str>,
}

impl Choice {
    /// A choice.
    pub const fn new(value: &'static str, label: &'static str) -> Self {
        Self { value: Cow::Borrowed(value), label: Cow::Borrowed(label) }
    }

    /// A choice that is only known when the page is made.
    pub const fn of(value: String, label: String) -> Self {
        Self { value: Cow::Owned(value), label: Cow::Owned(label) }
    }
}

/// One of a few.
#[component]
pub fn Select(
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// Its name in the form, and its id.
    name: &'static str,
    /// What there is to choose.
    choices: Vec<Choice>,
    /// What is chosen.
    #[prop(optional, into)]
    value: String,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    error: Option<String>,
) -> impl IntoView {
    let described = described_by(name, &hint, error.as_deref());
    let options = choices.into_iter().map(move |choice| {
        // A choice that is called what it stands for need not say it twice.
        let selected = choice.value == value;
        let named = (choice.value != choice.label).then(|| choice.value.into_owned());
        view! { <option value=named selected=selected>{choice.label.into_owned()}</option> }
    });
    view! {
        <Labelled id=name label hint error=error.clone() optional=false>
            <select
                id=name
                name=name
                autocomplete="off"
                aria-invalid=error.as_ref().map(|_| "true")
                aria-describedby=described
                class=input_class(error.is_some())
            >
                {options.collect_view()}
            </select>
        </Labelled>
    }
}

/// Yes or no.
#[component]
pub fn Checkbox(
    /// What is said yes to.
    #[prop(into)]
    label: String,
    /// What that means.
    #[prop(optional, into)]
    hint: String,
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What the form says when it is checked.
    #[prop(default = "true")]
    value: &'static str,
    /// Whether it is checked.
    #[prop(optional)]
    checked: bool,
) -> impl IntoView {
    view! {
        <label class="flex min-h-8 items-start gap-2.5 py-1 text-sm">
            <input
                type="checkbox"
                name=name
                value=value
                checked=checked
                class="mt-0.5 size-4.5 shrink-0 accent-accent"
            />
            <span>
                <span class="font-medium">{label}</span>
                {(!hint.is_empty()).then(|| view! { <span class="block text-muted">{hint}</span> })}
            </span>
        </label>
    }
}

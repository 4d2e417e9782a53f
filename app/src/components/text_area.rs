//! A field for several lines.

use super::field::{Labelled, described_by, input_class};
use leptos::prelude::*;

/// A field for several lines of text as it is: addresses, names.
#[component]
pub fn TextArea(
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// Its name in the form, and its id.
    name: &'static str,
    /// What stands in it.
    #[prop(optional, into)]
    value: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    error: Option<String>,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let described = described_by(name, &hint, error.as_deref());
    view! {
        <Labelled id=name label hint error=error.clone() optional>
            <textarea
                id=name
                name=name
                rows="3"
                maxlength="8000"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-invalid=error.as_ref().map(|_| "true")
                aria-describedby=described
                class=format!("{} font-mono", input_class(error.is_some()))
            >
                {value}
            </textarea>
        </Labelled>
    }
}

//! Facts as term and value, and what opens on demand.

use crate::icon::Chevron;
use leptos::prelude::*;

/// A list of facts.
#[component]
pub fn Description(
    /// The facts, as [`Item`]s.
    children: Children,
) -> impl IntoView {
    view! {
        <dl class="facts">
            {children()}
        </dl>
    }
}

/// One fact.
#[component]
pub fn Item(
    /// What it is.
    #[prop(into)]
    term: String,
    /// Its value.
    children: Children,
) -> impl IntoView {
    view! {
        <dt>{term}</dt>
        <dd>{children()}</dd>
    }
}

/// Something that opens on demand, with or without script.
#[component]
pub fn Disclosure(
    /// What opens it.
    #[prop(into)]
    summary: String,
    /// Whether it is open from the start.
    #[prop(optional)]
    open: bool,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="disclosure" open=open>
            <summary class="inline-flex min-h-8 items-center gap-1.5 rounded-md text-sm font-medium text-accent">
                <Chevron />
                {summary}
            </summary>
            <div class="pt-3">{children()}</div>
        </details>
    }
}

//! Text to copy: commands, identifiers, tokens.

use super::button::{ButtonKind, button_class};
use leptos::prelude::*;

/// A command or an answer, as it is typed.
#[component]
pub fn CodeBlock(
    /// What it is, for those who hear it.
    #[prop(into)]
    label: String,
    /// The text.
    #[prop(into)]
    code: String,
) -> impl IntoView {
    view! {
        <pre
            tabindex="0"
            aria-label=label
            role="region"
            class="overflow-x-auto rounded-lg border border-line bg-sunken p-4 font-mono text-xs leading-relaxed"
        >
            <code>{code}</code>
        </pre>
    }
}

/// A value in a field that can be selected at once, with a copy button where script runs.
#[component]
pub fn CopyField(
    /// What it is.
    #[prop(into)]
    label: String,
    /// Its id on the page.
    id: &'static str,
    /// The value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! {
        <div class="space-y-1.5">
            <label for=id class="block text-sm font-medium">{label}</label>
            <div class="flex flex-wrap gap-2 sm:flex-nowrap">
                <input
                    id=id
                    type="text"
                    readonly
                    autocomplete="off"
                    spellcheck="false"
                    class="min-h-10 w-full min-w-0 rounded-lg border border-edge bg-sunken px-3 py-2 font-mono text-sm"
                    value=value
                />
                <button type="button" hidden data-copies=id class=button_class(ButtonKind::Secondary)>
                    <span data-label aria-live="polite">"Copy"</span>
                </button>
            </div>
        </div>
    }
}

/// An identifier or a pattern within a text. A long one breaks after its colons first.
#[component]
pub fn Mono(
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let parts: Vec<String> = text.split_inclusive(':').map(str::to_owned).collect();
    let parts = parts.into_iter().map(|part| view! { {part} <wbr /> }).collect_view();
    view! { <code class="font-mono text-[0.8125rem] wrap-break-word">{parts}</code> }
}

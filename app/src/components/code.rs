//! Text to copy: commands, identifiers, tokens.

use super::button::{ButtonKind, button_class};
use crate::i18n::tr;
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
                    <span data-label aria-live="polite" data-done=tr("copy-done")>{tr("copy")}</span>
                </button>
            </div>
        </div>
    }
}

/// A text that a narrow column may break after each of these marks.
pub fn breakable(text: &str, mark: char) -> impl IntoView + use<> {
    let parts: Vec<String> = text.split_inclusive(mark).map(str::to_owned).collect();
    let later = |(index, part): (usize, String)| view! { {(index > 0).then(|| view! { <wbr /> })} {part} };
    parts.into_iter().enumerate().map(later).collect_view()
}

/// An identifier or a pattern within a text. A long one breaks after its colons first.
#[component]
pub fn Mono(
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <code class="mono">{breakable(&text, ':')}</code> }
}

//! A message about the page as a whole.

use crate::icon::Icon;
use leptos::prelude::*;

/// What a message or a mark means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    Neutral,
    /// It worked.
    Good,
    /// Worth a look.
    Warn,
    /// It did not work.
    Bad,
}

/// A message. Problems are announced at once, everything else politely.
#[component]
pub fn Alert(
    /// What it means.
    tone: Tone,
    /// An optional first line.
    #[prop(optional, into)]
    title: String,
    /// The message.
    children: Children,
) -> impl IntoView {
    let (class, icon, role) = match tone {
        Tone::Neutral => ("bg-sunken text-ink border-line", Icon::Info, "status"),
        Tone::Good => ("bg-good-soft text-good border-good/30", Icon::Check, "status"),
        Tone::Warn => ("bg-warn-soft text-warn border-warn/30", Icon::Warning, "status"),
        Tone::Bad => ("bg-bad-soft text-bad border-bad/30", Icon::Warning, "alert"),
    };
    view! {
        <div role=role class=format!("flex gap-3 rounded-lg border px-4 py-3 text-sm {class}")>
            <span class="mt-0.5 shrink-0">{icon.view()}</span>
            <div class="min-w-0 grow space-y-1">
                {(!title.is_empty()).then(|| view! { <p class="font-semibold">{title}</p> })}
                <div class="space-y-1">{children()}</div>
            </div>
        </div>
    }
}

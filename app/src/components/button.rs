//! Buttons, and links that look like them.

use leptos::prelude::*;

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// The one thing to do here.
    #[default]
    Primary,
    /// Something else one can do.
    Secondary,
    /// As quiet as a link.
    Quiet,
    /// Takes something away.
    Danger,
}

/// The classes of a button, for elements that only look like one.
pub fn button_class(kind: ButtonKind) -> String {
    let look = match kind {
        ButtonKind::Primary => "border-transparent bg-accent text-on-accent hover:bg-accent-strong",
        ButtonKind::Secondary => "border-edge bg-surface text-ink hover:bg-sunken",
        ButtonKind::Quiet => "border-transparent text-accent hover:bg-accent-soft",
        ButtonKind::Danger => "border-transparent bg-bad text-on-bad hover:bg-bad-strong",
    };
    format!(
        "inline-flex min-h-10 items-center justify-center gap-2 rounded-lg border px-4 py-2 text-sm font-semibold \
         whitespace-nowrap no-underline transition-colors disabled:opacity-60 {look}"
    )
}

/// A button that sends its form.
#[component]
pub fn Button(
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// Whether it is as wide as its form.
    #[prop(optional)]
    wide: bool,
    /// What it does.
    children: Children,
) -> impl IntoView {
    let width = if wide { " w-full" } else { "" };
    view! {
        <button type="submit" class=format!("{}{width}", button_class(kind))>
            {children()}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// What is there.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=button_class(kind)>
            {children()}
        </a>
    }
}

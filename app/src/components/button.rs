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
pub const fn button_class(kind: ButtonKind) -> &'static str {
    match kind {
        ButtonKind::Primary => "button button-primary",
        ButtonKind::Secondary => "button button-secondary",
        ButtonKind::Quiet => "button button-quiet",
        ButtonKind::Danger => "button button-danger",
    }
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
    view! {
        <button type="submit" class=class_of(kind, wide)>
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
    /// Whether it is as wide as what it stands in.
    #[prop(optional)]
    wide: bool,
    /// What is there.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=class_of(kind, wide)>
            {children()}
        </a>
    }
}

fn class_of(kind: ButtonKind, wide: bool) -> String {
    let width = if wide { " w-full" } else { "" };
    format!("{}{width}", button_class(kind))
}

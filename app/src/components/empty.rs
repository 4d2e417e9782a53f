//! What a list shows when there is nothing in it.

use crate::icon::Icon;
use leptos::prelude::*;

/// What would be here, why it is empty, and one thing to do about it.
#[component]
pub fn EmptyState(
    /// What is not here.
    #[prop(into)]
    title: String,
    /// Why, and what to do.
    #[prop(into)]
    hint: String,
    /// The one thing to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex flex-col items-center gap-3 px-6 py-12 text-center">
            <span class="grid size-12 place-items-center rounded-full bg-accent-soft text-accent">
                {Icon::Shield.view()}
            </span>
            <p class="font-semibold">{title}</p>
            <p class="max-w-md text-sm text-muted">{hint}</p>
            {children.map(|children| view! { <div class="mt-1 w-full max-w-xl">{children()}</div> })}
        </div>
    }
}

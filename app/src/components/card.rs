//! A surface that holds one subject.

use leptos::prelude::*;

/// A titled section.
#[component]
pub fn Card(
    /// Its heading; none for a plain surface.
    #[prop(optional, into)]
    title: String,
    /// A line below the heading.
    #[prop(optional, into)]
    hint: String,
    /// What stands beside the heading.
    #[prop(optional)]
    aside: Option<AnyView>,
    /// Whether the content reaches to the edges, as tables do.
    #[prop(optional)]
    flush: bool,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let body = if flush { "" } else { "p-4 sm:p-6" };
    let head = (!title.is_empty()).then(|| {
        let line = if flush { "border-b border-line" } else { "" };
        let below = if flush { "pb-4" } else { "" };
        view! {
            <header class=format!(
                "flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-4 sm:px-6 sm:pt-5 {line} {below}",
            )>
                <div class="min-w-0">
                    <h2 class="text-base font-semibold">{title}</h2>
                    {(!hint.is_empty()).then(|| view! { <p class="mt-0.5 text-sm text-muted">{hint}</p> })}
                </div>
                {aside}
            </header>
        }
    });
    view! {
        <section class="min-w-0 overflow-hidden rounded-xl border border-line bg-surface shadow-card">
            {head} <div class=body>{children()}</div>
        </section>
    }
}

//! The head of a page: the only h1, what the page is for, and its main action.

use leptos::prelude::*;

/// The head of a page.
#[component]
pub fn PageHeader(
    /// The name of the page.
    #[prop(into)]
    title: String,
    /// What it is for.
    #[prop(optional, into)]
    hint: String,
    /// The way back, as link and name.
    #[prop(optional)]
    back: Option<(String, &'static str)>,
    /// What one can do here.
    #[prop(optional)]
    actions: Option<AnyView>,
) -> impl IntoView {
    view! {
        <header class="space-y-2">
            {back.map(|(href, name)| view! {
                <p class="text-sm">
                    <a href=href class="inline-flex min-h-6 items-center gap-1 link">
                        <span aria-hidden="true">"←"</span>
                        {name}
                    </a>
                </p>
            })}
            <div class="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
                <div class="min-w-0">
                    <h1 class="text-2xl font-semibold break-words">{title}</h1>
                    {(!hint.is_empty()).then(|| view! {
                        <p class="mt-1 max-w-2xl text-sm text-muted">{hint}</p>
                    })}
                </div>
                {actions.map(|actions| view! { <div class="flex flex-wrap gap-2">{actions}</div> })}
            </div>
        </header>
    }
}

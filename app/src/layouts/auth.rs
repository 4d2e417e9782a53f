//! A single card in the middle: signing in, signing up, setting up.

use super::SkipLink;
use crate::components::Wordmark;
use leptos::prelude::*;
use leptos_meta::Title;

/// The layout of pages for people who are not inside yet.
#[component]
pub fn AuthLayout(
    /// The name of the page, in the browser's tab.
    #[prop(into)]
    title: String,
    /// Whether the card needs room.
    #[prop(optional)]
    wide: bool,
    /// The card's content.
    children: Children,
) -> impl IntoView {
    let width = if wide { "max-w-3xl" } else { "max-w-md" };
    view! {
        <Title text=format!("{title} · Kavach") />
        <SkipLink />
        <div class="flex min-h-dvh flex-col">
            <header class="px-5 py-5 sm:px-8">
                <a href="/" class="inline-flex rounded-md" aria-label="Kavach, start page">
                    <Wordmark />
                </a>
            </header>
            <main
                id="content"
                tabindex="-1"
                class="flex grow items-start justify-center px-4 pb-10 outline-none sm:items-center"
            >
                <div class=format!("w-full {width} rounded-2xl border border-line bg-surface p-6 shadow-lift sm:p-8")>
                    {children()}
                </div>
            </main>
            <footer class="px-5 py-5 text-center text-xs text-muted sm:px-8">
                "Identity for people and agents. Every decision on record."
            </footer>
        </div>
    }
}

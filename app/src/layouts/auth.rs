//! A single card in the middle: signing in, signing up, setting up.

use super::{LanguageMenu, SkipLink};
use crate::brand;
use crate::components::Wordmark;
use crate::i18n::{tr, tr_with};
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
        <Title text=brand::title(&title) />
        <SkipLink />
        <div class="flex min-h-dvh flex-col">
            <header class="px-5 py-5 sm:px-8">
                <a href="/" class="inline-flex rounded-md" aria-label=tr_with("start-page", &[("brand", brand::name().into())])>
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
            <footer class="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-5 py-5 text-xs text-muted sm:px-8">
                <p>{tr("brand-tagline")}</p>
                <LanguageMenu />
            </footer>
        </div>
    }
}

//! From one page of a list to the next. Lists are read by key, so there are no page numbers and no totals.

use super::button::{ButtonKind, ButtonLink};
use crate::i18n::tr;
use leptos::prelude::*;

/// Links to the first and the next page; nothing when one page is all there is.
#[component]
pub fn Pagination(
    /// What is listed.
    #[prop(into)]
    label: String,
    /// Where the list begins; None on the first page.
    first: Option<String>,
    /// Where it goes on; None on the last page.
    next: Option<String>,
) -> impl IntoView {
    let any = first.is_some() || next.is_some();
    any.then(|| {
        view! {
            <nav aria-label=label class="flex flex-wrap items-center justify-between gap-2 border-t border-line p-4">
                <span>
                    {first.map(|href| view! { <ButtonLink href kind=ButtonKind::Secondary>{tr("pages-first")}</ButtonLink> })}
                </span>
                <span>
                    {next.map(|href| view! { <ButtonLink href kind=ButtonKind::Secondary>{tr("pages-next")}</ButtonLink> })}
                </span>
            </nav>
        }
    })
}

//! Real tables.

use leptos::prelude::*;

/// A column: its heading, and whether narrow screens leave it out.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The heading; empty for a column of buttons, which then has the hidden name.
    pub heading: &'static str,
    /// Whether it is shown on wide screens only.
    pub wide_only: bool,
    /// Whether the heading is only heard, not seen.
    pub silent: bool,
}

impl Column {
    /// A column that is always there.
    pub const fn new(heading: &'static str) -> Self {
        Self { heading, wide_only: false, silent: false }
    }

    /// A column that narrow screens leave out.
    pub const fn wide(heading: &'static str) -> Self {
        Self { heading, wide_only: true, silent: false }
    }

    /// A column whose heading is heard only.
    pub const fn silent(heading: &'static str) -> Self {
        Self { heading, wide_only: false, silent: true }
    }
}

/// The classes of a cell.
pub const fn cell() -> &'static str {
    "px-2 py-3 align-top first:ps-4 last:pe-4 sm:px-4 sm:first:ps-6 sm:last:pe-6"
}

/// The classes of a cell that narrow screens leave out.
pub const fn cell_wide_only() -> &'static str {
    "hidden px-4 py-3 align-top md:table-cell first:ps-6 last:pe-6"
}

/// A table with a caption that is heard. Its body is given as rows, or as several bodies.
#[component]
pub fn Table(
    /// What it lists.
    #[prop(into)]
    caption: String,
    /// Its columns.
    columns: Vec<Column>,
    /// One or more `<tbody>`.
    children: Children,
) -> impl IntoView {
    let label = caption.clone();
    let headings = columns.into_iter().map(|column| {
        let hide = if column.wide_only { "hidden md:table-cell" } else { "" };
        view! {
            <th scope="col" class=format!("px-2 py-2.5 font-medium first:ps-4 last:pe-4 sm:px-4 sm:first:ps-6 sm:last:pe-6 {hide}")>
                <span class=if column.silent { "sr-only" } else { "" }>{column.heading}</span>
            </th>
        }
    });
    // Wider than a small screen, it scrolls by itself; a keyboard must be able to reach it for that.
    view! {
        <div role="region" aria-label=label tabindex="0" class="relative overflow-x-auto">
            <table class="w-full border-collapse text-start text-sm">
                <caption class="sr-only">{caption}</caption>
                <thead class="border-b border-line bg-sunken text-start text-xs text-muted [&_th]:text-start">
                    <tr>{headings.collect_view()}</tr>
                </thead>
                {children()}
            </table>
        </div>
    }
}

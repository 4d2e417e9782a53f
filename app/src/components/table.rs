//! Real tables.

use leptos::prelude::*;
use std::borrow::Cow;

/// A column: its heading, and whether narrow screens leave it out.
#[derive(Debug, Clone)]
pub struct Column {
    /// The heading; empty for a column of buttons, which then has the hidden name.
    pub heading: Cow<'static, str>,
    /// Whether it is shown on wide screens only.
    pub wide_only: bool,
    /// Whether the heading is only heard, not seen.
    pub silent: bool,
}

impl Column {
    /// A column that is always there.
    pub const fn new(heading: &'static str) -> Self {
        Self { heading: Cow::Borrowed(heading), wide_only: false, silent: false }
    }

    /// A column that narrow screens leave out.
    pub const fn wide(heading: &'static str) -> Self {
        Self { heading: Cow::Borrowed(heading), wide_only: true, silent: false }
    }

    /// A column whose heading is in the reader's language.
    pub const fn named(heading: String) -> Self {
        Self { heading: Cow::Owned(heading), wide_only: false, silent: false }
    }

    /// The same column, left out by narrow screens.
    #[must_use]
    pub const fn on_wide_screens(mut self) -> Self {
        self.wide_only = true;
        self
    }

    /// The same column, its heading heard only.
    #[must_use]
    pub const fn unseen(mut self) -> Self {
        self.silent = true;
        self
    }

    /// A column whose heading is heard only.
    pub const fn silent(heading: &'static str) -> Self {
        Self { heading: Cow::Borrowed(heading), wide_only: false, silent: true }
    }
}

/// The class of a cell that narrow screens leave out.
pub const WIDE: &str = "wide";

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
        let heading = match column.silent {
            true => view! { <span class="sr-only">{column.heading}</span> }.into_any(),
            false => column.heading.into_any(),
        };
        view! { <th scope="col" class=column.wide_only.then_some(WIDE)>{heading}</th> }
    });
    // Wider than a small screen, it scrolls by itself; a keyboard must be able to reach it for that.
    view! {
        <div role="region" aria-label=label tabindex="0" class="relative overflow-x-auto">
            <table class="table">
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr>{headings.collect_view()}</tr>
                </thead>
                {children()}
            </table>
        </div>
    }
}

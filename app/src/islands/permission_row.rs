//! One row of the permission editor.

use super::condition_fields::condition_fields;
use super::row_field::{Line, TEXT, field_id, line};
use crate::icon::Chevron;
use crate::permission_rows::{PermissionRow, RowProblem};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlInputElement;

/// A row being edited.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Tells rows apart while others come and go.
    pub key: usize,
    text: RwSignal<PermissionRow>,
    /// What the server said about it, until it is changed.
    said: RwSignal<Option<RowProblem>>,
}

impl Row {
    pub(super) fn new(key: usize, row: PermissionRow, said: Option<RowProblem>) -> Self {
        Self { key, text: RwSignal::new(row), said: RwSignal::new(said) }
    }

    /// The row as it stands, tracked.
    pub(super) fn read(self) -> PermissionRow {
        self.text.get()
    }

    pub(super) fn is_blank(self) -> bool {
        self.text.with_untracked(PermissionRow::is_blank)
    }

    /// Takes over what stands in the fields.
    fn take_over(self) {
        self.text.set(PermissionRow::from_fields(
            |field| value(self.key, field),
            |field| checked(self.key, field),
        ));
    }
}

const RESOURCE: Line =
    Line { label: "Resource pattern", field: "resource", example: "mcp:github:*", mono: true, ..TEXT };
const ACTIONS: Line = Line { label: "Actions", field: "actions", example: "read, list", mono: true, ..TEXT };

/// The fields of a row. `place` is its place in the list, `live` is set once script runs, `remove` takes the row
/// away.
pub(super) fn row_view(
    row: Row,
    place: impl Fn() -> usize + Copy + Send + Sync + 'static,
    live: RwSignal<bool>,
    remove: impl Fn(usize) + Copy + Send + 'static,
) -> impl IntoView {
    let problems = Memo::new(move |_| {
        let found = row.text.with(PermissionRow::problems);
        if found.is_empty() { row.said.get().into_iter().collect() } else { found }
    });
    let conditions = Memo::new(move |_| row.text.with(PermissionRow::conditions));
    // What was typed before script ran, and what the server said about it. By then the fields are on the page.
    Effect::new(move |_| {
        row.take_over();
        row.said.set(said(row.key));
    });
    let typed = move || {
        row.said.set(None);
        row.take_over();
    };
    let first = row.text.get_untracked();
    let open = !first.conditions().is_empty()
        || problems.with_untracked(|problems| problems.iter().any(RowProblem::in_conditions));
    view! {
        <div
            role="group"
            aria-label=move || format!("Permission {}", place())
            on:input=move |_| typed()
            class="rounded-lg border border-line bg-page"
        >
            <div class="flex min-h-11 items-center justify-between gap-2 px-3 pt-2 sm:px-4">
                <p aria-hidden="true" class="text-xs font-medium text-muted">{move || format!("Row {}", place())}</p>
                <button
                    type="button"
                    hidden=move || !live.get()
                    on:click=move |_| remove(row.key)
                    class="-me-2 min-h-8 rounded-md px-2.5 text-sm font-medium text-bad hover:bg-bad-soft"
                >
                    "Remove"
                    <span class="sr-only">{move || format!(" permission {}", place())}</span>
                </button>
            </div>
            <div class="grid grid-cols-1 gap-3 px-3 pb-3 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] sm:px-4">
                {line(RESOURCE, row.key, &first.resource, problems)}
                {line(ACTIONS, row.key, &first.actions, problems)}
            </div>
            <details class="disclosure border-t border-line" open=open>
                <summary class="flex min-h-11 flex-wrap items-start gap-x-3 rounded-b-lg px-3 py-3 text-sm hover:bg-sunken sm:flex-nowrap sm:px-4">
                    <span class="flex items-center gap-1.5 font-medium text-accent">
                        <Chevron />
                        "Conditions"
                    </span>
                    <span class="min-w-0 wrap-break-word text-muted max-sm:ps-5.5">
                        {move || conditions.with(|words| if words.is_empty() { "none".to_owned() } else { words.clone() })}
                    </span>
                </summary>
                {condition_fields(row.key, &first, problems)}
            </details>
        </div>
    }
}

/// A field of the page. All kinds of them have what is read here, whatever they are called.
fn control(key: usize, field: &str) -> Option<HtmlInputElement> {
    document().get_element_by_id(&field_id(key, field)).map(JsCast::unchecked_into)
}

fn value(key: usize, field: &str) -> String {
    control(key, field).map(|control| control.value()).unwrap_or_default()
}

fn checked(key: usize, field: &str) -> bool {
    control(key, field).is_some_and(|control| control.checked())
}

/// What the server wrote below a field of a row.
fn said(key: usize) -> Option<RowProblem> {
    RowProblem::FIELDS.iter().find_map(|(field, _)| {
        let below = document().get_element_by_id(&format!("{}-error", field_id(key, field)))?;
        let why = below.text_content()?.trim().to_owned();
        (!why.is_empty()).then(|| RowProblem::wrong(field, why))
    })
}

//! The permission editor: rows of ordinary form fields, to which script adds checking as one types, rows on
//! demand and a preview.

use super::permission_preview::preview_view;
use super::permission_row::{Row, row_view};
#[cfg(not(feature = "ssr"))]
use super::row_field::field_id;
use crate::permission_rows::PermissionRow;
#[cfg(feature = "ssr")]
use crate::permission_rows::RowProblem;
use leptos::prelude::*;

/// Rows to fill in where script does not run.
#[cfg(feature = "ssr")]
const SPARE_ROWS: usize = 3;

/// The rows to begin with, and what is wrong with one of them, given by whoever shows the editor, as context. A
/// property would be sent a second time beside the fields, and every browser would load a JSON parser for it.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone)]
pub struct EditedRows {
    /// The rows.
    pub rows: Vec<PermissionRow>,
    /// Which one is wrong, and why.
    pub problem: Option<(usize, RowProblem)>,
}

/// The rows on the page: those to begin with, and spare ones.
#[cfg(feature = "ssr")]
fn drawn() -> Vec<Row> {
    let (mut rows, problem) =
        use_context::<EditedRows>().map(|given| (given.rows, given.problem)).unwrap_or_default();
    rows.resize_with(rows.len() + SPARE_ROWS, PermissionRow::default);
    let said = |key| problem.clone().and_then(|(index, problem)| (index == key).then_some(problem));
    rows.into_iter().enumerate().map(|(key, row)| Row::new(key, row, said(key))).collect()
}

/// In the browser they are there already: each reads its own fields, so it is enough to count them.
#[cfg(not(feature = "ssr"))]
fn drawn() -> Vec<Row> {
    let there = |key: &usize| document().get_element_by_id(&field_id(*key, "resource")).is_some();
    (0..).take_while(there).map(|key| Row::new(key, PermissionRow::default(), None)).collect()
}

/// Edits a list of permissions as `permissions[0][resource]`, `[actions]`, and so on.
#[island]
pub fn PermissionEditor() -> impl IntoView {
    let rows = drawn();
    let next_key = StoredValue::new(rows.len());
    let rows = RwSignal::new(rows);
    let live = RwSignal::new(false);

    let add = move || {
        let key = next_key.get_value();
        next_key.set_value(key + 1);
        rows.update(|rows| rows.push(Row::new(key, PermissionRow::default(), None)));
    };
    let remove = move |key: usize| {
        rows.update(|rows| rows.retain(|row| row.key != key));
        if rows.with_untracked(Vec::is_empty) {
            add();
        }
    };
    let place =
        move |key: usize| rows.with(|rows| rows.iter().position(|row| row.key == key).map_or(0, |at| at + 1));
    // Effects run in the browser only. Spare rows are for those without script; one is enough here. By the next
    // frame every row has read what was typed into it before script ran.
    Effect::new(move |_| {
        live.set(true);
        request_animation_frame(move || {
            let mut spare = 0;
            rows.update(|rows| {
                rows.retain(|row| {
                    spare += usize::from(row.is_blank());
                    !row.is_blank() || spare == 1
                });
            });
        });
    });

    view! {
        <div class="space-y-3">
            <For
                each=move || rows.get()
                key=|row| row.key
                children=move |row| row_view(row, move || place(row.key), live, remove)
            />
            <button
                type="button"
                hidden=move || !live.get()
                on:click=move |_| add()
                class="min-h-10 rounded-lg border border-edge bg-surface px-3 text-sm font-semibold hover:bg-sunken"
            >
                "Add a permission"
            </button>
            {preview_view(rows, live)}
        </div>
    }
}

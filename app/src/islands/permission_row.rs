//! One row of the permission editor.

use crate::permission_rows::{PermissionRow, actions_problem, resource_problem};
use leptos::html::Input;
use leptos::prelude::*;

/// A row being edited.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Tells rows apart while others come and go.
    pub key: usize,
    resource: RwSignal<String>,
    actions: RwSignal<String>,
    approval: RwSignal<bool>,
}

impl Row {
    pub(super) fn new(key: usize, row: PermissionRow) -> Self {
        Self {
            key,
            resource: RwSignal::new(row.resource),
            actions: RwSignal::new(row.actions),
            approval: RwSignal::new(row.approval == "true"),
        }
    }

    /// The row as it stands, tracked.
    pub(super) fn read(self) -> PermissionRow {
        PermissionRow {
            resource: self.resource.get(),
            actions: self.actions.get(),
            approval: if self.approval.get() { "true" } else { "" }.to_owned(),
        }
    }

    pub(super) fn is_blank(self) -> bool {
        self.resource.with_untracked(|text| text.trim().is_empty())
            && self.actions.with_untracked(|text| text.trim().is_empty())
    }
}

/// The fields of a row. `place` is its place in the list, `live` is set once script runs, `remove` takes the row
/// away.
pub(super) fn row_view(
    row: Row,
    place: impl Fn() -> usize + Copy + Send + Sync + 'static,
    live: RwSignal<bool>,
    remove: impl Fn(usize) + Copy + Send + 'static,
) -> impl IntoView {
    let name = move |field: &str| format!("permissions[{}][{field}]", row.key);
    let box_ref = NodeRef::<Input>::new();
    // What was checked before script ran.
    Effect::new(move |_| {
        if let Some(input) = box_ref.get() {
            row.approval.set(input.checked());
        }
    });
    view! {
        <div
            role="group"
            aria-label=move || format!("Permission {}", place())
            class="rounded-lg border border-line bg-page p-3 sm:p-4"
        >
            <p aria-hidden="true" class="mb-2 text-xs text-muted">{move || format!("Row {}", place())}</p>
            <div class="grid grid-cols-1 gap-3 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
                {text_field(row.key, "Resource pattern", "resource", "mcp:github:*", name("resource"), row.resource, resource_problem)}
                {text_field(row.key, "Actions", "actions", "read, list", name("actions"), row.actions, actions_problem)}
            </div>
            <div class="mt-2 flex flex-wrap items-center justify-between gap-2">
                <label class="flex min-h-8 items-center gap-2.5 text-sm">
                    <input
                        type="checkbox"
                        name=name("approval")
                        value="true"
                        checked=row.approval.get_untracked()
                        node_ref=box_ref
                        on:change=move |event| row.approval.set(event_target_checked(&event))
                        class="size-4.5 accent-accent"
                    />
                    "A person must approve each use"
                </label>
                <button
                    type="button"
                    hidden=move || !live.get()
                    on:click=move |_| remove(row.key)
                    class="min-h-8 rounded-md px-2.5 text-sm font-medium text-bad hover:bg-bad-soft"
                >
                    "Remove"
                    <span class="sr-only">{move || format!(" permission {}", place())}</span>
                </button>
            </div>
        </div>
    }
}

/// The id of a field of a row.
pub(super) fn field_id(key: usize, field: &str) -> String {
    format!("permission-{key}-{field}")
}

fn text_field(
    key: usize,
    label: &'static str,
    field: &'static str,
    example: &'static str,
    name: String,
    text: RwSignal<String>,
    problem: fn(&str) -> Option<String>,
) -> impl IntoView {
    let id = field_id(key, field);
    let error_id = format!("{id}-error");
    let described = error_id.clone();
    let input_ref = NodeRef::<Input>::new();
    // What was typed before script ran.
    Effect::new(move |_| {
        if let Some(input) = input_ref.get() {
            text.set(input.value());
        }
    });
    let wrong = Memo::new(move |_| text.with(|text| problem(text)));
    let look = move || if wrong.read().is_some() { "input input-wrong font-mono" } else { "input font-mono" };
    view! {
        <div class="field">
            <label for=id.clone() class="label">{label}</label>
            <input
                id=id
                name=name
                type="text"
                value=text.get_untracked()
                placeholder=example
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                node_ref=input_ref
                on:input=move |event| text.set(event_target_value(&event))
                aria-invalid=move || wrong.read().is_some().then_some("true")
                aria-describedby=described
                class=look
            />
            <p id=error_id class="error">{move || wrong.get().unwrap_or_default()}</p>
        </div>
    }
}

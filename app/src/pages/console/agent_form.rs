//! The fields that making and changing an agent share.

use crate::components::{Alert, Choice, Tone};
use crate::form::FormState;
use crate::islands::{EditedRows, PermissionEditor};
use crate::permission_rows::{PermissionRow, parse_all};
use leptos::prelude::*;

/// How long an agent may live.
pub(super) fn lifetimes(keep: Option<&'static str>) -> Vec<Choice> {
    let kept = keep.map(|label| Choice::new("keep", label));
    let choices = [
        Choice::new("never", "No end"),
        Choice::new("7", "7 days from now"),
        Choice::new("30", "30 days from now"),
        Choice::new("90", "90 days from now"),
        Choice::new("365", "1 year from now"),
    ];
    kept.into_iter().chain(choices).collect()
}

/// The rows to edit: what came back with the form, else what there was.
pub(super) fn rows(state: &FormState, before: Vec<PermissionRow>) -> Vec<PermissionRow> {
    let typed = state.typed("permissions");
    typed.map_or(before, |typed| serde_json::from_str(&typed).unwrap_or_default())
}

/// The permission editor with its explanation and what is wrong with the rows.
pub(super) fn permissions(state: &FormState, rows: Vec<PermissionRow>) -> impl IntoView + use<> {
    let wrong = state.field().is_some_and(|field| field.starts_with("permissions"));
    let problem = wrong.then(|| match parse_all(&rows) {
        Err((index, problem)) => format!("Permission {}: {}", index + 1, problem.why),
        Ok(_) => "One of these permissions is not valid. Please check every row.".to_owned(),
    });
    provide_context(EditedRows(rows));
    view! {
        <fieldset class="space-y-4">
            <legend class="text-base font-semibold">"Permissions"</legend>
            <p class="text-sm text-muted">
                "A new agent may do nothing. Each row allows some actions on a pattern of resources: in "
                <code class="font-mono">"mcp:github:*"</code>
                " the last star stands for everything below. The most specific pattern decides. Empty rows are ignored."
            </p>
            {problem.map(|problem| view! { <Alert tone=Tone::Bad><p>{problem}</p></Alert> })}
            <PermissionEditor />
        </fieldset>
    }
}

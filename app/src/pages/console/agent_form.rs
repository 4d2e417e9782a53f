//! The fields that making and changing an agent share.

use crate::components::{Alert, Choice, Tone};
use crate::form::FormState;
use crate::islands::{EditedRows, PermissionEditor};
use crate::permission_rows::{PermissionRow, RowProblem, parse_all};
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
    let typed = state.typed("permissions").and_then(|typed| serde_json::from_str(&typed).ok());
    typed.unwrap_or(before)
}

/// The permission editor with its explanation and what is wrong with the rows.
pub(super) fn permissions(state: &FormState, rows: Vec<PermissionRow>) -> impl IntoView + use<> {
    let field = state.field().filter(|field| field.starts_with("permissions"));
    let problem = field.and_then(|field| parse_all(&rows).err().or_else(|| refused(field)));
    let alert = field.map(|_| match &problem {
        Some((index, problem)) => format!("Permission {}, {}: {}", index + 1, problem.label(), problem.why),
        None => "One of these permissions is not valid. Please check every row.".to_owned(),
    });
    provide_context(EditedRows { rows, problem });
    view! {
        <fieldset class="space-y-4">
            <legend class="text-base font-semibold">"Permissions"</legend>
            <p class="text-sm text-muted">
                "A new agent may do nothing. Each row allows some actions on a pattern of resources: in "
                <code class="font-mono">"mcp:github:*"</code>
                " the last star stands for everything below. The most specific pattern decides, and only while all its \
                 conditions hold. A row without pattern and actions is ignored."
            </p>
            {alert.map(|alert| view! { <Alert tone=Tone::Bad><p>{alert}</p></Alert> })}
            <PermissionEditor />
        </fieldset>
    }
}

/// What only the services can find: `permissions[1].constraints.timeWindow.timeZone` is the zone of the second row.
fn refused(path: &str) -> Option<(usize, RowProblem)> {
    let (index, path) = path.strip_prefix("permissions[")?.split_once(']')?;
    let path = path.trim_start_matches(".constraints");
    let problem = if path.starts_with(".allowedArgPatterns") {
        RowProblem::wrong("arguments", "One of these is not an expression (RE2 syntax).")
    } else if path.starts_with(".timeWindow.timeZone") {
        RowProblem::wrong("zone", "There is no such time zone. Use a name like Europe/Berlin.")
    } else if path.starts_with(".resource") {
        RowProblem::wrong("resource", "This pattern is not allowed here.")
    } else {
        return None;
    };
    Some((index.parse().ok()?, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_services_refuse_is_shown_at_its_field() {
        for (path, index, field) in [
            ("permissions[1].constraints.timeWindow.timeZone", 1, "zone"),
            ("permissions[12].constraints.allowedArgPatterns.a.b", 12, "arguments"),
            ("permissions[0].resource", 0, "resource"),
        ] {
            let (row, problem) = refused(path).unwrap();
            assert_eq!((row, problem.field), (index, field));
        }
        assert_eq!(refused("permissions"), None);
        assert_eq!(refused("permissions[x].resource"), None);
    }
}

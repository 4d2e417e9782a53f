//! The fields that making and changing an agent share.

use super::permission_words::in_words;
use crate::components::{Alert, Choice, Disclosure, Tone};
use crate::form::FormState;
use crate::islands::{EditedRows, PermissionEditor};
use crate::permission_rows::{PermissionRow, RowProblem, parse_all};
use kavach_model::ErrorCode;
use kavach_model::canopy::{Offer, Refusal};
use kavach_model::permission::Permission;
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

/// The permission editor with its explanation and what is wrong with the rows. `above` names the agent that must have
/// them all, where there is one.
pub(super) fn permissions(
    state: &FormState,
    rows: Vec<PermissionRow>,
    above: Option<&str>,
) -> impl IntoView + use<> {
    let field = state.field().filter(|field| field.starts_with("permissions"));
    let problem =
        field.and_then(|field| parse_all(&rows).err().or_else(|| refused(field, state.code(), above)));
    let alert = field.map(|_| match &problem {
        Some((index, problem)) => format!("Permission {}, {}: {}", index + 1, problem.label(), problem.why),
        None => "One of these permissions is not valid. Please check every row.".to_owned(),
    });
    let begin = match above {
        Some(name) => format!("Nothing beyond what {name} may do, whose own conditions hold as well."),
        None => "A new agent may do nothing.".to_owned(),
    };
    provide_context(EditedRows { rows, problem });
    view! {
        <fieldset class="space-y-4">
            <legend class="text-base font-semibold">"Permissions"</legend>
            <p class="text-sm text-muted">
                {begin}
                " Each row allows some actions on a pattern of resources: in "
                <code class="font-mono">"mcp:github:*"</code>
                " the last star stands for everything below. The most specific pattern decides, and only while all its \
                 conditions hold. A row without pattern and actions is ignored."
            </p>
            {alert.map(|alert| view! { <Alert tone=Tone::Bad><p>{alert}</p></Alert> })}
            <PermissionEditor />
        </fieldset>
    }
}

/// What an agent has to give, to look at while choosing from it.
pub(super) fn to_choose_from(name: &str, permissions: &[Permission]) -> impl IntoView + use<> {
    let rows = permissions.iter().map(|permission| view! { <li>{in_words(permission)}</li> }).collect_view();
    view! {
        <Disclosure summary=format!("What {name} may do") open=permissions.len() <= 8>
            <ul class="list-disc space-y-1 ps-5 text-sm">{rows}</ul>
        </Disclosure>
    }
}

/// What the agent above has, to be ticked; and what it cannot give, with why.
pub(super) fn to_tick(state: &FormState, name: &str, offers: Vec<Offer>) -> impl IntoView + use<> {
    let ticked = state.value("grants");
    let none = offers.is_empty().then(|| {
        view! { <p class="text-sm text-muted">{format!("{name} may do nothing, so there is nothing to give.")}</p> }
    });
    let rows = offers.into_iter().enumerate().map(|(index, Offer { permission, refusal })| {
        let value = serde_json::to_string(&permission).unwrap_or_default();
        let checked = ticked.lines().any(|line| line == value);
        let why = refusal.map(|refusal| why_not(&refusal, name));
        let (refused, reason) = (why.is_some(), format!("grant-{index}-why"));
        let class = if refused { "text-muted" } else { "" };
        view! {
            <li>
                <label class=format!("flex min-h-8 items-start gap-2.5 py-1 text-sm {class}")>
                    <input
                        type="checkbox"
                        name=format!("grants[{index}]")
                        value=value
                        checked=checked && !refused
                        disabled=refused
                        aria-describedby=refused.then(|| reason.clone())
                        class="mt-0.5 size-4.5 shrink-0 accent-accent"
                    />
                    <span>{in_words(&permission)}</span>
                </label>
                {why.map(|why| view! { <p id=reason class="ps-7 text-sm text-muted">{why}</p> })}
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <fieldset class="space-y-2">
            <legend class="text-base font-semibold">{format!("What {name} can give")}</legend>
            {none}
            <ul>{rows}</ul>
        </fieldset>
    }
}

fn why_not(refusal: &Refusal, name: &str) -> String {
    match refusal {
        Refusal::Ended(at) => format!("It ended at {at}."),
        Refusal::NotHeld(above) => {
            format!("{above} may, {name} may not: nobody gives what they do not have.")
        }
        Refusal::Narrowed(above) => {
            format!("{above} no longer holds all of it. Give the part it holds by a row below.")
        }
    }
}

/// What only the services can find: `permissions[1].constraints.timeWindow.timeZone` is the zone of the second row.
fn refused(path: &str, code: Option<ErrorCode>, above: Option<&str>) -> Option<(usize, RowProblem)> {
    let (index, path) = path.strip_prefix("permissions[")?.split_once(']')?;
    let path = path.trim_start_matches(".constraints");
    let problem = if code == Some(ErrorCode::ExceedsParent) {
        let above = above.unwrap_or("The agent above");
        RowProblem::wrong(
            "resource",
            format!("{above} may not do all of this, or only under stricter conditions."),
        )
    } else if path.starts_with(".allowedArgPatterns") {
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
            let (row, problem) = refused(path, None, None).unwrap();
            assert_eq!((row, problem.field), (index, field));
        }
        assert_eq!(refused("permissions", None, None), None);
        assert_eq!(refused("permissions[x].resource", None, None), None);
        let (row, problem) =
            refused("permissions[2]", Some(ErrorCode::ExceedsParent), Some("reader")).unwrap();
        assert_eq!((row, problem.field), (2, "resource"));
        assert!(problem.why.starts_with("reader may not"));
    }
}

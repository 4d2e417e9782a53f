//! "Would this be allowed?", answered in the browser by the code that decides on the server.

use super::permission_row::Row;
use crate::permission_rows::PermissionRow;
use kavach_model::permission::{Permission, PermissionSet, ReasonCode, evaluate};
use leptos::prelude::*;

/// A row that can be read.
struct Valid {
    place: usize,
    permission: Permission,
    /// What it depends on beside an approval, in words.
    conditions: String,
}

/// An answer: whether, why, and which row decided.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    allowed: bool,
    title: &'static str,
    why: String,
}

/// Two fields and the answer, which follows every keystroke in the rows above.
pub(super) fn preview_view(rows: RwSignal<Vec<Row>>, live: RwSignal<bool>) -> impl IntoView {
    let resource = RwSignal::new(String::new());
    let action = RwSignal::new(String::new());
    let answer = Memo::new(move |_| {
        let typed: Vec<_> = rows.get().into_iter().map(Row::read).collect();
        let valid: Vec<Valid> = typed
            .iter()
            .enumerate()
            .filter_map(|(place, row)| {
                let conditions = PermissionRow { approval: String::new(), ..row.clone() }.conditions();
                Some(Valid { place: place + 1, permission: row.parse_but_expiry().ok()?, conditions })
            })
            .collect();
        answer(&valid, resource.get().trim(), action.get().trim())
    });
    view! {
        <div hidden=move || !live.get() class="rounded-lg border border-line bg-sunken p-3 sm:p-4">
            <p class="text-sm font-semibold">"Try it"</p>
            <p class="text-sm text-muted">"Ask what these permissions would decide. Nothing is sent or recorded."</p>
            <div class="mt-3 grid grid-cols-1 gap-3 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
                <label class="block text-sm font-medium">
                    <span class="mb-1.5 block">"Resource"</span>
                    <input
                        type="text"
                        placeholder="mcp:github:repos"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        on:keydown=keep_form
                        on:input=move |event| resource.set(event_target_value(&event))
                        class="input font-mono"
                    />
                </label>
                <label class="block text-sm font-medium">
                    <span class="mb-1.5 block">"Action"</span>
                    <input
                        type="text"
                        placeholder="read"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        on:keydown=keep_form
                        on:input=move |event| action.set(event_target_value(&event))
                        class="input font-mono"
                    />
                </label>
            </div>
            <p aria-live="polite" class="mt-3 min-h-6 text-sm">
                {move || answer.get().map(|answer| {
                    let look = if answer.allowed { "font-semibold text-good" } else { "font-semibold text-bad" };
                    view! { <span class=look>{answer.title}</span> " " {answer.why} }
                })}
            </p>
        </div>
    }
}

/// These fields are no part of the form around them, so Enter here must not send it.
fn keep_form(event: leptos::ev::KeyboardEvent) {
    if event.key() == "Enter" {
        event.prevent_default();
    }
}

/// Nothing until both fields have something in them.
fn answer(rows: &[Valid], resource: &str, action: &str) -> Option<Answer> {
    if resource.is_empty() || action.is_empty() {
        return None;
    }
    let set: Vec<Permission> = rows.iter().map(|row| row.permission.clone()).collect();
    let set = PermissionSet::compile(&set);
    let outcome = evaluate(&set, resource, action);
    let deciding = outcome.matched.and_then(|matched| matched.deciding()).and_then(|matched| {
        let row = rows.get(matched.index)?;
        Some((row, format!(" Decided by row {}, {}.", row.place, matched.resource)))
    });
    let title = match outcome.reason {
        ReasonCode::Allowed => "Allowed.",
        ReasonCode::ApprovalRequired => "Denied until approved.",
        _ => "Denied.",
    };
    let mut why = outcome.reason.sentence().to_owned();
    if let Some((row, place)) = deciding {
        why.push_str(&place);
        // Whether they hold is known only when the call is made.
        if !row.conditions.is_empty() {
            why.extend([" Its conditions must hold, too: ", &row.conditions, "."]);
        }
    }
    Some(Answer { allowed: outcome.verdict().is_allow(), title, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Valid> {
        let row = |place, resource: &str, approval: &str, calls: &str| {
            let row = PermissionRow {
                resource: resource.into(),
                actions: "read".into(),
                approval: approval.into(),
                calls: calls.into(),
                ..PermissionRow::default()
            };
            let permission = row.parse().unwrap();
            Valid {
                place,
                permission,
                conditions: PermissionRow { approval: String::new(), ..row }.conditions(),
            }
        };
        vec![row(1, "mcp:github:*", "", "10"), row(3, "mcp:deploy:*", "true", "")]
    }

    #[test]
    fn the_preview_decides_as_the_server_does() {
        let allowed = answer(&rows(), "mcp:github:repos", "read").unwrap();
        assert!(allowed.allowed && allowed.why.contains("row 1"));
        assert!(allowed.why.ends_with("must hold, too: 10\u{a0}calls/hour."), "{}", allowed.why);
        let approval = answer(&rows(), "mcp:deploy:staging", "read").unwrap();
        assert_eq!(approval.title, "Denied until approved.");
        assert!(approval.why.ends_with("row 3, mcp:deploy:*."), "{}", approval.why);
        assert!(!answer(&rows(), "mcp:github", "read").unwrap().allowed);
        assert_eq!(answer(&rows(), "", "read"), None);
    }
}

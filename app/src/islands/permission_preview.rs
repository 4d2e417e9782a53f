//! "Would this be allowed?", answered in the browser by the code that decides on the server.

use super::permission_row::Row;
use kavach_model::permission::{Permission, PermissionSet, ReasonCode, evaluate};
use leptos::prelude::*;

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
        let valid: Vec<(usize, Permission)> = typed
            .iter()
            .enumerate()
            .filter_map(|(place, row)| Some((place + 1, row.parse().ok()?)))
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
fn answer(permissions: &[(usize, Permission)], resource: &str, action: &str) -> Option<Answer> {
    if resource.is_empty() || action.is_empty() {
        return None;
    }
    let set: Vec<Permission> = permissions.iter().map(|(_, permission)| permission.clone()).collect();
    let set = PermissionSet::compile(&set);
    let outcome = evaluate(&set, resource, action);
    let place = outcome.matched.and_then(|matched| matched.deciding()).and_then(|matched| {
        permissions
            .get(matched.index)
            .map(|(place, _)| format!(" Decided by row {place}, {}.", matched.resource))
    });
    let title = match outcome.reason {
        ReasonCode::Allowed => "Allowed.",
        ReasonCode::ApprovalRequired => "Denied until approved.",
        _ => "Denied.",
    };
    Some(Answer {
        allowed: outcome.verdict().is_allow(),
        title,
        why: format!("{}{}", outcome.reason.sentence(), place.unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission_rows::PermissionRow;

    fn permissions() -> Vec<(usize, Permission)> {
        let row = |resource: &str, approval: &str| PermissionRow {
            resource: resource.into(),
            actions: "read".into(),
            approval: approval.into(),
        };
        [(1, row("mcp:github:*", "")), (3, row("mcp:deploy:*", "true"))]
            .into_iter()
            .map(|(place, row)| (place, row.parse().unwrap()))
            .collect()
    }

    #[test]
    fn the_preview_decides_as_the_server_does() {
        let allowed = answer(&permissions(), "mcp:github:repos", "read").unwrap();
        assert!(allowed.allowed && allowed.why.contains("row 1"));
        let approval = answer(&permissions(), "mcp:deploy:staging", "read").unwrap();
        assert_eq!(approval.title, "Denied until approved.");
        assert!(approval.why.contains("row 3"));
        assert!(!answer(&permissions(), "mcp:github", "read").unwrap().allowed);
        assert_eq!(answer(&permissions(), "", "read"), None);
    }
}

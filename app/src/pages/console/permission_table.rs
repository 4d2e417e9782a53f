//! The permissions of an agent, with every condition in words.

use crate::components::{Badge, Column, EmptyState, Mono, Table, Tone};
use crate::permission_rows::words;
use kavach_model::permission::{ActionPattern, Constraints, Permission};
use leptos::prelude::*;

/// What an agent may do.
pub(super) fn permission_table(permissions: Vec<Permission>) -> impl IntoView {
    if permissions.is_empty() {
        return view! {
            <EmptyState title="No permissions" hint="This agent may do nothing. Edit it to allow something." />
        }
        .into_any();
    }
    let rows = permissions.into_iter().map(|permission| {
        let actions: Vec<&str> = permission.actions.iter().map(ActionPattern::as_str).collect();
        view! {
            <tr>
                <td><Mono text=permission.resource.as_str() /></td>
                <td><Mono text=actions.join(", ") /></td>
                <td>{conditions(&permission.constraints)}</td>
            </tr>
        }
    });
    let columns = vec![Column::new("Resource pattern"), Column::new("Actions"), Column::new("Conditions")];
    view! {
        <Table caption="Permissions" columns>
            <tbody>{rows.collect_view()}</tbody>
        </Table>
    }
    .into_any()
}

/// One line a condition.
fn conditions(constraints: &Constraints) -> AnyView {
    // Spelt out so that a new condition does not compile until it is shown.
    let Constraints {
        require_approval,
        max_calls_per_hour,
        allowed_arg_patterns,
        time_window,
        ip_allowlist,
        expires_at,
        max_uses,
        budget,
    } = constraints;
    if constraints.is_empty() {
        return view! { <span class="text-muted">"None"</span> }.into_any();
    }
    let counts = [
        max_calls_per_hour.map(words::calls),
        max_uses.map(words::uses),
        budget.as_ref().map(words::budget),
        time_window.as_ref().map(words::hours),
        expires_at.map(|at| words::until(&at.to_string())),
    ];
    let arguments = allowed_arg_patterns.iter().flatten().map(|(name, expression)| {
        view! { <li><Mono text=name.clone() />" matches "<Mono text=expression.as_str() /></li> }
    });
    let networks = ip_allowlist.as_ref().map(|networks| {
        let networks: Vec<String> = networks.iter().map(ToString::to_string).collect();
        view! { <li>"from "<Mono text=networks.join(", ") /></li> }
    });
    view! {
        <ul class="space-y-1">
            {require_approval.then(|| view! { <li><Badge tone=Tone::Warn text="Approval" /></li> })}
            {counts.into_iter().flatten().map(|words| view! { <li>{words}</li> }).collect_view()}
            {arguments.collect_view()}
            {networks}
        </ul>
    }
    .into_any()
}

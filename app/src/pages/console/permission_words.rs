//! Permissions in words.

use crate::components::{Badge, Mono, Tone};
use crate::permission_rows::words;
use kavach_model::permission::{ActionPattern, Constraints, Permission};
use leptos::prelude::*;

/// A permission in a line, like `read, list on mcp:github:* with approval, 10 calls/hour`.
pub(in crate::pages) fn in_words(permission: &Permission) -> impl IntoView + use<> {
    let actions: Vec<&str> = permission.actions.iter().map(ActionPattern::as_str).collect();
    let expires = permission.constraints.expires_at.map(|at| at.to_string());
    let approval = permission.constraints.require_approval.then_some(" with approval");
    let others = Constraints { require_approval: false, ..permission.constraints.clone() };
    let conditions = words::short(&others, expires.as_deref());
    let conditions = (!conditions.is_empty()).then(|| format!(", {conditions}"));
    view! {
        <b class="font-medium">{actions.join(", ")}</b>
        " on "
        <Mono text=permission.resource.as_str() />
        {approval}
        {conditions}
    }
}

/// One line a condition.
pub(super) fn conditions(constraints: &Constraints) -> AnyView {
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

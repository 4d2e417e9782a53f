//! What an agent may do in the end, and who limits it.

use crate::components::{Ago, Column, EmptyState, Mono, Table};
use crate::pages::console::names::Names;
use crate::pages::console::permission_words::{conditions, in_words};
use kavach_model::permission::ActionPattern;
use kavach_model::tree::{EffectivePermission, PermissionLink, PermissionSource};
use kavach_model::{PrincipalId, Timestamp};
use leptos::prelude::*;

/// Every permission, its own and borrowed ones, with what the agents above leave of it.
pub(super) fn rights(all: Vec<EffectivePermission>, names: &Names, now: Timestamp) -> AnyView {
    if all.is_empty() {
        return view! {
            <EmptyState title="No permissions" hint="This agent may do nothing. Edit it to allow something." />
        }
        .into_any();
    }
    // Of an agent right below a person there is nothing to tell.
    let plain = all.iter().all(|one| one.source == PermissionSource::Own && one.contained);
    let row = |one: EffectivePermission| {
        let actions: Vec<&str> = one.permission.actions.iter().map(ActionPattern::as_str).collect();
        let origin = (!plain).then(|| view! { <td>{origin(&one, names, now)}</td> });
        view! {
            <tr>
                <td><Mono text=one.permission.resource.as_str() /></td>
                <td><Mono text=actions.join(", ") /></td>
                <td>{conditions(&one.permission.constraints)}</td>
                {origin}
            </tr>
        }
    };
    let rows = all.into_iter().map(row).collect_view();
    let mut columns =
        vec![Column::new("Resource pattern"), Column::new("Actions"), Column::new("Conditions")];
    columns.extend((!plain).then(|| Column::new("Where from")));
    view! {
        <Table caption="Permissions" columns>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

fn origin(one: &EffectivePermission, names: &Names, now: Timestamp) -> impl IntoView + use<> {
    let source = match &one.source {
        PermissionSource::Own => view! { "Its own" }.into_any(),
        PermissionSource::Delegation { from_agent, expires_at, .. } => {
            let name = names.name(PrincipalId::Agent(*from_agent));
            let until = expires_at.map(|at| view! { ", ends " <Ago at now /> });
            view! { "Lent by " <a href=format!("/console/agents/{from_agent}") class="underline">{name}</a> {until} }.into_any()
        }
    };
    let limits = one.links.iter().filter(|link| !link.contains).map(limit).collect_view();
    view! {
        <div class="space-y-1">
            <p>{source}</p>
            {limits}
        </div>
    }
}

/// What a link leaves of it.
fn limit(link: &PermissionLink) -> impl IntoView + use<> {
    let name = view! { <a href=format!("/console/agents/{}", link.agent_id) class="underline">{link.name.clone()}</a> };
    if link.permissions.is_empty() {
        return view! { <p class="text-warn">"Nothing is left: " {name} " has none of it"</p> }.into_any();
    }
    let held = link.permissions.iter().map(|permission| view! { <li>{in_words(permission)}</li> });
    view! {
        <div>
            <p class="text-warn">"Limited by " {name}</p>
            <ul class="list-disc ps-4">{held.collect_view()}</ul>
        </div>
    }
    .into_any()
}

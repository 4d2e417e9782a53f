//! Records of the audit log, as rows of a table.

use super::audit_entry::attributes;
use super::names::Names;
use crate::components::{
    Ago, Chevron, Column, EmptyState, Mono, Table, Time, VerdictBadge, cell, cell_wide_only,
};
use kavach_model::audit::{AuditKind, AuditRecord};
use kavach_model::permission::Verdict;
use kavach_model::{PrincipalId, Timestamp};
use leptos::prelude::*;

/// All records of a page; each opens to show every attribute.
pub(super) fn full_table(records: Vec<AuditRecord>, names: &Names) -> impl IntoView + use<> {
    let columns = vec![
        Column::new("Time"),
        Column::wide("Who"),
        Column::new("What"),
        Column::new("Result"),
        Column::silent("Details"),
    ];
    let count = columns.len();
    let bodies = records.into_iter().map(|record| full_row(&record, names, count)).collect_view();
    view! { <Table caption="Audit records, newest first" columns>{bodies}</Table> }
}

fn full_row(record: &AuditRecord, names: &Names, columns: usize) -> impl IntoView + use<> {
    let link = format!("/console/audit/{}", record.id);
    let name = format!(" about record {}", record.seq);
    let event = &record.event;
    let (at, kind, verdict) = (event.at, event.kind, event.verdict);
    let who = event.actor_id.or(event.user_id.map(PrincipalId::User)).map(|who| names.name(who));
    let reason = (verdict == Verdict::Deny).then(|| event.reason_code.as_str());
    let (subject, attributes) = (subject(record), attributes(record));
    view! {
        <tbody class="record border-b border-line last:border-b-0">
            <tr>
                <td class=cell()>
                    <a href=link class="text-accent hover:underline"><Time at /></a>
                </td>
                <td class=cell_wide_only()><span class="break-words">{who}</span></td>
                <td class=cell()>{subject}</td>
                <td class=cell()>
                    <VerdictBadge kind verdict />
                    {reason.map(|reason| view! { <span class="mt-1 block text-xs text-muted max-sm:hidden">{reason}</span> })}
                </td>
                <td class=cell()>
                    <details class="disclosure">
                        <summary
                            class="inline-flex min-h-8 min-w-6 items-center gap-1 rounded-md text-xs font-medium text-accent sm:px-1.5"
                        >
                            <Chevron />
                            <span class="when-closed max-sm:sr-only">"More"</span>
                            <span class="when-open max-sm:sr-only">"Less"</span>
                            <span class="sr-only">{name}</span>
                        </summary>
                    </details>
                </td>
            </tr>
            <tr class="record-details">
                <td colspan=columns class="px-4 pb-5 sm:px-6">{attributes}</td>
            </tr>
        </tbody>
    }
}

/// What happened, in one cell: the kind, or for a decision what was asked.
fn subject(record: &AuditRecord) -> impl IntoView + use<> {
    let event = &record.event;
    match (&event.action, &event.resource) {
        (Some(action), Some(resource)) => view! {
            <span class="font-medium break-words">{action.clone()}</span>
            " "
            <Mono text=resource.clone() />
        }
        .into_any(),
        _ => {
            // A narrow column may break the name at its dot.
            let parts = event.kind.as_str().split_inclusive('.').map(|part| view! { {part} <wbr /> });
            view! { <span class="font-medium">{parts.collect_view()}</span> }.into_any()
        }
    }
}

/// A few records, for the page of an agent and the overview.
pub(super) fn short_table(records: Vec<AuditRecord>, now: Timestamp) -> impl IntoView {
    if records.is_empty() {
        return view! { <EmptyState title="Nothing yet" hint="The first check appears here." /> }.into_any();
    }
    let columns =
        vec![Column::new("When"), Column::new("What"), Column::new("Result"), Column::wide("Reason")];
    let rows = records.into_iter().map(move |record| {
        let link = format!("/console/audit/{}", record.id);
        let (kind, verdict) = (record.event.kind, record.event.verdict);
        let reason = (kind == AuditKind::Decision).then(|| record.event.reason_code.sentence());
        view! {
            <tr class="hover:bg-sunken">
                <td class=cell()>
                    <a href=link class="text-accent hover:underline"><Ago at=record.event.at now /></a>
                </td>
                <td class=cell()>{subject(&record)}</td>
                <td class=cell()><VerdictBadge kind verdict /></td>
                <td class=cell_wide_only()>{reason}</td>
            </tr>
        }
    });
    view! {
        <Table caption="Latest records" columns>
            <tbody class="divide-y divide-line">{rows.collect_view()}</tbody>
        </Table>
    }
    .into_any()
}

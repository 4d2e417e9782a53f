//! Records of the audit log, as rows of a table.

use super::audit_entry::in_short;
use super::names::Names;
use super::playground;
use crate::components::{Ago, Column, EmptyState, Mono, Table, Time, VerdictBadge, WIDE, breakable};
use crate::icon::Chevron;
use kavach_model::audit::{AuditEvent, AuditKind, AuditRecord};
use kavach_model::permission::Verdict;
use kavach_model::{PrincipalId, Timestamp};
use leptos::prelude::*;

/// All records of a page. One of them may be open; each other has a link to the page with it open.
pub(super) fn full_table(
    records: Vec<AuditRecord>,
    names: &Names,
    open: &str,
    opening: impl Fn(&str) -> String,
) -> AnyView {
    let columns = vec![Column::new("Time"), Column::wide("Who"), Column::new("What"), Column::new("Result")];
    let rows = records
        .into_iter()
        .map(|record| {
            let id = record.id.to_string();
            let link = (id != open).then(|| opening(&id));
            full_row(&record, id, names, link)
        })
        .collect::<Vec<_>>();
    view! {
        <Table caption="Audit records, newest first" columns>{rows}</Table>
    }
    .into_any()
}

/// A record, and below it everything that is known, or the link to that.
fn full_row(record: &AuditRecord, id: String, names: &Names, link: Option<String>) -> AnyView {
    let event = &record.event;
    let (at, kind, verdict) = (event.at, event.kind, event.verdict);
    let who = who(event, names);
    let at_link = event.denied_at.map(|link| format!(" at {}", names.name(PrincipalId::Agent(link))));
    let reason = (verdict == Verdict::Deny)
        .then(|| format!("{}{}", event.reason_code.as_str(), at_link.unwrap_or_default()));
    let again = playground::again(event)
        .map(|href| view! { <a href=href class="shrink-0 py-0.5 text-xs font-medium">"Try this"</a> });
    let label = format!("Details of record {}", record.seq);
    let details = match link {
        Some(href) => {
            view! { <a href=href class="entry" aria-label=label><Chevron /> "Details"</a> }.into_any()
        }
        None => view! {
            <details class="disclosure entry" open>
                <summary aria-label=label><Chevron /> "Details"</summary>
                <div class="py-3">{in_short(record)}</div>
            </details>
        }
        .into_any(),
    };
    view! {
        <tbody class="record" id=id>
            <tr>
                <td><a href=address(record)><Time at /></a></td>
                <td class=WIDE>{who}</td>
                <td>{subject(record)}</td>
                <td>
                    <VerdictBadge kind verdict />
                    {reason.map(|reason| view! { <small>{reason}</small> })}
                </td>
            </tr>
            <tr>
                <td colspan="4">
                    <div class="flex items-start justify-between gap-x-5">
                        {details}
                        {again}
                    </div>
                </td>
            </tr>
        </tbody>
    }
    .into_any()
}

/// Who asked; of an agent below others, the way down to it.
fn who(event: &AuditEvent, names: &Names) -> Option<String> {
    let asked = event.actor_id.or(event.user_id.map(PrincipalId::User))?;
    let path = event.chain.get(1..).filter(|path| path.len() > 1 && path.last() == Some(&asked));
    Some(match path {
        Some(path) => path.iter().map(|link| names.name(*link)).collect::<Vec<_>>().join(" \u{25b8} "),
        None => names.name(asked),
    })
}

/// The page of a record.
fn address(record: &AuditRecord) -> String {
    format!("/console/audit/{}", record.id)
}

/// What happened, in one cell: the kind, or for a decision what was asked.
fn subject(record: &AuditRecord) -> impl IntoView + use<> {
    let event = &record.event;
    match (&event.action, &event.resource) {
        (Some(action), Some(resource)) if event.kind == AuditKind::Decision => {
            view! { <b>{action.clone()}</b> " " <Mono text=resource.clone() /> }.into_any()
        }
        _ => view! { <b>{breakable(event.kind.as_str(), '.')}</b> }.into_any(),
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
        let (kind, verdict) = (record.event.kind, record.event.verdict);
        let reason = (kind == AuditKind::Decision).then(|| record.event.reason_code.sentence());
        view! {
            <tr>
                <td>
                    <a href=address(&record)><Ago at=record.event.at now /></a>
                </td>
                <td>{subject(&record)}</td>
                <td><VerdictBadge kind verdict /></td>
                <td class=WIDE>{reason}</td>
            </tr>
        }
    });
    view! {
        <Table caption="Latest records" columns>
            <tbody>{rows.collect_view()}</tbody>
        </Table>
    }
    .into_any()
}

//! Records of the audit log, as rows of a table.

use super::audit_entry::in_short;
use super::names::Names;
use crate::components::{Ago, Column, EmptyState, Stamp, Table, VerdictBadge, WIDE, breakable};
use kavach_model::audit::{AuditEvent, AuditKind, AuditRecord};
use kavach_model::permission::Verdict;
use kavach_model::{PrincipalId, Timestamp};
use leptos::prelude::*;

/// All records of a page. One of them may be open, below its row; each other has a button that opens it, for the form
/// around the table.
pub(super) fn full_table(records: Vec<AuditRecord>, names: &Names, open: &str, close: &str) -> AnyView {
    let columns =
        vec![Column::new("Time, UTC"), Column::wide("Who"), Column::new("What"), Column::new("Result")];
    let rows = records.iter().map(|record| {
        let opened = (record.seq.to_string() == open).then(|| close.to_owned());
        full_row(record, names, opened)
    });
    let rows = rows.collect_view();
    view! {
        <Table caption="Audit records, newest first" columns>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

/// A record, in as little markup as it takes; where it is open, below it everything that is known.
fn full_row(record: &AuditRecord, names: &Names, close: Option<String>) -> AnyView {
    let event = &record.event;
    let (kind, verdict) = (event.kind, event.verdict);
    let at_link = event.denied_at.map(|link| format!(" at {}", names.name(PrincipalId::Agent(link))));
    let reason = (verdict == Verdict::Deny)
        .then(|| format!("{}{}", event.reason_code.as_str(), at_link.unwrap_or_default()));
    let number = close.is_none().then(|| {
        let name = format!("Open #{}", record.seq);
        view! { <button name="open" value=record.seq.to_string()>{name}</button> }
    });
    let whole = close.as_ref().map(|close| {
        let close = view! { <a href=close.clone() class="pivot">"Close"</a> };
        view! { <tr class="opened"><td colspan="4">{in_short(record, close.into_any())}</td></tr> }
    });
    view! {
        <tr id=close.is_some().then_some("open")>
            <td>
                <a href=address(record)><Stamp at=event.at /></a>
                {number}
            </td>
            <td>{who(event, names)}</td>
            <td>{subject(record)}</td>
            <td>
                <VerdictBadge kind verdict />
                {reason.map(|reason| view! { <small>{reason}</small> })}
            </td>
        </tr>
        {whole}
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
            view! { <b>{action.clone()}</b> " " <code>{breakable(resource, ':')}</code> }.into_any()
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

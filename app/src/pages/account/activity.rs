//! What happened to the account, newest first.

use super::sessions::device;
use crate::components::{Badge, Card, Column, PageHeader, Pagination, Table, Time, Tone, WIDE};
use crate::i18n::{is_known, tr, tr_of};
use crate::layouts::{AccountPart, account_page};
use crate::links::with_query;
use crate::pages::query;
use kavach_model::audit::{AuditKind, AuditRecord};
use kavach_model::permission::Verdict;
use kavach_model::{ErrorCode, PageRequest};
use leptos::prelude::*;

const PATH: &str = "/account/activity";
const PAGE: u32 = 25;

/// `/account/activity`
#[component]
pub fn Activity() -> impl IntoView {
    let cursor = query("cursor");
    account_page(AccountPart::Activity, move |here, _| async move {
        let first = (!cursor.is_empty()).then(|| PATH.to_owned());
        let request = PageRequest::new(Some(PAGE), Some(cursor)).map_err(|_| ErrorCode::Internal)?;
        let page = kavach_service::account::activity(&here.kv, &here.cx, &request).await?;
        let next = page.next_cursor.map(|cursor| with_query(PATH, &[("cursor", &cursor)]));
        let rows = page.data.into_iter().map(row).collect_view();
        let columns = vec![
            Column::named(tr("activity-what")),
            Column::named(tr("activity-where")).on_wide_screens(),
            Column::named(tr("activity-when")),
        ];
        Ok(view! {
            <PageHeader title=tr("account-activity") hint=tr("activity-hint") />
            <Card flush=true>
                <Table caption=tr("account-activity") columns>
                    <tbody>{rows}</tbody>
                </Table>
                <Pagination label=tr("activity-pages") first next />
            </Card>
        }
        .into_any())
    })
}

fn row(record: AuditRecord) -> impl IntoView {
    let event = record.event;
    let refused = (event.verdict == Verdict::Deny && event.kind != AuditKind::UserSignInFailed)
        .then(|| view! { <Badge tone=Tone::Warn text=tr("activity-refused") /> });
    let device = event.user_agent.as_deref().map(device);
    view! {
        <tr>
            <td>
                <span class="flex flex-wrap items-center gap-2">
                    <span class="font-medium">{sentence(event.kind)}</span>
                    {refused}
                </span>
            </td>
            <td class=WIDE>
                {device}
                <span class="block text-muted"><bdi>{event.ip}</bdi></span>
            </td>
            <td><Time at=event.at /></td>
        </tr>
    }
}

/// What happened, in words; its name for what has none yet.
fn sentence(kind: AuditKind) -> String {
    let key = format!("event-{}", kind.as_str().replace(['.', '_'], "-"));
    if is_known(&key) { tr_of(&key) } else { kind.as_str().to_owned() }
}

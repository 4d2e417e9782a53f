//! Traces, for administrators.

use crate::Kavach;
use crate::context::RequestContext;
use crate::error::Result;
use kavach_model::api_key::Scope;
use kavach_model::trace::{Trace, TraceDetail, TraceFilter, TraceStep};
use kavach_model::{ErrorCode, Page, PageRequest, Timestamp, TraceId};
use kavach_store::{TraceRow, TraceStepRow};

/// What clients tried, newest first.
pub async fn list(
    kv: &Kavach,
    cx: &RequestContext,
    filter: &TraceFilter,
    page: &PageRequest,
) -> Result<Page<Trace>> {
    cx.require_admin(Scope::UsersRead)?;
    super::write(kv).await?;
    let now = kv.clock().now();
    let rows = kv.store().read().await?.list_oauth_traces(filter, page, now).await?;
    let shown = rows.into_iter().map(|row| shown(row, now)).collect();
    Ok(Page::from_rows(shown, page.limit(), |trace: &Trace| trace.id.to_string()))
}

/// One try, step by step.
pub async fn get(kv: &Kavach, cx: &RequestContext, id: TraceId) -> Result<TraceDetail> {
    cx.require_admin(Scope::UsersRead)?;
    super::write(kv).await?;
    let found = kv.store().read().await?.find_oauth_trace(id).await?;
    let (row, steps) = found.ok_or(ErrorCode::NotFound)?;
    let due_at = row.due_at;
    let steps = steps.into_iter().map(step).collect();
    Ok(TraceDetail { trace: shown(row, kv.clock().now()), due_at, steps })
}

fn shown(row: TraceRow, now: Timestamp) -> Trace {
    Trace {
        id: row.id,
        kind: row.kind,
        client_id: row.client_id,
        client_name: row.client_name,
        outcome: row.outcome.at(now, row.due_at),
        last_step: row.step,
        last_step_sentence: row.step.sentence().to_owned(),
        network: row.network,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn step(row: TraceStepRow) -> TraceStep {
    TraceStep {
        step: row.step,
        result: row.step.result(),
        sentence: row.step.sentence().to_owned(),
        detail: serde_json::from_str(&row.detail).unwrap_or_default(),
        request_id: row.request_id,
        at: row.at,
    }
}

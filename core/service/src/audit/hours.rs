//! How many decisions there were, hour by hour: read from counters that are kept beside the log, so that a flow of many
//! millions is drawn as quickly as one of ten.

use crate::Kavach;
use crate::context::RequestContext;
use crate::error::Result;
use kavach_model::Timestamp;
use kavach_model::api_key::Scope;
use kavach_model::overview::Hour;
use std::time::Duration;

const HOUR_MILLIS: i64 = 3_600_000;
/// Hours when nothing else is asked for.
const USUAL: i64 = 24;
/// Most hours at once: a week.
const MOST: i64 = 168;

/// Decisions by the hour, oldest first and none left out, of all the caller may see. From one time to another, or up to
/// now; of a stretch of more than a week its last one.
pub async fn hours(
    kv: &Kavach,
    cx: &RequestContext,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<Vec<Hour>> {
    let sponsor = cx.require_reach(Scope::AuditRead)?.sponsor();
    let now = kv.clock().now();
    let begin = |at: Timestamp| at.as_millis().div_euclid(HOUR_MILLIS);
    let end =
        until.map_or(begin(now) + 1, |until| begin(until - Duration::from_millis(1)) + 1).min(begin(now) + 1);
    let first = since.map_or(end - USUAL, begin).clamp(end - MOST, end);
    if let Err(error) = kv.store().count_decisions().await {
        // As on the overview: what was counted before can still be looked at.
        tracing::warn!(%error, "decisions could not be counted");
    }
    let at = |hour: i64| Timestamp::from_millis(hour * HOUR_MILLIS);
    let mut conn = kv.store().read().await?;
    let known = conn.decision_hours_until(sponsor, at(first), at(end)).await?;
    Ok((first..end)
        .map(|hour| {
            let at = at(hour);
            known.iter().find(|known| known.at == at).copied().unwrap_or(Hour { at, allowed: 0, denied: 0 })
        })
        .collect())
}

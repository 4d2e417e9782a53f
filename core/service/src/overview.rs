//! The first page of the console.

mod attention;

pub use attention::{Attention, Signed, Spike, attention};

use crate::Kavach;
use crate::agent;
use crate::context::RequestContext;
use crate::error::Result;
use kavach_model::agent::AgentStatus;
use kavach_model::api_key::Scope;
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::overview::{Hour, Overview};
use kavach_model::permission::Verdict;
use kavach_model::{PageRequest, Timestamp};
use std::time::Duration;

const HOUR_MILLIS: i64 = 3_600_000;
const HOURS: i64 = 24;

/// The state of things at a glance: everything for an administrator, their own for a member.
pub async fn get(kv: &Kavach, cx: &RequestContext) -> Result<Overview> {
    let reach = cx.require_reach(Scope::AuditRead)?;
    let sponsor = reach.sponsor();
    let now = kv.clock().now();
    let expiring_soon = agent::expiring_soon(kv, sponsor, now).await?;
    let this_hour = now.as_millis().div_euclid(HOUR_MILLIS) * HOUR_MILLIS;
    let since = Timestamp::from_millis(this_hour) - Duration::from_secs(3_600 * (HOURS as u64 - 1));
    if let Err(error) = kv.store().count_decisions().await {
        // A database that takes no writes can still be looked at; the counts are as they were.
        tracing::warn!(%error, "decisions could not be counted");
    }
    let mut conn = kv.store().read().await?;
    let counts = conn.count_agents(sponsor).await?;
    let known = conn.decision_hours(sponsor, since).await?;
    let denials = AuditFilter {
        kind: Some(AuditKind::Decision),
        verdict: Some(Verdict::Deny),
        visible_to: sponsor,
        ..AuditFilter::default()
    };
    let page = PageRequest::new(Some(5), None).unwrap_or_default();
    let recent_denials = conn.list_audit(&denials, &page).await?.data;
    let hours: Vec<Hour> = (0..HOURS)
        .map(|index| {
            let at = Timestamp::from_millis(since.as_millis() + index * HOUR_MILLIS);
            known.iter().find(|hour| hour.at == at).copied().unwrap_or(Hour { at, allowed: 0, denied: 0 })
        })
        .collect();
    let count = |status| counts.iter().find(|(known, _)| *known == status).map_or(0, |(_, count)| *count);
    Ok(Overview {
        agents_active: count(AgentStatus::Active),
        agents_suspended: count(AgentStatus::Suspended),
        agents_revoked: count(AgentStatus::Revoked),
        allowed_24h: hours.iter().map(|hour| hour.allowed).sum(),
        denied_24h: hours.iter().map(|hour| hour.denied).sum(),
        hours,
        recent_denials,
        expiring_soon,
        scope_all: reach.is_all(),
    })
}

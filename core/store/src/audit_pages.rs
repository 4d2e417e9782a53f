//! Reading the audit log by the page, newest first, of what a filter lets through.

use crate::audit::read;
use crate::db::{Conn, Query, Row, sql};
use crate::error::Result;
use kavach_model::audit::{AuditFilter, AuditKind, AuditRecord};
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::{Page, PageRequest, PrincipalId, Timestamp, UserId};
use std::time::Duration;

/// Of how many of the newest records a page of resources below a prefix is made without looking further: so many are
/// read as fast as an index of some thousand is sorted.
const RECENT: i64 = 20_000;
/// How much later than another a record may be appended whose time is earlier. It waits ten seconds for its turn at most;
/// the rest is for replicas whose clocks differ.
const DISORDER: Duration = Duration::from_secs(60);

impl Conn {
    /// Records, newest first.
    pub async fn list_audit(
        &mut self,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<AuditRecord>> {
        let cursor = page.cursor.as_deref().and_then(|cursor| cursor.parse::<i64>().ok());
        let limit = i64::from(page.limit()) + 1;
        let rows = match filter.resource.as_deref() {
            Some(resource) if filter.subtree.is_none() && resource.ends_with('*') => {
                self.below_prefix(filter, cursor, limit).await?
            }
            _ => self.all(paged("SELECT body", filter, Span::Before(cursor), limit)).await?,
        };
        let rows = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        Ok(Page::from_rows(rows, page.limit(), |record| record.seq.to_string()))
    }

    /// What happened to a person's account and to their agents, newest first, decisions excepted.
    pub async fn list_activity(&mut self, user: UserId, page: &PageRequest) -> Result<Page<AuditRecord>> {
        let mut query =
            sql("SELECT body FROM audit_log").filter("sponsor_id = ", user).condition("kind <> 'decision'");
        if let Some(cursor) = page.cursor.as_deref().and_then(|cursor| cursor.parse::<i64>().ok()) {
            query = query.filter("seq < ", cursor);
        }
        let query = query.push(" ORDER BY seq DESC LIMIT ").parameter(i64::from(page.limit()) + 1);
        let rows = self.all(query).await?.iter().map(read).collect::<Result<Vec<_>>>()?;
        Ok(Page::from_rows(rows, page.limit(), |record| record.seq.to_string()))
    }

    /// Records whose resource begins with something. They are in the order of the log, or together in the index of
    /// resources, and not both: what is common is among the newest, and of what is rare the index has little to sort.
    async fn below_prefix(
        &mut self,
        filter: &AuditFilter,
        cursor: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Row>> {
        let before = match cursor {
            Some(position) => position,
            None => self.audit_head().await? + 1,
        };
        let newest = Span::Within(before.saturating_sub(RECENT), before);
        let rows = self.all(paged("SELECT body", filter, newest, limit)).await?;
        if rows.len() as i64 == limit || before <= RECENT {
            return Ok(rows);
        }
        // Positions alone are sorted, and records are read when it is known which.
        let chosen = "SELECT body FROM audit_log WHERE seq IN (SELECT seq";
        let query = paged(chosen, filter, Span::Before(Some(before)), limit);
        self.all(query.push(") ORDER BY seq DESC")).await
    }
}

/// A part of the log, and the end of it a page begins at.
#[derive(Clone, Copy)]
pub(crate) enum Span {
    /// Before a position, the newest first.
    Before(Option<i64>),
    /// From one position up to another, without it, the newest first.
    Within(i64, i64),
    /// After one position up to another, the oldest first.
    Between(i64, i64),
}

/// As many records as `limit` of those a filter lets through.
///
/// Of a subtree each agent's own page is looked up in the index of agents and positions, and the page is made of these:
/// that costs so many pages as there are agents, however long the log is and however few of its records are theirs.
/// Both databases join from left to right here.
pub(crate) fn paged(columns: &'static str, filter: &AuditFilter, span: Span, limit: i64) -> Query {
    let mut query = match filter.subtree {
        None => sql(columns).push(" FROM audit_log"),
        Some(agent) => {
            let (bound, end) = match span {
                Span::Before(_) | Span::Within(..) => {
                    ("seq >= COALESCE((SELECT seq FROM audit_log WHERE agent_id = member", "), 0)")
                }
                Span::Between(..) => (
                    "seq <= COALESCE((SELECT seq FROM audit_log WHERE agent_id = member",
                    "), 9223372036854775807)",
                ),
            };
            let query = sql("WITH RECURSIVE below (member) AS (SELECT id FROM agents WHERE id = ")
                .parameter(agent)
                .push(" UNION SELECT agents.id FROM agents JOIN below ON agents.parent_id = below.member) ")
                .push(columns)
                .push(" FROM below CROSS JOIN audit_log")
                .condition("agent_id = member")
                .condition(bound);
            ordered(filtered(query, filter, span), span)
                .push(" LIMIT 1 OFFSET ")
                .parameter(limit - 1)
                .push(end)
        }
    };
    query = ordered(filtered(query, filter, span), span);
    query.push(" LIMIT ").parameter(limit)
}

fn ordered(query: Query, span: Span) -> Query {
    query.push(match span {
        Span::Before(_) | Span::Within(..) => " ORDER BY seq DESC",
        Span::Between(..) => " ORDER BY seq",
    })
}

/// Adds what a record must have to be listed.
fn filtered(mut query: Query, filter: &AuditFilter, span: Span) -> Query {
    query = match span {
        Span::Before(None) => query,
        Span::Before(Some(position)) => query.filter("seq < ", position),
        Span::Within(from, before) => query.filter("seq < ", before).filter("seq >= ", from),
        Span::Between(after, until) => query.filter("seq > ", after).filter("seq <= ", until),
    };
    if let Some(user) = filter.visible_to {
        query = query.filter("sponsor_id = ", user);
    }
    query = match filter.actor {
        Some(PrincipalId::Agent(agent)) => query.filter("agent_id = ", agent),
        Some(PrincipalId::User(user)) => query.filter("actor_id = ", user),
        None => query,
    };
    query = match filter.kind {
        Some(AuditKind::Decision) => query.condition("kind = 'decision'"),
        Some(kind) => query.condition("kind <> 'decision'").filter("kind = ", kind.as_str()),
        None => query,
    };
    if let Some(action) = &filter.action {
        query = query.filter("action = ", action.as_str());
    }
    if let Some(resource) = &filter.resource {
        query = match resource.strip_suffix('*') {
            // Every text that begins with the prefix: ';' follows ':' in both databases' byte order.
            Some("") => query,
            Some(prefix) => query
                .filter("resource >= ", prefix)
                .filter("resource < ", format!("{};", prefix.trim_end_matches(':'))),
            None => query.filter("resource = ", resource.as_str()),
        };
    }
    // A reason to deny is looked for among denials, which have an index of them.
    query = match filter.verdict.or_else(|| filter.reason.map(ReasonCode::verdict)) {
        Some(Verdict::Deny) => query.condition("verdict = 'deny'"),
        Some(Verdict::Allow) => query.condition("verdict = 'allow'"),
        None => query,
    };
    if let Some(reason) = filter.reason {
        query = query.filter("reason_code = ", reason.as_str());
    }
    within(query, filter.since, filter.until)
}

/// Adds a span of time. The index of times would have every record in it sorted by position, so it only says where in the
/// log to begin and to end: positions and times are in the same order, but for what [`DISORDER`] allows.
fn within(mut query: Query, since: Option<Timestamp>, until: Option<Timestamp>) -> Query {
    // With a sum the condition is checked, and no index chosen for it.
    if let Some(since) = since {
        query = query
            .filter("at + 0 >= ", since)
            .filter("seq >= COALESCE((SELECT seq FROM audit_log WHERE at < ", since - DISORDER)
            .push(" ORDER BY at DESC LIMIT 1), 0)");
    }
    if let Some(until) = until {
        query = query
            .filter("at + 0 < ", until)
            .filter("seq <= COALESCE((SELECT seq FROM audit_log WHERE at >= ", until + DISORDER)
            .push(" ORDER BY at LIMIT 1), 9223372036854775807)");
    }
    query
}

//! The audit log: appended to in batches, read in keyset pages, never changed.

use crate::db::{Backend, Conn, Query, Row, rows_of_parameters, sql};
use crate::error::{Result, StoreError};
use kavach_model::audit::{AuditEvent, AuditFilter, AuditKind, AuditRecord};
use kavach_model::permission::Verdict;
use kavach_model::{AuditId, Page, PageRequest, PrincipalId, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Records one statement takes at the most: 512 times 13 parameters is below either database's limit.
pub const MAX_BATCH: usize = 512;

const MILLIS_PER_HOUR: i64 = 3_600_000;
const COLUMN_COUNT: usize = 13;
/// Above this, statements exist for its multiples only.
const STRIDE: usize = 16;

/// A record that has no place in the log yet.
#[derive(Debug, Clone)]
pub struct AuditDraft {
    /// Its identifier.
    pub id: AuditId,
    /// What happened.
    pub event: AuditEvent,
    /// The person whose view of the log it belongs to.
    pub sponsor_id: Option<UserId>,
}

/// The stored text of a record; field order is part of what is hashed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<E> {
    seq: i64,
    id: AuditId,
    #[serde(flatten)]
    event: E,
}

impl Conn {
    /// Appends records in order, at the end of a transaction: from here to the commit nobody else appends.
    pub async fn append_audit(&mut self, drafts: &[AuditDraft]) -> Result<()> {
        if drafts.is_empty() {
            return Ok(());
        }
        let last = self
            .first(
                sql("UPDATE counters SET value = value + $1 WHERE name = 'audit_seq' RETURNING value")
                    .bind(drafts.len() as i64),
            )
            .await?
            .ok_or(StoreError::Inconsistent { column: "counters.value" })?
            .int("value")?;
        let first = last - drafts.len() as i64 + 1;
        let mut rest = drafts;
        let mut seq = first;
        while !rest.is_empty() {
            let (batch, later) = rest.split_at(step(rest.len()));
            let mut query = sql(insert_statement(self.backend(), batch.len()));
            for draft in batch {
                query = bind_draft(query, seq, draft)?;
                seq += 1;
            }
            self.execute(query).await?;
            rest = later;
        }
        self.count_decisions(drafts).await
    }

    async fn count_decisions(&mut self, drafts: &[AuditDraft]) -> Result<()> {
        let mut hours: BTreeMap<(i64, String), (i64, i64)> = BTreeMap::new();
        for draft in drafts.iter().filter(|draft| draft.event.kind == AuditKind::Decision) {
            let hour = draft.event.at.as_millis().div_euclid(MILLIS_PER_HOUR) * MILLIS_PER_HOUR;
            let sponsor = draft.sponsor_id.map(|id| id.to_string()).unwrap_or_default();
            let count = hours.entry((hour, sponsor)).or_default();
            match draft.event.verdict {
                Verdict::Allow => count.0 += 1,
                Verdict::Deny => count.1 += 1,
            }
        }
        for ((hour, sponsor), (allowed, denied)) in hours {
            self.execute(
                sql("INSERT INTO decision_hours (hour, sponsor_id, allowed, denied)
                     VALUES ($1, $2, $3, $4)
                     ON CONFLICT (hour, sponsor_id) DO UPDATE
                     SET allowed = decision_hours.allowed + excluded.allowed,
                         denied = decision_hours.denied + excluded.denied")
                .bind(hour)
                .bind(sponsor)
                .bind(allowed)
                .bind(denied),
            )
            .await?;
        }
        Ok(())
    }

    /// Records, newest first.
    pub async fn list_audit(
        &mut self,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<AuditRecord>> {
        let mut query = sql("SELECT body, leaf_hash FROM audit_log");
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
        query = match filter.verdict {
            Some(Verdict::Deny) => query.condition("verdict = 'deny'"),
            Some(Verdict::Allow) => query.condition("verdict = 'allow'"),
            None => query,
        };
        if let Some(reason) = filter.reason {
            query = query.filter("reason_code = ", reason.as_str());
        }
        if let Some(since) = filter.since {
            query = query.filter("at >= ", since);
        }
        if let Some(until) = filter.until {
            query = query.filter("at < ", until);
        }
        if let Some(cursor) = page.cursor.as_deref().and_then(|cursor| cursor.parse::<i64>().ok()) {
            query = query.filter("seq < ", cursor);
        }
        let rows = self
            .all(query.push(" ORDER BY seq DESC LIMIT ").parameter(i64::from(page.limit()) + 1))
            .await?
            .iter()
            .map(read)
            .collect::<Result<Vec<_>>>()?;
        Ok(Page::from_rows(rows, page.limit(), |record| record.seq.to_string()))
    }

    /// One record; of one person's view where given.
    pub async fn find_audit(
        &mut self,
        id: AuditId,
        visible_to: Option<UserId>,
    ) -> Result<Option<AuditRecord>> {
        let mut query = sql("SELECT body, leaf_hash FROM audit_log").filter("id = ", id);
        if let Some(user) = visible_to {
            query = query.filter("sponsor_id = ", user);
        }
        self.first(query).await?.as_ref().map(read).transpose()
    }

    /// The position of the newest record; 0 when there is none.
    pub async fn audit_head(&mut self) -> Result<i64> {
        let row = self.first(sql("SELECT value FROM counters WHERE name = 'audit_seq'")).await?;
        row.ok_or(StoreError::Inconsistent { column: "counters.value" })?.int("value")
    }
}

fn bind_draft(query: Query, seq: i64, draft: &AuditDraft) -> Result<Query> {
    let event = &draft.event;
    let body = serde_json::to_string(&Body { seq, id: draft.id, event })
        .map_err(|error| StoreError::Driver(error.to_string()))?;
    let leaf_hash = leaf_hash(&body);
    Ok(query
        .bind(seq)
        .bind(draft.id)
        .bind(event.at)
        .bind(event.kind.as_str())
        // An agent that asks for itself is found by agent_id.
        .bind(event.actor_id.filter(|actor| matches!(actor, PrincipalId::User(_))))
        .bind(event.agent_id)
        .bind(draft.sponsor_id)
        .bind(event.action.clone())
        .bind(event.resource.clone())
        .bind(event.verdict.as_str())
        .bind(event.reason_code.as_str())
        .bind(body)
        .bind(leaf_hash))
}

fn read(row: &Row) -> Result<AuditRecord> {
    let body: Body<AuditEvent> = row.json("body")?;
    Ok(AuditRecord { seq: body.seq, id: body.id, event: body.event, leaf_hash: row.text("leaf_hash")? })
}

/// RFC 6962 section 2.1: the hash of a leaf is SHA-256 of a zero byte and the leaf.
fn leaf_hash(body: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update([0u8]);
    hasher.update(body.as_bytes());
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// How many of so many records the next statement takes: any number up to 16, or a multiple of 16. So two statements
/// serve every number of records, and all that there are stay prepared.
fn step(records: usize) -> usize {
    match records.min(MAX_BATCH) {
        few @ 0..STRIDE => few,
        many => many - many % STRIDE,
    }
}

/// The multi-row INSERT for a number of records that [`step`] gives.
fn insert_statement(backend: Backend, rows: usize) -> &'static str {
    static SQLITE: LazyLock<Vec<String>> = LazyLock::new(|| insert_statements(Backend::Sqlite));
    static POSTGRES: LazyLock<Vec<String>> = LazyLock::new(|| insert_statements(Backend::Postgres));
    let statements: &'static [String] = match backend {
        Backend::Sqlite => &SQLITE,
        Backend::Postgres => &POSTGRES,
    };
    &statements[if rows < STRIDE { rows } else { STRIDE - 1 + rows / STRIDE }]
}

/// In order of their number of rows, the first for none.
fn insert_statements(backend: Backend) -> Vec<String> {
    let sizes = (0..STRIDE).chain((STRIDE..=MAX_BATCH).step_by(STRIDE));
    sizes
        .map(|rows| {
            "INSERT INTO audit_log (seq, id, at, kind, actor_id, agent_id, sponsor_id, action, resource, \
             verdict, reason_code, body, leaf_hash) VALUES "
                .to_owned()
                + &rows_of_parameters(backend, rows, COLUMN_COUNT)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_records_takes_two_statements_at_the_most() {
        for records in 1..=MAX_BATCH {
            let (mut rest, mut statements) = (records, 0);
            while rest > 0 {
                let rows = step(rest);
                let text = insert_statement(Backend::Postgres, rows);
                assert!(text.ends_with(&format!("${})", rows * COLUMN_COUNT)), "{rows}");
                let text = insert_statement(Backend::Sqlite, rows);
                assert_eq!(text.matches('?').count(), rows * COLUMN_COUNT);
                (rest, statements) = (rest - rows, statements + 1);
            }
            assert!(statements <= 2, "{records}");
        }
    }
}

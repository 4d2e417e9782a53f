//! Reading the whole audit log in order: to check it, to export it, to follow it.
//!
//! To check it, hundreds of rows come as one text, joined by the database: per row and column a driver costs more than
//! everything that is checked. A text is only believed when it has as many rows and fields as the database counted, so
//! nothing a row contains can pass for another row; when it does not, rows are read one by one.

use crate::audit::read;
use crate::audit_pages::{Span, paged};
use crate::audit_tree::whole;
use crate::db::{Conn, sql};
use crate::error::{Result, StoreError};
use kavach_model::audit::{AuditFilter, AuditRecord};
use kavach_model::{Timestamp, UserId};
use serde::Deserialize;
use std::borrow::Cow;

const ROW: char = '\u{1e}';
const FIELD: char = '\u{1f}';
const FIELDS: usize = 12;

/// Rows as the database joined them.
#[derive(Debug)]
pub struct AuditText {
    rows: usize,
    text: String,
}

/// A row as it is stored; a column that is empty is None.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord<'a> {
    /// Its position.
    pub seq: i64,
    /// The exact text that is hashed.
    pub body: Cow<'a, str>,
    id: Cow<'a, str>,
    at: i64,
    kind: Cow<'a, str>,
    actor_id: Option<Cow<'a, str>>,
    agent_id: Option<Cow<'a, str>>,
    sponsor_id: Option<Cow<'a, str>>,
    action: Option<Cow<'a, str>>,
    resource: Option<Cow<'a, str>>,
    verdict: Cow<'a, str>,
    reason_code: Cow<'a, str>,
}

/// What the columns beside a body are made of.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Projected<'a> {
    seq: i64,
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    at: Text<'a>,
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow, default)]
    actor_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    agent_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    sponsor_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    chain: Vec<Text<'a>>,
    #[serde(borrow, default)]
    action: Option<Text<'a>>,
    #[serde(borrow, default)]
    resource: Option<Text<'a>>,
    #[serde(borrow)]
    verdict: Text<'a>,
    #[serde(borrow)]
    reason_code: Text<'a>,
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl AuditText {
    /// The rows, None for one that has not the fields it should; None altogether when there are not as many as counted.
    pub fn records(&self) -> Option<impl Iterator<Item = Option<StoredRecord<'_>>>> {
        let none = self.rows == 0 && self.text.is_empty();
        let counted = none || self.text.bytes().filter(|byte| *byte == ROW as u8).count() + 1 == self.rows;
        let lines = self.text.split(ROW).filter(move |_| !none);
        counted.then(|| lines.map(split))
    }
}

fn split(line: &str) -> Option<StoredRecord<'_>> {
    let mut fields = [""; FIELDS];
    let mut parts = line.split(FIELD);
    for field in &mut fields {
        *field = parts.next()?;
    }
    if parts.next().is_some() {
        return None;
    }
    let [seq, id, at, kind, actor_id, agent_id, sponsor_id, action, resource, verdict, reason_code, body] =
        fields;
    Some(StoredRecord {
        seq: seq.parse().ok()?,
        body: Cow::Borrowed(body),
        id: Cow::Borrowed(id),
        at: at.parse().ok()?,
        kind: Cow::Borrowed(kind),
        actor_id: marked(actor_id),
        agent_id: marked(agent_id),
        sponsor_id: marked(sponsor_id),
        action: marked(action),
        resource: marked(resource),
        verdict: Cow::Borrowed(verdict),
        reason_code: Cow::Borrowed(reason_code),
    })
}

/// A field that may be absent was given a mark in front where it is not.
fn marked(field: &str) -> Option<Cow<'_, str>> {
    field.strip_prefix('=').map(Cow::Borrowed)
}

impl StoredRecord<'_> {
    /// What is wrong with it at this position, in words; None when every column is what its body says.
    pub fn fault(&self, position: u64) -> Option<String> {
        let projected: Projected<'_> = match serde_json::from_str(&self.body) {
            Ok(projected) => projected,
            Err(error) => return Some(format!("the record is not one of ours ({error})")),
        };
        if u64::try_from(projected.seq) != Ok(position) {
            return Some(format!("the record here says that it is number {}", projected.seq));
        }
        let at = projected.at.0.parse::<Timestamp>().map(Timestamp::as_millis);
        let person = |id: &Text<'_>| id.0.starts_with(UserId::PREFIX);
        // An agent that asks for itself is found by its agent_id.
        let actor = projected.actor_id.as_ref().filter(|id| person(id));
        // Records that do not name their sponsor name the chain below, which begins with the same person.
        let sponsor = projected.sponsor_id.as_ref().or(projected.chain.first().filter(|id| person(id)));
        let checks = [
            ("id", self.id == projected.id.0),
            ("at", at == Ok(self.at)),
            ("kind", self.kind == projected.kind.0),
            ("actor_id", same(self.actor_id.as_deref(), actor)),
            ("agent_id", same(self.agent_id.as_deref(), projected.agent_id.as_ref())),
            ("sponsor_id", sponsor.is_none() || same(self.sponsor_id.as_deref(), sponsor)),
            ("action", same(self.action.as_deref(), projected.action.as_ref())),
            ("resource", same(self.resource.as_deref(), projected.resource.as_ref())),
            ("verdict", self.verdict == projected.verdict.0),
            ("reason_code", self.reason_code == projected.reason_code.0),
        ];
        let wrong: Vec<&str> = checks.iter().filter(|(_, right)| !right).map(|(column, _)| *column).collect();
        (!wrong.is_empty()).then(|| format!("the column {} is not what the record says", wrong.join(", ")))
    }
}

/// A column holds what the body says; text with a NUL is stored without it.
fn same(column: Option<&str>, said: Option<&Text<'_>>) -> bool {
    match (column, said) {
        (None, None) => true,
        (Some(column), Some(said)) if said.0.contains('\0') => column == said.0.replace('\0', "\u{fffd}"),
        (Some(column), Some(said)) => column == said.0,
        _ => false,
    }
}

impl Conn {
    /// The rows after one position up to another, joined.
    pub async fn audit_text(&mut self, after: u64, until: u64) -> Result<AuditText> {
        let query = sql("SELECT COUNT(*) AS found, COALESCE(STRING_AGG(line, $3), '') AS joined FROM (
                 SELECT CAST(seq AS TEXT) || $4 || id || $4 || CAST(at AS TEXT) || $4 || kind || $4
                     || COALESCE('=' || actor_id, '') || $4 || COALESCE('=' || agent_id, '') || $4
                     || COALESCE('=' || sponsor_id, '') || $4 || COALESCE('=' || action, '') || $4
                     || COALESCE('=' || resource, '') || $4 || verdict || $4 || reason_code || $4 || body AS line
                 FROM audit_log WHERE seq > $1 AND seq <= $2 ORDER BY seq
             ) AS lines")
        .bind(whole(after))
        .bind(whole(until))
        .bind(ROW.to_string())
        .bind(FIELD.to_string());
        let row = self.first(query).await?.ok_or(StoreError::Inconsistent { column: "audit_log" })?;
        let rows = usize::try_from(row.int("found")?)
            .map_err(|_| StoreError::Inconsistent { column: "audit_log" })?;
        Ok(AuditText { rows, text: row.text("joined")? })
    }

    /// The positions there are after one up to another, in order.
    pub async fn audit_positions(&mut self, after: u64, until: u64) -> Result<Vec<u64>> {
        let query = sql("SELECT seq FROM audit_log WHERE seq > $1 AND seq <= $2 ORDER BY seq");
        let rows = self.all(query.bind(whole(after)).bind(whole(until))).await?;
        rows.iter().map(|row| Ok(row.int("seq")?.unsigned_abs())).collect()
    }

    /// One row as it is stored; an error when a column holds what is no text.
    pub async fn stored_audit(&mut self, seq: u64) -> Result<Option<StoredRecord<'static>>> {
        let query =
            sql("SELECT seq, id, at, kind, actor_id, agent_id, sponsor_id, action, resource, verdict,
                     reason_code, body FROM audit_log WHERE seq = $1");
        let Some(row) = self.first(query.bind(whole(seq))).await? else { return Ok(None) };
        let optional = |name| row.opt_text(name).map(|text| text.map(Cow::Owned));
        Ok(Some(StoredRecord {
            seq: row.int("seq")?,
            body: Cow::Owned(row.text("body")?),
            id: Cow::Owned(row.text("id")?),
            at: row.int("at")?,
            kind: Cow::Owned(row.text("kind")?),
            actor_id: optional("actor_id")?,
            agent_id: optional("agent_id")?,
            sponsor_id: optional("sponsor_id")?,
            action: optional("action")?,
            resource: optional("resource")?,
            verdict: Cow::Owned(row.text("verdict")?),
            reason_code: Cow::Owned(row.text("reason_code")?),
        }))
    }

    /// The positions of the first and the last record; None when there is none.
    pub async fn audit_ends(&mut self) -> Result<Option<(u64, u64)>> {
        // Asked for together, SQLite would look at every row.
        let query = sql("SELECT (SELECT MIN(seq) FROM audit_log) AS first_seq,
                     (SELECT MAX(seq) FROM audit_log) AS last_seq");
        let Some(row) = self.first(query).await? else { return Ok(None) };
        let ends = row.opt_int("first_seq")?.zip(row.opt_int("last_seq")?);
        Ok(ends.map(|(first, last)| (first.max(0).unsigned_abs(), last.max(0).unsigned_abs())))
    }

    /// Exact texts of records after one position up to another, oldest first, as many as `limit`.
    pub async fn filtered_audit_bodies(
        &mut self,
        filter: &AuditFilter,
        after: u64,
        until: u64,
        limit: u32,
    ) -> Result<Vec<(u64, String)>> {
        let span = Span::Between(whole(after), whole(until));
        let query = paged("SELECT seq, body", filter, span, i64::from(limit));
        let rows = self.all(query).await?;
        rows.iter().map(|row| Ok((row.int("seq")?.unsigned_abs(), row.text("body")?))).collect()
    }

    /// The record at a position; of one person's view where given.
    pub async fn audit_at(&mut self, seq: i64, visible_to: Option<UserId>) -> Result<Option<AuditRecord>> {
        let mut query = sql("SELECT body FROM audit_log").filter("seq = ", seq);
        if let Some(user) = visible_to {
            query = query.filter("sponsor_id = ", user);
        }
        self.first(query).await?.as_ref().map(read).transpose()
    }
}

//! The audit log: appended to in batches, read in keyset pages, never changed.

use crate::db::{Backend, Conn, Held, Query, Row, Store, Value, rows_of_parameters, sql};
use crate::error::{Result, StoreError};
use crate::recent::{Appended, Decided};
use kavach_model::audit::{AuditEvent, AuditKind, AuditRecord};
use kavach_model::merkle::{self, Hash};
use kavach_model::{AuditId, PrincipalId, UserId};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

/// Records that are written together at the most: 512 times 12 parameters is below either database's limit.
pub const MAX_BATCH: usize = 512;

const COLUMNS: &str =
    "seq, id, at, kind, actor_id, agent_id, sponsor_id, action, resource, verdict, reason_code, body";
const COLUMN_COUNT: usize = 12;
/// Above this, statements exist for its multiples only.
const STRIDE: usize = 128;

const HEAD: &str = "SELECT COALESCE(MAX(seq), 0) AS value FROM audit_log";
/// Who appends on PostgreSQL holds this until the commit; an embedded database has one writer anyhow.
const APPENDING: &str = "SELECT 1 AS locked FROM pg_advisory_xact_lock(5406218871124)";

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

/// A draft as it will be stored, but for its place: made by whoever waits for it, so that the one writer has little
/// left to do.
#[derive(Debug)]
pub struct AuditEntry {
    id: AuditId,
    /// What stands between `seq` and `body`.
    columns: [Value; COLUMN_COUNT - 2],
    /// What is counted, if it is a decision.
    decision: Option<Decided>,
    /// The event as a JSON object.
    event: String,
}

/// The stored text of a record; field order is part of what is hashed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    seq: i64,
    id: AuditId,
    #[serde(flatten)]
    event: AuditEvent,
}

impl AuditDraft {
    /// Settles everything but the place in the log.
    pub fn into_entry(self) -> Result<AuditEntry> {
        let Self { id, mut event, sponsor_id } = self;
        event.sponsor_id = sponsor_id;
        let text = serde_json::to_vec(&event).map_err(|error| StoreError::Driver(error.to_string()))?;
        let decision = (event.kind == AuditKind::Decision)
            .then(|| Decided::at(event.at.as_millis(), sponsor_id, event.verdict.is_allow()));
        let columns = [
            shared(Some(id)),
            event.at.into(),
            shared(Some(event.kind.as_str())),
            // An agent that asks for itself is found by agent_id.
            shared(event.actor_id.filter(|actor| matches!(actor, PrincipalId::User(_)))),
            shared(event.agent_id),
            shared(sponsor_id),
            Value::from(event.action).storable(),
            Value::from(event.resource).storable(),
            shared(Some(event.verdict.as_str())),
            shared(Some(event.reason_code.as_str())),
        ];
        let event = String::from_utf8(text).map_err(|error| StoreError::Driver(error.to_string()))?;
        Ok(AuditEntry { id, columns, decision, event })
    }
}

/// An identifier or a name of ours.
fn shared(text: Option<impl Into<Arc<str>>>) -> Value {
    text.map_or(Value::Text(None), |text| Value::Shared(text.into()))
}

impl AuditEntry {
    /// The stored text at this place, put together in a text that may be used again.
    fn body(&self, seq: i64, text: &mut String) -> Arc<str> {
        let Self { id, event, .. } = self;
        text.clear();
        // Writing to a String cannot fail. The event always has fields, so a comma is right.
        let _ = write!(text, "{{\"seq\":{seq},\"id\":\"{id}\",");
        text.push_str(event.trim_start_matches('{'));
        text.as_str().into()
    }
}

impl Store {
    /// The hashes of the records after one position up to another, all of which must be there: as they were appended,
    /// if this process did that of late, else as they are stored.
    pub async fn audit_leaves(&self, after: u64, until: u64) -> Result<Vec<Hash>> {
        match self.recent().and_then(|recent| recent.hashes(after, until)) {
            Some(hashes) => Ok(hashes),
            None => self.read().await?.audit_leaves(after, until).await,
        }
    }

    /// Appends records in order and makes them durable.
    pub async fn append_audit(&self, mut entries: Vec<AuditEntry>) -> Result<()> {
        while !entries.is_empty() {
            let later = entries.split_off(step(entries.len()));
            match self.hold_writer().await? {
                Some(mut writer) => {
                    let appended = append_group(&mut writer, entries).await?;
                    if let Some(recent) = self.recent() {
                        recent.extend(appended);
                    }
                }
                None => {
                    let mut tx = self.write().await?;
                    tx.append_entries(entries).await?;
                    tx.commit().await?;
                }
            }
            entries = later;
        }
        Ok(())
    }
}

/// A group as one statement that is a transaction by itself: each that is sent to the embedded database costs two
/// switches between threads, and BEGIN and COMMIT are sent like any other.
async fn append_group(writer: &mut Held, entries: Vec<AuditEntry>) -> Result<Vec<Appended>> {
    let mut seq = match *writer.audit_head() {
        Some(head) => head,
        None => writer.read_int(HEAD).await?.unwrap_or(0),
    };
    let (query, written) = insert_all(Backend::Sqlite, &mut seq, entries);
    // The database works on a thread of its own, and this one has nothing else to do meanwhile.
    let (inserted, appended) = tokio::join!(writer.run_alone(query), async { hash_all(written) });
    inserted?;
    *writer.audit_head() = Some(seq);
    Ok(appended)
}

impl Conn {
    /// Appends records in order, at the end of a transaction: from here to the commit nobody else appends.
    pub async fn append_audit(&mut self, drafts: &[AuditDraft]) -> Result<()> {
        let entries = drafts.iter().cloned().map(AuditDraft::into_entry).collect::<Result<_>>()?;
        self.append_entries(entries).await
    }

    async fn append_entries(&mut self, mut entries: Vec<AuditEntry>) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        if self.backend() == Backend::Postgres {
            self.first(sql(APPENDING)).await?;
        }
        let mut seq = self.audit_head().await?;
        while !entries.is_empty() {
            let later = entries.split_off(step(entries.len()));
            let (query, written) = insert_all(self.backend(), &mut seq, entries);
            self.execute(query).await?;
            self.appended(hash_all(written));
            entries = later;
        }
        Ok(())
    }

    /// One record; of one person's view where given.
    pub async fn find_audit(
        &mut self,
        id: AuditId,
        visible_to: Option<UserId>,
    ) -> Result<Option<AuditRecord>> {
        // An index for identifiers would be written with every decision; the time in them finds a record as well.
        let mut query = sql("SELECT body FROM audit_log").filter("at = ", id.at()).filter("id = ", id);
        if let Some(user) = visible_to {
            query = query.filter("sponsor_id = ", user);
        }
        self.first(query).await?.as_ref().map(read).transpose()
    }

    /// The position of the newest record; 0 when there is none.
    pub async fn audit_head(&mut self) -> Result<i64> {
        let row = self.first(sql(HEAD)).await?;
        row.map_or(Ok(0), |row| row.int("value"))
    }
}

/// The statement that appends these after a position, which moves on, and what it appends.
fn insert_all(backend: Backend, seq: &mut i64, entries: Vec<AuditEntry>) -> (Query, Vec<Written>) {
    let mut query = sql(Statements::get().insert(backend, entries.len())).room(entries.len() * COLUMN_COUNT);
    let mut written = Vec::with_capacity(entries.len());
    let mut text = String::new();
    for entry in entries {
        *seq += 1;
        let body = entry.body(*seq, &mut text);
        written.push(Written { seq: *seq, body: Arc::clone(&body), decision: entry.decision });
        // JSON writes a NUL as an escape.
        let values = entry.columns.into_iter().chain([Value::Shared(body)]);
        query = values.fold(query.bind_storable(*seq), Query::bind_storable);
    }
    (query, written)
}

/// A record in a statement.
struct Written {
    seq: i64,
    body: Arc<str>,
    decision: Option<Decided>,
}

/// Hashes records, to be remembered once they are committed.
fn hash_all(written: Vec<Written>) -> Vec<Appended> {
    let hashed = written.into_iter().map(|Written { seq, body, decision }| Appended {
        seq,
        hash: merkle::leaf_hash(body.as_bytes()),
        decision,
    });
    hashed.collect()
}

pub(crate) fn read(row: &Row) -> Result<AuditRecord> {
    let text = row.text("body")?;
    let body: Body =
        serde_json::from_str(&text).map_err(|_| StoreError::Inconsistent { column: "audit_log.body" })?;
    Ok(AuditRecord { seq: body.seq, id: body.id, event: body.event, leaf_hash: leaf_hash(&text) })
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

/// How many of so many records are written at a time: any number up to 128, or a multiple of 128, so that all the
/// statements there are stay prepared.
fn step(records: usize) -> usize {
    match records.min(MAX_BATCH) {
        few @ 0..STRIDE => few,
        many => many - many % STRIDE,
    }
}

/// The texts for every number of records that [`step`] gives, in order of it, the first for none.
struct Statements {
    sqlite: Vec<String>,
    postgres: Vec<String>,
}

impl Statements {
    fn get() -> &'static Self {
        static ALL: LazyLock<Statements> = LazyLock::new(|| Statements {
            sqlite: sizes().map(|rows| insert(Backend::Sqlite, rows)).collect(),
            postgres: sizes().map(|rows| insert(Backend::Postgres, rows)).collect(),
        });
        &ALL
    }

    /// The multi-row INSERT.
    fn insert(&self, backend: Backend, rows: usize) -> &str {
        match backend {
            Backend::Sqlite => &self.sqlite[place(rows)],
            Backend::Postgres => &self.postgres[place(rows)],
        }
    }
}

fn sizes() -> impl Iterator<Item = usize> {
    (0..STRIDE).chain((STRIDE..=MAX_BATCH).step_by(STRIDE))
}

fn place(rows: usize) -> usize {
    if rows < STRIDE { rows } else { STRIDE - 1 + rows / STRIDE }
}

fn insert(backend: Backend, rows: usize) -> String {
    format!("INSERT INTO audit_log ({COLUMNS}) VALUES {}", rows_of_parameters(backend, rows, COLUMN_COUNT))
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
                let text = Statements::get().insert(Backend::Postgres, rows);
                assert!(text.ends_with(&format!("${})", rows * COLUMN_COUNT)), "{rows}");
                let text = Statements::get().insert(Backend::Sqlite, rows);
                assert_eq!(text.matches('?').count(), rows * COLUMN_COUNT);
                (rest, statements) = (rest - rows, statements + 1);
            }
            assert!(statements <= 2, "{records}");
        }
    }
}

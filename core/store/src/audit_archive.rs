//! Which parts of the audit log are in files instead, and taking them out of the table.
//!
//! Positions below the first kept one are hashes in `audit_tiles` from then on. Nothing is deleted that no row of
//! `audit_archives` covers, and positions are let go in order, in the transaction that says so.

use crate::audit_tree::{AuditCheckpoint, whole};
use crate::db::{Conn, Row, Store, sql};
use crate::error::{Result, StoreError};
use kavach_model::Timestamp;

/// A part of the log that is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditArchive {
    /// Position of its first record.
    pub first: u64,
    /// Position of its last record.
    pub last: u64,
    /// Name of the file, without its directory.
    pub file: String,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
    /// What was signed about it.
    pub statement: String,
    /// The earliest time in it.
    pub at_first: Timestamp,
    /// The latest time in it.
    pub at_last: Timestamp,
    /// When it was made.
    pub at: Timestamp,
}

/// The right to archive, which only one process has at a time.
#[derive(Debug)]
pub struct ArchiveLease {
    until: Timestamp,
}

impl Store {
    /// Takes the right to archive until a time; None while somebody else has it.
    pub async fn lease_archiving(&self, now: Timestamp, until: Timestamp) -> Result<Option<ArchiveLease>> {
        let mut tx = self.write().await?;
        let query = sql("UPDATE counters SET value = $1 WHERE name = 'audit_archiving_until' AND value < $2");
        let taken = tx.execute(query.bind(until).bind(now)).await? == 1;
        tx.commit().await?;
        Ok(taken.then_some(ArchiveLease { until }))
    }

    /// Gives it back.
    pub async fn end_archiving(&self, lease: ArchiveLease) -> Result<()> {
        let mut tx = self.write().await?;
        let query = sql("UPDATE counters SET value = 0 WHERE name = 'audit_archiving_until' AND value = $1");
        tx.execute(query.bind(lease.until)).await?;
        tx.commit().await
    }
}

impl Conn {
    /// Prolongs the right to archive in a transaction that needs it; an error when somebody else has it by now.
    pub async fn prolong_archiving(&mut self, lease: &mut ArchiveLease, until: Timestamp) -> Result<()> {
        let query = sql("UPDATE counters SET value = $1 WHERE name = 'audit_archiving_until' AND value = $2");
        if self.execute(query.bind(until).bind(lease.until)).await? != 1 {
            return Err(StoreError::Unavailable("another process archives the audit log".to_owned()));
        }
        lease.until = until;
        Ok(())
    }

    /// The position after which all records are in the table.
    pub async fn audit_kept_after(&mut self) -> Result<u64> {
        let row = self.first(sql("SELECT value FROM counters WHERE name = 'audit_kept_after'")).await?;
        let value = row.ok_or(StoreError::Inconsistent { column: "counters.value" })?.int("value")?;
        u64::try_from(value).map_err(|_| StoreError::Inconsistent { column: "counters.value" })
    }

    /// The position up to which decisions are counted.
    pub async fn audit_counted(&mut self) -> Result<u64> {
        Ok(self.counted().await?.max(0).unsigned_abs())
    }

    /// Every archive, in order.
    pub async fn audit_archives(&mut self) -> Result<Vec<AuditArchive>> {
        let query = sql("SELECT first_seq, last_seq, file, digest, statement, at_first, at_last, archived_at
             FROM audit_archives ORDER BY last_seq");
        self.all(query).await?.iter().map(read).collect()
    }

    /// An archive that has records of this time.
    pub async fn audit_archive_of(&mut self, at: Timestamp) -> Result<Option<AuditArchive>> {
        let query = sql("SELECT first_seq, last_seq, file, digest, statement, at_first, at_last, archived_at
             FROM audit_archives WHERE at_first <= $1 AND at_last >= $1 ORDER BY last_seq LIMIT 1");
        self.first(query.bind(at)).await?.as_ref().map(read).transpose()
    }

    /// The first position after one up to another whose record is not older than a time.
    pub async fn first_audit_since(
        &mut self,
        after: u64,
        until: u64,
        since: Timestamp,
    ) -> Result<Option<u64>> {
        // Of all that is new the index of times would look for the smallest position; the few rows here are fewer.
        let query = sql("SELECT seq FROM audit_log WHERE seq > $1 AND seq <= $2 AND at + 0 >= $3
             ORDER BY seq LIMIT 1")
        .bind(whole(after))
        .bind(whole(until))
        .bind(since);
        self.first(query).await?.map(|row| Ok(row.int("seq")?.max(0).unsigned_abs())).transpose()
    }

    /// The earliest and the latest time after one position up to another.
    pub async fn audit_times(&mut self, after: u64, until: u64) -> Result<(Timestamp, Timestamp)> {
        let query = sql("SELECT MIN(at + 0) AS at_first, MAX(at + 0) AS at_last
             FROM audit_log WHERE seq > $1 AND seq <= $2");
        let row = self.first(query.bind(whole(after)).bind(whole(until))).await?;
        let row = row.ok_or(StoreError::Inconsistent { column: "audit_log.at" })?;
        Ok((row.time("at_first")?, row.time("at_last")?))
    }

    /// Notes an archive, with the checkpoint it ends at.
    pub async fn put_audit_archive(&mut self, archive: &AuditArchive, end: &AuditCheckpoint) -> Result<()> {
        let query = sql("INSERT INTO audit_archives
                 (first_seq, last_seq, file, digest, statement, at_first, at_last, archived_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(whole(archive.first))
        .bind(whole(archive.last))
        .bind(archive.file.as_str())
        .bind(archive.digest.as_str())
        .bind(archive.statement.as_str())
        .bind(archive.at_first)
        .bind(archive.at_last)
        .bind(archive.at);
        self.execute(query).await?;
        self.put_audit_checkpoint(end).await
    }

    /// Lets go of the records after the first kept position up to another, which an archive must cover; how many.
    pub async fn drop_archived_audit(&mut self, after: u64, until: u64) -> Result<u64> {
        let moved = sql("UPDATE counters SET value = $2 WHERE name = 'audit_kept_after' AND value = $1
                 AND EXISTS (SELECT 1 FROM audit_archives WHERE first_seq <= $1 + 1 AND last_seq >= $2)")
        .bind(whole(after))
        .bind(whole(until));
        if self.execute(moved).await? != 1 {
            return Err(StoreError::Inconsistent { column: "audit_archives" });
        }
        let query = sql("DELETE FROM audit_log WHERE seq > $1 AND seq <= $2");
        self.execute(query.bind(whole(after)).bind(whole(until))).await
    }

    /// Drops checkpoints made before a time, up to `limit` of them: of each `period` the last stays, and so do those
    /// archives end at and the newest of all; how many were dropped.
    pub async fn thin_audit_checkpoints(
        &mut self,
        before: Timestamp,
        period: std::time::Duration,
        limit: u32,
    ) -> Result<u64> {
        let query = sql("DELETE FROM audit_checkpoints WHERE size IN (
                 SELECT size FROM audit_checkpoints WHERE at < $1
                     AND size NOT IN (SELECT MAX(size) FROM audit_checkpoints WHERE at < $1 GROUP BY at / $2)
                     AND size NOT IN (SELECT last_seq FROM audit_archives)
                     AND size < (SELECT MAX(size) FROM audit_checkpoints)
                 ORDER BY size LIMIT $3)")
        .bind(before)
        .bind(whole(u64::try_from(period.as_millis()).unwrap_or(u64::MAX)))
        .bind(i64::from(limit));
        self.execute(query).await
    }
}

fn read(row: &Row) -> Result<AuditArchive> {
    let position = |name| Ok::<_, StoreError>(row.int(name)?.max(0).unsigned_abs());
    Ok(AuditArchive {
        first: position("first_seq")?,
        last: position("last_seq")?,
        file: row.text("file")?,
        digest: row.text("digest")?,
        statement: row.text("statement")?,
        at_first: row.time("at_first")?,
        at_last: row.time("at_last")?,
        at: row.time("archived_at")?,
    })
}

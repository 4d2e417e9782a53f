//! Answers to requests that carried an Idempotency-Key.
//!
//! A key is held by one attempt at a time and for a bounded time. The answer is written by whoever makes what it tells
//! of, in the same transaction, and only while the key is still theirs: so either both are there or neither, however
//! a commit, a connection or a process ended.

use crate::db::{Conn, sql};
use crate::error::Result;
use kavach_model::Timestamp;

/// An attempt to do what a key stands for.
#[derive(Debug, Clone)]
pub struct NewAttempt<'a> {
    /// SHA-256 of the key and of who sent it.
    pub key_hash: &'a str,
    /// What identifies the request, sealed.
    pub fingerprint_sealed: &'a str,
    /// A name nobody else has for this attempt.
    pub attempt: &'a str,
    /// Now.
    pub now: Timestamp,
    /// Until when the key is held if no answer is written.
    pub held_until: Timestamp,
    /// Until when an answer is kept.
    pub expires_at: Timestamp,
}

/// What there is under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing, or an attempt that came to nothing: the caller goes on and holds the key.
    Fresh,
    /// Another attempt, answered or still under way.
    Known {
        /// What identifies its request, sealed.
        fingerprint_sealed: String,
        /// Its answer, sealed, when there is one.
        answer_sealed: Option<String>,
        /// Until when it holds the key without one.
        held_until: Timestamp,
    },
}

impl Conn {
    /// Takes a key, or tells what is under it. Of any number of callers exactly one is fresh.
    pub async fn begin_idempotent(&mut self, new: &NewAttempt<'_>) -> Result<Begun> {
        let taken = self
            .execute(
                sql("INSERT INTO idempotency_keys
                        (key_hash, fingerprint_sealed, attempt, created_at, held_until, expires_at)
                     VALUES ($1, $2, $3, $4, $5, $6)
                     ON CONFLICT (key_hash) DO UPDATE
                     SET fingerprint_sealed = excluded.fingerprint_sealed, answer_sealed = NULL, attempt = excluded.attempt,
                         created_at = excluded.created_at, held_until = excluded.held_until,
                         expires_at = excluded.expires_at
                     WHERE idempotency_keys.expires_at <= $4
                        OR (idempotency_keys.answer_sealed IS NULL AND idempotency_keys.held_until <= $4)")
                .bind(new.key_hash)
                .bind(new.fingerprint_sealed)
                .bind(new.attempt)
                .bind(new.now)
                .bind(new.held_until)
                .bind(new.expires_at),
            )
            .await?;
        if taken == 1 {
            return Ok(Begun::Fresh);
        }
        let row = self
            .first(
                sql("SELECT fingerprint_sealed, answer_sealed, held_until FROM idempotency_keys WHERE key_hash = $1")
                    .bind(new.key_hash),
            )
            .await?;
        match row {
            Some(row) => Ok(Begun::Known {
                fingerprint_sealed: row.text("fingerprint_sealed")?,
                answer_sealed: row.opt_text("answer_sealed")?,
                held_until: row.time("held_until")?,
            }),
            // Let go of between the two statements: whoever asks again gets it.
            None => Ok(Begun::Known {
                fingerprint_sealed: new.fingerprint_sealed.to_owned(),
                answer_sealed: None,
                held_until: new.now,
            }),
        }
    }

    /// Writes the answer, in the transaction that makes what it tells of; false when the key is not this attempt's any
    /// more, and then that transaction must not be committed.
    pub async fn answer_idempotent(
        &mut self,
        key_hash: &str,
        attempt: &str,
        answer_sealed: &str,
    ) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE idempotency_keys
                     SET answer_sealed = $3
                     WHERE key_hash = $1 AND attempt = $2 AND answer_sealed IS NULL")
                .bind(key_hash)
                .bind(attempt)
                .bind(answer_sealed),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Lets go of a key whose attempt made nothing; one that was answered stays.
    pub async fn abandon_idempotent(&mut self, key_hash: &str, attempt: &str) -> Result<bool> {
        let gone = self
            .execute(
                sql("DELETE FROM idempotency_keys
                     WHERE key_hash = $1 AND attempt = $2 AND answer_sealed IS NULL")
                .bind(key_hash)
                .bind(attempt),
            )
            .await?;
        Ok(gone == 1)
    }

    /// Forgets answers that expired before a time.
    pub async fn prune_idempotent(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM idempotency_keys WHERE expires_at < $1").bind(before)).await
    }
}

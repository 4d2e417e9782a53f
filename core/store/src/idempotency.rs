//! Answers to requests that carried an Idempotency-Key.

use crate::db::{Conn, sql};
use crate::error::Result;
use kavach_model::Timestamp;

/// What there is under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing yet: the caller goes on and owns the key.
    Fresh,
    /// Another request with this key, finished or still under way.
    Known {
        /// What identifies that request.
        fingerprint: String,
        /// Its answer, when it is finished.
        answer_sealed: Option<String>,
    },
}

impl Conn {
    /// Takes a key, or tells what is under it. Of any number of callers exactly one is fresh.
    pub async fn begin_idempotent(
        &mut self,
        key_hash: &str,
        fingerprint: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Begun> {
        let taken = self
            .execute(
                sql("INSERT INTO idempotency_keys (key_hash, fingerprint, created_at, expires_at)
                     VALUES ($1, $2, $3, $4)
                     ON CONFLICT (key_hash) DO UPDATE
                     SET fingerprint = excluded.fingerprint, answer_sealed = NULL,
                         created_at = excluded.created_at, expires_at = excluded.expires_at
                     WHERE idempotency_keys.expires_at <= $3")
                .bind(key_hash)
                .bind(fingerprint)
                .bind(now)
                .bind(expires_at),
            )
            .await?;
        if taken == 1 {
            return Ok(Begun::Fresh);
        }
        let row = self
            .first(
                sql("SELECT fingerprint, answer_sealed FROM idempotency_keys WHERE key_hash = $1")
                    .bind(key_hash),
            )
            .await?;
        row.map_or(Ok(Begun::Fresh), |row| {
            Ok(Begun::Known {
                fingerprint: row.text("fingerprint")?,
                answer_sealed: row.opt_text("answer_sealed")?,
            })
        })
    }

    /// Keeps the answer for whoever comes again.
    pub async fn finish_idempotent(&mut self, key_hash: &str, answer_sealed: &str) -> Result<()> {
        self.execute(
            sql("UPDATE idempotency_keys SET answer_sealed = $2 WHERE key_hash = $1")
                .bind(key_hash)
                .bind(answer_sealed),
        )
        .await?;
        Ok(())
    }

    /// Lets go of a key whose request did nothing.
    pub async fn abandon_idempotent(&mut self, key_hash: &str) -> Result<()> {
        self.execute(
            sql("DELETE FROM idempotency_keys WHERE key_hash = $1 AND answer_sealed IS NULL").bind(key_hash),
        )
        .await?;
        Ok(())
    }

    /// Forgets answers that expired before a time.
    pub async fn prune_idempotent(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM idempotency_keys WHERE expires_at < $1").bind(before)).await
    }
}

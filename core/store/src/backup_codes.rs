//! Backup codes: each is good for one sign-in.

use crate::db::{Conn, sql};
use crate::error::Result;
use kavach_model::{Timestamp, UserId};

impl Conn {
    /// Stores new codes in place of all that there were.
    pub async fn replace_backup_codes(
        &mut self,
        user_id: UserId,
        hashes: &[String],
        now: Timestamp,
    ) -> Result<()> {
        self.delete_backup_codes(user_id).await?;
        for hash in hashes {
            self.execute(
                sql("INSERT INTO backup_codes (code_hash, user_id, created_at) VALUES ($1, $2, $3)")
                    .bind(hash.as_str())
                    .bind(user_id)
                    .bind(now),
            )
            .await?;
        }
        Ok(())
    }

    /// Whether a code is one of the person's and unused; it stays so.
    pub async fn has_backup_code(&mut self, user_id: UserId, hash: &str) -> Result<bool> {
        let row = self
            .first(
                sql("SELECT code_hash
                     FROM backup_codes
                     WHERE code_hash = $1 AND user_id = $2 AND consumed_at IS NULL")
                .bind(hash)
                .bind(user_id),
            )
            .await?;
        Ok(row.is_some())
    }

    /// Spends a code: of any number of callers exactly one gets true.
    pub async fn consume_backup_code(&mut self, user_id: UserId, hash: &str, now: Timestamp) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE backup_codes
                     SET consumed_at = $3
                     WHERE code_hash = $1 AND user_id = $2 AND consumed_at IS NULL")
                .bind(hash)
                .bind(user_id)
                .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }

    /// How many codes a person has left.
    pub async fn count_backup_codes(&mut self, user_id: UserId) -> Result<u64> {
        let row = self
            .first(
                sql("SELECT COUNT(*) AS codes FROM backup_codes WHERE user_id = $1 AND consumed_at IS NULL")
                    .bind(user_id),
            )
            .await?;
        Ok(row.map_or(Ok(0), |row| row.int("codes"))?.unsigned_abs())
    }

    /// Forgets all of a person's codes.
    pub async fn delete_backup_codes(&mut self, user_id: UserId) -> Result<u64> {
        self.execute(sql("DELETE FROM backup_codes WHERE user_id = $1").bind(user_id)).await
    }
}

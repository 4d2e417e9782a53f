//! Keys that sign tokens, sealed. Which of them signs is told by their times alone, so that every replica tells the same.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use kavach_model::Timestamp;

/// A key as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// What it is called in tokens.
    pub kid: String,
    /// How it signs.
    pub algorithm: String,
    /// The how-manieth of its algorithm it is.
    pub generation: i64,
    /// Its public half, as JSON.
    pub public: String,
    /// Its private half, sealed.
    pub sealed: String,
    /// When it was made, and published.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub active_from: Timestamp,
}

fn read(row: &Row) -> Result<SigningKeyRow> {
    Ok(SigningKeyRow {
        kid: row.text("kid")?,
        algorithm: row.text("algorithm")?,
        generation: row.int("generation")?,
        public: row.text("public")?,
        sealed: row.text("sealed")?,
        created_at: row.time("created_at")?,
        active_from: row.time("active_from")?,
    })
}

impl Conn {
    /// Stores a key; false when another process made the one of this generation.
    pub async fn insert_signing_key(&mut self, key: &SigningKeyRow) -> Result<bool> {
        let made = self
            .execute(
                sql("INSERT INTO signing_keys (kid, algorithm, generation, public, sealed, created_at, active_from)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)
                     ON CONFLICT DO NOTHING")
                .bind(key.kid.as_str())
                .bind(key.algorithm.as_str())
                .bind(key.generation)
                .bind(key.public.as_str())
                .bind(key.sealed.as_str())
                .bind(key.created_at)
                .bind(key.active_from),
            )
            .await?;
        Ok(made == 1)
    }

    /// Every key there is, the oldest of each algorithm first.
    pub async fn list_signing_keys(&mut self) -> Result<Vec<SigningKeyRow>> {
        let query = sql("SELECT kid, algorithm, generation, public, sealed, created_at, active_from
             FROM signing_keys ORDER BY algorithm, generation");
        self.all(query).await?.iter().map(read).collect()
    }

    /// Forgets a key.
    pub async fn delete_signing_key(&mut self, kid: &str) -> Result<bool> {
        Ok(self.execute(sql("DELETE FROM signing_keys WHERE kid = $1").bind(kid)).await? == 1)
    }
}

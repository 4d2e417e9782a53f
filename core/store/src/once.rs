//! Everything that may be spent once, spent by one statement.

use crate::db::{Conn, sql};
use crate::error::Result;
use kavach_model::{Timestamp, UserId};

/// A secret to be spent once. Only its hash is stored.
#[derive(Debug, Clone)]
pub struct NewOnce<'a> {
    /// SHA-256 of the secret, in hexadecimal.
    pub secret_hash: &'a str,
    /// What it is for; a secret for one purpose is nothing for another.
    pub purpose: &'a str,
    /// Whose it is.
    pub user_id: Option<UserId>,
    /// What the spender needs to know.
    pub payload: &'a str,
    /// Now.
    pub created_at: Timestamp,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

/// What a spent secret was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Whose it was.
    pub user_id: Option<UserId>,
    /// What the spender needs to know.
    pub payload: String,
}

impl Conn {
    /// Stores a secret to be spent once.
    pub async fn insert_once(&mut self, new: &NewOnce<'_>) -> Result<()> {
        self.execute(
            sql("INSERT INTO one_time_secrets
                    (secret_hash, purpose, user_id, payload, created_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(new.secret_hash)
            .bind(new.purpose)
            .bind(new.user_id)
            .bind(new.payload)
            .bind(new.created_at)
            .bind(new.expires_at),
        )
        .await?;
        Ok(())
    }

    /// Spends a secret: of any number of callers exactly one gets it.
    pub async fn claim_once(
        &mut self,
        purpose: &str,
        secret_hash: &str,
        now: Timestamp,
    ) -> Result<Option<Claimed>> {
        let row = self
            .first(
                sql("UPDATE one_time_secrets
                     SET consumed_at = $1
                     WHERE secret_hash = $2 AND purpose = $3 AND consumed_at IS NULL AND expires_at > $1
                     RETURNING user_id, payload")
                .bind(now)
                .bind(secret_hash)
                .bind(purpose),
            )
            .await?;
        row.map(|row| Ok(Claimed { user_id: row.opt_parsed("user_id")?, payload: row.text("payload")? }))
            .transpose()
    }

    /// Notes that something was used that may be used once and that we did not store when it was issued: of any number
    /// of callers exactly one gets true.
    pub async fn spend_foreign(
        &mut self,
        purpose: &str,
        hash: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool> {
        let made = self
            .execute(
                sql("INSERT INTO one_time_secrets
                        (secret_hash, purpose, user_id, payload, created_at, expires_at, consumed_at)
                     VALUES ($1, $2, NULL, '', $3, $4, $3)
                     ON CONFLICT (secret_hash) DO NOTHING")
                .bind(hash)
                .bind(purpose)
                .bind(now)
                .bind(expires_at),
            )
            .await?;
        Ok(made == 1)
    }

    /// What a secret that is not spent yet is for, without spending it.
    pub async fn find_once(
        &mut self,
        purpose: &str,
        secret_hash: &str,
        now: Timestamp,
    ) -> Result<Option<Claimed>> {
        let query = sql("SELECT user_id, payload FROM one_time_secrets")
            .filter("secret_hash = ", secret_hash)
            .filter("purpose = ", purpose)
            .condition("consumed_at IS NULL")
            .filter("expires_at > ", now);
        let row = self.first(query).await?;
        row.map(|row| Ok(Claimed { user_id: row.opt_parsed("user_id")?, payload: row.text("payload")? }))
            .transpose()
    }

    /// What a spent secret was for, as long as it is remembered.
    pub async fn find_spent_once(&mut self, purpose: &str, secret_hash: &str) -> Result<Option<Claimed>> {
        let query = sql("SELECT user_id, payload FROM one_time_secrets")
            .filter("secret_hash = ", secret_hash)
            .filter("purpose = ", purpose)
            .condition("consumed_at IS NOT NULL");
        let row = self.first(query).await?;
        row.map(|row| Ok(Claimed { user_id: row.opt_parsed("user_id")?, payload: row.text("payload")? }))
            .transpose()
    }

    /// Takes away a person's unspent secrets of one purpose.
    pub async fn revoke_once(&mut self, purpose: &str, user_id: UserId, now: Timestamp) -> Result<u64> {
        self.execute(
            sql("UPDATE one_time_secrets
                 SET consumed_at = $1
                 WHERE user_id = $2 AND purpose = $3 AND consumed_at IS NULL")
            .bind(now)
            .bind(user_id)
            .bind(purpose),
        )
        .await
    }

    /// Forgets secrets that expired before a time.
    pub async fn prune_once(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM one_time_secrets WHERE expires_at < $1").bind(before)).await
    }
}

//! Codes that a person types and links that hold one. Each is tried a few times at most and spent once, and both are
//! one statement, so that neither a thousand parallel guesses nor a second replica gets more.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use kavach_model::{Timestamp, UserId};

/// A challenge to be stored.
#[derive(Debug, Clone)]
pub struct NewChallenge<'a> {
    /// Its identifier, which whoever asked for it holds.
    pub id: &'a str,
    /// What it is for; a code for one purpose is nothing for another.
    pub purpose: &'a str,
    /// Whose it is; none for a person we do not know.
    pub user_id: Option<UserId>,
    /// Where the code goes: an address or a number.
    pub recipient: &'a str,
    /// Keyed hash of the code.
    pub code_hash: &'a str,
    /// SHA-256 of the link's token, where there is a link.
    pub link_hash: Option<&'a str>,
    /// SHA-256 of what the browser that asked holds.
    pub binding: Option<&'a str>,
    /// What the spender needs to know.
    pub payload: &'a str,
    /// Now.
    pub created_at: Timestamp,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

/// A challenge as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeRow {
    /// Its identifier.
    pub id: String,
    /// Whose it is.
    pub user_id: Option<UserId>,
    /// Where the code went.
    pub recipient: String,
    /// Keyed hash of the code.
    pub code_hash: String,
    /// SHA-256 of what the browser that asked holds.
    pub binding: Option<String>,
    /// What the spender needs to know.
    pub payload: String,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

const COLUMNS: &str =
    "SELECT id, user_id, recipient, code_hash, binding, payload, expires_at FROM challenges";

fn read(row: &Row) -> Result<ChallengeRow> {
    Ok(ChallengeRow {
        id: row.text("id")?,
        user_id: row.opt_parsed("user_id")?,
        recipient: row.text("recipient")?,
        code_hash: row.text("code_hash")?,
        binding: row.opt_text("binding")?,
        payload: row.text("payload")?,
        expires_at: row.time("expires_at")?,
    })
}

impl Conn {
    /// Stores a challenge.
    pub async fn insert_challenge(&mut self, new: &NewChallenge<'_>) -> Result<()> {
        self.execute(
            sql("INSERT INTO challenges
                    (id, purpose, user_id, recipient, code_hash, link_hash, binding, payload, attempts, created_at,
                     expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10)")
            .bind(new.id)
            .bind(new.purpose)
            .bind(new.user_id)
            .bind(new.recipient)
            .bind(new.code_hash)
            .bind(new.link_hash)
            .bind(new.binding)
            .bind(new.payload)
            .bind(new.created_at)
            .bind(new.expires_at),
        )
        .await?;
        Ok(())
    }

    /// Counts one try at a live challenge and says what it asks for; None when there is none left to try.
    pub async fn try_challenge(
        &mut self,
        purpose: &str,
        id: &str,
        most: u32,
        now: Timestamp,
    ) -> Result<Option<ChallengeRow>> {
        let row = self
            .first(
                sql("UPDATE challenges
                     SET attempts = attempts + 1
                     WHERE id = $1 AND purpose = $2 AND attempts < $3 AND consumed_at IS NULL AND expires_at > $4
                     RETURNING id, user_id, recipient, code_hash, binding, payload, expires_at")
                .bind(id)
                .bind(purpose)
                .bind(i64::from(most))
                .bind(now),
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The live challenge of a link, which is looked at and not spent.
    pub async fn find_challenge_by_link(
        &mut self,
        purpose: &str,
        link_hash: &str,
        now: Timestamp,
    ) -> Result<Option<ChallengeRow>> {
        let query = sql(COLUMNS)
            .filter("link_hash = ", link_hash)
            .filter("purpose = ", purpose)
            .condition("consumed_at IS NULL")
            .filter("expires_at > ", now);
        self.first(query).await?.as_ref().map(read).transpose()
    }

    /// Spends a challenge: of any number of callers exactly one gets true.
    pub async fn consume_challenge(&mut self, purpose: &str, id: &str, now: Timestamp) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE challenges
                     SET consumed_at = $3
                     WHERE id = $1 AND purpose = $2 AND consumed_at IS NULL AND expires_at > $3")
                .bind(id)
                .bind(purpose)
                .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Takes away the unspent challenges of one purpose that went to a recipient.
    pub async fn revoke_challenges(&mut self, purpose: &str, recipient: &str, now: Timestamp) -> Result<u64> {
        self.execute(
            sql("UPDATE challenges
                 SET consumed_at = $3
                 WHERE purpose = $1 AND recipient = $2 AND consumed_at IS NULL")
            .bind(purpose)
            .bind(recipient)
            .bind(now),
        )
        .await
    }

    /// Takes away a person's unspent challenges of every purpose.
    pub async fn revoke_challenges_of(&mut self, user_id: UserId, now: Timestamp) -> Result<u64> {
        self.execute(
            sql("UPDATE challenges SET consumed_at = $2 WHERE user_id = $1 AND consumed_at IS NULL")
                .bind(user_id)
                .bind(now),
        )
        .await
    }

    /// Forgets challenges that expired before a time.
    pub async fn prune_challenges(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM challenges WHERE expires_at < $1").bind(before)).await
    }
}

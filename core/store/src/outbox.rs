//! Messages to deliver. A message is leased for one attempt at a time, so that replicas do not send twice.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use kavach_model::Timestamp;
use kavach_model::id::MessageId;

/// How a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// To a person.
    Mail,
    /// To a program.
    Webhook,
}

impl Channel {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }
}

/// A message to be delivered.
#[derive(Debug, Clone, Copy)]
pub struct NewMessage<'a> {
    /// Which.
    pub id: MessageId,
    /// How it leaves.
    pub channel: Channel,
    /// What it is for.
    pub kind: &'a str,
    /// To whom.
    pub recipient: &'a str,
    /// What it says, sealed under the instance key.
    pub body_sealed: &'a str,
    /// Whether anybody delivers it; else it only waits to be looked at.
    pub due: bool,
}

/// A message as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Which.
    pub id: MessageId,
    /// What it is for.
    pub kind: String,
    /// To whom.
    pub recipient: String,
    /// Subject and texts, sealed under the instance key.
    pub body_sealed: String,
    /// How often delivery was tried.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Timestamp,
}

fn read(row: &Row) -> Result<MessageRow> {
    Ok(MessageRow {
        id: row.parsed("id")?,
        kind: row.text("kind")?,
        recipient: row.text("recipient")?,
        body_sealed: row.text("body_sealed")?,
        attempts: u32::try_from(row.int("attempts")?).unwrap_or(u32::MAX),
        created_at: row.time("created_at")?,
    })
}

impl Conn {
    /// Puts a message in the outbox, due at once if anybody delivers it.
    pub async fn insert_message(&mut self, new: &NewMessage<'_>, now: Timestamp) -> Result<()> {
        self.execute(
            sql("INSERT INTO outbox
                    (id, channel, kind, recipient, body_sealed, attempts, next_attempt_at, created_at)
                 VALUES ($1, $2, $3, $4, $5, 0, $6, $7)")
            .bind(new.id)
            .bind(new.channel.as_str())
            .bind(new.kind)
            .bind(new.recipient)
            .bind(new.body_sealed)
            .bind(new.due.then_some(now))
            .bind(now),
        )
        .await?;
        Ok(())
    }

    /// Takes due messages of a channel for one attempt each; they come back at `lease_until` unless settled before.
    pub async fn lease_messages(
        &mut self,
        channel: Channel,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<MessageRow>> {
        self.all(
            sql("UPDATE outbox
                 SET attempts = attempts + 1, next_attempt_at = $2
                 WHERE id IN (SELECT id FROM outbox
                              WHERE next_attempt_at <= $1 AND channel = $4
                              ORDER BY next_attempt_at LIMIT $3)
                   AND next_attempt_at <= $1
                 RETURNING id, kind, recipient, body_sealed, attempts, created_at")
            .bind(now)
            .bind(lease_until)
            .bind(i64::from(limit))
            .bind(channel.as_str()),
        )
        .await?
        .iter()
        .map(read)
        .collect()
    }

    /// Notes that a message was delivered, and forgets what it said.
    pub async fn settle_message(&mut self, id: MessageId, now: Timestamp) -> Result<()> {
        self.execute(
            sql("UPDATE outbox
                 SET sent_at = $2, next_attempt_at = NULL, body_sealed = '', last_error = NULL
                 WHERE id = $1")
            .bind(id)
            .bind(now),
        )
        .await?;
        Ok(())
    }

    /// Notes that an attempt failed; without a next time the message is dead.
    pub async fn postpone_message(
        &mut self,
        id: MessageId,
        error: &str,
        next_attempt_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<()> {
        let dead_at = if next_attempt_at.is_none() { Some(now) } else { None };
        self.execute(
            sql("UPDATE outbox
                 SET last_error = $2, next_attempt_at = $3, dead_at = $4
                 WHERE id = $1")
            .bind(id)
            .bind(error)
            .bind(next_attempt_at)
            .bind(dead_at),
        )
        .await?;
        Ok(())
    }

    /// The newest mails.
    pub async fn recent_messages(&mut self, limit: u32) -> Result<Vec<MessageRow>> {
        self.all(
            sql("SELECT id, kind, recipient, body_sealed, attempts, created_at
                 FROM outbox
                 WHERE channel = 'mail'
                 ORDER BY id DESC
                 LIMIT $1")
            .bind(i64::from(limit)),
        )
        .await?
        .iter()
        .map(read)
        .collect()
    }

    /// Forgets messages written before a time.
    pub async fn prune_messages(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM outbox WHERE created_at < $1").bind(before)).await
    }
}

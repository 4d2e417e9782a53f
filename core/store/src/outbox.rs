//! Messages to deliver. A message is leased for one attempt at a time, so that replicas do not send twice.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use kavach_model::delivery::{Channel, Delivery, DeliveryState};
use kavach_model::id::MessageId;
use kavach_model::{Page, PageRequest, Timestamp};

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

fn read_delivery(row: &Row) -> Result<Delivery> {
    let sent_at = row.opt_time("sent_at")?;
    let next_attempt_at = row.opt_time("next_attempt_at")?;
    let dead = row.opt_int("dead_at")?.is_some();
    let state = match (sent_at, next_attempt_at) {
        (Some(_), _) => DeliveryState::Sent,
        _ if dead => DeliveryState::Dead,
        (None, Some(_)) => DeliveryState::Waiting,
        (None, None) => DeliveryState::Held,
    };
    Ok(Delivery {
        id: row.parsed("id")?,
        channel: row.named("channel", Channel::parse)?,
        kind: row.text("kind")?,
        to: row.text("recipient")?,
        state,
        attempts: u32::try_from(row.int("attempts")?).unwrap_or(u32::MAX),
        last_error: row.opt_text("last_error")?,
        created_at: row.time("created_at")?,
        next_attempt_at,
        sent_at,
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

    /// Whether a message of a channel is due.
    pub async fn is_message_due(&mut self, channel: Channel, now: Timestamp) -> Result<bool> {
        let query = sql("SELECT id FROM outbox")
            .filter("next_attempt_at <= ", now)
            .filter("channel = ", channel.as_str())
            .push(" LIMIT 1");
        Ok(self.first(query).await?.is_some())
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

    /// The newest messages of one channel.
    pub async fn recent_messages(&mut self, channel: Channel, limit: u32) -> Result<Vec<MessageRow>> {
        self.all(
            sql("SELECT id, kind, recipient, body_sealed, attempts, created_at
                 FROM outbox
                 WHERE channel = $2
                 ORDER BY id DESC
                 LIMIT $1")
            .bind(i64::from(limit))
            .bind(channel.as_str()),
        )
        .await?
        .iter()
        .map(read)
        .collect()
    }

    /// What became of messages, newest first.
    pub async fn list_deliveries(
        &mut self,
        state: Option<DeliveryState>,
        page: &PageRequest,
    ) -> Result<Page<Delivery>> {
        let mut query =
            sql("SELECT id, channel, kind, recipient, attempts, next_attempt_at, last_error, created_at,
                                    sent_at, dead_at
                             FROM outbox");
        query = match state {
            None => query,
            Some(DeliveryState::Sent) => query.condition("sent_at IS NOT NULL"),
            Some(DeliveryState::Dead) => query.condition("dead_at IS NOT NULL"),
            Some(DeliveryState::Waiting) => query.condition("next_attempt_at IS NOT NULL"),
            Some(DeliveryState::Held) => query
                .condition("sent_at IS NULL")
                .condition("dead_at IS NULL")
                .condition("next_attempt_at IS NULL"),
        };
        if let Some(cursor) = &page.cursor {
            query = query.filter("id < ", cursor.as_str());
        }
        let rows = self
            .all(query.push(" ORDER BY id DESC LIMIT ").parameter(i64::from(page.limit()) + 1))
            .await?
            .iter()
            .map(read_delivery)
            .collect::<Result<Vec<_>>>()?;
        Ok(Page::from_rows(rows, page.limit(), |delivery| delivery.id.to_string()))
    }

    /// Has a dead message tried again, from the beginning; on which channel, if it was dead.
    pub async fn revive_message(&mut self, id: MessageId, now: Timestamp) -> Result<Option<Channel>> {
        let row = self
            .first(
                sql("UPDATE outbox
                     SET attempts = 0, next_attempt_at = $2, dead_at = NULL
                     WHERE id = $1 AND dead_at IS NOT NULL
                     RETURNING channel")
                .bind(id)
                .bind(now),
            )
            .await?;
        row.map(|row| row.named("channel", Channel::parse)).transpose()
    }

    /// Forgets messages written before a time.
    pub async fn prune_messages(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM outbox WHERE created_at < $1").bind(before)).await
    }
}

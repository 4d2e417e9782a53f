//! Counts of what was used up: calls of the last hour, uses, units of a budget.
//!
//! A charge is a key, a limit and a window. Charges are taken together or not at all, in the caller's transaction;
//! whoever wants the same key at the same time waits, on any replica.

use crate::db::{Conn, sql};
use crate::error::{Result, StoreError};
use kavach_model::Timestamp;

const MINUTE: i64 = 60_000;
/// The minutes counted: the current one and the 60 before it, so that no hour ever sees more than the limit.
const MINUTES: i64 = 61;
/// Where the row is that a transaction holds while it counts; real places are never negative.
const HELD: i64 = -1;

/// Something to be taken from a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// What is counted, and whose.
    pub key: String,
    /// The most there may be in the window.
    pub limit: u64,
    /// How much of it this takes.
    pub amount: u64,
    /// Over which time is counted.
    pub window: Window,
}

/// A stretch of time in which a limit holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The last 60 minutes, to the minute and never less.
    SlidingHour,
    /// From the start of a period on.
    Since(Timestamp),
    /// All time.
    Forever,
}

impl Window {
    /// Where an amount taken now is added.
    fn place(self, now: Timestamp) -> i64 {
        match self {
            Self::SlidingHour => now.as_millis().div_euclid(MINUTE),
            Self::Since(start) => start.as_millis(),
            Self::Forever => 0,
        }
    }

    /// The first place that counts.
    fn first(self, now: Timestamp) -> i64 {
        match self {
            Self::SlidingHour => self.place(now) - MINUTES + 1,
            Self::Since(_) | Self::Forever => self.place(now),
        }
    }
}

impl Conn {
    /// Takes every charge, or none and names the first in their order whose limit does not allow it.
    pub async fn charge(&mut self, charges: &[Charge], now: Timestamp) -> Result<Option<usize>> {
        let exceeded = self.check_charges(charges, now).await?;
        if exceeded.is_none() {
            self.take_charges(charges, now).await?;
        }
        Ok(exceeded)
    }

    /// Names the first charge whose limit does not allow it, and takes nothing. Until the end of the transaction nobody
    /// else takes from the same limits, so what was allowed can still be taken.
    pub async fn check_charges(&mut self, charges: &[Charge], now: Timestamp) -> Result<Option<usize>> {
        // In one order for everybody, so that two transactions never wait for each other.
        let mut keys: Vec<&str> = charges.iter().map(|charge| charge.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            self.hold(key, now).await?;
        }
        for (index, charge) in charges.iter().enumerate() {
            // The same key may be charged twice in one call.
            let before: u64 = charges[..index]
                .iter()
                .filter(|other| other.key == charge.key)
                .map(|other| other.amount)
                .sum();
            let wanted = before.saturating_add(charge.amount);
            if self.used(charge, now).await?.saturating_add(wanted) > charge.limit {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// Takes what [`Conn::check_charges`] allowed, in the same transaction.
    pub async fn take_charges(&mut self, charges: &[Charge], now: Timestamp) -> Result<()> {
        for charge in charges {
            self.execute(
                sql("INSERT INTO usage (key, place, used, updated_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (key, place) DO UPDATE
                     SET used = usage.used + excluded.used, updated_at = excluded.updated_at")
                .bind(charge.key.as_str())
                .bind(charge.window.place(now))
                .bind(i64::try_from(charge.amount).unwrap_or(i64::MAX))
                .bind(now),
            )
            .await?;
        }
        Ok(())
    }

    /// Waits until no other transaction holds this key, and holds it until the end of this one.
    pub async fn hold(&mut self, key: &str, now: Timestamp) -> Result<()> {
        self.execute(
            sql("INSERT INTO usage (key, place, used, updated_at) VALUES ($1, $2, 0, $3)
                 ON CONFLICT (key, place) DO UPDATE SET updated_at = excluded.updated_at")
            .bind(key)
            .bind(HELD)
            .bind(now),
        )
        .await?;
        Ok(())
    }

    /// How much of a limit is used now.
    pub async fn used(&mut self, charge: &Charge, now: Timestamp) -> Result<u64> {
        let row = self
            .first(
                sql("SELECT CAST(COALESCE(SUM(used), 0) AS BIGINT) AS used
                     FROM usage
                     WHERE key = $1 AND place >= $2")
                .bind(charge.key.as_str())
                .bind(charge.window.first(now)),
            )
            .await?;
        let used = row.ok_or(StoreError::Inconsistent { column: "usage.used" })?.int("used")?;
        Ok(used.unsigned_abs())
    }

    /// Drops counts of hours and periods nobody asks about any more; uses are counted for ever.
    pub async fn prune_usage(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM usage WHERE place <> 0 AND updated_at < $1").bind(before)).await
    }
}

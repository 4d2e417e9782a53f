//! Rate limits that protect credentials: in the database, so that they hold across restarts and replicas.
//!
//! The generic cell rate algorithm in one statement: a key remembers when its next request would be due if
//! all had kept to the rate, and a request is refused while that is further ahead than the burst allows.

use crate::db::{Conn, Query, sql};
use crate::error::Result;
use kavach_model::Timestamp;
use std::time::Duration;

/// So many requests at once under a key, and one more each interval.
#[derive(Debug, Clone, Copy)]
pub struct Allowance<'a> {
    /// What is counted.
    pub key: &'a str,
    /// The time in which one request grows back.
    pub interval: Duration,
    /// How many there may be at once.
    pub burst: u32,
}

impl Allowance<'_> {
    fn interval(&self) -> i64 {
        i64::try_from(self.interval.as_millis()).unwrap_or(i64::MAX)
    }

    /// How far ahead of now a key may be.
    fn tolerance(&self) -> i64 {
        self.interval().saturating_mul(i64::from(self.burst.saturating_sub(1)))
    }
}

impl Conn {
    /// Takes one request from the allowance of each key; otherwise how long to wait, and nothing is taken of any. The keys
    /// differ.
    ///
    /// One statement: where others take at the same moment (PostgreSQL), one key may have been taken from and another not, but
    /// none is ever taken from beyond its allowance.
    pub async fn take_rate_limits(
        &mut self,
        allowances: &[Allowance<'_>],
        now: Timestamp,
    ) -> Result<std::result::Result<(), Duration>> {
        if allowances.is_empty() {
            return Ok(Ok(()));
        }
        // Everybody locks rows in this order.
        let mut allowances = allowances.to_vec();
        allowances.sort_unstable_by_key(|allowance| allowance.key);
        let taken = self.execute(take(&allowances, now)).await?;
        if taken == allowances.len() as u64 {
            return Ok(Ok(()));
        }
        let mut wait = 1;
        for allowance in &allowances {
            let query = sql("SELECT arrival_at FROM rate_limits WHERE key = $1").bind(allowance.key);
            let row = self.first(query).await?;
            let arrival = row.map(|row| row.time("arrival_at")).transpose()?.unwrap_or(now);
            wait = wait.max(arrival.as_millis() - allowance.tolerance() - now.as_millis());
        }
        Ok(Err(Duration::from_millis(wait.unsigned_abs())))
    }

    /// Gives a key one request back, that was taken and turned out not to count.
    pub async fn return_rate_limit(&mut self, key: &str, interval: Duration) -> Result<()> {
        let interval = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
        let query = sql("UPDATE rate_limits SET arrival_at = arrival_at - $2 WHERE key = $1");
        self.execute(query.bind(key).bind(interval)).await?;
        Ok(())
    }

    /// Gives a key its whole allowance back, after a proof that held.
    pub async fn clear_rate_limit(&mut self, key: &str) -> Result<()> {
        self.execute(sql("DELETE FROM rate_limits WHERE key = $1").bind(key)).await?;
        Ok(())
    }

    /// Forgets keys whose allowance is whole again.
    pub async fn prune_rate_limits(&mut self, now: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM rate_limits WHERE arrival_at < $1").bind(now)).await
    }
}

fn take(allowances: &[Allowance<'_>], now: Timestamp) -> Query {
    let now = now.as_millis();
    let mut query = sql("WITH wanted (key, asked_at, due_at, latest) AS (VALUES ");
    for (place, allowance) in allowances.iter().enumerate() {
        query = query
            .push(if place == 0 { "(" } else { ", (" })
            .parameter(allowance.key)
            .push(", ")
            .parameter(now)
            .push(", ")
            .parameter(now.saturating_add(allowance.interval()))
            .push(", ")
            .parameter(now.saturating_add(allowance.tolerance()))
            .push(")");
    }
    query.push(
        ")
         INSERT INTO rate_limits (key, arrival_at)
         SELECT wanted.key, wanted.due_at
         FROM wanted
         WHERE NOT EXISTS (
             SELECT 1
             FROM wanted AS other
             JOIN rate_limits AS known ON known.key = other.key
             WHERE known.arrival_at > other.latest
         )
         ON CONFLICT (key) DO UPDATE
         SET arrival_at = (
             SELECT wanted.due_at
                 + CASE WHEN rate_limits.arrival_at > wanted.asked_at
                     THEN rate_limits.arrival_at - wanted.asked_at ELSE 0 END
             FROM wanted
             WHERE wanted.key = excluded.key
         )
         WHERE rate_limits.arrival_at <= (SELECT wanted.latest FROM wanted WHERE wanted.key = excluded.key)",
    )
}

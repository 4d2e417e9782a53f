//! Rate limits that protect credentials: in the database, so that they hold across restarts and replicas.
//!
//! The generic cell rate algorithm in one statement: a key remembers when its next request would be due if
//! all had kept to the rate, and a request is refused while that is further ahead than the burst allows.

use crate::db::{Conn, sql};
use crate::error::Result;
use kavach_model::Timestamp;
use std::time::Duration;

impl Conn {
    /// Takes one request from a key's allowance; otherwise how long to wait.
    pub async fn take_rate_limit(
        &mut self,
        key: &str,
        interval: Duration,
        burst: u32,
        now: Timestamp,
    ) -> Result<std::result::Result<(), Duration>> {
        let interval = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
        let tolerance = interval.saturating_mul(i64::from(burst.saturating_sub(1)));
        let taken = self
            .execute(
                sql("INSERT INTO rate_limits (key, arrival_at)
                     VALUES ($1, $2 + $3)
                     ON CONFLICT (key) DO UPDATE
                     SET arrival_at =
                         CASE WHEN rate_limits.arrival_at > $2 THEN rate_limits.arrival_at ELSE $2 END + $3
                     WHERE rate_limits.arrival_at <= $2 + $4")
                .bind(key)
                .bind(now)
                .bind(interval)
                .bind(tolerance),
            )
            .await?;
        if taken == 1 {
            return Ok(Ok(()));
        }
        let row = self.first(sql("SELECT arrival_at FROM rate_limits WHERE key = $1").bind(key)).await?;
        let arrival = row.map(|row| row.time("arrival_at")).transpose()?.unwrap_or(now);
        let wait = arrival.as_millis() - tolerance - now.as_millis();
        Ok(Err(Duration::from_millis(wait.max(1).unsigned_abs())))
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

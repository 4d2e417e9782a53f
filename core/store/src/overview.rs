//! Numbers for the first page of the console, none of which counts rows of a growing table.

use crate::db::{Conn, Store, sql};
use crate::error::{Result, StoreError};
use crate::recent::{Tallies, Tally};
use kavach_model::agent::AgentStatus;
use kavach_model::overview::Hour;
use kavach_model::{Timestamp, UserId};

/// Records counted in one transaction: others want to write as well.
const CHUNK: i64 = 4_096;

impl Store {
    /// Adds decisions that were recorded since the last time to their hours. Appending a record does not, because that
    /// must cost as little as it can.
    pub async fn count_decisions(&self) -> Result<()> {
        loop {
            let mut conn = self.read().await?;
            if conn.audit_head().await? == conn.counted().await? {
                return Ok(());
            }
            drop(conn);
            let mut tx = self.write().await?;
            // Holds back whoever else counts until the commit.
            tx.execute(sql("UPDATE counters SET value = value WHERE name = 'counted_seq'")).await?;
            let from = tx.counted().await?;
            let head = tx.audit_head().await?;
            match tx.recent().and_then(|recent| recent.take_tallies(from, head)) {
                Some(tallies) => tx.add_tallies(tallies, head).await?,
                None => {
                    let ahead = tx.recent().and_then(|recent| recent.uncounted(from)).unwrap_or(head);
                    tx.count_decisions(from, head.min(ahead).min(from + CHUNK)).await?;
                }
            }
            tx.commit().await?;
        }
    }
}

impl Conn {
    pub(crate) async fn counted(&mut self) -> Result<i64> {
        let row = self.first(sql("SELECT value FROM counters WHERE name = 'counted_seq'")).await?;
        row.ok_or(StoreError::Inconsistent { column: "counters.value" })?.int("value")
    }

    async fn count_decisions(&mut self, from: i64, to: i64) -> Result<()> {
        self.execute(
            // An hour has 3,600,000 milliseconds.
            sql("INSERT INTO decision_hours (hour, sponsor_id, allowed, denied)
                 SELECT at / 3600000 * 3600000, COALESCE(sponsor_id, ''),
                     SUM(CASE verdict WHEN 'allow' THEN 1 ELSE 0 END), SUM(CASE verdict WHEN 'deny' THEN 1 ELSE 0 END)
                 FROM audit_log WHERE seq > $1 AND seq <= $2 AND kind = 'decision' GROUP BY 1, 2
                 ON CONFLICT (hour, sponsor_id) DO UPDATE
                 SET allowed = decision_hours.allowed + excluded.allowed,
                     denied = decision_hours.denied + excluded.denied")
            .bind(from)
            .bind(to),
        )
        .await?;
        self.set_counted(to).await
    }

    async fn add_tallies(&mut self, tallies: Tallies, to: i64) -> Result<()> {
        for ((hour, sponsor_id), Tally { allowed, denied }) in tallies {
            let sponsor_id = sponsor_id.map(String::from).unwrap_or_default();
            let query =
                sql("INSERT INTO decision_hours (hour, sponsor_id, allowed, denied) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (hour, sponsor_id) DO UPDATE
                 SET allowed = decision_hours.allowed + excluded.allowed,
                     denied = decision_hours.denied + excluded.denied");
            self.execute(query.bind(hour).bind(sponsor_id).bind(allowed).bind(denied)).await?;
        }
        self.set_counted(to).await
    }

    async fn set_counted(&mut self, to: i64) -> Result<()> {
        self.execute(sql("UPDATE counters SET value = $1 WHERE name = 'counted_seq'").bind(to)).await?;
        Ok(())
    }

    /// How many agents are in each state; those of one sponsor where given.
    pub async fn count_agents(&mut self, sponsor: Option<UserId>) -> Result<Vec<(AgentStatus, u64)>> {
        let mut query = sql("SELECT status, COUNT(*) AS agents FROM agents");
        if let Some(sponsor) = sponsor {
            query = query.filter("sponsor_id = ", sponsor);
        }
        self.all(query.push(" GROUP BY status"))
            .await?
            .iter()
            .map(|row| Ok((row.named("status", AgentStatus::parse)?, row.int("agents")?.unsigned_abs())))
            .collect()
    }

    /// Decisions by the hour since a time; those of one sponsor where given.
    pub async fn decision_hours(&mut self, sponsor: Option<UserId>, since: Timestamp) -> Result<Vec<Hour>> {
        self.decision_hours_until(sponsor, since, Timestamp::from_millis(i64::MAX)).await
    }

    /// The same of the hours that begin before another time.
    pub async fn decision_hours_until(
        &mut self,
        sponsor: Option<UserId>,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Hour>> {
        let mut query =
            sql("SELECT hour, CAST(SUM(allowed) AS BIGINT) AS allowed, CAST(SUM(denied) AS BIGINT) AS denied
             FROM decision_hours")
            .filter("hour >= ", since)
            .filter("hour < ", until);
        if let Some(sponsor) = sponsor {
            query = query.filter("sponsor_id = ", sponsor);
        }
        self.all(query.push(" GROUP BY hour ORDER BY hour"))
            .await?
            .iter()
            .map(|row| {
                Ok(Hour {
                    at: row.time("hour")?,
                    allowed: row.int("allowed")?.unsigned_abs(),
                    denied: row.int("denied")?.unsigned_abs(),
                })
            })
            .collect()
    }
}

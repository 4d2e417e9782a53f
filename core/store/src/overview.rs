//! Numbers for the first page of the console, none of which counts rows of a growing table.

use crate::db::{Conn, sql};
use crate::error::Result;
use kavach_model::agent::AgentStatus;
use kavach_model::overview::Hour;
use kavach_model::{Timestamp, UserId};

impl Conn {
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
        let mut query =
            sql("SELECT hour, CAST(SUM(allowed) AS BIGINT) AS allowed, CAST(SUM(denied) AS BIGINT) AS denied
             FROM decision_hours")
            .filter("hour >= ", since);
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

//! Resource patterns on which everything is stopped.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use kavach_model::kill_switch::Stop;
use kavach_model::{StopId, Timestamp};

fn read(row: &Row) -> Result<Stop> {
    Ok(Stop {
        id: row.parsed("id")?,
        resource: row.parsed("resource")?,
        created_by: row.opt_text("created_by")?.map(|_| row.parsed("created_by")).transpose()?,
        created_at: row.time("created_at")?,
    })
}

impl Conn {
    /// Stops everything on a pattern. Whoever remembers what is stopped learns of it like of a change of an agent.
    pub async fn insert_stop(&mut self, new: &Stop) -> Result<()> {
        self.next_agent_revision().await?;
        self.execute(
            sql("INSERT INTO stops (id, resource, created_by, created_at) VALUES ($1, $2, $3, $4)")
                .bind(new.id)
                .bind(new.resource.to_string())
                .bind(new.created_by)
                .bind(new.created_at),
        )
        .await?;
        Ok(())
    }

    /// Lets what was stopped go on; None when it is not stopped.
    pub async fn lift_stop(&mut self, id: StopId, now: Timestamp) -> Result<Option<Stop>> {
        self.next_agent_revision().await?;
        self.first(
            sql("UPDATE stops SET lifted_at = $2 WHERE id = $1 AND lifted_at IS NULL
                 RETURNING id, resource, created_by, created_at")
            .bind(id)
            .bind(now),
        )
        .await?
        .as_ref()
        .map(read)
        .transpose()
    }

    /// What is stopped now, newest first.
    pub async fn list_stops(&mut self) -> Result<Vec<Stop>> {
        let live = "SELECT id, resource, created_by, created_at FROM stops
                    WHERE lifted_at IS NULL ORDER BY id DESC";
        self.all(sql(live)).await?.iter().map(read).collect()
    }
}

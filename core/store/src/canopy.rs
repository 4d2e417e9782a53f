//! The tree of agents level by level: what is right below whom, so many of each, and how many there are.
//!
//! An agent never has all it owns read for this, and counting ends early, so a level costs the same below an agent of
//! ten as below one of ten thousand but for the positions in the index.

use crate::db::{Conn, Query, Row, sql};
use crate::error::Result;
use kavach_model::agent::AgentStatus;
use kavach_model::canopy::Twig;
use kavach_model::permission::Permission;
use kavach_model::{AgentId, UserId};

/// What is read of each, and how many are right below it, counted up to the thousand of `MOST_COUNTED`.
const COLUMNS: &str =
    "SELECT a.id, a.parent_id, a.sponsor_id, a.name, a.status, a.permissions, a.max_depth, a.expires_at,
            (SELECT COUNT(*)
             FROM (SELECT 1 AS one FROM agents c WHERE c.parent_id = a.id LIMIT 1000) AS counted) AS below
     FROM agents a";

impl Conn {
    /// Agents at the top of their trees, oldest first; those of one sponsor where given.
    pub async fn list_tops(
        &mut self,
        sponsor: Option<UserId>,
        after: Option<AgentId>,
        limit: usize,
    ) -> Result<Vec<Twig>> {
        let mut query = sql(COLUMNS).condition("a.parent_id IS NULL");
        if let Some(sponsor) = sponsor {
            query = query.filter("a.sponsor_id = ", sponsor);
        }
        if let Some(after) = after {
            query = query.filter("a.id > ", after);
        }
        let query = query.push(" ORDER BY a.id LIMIT ").parameter(rows(limit));
        self.all(query).await?.iter().map(read).collect()
    }

    /// Agents right below each of these, oldest first, of each owner so many; with `after` only those that follow.
    pub async fn list_below(
        &mut self,
        owners: &[AgentId],
        after: Option<AgentId>,
        each: usize,
    ) -> Result<Vec<Twig>> {
        if owners.is_empty() {
            return Ok(Vec::new());
        }
        let level = sql(COLUMNS)
            .push(
                " JOIN (SELECT id, ROW_NUMBER() OVER (PARTITION BY parent_id ORDER BY id) AS place
                        FROM agents WHERE parent_id IN (",
            )
            .among(owners);
        let level = match after {
            Some(after) => level.push(" AND id > ").parameter(after),
            None => level,
        };
        let query = level
            .push(") AS level ON level.id = a.id WHERE level.place <= ")
            .parameter(rows(each))
            .push(" ORDER BY a.parent_id, a.id");
        self.all(query).await?.iter().map(read).collect()
    }

    /// These agents, in no order.
    pub async fn find_twigs(&mut self, ids: &[AgentId]) -> Result<Vec<Twig>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.all(sql(COLUMNS).push(" WHERE a.id IN (").among(ids)).await?.iter().map(read).collect()
    }
}

impl Query {
    /// Ends a list that was begun with a bracket.
    fn among(self, ids: &[AgentId]) -> Self {
        let list = ids.iter().enumerate().fold(self, |query, (index, id)| {
            if index > 0 { query.push(", ").parameter(*id) } else { query.parameter(*id) }
        });
        list.push(")")
    }
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn read(row: &Row) -> Result<Twig> {
    let permissions: Vec<Permission> = row.json("permissions")?;
    Ok(Twig {
        id: row.parsed("id")?,
        parent_id: row.opt_text("parent_id")?.map(|_| row.parsed("parent_id")).transpose()?,
        sponsor_id: row.parsed("sponsor_id")?,
        name: row.text("name")?,
        status: row.named("status", AgentStatus::parse)?,
        permissions: permissions.len(),
        levels_left: u32::try_from(row.int("max_depth")?).unwrap_or(0),
        below: row.int("below")?.unsigned_abs(),
        expires_at: row.opt_time("expires_at")?,
    })
}

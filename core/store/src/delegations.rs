//! Delegations: permissions an agent lends to another.

use crate::agents::to_json;
use crate::db::{Conn, Row, sql};
use crate::error::Result;
use kavach_model::delegation::{Delegation, DelegationFilter};
use kavach_model::{AgentId, DelegationId, Page, PageRequest, Timestamp, UserId};
use std::collections::HashSet;

const COLUMNS: &str =
    "SELECT id, from_agent, to_agent, sponsor_id, permissions, max_depth, expires_at, created_by, created_at,
            revoked_at
     FROM delegations";

fn read(row: &Row) -> Result<Delegation> {
    Ok(Delegation {
        id: row.parsed("id")?,
        from_agent: row.parsed("from_agent")?,
        to_agent: row.parsed("to_agent")?,
        sponsor_id: row.parsed("sponsor_id")?,
        permissions: row.json("permissions")?,
        max_depth: u32::try_from(row.int("max_depth")?).unwrap_or(0),
        expires_at: row.opt_time("expires_at")?,
        created_by: row.opt_text("created_by")?.map(|_| row.parsed("created_by")).transpose()?,
        created_at: row.time("created_at")?,
        revoked_at: row.opt_time("revoked_at")?,
    })
}

impl Conn {
    /// Stores a delegation. The rights of its borrower change with it: see [`Conn::touch_dependents`].
    pub async fn insert_delegation(&mut self, new: &Delegation) -> Result<()> {
        self.execute(
            sql("INSERT INTO delegations
                    (id, from_agent, to_agent, sponsor_id, permissions, max_depth, expires_at, created_by, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
            .bind(new.id)
            .bind(new.from_agent)
            .bind(new.to_agent)
            .bind(new.sponsor_id)
            .bind(to_json(&new.permissions)?)
            .bind(i64::from(new.max_depth))
            .bind(new.expires_at)
            .bind(new.created_by)
            .bind(new.created_at),
        )
        .await?;
        Ok(())
    }

    /// One delegation.
    pub async fn find_delegation(&mut self, id: DelegationId) -> Result<Option<Delegation>> {
        self.first(sql(COLUMNS).filter("id = ", id)).await?.as_ref().map(read).transpose()
    }

    /// Takes a delegation back; false when that was done before.
    pub async fn revoke_delegation(&mut self, id: DelegationId, now: Timestamp) -> Result<bool> {
        let query = sql("UPDATE delegations SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL");
        Ok(self.execute(query.bind(id).bind(now)).await? == 1)
    }

    /// Delegations, newest first; those of one sponsor's agents where given.
    pub async fn list_delegations(
        &mut self,
        sponsor: Option<UserId>,
        filter: DelegationFilter,
        now: Timestamp,
        page: &PageRequest,
    ) -> Result<Page<Delegation>> {
        let mut query = sql(COLUMNS);
        if let Some(sponsor) = sponsor {
            query = query.filter("sponsor_id = ", sponsor);
        }
        if let Some(from) = filter.from {
            query = query.filter("from_agent = ", from);
        }
        if let Some(to) = filter.to {
            query = query.filter("to_agent = ", to);
        }
        if filter.live {
            query = query.condition("revoked_at IS NULL");
            query = query.filter("(expires_at IS NULL OR expires_at > ", now).push(")");
        }
        if let Some(cursor) = &page.cursor {
            query = query.filter("id < ", cursor.as_str());
        }
        let rows = self
            .all(query.push(" ORDER BY id DESC LIMIT ").parameter(i64::from(page.limit()) + 1))
            .await?
            .iter()
            .map(read)
            .collect::<Result<Vec<_>>>()?;
        Ok(Page::from_rows(rows, page.limit(), |delegation| delegation.id.to_string()))
    }

    /// What an agent borrows, oldest first, whether it ended since or not.
    pub async fn list_borrowed(&mut self, to: AgentId) -> Result<Vec<Delegation>> {
        let query = sql(COLUMNS).filter("to_agent = ", to).condition("revoked_at IS NULL");
        self.all(query.push(" ORDER BY id")).await?.iter().map(read).collect()
    }

    /// Whether the rights of an agent hang on another: one above it, one it borrows from, or those of these.
    pub async fn hangs_on(&mut self, agent: AgentId, other: AgentId) -> Result<bool> {
        let mut seen = HashSet::from([agent]);
        let mut next = vec![agent];
        while let Some(id) = next.pop() {
            let sources = self
                .all(
                    sql(
                        "SELECT parent_id AS id FROM agents WHERE id = $1 AND parent_id IS NOT NULL
                         UNION ALL
                         SELECT from_agent AS id FROM delegations WHERE to_agent = $1 AND revoked_at IS NULL",
                    )
                    .bind(id),
                )
                .await?;
            for source in &sources {
                let source = source.parsed("id")?;
                if source == other {
                    return Ok(true);
                }
                if seen.insert(source) {
                    next.push(source);
                }
            }
        }
        Ok(false)
    }
}

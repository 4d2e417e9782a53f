//! What hangs on an agent: its chain upwards, its tree downwards, and all that a change of it touches.
//!
//! Agents are changed by one transaction at a time: each begins by holding the counter of revisions
//! ([`Conn::hold_agents`]), so that what it then reads of a tree stays true until it ends, and an agent cannot be made
//! under one that is being revoked.

use crate::agents::{AgentRow, read};
use crate::db::{Conn, sql};
use crate::error::{Result, StoreError};
use kavach_model::tree::BlastRadius;
use kavach_model::{AgentId, Timestamp, UserId};

/// Which agents to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Branch {
    /// One agent alone.
    Only(AgentId),
    /// An agent and everything below it.
    From(AgentId),
    /// Everything below an agent.
    Below(AgentId),
    /// All that one person answers for.
    Of(UserId),
    /// All there are.
    All,
}

/// What stopping a branch stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Agents whose state changed.
    pub agents: Vec<AgentId>,
    /// Live tokens that were revoked.
    pub tokens: u64,
}

macro_rules! tree {
    () => {
        "WITH RECURSIVE tree(id) AS (
            SELECT id FROM agents WHERE id = $1
            UNION
            SELECT a.id FROM agents a JOIN tree ON a.parent_id = tree.id
         ) SELECT id FROM tree"
    };
}

/// The condition that an agent is in a branch; `$1` is the branch's key.
macro_rules! in_branch {
    ($branch:expr, $before:literal, $column:literal, $after:literal) => {
        match $branch {
            Branch::Only(_) => concat!($before, $column, " = $1", $after),
            Branch::From(_) => concat!($before, $column, " IN (", tree!(), ")", $after),
            Branch::Below(_) => {
                concat!($before, $column, " <> $1 AND ", $column, " IN (", tree!(), ")", $after)
            }
            Branch::Of(_) => {
                concat!($before, $column, " IN (SELECT id FROM agents WHERE sponsor_id = $1)", $after)
            }
            // The key is not looked at, and is a text in any database.
            Branch::All => concat!($before, "CAST($1 AS TEXT) = '' AND ", $column, " IS NOT NULL", $after),
        }
    };
}

impl Branch {
    fn key(self) -> String {
        match self {
            Self::Only(id) | Self::From(id) | Self::Below(id) => id.into(),
            Self::Of(id) => id.into(),
            Self::All => String::new(),
        }
    }
}

impl Conn {
    /// Begins a change of agents: nobody else changes any until this transaction ends.
    pub async fn hold_agents(&mut self) -> Result<()> {
        // One statement both databases take: it locks the row in PostgreSQL, and on SQLite the transaction is the only
        // writer already.
        self.execute(sql("UPDATE counters SET value = value WHERE name = 'agent_revision'")).await?;
        Ok(())
    }

    /// An agent and those above it, nearest first. Ends early where a link is missing.
    pub async fn find_agent_chain(&mut self, id: AgentId) -> Result<Vec<AgentRow>> {
        let rows = self
            .all(
                sql("WITH RECURSIVE above(id, parent_id, distance) AS (
                        SELECT id, parent_id, 0 FROM agents WHERE id = $1
                        UNION ALL
                        SELECT a.id, a.parent_id, above.distance + 1
                        FROM agents a
                        JOIN above ON a.id = above.parent_id
                        WHERE above.distance < 64
                     )
                     SELECT a.id, a.name, a.kind, a.owner_id, a.sponsor_id, a.status, a.permissions, a.max_depth,
                            a.metadata, a.expires_at, a.last_used_at, a.created_at, a.updated_at
                     FROM above
                     JOIN agents a ON a.id = above.id
                     ORDER BY above.distance")
                .bind(id),
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// An agent and those below it, each after the one that owns it; at most so many.
    pub async fn find_agent_tree(&mut self, id: AgentId, limit: usize) -> Result<Vec<AgentRow>> {
        let rows = self
            .all(
                sql("WITH RECURSIVE tree(id, depth) AS (
                        SELECT id, 0 FROM agents WHERE id = $1
                        UNION ALL
                        SELECT a.id, tree.depth + 1
                        FROM agents a
                        JOIN tree ON a.parent_id = tree.id
                        WHERE tree.depth < 64
                     )
                     SELECT a.id, a.name, a.kind, a.owner_id, a.sponsor_id, a.status, a.permissions, a.max_depth,
                            a.metadata, a.expires_at, a.last_used_at, a.created_at, a.updated_at
                     FROM tree
                     JOIN agents a ON a.id = tree.id
                     ORDER BY tree.depth, a.id
                     LIMIT $2")
                .bind(id)
                .bind(i64::try_from(limit).unwrap_or(i64::MAX)),
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// What revoking an agent would stop.
    pub async fn blast_radius(&mut self, id: AgentId, now: Timestamp) -> Result<BlastRadius> {
        let counts = self
            .first(
                sql(concat!(
                    "SELECT COUNT(*) AS agents, MAX(last_used_at) AS last_used_at
                     FROM agents WHERE status <> 'revoked' AND id IN (",
                    tree!(),
                    ")"
                ))
                .bind(id),
            )
            .await?
            .ok_or(StoreError::Inconsistent { column: "agents.id" })?;
        let tokens = self
            .first(
                sql(concat!(
                    "SELECT COUNT(*) AS tokens
                     FROM agent_tokens
                     WHERE revoked_at IS NULL AND expires_at > $2 AND agent_id IN (",
                    tree!(),
                    ")"
                ))
                .bind(id)
                .bind(now),
            )
            .await?
            .ok_or(StoreError::Inconsistent { column: "agent_tokens.id" })?;
        let delegations = self
            .first(
                sql(concat!(
                    "SELECT COUNT(*) AS delegations
                     FROM delegations
                     WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
                           AND (from_agent IN (",
                    tree!(),
                    ") OR to_agent IN (",
                    tree!(),
                    "))"
                ))
                .bind(id)
                .bind(now),
            )
            .await?
            .ok_or(StoreError::Inconsistent { column: "delegations.id" })?;
        Ok(BlastRadius {
            agents: counts.int("agents")?.unsigned_abs(),
            live_tokens: tokens.int("tokens")?.unsigned_abs(),
            delegations: delegations.int("delegations")?.unsigned_abs(),
            last_used_at: counts.opt_time("last_used_at")?,
        })
    }

    /// Stops a branch for good, with its live tokens and the delegations from and to it.
    ///
    /// Must not be one agent alone: nothing may live below an agent that is revoked.
    pub async fn revoke_branch(&mut self, branch: Branch, now: Timestamp) -> Result<Stopped> {
        let revision = self.next_agent_revision().await?;
        let tokens = in_branch!(
            branch,
            "UPDATE agent_tokens SET revoked_at = $2 WHERE revoked_at IS NULL AND expires_at > $2 AND ",
            "agent_id",
            ""
        );
        let tokens = self.execute(sql(tokens).bind(branch.key()).bind(now)).await?;
        let stop = in_branch!(
            branch,
            "UPDATE agents
             SET status = 'revoked', revoked_at = $2, updated_at = $2, revision = $3
             WHERE status <> 'revoked' AND ",
            "id",
            " RETURNING id"
        );
        let rows = self.all(sql(stop).bind(branch.key()).bind(now).bind(revision)).await?;
        let agents = rows.iter().map(|row| row.parsed("id")).collect::<Result<_>>()?;
        // Before the delegations end, because those who borrowed hang on them.
        self.spread(revision).await?;
        self.execute(
            sql("UPDATE delegations
                 SET revoked_at = $1
                 WHERE revoked_at IS NULL
                       AND (from_agent IN (SELECT id FROM agents WHERE revision = $2 AND status = 'revoked')
                            OR to_agent IN (SELECT id FROM agents WHERE revision = $2 AND status = 'revoked'))")
            .bind(now)
            .bind(revision),
        )
        .await?;
        Ok(Stopped { agents, tokens })
    }

    /// Stops the working agents of a branch for now.
    pub async fn suspend_branch(&mut self, branch: Branch, now: Timestamp) -> Result<Stopped> {
        let revision = self.next_agent_revision().await?;
        let stop = in_branch!(
            branch,
            "UPDATE agents
             SET status = 'suspended', updated_at = $2, revision = $3
             WHERE status = 'active' AND ",
            "id",
            " RETURNING id"
        );
        let rows = self.all(sql(stop).bind(branch.key()).bind(now).bind(revision)).await?;
        let agents = rows.iter().map(|row| row.parsed("id")).collect::<Result<_>>()?;
        self.spread(revision).await?;
        Ok(Stopped { agents, tokens: 0 })
    }

    /// Notes that the rights of an agent, and of all that hangs on it, may have changed.
    pub async fn touch_dependents(&mut self, id: AgentId) -> Result<()> {
        let revision = self.next_agent_revision().await?;
        self.execute(sql("UPDATE agents SET revision = $2 WHERE id = $1").bind(id).bind(revision)).await?;
        self.spread(revision).await
    }

    /// Notes the same of all agents a person answers for.
    pub async fn touch_sponsored(&mut self, sponsor: UserId) -> Result<()> {
        let revision = self.next_agent_revision().await?;
        let touch = sql("UPDATE agents SET revision = $2 WHERE sponsor_id = $1").bind(sponsor).bind(revision);
        self.execute(touch).await?;
        self.spread(revision).await
    }

    /// Has another person answer for all agents of one; how many.
    pub async fn hand_over_agents(&mut self, from: UserId, to: UserId, now: Timestamp) -> Result<u64> {
        let revision = self.next_agent_revision().await?;
        let owner = "UPDATE agents SET owner_id = $2, updated_at = $3 WHERE owner_id = $1";
        self.execute(sql(owner).bind(from).bind(to).bind(now)).await?;
        let lent = "UPDATE delegations SET sponsor_id = $2 WHERE sponsor_id = $1";
        self.execute(sql(lent).bind(from).bind(to)).await?;
        let sponsor = "UPDATE agents SET sponsor_id = $2, revision = $3 WHERE sponsor_id = $1";
        let agents = self.execute(sql(sponsor).bind(from).bind(to).bind(revision)).await?;
        self.spread(revision).await?;
        Ok(agents)
    }

    /// Moves what hangs on agents of a revision to that revision: what is below them, what borrows from them, and so
    /// on. That is how everybody who remembers one of them learns of it.
    async fn spread(&mut self, revision: i64) -> Result<()> {
        loop {
            let below = self
                .execute(
                    sql("UPDATE agents
                         SET revision = $1
                         WHERE revision <> $1 AND parent_id IN (SELECT id FROM agents WHERE revision = $1)")
                    .bind(revision),
                )
                .await?;
            let borrowing = self
                .execute(
                    sql("UPDATE agents
                         SET revision = $1
                         WHERE revision <> $1
                               AND id IN (SELECT d.to_agent
                                          FROM agents lender
                                          JOIN delegations d ON d.from_agent = lender.id
                                          WHERE lender.revision = $1 AND d.revoked_at IS NULL)")
                    .bind(revision),
                )
                .await?;
            if below + borrowing == 0 {
                return Ok(());
            }
        }
    }
}

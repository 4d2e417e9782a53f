//! Agents and their tokens.

use crate::db::{Backend, Conn, Row, sql};
use crate::error::Result;
use kavach_model::agent::{Agent, AgentFilter, AgentKind, AgentStatus, AgentToken};
use kavach_model::permission::Permission;
use kavach_model::user::UserStatus;
use kavach_model::{AgentId, Page, PageRequest, PrincipalId, Timestamp, TokenId, UserId};

/// An agent as stored, without its tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentRow {
    /// Who.
    pub id: AgentId,
    /// What people call it.
    pub name: String,
    /// How it works.
    pub kind: AgentKind,
    /// Who owns it.
    pub owner_id: PrincipalId,
    /// The person who answers for it.
    pub sponsor_id: UserId,
    /// Whether it works.
    pub status: AgentStatus,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// How many levels of sub-agents it may have.
    pub max_depth: u32,
    /// Free notes.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it last asked for a decision.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl AgentRow {
    /// The agent as it is shown, with its live tokens, newest first.
    pub fn into_agent(self, tokens: Vec<AgentToken>) -> Agent {
        Agent {
            id: self.id,
            name: self.name,
            kind: self.kind,
            owner_id: self.owner_id,
            sponsor_id: self.sponsor_id,
            status: self.status,
            permissions: self.permissions,
            max_depth: self.max_depth,
            metadata: self.metadata,
            token_preview: tokens.first().map(|token| token.preview.clone()),
            tokens,
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// What a decision needs to know of an agent.
#[derive(Debug, Clone)]
pub struct DecisionAgent {
    /// Who.
    pub id: AgentId,
    /// The person who answers for it.
    pub sponsor_id: UserId,
    /// The agent that owns it, where one does.
    pub parent_id: Option<AgentId>,
    /// Whether that person's account works.
    pub sponsor_status: UserStatus,
    /// Whether the agent works.
    pub status: AgentStatus,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// Which state of the agent this is.
    pub revision: i64,
}

/// A token to be stored.
#[derive(Debug, Clone)]
pub struct NewAgentToken<'a> {
    /// Its identifier.
    pub id: TokenId,
    /// Whose.
    pub agent_id: AgentId,
    /// SHA-256 of the token.
    pub token_hash: &'a str,
    /// Prefix and last four characters.
    pub preview: &'a str,
    /// Now.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// A token as decisions see it.
#[derive(Debug, Clone)]
pub struct AgentTokenRow {
    /// Which.
    pub id: TokenId,
    /// Whose.
    pub agent_id: AgentId,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was stopped.
    pub revoked_at: Option<Timestamp>,
    /// The state of its agent in which this was read: every change of a token is a change of its agent.
    pub agent_revision: i64,
}

const COLUMNS: &str = "SELECT id, name, kind, owner_id, sponsor_id, status, permissions, max_depth, metadata,
            expires_at, last_used_at, created_at, updated_at
     FROM agents";

pub(crate) fn read(row: &Row) -> Result<AgentRow> {
    Ok(AgentRow {
        id: row.parsed("id")?,
        name: row.text("name")?,
        kind: row.named("kind", AgentKind::parse)?,
        owner_id: row.parsed("owner_id")?,
        sponsor_id: row.parsed("sponsor_id")?,
        status: row.named("status", AgentStatus::parse)?,
        permissions: row.json("permissions")?,
        max_depth: u32::try_from(row.int("max_depth")?).unwrap_or(0),
        metadata: row.json("metadata")?,
        expires_at: row.opt_time("expires_at")?,
        last_used_at: row.opt_time("last_used_at")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| crate::StoreError::Driver(error.to_string()))
}

impl Conn {
    /// The next revision of agents: every change of one takes a new number.
    pub(crate) async fn next_agent_revision(&mut self) -> Result<i64> {
        // Delivered when the transaction ends, and only once however often it is said.
        if self.backend() == Backend::Postgres {
            self.first(sql("SELECT pg_notify('kavach_agents', '')")).await?;
        }
        let row = self
            .first(sql("UPDATE counters SET value = value + 1 WHERE name = 'agent_revision' RETURNING value"))
            .await?;
        row.ok_or(crate::StoreError::Inconsistent { column: "counters.value" })?.int("value")
    }

    /// Stores a new agent.
    pub async fn insert_agent(&mut self, agent: &AgentRow) -> Result<()> {
        let revision = self.next_agent_revision().await?;
        self.execute(
            sql("INSERT INTO agents
                    (id, name, name_key, kind, owner_id, sponsor_id, parent_id, status, permissions, max_depth,
                     metadata, revision, expires_at, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)")
            .bind(agent.id)
            .bind(agent.name.as_str())
            .bind(agent.name.to_lowercase())
            .bind(agent.kind.as_str())
            .bind(agent.owner_id)
            .bind(agent.sponsor_id)
            .bind(match agent.owner_id {
                PrincipalId::Agent(parent) => Some(parent),
                PrincipalId::User(_) => None,
            })
            .bind(agent.status.as_str())
            .bind(to_json(&agent.permissions)?)
            .bind(i64::from(agent.max_depth))
            .bind(to_json(&agent.metadata)?)
            .bind(revision)
            .bind(agent.expires_at)
            .bind(agent.created_at),
        )
        .await?;
        Ok(())
    }

    /// Stores what the owner may change of an agent that is not revoked.
    pub async fn update_agent(&mut self, agent: &AgentRow) -> Result<bool> {
        let revision = self.next_agent_revision().await?;
        let changed = self
            .execute(
                sql("UPDATE agents
                     SET name = $2, name_key = $3, permissions = $4, max_depth = $5, metadata = $6,
                         expires_at = $7, updated_at = $8, revision = $9
                     WHERE id = $1 AND status <> 'revoked'")
                .bind(agent.id)
                .bind(agent.name.as_str())
                .bind(agent.name.to_lowercase())
                .bind(to_json(&agent.permissions)?)
                .bind(i64::from(agent.max_depth))
                .bind(to_json(&agent.metadata)?)
                .bind(agent.expires_at)
                .bind(agent.updated_at)
                .bind(revision),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Lets a suspended agent work again; false when it is not suspended.
    pub async fn resume_agent(&mut self, id: AgentId, now: Timestamp) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE agents SET status = 'active', updated_at = $2 WHERE id = $1 AND status = 'suspended'")
                    .bind(id)
                    .bind(now),
            )
            .await?;
        self.touch_dependents(id).await?;
        Ok(changed == 1)
    }

    /// An agent by its identifier.
    pub async fn find_agent(&mut self, id: AgentId) -> Result<Option<AgentRow>> {
        self.first(sql(COLUMNS).filter("id = ", id)).await?.as_ref().map(read).transpose()
    }

    /// An agent by its identifier, held with all others against other changes until the transaction ends.
    pub async fn lock_agent(&mut self, id: AgentId) -> Result<Option<AgentRow>> {
        self.hold_agents().await?;
        self.find_agent(id).await
    }

    /// Agents, newest first; those of one sponsor where given.
    pub async fn list_agents(
        &mut self,
        sponsor: Option<UserId>,
        filter: &AgentFilter,
        page: &PageRequest,
    ) -> Result<Page<AgentRow>> {
        let mut query = sql(COLUMNS);
        if let Some(sponsor) = sponsor {
            query = query.filter("sponsor_id = ", sponsor);
        }
        if let Some(owner) = filter.owner {
            query = query.filter("owner_id = ", owner);
        }
        if let Some(status) = filter.status {
            query = query.filter("status = ", status.as_str());
        }
        if let Some(kind) = filter.kind {
            query = query.filter("kind = ", kind.as_str());
        }
        if let Some(text) = &filter.query {
            query = query.filter("name_key LIKE ", contains(text)).push(" ESCAPE '!'");
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
        Ok(Page::from_rows(rows, page.limit(), |agent| agent.id.to_string()))
    }

    /// Working agents that expire before a time, soonest first.
    pub async fn list_expiring_agents(
        &mut self,
        sponsor: Option<UserId>,
        now: Timestamp,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<AgentRow>> {
        let mut query = sql(COLUMNS).condition("status = 'active'").filter("expires_at > ", now);
        query = query.filter("expires_at < ", before);
        if let Some(sponsor) = sponsor {
            query = query.filter("sponsor_id = ", sponsor);
        }
        let query = query.push(" ORDER BY expires_at LIMIT ").parameter(i64::from(limit));
        self.all(query).await?.iter().map(read).collect()
    }

    /// What a decision needs to know of an agent.
    pub async fn find_decision_agent(&mut self, id: AgentId) -> Result<Option<DecisionAgent>> {
        let row = self
            .first(
                sql("SELECT a.id, a.sponsor_id, a.parent_id, a.status, a.permissions, a.expires_at, a.revision,
                            u.status AS sponsor_status
                     FROM agents a
                     JOIN users u ON u.id = a.sponsor_id
                     WHERE a.id = $1")
                .bind(id),
            )
            .await?;
        row.map(|row| {
            Ok(DecisionAgent {
                id,
                sponsor_id: row.parsed("sponsor_id")?,
                parent_id: row.opt_text("parent_id")?.map(|_| row.parsed("parent_id")).transpose()?,
                sponsor_status: row.named("sponsor_status", UserStatus::parse)?,
                status: row.named("status", AgentStatus::parse)?,
                permissions: row.json("permissions")?,
                expires_at: row.opt_time("expires_at")?,
                revision: row.int("revision")?,
            })
        })
        .transpose()
    }

    /// Agents that changed after a revision, with the newest revision of all.
    pub async fn agents_changed_since(&mut self, revision: i64) -> Result<Vec<(AgentId, i64)>> {
        self.all(
            sql("SELECT id, revision FROM agents WHERE revision > $1 ORDER BY revision LIMIT 10000")
                .bind(revision),
        )
        .await?
        .iter()
        .map(|row| Ok((row.parsed("id")?, row.int("revision")?)))
        .collect()
    }

    /// The newest revision of all agents.
    pub async fn agent_revision(&mut self) -> Result<i64> {
        let row = self.first(sql("SELECT value FROM counters WHERE name = 'agent_revision'")).await?;
        row.ok_or(crate::StoreError::Inconsistent { column: "counters.value" })?.int("value")
    }

    /// Stores a token; a new token is a change of its agent.
    pub async fn insert_agent_token(&mut self, new: &NewAgentToken<'_>) -> Result<()> {
        self.execute(
            sql("INSERT INTO agent_tokens (id, agent_id, token_hash, preview, created_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(new.id)
            .bind(new.agent_id)
            .bind(new.token_hash)
            .bind(new.preview)
            .bind(new.created_at)
            .bind(new.expires_at),
        )
        .await?;
        Ok(())
    }

    /// Lets an agent's live tokens end at a time at the latest, and counts that as a change of the agent.
    pub async fn shorten_agent_tokens(&mut self, agent_id: AgentId, until: Timestamp) -> Result<u64> {
        self.touch_agent_revision(agent_id).await?;
        self.execute(
            sql("UPDATE agent_tokens
                 SET expires_at = $2
                 WHERE agent_id = $1 AND revoked_at IS NULL AND expires_at > $2")
            .bind(agent_id)
            .bind(until),
        )
        .await
    }

    /// Stops an agent's live tokens now, and counts that as a change of the agent.
    pub async fn revoke_agent_tokens(&mut self, agent_id: AgentId, now: Timestamp) -> Result<u64> {
        self.touch_agent_revision(agent_id).await?;
        self.execute(
            sql("UPDATE agent_tokens
                 SET revoked_at = $2
                 WHERE agent_id = $1 AND revoked_at IS NULL AND expires_at > $2")
            .bind(agent_id)
            .bind(now),
        )
        .await
    }

    async fn touch_agent_revision(&mut self, id: AgentId) -> Result<()> {
        let revision = self.next_agent_revision().await?;
        self.execute(sql("UPDATE agents SET revision = $2 WHERE id = $1").bind(id).bind(revision)).await?;
        Ok(())
    }

    /// A token by its hash, live or not.
    pub async fn find_agent_token(&mut self, token_hash: &str) -> Result<Option<AgentTokenRow>> {
        let row = self
            .first(
                sql("SELECT t.id, t.agent_id, t.expires_at, t.revoked_at, a.revision
                     FROM agent_tokens t
                     JOIN agents a ON a.id = t.agent_id
                     WHERE t.token_hash = $1")
                .bind(token_hash),
            )
            .await?;
        row.map(|row| {
            Ok(AgentTokenRow {
                id: row.parsed("id")?,
                agent_id: row.parsed("agent_id")?,
                expires_at: row.time("expires_at")?,
                revoked_at: row.opt_time("revoked_at")?,
                agent_revision: row.int("revision")?,
            })
        })
        .transpose()
    }

    /// An agent's live tokens, newest first.
    pub async fn list_agent_tokens(&mut self, agent_id: AgentId, now: Timestamp) -> Result<Vec<AgentToken>> {
        self.all(
            sql("SELECT id, preview, created_at, expires_at, last_used_at
                 FROM agent_tokens
                 WHERE agent_id = $1 AND revoked_at IS NULL AND expires_at > $2
                 ORDER BY id DESC
                 LIMIT 20")
            .bind(agent_id)
            .bind(now),
        )
        .await?
        .iter()
        .map(|row| {
            Ok(AgentToken {
                id: row.parsed("id")?,
                preview: row.text("preview")?,
                created_at: row.time("created_at")?,
                expires_at: row.time("expires_at")?,
                last_used_at: row.opt_time("last_used_at")?,
            })
        })
        .collect()
    }

    /// Notes that an agent asked for a decision, and with which token.
    pub async fn touch_agent(&mut self, id: AgentId, token: Option<TokenId>, now: Timestamp) -> Result<()> {
        self.execute(sql("UPDATE agents SET last_used_at = $2 WHERE id = $1").bind(id).bind(now)).await?;
        if let Some(token) = token {
            self.execute(
                sql("UPDATE agent_tokens SET last_used_at = $2 WHERE id = $1").bind(token).bind(now),
            )
            .await?;
        }
        Ok(())
    }
}

fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

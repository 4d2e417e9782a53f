//! What clients were granted, the refresh tokens of it, and what people agreed to.
//!
//! A grant is the family of everything that came of one agreement: revoking it ends all of it, and what was exchanged
//! for one of its tokens with it. Nothing is looked at first and changed after: each step is one statement.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use kavach_model::{AgentId, GrantId, SessionId, Timestamp, UserId};

/// A grant as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// Which.
    pub id: GrantId,
    /// To whom.
    pub client_id: String,
    /// By whom; none for a client or an agent that acts for itself.
    pub user_id: Option<UserId>,
    /// The agent that acts for itself.
    pub agent_id: Option<AgentId>,
    /// The grant whose token was exchanged for this one.
    pub parent_id: Option<GrantId>,
    /// For what, with spaces between.
    pub scopes: String,
    /// At which servers, with spaces between.
    pub resources: String,
    /// Who acts, as JSON (RFC 8693, section 4.1).
    pub act: Option<String>,
    /// How the person had proven who they are.
    pub amr: Vec<String>,
    /// When.
    pub auth_time: Option<Timestamp>,
    /// What the client wants to find again in the ID token.
    pub nonce: Option<String>,
    /// The key its tokens are bound to.
    pub jkt: Option<String>,
    /// The session in which the person gave it, where there was one.
    pub session_id: Option<SessionId>,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A refresh token, and whether it may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshRow {
    /// Of which grant.
    pub grant: GrantRow,
    /// When it was used.
    pub used_at: Option<Timestamp>,
    /// The token that followed it, sealed.
    pub successor: Option<String>,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// Whether the grant was revoked or has ended.
    pub over: bool,
}

/// What was granted in a session that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedGrant {
    /// Which.
    pub id: GrantId,
    /// To whom.
    pub client_id: String,
    /// By whom.
    pub user_id: UserId,
    /// In which session.
    pub session_id: SessionId,
    /// For what, with spaces between.
    pub scopes: String,
}

/// What a person agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRow {
    /// With whom.
    pub client_id: String,
    /// What the client calls itself, if it is still known.
    pub client_name: Option<String>,
    /// Where the answer goes.
    pub redirect: String,
    /// At which servers, with spaces between.
    pub resource: String,
    /// To what, with spaces between.
    pub scopes: String,
    /// When.
    pub given_at: Timestamp,
}

const COLUMNS: &str =
    "g.id, g.client_id, g.user_id, g.agent_id, g.parent_id, g.scopes, g.resources, g.act, g.amr,
    g.auth_time, g.nonce, g.jkt, g.session_id, g.created_at, g.expires_at";

/// A grant lives while nobody revoked it or one it came of (one that was made while the other was being revoked is found
/// here), its time is not up, its client is on, and who gave it can sign in. An agent
/// is looked at by whoever knows the chain above it.
macro_rules! live {
    () => {
        "g.revoked_at IS NULL AND g.expires_at > $2
         AND EXISTS (SELECT 1 FROM oauth_clients c WHERE c.id = g.client_id AND c.disabled_at IS NULL
                     UNION ALL SELECT 1 WHERE g.client_id LIKE 'agt%')
         AND (g.user_id IS NULL
              OR EXISTS (SELECT 1 FROM users u WHERE u.id = g.user_id AND u.status = 'active'))
         AND NOT EXISTS (
             WITH RECURSIVE above (parent_id, revoked_at) AS (
                 SELECT p.parent_id, p.revoked_at FROM oauth_grants p WHERE p.id = g.parent_id
                 UNION ALL
                 SELECT p.parent_id, p.revoked_at FROM oauth_grants p JOIN above a ON p.id = a.parent_id)
             SELECT 1 FROM above WHERE above.revoked_at IS NOT NULL)"
    };
}

fn read(row: &Row) -> Result<GrantRow> {
    Ok(GrantRow {
        id: row.parsed("id")?,
        client_id: row.text("client_id")?,
        user_id: row.opt_parsed("user_id")?,
        agent_id: row.opt_parsed("agent_id")?,
        parent_id: row.opt_parsed("parent_id")?,
        scopes: row.text("scopes")?,
        resources: row.text("resources")?,
        act: row.opt_text("act")?,
        amr: row.json("amr")?,
        auth_time: row.opt_time("auth_time")?,
        nonce: row.opt_text("nonce")?,
        jkt: row.opt_text("jkt")?,
        session_id: row.opt_parsed("session_id")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}

fn read_ended(row: &Row) -> Result<EndedGrant> {
    Ok(EndedGrant {
        id: row.parsed("id")?,
        client_id: row.text("client_id")?,
        user_id: row.parsed("user_id")?,
        session_id: row.parsed("session_id")?,
        scopes: row.text("scopes")?,
    })
}

impl Conn {
    /// Stores a grant.
    pub async fn insert_oauth_grant(&mut self, grant: &GrantRow) -> Result<()> {
        self.execute(
            sql("INSERT INTO oauth_grants
                    (id, client_id, user_id, agent_id, parent_id, scopes, resources, act, amr, auth_time, nonce, jkt,
                     created_at, expires_at, session_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)")
            .bind(grant.id)
            .bind(grant.client_id.as_str())
            .bind(grant.user_id)
            .bind(grant.agent_id)
            .bind(grant.parent_id)
            .bind(grant.scopes.as_str())
            .bind(grant.resources.as_str())
            .bind(grant.act.clone())
            .bind(serde_json::Value::from(grant.amr.clone()).to_string())
            .bind(grant.auth_time)
            .bind(grant.nonce.clone())
            .bind(grant.jkt.clone())
            .bind(grant.created_at)
            .bind(grant.expires_at)
            .bind(grant.session_id),
        )
        .await?;
        Ok(())
    }

    /// What was granted in sessions of a person that are over, each once.
    pub async fn take_ended_grants(&mut self, user_id: UserId, now: Timestamp) -> Result<Vec<EndedGrant>> {
        let query = sql("UPDATE oauth_grants SET session_ended_at = $2
             WHERE user_id = $1 AND session_ended_at IS NULL
               AND session_id IN (SELECT s.id FROM sessions s WHERE s.user_id = $1 AND s.revoked_at IS NOT NULL)
             RETURNING id, client_id, user_id, session_id, scopes");
        self.all(query.bind(user_id).bind(now)).await?.iter().map(read_ended).collect()
    }

    /// The same for sessions whose time is up, whoever's they are.
    pub async fn take_expired_grants(&mut self, now: Timestamp) -> Result<Vec<EndedGrant>> {
        let query = sql("UPDATE oauth_grants SET session_ended_at = $1
             WHERE session_ended_at IS NULL AND user_id IS NOT NULL
               AND session_id IN (SELECT s.id FROM sessions s WHERE s.expires_at < $1)
             RETURNING id, client_id, user_id, session_id, scopes");
        self.all(query.bind(now)).await?.iter().map(read_ended).collect()
    }

    /// A grant that lives.
    pub async fn find_live_oauth_grant(&mut self, id: GrantId, now: Timestamp) -> Result<Option<GrantRow>> {
        let query =
            sql("SELECT ").push(COLUMNS).push(" FROM oauth_grants g WHERE g.id = $1 AND ").push(live!());
        self.first(query.bind(id).bind(now)).await?.as_ref().map(read).transpose()
    }

    /// Lets a grant that lives last longer, and binds it to a key if it is not bound yet: its code was redeemed.
    pub async fn extend_oauth_grant(
        &mut self,
        id: GrantId,
        now: Timestamp,
        expires_at: Timestamp,
        jkt: Option<&str>,
    ) -> Result<Option<GrantRow>> {
        let query = sql("UPDATE oauth_grants AS g SET expires_at = $3, jkt = COALESCE(g.jkt, $4)
             WHERE g.id = $1 AND ")
        .push(live!())
        .push(" RETURNING ")
        .push(
            "id, client_id, user_id, agent_id, parent_id, scopes, resources, act, amr, auth_time, nonce, jkt,
             session_id, created_at, expires_at",
        );
        let query = query.bind(id).bind(now).bind(expires_at).bind(jkt);
        self.first(query).await?.as_ref().map(read).transpose()
    }

    /// Revokes a grant and every grant that came of it; how many lived.
    pub async fn revoke_oauth_grant(&mut self, id: GrantId, now: Timestamp) -> Result<u64> {
        let query = sql("WITH RECURSIVE below (id) AS (
                 SELECT id FROM oauth_grants WHERE id = $1
                 UNION
                 SELECT g.id FROM oauth_grants g JOIN below b ON g.parent_id = b.id)
             UPDATE oauth_grants SET revoked_at = $2
             WHERE revoked_at IS NULL AND id IN (SELECT id FROM below)");
        self.execute(query.bind(id).bind(now)).await
    }

    /// Revokes what a person granted, to one client or to all, and what came of it.
    pub async fn revoke_oauth_grants_of(
        &mut self,
        user_id: UserId,
        client_id: Option<&str>,
        now: Timestamp,
    ) -> Result<u64> {
        let query = sql("WITH RECURSIVE below (id) AS (
                 SELECT id FROM oauth_grants WHERE user_id = $1 AND ($3 = '' OR client_id = $3)
                 UNION
                 SELECT g.id FROM oauth_grants g JOIN below b ON g.parent_id = b.id)
             UPDATE oauth_grants SET revoked_at = $2
             WHERE revoked_at IS NULL AND id IN (SELECT id FROM below)");
        self.execute(query.bind(user_id).bind(now).bind(client_id.unwrap_or_default())).await
    }

    /// Revokes everything a client was granted, and what came of it.
    pub async fn revoke_oauth_grants_to(&mut self, client_id: &str, now: Timestamp) -> Result<u64> {
        let query = sql("WITH RECURSIVE below (id) AS (
                 SELECT id FROM oauth_grants WHERE client_id = $1
                 UNION
                 SELECT g.id FROM oauth_grants g JOIN below b ON g.parent_id = b.id)
             UPDATE oauth_grants SET revoked_at = $2
             WHERE revoked_at IS NULL AND id IN (SELECT id FROM below)");
        self.execute(query.bind(client_id).bind(now)).await
    }

    /// Stores a refresh token.
    pub async fn insert_refresh_token(
        &mut self,
        hash: &str,
        grant_id: GrantId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<()> {
        self.execute(
            sql("INSERT INTO oauth_refresh_tokens (hash, grant_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)")
                .bind(hash)
                .bind(grant_id)
                .bind(now)
                .bind(expires_at),
        )
        .await?;
        Ok(())
    }

    /// A refresh token with its grant, whatever became of either.
    pub async fn find_refresh_token(&mut self, hash: &str, now: Timestamp) -> Result<Option<RefreshRow>> {
        let query = sql("SELECT ")
            .push(COLUMNS)
            .push(", t.used_at, t.successor, t.expires_at AS token_expires_at, CASE WHEN ")
            .push(live!())
            .push(
                " THEN 'no' ELSE 'yes' END AS is_over
                 FROM oauth_refresh_tokens t JOIN oauth_grants g ON g.id = t.grant_id WHERE t.hash = $1",
            );
        let row = self.first(query.bind(hash).bind(now)).await?;
        row.map(|row| {
            Ok(RefreshRow {
                grant: read(&row)?,
                used_at: row.opt_time("used_at")?,
                successor: row.opt_text("successor")?,
                expires_at: row.time("token_expires_at")?,
                over: row.text("is_over")? == "yes",
            })
        })
        .transpose()
    }

    /// Uses a refresh token up: of any number of callers exactly one does.
    pub async fn claim_refresh_token(&mut self, hash: &str, successor: &str, now: Timestamp) -> Result<bool> {
        let query = sql("UPDATE oauth_refresh_tokens SET used_at = $2, successor = $3
             WHERE hash = $1 AND used_at IS NULL AND expires_at > $2");
        Ok(self.execute(query.bind(hash).bind(now).bind(successor)).await? == 1)
    }

    /// Whether a refresh token was used.
    pub async fn is_refresh_token_used(&mut self, hash: &str) -> Result<bool> {
        let query = sql("SELECT hash FROM oauth_refresh_tokens")
            .filter("hash = ", hash)
            .condition("used_at IS NOT NULL");
        Ok(self.first(query).await?.is_some())
    }

    /// Forgets grants that ended before a time, with their refresh tokens.
    pub async fn prune_oauth_grants(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM oauth_grants WHERE expires_at < $1").bind(before)).await
    }

    /// What a person agreed to with one client, for one place and these servers.
    pub async fn find_oauth_consent(
        &mut self,
        user_id: UserId,
        client_id: &str,
        redirect: &str,
        resource: &str,
    ) -> Result<Option<String>> {
        let query = sql("SELECT scopes FROM oauth_consents")
            .filter("user_id = ", user_id)
            .filter("client_id = ", client_id)
            .filter("redirect = ", redirect)
            .filter("resource = ", resource);
        self.first(query).await?.map(|row| row.text("scopes")).transpose()
    }

    /// Notes what a person agreed to; it takes the place of what they agreed to before.
    pub async fn put_oauth_consent(&mut self, user_id: UserId, consent: &ConsentRow) -> Result<()> {
        self.execute(
            sql("INSERT INTO oauth_consents (user_id, client_id, redirect, resource, scopes, given_at)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (user_id, client_id, redirect, resource) DO UPDATE
                 SET scopes = excluded.scopes, given_at = excluded.given_at")
            .bind(user_id)
            .bind(consent.client_id.as_str())
            .bind(consent.redirect.as_str())
            .bind(consent.resource.as_str())
            .bind(consent.scopes.as_str())
            .bind(consent.given_at),
        )
        .await?;
        Ok(())
    }

    /// What a person agreed to, the newest first.
    pub async fn list_oauth_consents(&mut self, user_id: UserId) -> Result<Vec<ConsentRow>> {
        let query =
            sql("SELECT a.client_id, c.name AS client_name, a.redirect, a.resource, a.scopes, a.given_at
             FROM oauth_consents a LEFT JOIN oauth_clients c ON c.id = a.client_id
             WHERE a.user_id = $1 ORDER BY a.given_at DESC, a.client_id, a.redirect, a.resource LIMIT 200");
        self.all(query.bind(user_id))
            .await?
            .iter()
            .map(|row| {
                Ok(ConsentRow {
                    client_id: row.text("client_id")?,
                    client_name: row.opt_text("client_name")?,
                    redirect: row.text("redirect")?,
                    resource: row.text("resource")?,
                    scopes: row.text("scopes")?,
                    given_at: row.time("given_at")?,
                })
            })
            .collect()
    }

    /// Forgets what a person agreed to with one client.
    pub async fn delete_oauth_consents(&mut self, user_id: UserId, client_id: &str) -> Result<u64> {
        let query = sql("DELETE FROM oauth_consents WHERE user_id = $1 AND client_id = $2");
        self.execute(query.bind(user_id).bind(client_id)).await
    }
}

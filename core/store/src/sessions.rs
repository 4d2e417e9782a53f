//! Sessions of people. The token itself is never stored, only its SHA-256.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use crate::users::{read_user, user_columns};
use kavach_model::user::User;
use kavach_model::{Page, PageRequest, SessionId, Timestamp, UserId};

/// A session as stored.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// When the person last proved who they are.
    pub auth_time: Timestamp,
    /// How.
    pub amr: Vec<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Where it was last seen.
    pub ip: Option<String>,
    /// What began it.
    pub user_agent: Option<String>,
    /// Until when it waits for a second factor; none once it is whole.
    pub pending_until: Option<Timestamp>,
}

/// A session to be made.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// Its identifier.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// SHA-256 of the token.
    pub token_hash: &'a str,
    /// How the person proved who they are.
    pub amr: &'a [&'a str],
    /// Now.
    pub created_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Where it begins.
    pub ip: &'a str,
    /// What begins it.
    pub user_agent: Option<&'a str>,
    /// Until when it waits for a second factor; none for one that is whole from the start.
    pub pending_until: Option<Timestamp>,
}

const COLUMNS: &str =
    "SELECT id, user_id, auth_time, amr, created_at, last_used_at, expires_at, ip, user_agent, pending_until
     FROM sessions";

fn read(row: &Row) -> Result<SessionRow> {
    Ok(SessionRow {
        id: row.parsed("id")?,
        user_id: row.parsed("user_id")?,
        auth_time: row.time("auth_time")?,
        amr: row.json("amr")?,
        created_at: row.time("created_at")?,
        last_used_at: row.time("last_used_at")?,
        expires_at: row.time("expires_at")?,
        ip: row.opt_text("ip")?,
        user_agent: row.opt_text("user_agent")?,
        pending_until: row.opt_time("pending_until")?,
    })
}

impl Conn {
    /// Makes a session.
    pub async fn insert_session(&mut self, new: &NewSession<'_>) -> Result<()> {
        let amr = serde_json::Value::from(new.amr.to_vec()).to_string();
        self.execute(
            sql("INSERT INTO sessions
                    (id, user_id, token_hash, auth_time, amr, created_at, last_used_at, expires_at, ip, user_agent,
                     pending_until)
                 VALUES ($1, $2, $3, $4, $5, $4, $4, $6, $7, $8, $9)")
            .bind(new.id)
            .bind(new.user_id)
            .bind(new.token_hash)
            .bind(new.created_at)
            .bind(amr)
            .bind(new.expires_at)
            .bind(new.ip)
            .bind(new.user_agent)
            .bind(new.pending_until),
        )
        .await?;
        Ok(())
    }

    /// The live session of a token, with the person whose it is if their account works.
    pub async fn find_session(
        &mut self,
        token_hash: &str,
        now: Timestamp,
        idle_since: Timestamp,
    ) -> Result<Option<(SessionRow, User)>> {
        let row = self
            .first(
                sql(concat!(
                    "SELECT s.id, s.user_id, s.auth_time, s.amr, s.created_at, s.last_used_at, s.expires_at, s.ip,
                            s.user_agent, s.pending_until, ",
                    user_columns!(),
                    " FROM sessions s
                     JOIN users u ON u.id = s.user_id
                     WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2
                       AND s.last_used_at > $3 AND (s.pending_until IS NULL OR s.pending_until > $2)
                       AND u.status = 'active'"
                ))
                .bind(token_hash)
                .bind(now)
                .bind(idle_since),
            )
            .await?;
        row.map(|row| Ok((read(&row)?, read_user(&row)?))).transpose()
    }

    /// Whether a session goes on.
    pub async fn is_session_live(&mut self, id: SessionId, now: Timestamp) -> Result<bool> {
        let query = sql("SELECT id FROM sessions")
            .filter("id = ", id)
            .condition("revoked_at IS NULL")
            .filter("expires_at > ", now);
        Ok(self.first(query).await?.is_some())
    }

    /// Notes that a session was used, once a minute at the most.
    pub async fn touch_session(&mut self, id: SessionId, ip: &str, now: Timestamp) -> Result<()> {
        self.execute(
            sql("UPDATE sessions
                 SET last_used_at = $2, ip = $3
                 WHERE id = $1 AND last_used_at < $2 AND revoked_at IS NULL")
            .bind(id)
            .bind(now)
            .bind(ip),
        )
        .await?;
        Ok(())
    }

    /// Gives a session a new token and a new time and manner of proof, if its token still is the old one. One that
    /// was pending is whole from now on.
    pub async fn renew_session(
        &mut self,
        id: SessionId,
        before_hash: &str,
        after_hash: &str,
        amr: &[String],
        now: Timestamp,
    ) -> Result<bool> {
        let amr = serde_json::Value::from(amr.to_vec()).to_string();
        let changed = self
            .execute(
                sql("UPDATE sessions
                     SET token_hash = $3, auth_time = $4, last_used_at = $4, amr = $5, pending_until = NULL
                     WHERE id = $1 AND token_hash = $2 AND revoked_at IS NULL")
                .bind(id)
                .bind(before_hash)
                .bind(after_hash)
                .bind(now)
                .bind(amr),
            )
            .await?;
        Ok(changed == 1)
    }

    /// A person's live sessions, newest first.
    pub async fn list_sessions(
        &mut self,
        user_id: UserId,
        now: Timestamp,
        idle_since: Timestamp,
        page: &PageRequest,
    ) -> Result<Page<SessionRow>> {
        let mut query = sql(COLUMNS)
            .filter("user_id = ", user_id)
            .condition("revoked_at IS NULL")
            .condition("pending_until IS NULL")
            .filter("expires_at > ", now)
            .filter("last_used_at > ", idle_since);
        if let Some(cursor) = &page.cursor {
            query = query.filter("id < ", cursor.as_str());
        }
        let rows = self
            .all(query.push(" ORDER BY id DESC LIMIT ").parameter(i64::from(page.limit()) + 1))
            .await?
            .iter()
            .map(read)
            .collect::<Result<Vec<_>>>()?;
        Ok(Page::from_rows(rows, page.limit(), |session| session.id.to_string()))
    }

    /// Ends one of a person's sessions; the hash of its token, if it was live.
    pub async fn revoke_session(
        &mut self,
        user_id: UserId,
        id: SessionId,
        now: Timestamp,
    ) -> Result<Option<String>> {
        let row = self
            .first(
                sql("UPDATE sessions
                     SET revoked_at = $3
                     WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL
                     RETURNING token_hash")
                .bind(id)
                .bind(user_id)
                .bind(now),
            )
            .await?;
        row.map(|row| row.text("token_hash")).transpose()
    }

    /// Ends all of a person's sessions but one; how many.
    pub async fn revoke_other_sessions(
        &mut self,
        user_id: UserId,
        keep: Option<SessionId>,
        now: Timestamp,
    ) -> Result<u64> {
        let keep = keep.map(|id| id.to_string()).unwrap_or_default();
        self.execute(
            sql("UPDATE sessions
                 SET revoked_at = $3
                 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL AND expires_at > $3")
            .bind(user_id)
            .bind(keep)
            .bind(now),
        )
        .await
    }

    /// Forgets sessions that ended before a time.
    pub async fn prune_sessions(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM sessions WHERE expires_at < $1").bind(before)).await
    }
}

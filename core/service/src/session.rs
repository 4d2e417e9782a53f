//! Sessions of people: found by token, listed, ended.

use crate::audit;
use crate::context::{Reach, RequestContext, RequestMeta, SessionCaller};
use crate::crypto::token::{self, TokenHash};
use crate::deliver::logout;
use crate::error::Result;
use crate::{Error, Kavach, names};
use kavach_model::audit::AuditKind;
use kavach_model::session::{CurrentSession, Session};
use kavach_model::user::User;
use kavach_model::{ErrorCode, Page, PageRequest, SessionId, Timestamp, Token, TokenKind};
use kavach_store::{Conn, NewSession, SessionRow};
use std::sync::Arc;

/// The live session of a token text.
pub(crate) async fn find(kv: &Kavach, meta: &RequestMeta, text: &str) -> Result<Option<Arc<SessionCaller>>> {
    let Some(token) = Token::parse(TokenKind::Session, text) else {
        return Ok(None);
    };
    let hash = TokenHash::of(&token);
    let now = kv.clock().now();
    if let Some(known) = kv.sessions().get(&hash, now) {
        return Ok(Some(known));
    }
    // Boxed, because every request would carry along, and have copied, what one a second needs.
    Box::pin(read(kv, meta, hash, now)).await
}

async fn read(
    kv: &Kavach,
    meta: &RequestMeta,
    hash: TokenHash,
    now: Timestamp,
) -> Result<Option<Arc<SessionCaller>>> {
    let epoch = kv.sessions().epoch();
    let idle_since = now - kv.config().session.idle;
    let found = kv.store().read().await?.find_session(hash.as_str(), now, idle_since).await?;
    let Some((row, user)) = found else { return Ok(None) };
    kv.jobs().touch_session(row.id, row.last_used_at, &meta.client_ip.to_string(), now);
    let session = to_session(kv, row, now, true);
    let caller = Arc::new(SessionCaller { session, user, token_hash: hash.clone() });
    kv.sessions().remember(hash, epoch, now, Arc::clone(&caller));
    Ok(Some(caller))
}

/// Begins a session for a person who just proved who they are; its token is returned once. With a time until which it
/// is pending, it can do nothing but bring the second factor.
pub(crate) async fn begin(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    user: &User,
    amr: &[&str],
    pending_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(SessionId, Token)> {
    let token = token::issue(TokenKind::Session, kv.rng());
    let id = SessionId::from_parts(now, crate::rng::array(kv.rng()));
    tx.insert_session(&NewSession {
        id,
        user_id: user.id,
        token_hash: TokenHash::of(&token).as_str(),
        amr,
        created_at: now,
        expires_at: now + kv.config().session.absolute,
        ip: &cx.meta.client_ip.to_string(),
        user_agent: cx.meta.user_agent.as_deref().map(|text| names::printable(text, 200)).as_deref(),
        pending_until,
    })
    .await?;
    Ok((id, token))
}

/// Refuses whoever did not just prove who they are, before they are shown what only such a person may do.
pub fn require_fresh(cx: &RequestContext) -> Result<()> {
    cx.require_fresh().map(|_| ())
}

/// The session that asks, and whose it is.
pub async fn current(kv: &Kavach, cx: &RequestContext) -> Result<CurrentSession> {
    let caller = cx.require_session()?;
    // The cached session may be a second old; freshness must not be.
    let fresh = is_fresh(kv, caller.session.auth_time, kv.clock().now());
    Ok(CurrentSession { session: Session { fresh, ..caller.session.clone() }, user: caller.user.clone() })
}

/// The caller's live sessions, newest first.
pub async fn list(kv: &Kavach, cx: &RequestContext, page: &PageRequest) -> Result<Page<Session>> {
    let caller = cx.require_session()?;
    let now = kv.clock().now();
    let idle_since = now - kv.config().session.idle;
    let rows = kv.store().read().await?.list_sessions(caller.user.id, now, idle_since, page).await?;
    Ok(rows.map(|row| {
        let current = row.id == caller.session.id;
        to_session(kv, row, now, current)
    }))
}

/// Ends one of the caller's sessions.
pub async fn revoke(kv: &Kavach, cx: &RequestContext, id: SessionId) -> Result<()> {
    let caller = cx.require_session()?;
    end(kv, cx, caller, id, AuditKind::SessionRevoked).await
}

/// Ends the session that asks, even one that waits for its second factor.
pub async fn sign_out(kv: &Kavach, cx: &RequestContext) -> Result<()> {
    let caller = cx.any_session()?;
    end(kv, cx, caller, caller.session.id, AuditKind::UserSignOut).await
}

async fn end(
    kv: &Kavach,
    cx: &RequestContext,
    caller: &SessionCaller,
    id: SessionId,
    kind: AuditKind,
) -> Result<()> {
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    if tx.revoke_session(caller.user.id, id, now).await?.is_none() {
        return Err(Error::from(ErrorCode::NotFound));
    }
    logout::sessions_ended(kv, &mut tx, caller.user.id, now).await?;
    let mut event = cx.event(kind, now);
    event.user_id = Some(caller.user.id);
    event.resource = Some(id.to_string());
    tx.append_audit(&[audit::draft(kv, event, Some(caller.user.id))]).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.logout_wake().notify_one();
    Ok(())
}

/// Ends all of the caller's sessions but the one that asks; how many.
pub async fn revoke_others(kv: &Kavach, cx: &RequestContext) -> Result<u64> {
    let caller = cx.require_session()?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let ended = tx.revoke_other_sessions(caller.user.id, Some(caller.session.id), now).await?;
    logout::sessions_ended(kv, &mut tx, caller.user.id, now).await?;
    let mut event = cx.event(AuditKind::SessionRevoked, now);
    event.user_id = Some(caller.user.id);
    event.context = Some(serde_json::Map::from_iter([("sessions".to_owned(), ended.into())]));
    tx.append_audit(&[audit::draft(kv, event, Some(caller.user.id))]).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.logout_wake().notify_one();
    Ok(ended)
}

fn to_session(kv: &Kavach, row: SessionRow, now: Timestamp, current: bool) -> Session {
    Session {
        fresh: is_fresh(kv, row.auth_time, now),
        id: row.id,
        user_id: row.user_id,
        auth_time: row.auth_time,
        amr: row.amr,
        current,
        pending: row.pending_until.is_some(),
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
        ip: row.ip,
        user_agent: row.user_agent,
    }
}

fn is_fresh(kv: &Kavach, auth_time: Timestamp, now: Timestamp) -> bool {
    now.since(auth_time) < kv.config().session.fresh
}

impl Reach {
    /// What an event about this person's own things belongs to.
    pub(crate) fn is_all(self) -> bool {
        self == Self::All
    }
}

//! The sessions of the person who asks.

use super::PageQuery;
use crate::answer::{Answer, Data, Done, Failure, done};
use crate::extract::{Caller, Id, NoBody, Query, query::page};
use axum::Json as Body;
use axum::extract::State;
use kavach_model::session::{CurrentSession, Session};
use kavach_model::{Page, SessionId};
use kavach_service::{Kavach, session};
use serde::Serialize;

/// The session that asks
///
/// With the person it belongs to.
#[utoipa::path(
    get, path = "/api/auth/session", operation_id = "getSession", tag = "Sessions", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "The session", body = Data<CurrentSession>)),
)]
pub async fn current(State(kv): State<Kavach>, Caller(cx): Caller) -> Answer<CurrentSession> {
    Ok(Data { data: session::current(&kv, &cx).await? })
}

/// List sessions
///
/// Every live session of the person who asks, newest first.
#[utoipa::path(
    get, path = "/api/auth/sessions", operation_id = "listSessions", tag = "Sessions", security(("cookie" = []), ("session" = [])),
    params(PageQuery),
    responses((status = 200, description = "One page", body = Page<Session>)),
)]
pub async fn list(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Body<Page<Session>>, Failure> {
    Ok(Body(session::list(&kv, &cx, &page(query.limit, query.cursor)?).await?))
}

/// End a session
#[utoipa::path(
    delete, path = "/api/auth/sessions/{id}", operation_id = "revokeSession", tag = "Sessions", security(("cookie" = []), ("session" = [])),
    params(("id" = SessionId, Path, description = "Which session")),
    responses((status = 200, description = "Ended", body = Data<Done>)),
)]
pub async fn revoke(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<SessionId>) -> Answer<Done> {
    session::revoke(&kv, &cx, id).await?;
    Ok(done())
}

/// How many sessions ended.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevokedSessions {
    /// Sessions that ended.
    pub revoked_sessions: u64,
}

/// End every other session
///
/// Signs the person out everywhere but here.
#[utoipa::path(
    post, path = "/api/auth/sessions/revoke-others", operation_id = "revokeOtherSessions", tag = "Sessions", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "Ended", body = Data<RevokedSessions>)),
)]
pub async fn revoke_others(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    _: NoBody,
) -> Answer<RevokedSessions> {
    Ok(Data { data: RevokedSessions { revoked_sessions: session::revoke_others(&kv, &cx).await? } })
}

//! Asking for decisions. Allow and deny are both 200: the question was answered.

use crate::answer::{Answer, Data};
use crate::extract::{AgentBearer, Caller, Json, JsonOrList, Meta};
use axum::extract::State;
use kavach_model::authorize::{Authorize, AuthorizeBatch, AuthorizeToken, Decision};
use kavach_model::explain::Explanation;
use kavach_model::replay::{Replay, Replayed};
use kavach_service::{Kavach, authorize};

/// May this agent do that?
///
/// Every answer, allow or deny, is in the audit log under its `auditId` before it leaves.
#[utoipa::path(
    post, path = "/api/auth/authorize", operation_id = "authorize", tag = "Decisions",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["authorize"]), ("agent" = [])),
    request_body = Authorize,
    responses((status = 200, description = "Allowed or denied", body = Data<Decision>)),
)]
pub async fn decide(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<Authorize>,
) -> Answer<Decision> {
    Ok(Data { data: authorize::decide(&kv, &cx, body).await? })
}

/// May I do that?
///
/// For an agent with nothing but its own token. A token that is unknown, expired or revoked gets a decision too:
/// deny, with its record.
#[utoipa::path(
    post, path = "/api/auth/authorize/token", operation_id = "authorizeByToken", tag = "Decisions", security(("agent" = [])),
    request_body = AuthorizeToken,
    responses((status = 200, description = "Allowed or denied", body = Data<Decision>)),
)]
pub async fn by_token(
    State(kv): State<Kavach>,
    Meta(meta): Meta,
    AgentBearer(token): AgentBearer,
    Json(body): Json<AuthorizeToken>,
) -> Answer<Decision> {
    Ok(Data { data: authorize::by_token(&kv, &meta, token.expose(), body.into_authorize()).await? })
}

/// Why would it be allowed or denied?
///
/// Every link of the chain with every permission that speaks of the question, the first check that fails, and the smallest
/// change that would allow it. Nothing is spent, opened or recorded.
#[utoipa::path(
    post, path = "/api/auth/authorize/explain", operation_id = "explain", tag = "Decisions",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["authorize"]), ("agent" = [])),
    request_body = Authorize,
    responses((status = 200, description = "The explanation", body = Data<Explanation>)),
)]
pub async fn explain(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<Authorize>,
) -> Answer<Explanation> {
    Ok(Data { data: authorize::explain(&kv, &cx, body).await? })
}

/// What would a change have done?
///
/// Tries permissions, or stopping an agent, on the newest decisions of the agent and all below it: what would newly be denied,
/// what newly be allowed. Nothing is changed, spent or recorded.
#[utoipa::path(
    post, path = "/api/auth/authorize/replay", operation_id = "replay", tag = "Decisions",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["audit:read"])),
    request_body = Replay,
    responses((status = 200, description = "What would have come out", body = Data<Replayed>)),
)]
pub async fn replay(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<Replay>,
) -> Answer<Replayed> {
    Ok(Data { data: authorize::replay(&kv, &cx, body).await? })
}

/// Many questions at once
///
/// Up to 100, answered in order, each with a record of its own.
#[utoipa::path(
    post, path = "/api/auth/authorize/batch", operation_id = "authorizeBatch", tag = "Decisions",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["authorize"]), ("agent" = [])),
    request_body = AuthorizeBatch,
    responses((status = 200, description = "A decision for each question", body = Data<Vec<Decision>>)),
)]
pub async fn batch(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    JsonOrList(body): JsonOrList<AuthorizeBatch>,
) -> Answer<Vec<Decision>> {
    Ok(Data { data: authorize::batch(&kv, &cx, body).await? })
}

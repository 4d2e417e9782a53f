//! Agents: making, changing and stopping them.

use crate::answer::{Answer, Created, Data, Failure};
use crate::extract::{Caller, Id, Json, NoBody, OptionalJson, Query, query::page};
use crate::middleware::idempotency::Once;
use axum::Json as Body;
use axum::extract::State;
use kavach_model::agent::{
    Agent, AgentFilter, AgentKind, AgentStatus, AgentWithToken, CreateAgent, Revoked, RotateToken,
    UpdateAgent,
};
use kavach_model::tree::{AgentTree, BlastRadius, EffectivePermission};
use kavach_model::{AgentId, Page, PrincipalId};
use kavach_service::{Kavach, agent};
use serde::Deserialize;
use utoipa::IntoParams;

/// Create an agent
///
/// It can do nothing but what `permissions` say. The token is shown this once. With an agent as `ownerId` it is a
/// sub-agent, whose permissions must be among its owner's, and which does nothing its owner may not do at that moment.
/// An agent may make sub-agents of its own.
#[utoipa::path(
    post, path = "/api/auth/agents", operation_id = "createAgent", tag = "Agents",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:write"]), ("agent" = [])),
    request_body = CreateAgent,
    responses((status = 201, description = "Created", body = Data<AgentWithToken>)),
)]
pub async fn create(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Once(key): Once,
    Json(body): Json<CreateAgent>,
) -> Result<Created<AgentWithToken>, Failure> {
    Ok(Created(agent::create_once(&kv, &cx, body, key.as_ref()).await?))
}

/// Which agents to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgentQuery {
    /// Only those of this owner.
    owner: Option<PrincipalId>,
    /// Only those in this state.
    status: Option<AgentStatus>,
    /// Only those of this kind.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: Option<AgentKind>,
    /// Only those whose name contains this text.
    q: Option<String>,
    /// Rows wanted: 1 to 200, 50 when absent.
    limit: Option<u32>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// List agents
///
/// Newest first: everyone's for administrators, their own for everyone else.
#[utoipa::path(
    get, path = "/api/auth/agents", operation_id = "listAgents", tag = "Agents",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:read"])),
    params(AgentQuery),
    responses((status = 200, description = "One page", body = Page<Agent>)),
)]
pub async fn list(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<AgentQuery>,
) -> Result<Body<Page<Agent>>, Failure> {
    let AgentQuery { owner, status, kind, q, limit, cursor } = query;
    let filter = AgentFilter { owner, status, kind, query: q };
    Ok(Body(agent::list(&kv, &cx, &filter, &page(limit, cursor)?).await?))
}

/// Get an agent
///
/// With its permissions and a preview of its tokens.
#[utoipa::path(
    get, path = "/api/auth/agents/{id}", operation_id = "getAgent", tag = "Agents",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:read"]), ("agent" = [])),
    params(("id" = AgentId, Path, description = "Which agent")),
    responses((status = 200, description = "The agent", body = Data<Agent>)),
)]
pub async fn get(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<AgentId>) -> Answer<Agent> {
    Ok(Data { data: agent::get(&kv, &cx, id).await? })
}

/// Change an agent
///
/// Only what is present changes; `permissions` replaces the whole list.
#[utoipa::path(
    patch, path = "/api/auth/agents/{id}", operation_id = "updateAgent", tag = "Agents",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:write"])),
    params(("id" = AgentId, Path, description = "Which agent")),
    request_body = UpdateAgent,
    responses((status = 200, description = "Changed", body = Data<Agent>)),
)]
pub async fn update(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<AgentId>,
    Json(body): Json<UpdateAgent>,
) -> Answer<Agent> {
    Ok(Data { data: agent::update(&kv, &cx, id, body).await? })
}

/// Give an agent a new token
///
/// The tokens before stop working at once, or after `overlapSeconds`. An agent may do this for itself.
#[utoipa::path(
    post, path = "/api/auth/agents/{id}/rotate", operation_id = "rotateAgentToken", tag = "Agents",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:write"]), ("agent" = [])),
    params(("id" = AgentId, Path, description = "Which agent")),
    request_body(content = Option<RotateToken>, description = "May be left out"),
    responses((status = 200, description = "The new token, shown this once", body = Data<AgentWithToken>)),
)]
pub async fn rotate(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<AgentId>,
    OptionalJson(body): OptionalJson<RotateToken>,
) -> Answer<AgentWithToken> {
    Ok(Data { data: agent::rotate(&kv, &cx, id, body).await? })
}

/// Stop an agent for now
///
/// Agents below it may do nothing either until it works again.
#[utoipa::path(
    post, path = "/api/auth/agents/{id}/suspend", operation_id = "suspendAgent", tag = "Agents",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:write"])),
    params(("id" = AgentId, Path, description = "Which agent")),
    responses((status = 200, description = "Suspended", body = Data<Agent>)),
)]
pub async fn suspend(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<AgentId>,
    _: NoBody,
) -> Answer<Agent> {
    Ok(Data { data: agent::suspend(&kv, &cx, id).await? })
}

/// Let an agent work again
#[utoipa::path(
    post, path = "/api/auth/agents/{id}/resume", operation_id = "resumeAgent", tag = "Agents",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:write"])),
    params(("id" = AgentId, Path, description = "Which agent")),
    responses((status = 200, description = "Active again", body = Data<Agent>)),
)]
pub async fn resume(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<AgentId>,
    _: NoBody,
) -> Answer<Agent> {
    Ok(Data { data: agent::resume(&kv, &cx, id).await? })
}

/// Stop an agent for good
///
/// Its tokens stop with it, and so does every agent below it.
#[utoipa::path(
    delete, path = "/api/auth/agents/{id}", operation_id = "revokeAgent", tag = "Agents",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:write"])),
    params(("id" = AgentId, Path, description = "Which agent")),
    responses((status = 200, description = "Revoked", body = Data<Revoked>)),
)]
pub async fn revoke(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<AgentId>) -> Answer<Revoked> {
    Ok(Data { data: agent::revoke(&kv, &cx, id).await? })
}

/// Show an agent's tree
///
/// The agents above it, and those below it nested. An agent may look at its own.
#[utoipa::path(
    get, path = "/api/auth/agents/{id}/tree", operation_id = "getAgentTree", tag = "Agents",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:read"]), ("agent" = [])),
    params(("id" = AgentId, Path, description = "Which agent")),
    responses((status = 200, description = "The tree", body = Data<AgentTree>)),
)]
pub async fn tree(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<AgentId>) -> Answer<AgentTree> {
    Ok(Data { data: agent::tree::tree(&kv, &cx, id).await? })
}

/// Show what revoking an agent would stop
#[utoipa::path(
    get, path = "/api/auth/agents/{id}/blast-radius", operation_id = "getBlastRadius", tag = "Agents",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:read"])),
    params(("id" = AgentId, Path, description = "Which agent")),
    responses((status = 200, description = "What would stop", body = Data<BlastRadius>)),
)]
pub async fn blast_radius(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<AgentId>,
) -> Answer<BlastRadius> {
    Ok(Data { data: agent::tree::blast_radius(&kv, &cx, id).await? })
}

/// Show what an agent may really do
///
/// Each permission, its own or lent, with what every link above it has to say about it. An agent may look at its own.
#[utoipa::path(
    get, path = "/api/auth/agents/{id}/effective-permissions", operation_id = "getEffectivePermissions",
    tag = "Agents",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:read"]), ("agent" = [])),
    params(("id" = AgentId, Path, description = "Which agent")),
    responses((status = 200, description = "Its permissions", body = Data<Vec<EffectivePermission>>)),
)]
pub async fn effective_permissions(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<AgentId>,
) -> Answer<Vec<EffectivePermission>> {
    Ok(Data { data: agent::tree::effective_permissions(&kv, &cx, id).await? })
}

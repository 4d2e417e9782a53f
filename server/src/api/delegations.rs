//! Delegations: lending permissions from one agent to another.

use crate::answer::{Answer, Created, Data, Failure};
use crate::extract::{Caller, Id, Json, Query, query::page};
use crate::middleware::idempotency::Once;
use axum::Json as Body;
use axum::extract::State;
use kavach_model::delegation::{CreateDelegation, Delegation, DelegationFilter};
use kavach_model::{AgentId, DelegationId, Page};
use kavach_service::{Kavach, delegation};
use serde::Deserialize;
use utoipa::IntoParams;

/// Lend permissions
///
/// What is lent holds while the lender has it, under the lender's conditions, and never where the borrower's own
/// permissions say something else. An agent may lend its own.
#[utoipa::path(
    post, path = "/api/auth/delegations", operation_id = "createDelegation", tag = "Delegations",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:write"]), ("agent" = [])),
    request_body = CreateDelegation,
    responses((status = 201, description = "Lent", body = Data<Delegation>)),
)]
pub async fn create(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Once(key): Once,
    Json(body): Json<CreateDelegation>,
) -> Result<Created<Delegation>, Failure> {
    Ok(Created(delegation::create(&kv, &cx, body, key.as_ref()).await?))
}

/// Which delegations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DelegationQuery {
    /// Only those this agent lends.
    from: Option<AgentId>,
    /// Only those this agent borrows.
    to: Option<AgentId>,
    /// Only those that neither ended nor were taken back.
    live: Option<bool>,
    /// Rows wanted: 1 to 200, 50 when absent.
    limit: Option<u32>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// List delegations
///
/// Newest first: everyone's for administrators, those their agents lend for everyone else. An agent names itself as
/// `from` or `to`.
#[utoipa::path(
    get, path = "/api/auth/delegations", operation_id = "listDelegations", tag = "Delegations",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:read"]), ("agent" = [])),
    params(DelegationQuery),
    responses((status = 200, description = "One page", body = Page<Delegation>)),
)]
pub async fn list(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<DelegationQuery>,
) -> Result<Body<Page<Delegation>>, Failure> {
    let DelegationQuery { from, to, live, limit, cursor } = query;
    let filter = DelegationFilter { from, to, live: live.unwrap_or(false) };
    Ok(Body(delegation::list(&kv, &cx, filter, &page(limit, cursor)?).await?))
}

/// Take a delegation back
///
/// At once. An agent may take back what it lends.
#[utoipa::path(
    delete, path = "/api/auth/delegations/{id}", operation_id = "revokeDelegation", tag = "Delegations",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["agents:write"]), ("agent" = [])),
    params(("id" = DelegationId, Path, description = "Which delegation")),
    responses((status = 200, description = "Taken back", body = Data<Delegation>)),
)]
pub async fn revoke(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<DelegationId>,
) -> Answer<Delegation> {
    Ok(Data { data: delegation::revoke(&kv, &cx, id).await? })
}

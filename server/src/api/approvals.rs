//! Approvals: people look at what agents asked for and decide, agents learn what became of it.

use crate::answer::{Answer, Data, Failure};
use crate::extract::{Caller, Id, OptionalJson, Query, query::page};
use axum::Json as Body;
use axum::extract::State;
use kavach_model::approval::{
    Approval, ApprovalFilter, ApprovalState, ApprovalStatus, Approve, ApproveOptions, Deny,
};
use kavach_model::passkey::PasskeyOptions;
use kavach_model::{AgentId, ApprovalId, Page};
use kavach_service::{Kavach, approval};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which approvals to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApprovalQuery {
    /// Only those that stand here.
    status: Option<ApprovalStatus>,
    /// Only those this agent asked for.
    agent: Option<AgentId>,
    /// Rows wanted: 1 to 200, 50 when absent.
    limit: Option<u32>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// List approvals
///
/// Newest first and without arguments: everyone's for administrators, those of their own agents for everyone else.
#[utoipa::path(
    get, path = "/api/auth/approvals", operation_id = "listApprovals", tag = "Approvals",
    security(("cookie" = []), ("session" = [])),
    params(ApprovalQuery),
    responses((status = 200, description = "One page", body = Page<Approval>)),
)]
pub async fn list(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<ApprovalQuery>,
) -> Result<Body<Page<Approval>>, Failure> {
    let ApprovalQuery { status, agent, limit, cursor } = query;
    let filter = ApprovalFilter { status, agent };
    Ok(Body(approval::list(&kv, &cx, &filter, &page(limit, cursor)?).await?))
}

/// Get an approval
///
/// With the arguments in full. To look at it decides nothing.
#[utoipa::path(
    get, path = "/api/auth/approvals/{id}", operation_id = "getApproval", tag = "Approvals",
    security(("cookie" = []), ("session" = [])),
    params(("id" = ApprovalId, Path, description = "Which approval")),
    responses((status = 200, description = "The approval", body = Data<Approval>)),
)]
pub async fn get(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<ApprovalId>) -> Answer<Approval> {
    Ok(Data { data: approval::get(&kv, &cx, id).await? })
}

/// Where does an approval stand?
///
/// For the agent that waits for it. Whoever asks again before `interval` seconds are over gets 429 `slow_down` with
/// `Retry-After`.
#[utoipa::path(
    get, path = "/api/auth/approvals/{id}/status", operation_id = "getApprovalStatus", tag = "Approvals",
    security(("agent" = []), ("cookie" = []), ("session" = []), ("apiKey" = ["authorize"])),
    params(("id" = ApprovalId, Path, description = "The `approval.id` of a decision")),
    responses((status = 200, description = "Where it stands", body = Data<ApprovalState>)),
)]
pub async fn status(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<ApprovalId>,
) -> Answer<ApprovalState> {
    Ok(Data { data: approval::status(&kv, &cx, id).await? })
}

/// Approve what an agent asked for
///
/// Exactly that call, once; or with `grant` the same action on the same resource with any arguments, so many times within
/// so many minutes. Needs a fresh session of a person, or what their passkey signed. 409 when somebody has decided already or time ran out.
#[utoipa::path(
    post, path = "/api/auth/approvals/{id}/approve", operation_id = "approveApproval", tag = "Approvals",
    security(("cookie" = []), ("session" = [])),
    params(("id" = ApprovalId, Path, description = "Which approval")),
    request_body(content = Option<Approve>, description = "May be left out"),
    responses((status = 200, description = "Approved", body = Data<Approval>)),
)]
pub async fn approve(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<ApprovalId>,
    OptionalJson(body): OptionalJson<Approve>,
) -> Answer<Approval> {
    Ok(Data { data: approval::approve(&kv, &cx, id, body).await? })
}

/// Begin to approve with a passkey
///
/// What the passkey signs names this approval, its question and the grant, so it proves that a person agreed to exactly
/// this. The answer goes to `POST /approvals/{id}/approve` as `passkey`, with the same grant.
#[utoipa::path(
    post, path = "/api/auth/approvals/{id}/approve/options", operation_id = "approveApprovalOptions", tag = "Approvals",
    security(("cookie" = []), ("session" = [])),
    params(("id" = ApprovalId, Path, description = "Which approval")),
    request_body(content = Option<ApproveOptions>, description = "May be left out"),
    responses((status = 200, description = "Options for navigator.credentials.get()", body = Data<PasskeyOptions>)),
)]
pub async fn approve_options(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<ApprovalId>,
    OptionalJson(body): OptionalJson<ApproveOptions>,
) -> Answer<PasskeyOptions> {
    Ok(Data { data: approval::approve_options(&kv, &cx, id, body).await? })
}

/// Deny what an agent asked for
///
/// The same question is denied until the approval would have expired. Needs a fresh session of a person. 409 when somebody
/// has decided already or time ran out.
#[utoipa::path(
    post, path = "/api/auth/approvals/{id}/deny", operation_id = "denyApproval", tag = "Approvals",
    security(("cookie" = []), ("session" = [])),
    params(("id" = ApprovalId, Path, description = "Which approval")),
    request_body(content = Option<Deny>, description = "May be left out"),
    responses((status = 200, description = "Denied", body = Data<Approval>)),
)]
pub async fn deny(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<ApprovalId>,
    OptionalJson(body): OptionalJson<Deny>,
) -> Answer<Approval> {
    Ok(Data { data: approval::deny(&kv, &cx, id, body).await? })
}

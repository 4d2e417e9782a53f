//! Reading the audit log.

use crate::answer::{Answer, Data, Failure};
use crate::extract::{Caller, Id, Query, query::page};
use axum::Json as Body;
use axum::extract::State;
use kavach_model::audit::{AuditFilter, AuditKind, AuditRecord};
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::{AuditId, Page, PrincipalId, Timestamp};
use kavach_service::{Kavach, audit};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which records to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only what this person or agent asked for or is about.
    actor: Option<PrincipalId>,
    /// Only this kind of event.
    kind: Option<AuditKind>,
    /// Only this action.
    action: Option<String>,
    /// Only this resource, or with `:*` at its end everything below.
    resource: Option<String>,
    /// Only allowed, or only denied.
    verdict: Option<Verdict>,
    /// Only this reason.
    reason_code: Option<ReasonCode>,
    /// Only from this time on.
    since: Option<Timestamp>,
    /// Only before this time.
    until: Option<Timestamp>,
    /// Rows wanted: 1 to 200, 50 when absent.
    limit: Option<u32>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// List audit records
///
/// Newest first: everything for administrators, what concerns them and their agents for everyone else.
#[utoipa::path(
    get, path = "/api/auth/audit", operation_id = "listAudit", tag = "Audit",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["audit:read"])),
    params(AuditQuery),
    responses((status = 200, description = "One page", body = Page<AuditRecord>)),
)]
pub async fn list(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<AuditQuery>,
) -> Result<Body<Page<AuditRecord>>, Failure> {
    let AuditQuery { actor, kind, action, resource, verdict, reason_code, since, until, limit, cursor } =
        query;
    let filter = AuditFilter {
        actor,
        kind,
        action,
        resource,
        verdict,
        reason: reason_code,
        since,
        until,
        visible_to: None,
    };
    Ok(Body(audit::list(&kv, &cx, &filter, &page(limit, cursor)?).await?))
}

/// Get an audit record
#[utoipa::path(
    get, path = "/api/auth/audit/{id}", operation_id = "getAuditRecord", tag = "Audit",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["audit:read"])),
    params(("id" = AuditId, Path, description = "The `auditId` of a decision")),
    responses((status = 200, description = "The record", body = Data<AuditRecord>)),
)]
pub async fn get(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<AuditId>) -> Answer<AuditRecord> {
    Ok(Data { data: audit::get(&kv, &cx, id).await? })
}

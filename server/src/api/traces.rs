//! What clients tried and what became of it, for administrators who are asked why it did not work.

use crate::answer::{Answer, Data, Failure};
use crate::extract::{Caller, Id, Query, query::page};
use axum::Json as Body;
use axum::extract::State;
use kavach_model::trace::{Trace, TraceDetail, TraceFilter, TraceOutcome};
use kavach_model::{Page, Timestamp, TraceId};
use kavach_service::Kavach;
use kavach_service::oauth::trace;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which tries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TraceQuery {
    /// Only the one this request was a part of: what an error page shows, and every answer has in `X-Request-Id`.
    request_id: Option<String>,
    /// Only this `client_id`.
    client: Option<String>,
    /// Only those that came out so.
    outcome: Option<TraceOutcome>,
    /// Only what began then or later.
    since: Option<Timestamp>,
    /// Rows wanted: 1 to 200, 50 when absent.
    limit: Option<u32>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// List what clients tried
///
/// Each try of a client to be let in, to register itself or to get a token, newest first, with what it came to. Kept for
/// `oauth.traces_kept`. Administrators.
#[utoipa::path(
    get, path = "/api/auth/oauth/traces", operation_id = "listTraces", tag = "OAuth",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["users:read"])),
    params(TraceQuery),
    responses((status = 200, description = "One page", body = Page<Trace>)),
)]
pub async fn list(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<TraceQuery>,
) -> Result<Body<Page<Trace>>, Failure> {
    let TraceQuery { request_id, client, outcome, since, limit, cursor } = query;
    let filter = TraceFilter { request_id, client, outcome, since };
    Ok(Body(trace::list(&kv, &cx, &filter, &page(limit, cursor)?).await?))
}

/// Get one try, step by step
///
/// What was looked at and how it came out, with the values that matter; no secret, code or token. Administrators.
#[utoipa::path(
    get, path = "/api/auth/oauth/traces/{id}", operation_id = "getTrace", tag = "OAuth",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["users:read"])),
    params(("id" = TraceId, Path, description = "Which try")),
    responses((status = 200, description = "The try", body = Data<TraceDetail>)),
)]
pub async fn get(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<TraceId>) -> Answer<TraceDetail> {
    Ok(Data { data: trace::get(&kv, &cx, id).await? })
}

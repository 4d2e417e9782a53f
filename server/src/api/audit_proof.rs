//! Proving the audit log: its signed state, and that a record is in it and that it only grew.

use crate::answer::{Answer, Data, Failure};
use crate::extract::{Caller, Query};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE, VARY};
use kavach_model::checkpoint::{Checkpoint, ConsistencyProof, InclusionProof};
use kavach_model::{ApiError, AuditId};
use kavach_service::Kavach;
use kavach_service::audit::proof::{self, Which};
use serde::Deserialize;
use utoipa::IntoParams;

/// Get the signed state of the log
///
/// With everything in it that was recorded before. `Accept: text/plain` gives the signed note alone, to be kept
/// elsewhere: with it a log that was cut or rewritten is found out.
#[utoipa::path(
    get, path = "/api/auth/audit/checkpoint", operation_id = "getAuditCheckpoint", tag = "Audit",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["audit:read"])),
    responses((status = 200, description = "A C2SP checkpoint", content(
        (Data<Checkpoint> = "application/json"), (String = "text/plain"),
    ))),
)]
pub async fn checkpoint(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let data = proof::checkpoint(&kv, &cx).await?;
    if wants_text(&headers) {
        let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8"), (VARY, "accept")];
        return Ok((headers, data.note).into_response());
    }
    Ok(([(VARY, "accept")], Data { data }).into_response())
}

/// Whether plain text comes before JSON in what the client accepts.
fn wants_text(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut types = accepted.flat_map(|value| value.split(',')).map(|kind| {
        let kind = kind.split(';').next().unwrap_or_default();
        kind.trim().to_ascii_lowercase()
    });
    types.find_map(|kind| match kind.as_str() {
        "text/plain" | "text/*" => Some(true),
        "application/json" | "application/*" | "*/*" => Some(false),
        _ => None,
    }) == Some(true)
}

/// Which record to prove, and where.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InclusionQuery {
    /// The record; or `seq`.
    id: Option<AuditId>,
    /// Its position; or `id`.
    seq: Option<i64>,
    /// Prove it in the tree over so many records; the newest signed one when absent.
    size: Option<u64>,
}

/// Prove that a record is in the log
#[utoipa::path(
    get, path = "/api/auth/audit/proof/inclusion", operation_id = "proveAuditInclusion", tag = "Audit",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["audit:read"])),
    params(InclusionQuery),
    responses((status = 200, description = "The proof (RFC 9162 section 2.1.3)", body = Data<InclusionProof>)),
)]
pub async fn inclusion(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<InclusionQuery>,
) -> Answer<InclusionProof> {
    let which = match (query.id, query.seq) {
        (Some(id), None) => Which::Id(id),
        (None, Some(seq)) => Which::Seq(seq),
        _ => return Err(ApiError::invalid("id", "name the record by either id or seq").into()),
    };
    Ok(Data { data: proof::inclusion(&kv, &cx, which, query.size).await? })
}

/// Between which sizes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsistencyQuery {
    /// The earlier size.
    from: u64,
    /// The later size; the newest signed one when absent.
    to: Option<u64>,
}

/// Prove that the log only grew
#[utoipa::path(
    get, path = "/api/auth/audit/proof/consistency", operation_id = "proveAuditConsistency", tag = "Audit",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["audit:read"])),
    params(ConsistencyQuery),
    responses((status = 200, description = "The proof (RFC 9162 section 2.1.4)", body = Data<ConsistencyProof>)),
)]
pub async fn consistency(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<ConsistencyQuery>,
) -> Answer<ConsistencyProof> {
    Ok(Data { data: proof::consistency(&kv, &cx, query.from, query.to).await? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_given_to_whoever_prefers_it() {
        let wants = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            wants_text(&headers)
        };
        assert!(wants("text/plain"));
        assert!(wants("text/html, Text/Plain;q=0.9, */*"));
        for json in ["*/*", "application/json", "application/json, text/plain", "text/html", ""] {
            assert!(!wants(json), "{json}");
        }
        assert!(!wants_text(&HeaderMap::new()));
    }
}

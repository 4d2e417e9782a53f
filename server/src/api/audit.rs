//! Reading the audit log: pages of it, all of it, and as it is written. Proofs are in [`crate::api::audit_proof`].

use crate::answer::{Answer, Data, Failure};
use crate::credentials;
use crate::extract::{Caller, Id, Query, query::page};
use crate::state::AppState;
use axum::Json as Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use kavach_model::audit::{AuditFilter, AuditKind, AuditRecord};
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::{AgentId, ApiError, AuditId, Page, PrincipalId, Secret, Timestamp};
use kavach_service::audit::export::{self, Format};
use kavach_service::audit::follow::{self, Follow, Followed};
use kavach_service::{Kavach, audit};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// A query with fields of its own and those that narrow the log. serde cannot both share fields and refuse unknown ones.
macro_rules! narrowing {
    ($(#[$meta:meta])* $name:ident { $($(#[$of_field:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Deserialize, IntoParams)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            $($(#[$of_field])* $field: $type,)*
            /// Only what this person or agent asked for or is about.
            actor: Option<PrincipalId>,
            /// Only what is about this agent or any agent below it.
            subtree: Option<AgentId>,
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
        }

        impl $name {
            fn filter(&self) -> AuditFilter {
                AuditFilter {
                    actor: self.actor,
                    subtree: self.subtree,
                    kind: self.kind,
                    action: self.action.clone(),
                    resource: self.resource.clone(),
                    verdict: self.verdict,
                    reason: self.reason_code,
                    since: self.since,
                    until: self.until,
                    visible_to: None,
                }
            }
        }
    };
}

narrowing! {
    /// Which records to list.
    AuditQuery {
        /// Rows wanted: 1 to 200, 50 when absent.
        limit: Option<u32>,
        /// The `nextCursor` of the page before.
        cursor: Option<String>,
    }
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
    let filter = query.filter();
    Ok(Body(audit::list(&kv, &cx, &filter, &page(query.limit, query.cursor)?).await?))
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

/// What kind of file to export.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// A table for people.
    Csv,
    /// The exact stored text of each record, one a line.
    Jsonl,
    /// The exact texts with a signed checkpoint and what proves them.
    Bundle,
}

narrowing! {
    /// What to export.
    ExportQuery {
        /// What kind of file.
        #[param(inline)]
        format: ExportFormat,
    }
}

/// Export audit records
///
/// Oldest first, of any size, written as it is read. A `bundle` is checked without Kavach by `docs/verify-bundle.mjs`.
#[utoipa::path(
    get, path = "/api/auth/audit/export", operation_id = "exportAudit", tag = "Audit",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["audit:read"])),
    params(ExportQuery),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"), (String = "application/jsonl"),
    ))),
)]
pub async fn export(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Failure> {
    let format = match query.format {
        ExportFormat::Csv => Format::Csv,
        ExportFormat::Jsonl => Format::Jsonl,
        ExportFormat::Bundle => Format::Bundle,
    };
    let parts = export::export(&kv, &cx, &query.filter(), format).await?;
    let name = format!("attachment; filename=\"{}\"", format.file_name());
    let headers = [(CONTENT_TYPE, format.media_type().to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, axum::body::Body::from_stream(parts)).into_response())
}

narrowing! {
    /// What to follow.
    StreamQuery {
        /// Begin after this position; what is yet to come when absent. `Last-Event-ID` goes before it.
        after: Option<u64>,
        /// `false` ends the stream once everything there is was sent.
        follow: Option<bool>,
    }
}

/// Follow the audit log
///
/// Server-sent events: `data` is a record as the list has it, `id` its position. A comment every 15 seconds shows that
/// the stream lives; an event named `end` that the credential no longer does.
#[utoipa::path(
    get, path = "/api/auth/audit/stream", operation_id = "followAudit", tag = "Audit",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["audit:read"])),
    params(StreamQuery, ("Last-Event-ID" = Option<u64>, Header, description = "Go on after this position")),
    responses((status = 200, description = "Events", body = String, content_type = "text/event-stream")),
)]
pub async fn stream(
    State(state): State<AppState>,
    Caller(cx): Caller,
    headers: HeaderMap,
    Query(query): Query<StreamQuery>,
) -> Result<Response, Failure> {
    let bearer = credentials::bearer(&headers)?.map(Secret::new);
    let after = last_event_id(&headers)?.or(query.after);
    let what = Follow { filter: query.filter(), after, wait: query.follow.unwrap_or(true), bearer };
    let followed = follow::follow(state.kavach(), &cx, what).await?;
    let events = followed
        .take_while(move |_| std::future::ready(!state.is_stopping()))
        .filter_map(|followed| std::future::ready(event(followed).map(Ok::<_, std::convert::Infallible>)));
    // Proxies that gather answers before they pass them on would hold events back.
    let headers = [(CONTENT_TYPE.as_str(), "text/event-stream"), ("x-accel-buffering", "no")];
    Ok((headers, axum::body::Body::from_stream(events)).into_response())
}

/// The position after which a browser wants to go on.
fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let position = value.to_str().ok().and_then(|text| text.parse().ok());
    position
        .map(Some)
        .ok_or_else(|| ApiError::invalid("Last-Event-ID", "is not a position in the log").into())
}

/// As it travels (HTML, section 9.2). A position without data is remembered by browsers and shown to nobody.
fn event(followed: Followed) -> Option<String> {
    match followed {
        Followed::Record { seq, json } => Some(format!("id: {seq}\ndata: {json}\n\n")),
        Followed::Alive { seq } => Some(format!(": alive\nid: {seq}\n\n")),
        Followed::Ended => Some("event: end\ndata: {\"reason\":\"unauthenticated\"}\n\n".to_owned()),
        Followed::Nothing => None,
    }
}

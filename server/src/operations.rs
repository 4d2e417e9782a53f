//! What machines ask about the process: alive, ready, metrics; and the outbox of development.

use crate::answer::{Answer, Data, Failure};
use crate::credentials;
use crate::extract::Caller;
use crate::state::AppState;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use kavach_model::ErrorCode;
use kavach_model::outbox::DevMessage;
use kavach_service::audit::ledger;
use kavach_service::deliver::outbox;
use kavach_service::{Kavach, health};
use subtle::ConstantTimeEq as _;

/// The operational routes of the main port.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/dev/outbox.json", get(development_outbox))
}

/// What the listener for metrics alone serves.
pub fn metrics_routes(state: AppState) -> Router {
    Router::new().route("/metrics", get(open_metrics)).with_state(state)
}

/// The process answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The process can do its work: the database takes what is written and nobody asked the process to stop.
///
/// An audit log that was tampered with stops nothing, but is told.
async fn readyz(State(state): State<AppState>) -> Result<String, Failure> {
    if state.is_stopping() {
        return Err(ErrorCode::Unavailable.into());
    }
    health::ready(state.kavach()).await?;
    Ok(match ledger::damage(state.kavach()) {
        None => "ready\n".to_owned(),
        Some(problem) => format!("ready\naudit: {problem}; run `kavach audit verify`\n"),
    })
}

/// Metrics for whoever knows the token; without one there is nothing here.
async fn metrics(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Failure> {
    let Some(token) = &state.kavach().config().metrics.token else {
        return Err(ErrorCode::NotFound.into());
    };
    let given = credentials::bearer(&headers)?.unwrap_or_default();
    if bool::from(given.as_bytes().ct_eq(token.expose().as_bytes())) {
        Ok(exposition(&state))
    } else {
        Err(ErrorCode::Unauthenticated.into())
    }
}

async fn open_metrics(State(state): State<AppState>) -> Response {
    exposition(&state)
}

fn exposition(state: &AppState) -> Response {
    let kavach = state.kavach();
    metrics::gauge!("kavach_audit_queue").set(kavach.audit_queue_len() as f64);
    metrics::gauge!("kavach_sign_in_queue").set(health::sign_in_queue(kavach) as f64);
    metrics::gauge!("kavach_hash_queue").set(health::hash_queue(kavach) as f64);
    metrics::counter!("kavach_hashes_total").absolute(health::hashes(kavach));
    let text = state.metrics().map(|handle| handle.render()).unwrap_or_default();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// Mails that were not sent because no server is configured. The service decides who may see them.
async fn development_outbox(State(kv): State<Kavach>, Caller(cx): Caller) -> Answer<Vec<DevMessage>> {
    Ok(Data { data: outbox::development(&kv, &cx).await? })
}

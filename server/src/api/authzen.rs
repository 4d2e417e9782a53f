//! The OpenID AuthZEN Authorization API 1.0: bodies as it has them, without our envelope.

use crate::answer::Failure;
use crate::extract::{Caller, Json};
use axum::Json as Body;
use axum::extract::State;
use kavach_model::authzen::{Configuration, Evaluation, EvaluationResult, EvaluationResults, Evaluations};
use kavach_service::{Kavach, authzen};

/// May this agent do that? (AuthZEN)
///
/// The subject is `{"type": "agent", "id": "agt_..."}`, the resource a path of ours: its first segment is the `type`, the
/// rest the `id`; `action.properties` are the arguments of the call. Decided and recorded like `/authorize`.
#[utoipa::path(
    post, path = "/access/v1/evaluation", operation_id = "evaluate", tag = "AuthZEN",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["authorize"]), ("agent" = [])),
    request_body = Evaluation,
    responses((status = 200, description = "Permitted or denied", body = EvaluationResult)),
)]
pub async fn evaluate(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<Evaluation>,
) -> Result<Body<EvaluationResult>, Failure> {
    Ok(Body(authzen::evaluate(&kv, &cx, body).await?))
}

/// Many questions at once (AuthZEN)
///
/// Up to 100, answered in order, all or up to the first of a kind; what one lacks is taken from the top.
#[utoipa::path(
    post, path = "/access/v1/evaluations", operation_id = "evaluateAll", tag = "AuthZEN",
    security(("cookie" = []), ("session" = []), ("apiKey" = ["authorize"]), ("agent" = [])),
    request_body = Evaluations,
    responses((status = 200, description = "An answer for each question asked", body = EvaluationResults)),
)]
pub async fn evaluate_all(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<Evaluations>,
) -> Result<Body<EvaluationResults>, Failure> {
    Ok(Body(authzen::evaluate_all(&kv, &cx, body).await?))
}

/// Where to ask (AuthZEN)
#[utoipa::path(
    get, path = "/.well-known/authzen-configuration", operation_id = "authzenConfiguration", tag = "AuthZEN",
    security(()),
    responses((status = 200, description = "The addresses", body = Configuration)),
)]
pub async fn configuration(State(kv): State<Kavach>) -> Body<Configuration> {
    Body(authzen::configuration(&kv))
}

//! The built-in captcha.

use crate::answer::{Answer, Data};
use crate::extract::Query;
use axum::extract::State;
use kavach_model::ApiError;
use kavach_model::captcha::PowChallenge;
use kavach_service::guard::captcha::{self, Action};
use kavach_service::{Error, Kavach};
use serde::Deserialize;
use utoipa::IntoParams;

/// What the answer is for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ForAction {
    /// `sign_up`, `sign_in` or `send`.
    action: String,
}

/// Get a sum to do
///
/// Where the built-in captcha is in use: what to solve before sending `X-Captcha-Token`.
#[utoipa::path(
    get, path = "/api/auth/captcha/challenge", operation_id = "captchaChallenge", tag = "Sign-in", security(()),
    params(ForAction),
    responses((status = 200, description = "The sum", body = Data<PowChallenge>)),
)]
pub async fn challenge(State(kv): State<Kavach>, Query(query): Query<ForAction>) -> Answer<PowChallenge> {
    let action = Action::parse(&query.action)
        .ok_or_else(|| Error::from(ApiError::invalid("action", "must be sign_up, sign_in or send")))?;
    Ok(Data { data: captcha::challenge(&kv, action)? })
}

//! Proving that an e-mail address is one's own.

use crate::answer::{Answer, Data, Done, Failure, done};
use crate::extract::{Caller, Json, NoBody};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use kavach_model::user::{ConfirmEmail, User};
use kavach_service::{Kavach, email_verification};

/// Send the link again
///
/// Writes a mail with a link to the address of the person who asks.
#[utoipa::path(
    post, path = "/api/auth/verify-email/send", operation_id = "sendEmailVerification", tag = "Sign-in", security(("cookie" = []), ("session" = [])),
    responses((status = 202, description = "The mail is on its way", body = Data<Done>)),
)]
pub async fn send(State(kv): State<Kavach>, Caller(cx): Caller, _: NoBody) -> Result<Response, Failure> {
    email_verification::send(&kv, &cx).await?;
    Ok((StatusCode::ACCEPTED, done()).into_response())
}

/// Confirm the address
///
/// With the token of the link; once.
#[utoipa::path(
    post, path = "/api/auth/verify-email/confirm", operation_id = "confirmEmail", tag = "Sign-in", security(()),
    request_body = ConfirmEmail,
    responses((status = 200, description = "Confirmed", body = Data<User>)),
)]
pub async fn confirm(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<ConfirmEmail>,
) -> Answer<User> {
    Ok(Data { data: email_verification::confirm(&kv, &cx, body).await? })
}

//! The address and the telephone number of the person who asks.

use super::codes::accepted;
use crate::answer::{Answer, Data, Done, Failure, done};
use crate::extract::{Caller, Json, NoBody};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use kavach_model::codes::{CodeSent, SendEmail, SendPhone, VerifyCode};
use kavach_model::user::{ConfirmEmail, User};
use kavach_service::{Kavach, contact};

/// Ask for another address
///
/// Sends a link to the new address and tells the present one; needs a fresh session. The answer is the same for every
/// address.
#[utoipa::path(
    post, path = "/api/auth/account/email", operation_id = "changeEmail", tag = "Account", security(("cookie" = []), ("session" = [])),
    request_body = SendEmail,
    responses((status = 202, description = "The mails are on their way", body = Data<Done>)),
)]
pub async fn change_email(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<SendEmail>,
) -> Result<Response, Failure> {
    contact::ask_for_email(&kv, &cx, body).await?;
    Ok((StatusCode::ACCEPTED, done()).into_response())
}

/// Confirm another address
///
/// With the token of the link, in a session of the same account. Every other session ends.
#[utoipa::path(
    post, path = "/api/auth/account/email/confirm", operation_id = "confirmEmailChange", tag = "Account", security(("cookie" = []), ("session" = [])),
    request_body = ConfirmEmail,
    responses((status = 200, description = "Changed", body = Data<User>)),
)]
pub async fn confirm_email(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<ConfirmEmail>,
) -> Answer<User> {
    Ok(Data { data: contact::confirm_email(&kv, &cx, body).await? })
}

/// Ask for another telephone number
///
/// Sends a code to it; needs a fresh session.
#[utoipa::path(
    post, path = "/api/auth/account/phone", operation_id = "changePhone", tag = "Account", security(("cookie" = []), ("session" = [])),
    request_body = SendPhone,
    responses((status = 202, description = "The message is on its way", body = Data<CodeSent>)),
)]
pub async fn change_phone(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<SendPhone>,
) -> Result<Response, Failure> {
    Ok(accepted(contact::ask_for_phone(&kv, &cx, body).await?))
}

/// Confirm another telephone number
///
/// With the code; needs a fresh session.
#[utoipa::path(
    post, path = "/api/auth/account/phone/verify", operation_id = "confirmPhone", tag = "Account", security(("cookie" = []), ("session" = [])),
    request_body = VerifyCode,
    responses((status = 200, description = "Changed", body = Data<User>)),
)]
pub async fn confirm_phone(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<VerifyCode>,
) -> Answer<User> {
    Ok(Data { data: contact::confirm_phone(&kv, &cx, body).await? })
}

/// Remove the telephone number
///
/// Needs a fresh session, and another way into the account.
#[utoipa::path(
    delete, path = "/api/auth/account/phone", operation_id = "removePhone", tag = "Account", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "Removed", body = Data<User>)),
)]
pub async fn remove_phone(State(kv): State<Kavach>, Caller(cx): Caller, _: NoBody) -> Answer<User> {
    Ok(Data { data: contact::remove_phone(&kv, &cx).await? })
}

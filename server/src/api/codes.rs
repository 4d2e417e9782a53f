//! Signing in by what a mail or a text message holds.

use super::sign_in::handed_over;
use crate::answer::{Data, Failure};
use crate::extract::{Caller, Json};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use kavach_model::codes::{CodeSent, SendEmail, SendMagicLink, SendPhone, VerifyCode, VerifyMagicLink};
use kavach_model::sign_in::SignIn;
use kavach_service::Kavach;
use kavach_service::authn::{email_otp, magic_link, phone_otp};

pub(super) fn accepted(sent: CodeSent) -> Response {
    (StatusCode::ACCEPTED, Data { data: sent }).into_response()
}

/// Send a sign-in link
///
/// Writes a mail with a link and a code of six digits, which work once, for fifteen minutes. The answer is the same for
/// every address; one that nobody has signed up with makes an account when the link is used.
#[utoipa::path(
    post, path = "/api/auth/magic-link/send", operation_id = "sendMagicLink", tag = "Sign-in", security(()),
    request_body = SendMagicLink,
    responses((status = 202, description = "If the address can be written to, the mail is on its way", body = Data<CodeSent>)),
)]
pub async fn send_link(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<SendMagicLink>,
) -> Result<Response, Failure> {
    Ok(accepted(magic_link::send(&kv, &cx, body).await?))
}

/// Sign in by link
///
/// With the token of the link, or with the code beside it and the challenge that sending answered with. Once.
#[utoipa::path(
    post, path = "/api/auth/magic-link/verify", operation_id = "verifyMagicLink", tag = "Sign-in", security(()),
    request_body = VerifyMagicLink,
    responses((status = 200, description = "Signed in, or a second factor is due", body = Data<SignIn>)),
)]
pub async fn verify_link(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<VerifyMagicLink>,
) -> Result<impl IntoResponse, Failure> {
    let done = magic_link::verify(&kv, &cx, body).await?;
    Ok((handed_over(&kv, done.token()), Data { data: done }))
}

/// Send a code by mail
///
/// Six digits, which work once, for ten minutes. The answer is the same for every address.
#[utoipa::path(
    post, path = "/api/auth/email-otp/send", operation_id = "sendEmailOtp", tag = "Sign-in", security(()),
    request_body = SendEmail,
    responses((status = 202, description = "If the address can be written to, the mail is on its way", body = Data<CodeSent>)),
)]
pub async fn send_email_code(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<SendEmail>,
) -> Result<Response, Failure> {
    Ok(accepted(email_otp::send(&kv, &cx, body).await?))
}

/// Sign in by a code from a mail
///
/// Five tries; a code that is wrong, expired or used up is answered alike.
#[utoipa::path(
    post, path = "/api/auth/email-otp/verify", operation_id = "verifyEmailOtp", tag = "Sign-in", security(()),
    request_body = VerifyCode,
    responses((status = 200, description = "Signed in, or a second factor is due", body = Data<SignIn>)),
)]
pub async fn verify_email_code(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<VerifyCode>,
) -> Result<impl IntoResponse, Failure> {
    let done = email_otp::verify(&kv, &cx, body).await?;
    Ok((handed_over(&kv, done.token()), Data { data: done }))
}

/// Send a code by text message
///
/// Six digits, which work once, for ten minutes. Numbers at a premium are refused; numbers, networks and days have their
/// limits.
#[utoipa::path(
    post, path = "/api/auth/phone-otp/send", operation_id = "sendPhoneOtp", tag = "Sign-in", security(()),
    request_body = SendPhone,
    responses((status = 202, description = "The message is on its way", body = Data<CodeSent>)),
)]
pub async fn send_phone_code(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<SendPhone>,
) -> Result<Response, Failure> {
    Ok(accepted(phone_otp::send(&kv, &cx, body).await?))
}

/// Sign in by a code from a text message
///
/// Five tries; a code that is wrong, expired or used up is answered alike.
#[utoipa::path(
    post, path = "/api/auth/phone-otp/verify", operation_id = "verifyPhoneOtp", tag = "Sign-in", security(()),
    request_body = VerifyCode,
    responses((status = 200, description = "Signed in, or a second factor is due", body = Data<SignIn>)),
)]
pub async fn verify_phone_code(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<VerifyCode>,
) -> Result<impl IntoResponse, Failure> {
    let done = phone_otp::verify(&kv, &cx, body).await?;
    Ok((handed_over(&kv, done.token()), Data { data: done }))
}

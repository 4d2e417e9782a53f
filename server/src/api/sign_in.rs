//! Signing up, in and out with an e-mail address and a password, and proving again who one is.

use crate::answer::{Answer, Created, Data, Done, Failure, done};
use crate::credentials;
use crate::extract::{Caller, Json, NoBody};
use crate::middleware::idempotency::Once;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use http::HeaderValue;
use http::header::SET_COOKIE;
use kavach_model::Token;
use kavach_model::sign_in::{SignIn, SignedIn};
use kavach_model::user::{ChangePassword, FirstPassword, Reauthenticate, SignInEmail, SignUpEmail};
use kavach_service::authn::{email_password, first_password, reauthenticate};
use kavach_service::{Kavach, session};

/// The headers that hand over, or take away, the session cookie.
pub(super) type CookieHeader = AppendHeaders<Option<(http::HeaderName, HeaderValue)>>;

pub(super) fn handed_over(kv: &Kavach, token: &Token) -> CookieHeader {
    let cookie = credentials::session_cookie(kv.config(), token);
    AppendHeaders(cookie.map(|cookie| (SET_COOKIE, cookie)))
}

/// Sign up
///
/// Makes an account and signs its owner in: the token is in the answer and in a cookie. A link that proves the
/// address is sent by mail.
#[utoipa::path(
    post, path = "/api/auth/sign-up/email", operation_id = "signUpEmail", tag = "Sign-in", security(()),
    request_body = SignUpEmail,
    responses((status = 201, description = "Signed up and in", body = Data<SignIn>)),
)]
pub async fn sign_up(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Once(key): Once,
    Json(body): Json<SignUpEmail>,
) -> Result<impl IntoResponse, Failure> {
    let done = email_password::sign_up_once(&kv, &cx, body, key.as_ref()).await?;
    Ok((handed_over(&kv, done.token()), Created(done)))
}

/// Sign in
///
/// An unknown address and a wrong password are answered alike, and as fast.
#[utoipa::path(
    post, path = "/api/auth/sign-in/email", operation_id = "signInEmail", tag = "Sign-in", security(()),
    request_body = SignInEmail,
    responses((status = 200, description = "Signed in, or a second factor is due", body = Data<SignIn>)),
)]
pub async fn sign_in(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<SignInEmail>,
) -> Result<impl IntoResponse, Failure> {
    let done = email_password::sign_in(&kv, &cx, body).await?;
    Ok((handed_over(&kv, done.token()), Data { data: done }))
}

/// Sign out
///
/// Ends the session that asks and takes its cookie away.
#[utoipa::path(
    post, path = "/api/auth/sign-out", operation_id = "signOut", tag = "Sign-in", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "Signed out", body = Data<Done>)),
)]
pub async fn sign_out(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    _: NoBody,
) -> Result<impl IntoResponse, Failure> {
    session::sign_out(&kv, &cx).await?;
    let cookie = credentials::cleared_cookie(kv.config());
    Ok((AppendHeaders(cookie.map(|cookie| (SET_COOKIE, cookie))), done()))
}

/// Prove again who you are
///
/// Makes the session fresh, which sensitive changes need. The session gets a new token; the old one is dead.
#[utoipa::path(
    post, path = "/api/auth/reauthenticate", operation_id = "reauthenticate", tag = "Sign-in", security(("cookie" = []), ("session" = [])),
    request_body = Reauthenticate,
    responses((status = 200, description = "The session is fresh", body = Data<SignedIn>)),
)]
pub async fn reauthenticate(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<Reauthenticate>,
) -> Result<impl IntoResponse, Failure> {
    let signed_in = reauthenticate::reauthenticate(&kv, &cx, body).await?;
    Ok((handed_over(&kv, &signed_in.token), Data { data: signed_in }))
}

/// Change the password
///
/// Needs the present one and a fresh session; every other session ends.
#[utoipa::path(
    post, path = "/api/auth/password/change", operation_id = "changePassword", tag = "Sign-in", security(("cookie" = []), ("session" = [])),
    request_body = ChangePassword,
    responses((status = 200, description = "Changed", body = Data<Done>)),
)]
pub async fn change_password(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<ChangePassword>,
) -> Answer<Done> {
    email_password::change_password(&kv, &cx, body).await?;
    Ok(done())
}

/// Set a first password
///
/// For an account that has none; needs a fresh session, and an e-mail address or a user name to type beside it. Every
/// other session ends.
#[utoipa::path(
    post, path = "/api/auth/password/set", operation_id = "setPassword", tag = "Sign-in", security(("cookie" = []), ("session" = [])),
    request_body = FirstPassword,
    responses((status = 200, description = "Set", body = Data<Done>)),
)]
pub async fn set_password(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<FirstPassword>,
) -> Answer<Done> {
    first_password::set(&kv, &cx, body).await?;
    Ok(done())
}

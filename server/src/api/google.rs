//! Google One Tap.

use super::sign_in::handed_over;
use crate::answer::{Answer, Data, Done, Failure, done};
use crate::credentials;
use crate::extract::{Caller, Json, NoBody};
use axum::extract::State;
use axum::response::IntoResponse;
use http::HeaderMap;
use kavach_model::identity::{OneTap, OneTapNonce};
use kavach_model::sign_in::SignIn;
use kavach_service::Kavach;
use kavach_service::authn::google;

/// The cookie that Google's script sets beside what it posts.
const CSRF: &str = "g_csrf_token";

fn csrf(headers: &HeaderMap) -> Option<String> {
    credentials::cookie(headers, CSRF).map(str::to_owned)
}

/// Get a nonce for Google One Tap
///
/// The ID token must carry it. It is good once, for the browser that asked.
#[utoipa::path(
    post, path = "/api/auth/google/nonce", operation_id = "googleNonce", tag = "Sign-in", security(()),
    responses((status = 200, description = "What to show One Tap with", body = Data<OneTapNonce>)),
)]
pub async fn nonce(State(kv): State<Kavach>, Caller(cx): Caller, _: NoBody) -> Answer<OneTapNonce> {
    Ok(Data { data: google::nonce(&kv, &cx)? })
}

/// Sign in with Google One Tap
///
/// Takes the ID token Google's script hands over, with the cookie `g_csrf_token` it sets beside it. A person whose
/// Google account is new here gets an account, or is linked to the one whose address both sides have verified.
#[utoipa::path(
    post, path = "/api/auth/google/one-tap", operation_id = "googleOneTap", tag = "Sign-in", security(()),
    request_body = OneTap,
    responses((status = 200, description = "Signed in, or a second factor is due", body = Data<SignIn>)),
)]
pub async fn one_tap(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    headers: HeaderMap,
    Json(body): Json<OneTap>,
) -> Result<impl IntoResponse, Failure> {
    let done = google::one_tap(&kv, &cx, body, csrf(&headers)).await?;
    Ok((handed_over(&kv, done.token()), Data { data: done }))
}

/// Link a Google account
///
/// Makes the Google account a way into the account that is signed in, which takes a fresh session.
#[utoipa::path(
    post, path = "/api/auth/account/identities/google", operation_id = "linkGoogle", tag = "Account", security(("cookie" = []), ("session" = [])),
    request_body = OneTap,
    responses((status = 200, description = "Linked", body = Data<Done>)),
)]
pub async fn link(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    headers: HeaderMap,
    Json(body): Json<OneTap>,
) -> Answer<Done> {
    google::link(&kv, &cx, body, csrf(&headers)).await?;
    Ok(done())
}

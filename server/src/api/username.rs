//! Signing up and in with a user name and a password.

use super::sign_in::handed_over;
use crate::answer::{Created, Data, Failure};
use crate::extract::{Caller, Json};
use crate::middleware::idempotency::Once;
use axum::extract::State;
use axum::response::IntoResponse;
use kavach_model::codes::{SignInUsername, SignUpUsername};
use kavach_model::sign_in::SignIn;
use kavach_service::Kavach;
use kavach_service::authn::username_password;

/// Sign up with a user name
///
/// Makes an account without an address. A name that is taken, kept back, or looks like one of these is refused alike.
#[utoipa::path(
    post, path = "/api/auth/sign-up/username", operation_id = "signUpUsername", tag = "Sign-in", security(()),
    request_body = SignUpUsername,
    responses((status = 201, description = "Signed up and in", body = Data<SignIn>)),
)]
pub async fn sign_up(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Once(key): Once,
    Json(body): Json<SignUpUsername>,
) -> Result<impl IntoResponse, Failure> {
    let done = username_password::sign_up(&kv, &cx, body, key.as_ref()).await?;
    Ok((handed_over(&kv, done.token()), Created(done)))
}

/// Sign in with a user name
///
/// An unknown name and a wrong password are answered alike, and as fast.
#[utoipa::path(
    post, path = "/api/auth/sign-in/username", operation_id = "signInUsername", tag = "Sign-in", security(()),
    request_body = SignInUsername,
    responses((status = 200, description = "Signed in, or a second factor is due", body = Data<SignIn>)),
)]
pub async fn sign_in(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<SignInUsername>,
) -> Result<impl IntoResponse, Failure> {
    let done = username_password::sign_in(&kv, &cx, body).await?;
    Ok((handed_over(&kv, done.token()), Data { data: done }))
}

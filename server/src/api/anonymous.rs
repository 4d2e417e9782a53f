//! Guests.

use super::sign_in::handed_over;
use crate::answer::{Created, Data, Failure};
use crate::extract::{Caller, Json, NoBody};
use axum::extract::State;
use axum::response::IntoResponse;
use kavach_model::recovery::UpgradeAnonymous;
use kavach_model::sign_in::{SignIn, SignedIn};
use kavach_service::Kavach;
use kavach_service::authn::anonymous;

/// Continue as a guest
///
/// Begins a session without an account to sign in to. What the guest makes stays theirs when they upgrade.
#[utoipa::path(
    post, path = "/api/auth/anonymous/sign-in", operation_id = "signInAnonymous", tag = "Sign-in", security(()),
    responses((status = 201, description = "A guest", body = Data<SignIn>)),
)]
pub async fn sign_in(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    _: NoBody,
) -> Result<impl IntoResponse, Failure> {
    let done = anonymous::sign_in(&kv, &cx).await?;
    Ok((handed_over(&kv, done.token()), Created(done)))
}

/// Make an account of a guest
///
/// In place: the same person, with everything they have. The session gets a new token.
#[utoipa::path(
    post, path = "/api/auth/anonymous/upgrade", operation_id = "upgradeAnonymous", tag = "Sign-in",
    security(("cookie" = []), ("session" = [])),
    request_body = UpgradeAnonymous,
    responses((status = 200, description = "A member from now on", body = Data<SignedIn>)),
)]
pub async fn upgrade(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<UpgradeAnonymous>,
) -> Result<impl IntoResponse, Failure> {
    let done = anonymous::upgrade(&kv, &cx, body).await?;
    Ok((handed_over(&kv, &done.token), Data { data: done }))
}

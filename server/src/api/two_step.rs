//! The second step of a sign-in: the authenticator app and the backup codes.

use super::sign_in::handed_over;
use crate::answer::{Answer, Data, Done, Failure, done};
use crate::extract::{Caller, Json, NoBody};
use axum::extract::State;
use axum::response::IntoResponse;
use kavach_model::sign_in::SignedIn;
use kavach_model::two_step::{BackupCodes, TotpEnrolment, TwoStep, TypedCode};
use kavach_service::Kavach;
use kavach_service::authn::{backup_codes, second_step, totp};

/// How two-step verification stands
#[utoipa::path(
    get, path = "/api/auth/two-step", operation_id = "getTwoStep", tag = "Second factor", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "What the account has", body = Data<TwoStep>)),
)]
pub async fn status(State(kv): State<Kavach>, Caller(cx): Caller) -> Answer<TwoStep> {
    Ok(Data { data: totp::status(&kv, &cx).await? })
}

/// Set up an authenticator app
///
/// Answers with a new secret, which counts once a code of it was confirmed; until then what was set up before stays in
/// force. Needs a fresh session.
#[utoipa::path(
    post, path = "/api/auth/totp/enroll", operation_id = "enrollTotp", tag = "Second factor", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "The secret, shown once", body = Data<TotpEnrolment>)),
)]
pub async fn enroll(State(kv): State<Kavach>, Caller(cx): Caller, _: NoBody) -> Answer<TotpEnrolment> {
    Ok(Data { data: totp::enroll(&kv, &cx).await? })
}

/// Confirm the authenticator app
///
/// From now on a sign-in takes a code of it. Every other session ends. Needs a fresh session.
#[utoipa::path(
    post, path = "/api/auth/totp/confirm", operation_id = "confirmTotp", tag = "Second factor", security(("cookie" = []), ("session" = [])),
    request_body = TypedCode,
    responses((status = 200, description = "It counts", body = Data<Done>)),
)]
pub async fn confirm(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<TypedCode>,
) -> Answer<Done> {
    totp::confirm(&kv, &cx, body).await?;
    Ok(done())
}

/// Take the authenticator app away
///
/// With its backup codes. Every other session ends. Needs a fresh session.
#[utoipa::path(
    post, path = "/api/auth/totp/disable", operation_id = "disableTotp", tag = "Second factor", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "Gone", body = Data<Done>)),
)]
pub async fn disable(State(kv): State<Kavach>, Caller(cx): Caller, _: NoBody) -> Answer<Done> {
    totp::disable(&kv, &cx).await?;
    Ok(done())
}

/// Finish a sign-in with a code
///
/// A code of the authenticator app, or a backup code. Each works once. The session gets a new token.
#[utoipa::path(
    post, path = "/api/auth/totp/verify", operation_id = "verifyTotp", tag = "Second factor", security(("cookie" = []), ("session" = [])),
    request_body = TypedCode,
    responses((status = 200, description = "Signed in", body = Data<SignedIn>)),
)]
pub async fn verify(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<TypedCode>,
) -> Result<impl IntoResponse, Failure> {
    let done = second_step::verify(&kv, &cx, body).await?;
    Ok((handed_over(&kv, &done.token), Data { data: done }))
}

/// Finish a sign-in with a backup code
///
/// The same as `POST /totp/verify`.
#[utoipa::path(
    post, path = "/api/auth/backup-codes/verify", operation_id = "verifyBackupCode", tag = "Second factor", security(("cookie" = []), ("session" = [])),
    request_body = TypedCode,
    responses((status = 200, description = "Signed in", body = Data<SignedIn>)),
)]
pub async fn verify_backup_code(
    state: State<Kavach>,
    caller: Caller,
    body: Json<TypedCode>,
) -> Result<impl IntoResponse, Failure> {
    verify(state, caller, body).await
}

/// Make backup codes
///
/// Ten, shown once; the ones before are worth nothing from then on. Needs a fresh session.
#[utoipa::path(
    post, path = "/api/auth/backup-codes", operation_id = "createBackupCodes", tag = "Second factor", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "The codes, shown once", body = Data<BackupCodes>)),
)]
pub async fn create_backup_codes(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    _: NoBody,
) -> Answer<BackupCodes> {
    Ok(Data { data: backup_codes::regenerate(&kv, &cx).await? })
}

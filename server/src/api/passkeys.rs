//! Passkeys. What travels is WebAuthn JSON (W3C Web Authentication Level 3, section 5.1): the options go to
//! `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`, and what `toJSON()` of the
//! credential gives comes back.

use super::PageQuery;
use super::sign_in::handed_over;
use crate::answer::{Answer, Created, Data, Done, Failure, done};
use crate::extract::{Caller, Id, Json, NoBody, Query, query::page};
use axum::Json as Body;
use axum::extract::State;
use axum::response::IntoResponse;
use kavach_model::passkey::{
    Passkey, PasskeyAssertion, PasskeyOptions, PasskeyRegistration, PasskeySignUp, RenamePasskey,
};
use kavach_model::sign_in::SignIn;
use kavach_model::{Page, PasskeyId};
use kavach_service::Kavach;
use kavach_service::authn::passkey;

/// Begin to sign up with a passkey
///
/// A name or an e-mail address is needed; with neither password nor address, the passkey is the whole account.
#[utoipa::path(
    post, path = "/api/auth/passkey/sign-up/options", operation_id = "passkeySignUpOptions", tag = "Passkeys", security(()),
    request_body = PasskeySignUp,
    responses((status = 200, description = "Options for navigator.credentials.create()", body = Data<PasskeyOptions>)),
)]
pub async fn sign_up_options(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<PasskeySignUp>,
) -> Answer<PasskeyOptions> {
    Ok(Data { data: passkey::sign_up_options(&kv, &cx, body).await? })
}

/// Sign up with a passkey
#[utoipa::path(
    post, path = "/api/auth/passkey/sign-up/verify", operation_id = "passkeySignUp", tag = "Passkeys", security(()),
    request_body = PasskeyRegistration,
    responses((status = 201, description = "Signed up and in", body = Data<SignIn>)),
)]
pub async fn sign_up(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<PasskeyRegistration>,
) -> Result<impl IntoResponse, Failure> {
    let done = passkey::sign_up(&kv, &cx, body).await?;
    Ok((handed_over(&kv, done.token()), Created(done)))
}

/// Begin to sign in with a passkey
///
/// Nobody is named: the passkey tells who signs in.
#[utoipa::path(
    post, path = "/api/auth/passkey/sign-in/options", operation_id = "passkeySignInOptions", tag = "Passkeys", security(()),
    responses((status = 200, description = "Options for navigator.credentials.get()", body = Data<PasskeyOptions>)),
)]
pub async fn sign_in_options(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    _: NoBody,
) -> Answer<PasskeyOptions> {
    Ok(Data { data: passkey::sign_in_options(&kv, &cx).await? })
}

/// Sign in with a passkey
///
/// A passkey verifies its user, so it is two factors at once.
#[utoipa::path(
    post, path = "/api/auth/passkey/sign-in/verify", operation_id = "passkeySignIn", tag = "Passkeys", security(()),
    request_body = PasskeyAssertion,
    responses((status = 200, description = "Signed in", body = Data<SignIn>)),
)]
pub async fn sign_in(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<PasskeyAssertion>,
) -> Result<impl IntoResponse, Failure> {
    let done = passkey::sign_in(&kv, &cx, body).await?;
    Ok((handed_over(&kv, done.token()), Data { data: done }))
}

/// Begin to prove again who you are with a passkey
///
/// The answer goes to `POST /reauthenticate` as `passkey`.
#[utoipa::path(
    post, path = "/api/auth/passkey/confirm/options", operation_id = "passkeyConfirmOptions", tag = "Passkeys", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "Options for navigator.credentials.get()", body = Data<PasskeyOptions>)),
)]
pub async fn confirm_options(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    _: NoBody,
) -> Answer<PasskeyOptions> {
    Ok(Data { data: passkey::confirm_options(&kv, &cx).await? })
}

/// Begin to add a passkey
///
/// Needs a fresh session.
#[utoipa::path(
    post, path = "/api/auth/passkey/register/options", operation_id = "passkeyRegisterOptions", tag = "Passkeys", security(("cookie" = []), ("session" = [])),
    responses((status = 200, description = "Options for navigator.credentials.create()", body = Data<PasskeyOptions>)),
)]
pub async fn register_options(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    _: NoBody,
) -> Answer<PasskeyOptions> {
    Ok(Data { data: passkey::register_options(&kv, &cx).await? })
}

/// Add a passkey
///
/// Needs the fresh session that began it.
#[utoipa::path(
    post, path = "/api/auth/passkey/register/verify", operation_id = "registerPasskey", tag = "Passkeys", security(("cookie" = []), ("session" = [])),
    request_body = PasskeyRegistration,
    responses((status = 201, description = "Added", body = Data<Passkey>)),
)]
pub async fn register(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<PasskeyRegistration>,
) -> Result<Created<Passkey>, Failure> {
    Ok(Created(passkey::register(&kv, &cx, body).await?))
}

/// List passkeys
#[utoipa::path(
    get, path = "/api/auth/passkeys", operation_id = "listPasskeys", tag = "Passkeys", security(("cookie" = []), ("session" = [])),
    params(PageQuery),
    responses((status = 200, description = "One page", body = Page<Passkey>)),
)]
pub async fn list(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Body<Page<Passkey>>, Failure> {
    Ok(Body(passkey::list(&kv, &cx, &page(query.limit, query.cursor)?).await?))
}

/// Rename a passkey
#[utoipa::path(
    patch, path = "/api/auth/passkeys/{id}", operation_id = "renamePasskey", tag = "Passkeys", security(("cookie" = []), ("session" = [])),
    params(("id" = PasskeyId, Path, description = "Which passkey")),
    request_body = RenamePasskey,
    responses((status = 200, description = "Renamed", body = Data<Passkey>)),
)]
pub async fn rename(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<PasskeyId>,
    Json(body): Json<RenamePasskey>,
) -> Answer<Passkey> {
    Ok(Data { data: passkey::rename(&kv, &cx, id, body).await? })
}

/// Remove a passkey
///
/// Refused when it is the only way into the account. Every other session ends. Needs a fresh session.
#[utoipa::path(
    delete, path = "/api/auth/passkeys/{id}", operation_id = "removePasskey", tag = "Passkeys", security(("cookie" = []), ("session" = [])),
    params(("id" = PasskeyId, Path, description = "Which passkey")),
    responses((status = 200, description = "Removed", body = Data<Done>)),
)]
pub async fn remove(State(kv): State<Kavach>, Caller(cx): Caller, Id(id): Id<PasskeyId>) -> Answer<Done> {
    passkey::remove(&kv, &cx, id).await?;
    Ok(done())
}

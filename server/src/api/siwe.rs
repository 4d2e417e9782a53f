//! Sign-In With Ethereum (EIP-4361).

use super::sign_in::handed_over;
use crate::answer::{Answer, Data, Done, Failure, done};
use crate::extract::{Caller, Json, OptionalJson};
use axum::extract::State;
use axum::response::IntoResponse;
use kavach_model::identity::{SiweFor, SiweNonce, SiweVerify};
use kavach_model::sign_in::SignIn;
use kavach_service::Kavach;
use kavach_service::authn::siwe;

/// Get a nonce for a wallet
///
/// Everything the EIP-4361 message must say here, and with an address the message itself. The nonce is good once, for five
/// minutes, for the browser that asked.
#[utoipa::path(
    post, path = "/api/auth/siwe/nonce", operation_id = "siweNonce", tag = "Sign-in", security(()),
    request_body = Option<SiweFor>,
    responses((status = 200, description = "What the message must say", body = Data<SiweNonce>)),
)]
pub async fn nonce(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    OptionalJson(body): OptionalJson<SiweFor>,
) -> Answer<SiweNonce> {
    Ok(Data { data: siwe::nonce(&kv, &cx, body).await? })
}

/// Sign in with a wallet
///
/// Takes the message to the letter and the wallet's signature of it. A wallet that is new here gets an account.
#[utoipa::path(
    post, path = "/api/auth/siwe/verify", operation_id = "siweVerify", tag = "Sign-in", security(()),
    request_body = SiweVerify,
    responses((status = 200, description = "Signed in, or a second factor is due", body = Data<SignIn>)),
)]
pub async fn verify(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<SiweVerify>,
) -> Result<impl IntoResponse, Failure> {
    let done = siwe::verify(&kv, &cx, body).await?;
    Ok((handed_over(&kv, done.token()), Data { data: done }))
}

/// Link a wallet
///
/// Makes the wallet a way into the account that is signed in, which takes a fresh session.
#[utoipa::path(
    post, path = "/api/auth/account/identities/ethereum", operation_id = "linkWallet", tag = "Account", security(("cookie" = []), ("session" = [])),
    request_body = SiweVerify,
    responses((status = 200, description = "Linked", body = Data<Done>)),
)]
pub async fn link(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<SiweVerify>,
) -> Answer<Done> {
    siwe::link(&kv, &cx, body).await?;
    Ok(done())
}

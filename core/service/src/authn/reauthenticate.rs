//! Proving again who one is, for what is sensitive (step-up).
//!
//! Any one proof of the person's makes the session fresh: the password, a passkey, or a code of the authenticator app. One is
//! enough, because the session that asks is the other: a code alone never begins one. Backup codes are not taken; they are
//! for the door.

use crate::Kavach;
use crate::authn::passkey::PasskeyAgain;
use crate::authn::second_step::AnyCode;
use crate::authn::sign_in;
use crate::authn::{email_password, methods};
use crate::context::RequestContext;
use crate::error::Result;
use kavach_model::ApiError;
use kavach_model::sign_in::SignedIn;
use kavach_model::two_step::TypedCode;
use kavach_model::user::Reauthenticate;

/// With what a person can prove again who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proofs {
    /// The password.
    pub password: bool,
    /// A passkey.
    pub passkey: bool,
    /// A code of the authenticator app.
    pub totp: bool,
}

/// With what the person of the session can.
pub async fn proofs(kv: &Kavach, cx: &RequestContext) -> Result<Proofs> {
    let user_id = cx.require_session()?.user.id;
    let mut conn = kv.store().read().await?;
    let factors = conn.find_second_factors(user_id).await?;
    let password = conn.find_user(user_id).await?.is_some_and(|row| row.password_hash.is_some());
    let on = methods::list(kv);
    Ok(Proofs {
        password: password && (on.email_password || on.username_password),
        passkey: factors.passkeys && on.passkey,
        totp: factors.totp && on.totp,
    })
}

/// Proves again who the person of the session is; the session gets a new token.
pub async fn reauthenticate(kv: &Kavach, cx: &RequestContext, request: Reauthenticate) -> Result<SignedIn> {
    cx.require_session()?;
    match request {
        Reauthenticate { password: Some(password), code: None, passkey: None } => {
            email_password::prove_again(kv, cx, password).await
        }
        Reauthenticate { password: None, code: Some(code), passkey: None } => {
            sign_in::prove_again::<AnyCode>(kv, cx, TypedCode { code }).await
        }
        Reauthenticate { password: None, code: None, passkey: Some(answer) } => {
            sign_in::prove_again::<PasskeyAgain>(kv, cx, answer).await
        }
        _ => Err(ApiError::invalid("password", "send one proof, and one only").into()),
    }
}

//! Proving again who one is, for what is sensitive (step-up).
//!
//! Any one proof of the person's makes the session fresh: the password, a passkey, or a code of the authenticator app. One is
//! enough, because the session that asks is the other: a code alone never begins one. Backup codes are not taken; they are
//! for the door.

use crate::Kavach;
use crate::authn::email_password::PasswordAgain;
use crate::authn::passkey::PasskeyAgain;
use crate::authn::second_step::AnyCode;
use crate::authn::sign_in;
use crate::context::RequestContext;
use crate::error::Result;
use kavach_model::sign_in::SignedIn;
use kavach_model::two_step::TypedCode;
use kavach_model::user::Reauthenticate;
use kavach_model::ApiError;

/// Proves again who the person of the session is; the session gets a new token.
pub async fn reauthenticate(kv: &Kavach, cx: &RequestContext, request: Reauthenticate) -> Result<SignedIn> {
    cx.require_session()?;
    match request {
        Reauthenticate { password: Some(password), code: None, passkey: None } => {
            sign_in::prove_again::<PasswordAgain>(kv, cx, password).await
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

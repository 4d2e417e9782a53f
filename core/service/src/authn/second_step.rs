//! The second step of a sign-in by a typed code: one of the authenticator app, or a backup code.
//!
//! What was typed tells which of the two it is. Tries are counted for the account, wherever they come from, before a code
//! is looked at; so a thousand parallel guesses are five.

use crate::Kavach;
use crate::authn::backup_codes;
use crate::authn::credential_change::{self, CredentialChange};
use crate::authn::second_factor;
use crate::authn::sign_in::{self, AuthMethod, Failed, Proven};
use crate::authn::totp::{self, RightCode};
use crate::context::RequestContext;
use crate::error::Result;
use crate::guard::rate_limit::Limit;
use kavach_model::sign_in::{Factor, Method, SignedIn};
use kavach_model::two_step::TypedCode;
use kavach_model::user::UserStatus;
use kavach_model::{ApiError, ErrorCode, Timestamp};
use kavach_store::Conn;

/// Finishes a sign-in that waits for its second factor.
pub async fn verify(kv: &Kavach, cx: &RequestContext, typed: TypedCode) -> Result<SignedIn> {
    if cx.pending().is_none() {
        cx.require_session()?;
        return Err(ApiError::new(ErrorCode::Conflict).message("This sign-in is complete already.").into());
    }
    sign_in::prove_again::<AnyCode>(kv, cx, typed).await
}

/// What a sign-in that waits may be finished with.
pub async fn factors(kv: &Kavach, cx: &RequestContext) -> Result<Vec<Factor>> {
    let Some(caller) = cx.pending() else { return Ok(Vec::new()) };
    second_factor::due(kv, &mut kv.store().read().await?, caller.user.id).await
}

/// A code that was typed.
pub(super) enum Typed {
    App(String),
    Backup(String),
}

/// A code that is right.
pub(super) enum Right {
    App(RightCode),
    Backup(String),
}

/// A code of the app, or one of those kept for when it is lost.
pub(super) struct AnyCode;

impl AuthMethod for AnyCode {
    const METHOD: Method = Method::Totp;
    /// RFC 8176: a one-time password.
    const AMR: &'static [&'static str] = &["otp"];
    type Proof = TypedCode;
    type Held = Right;

    fn limits(kv: &Kavach, cx: &RequestContext, _: &TypedCode) -> Result<Vec<Limit>> {
        Ok(vec![Limit::second_factor(kv, cx.any_session()?.user.id)])
    }

    async fn verify(
        kv: &Kavach,
        cx: &RequestContext,
        proof: TypedCode,
    ) -> Result<std::result::Result<Right, Failed>> {
        let user_id = cx.any_session()?.user.id;
        match read(proof.code.expose()) {
            Some(Typed::App(digits)) => Ok(totp::verify(kv, user_id, &digits).await?.map(Right::App)),
            // They stand in for the app at the door; whoever is inside has no need of one.
            Some(Typed::Backup(code)) if cx.pending().is_some() => {
                let hash = backup_codes::digest(kv, user_id, &code).await?;
                let known = kv.store().read().await?.has_backup_code(user_id, &hash).await?;
                Ok(if known { Ok(Right::Backup(hash)) } else { Err(wrong(cx)?) })
            }
            Some(Typed::Backup(_)) | None => Ok(Err(wrong(cx)?)),
        }
    }

    async fn settle(
        kv: &Kavach,
        cx: &RequestContext,
        tx: &mut Conn,
        held: Right,
        now: Timestamp,
    ) -> Result<std::result::Result<Proven, Failed>> {
        let caller = cx.any_session()?;
        let user_id = caller.user.id;
        let spent = match &held {
            Right::App(code) => totp::spend(tx, user_id, code).await?,
            Right::Backup(hash) => tx.consume_backup_code(user_id, hash, now).await?,
        };
        let user = tx.find_user(user_id).await?.map(|row| row.user);
        let Some(user) = user.filter(|user| spent && user.status == UserStatus::Active) else {
            return Ok(Err(wrong(cx)?));
        };
        let mut proven = Proven::known(user);
        if matches!(held, Right::Backup(_)) {
            let told = credential_change::tell(kv, cx, tx, caller, CredentialChange::BackupCodeUsed, now);
            proven.drafts.push(told.await?);
        }
        Ok(Ok(proven))
    }
}

fn read(typed: &str) -> Option<Typed> {
    totp::digits(typed).map(Typed::App).or_else(|| backup_codes::normal(typed).map(Typed::Backup))
}

fn wrong(cx: &RequestContext) -> Result<Failed> {
    Ok(Failed { user_id: Some(cx.any_session()?.user.id), code: ErrorCode::CodeInvalid })
}

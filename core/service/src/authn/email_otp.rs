//! A code of six digits by mail: ten minutes, five tries, for whoever asked.

use crate::authn::sign_in::{self, AuthMethod, Failed, Proven};
use crate::authn::{by_email, code};
use crate::context::RequestContext;
use crate::deliver::outbox::Notice;
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::{Kavach, email_address};
use kavach_model::codes::{CodeSent, SendEmail, VerifyCode};
use kavach_model::sign_in::{Method, SignIn, SignedIn};
use kavach_model::{ApiError, ErrorCode, Timestamp};
use kavach_store::{ChallengeRow, Conn};
use std::time::Duration;

const PURPOSE: &str = "email_otp";
const LIFE: Duration = Duration::from_secs(10 * 60);

/// Sends a code. The same is done, and answered, for every address.
pub async fn send(kv: &Kavach, cx: &RequestContext, request: SendEmail) -> Result<CodeSent> {
    kv.require_method(Method::EmailOtp)?;
    let email = email_address::parse(&request.email).map_err(|why| ApiError::invalid("email", why))?;
    rate_limit::take(kv, &[Limit::send(kv, cx.meta.client_ip)]).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let holder = tx.find_user_by_email(&email.key).await?.map(|row| row.user);
    let begin = code::Begin {
        purpose: PURPOSE,
        user_id: holder.as_ref().map(|user| user.id),
        recipient: &email.display,
        link_hash: None,
        binding: cx.meta.browser.as_deref(),
        payload: "",
        life: LIFE,
    };
    let begun = code::begin(kv, &mut tx, &begin, now).await?;
    let notice = Notice::EmailOtp { to: &email.display, code: &begun.code, valid_for: LIFE };
    if !by_email::write(kv, cx, &mut tx, holder.as_ref(), notice, now).await? {
        // Nobody will ever read this code, so nobody may guess it either.
        tx.consume_challenge(PURPOSE, &begun.id, now).await?;
    }
    tx.commit().await?;
    kv.outbox_wake().notify_one();
    Ok(CodeSent { challenge_id: begun.id })
}

/// Sends a code to the proven address of the person who asks, who wants to show again who they are.
pub async fn send_again(kv: &Kavach, cx: &RequestContext) -> Result<CodeSent> {
    let user = &cx.require_session()?.user;
    let email = user.email.clone().filter(|_| user.email_verified).ok_or(ErrorCode::Conflict)?;
    send(kv, cx, SendEmail { email }).await
}

/// Signs a person in by their code.
pub async fn verify(kv: &Kavach, cx: &RequestContext, request: VerifyCode) -> Result<SignIn> {
    sign_in::sign_in::<EmailOtp>(kv, cx, request).await
}

/// Proves again who the person of the session is; the session gets a new token. It is no second factor.
pub async fn reauthenticate(kv: &Kavach, cx: &RequestContext, request: VerifyCode) -> Result<SignedIn> {
    cx.require_session()?;
    sign_in::prove_again::<EmailOtp>(kv, cx, request).await
}

pub(crate) struct EmailOtp;

impl AuthMethod for EmailOtp {
    const METHOD: Method = Method::EmailOtp;
    const AMR: &'static [&'static str] = by_email::AMR;
    type Proof = VerifyCode;
    type Held = ChallengeRow;

    fn limits(kv: &Kavach, cx: &RequestContext, _: &VerifyCode) -> Result<Vec<Limit>> {
        Ok(vec![Limit::tries(kv, cx.meta.client_ip)])
    }

    async fn verify(
        kv: &Kavach,
        cx: &RequestContext,
        proof: VerifyCode,
    ) -> Result<std::result::Result<ChallengeRow, Failed>> {
        let limit = |recipient: &str| Limit::codes(kv, cx.meta.client_ip, recipient);
        let looked = code::look(kv, PURPOSE, limit, &proof.challenge_id, &proof.code).await?;
        Ok(looked.map_err(|user_id| Failed { user_id, code: ErrorCode::CodeInvalid }))
    }

    async fn settle(
        kv: &Kavach,
        cx: &RequestContext,
        tx: &mut Conn,
        row: ChallengeRow,
        now: Timestamp,
    ) -> Result<std::result::Result<Proven, Failed>> {
        let failed = Failed { user_id: row.user_id, code: ErrorCode::CodeInvalid };
        if !tx.consume_challenge(PURPOSE, &row.id, now).await? {
            return Ok(Err(failed));
        }
        let Ok(email) = email_address::parse(&row.recipient) else { return Ok(Err(failed)) };
        tx.revoke_challenges(PURPOSE, &row.recipient, now).await?;
        let settled = by_email::settle(kv, cx, tx, &email, now).await?;
        Ok(settled.map_err(|refused| Failed { code: ErrorCode::CodeInvalid, ..refused }))
    }
}

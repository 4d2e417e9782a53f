//! Changing where a person is reached: the address and the telephone number of an account.
//!
//! A new one is proven before it counts, in a session that is fresh; the one before is told. Another address ends every
//! other session. Whether somebody else has a new address is told to its mailbox and to nobody else.

use crate::audit;
use crate::authn::phone_otp;
use crate::context::{RequestContext, SessionCaller};
use crate::crypto::token::{self, TokenHash};
use crate::deliver::outbox::{self, Notice};
use crate::deliver::sms::{self, Text};
use crate::ends;
use crate::error::Result;
use crate::{Error, Kavach, email_address};
use kavach_model::audit::AuditKind;
use kavach_model::codes::{CodeSent, SendEmail, SendPhone, VerifyCode};
use kavach_model::user::{ConfirmEmail, User};
use kavach_model::{ApiError, ErrorCode, Language, Timestamp, Token, TokenKind};
use kavach_store::{AuditDraft, NewOnce, StoreError};
use std::time::Duration;

const EMAIL: &str = "change_email";
const PHONE: &str = "change_phone";
const LIFE: Duration = Duration::from_secs(24 * 3_600);

/// Sends a link to the address the account is to have, and tells the one it has. Answered alike for every address.
pub async fn ask_for_email(kv: &Kavach, cx: &RequestContext, request: SendEmail) -> Result<()> {
    let caller = cx.require_fresh()?;
    let email = email_address::parse(&request.email).map_err(|why| ApiError::invalid("email", why))?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let holder = tx.find_user_by_email(&email.key).await?.map(|row| row.user);
    let is_own = holder.as_ref().is_some_and(|holder| holder.id == caller.user.id && holder.email_verified);
    let is_foreign = holder.is_some_and(|holder| holder.id != caller.user.id && holder.email_verified);
    let language = language_of(cx, &caller.user);
    tx.revoke_once(EMAIL, caller.user.id, now).await?;
    if is_foreign {
        outbox::enqueue_in(kv, &mut tx, Notice::SignUpExisting { to: &email.display }, language, now).await?;
    } else if !is_own {
        let token = token::issue(TokenKind::EmailLink, kv.rng());
        tx.insert_once(&NewOnce {
            secret_hash: TokenHash::of(&token).as_str(),
            purpose: EMAIL,
            user_id: Some(caller.user.id),
            payload: &email.display,
            created_at: now,
            expires_at: now + LIFE,
        })
        .await?;
        let link = format!("{}/account/email/confirm?token={}", kv.config().public_url, token.expose());
        let notice = Notice::EmailChange { to: &email.display, link: &link, valid_for: LIFE };
        outbox::enqueue_in(kv, &mut tx, notice, language, now).await?;
    }
    if let Some(to) = caller.user.email.as_deref().filter(|_| !is_own) {
        outbox::enqueue_in(kv, &mut tx, Notice::EmailChangeRequested { to, at: now }, language, now).await?;
    }
    tx.append_audit(&[event(kv, cx, AuditKind::UserEmailChangeRequested, caller, now)]).await?;
    tx.commit().await?;
    kv.outbox_wake().notify_one();
    Ok(())
}

/// Spends the link: the address is the account's from now on. It counts in a session of the same account alone, so that
/// nobody gives an account of theirs the address of somebody who presses a button.
pub async fn confirm_email(kv: &Kavach, cx: &RequestContext, request: ConfirmEmail) -> Result<User> {
    let caller = cx.require_session()?;
    let invalid = || Error::from(ErrorCode::LinkInvalid);
    let token = Token::parse(TokenKind::EmailLink, request.token.expose()).ok_or_else(invalid)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let claimed = tx.claim_once(EMAIL, TokenHash::of(&token).as_str(), now).await?.ok_or_else(invalid)?;
    if claimed.user_id != Some(caller.user.id) {
        return Err(invalid());
    }
    let email = email_address::parse(&claimed.payload).map_err(|_| invalid())?;
    let before = tx.find_user(caller.user.id).await?.ok_or_else(invalid)?.user;
    taken_to_conflict(tx.change_email(before.id, &email, now).await)?;
    ends::end_everything(kv, &mut tx, before.id, Some(caller.session.id), now).await?;
    if let Some(to) = before.email.as_deref() {
        let notice = Notice::EmailChanged { to, at: now };
        outbox::enqueue_in(kv, &mut tx, notice, language_of(cx, &before), now).await?;
    }
    tx.append_audit(&[event(kv, cx, AuditKind::UserEmailChanged, caller, now)]).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    Ok(User { email: Some(email.display), email_verified: true, updated_at: now, ..before })
}

/// Sends a code to the number the account is to have.
pub async fn ask_for_phone(kv: &Kavach, cx: &RequestContext, request: SendPhone) -> Result<CodeSent> {
    phone_otp::require(kv)?;
    let caller = cx.require_fresh()?;
    let phone = phone_otp::parse(kv, &request.phone)?;
    phone_otp::send_for(kv, cx, PHONE, Some(&caller.user), &phone, language_of(cx, &caller.user)).await
}

/// Brings the code: the number is the account's from now on, and the one before is told.
pub async fn confirm_phone(kv: &Kavach, cx: &RequestContext, request: VerifyCode) -> Result<User> {
    phone_otp::require(kv)?;
    let caller = cx.require_fresh()?;
    let invalid = || Error::from(ErrorCode::CodeInvalid);
    let row = phone_otp::look(kv, cx, PHONE, &request).await?.map_err(|_| invalid())?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let spent = tx.consume_challenge(PHONE, &row.id, now).await?;
    if !spent || row.user_id != Some(caller.user.id) {
        return Err(invalid());
    }
    let before = tx.find_user(caller.user.id).await?.ok_or_else(invalid)?.user;
    taken_to_conflict(tx.change_phone(before.id, &row.recipient, now).await)?;
    let language = language_of(cx, &before);
    if let Some(number) = before.phone.as_deref().filter(|number| *number != row.recipient) {
        sms::enqueue(kv, &mut tx, number, Text::Removed, language, now).await?;
    }
    if let Some(to) = before.email.as_deref() {
        outbox::enqueue_in(kv, &mut tx, Notice::PhoneChanged { to, at: now }, language, now).await?;
    }
    tx.append_audit(&[event(kv, cx, AuditKind::UserPhoneChanged, caller, now)]).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    kv.sms_wake().notify_one();
    Ok(User { phone: Some(row.recipient), updated_at: now, ..before })
}

/// Takes the number away, unless it is the only way into the account.
pub async fn remove_phone(kv: &Kavach, cx: &RequestContext) -> Result<User> {
    let caller = cx.require_fresh()?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let before = tx.find_user(caller.user.id).await?.ok_or(ErrorCode::NotFound)?.user;
    let number = before.phone.as_deref().ok_or(ErrorCode::NotFound)?;
    if !tx.remove_phone(before.id, now).await? {
        return Err(ApiError::new(ErrorCode::Conflict)
            .message("This number is the only way into your account. Add another first.")
            .into());
    }
    let language = language_of(cx, &before);
    sms::enqueue(kv, &mut tx, number, Text::Removed, language, now).await?;
    if let Some(to) = before.email.as_deref() {
        outbox::enqueue_in(kv, &mut tx, Notice::PhoneRemoved { to, at: now }, language, now).await?;
    }
    tx.append_audit(&[event(kv, cx, AuditKind::UserPhoneRemoved, caller, now)]).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    kv.sms_wake().notify_one();
    Ok(User { phone: None, updated_at: now, ..before })
}

/// Whoever brings the proof holds the mailbox or the number, so they may know that another account has it.
fn taken_to_conflict(changed: std::result::Result<bool, StoreError>) -> Result<()> {
    match changed {
        Ok(true) => Ok(()),
        Ok(false) | Err(StoreError::Conflict { .. }) => {
            Err(ApiError::new(ErrorCode::Conflict).message("Another account has this already.").into())
        }
        Err(error) => Err(error.into()),
    }
}

fn language_of(cx: &RequestContext, user: &User) -> Language {
    user.locale.as_deref().and_then(Language::parse).unwrap_or(cx.meta.language)
}

fn event(
    kv: &Kavach,
    cx: &RequestContext,
    kind: AuditKind,
    caller: &SessionCaller,
    now: Timestamp,
) -> AuditDraft {
    let mut event = cx.event(kind, now);
    event.user_id = Some(caller.user.id);
    audit::draft(kv, event, Some(caller.user.id))
}

//! Choosing another password by a link in a mail: for people who forgot theirs, and for those who never had one.
//!
//! Asking tells nothing: the answer and the work are the same whether there is such an account or not. The link is
//! looked at by GET and spent by POST, once, within half an hour, and a newer one takes its place. It signs nobody in,
//! so it passes no second factor; it ends every session and everything that could begin one.

use super::new_password::{self, invalid};
use crate::Kavach;
use crate::audit;
use crate::context::RequestContext;
use crate::crypto::token::{self, TokenHash};
use crate::deliver::outbox::{self, Notice};
use crate::email_address;
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use kavach_model::audit::AuditKind;
use kavach_model::recovery::{ForgotPassword, ResetPassword};
use kavach_model::sign_in::Method;
use kavach_model::user::UserStatus;
use kavach_model::{ApiError, Token, TokenKind, UserId};
use kavach_store::NewOnce;
use std::time::Duration;

pub(crate) const PURPOSE: &str = "password_reset";
const LIFE: Duration = Duration::from_secs(30 * 60);

/// Sends a link, if there is an account that works with this address. The answer is the same if there is none.
pub async fn forgot(kv: &Kavach, cx: &RequestContext, request: ForgotPassword) -> Result<()> {
    kv.require_method(Method::PasswordReset)?;
    let email = email_address::parse(&request.email).map_err(|why| ApiError::invalid("email", why))?;
    rate_limit::take(kv, &[Limit::recovery(kv, cx.meta.client_ip)]).await?;
    let row = kv.store().read().await?.find_user_by_email(&email.key).await?;
    let user = row.map(|row| row.user).filter(|user| user.status == UserStatus::Active);
    let token = token::issue(TokenKind::EmailLink, kv.rng());
    let link = format!("{}/recover/reset?token={}", kv.config().public_url, token.expose());
    // The address as its person wrote it, not as whoever asked did.
    let to = user.as_ref().and_then(|user| user.email.as_deref()).unwrap_or(&email.display);
    let notice = Notice::ResetPassword { to, link: &link, valid_for: LIFE };
    let known = user.as_ref().map(|user| user.id);
    let now = kv.clock().now();
    let nobody = || UserId::from_parts(now, crate::rng::array(kv.rng()));
    let mut tx = kv.store().write().await?;
    tx.revoke_once(PURPOSE, known.unwrap_or_else(nobody), now).await?;
    tx.insert_once(&NewOnce {
        secret_hash: TokenHash::of(&token).as_str(),
        purpose: PURPOSE,
        user_id: known,
        payload: to,
        created_at: now,
        expires_at: now + LIFE,
    })
    .await?;
    if known.is_some() {
        outbox::enqueue(kv, &mut tx, notice, now).await?;
    } else {
        outbox::pretend(kv, &mut tx, notice, now).await?;
    }
    let mut event = cx.event(AuditKind::UserPasswordResetRequested, now);
    event.user_id = known;
    tx.append_audit(&[audit::draft(kv, event, known)]).await?;
    tx.commit().await?;
    kv.outbox_wake().notify_one();
    Ok(())
}

/// Whether a link still works, for the page behind it. Nothing is spent.
pub async fn works(kv: &Kavach, token: &str) -> Result<bool> {
    kv.require_method(Method::PasswordReset)?;
    let Some(token) = Token::parse(TokenKind::EmailLink, token) else { return Ok(false) };
    let now = kv.clock().now();
    let found = kv.store().read().await?.find_once(PURPOSE, TokenHash::of(&token).as_str(), now).await?;
    Ok(found.is_some_and(|found| found.user_id.is_some()))
}

/// Spends a link and sets the password.
pub async fn reset(kv: &Kavach, cx: &RequestContext, request: ResetPassword) -> Result<()> {
    kv.require_method(Method::PasswordReset)?;
    rate_limit::take(kv, &[Limit::recovery(kv, cx.meta.client_ip)]).await?;
    let token = Token::parse(TokenKind::EmailLink, request.token.expose()).ok_or_else(invalid)?;
    let hash = TokenHash::of(&token);
    let user = new_password::whose(kv, PURPOSE, &hash).await?;
    let chosen = new_password::choose(kv, &user, request.password).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let (user, mailed_to) = new_password::claim(&mut tx, PURPOSE, &hash, now).await?;
    // Whoever reads the mailbox of an address that was given up has nothing to choose here.
    if user.email.as_deref() != Some(mailed_to.as_str()) {
        return Err(invalid());
    }
    if !user.email_verified {
        // Until now nobody had shown that the address is theirs. Whoever opened the account may have left a way in for
        // themselves and waited for the owner of the address to come.
        tx.drop_other_proofs(user.id).await?;
        tx.mark_email_verified(user.id, &mailed_to, now).await?;
    }
    new_password::set(kv, cx, &mut tx, &user, chosen, AuditKind::UserPasswordReset, now).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    Ok(())
}

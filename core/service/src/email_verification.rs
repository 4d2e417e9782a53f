//! Showing that an address is one's own: a link that is looked at by GET and spent by POST.

use crate::audit;
use crate::context::RequestContext;
use crate::crypto::token::{self, TokenHash};
use crate::deliver::outbox::{self, Notice};
use crate::error::Result;
use crate::{Error, Kavach};
use kavach_model::audit::AuditKind;
use kavach_model::user::{ConfirmEmail, User};
use kavach_model::{ErrorCode, Timestamp, Token, TokenKind};
use kavach_store::{Conn, NewOnce};
use std::time::Duration;

const PURPOSE: &str = "verify_email";
const LIFE: Duration = Duration::from_secs(24 * 3_600);

/// Sends the caller a new link; links sent before stop working.
pub async fn send(kv: &Kavach, cx: &RequestContext) -> Result<()> {
    let caller = cx.require_session()?;
    if caller.user.email_verified {
        return Ok(());
    }
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.revoke_once(PURPOSE, caller.user.id, now).await?;
    enqueue(kv, &mut tx, &caller.user, now).await?;
    tx.commit().await?;
    kv.outbox_wake().notify_one();
    Ok(())
}

/// Puts a mail with a new link in the outbox.
pub(crate) async fn enqueue(kv: &Kavach, tx: &mut Conn, user: &User, now: Timestamp) -> Result<()> {
    let Some(to) = &user.email else { return Ok(()) };
    let token = token::issue(TokenKind::EmailLink, kv.rng());
    tx.insert_once(&NewOnce {
        secret_hash: TokenHash::of(&token).as_str(),
        purpose: PURPOSE,
        user_id: Some(user.id),
        payload: to,
        created_at: now,
        expires_at: now + LIFE,
    })
    .await?;
    let link = format!("{}/verify-email?token={}", kv.config().public_url, token.expose());
    outbox::enqueue(kv, tx, Notice::VerifyEmail { to, link: &link, valid_for: LIFE }, now).await
}

/// Spends a link; the address is the person's from now on.
pub async fn confirm(kv: &Kavach, cx: &RequestContext, request: ConfirmEmail) -> Result<User> {
    let invalid = || Error::from(ErrorCode::LinkInvalid);
    let token = Token::parse(TokenKind::EmailLink, request.token.expose()).ok_or_else(invalid)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let claimed = tx.claim_once(PURPOSE, TokenHash::of(&token).as_str(), now).await?.ok_or_else(invalid)?;
    let user_id = claimed.user_id.ok_or_else(invalid)?;
    if !tx.mark_email_verified(user_id, &claimed.payload, now).await? {
        return Err(invalid());
    }
    let user = tx.find_user(user_id).await?.ok_or_else(invalid)?.user;
    let mut event = cx.event(AuditKind::UserEmailVerified, now);
    event.user_id = Some(user_id);
    tx.append_audit(&[audit::draft(kv, event, Some(user_id))]).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    Ok(user)
}

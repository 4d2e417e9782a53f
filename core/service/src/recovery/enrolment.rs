//! A one-time link that an administrator hands to a person who cannot get in any other way: the last rung.
//!
//! The administrator sees the link, never a password. The person sets one with it, within a day, once, and signs in
//! with that; where the administrator said so, the second factor that was lost is taken away. All of it is on record,
//! and the person is told by mail.

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
use kavach_model::recovery::{CreateEnrolmentLink, EnrolmentLink, RedeemEnrolment};
use kavach_model::user::{User, UserStatus};
use kavach_model::{ApiError, ErrorCode, Token, TokenKind, UserId};
use kavach_store::NewOnce;
use std::time::Duration;

pub(crate) const PURPOSE: &str = "enrolment";
const LIFE: Duration = Duration::from_secs(24 * 3_600);
/// What a link says that takes the second factor away; others say nothing.
const REMOVE_SECOND_FACTOR: &str = "remove_second_factor";

/// Makes a link for a person; links made before stop working.
pub async fn issue(
    kv: &Kavach,
    cx: &RequestContext,
    id: UserId,
    request: CreateEnrolmentLink,
) -> Result<EnrolmentLink> {
    cx.require_fresh_admin()?;
    let row = kv.store().read().await?.find_user(id).await?.ok_or(ErrorCode::NotFound)?;
    make(kv, cx, &row.user, request).await
}

/// Makes a link from the command line.
pub async fn issue_offline(kv: &Kavach, email: &str, request: CreateEnrolmentLink) -> Result<EnrolmentLink> {
    let email = email_address::parse(email).map_err(|why| ApiError::invalid("email", why))?;
    let row = kv.store().read().await?.find_user_by_email(&email.key).await?.ok_or_else(|| {
        ApiError::new(ErrorCode::NotFound).message("There is no account with this address.")
    })?;
    make(kv, &RequestContext::offline(), &row.user, request).await
}

async fn make(
    kv: &Kavach,
    cx: &RequestContext,
    user: &User,
    request: CreateEnrolmentLink,
) -> Result<EnrolmentLink> {
    if user.status != UserStatus::Active {
        return Err(ApiError::new(ErrorCode::Conflict).message("This account is switched off.").into());
    }
    if user.anonymous {
        return Err(ApiError::new(ErrorCode::Conflict).message("A guest has no account to get into.").into());
    }
    let token = token::issue(TokenKind::Enrolment, kv.rng());
    let now = kv.clock().now();
    let expires_at = now + LIFE;
    let mut tx = kv.store().write().await?;
    tx.revoke_once(PURPOSE, user.id, now).await?;
    tx.insert_once(&NewOnce {
        secret_hash: TokenHash::of(&token).as_str(),
        purpose: PURPOSE,
        user_id: Some(user.id),
        payload: if request.remove_second_factor { REMOVE_SECOND_FACTOR } else { "" },
        created_at: now,
        expires_at,
    })
    .await?;
    if let Some(to) = &user.email {
        outbox::enqueue(kv, &mut tx, Notice::EnrolmentLink { to, at: now }, now).await?;
    }
    let mut event = cx.event(AuditKind::UserEnrolmentLink, now);
    event.user_id = Some(user.id);
    event.context = Some(serde_json::Map::from_iter([(
        "removeSecondFactor".to_owned(),
        request.remove_second_factor.into(),
    )]));
    tx.append_audit(&[audit::draft(kv, event, Some(user.id))]).await?;
    tx.commit().await?;
    kv.outbox_wake().notify_one();
    Ok(EnrolmentLink {
        url: format!("{}/enroll?token={}", kv.config().public_url, token.expose()),
        expires_at,
    })
}

/// Whose a link is that still works, for the page behind it: what they are called here. Nothing is spent.
pub async fn whose(kv: &Kavach, token: &str) -> Result<Option<String>> {
    let Some(token) = Token::parse(TokenKind::Enrolment, token) else { return Ok(None) };
    match new_password::whose(kv, PURPOSE, &TokenHash::of(&token)).await {
        Ok(user) => Ok(Some(user.email.or(user.username).unwrap_or(user.name))),
        Err(error) if error.code() == ErrorCode::LinkInvalid => Ok(None),
        Err(error) => Err(error),
    }
}

/// Spends a link and sets the password.
pub async fn redeem(kv: &Kavach, cx: &RequestContext, request: RedeemEnrolment) -> Result<()> {
    rate_limit::take(kv, &[Limit::recovery(kv, cx.meta.client_ip)]).await?;
    let token = Token::parse(TokenKind::Enrolment, request.token.expose()).ok_or_else(invalid)?;
    let hash = TokenHash::of(&token);
    let user = new_password::whose(kv, PURPOSE, &hash).await?;
    let chosen = new_password::choose(kv, &user, request.password).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let (user, payload) = new_password::claim(&mut tx, PURPOSE, &hash, now).await?;
    if payload == REMOVE_SECOND_FACTOR {
        tx.drop_second_factors(user.id).await?;
    }
    new_password::set(kv, cx, &mut tx, &user, chosen, AuditKind::UserEnrolled, now).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    Ok(())
}

//! The first administrator: by a one-time link on standard output, or from the command line. Needs no mail.

use crate::audit;
use crate::authn::email_password::{NewAccount, check_account, degraded, insert};
use crate::context::RequestContext;
use crate::crypto::token::{self, TokenHash};
use crate::error::Result;
use crate::{Error, Kavach, api_key, session};
use kavach_model::api_key::{CreateApiKey, CreatedApiKey, Scope};
use kavach_model::audit::AuditKind;
use kavach_model::sign_in::SignedIn;
use kavach_model::user::{Role, SetUp, User};
use kavach_model::{ApiError, ErrorCode, Secret, Timestamp, Token, TokenKind, UserId};
use kavach_store::{Conn, NewOnce};
use std::time::Duration;

const PURPOSE: &str = "setup";
const LIFE: Duration = Duration::from_secs(24 * 3_600);

/// Whether there is no administrator yet.
pub async fn is_open(kv: &Kavach) -> Result<bool> {
    Ok(!kv.store().read().await?.has_admin().await?)
}

/// A link that makes the first administrator, good for a day and once; None when there is one.
pub async fn issue_link(kv: &Kavach) -> Result<Option<String>> {
    if !is_open(kv).await? {
        return Ok(None);
    }
    let token = token::issue(TokenKind::Setup, kv.rng());
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.insert_once(&NewOnce {
        secret_hash: TokenHash::of(&token).as_str(),
        purpose: PURPOSE,
        user_id: None,
        payload: "",
        created_at: now,
        expires_at: now + LIFE,
    })
    .await?;
    tx.commit().await?;
    Ok(Some(format!("{}/setup?token={}", kv.config().public_url, token.expose())))
}

/// Spends the link: makes the administrator and signs them in.
pub async fn create_admin(kv: &Kavach, cx: &RequestContext, request: SetUp) -> Result<SignedIn> {
    let invalid = || Error::from(ErrorCode::LinkInvalid);
    let setup = Token::parse(TokenKind::Setup, request.token.expose()).ok_or_else(invalid)?;
    if !is_open(kv).await? {
        return Err(invalid());
    }
    let account = check_account(kv, &request.email, Some(&request.name), request.password).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.claim_once(PURPOSE, TokenHash::of(&setup).as_str(), now).await?.ok_or_else(invalid)?;
    // Two links may be known from two starts; the first to be spent wins.
    if tx.has_admin().await? {
        return Err(invalid());
    }
    let user = insert_admin(kv, &mut tx, &account, now).await?;
    let (_, token) = session::begin(kv, cx, &mut tx, &user, &["pwd"], None, now).await?;
    record(kv, cx, &mut tx, &account, &user, now).await?;
    tx.commit().await?;
    Ok(SignedIn { token, user, password_breached: false })
}

/// Makes an administrator from the command line.
pub async fn create_admin_offline(
    kv: &Kavach,
    email: &str,
    name: Option<&str>,
    password: Secret,
) -> Result<UserId> {
    let cx = RequestContext::offline();
    let account = check_account(kv, email, name, password).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let user = insert_admin(kv, &mut tx, &account, now).await?;
    record(kv, &cx, &mut tx, &account, &user, now).await?;
    tx.commit().await?;
    Ok(user.id)
}

/// Makes an API key for the oldest administrator from the command line.
pub async fn create_api_key_offline(kv: &Kavach, name: &str, scopes: &[Scope]) -> Result<CreatedApiKey> {
    let admin = kv.store().read().await?.oldest_admin().await?;
    let admin = admin.ok_or_else(|| {
        ApiError::new(ErrorCode::Conflict)
            .message("There is no administrator to own the key. Make one first: kavach admin create --email you@example.com --password-stdin")
    })?;
    let request = CreateApiKey { name: name.to_owned(), scopes: scopes.to_vec(), expires_at: None };
    api_key::issue(kv, &RequestContext::offline(), admin.user.id, request, None).await
}

async fn insert_admin(kv: &Kavach, tx: &mut Conn, account: &NewAccount, now: Timestamp) -> Result<User> {
    insert(kv, tx, account, true, Role::Admin, now).await?.ok_or_else(|| {
        ApiError::new(ErrorCode::Conflict)
            .message("There is an account with this address already. Choose another.")
            .field("email")
            .into()
    })
}

async fn record(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    account: &NewAccount,
    user: &User,
    now: Timestamp,
) -> Result<()> {
    let mut drafts = degraded(kv, cx, account, user.id, now);
    let mut event = cx.event(AuditKind::AdminCreated, now);
    event.user_id = Some(user.id);
    drafts.push(audit::draft(kv, event, Some(user.id)));
    Ok(tx.append_audit(&drafts).await?)
}

//! API keys: made in a fresh session, shown once, limited to scopes, ended at will.

use crate::audit;
use crate::context::RequestContext;
use crate::crypto::token::{self, TokenHash};
use crate::error::Result;
use crate::idempotency::{self, Held};
use crate::{Kavach, names};
use kavach_model::api_key::{ApiKey, CreateApiKey, CreatedApiKey, Scope};
use kavach_model::audit::AuditKind;
use kavach_model::{ApiError, ApiKeyId, ErrorCode, Page, PageRequest, TokenKind, UserId};
use std::time::Duration;

const DEFAULT_LIFE: Duration = Duration::from_secs(90 * 86_400);

/// Makes a key for the person of the session.
pub async fn create(kv: &Kavach, cx: &RequestContext, request: CreateApiKey) -> Result<CreatedApiKey> {
    create_once(kv, cx, request, None).await
}

/// The same, at most once for an Idempotency-Key.
pub async fn create_once(
    kv: &Kavach,
    cx: &RequestContext,
    request: CreateApiKey,
    key: Option<&Held>,
) -> Result<CreatedApiKey> {
    let owner = &cx.require_fresh()?.user;
    // A key would outlive the only session that stands for a guest.
    if owner.anonymous {
        return Err(ErrorCode::Forbidden.into());
    }
    issue(kv, cx, owner.id, request, key).await
}

pub(crate) async fn issue(
    kv: &Kavach,
    cx: &RequestContext,
    owner_id: UserId,
    request: CreateApiKey,
    key: Option<&Held>,
) -> Result<CreatedApiKey> {
    let CreateApiKey { name, mut scopes, expires_at } = request;
    let name = names::parse("name", &name, 100)?;
    scopes.sort_by_key(|scope| scope.as_str());
    scopes.dedup();
    if scopes.is_empty() {
        return Err(ApiError::invalid("scopes", "must name at least one scope").into());
    }
    let now = kv.clock().now();
    let expires_at = expires_at.unwrap_or(now + DEFAULT_LIFE);
    if expires_at <= now {
        return Err(ApiError::invalid("expiresAt", "must be in the future").into());
    }
    let token = token::issue(TokenKind::ApiKey, kv.rng());
    let row = ApiKey {
        id: ApiKeyId::from_parts(now, crate::rng::array(kv.rng())),
        owner_id,
        name,
        scopes,
        token_preview: token.preview(),
        expires_at: Some(expires_at),
        last_used_at: None,
        created_at: now,
    };
    let mut tx = kv.store().write().await?;
    tx.insert_api_key(&row, TokenHash::of(&token).as_str()).await?;
    let made = CreatedApiKey { key: row, token };
    idempotency::answer(kv, &mut tx, key, &made).await?;
    let mut event = cx.event(AuditKind::ApiKeyCreated, now);
    event.user_id = Some(owner_id);
    event.resource = Some(made.key.id.to_string());
    tx.append_audit(&[audit::draft(kv, event, Some(owner_id))]).await?;
    tx.commit().await?;
    Ok(made)
}

/// The caller's live keys, everybody's for administrators, newest first.
pub async fn list(kv: &Kavach, cx: &RequestContext, page: &PageRequest) -> Result<Page<ApiKey>> {
    let reach = cx.require_reach(Scope::KeysWrite)?;
    let now = kv.clock().now();
    Ok(kv.store().read().await?.list_api_keys(reach.sponsor(), now, page).await?)
}

/// Ends a key.
pub async fn revoke(kv: &Kavach, cx: &RequestContext, id: ApiKeyId) -> Result<()> {
    let reach = cx.require_reach(Scope::KeysWrite)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    if tx.revoke_api_key(reach.sponsor(), id, now).await?.is_none() {
        return Err(ErrorCode::NotFound.into());
    }
    let mut event = cx.event(AuditKind::ApiKeyRevoked, now);
    event.resource = Some(id.to_string());
    tx.append_audit(&[audit::draft(kv, event, cx.sponsor_id())]).await?;
    tx.commit().await?;
    Ok(())
}

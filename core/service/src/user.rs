//! People's accounts.

use crate::audit;
use crate::context::RequestContext;
use crate::error::Result;
use crate::{Kavach, names};
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditKind;
use kavach_model::user::{UpdateProfile, User};
use kavach_model::{ErrorCode, Page, PageRequest, UserId};

/// Changes the caller's profile.
pub async fn update_profile(kv: &Kavach, cx: &RequestContext, request: UpdateProfile) -> Result<User> {
    let caller = cx.require_session()?;
    let name = names::parse("name", &request.name, 200)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.rename_user(caller.user.id, &name, now).await?;
    let mut event = cx.event(AuditKind::UserUpdated, now);
    event.user_id = Some(caller.user.id);
    tx.append_audit(&[audit::draft(kv, event, Some(caller.user.id))]).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    Ok(User { name, updated_at: now, ..caller.user.clone() })
}

/// Everybody, newest first; for administrators.
pub async fn list(kv: &Kavach, cx: &RequestContext, page: &PageRequest) -> Result<Page<User>> {
    cx.require_admin(Scope::UsersRead)?;
    Ok(kv.store().read().await?.list_users(page).await?)
}

/// One person: oneself, or anybody for administrators.
pub async fn get(kv: &Kavach, cx: &RequestContext, id: UserId) -> Result<User> {
    let reach = cx.require_reach(Scope::UsersRead)?;
    if !reach.covers(id) {
        return Err(ErrorCode::NotFound.into());
    }
    let row = kv.store().read().await?.find_user(id).await?;
    row.map(|row| row.user).ok_or_else(|| ErrorCode::NotFound.into())
}

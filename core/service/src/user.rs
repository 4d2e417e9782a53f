//! People's accounts.

use crate::audit;
use crate::context::RequestContext;
use crate::deliver::logout;
use crate::error::Result;
use crate::{Kavach, names};
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditKind;
use kavach_model::user::{HandedOver, UpdateProfile, User, UserStatus};
use kavach_model::{ApiError, ErrorCode, Language, Page, PageRequest, Timestamp, UserId};
use kavach_store::Conn;

/// Changes the caller's profile.
pub async fn update_profile(kv: &Kavach, cx: &RequestContext, request: UpdateProfile) -> Result<User> {
    let caller = cx.require_session()?;
    let name = names::parse("name", &request.name, 200)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.rename_user(caller.user.id, &name, now).await?;
    if let Some(language) = request.locale {
        tx.set_locale(caller.user.id, language.tag(), now).await?;
    }
    let mut event = cx.event(AuditKind::UserUpdated, now);
    event.user_id = Some(caller.user.id);
    tx.append_audit(&[audit::draft(kv, event, Some(caller.user.id))]).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    let locale = request.locale.map(|language| language.tag().to_owned()).or(caller.user.locale.clone());
    Ok(User { name, locale, updated_at: now, ..caller.user.clone() })
}

/// Keeps the language the caller reads.
pub async fn choose_language(kv: &Kavach, cx: &RequestContext, language: Language) -> Result<User> {
    let caller = cx.require_session()?;
    let now = kv.clock().now();
    let locale = language.tag().to_owned();
    let mut tx = kv.store().write().await?;
    tx.set_locale(caller.user.id, &locale, now).await?;
    let mut event = cx.event(AuditKind::UserUpdated, now);
    event.user_id = Some(caller.user.id);
    tx.append_audit(&[audit::draft(kv, event, Some(caller.user.id))]).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    Ok(User { locale: Some(locale), updated_at: now, ..caller.user.clone() })
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

/// Switches an account off: no sign-in, no session, no API key, and none of that person's agents may do anything.
pub async fn disable(kv: &Kavach, cx: &RequestContext, id: UserId) -> Result<User> {
    switch(kv, cx, id, UserStatus::Disabled, AuditKind::UserDisabled).await
}

/// Switches an account on again. Its agents go on where they were; its sessions are over.
pub async fn enable(kv: &Kavach, cx: &RequestContext, id: UserId) -> Result<User> {
    switch(kv, cx, id, UserStatus::Active, AuditKind::UserEnabled).await
}

async fn switch(
    kv: &Kavach,
    cx: &RequestContext,
    id: UserId,
    to: UserStatus,
    kind: AuditKind,
) -> Result<User> {
    let admin = cx.require_fresh_admin()?;
    if admin == id {
        return Err(ApiError::new(ErrorCode::Conflict)
            .message("You cannot switch off your own account.")
            .into());
    }
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.hold_agents().await?;
    let user = tx.find_user(id).await?.ok_or(ErrorCode::NotFound)?.user;
    if user.status != to {
        if !tx.set_user_status(id, to, now).await? {
            return Err(ApiError::new(ErrorCode::Conflict).message("This is the last administrator.").into());
        }
        logout::sessions_ended(kv, &mut tx, id, now).await?;
        tx.touch_sponsored(id).await?;
        record(kv, cx, &mut tx, kind, id, None, now).await?;
    }
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.logout_wake().notify_one();
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(User { status: to, updated_at: if user.status == to { user.updated_at } else { now }, ..user })
}

/// Has another person answer for all agents of one who leaves.
pub async fn hand_over(kv: &Kavach, cx: &RequestContext, id: UserId, to: UserId) -> Result<HandedOver> {
    cx.require_fresh_admin()?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.hold_agents().await?;
    tx.find_user(id).await?.ok_or(ErrorCode::NotFound)?;
    let heir = tx
        .find_user(to)
        .await?
        .filter(|heir| heir.user.status == UserStatus::Active && !heir.user.anonymous && to != id);
    if heir.is_none() {
        return Err(ApiError::invalid("to", "is not another person with a working account").into());
    }
    let agents = tx.hand_over_agents(id, to, now).await?;
    record(kv, cx, &mut tx, AuditKind::AgentHandedOver, id, Some(to), now).await?;
    tx.commit().await?;
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(HandedOver { agents })
}

async fn record(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    kind: AuditKind,
    user: UserId,
    heir: Option<UserId>,
    now: Timestamp,
) -> Result<()> {
    let mut event = cx.event(kind, now);
    event.user_id = Some(user);
    event.context = heir.map(|heir| {
        serde_json::Map::from_iter([("to".to_owned(), serde_json::Value::from(heir.to_string()))])
    });
    Ok(tx.append_audit(&[audit::draft(kv, event, Some(user))]).await?)
}

//! A password for an account that never had one: its person came in by a passkey, a code or somebody else's sign-in.

use crate::Kavach;
use crate::audit;
use crate::authn::password_recheck;
use crate::context::RequestContext;
use crate::deliver::outbox::{self, Notice};
use crate::error::Result;
use crate::guard::password_policy::Person;
use kavach_model::audit::AuditKind;
use kavach_model::sign_in::Method;
use kavach_model::{ErrorCode, Secret};

/// Sets it, for somebody who just proved who they are; tells them by mail.
pub async fn set(kv: &Kavach, cx: &RequestContext, new: Secret) -> Result<()> {
    let caller = cx.require_fresh()?;
    let user = &caller.user;
    // Of no use without something to type beside it.
    if user.anonymous || (user.email.is_none() && user.username.is_none()) {
        return Err(ErrorCode::Conflict.into());
    }
    kv.require_method(if user.email.is_some() { Method::EmailPassword } else { Method::UsernamePassword })?;
    let person = Person { email: user.email.as_deref(), name: Some(&user.name) };
    let accepted = kv.password_policy().check(&new, person).await.map_err(|error| error.field("new"))?;
    let hash = kv.hasher().hash(new).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    if !tx.set_first_password(user.id, &hash, password_recheck::due(accepted.degraded), now).await? {
        return Err(ErrorCode::Conflict.into());
    }
    if let Some(to) = &user.email {
        outbox::enqueue(kv, &mut tx, Notice::PasswordChanged { to, at: now }, now).await?;
    }
    let degraded = accepted.degraded.map(|cause| password_recheck::degraded(kv, cx, cause, user.id, now));
    let mut event = cx.event(AuditKind::UserPasswordChanged, now);
    event.user_id = Some(user.id);
    let drafts: Vec<_> = degraded.into_iter().chain([audit::draft(kv, event, Some(user.id))]).collect();
    tx.append_audit(&drafts).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    Ok(())
}

//! A password for an account that never had one: its person came in by a passkey, a code or somebody else's sign-in.

use crate::Kavach;
use crate::audit;
use crate::authn::password_recheck;
use crate::context::RequestContext;
use crate::deliver::outbox::{self, Notice};
use crate::ends;
use crate::error::Result;
use crate::guard::password_policy::Person;
use kavach_model::audit::AuditKind;
use kavach_model::sign_in::Method;
use kavach_model::user::{FirstPassword, User};
use kavach_model::{ApiError, ErrorCode};

/// Whether a password would be of any use: there is something to type beside it, and that way of signing in is on.
pub fn is_possible(kv: &Kavach, user: &User) -> bool {
    let on = |method| kv.config().methods.is_on(method);
    let by_email = user.email.is_some() && on(Method::EmailPassword);
    let by_username = user.username.is_some() && on(Method::UsernamePassword);
    !user.anonymous && (by_email || by_username)
}

/// Sets it, for somebody who just proved who they are. Everything else that was begun ends, as with any other change of
/// a password, and the person is told by mail.
pub async fn set(kv: &Kavach, cx: &RequestContext, request: FirstPassword) -> Result<()> {
    let caller = cx.require_fresh()?;
    let user = &caller.user;
    if user.anonymous || (user.email.is_none() && user.username.is_none()) {
        return Err(ApiError::new(ErrorCode::Conflict)
            .message("A password needs an e-mail address or a user name beside it.")
            .into());
    }
    if !is_possible(kv, user) {
        return Err(ErrorCode::MethodDisabled.into());
    }
    let person = Person { email: user.email.as_deref(), name: Some(&user.name) };
    let accepted =
        kv.password_policy().check(&request.new, person).await.map_err(|error| error.field("new"))?;
    let hash = kv.hasher().hash(request.new).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    if !tx.set_first_password(user.id, &hash, password_recheck::due(accepted.degraded), now).await? {
        return Err(ApiError::new(ErrorCode::Conflict)
            .message("This account has a password already.")
            .into());
    }
    ends::end_everything(kv, &mut tx, user.id, Some(caller.session.id), now).await?;
    // Not an address that is somebody else's.
    if let Some(to) = tx.notice_address(user.id).await? {
        let notice = Notice::PasswordSet { to: &to, at: now };
        outbox::enqueue_in(kv, &mut tx, notice, cx.meta.language, now).await?;
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

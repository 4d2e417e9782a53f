//! Who is meant by an address that was proven just now, by a link or a code that only its mailbox shows.
//!
//! An address that nobody holds makes an account, so that asking for a link tells nothing about who has one. An account
//! that claims the address without ever having proven it was set up by somebody who may be anybody: it is kept, and
//! everything else it could be entered with is taken away.

use crate::audit;
use crate::authn::sign_in::{Failed, Proven};
use crate::context::RequestContext;
use crate::deliver::outbox::{self, Notice};
use crate::ends;
use crate::error::Result;
use crate::{Error, Kavach};
use kavach_model::audit::AuditKind;
use kavach_model::email::EmailAddress;
use kavach_model::user::{Role, User, UserStatus};
use kavach_model::{ErrorCode, Timestamp, UserId};
use kavach_store::{Conn, NewUser};

/// RFC 8176 has no name for a proof by mail; the registry allows others.
pub(super) const AMR: &[&str] = &["email"];

/// Writes a mail with a link or a code. An account that is off gets none; asking takes as long and tells nothing.
pub(super) async fn write(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    holder: Option<&User>,
    notice: Notice<'_>,
    now: Timestamp,
) -> Result<bool> {
    let language = cx.meta.language;
    if holder.is_none_or(|user| user.status == UserStatus::Active) {
        outbox::enqueue_in(kv, tx, notice, language, now).await
    } else {
        outbox::pretend_in(kv, tx, notice, language, now).await
    }
}

/// The account of an address, made now if there is none.
pub(crate) async fn settle(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<std::result::Result<Proven, Failed>> {
    if let Some(row) = tx.find_user_by_email(&email.key).await? {
        return known(kv, cx, tx, row.user, email, now).await;
    }
    let id = UserId::from_parts(now, crate::rng::array(kv.rng()));
    let name = email.display.split('@').next().unwrap_or_default();
    let made = tx
        .insert_user(&NewUser {
            email: Some(&email.display),
            email_key: Some(&email.key),
            email_verified_at: Some(now),
            ..NewUser::named(id, name, now)
        })
        .await?;
    if made {
        let user =
            User { email: Some(email.display.clone()), email_verified: true, ..made_now(id, name, now) };
        return Ok(Ok(Proven { created: true, ..Proven::known(user) }));
    }
    // Somebody was faster.
    let row = tx.find_user_by_email(&email.key).await?;
    let row = row.ok_or_else(|| Error::Fault("an address is held and nobody holds it".to_owned()))?;
    known(kv, cx, tx, row.user, email, now).await
}

/// An account as it is stored when it is made.
pub(super) fn made_now(id: UserId, name: &str, now: Timestamp) -> User {
    User {
        id,
        email: None,
        email_verified: false,
        username: None,
        phone: None,
        anonymous: false,
        locale: None,
        name: name.to_owned(),
        role: Role::Member,
        status: UserStatus::Active,
        created_at: now,
        updated_at: now,
    }
}

async fn known(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    user: User,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<std::result::Result<Proven, Failed>> {
    // Nothing of an account that is off is changed.
    if user.status != UserStatus::Active {
        return Ok(Err(Failed { user_id: Some(user.id), code: ErrorCode::InvalidCredentials }));
    }
    if user.email_verified || !tx.drop_unproven(user.id, &email.key, now).await? {
        return Ok(Ok(Proven::known(user)));
    }
    ends::end_everything(kv, tx, user.id, None, now).await?;
    outbox::enqueue_in(kv, tx, Notice::UnprovenDropped { to: &email.display }, cx.meta.language, now).await?;
    let draft = |kind| {
        let mut event = cx.event(kind, now);
        event.user_id = Some(user.id);
        audit::draft(kv, event, Some(user.id))
    };
    let drafts = vec![draft(AuditKind::UserEmailVerified), draft(AuditKind::UserUnprovenDropped)];
    let user = User { email_verified: true, phone: None, updated_at: now, ..user };
    Ok(Ok(Proven { drafts, ..Proven::known(user) }))
}

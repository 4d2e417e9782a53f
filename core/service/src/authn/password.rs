//! The password of an account we know, or do not: the same work either way.

use crate::authn::password_recheck::{self, Recheck};
use crate::authn::sign_in::{Failed, Proven};
use crate::context::RequestContext;
use crate::error::Result;
use crate::{Error, Kavach};
use kavach_model::user::{User, UserStatus};
use kavach_model::{ErrorCode, Secret, Timestamp};
use kavach_store::{Conn, PasswordCheck, UserRow};

/// A password that is right.
pub(crate) struct RightPassword {
    user: User,
    recheck: Recheck,
}

/// Checks a password against an account, doing the same work when there is none.
pub(crate) async fn verify(
    kv: &Kavach,
    row: Option<UserRow>,
    password: &Secret,
) -> Result<std::result::Result<RightPassword, Failed>> {
    let check = row.as_ref().map_or(PasswordCheck::Settled, |row| row.password_check);
    let (user, stored) = row.map(|row| (row.user, row.password_hash)).unzip();
    let stored = stored.flatten();
    let verified = kv.hasher().verify(Secret::new(password.expose()), stored.clone()).await?;
    match user {
        Some(user) if verified.ok && user.status == UserStatus::Active => {
            if verified.rehash
                && let Some(before) = stored
            {
                let after = kv.hasher().hash(Secret::new(password.expose())).await?;
                let mut tx = kv.store().write().await?;
                tx.rehash_password(user.id, &before, &after).await?;
                tx.commit().await?;
            }
            let recheck = password_recheck::ask(kv, check, password).await;
            Ok(Ok(RightPassword { user, recheck }))
        }
        user => Ok(Err(Failed { user_id: user.map(|user| user.id), code: ErrorCode::InvalidCredentials })),
    }
}

/// Notes what the breach service said, and who is there.
pub(crate) async fn settle(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    right: RightPassword,
    now: Timestamp,
) -> Result<Proven> {
    let RightPassword { user, recheck } = right;
    let drafts = Vec::from_iter(recheck.note(kv, cx, tx, &user, now).await?);
    Ok(Proven { drafts, password_breached: recheck.is_breached(), ..Proven::known(user) })
}

/// The stored hash of an account that has a password.
pub(crate) async fn stored_hash(kv: &Kavach, user: &User) -> Result<String> {
    let row = kv.store().read().await?.find_user(user.id).await?;
    row.and_then(|row| row.password_hash).ok_or_else(|| Error::from(ErrorCode::InvalidCredentials))
}

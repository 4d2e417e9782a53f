//! Setting a password by a link that is spent once: what reset and enrolment have in common.
//!
//! Nobody is signed in by it. So the second factor is asked for as ever, and whoever finds a used link has nothing.

use crate::audit;
use crate::authn::password_recheck;
use crate::context::RequestContext;
use crate::crypto::token::TokenHash;
use crate::deliver::outbox::{self, Notice};
use crate::ends;
use crate::error::Result;
use crate::guard::breached_password::Degraded;
use crate::guard::password_policy::Person;
use crate::{Error, Kavach};
use kavach_model::audit::AuditKind;
use kavach_model::user::{User, UserStatus};
use kavach_model::{ErrorCode, Secret, Timestamp};
use kavach_store::{Claimed, Conn};

/// A password that may be set, hashed.
pub(super) struct Chosen {
    hash: String,
    degraded: Option<Degraded>,
}

/// What every link that does not work is answered.
pub(super) fn invalid() -> Error {
    ErrorCode::LinkInvalid.into()
}

/// Whose a link is that is not spent yet. It stays unspent, so that a password that is refused costs no link.
pub(super) async fn whose(kv: &Kavach, purpose: &str, hash: &TokenHash) -> Result<User> {
    let mut conn = kv.store().read().await?;
    let found = conn.find_once(purpose, hash.as_str(), kv.clock().now()).await?.ok_or_else(invalid)?;
    owner(&mut conn, &found).await
}

/// Spends a link: of any number of callers exactly one gets to set the password.
pub(super) async fn claim(
    tx: &mut Conn,
    purpose: &str,
    hash: &TokenHash,
    now: Timestamp,
) -> Result<(User, String)> {
    let claimed = tx.claim_once(purpose, hash.as_str(), now).await?.ok_or_else(invalid)?;
    let user = owner(tx, &claimed).await?;
    Ok((user, claimed.payload))
}

async fn owner(conn: &mut Conn, claimed: &Claimed) -> Result<User> {
    let id = claimed.user_id.ok_or_else(invalid)?;
    let row = conn.find_user(id).await?.filter(|row| row.user.status == UserStatus::Active);
    row.map(|row| row.user).ok_or_else(invalid)
}

/// Judges a password, and hashes it.
pub(super) async fn choose(kv: &Kavach, user: &User, password: Secret) -> Result<Chosen> {
    let person = Person { email: user.email.as_deref(), name: Some(&user.name) };
    let accepted = kv.password_policy().check(&password, person).await?;
    Ok(Chosen { hash: kv.hasher().hash(password).await?, degraded: accepted.degraded })
}

/// Sets it, ends what was begun by the one before, and tells the person and the audit log.
pub(super) async fn set(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    user: &User,
    chosen: Chosen,
    kind: AuditKind,
    now: Timestamp,
) -> Result<()> {
    if !tx.set_password(user.id, &chosen.hash, password_recheck::due(chosen.degraded), now).await? {
        return Err(invalid());
    }
    ends::end_everything(kv, tx, user.id, None, now).await?;
    if let Some(to) = &user.email {
        outbox::enqueue(kv, tx, Notice::PasswordChanged { to, at: now }, now).await?;
    }
    let mut drafts =
        Vec::from_iter(chosen.degraded.map(|cause| password_recheck::degraded(kv, cx, cause, user.id, now)));
    let mut event = cx.event(kind, now);
    event.user_id = Some(user.id);
    drafts.push(audit::draft(kv, event, Some(user.id)));
    Ok(tx.append_audit(&drafts).await?)
}

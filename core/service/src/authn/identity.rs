//! Who people are elsewhere, and the one rule by which an identity becomes an account's.
//!
//! What counts is who says so and under which subject; an address is a hint and never the identity. An identity nobody
//! has linked yet makes a new account, unless an account holds its address. Then the provider must say that the address
//! is the person's, the account must have had it proven here, and for providers that people configure themselves a
//! fresh session of that account must ask for it. Whatever falls short of that is refused, with the way that works.
//!
//! An account whose address was never proven belongs to nobody in particular: somebody may have signed up with another
//! person's address and be waiting. It goes to whoever proves the address, without the password and the sessions it had,
//! and only if there is nothing else in it.

use crate::audit;
use crate::authn::sign_in::{Failed, Proven};
use crate::authn::ways_in;
use crate::context::RequestContext;
use crate::deliver::logout;
use crate::deliver::outbox::{self, Notice};
use crate::email_verification;
use crate::ends;
use crate::error::Result;
use crate::{Error, Kavach, email_address, names};
use kavach_model::audit::AuditKind;
use kavach_model::email::EmailAddress;
use kavach_model::identity::Identity;
use kavach_model::user::{Role, User, UserStatus};
use kavach_model::{ErrorCode, IdentityId, Timestamp, UserId};
use kavach_store::{AuditDraft, Belongings, Conn, NewIdentity, NewUser, UserRow};

/// What somebody else says of a person, verified to be said by them.
#[derive(Debug, Clone)]
pub(crate) struct Foreign {
    /// What to sign in with.
    pub(crate) provider: String,
    /// Who says so.
    pub(crate) issuer: String,
    /// Under which name there.
    pub(crate) subject: String,
    /// What the person knows it by.
    pub(crate) display: String,
    /// What to call them.
    pub(crate) name: String,
    /// Their address, if any.
    pub(crate) email: Option<String>,
    /// Whether the provider says that the address is theirs.
    pub(crate) email_verified: bool,
    /// Whether linking it to an account that exists takes a fresh session of that account.
    pub(crate) only_with_session: bool,
}

/// Whose identity it is: known, new, or linked now.
pub(crate) async fn settle(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    foreign: &Foreign,
    now: Timestamp,
) -> Result<std::result::Result<Proven, Failed>> {
    if let Some(user) = tx.use_identity(&foreign.issuer, &foreign.subject, now).await? {
        return Ok(Ok(Proven::known(user)));
    }
    let email = foreign.email.as_deref().and_then(|email| email_address::parse(email).ok());
    let holder = match &email {
        Some(email) => tx.find_user_by_email(&email.key).await?.map(|row| (row, email)),
        None => None,
    };
    let Some((holder, held)) = holder else {
        return Ok(Ok(create(kv, cx, tx, foreign, email.as_ref(), now).await?));
    };
    let user = match may_link(cx, tx, foreign, holder).await? {
        Link::Yes(user) => user,
        Link::Unproven(user) => return claim(kv, cx, tx, foreign, (user, held), now).await.map(Ok),
        Link::No(user_id) => {
            return Ok(Err(Failed { user_id: Some(user_id), code: ErrorCode::IdentityConflict }));
        }
    };
    let draft = link(kv, cx, tx, foreign, &user, now).await?;
    Ok(Ok(Proven { drafts: vec![draft], ..Proven::known(user) }))
}

enum Link {
    Yes(User),
    /// The account's address was never proven, and there is nothing in it.
    Unproven(User),
    No(UserId),
}

async fn may_link(cx: &RequestContext, tx: &mut Conn, foreign: &Foreign, holder: UserRow) -> Result<Link> {
    let user = holder.user;
    if !foreign.email_verified || user.status != UserStatus::Active {
        return Ok(Link::No(user.id));
    }
    if user.email_verified {
        let asked = cx.require_fresh().is_ok_and(|caller| caller.user.id == user.id);
        return Ok(if asked || !foreign.only_with_session { Link::Yes(user) } else { Link::No(user.id) });
    }
    tx.hold_user(user.id).await?;
    let Belongings { identities, passkeys, agents_and_keys, .. } = tx.find_belongings(user.id).await?;
    let bare = identities == 0 && passkeys == 0 && agents_and_keys == 0;
    Ok(if bare && user.role == Role::Member { Link::Unproven(user) } else { Link::No(user.id) })
}

/// A new account of the person.
async fn create(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    foreign: &Foreign,
    email: Option<&EmailAddress>,
    now: Timestamp,
) -> Result<Proven> {
    let id = UserId::from_parts(now, crate::rng::array(kv.rng()));
    let name =
        names::parse("name", &foreign.name, 200).unwrap_or_else(|_| names::printable(&foreign.display, 200));
    let new = NewUser {
        email: email.map(|email| email.display.as_str()),
        email_key: email.map(|email| email.key.as_str()),
        email_verified_at: email.filter(|_| foreign.email_verified).map(|_| now),
        ..NewUser::named(id, &name, now)
    };
    let lost = || Error::from(ErrorCode::IdentityConflict);
    // False only when another sign-in took the address since it was looked for.
    if !tx.insert_user(&new).await? {
        return Err(lost());
    }
    let user = tx.find_user(id).await?.ok_or_else(lost)?.user;
    let draft = link(kv, cx, tx, foreign, &user, now).await?;
    if user.email.is_some() && !user.email_verified {
        email_verification::enqueue(kv, tx, &user, now).await?;
    }
    Ok(Proven { created: true, drafts: vec![draft], ..Proven::known(user) })
}

/// The account goes to who proved its address.
async fn claim(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    foreign: &Foreign,
    (user, email): (User, &EmailAddress),
    now: Timestamp,
) -> Result<Proven> {
    if !tx.drop_unproven(user.id, &email.key, now).await? {
        return Err(ErrorCode::IdentityConflict.into());
    }
    ends::end_everything(kv, tx, user.id, None, now).await?;
    outbox::enqueue_in(kv, tx, Notice::UnprovenDropped { to: &email.display }, cx.meta.language, now).await?;
    let draft = |kind| {
        let mut event = cx.event(kind, now);
        event.user_id = Some(user.id);
        audit::draft(kv, event, Some(user.id))
    };
    let mut drafts = vec![draft(AuditKind::UserEmailVerified), draft(AuditKind::UserUnprovenDropped)];
    drafts.push(link(kv, cx, tx, foreign, &user, now).await?);
    let user = User { email_verified: true, phone: None, updated_at: now, ..user };
    Ok(Proven { drafts, ..Proven::known(user) })
}

/// Links an identity nobody has; what to append to the audit log. The person is told when the account is not new.
pub(crate) async fn link(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    foreign: &Foreign,
    user: &User,
    now: Timestamp,
) -> Result<AuditDraft> {
    let display = names::printable(&foreign.display, 200);
    let linked = tx
        .insert_identity(&NewIdentity {
            id: IdentityId::from_parts(now, crate::rng::array(kv.rng())),
            user_id: user.id,
            provider: &foreign.provider,
            issuer: &foreign.issuer,
            subject: &foreign.subject,
            display: &display,
            created_at: now,
        })
        .await?;
    if !linked {
        return Err(ErrorCode::IdentityConflict.into());
    }
    // Not an address that is somebody else's.
    let told = if user.created_at == now { None } else { tx.notice_address(user.id).await? };
    if let Some(to) = &told {
        let what = &provider_name(kv, &foreign.provider);
        let notice = Notice::IdentityLinked { to, what, at: now };
        outbox::enqueue_in(kv, tx, notice, cx.meta.language, now).await?;
    }
    Ok(event(kv, cx, AuditKind::IdentityLinked, &foreign.provider, user.id, now))
}

/// Makes an identity a way into the account whose fresh session asks.
pub(crate) async fn link_here(kv: &Kavach, cx: &RequestContext, foreign: &Foreign) -> Result<()> {
    let caller = cx.require_fresh()?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    match tx.use_identity(&foreign.issuer, &foreign.subject, now).await? {
        Some(holder) if holder.id == caller.user.id => {}
        Some(_) => return Err(ErrorCode::IdentityConflict.into()),
        None => {
            let draft = link(kv, cx, &mut tx, foreign, &caller.user, now).await?;
            tx.append_audit(&[draft]).await?;
        }
    }
    tx.commit().await?;
    kv.outbox_wake().notify_one();
    Ok(())
}

/// What people call a provider: the name it was given here, else its identifier.
pub fn provider_name(kv: &Kavach, provider: &str) -> String {
    let configured = kv.config().social.iter().find(|one| one.id == provider).map(|one| one.shown());
    match (configured, provider) {
        (Some(name), _) => name.to_owned(),
        (None, "google") => "Google".to_owned(),
        (None, "ethereum") => "Ethereum".to_owned(),
        (None, other) => other.to_owned(),
    }
}

/// The caller's identities elsewhere.
pub async fn list(kv: &Kavach, cx: &RequestContext) -> Result<Vec<Identity>> {
    let caller = cx.require_session()?;
    Ok(kv.store().read().await?.list_identities(caller.user.id).await?)
}

/// Takes one away, unless it is the last way into the account.
pub async fn unlink(kv: &Kavach, cx: &RequestContext, id: IdentityId) -> Result<()> {
    let caller = cx.require_fresh()?;
    let user = &caller.user;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.hold_user(user.id).await?;
    let gone = tx.delete_identity(user.id, id).await?.ok_or(ErrorCode::NotFound)?;
    ways_in::require_one(kv, &mut tx, user.id).await?;
    if let Some(to) = &tx.notice_address(user.id).await? {
        let what = &provider_name(kv, &gone.provider);
        let notice = Notice::IdentityUnlinked { to, what, at: now };
        outbox::enqueue_in(kv, &mut tx, notice, cx.meta.language, now).await?;
    }
    tx.revoke_other_sessions(user.id, Some(caller.session.id), now).await?;
    logout::sessions_ended(kv, &mut tx, user.id, now).await?;
    tx.append_audit(&[event(kv, cx, AuditKind::IdentityUnlinked, &gone.provider, user.id, now)]).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    Ok(())
}

fn event(
    kv: &Kavach,
    cx: &RequestContext,
    kind: AuditKind,
    provider: &str,
    user_id: UserId,
    now: Timestamp,
) -> AuditDraft {
    let mut event = cx.event(kind, now);
    event.user_id = Some(user_id);
    event.context = Some(serde_json::Map::from_iter([("provider".to_owned(), provider.into())]));
    audit::draft(kv, event, Some(user_id))
}

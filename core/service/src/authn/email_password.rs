//! E-mail address and password: sign-up, sign-in, proving it again, changing the password.
//!
//! Known and unknown addresses get the same answer after the same work. A sign-up with an address somebody
//! holds opens an account without a claim on that address, and its holder is told by mail; so the answer to a
//! sign-up tells nothing either. What remains visible to somebody who signs up and then signs in again is
//! described in docs/api.md.

use crate::audit;
use crate::authn::password_recheck;
use crate::context::{RequestContext, SessionCaller};
use crate::crypto::token::{self, TokenHash};
use crate::deliver::outbox::{self, Notice};
use crate::email_address;
use crate::email_verification;
use crate::error::Result;
use crate::guard::breached_password::Degraded;
use crate::guard::password_policy::Person;
use crate::guard::rate_limit::{self, Limit};
use crate::idempotency::{self, Held};
use crate::{Error, Kavach, names, session};
use kavach_model::audit::AuditKind;
use kavach_model::email::EmailAddress;
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::user::{
    ChangePassword, Reauthenticate, Role, SignInEmail, SignUpEmail, SignedIn, User, UserStatus,
};
use kavach_model::{ApiError, ErrorCode, Secret, Timestamp, TokenKind, UserId};
use kavach_store::{AuditDraft, Conn, NewUser, PasswordCheck, UserRow};

/// RFC 8176: a password.
const AMR: &[&str] = &["pwd"];

/// An account whose details were checked and whose password may be used.
pub(crate) struct NewAccount {
    pub(crate) email: EmailAddress,
    pub(crate) name: String,
    pub(crate) password_hash: String,
    pub(crate) degraded: Option<Degraded>,
}

/// Makes an account and signs its person in.
pub async fn sign_up(kv: &Kavach, cx: &RequestContext, request: SignUpEmail) -> Result<SignedIn> {
    sign_up_once(kv, cx, request, None).await
}

/// The same, at most once for an Idempotency-Key.
pub async fn sign_up_once(
    kv: &Kavach,
    cx: &RequestContext,
    request: SignUpEmail,
    key: Option<&Held>,
) -> Result<SignedIn> {
    rate_limit::take(kv, &[Limit::sign_up(kv, cx.meta.client_ip)]).await?;
    let account = check_account(kv, &request.email, request.name.as_deref(), request.password).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let mut user = insert(kv, &mut tx, &account, true, Role::Member, now).await?;
    if user.is_none() {
        user = insert(kv, &mut tx, &account, false, Role::Member, now).await?;
        outbox::enqueue(kv, &mut tx, Notice::SignUpExisting { to: &account.email.display }, now).await?;
    } else if let Some(user) = &user {
        email_verification::enqueue(kv, &mut tx, user, now).await?;
    }
    let user = user.ok_or_else(|| Error::Fault("an account without an address was not stored".to_owned()))?;
    let (session_id, token) = session::begin(kv, cx, &mut tx, &user, AMR, now).await?;
    let user_id = user.id;
    let signed_in = SignedIn { token, user, password_breached: false };
    idempotency::answer(kv, &mut tx, key, &signed_in).await?;
    let mut drafts = degraded(kv, cx, &account, user_id, now);
    let mut event = cx.event(AuditKind::UserSignUp, now);
    event.user_id = Some(user_id);
    event.session_id = Some(session_id);
    drafts.push(audit::draft(kv, event, Some(user_id)));
    tx.append_audit(&drafts).await?;
    tx.commit().await?;
    kv.outbox_wake().notify_one();
    Ok(signed_in)
}

/// Checks everything about a new account and hashes its password.
pub(crate) async fn check_account(
    kv: &Kavach,
    email: &str,
    name: Option<&str>,
    password: Secret,
) -> Result<NewAccount> {
    let email = email_address::parse(email).map_err(|why| ApiError::invalid("email", why))?;
    let name = match name {
        Some(name) => names::parse("name", name, 200)?,
        None => email.display.split('@').next().unwrap_or_default().to_owned(),
    };
    let person = Person { email: Some(&email.key), name: Some(&name) };
    let accepted = kv.password_policy().check(&password, person).await?;
    let password_hash = kv.hasher().hash(password).await?;
    Ok(NewAccount { email, name, password_hash, degraded: accepted.degraded })
}

/// Stores an account; None when its address is held already and `claim` asks for it.
pub(crate) async fn insert(
    kv: &Kavach,
    tx: &mut Conn,
    account: &NewAccount,
    claim: bool,
    role: Role,
    now: Timestamp,
) -> Result<Option<User>> {
    let id = UserId::from_parts(now, crate::rng::array(kv.rng()));
    let made = tx
        .insert_user(&NewUser {
            id,
            email: &account.email.display,
            email_key: claim.then_some(account.email.key.as_str()),
            name: &account.name,
            role,
            password_hash: &account.password_hash,
            password_check: password_recheck::due(account.degraded),
            created_at: now,
        })
        .await?;
    Ok(made.then(|| User {
        id,
        email: account.email.display.clone(),
        email_verified: false,
        name: account.name.clone(),
        role,
        status: UserStatus::Active,
        created_at: now,
        updated_at: now,
    }))
}

/// The event that the breach service gave no answer, where it gave none.
pub(crate) fn degraded(
    kv: &Kavach,
    cx: &RequestContext,
    account: &NewAccount,
    user_id: UserId,
    now: Timestamp,
) -> Vec<AuditDraft> {
    let event = |cause| password_recheck::degraded(kv, cx, cause, user_id, now);
    account.degraded.map(event).into_iter().collect()
}

/// Signs a person in.
pub async fn sign_in(kv: &Kavach, cx: &RequestContext, request: SignInEmail) -> Result<SignedIn> {
    let email = email_address::parse(&request.email).map_err(|why| ApiError::invalid("email", why))?;
    let limits = Limit::sign_in(kv, cx.meta.client_ip, &email.key);
    rate_limit::take(kv, &limits).await?;
    let row = kv.store().read().await?.find_user_by_email(&email.key).await?;
    let check = row.as_ref().map_or(PasswordCheck::Settled, |row| row.password_check);
    let user = prove(kv, cx, row, &request.password).await?;
    let recheck = password_recheck::ask(kv, check, &request.password).await;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    // The browser's session before, if it had one, does not live on beside the new one.
    if let Ok(before) = cx.require_session() {
        tx.revoke_session(before.user.id, before.session.id, now).await?;
    }
    let (session_id, token) = session::begin(kv, cx, &mut tx, &user, AMR, now).await?;
    rate_limit::clear(&mut tx, &limits).await?;
    let mut drafts = Vec::from_iter(recheck.note(kv, cx, &mut tx, &user, now).await?);
    let mut event = cx.event(AuditKind::UserSignIn, now);
    event.user_id = Some(user.id);
    event.session_id = Some(session_id);
    drafts.push(audit::draft(kv, event, Some(user.id)));
    tx.append_audit(&drafts).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    Ok(SignedIn { token, user, password_breached: recheck.is_breached() })
}

/// Checks a password against an account, doing the same work when there is none.
async fn prove(kv: &Kavach, cx: &RequestContext, row: Option<UserRow>, password: &Secret) -> Result<User> {
    let (user, stored) = row.map(|row| (row.user, row.password_hash)).unzip();
    let stored = stored.flatten();
    let verified = kv.hasher().verify(Secret::new(password.expose()), stored.clone()).await?;
    let now = kv.clock().now();
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
            Ok(user)
        }
        user => {
            let user_id = user.map(|user| user.id);
            let mut event = cx.event(AuditKind::UserSignInFailed, now);
            event.user_id = user_id;
            event.verdict = Verdict::Deny;
            event.reason_code = ReasonCode::InvalidCredentials;
            kv.audit().record(vec![audit::draft(kv, event, user_id)]).await?;
            Err(ErrorCode::InvalidCredentials.into())
        }
    }
}

/// Proves again who the person of the session is; the session gets a new token.
pub async fn reauthenticate(kv: &Kavach, cx: &RequestContext, request: Reauthenticate) -> Result<SignedIn> {
    let caller = cx.require_session()?;
    prove_again(kv, cx, caller, &request.password).await?;
    let now = kv.clock().now();
    let token = token::issue(TokenKind::Session, kv.rng());
    let mut tx = kv.store().write().await?;
    let (before, after) = (caller.token_hash.as_str(), TokenHash::of(&token));
    if !tx.renew_session(caller.session.id, before, after.as_str(), now).await? {
        return Err(ErrorCode::Unauthenticated.into());
    }
    let mut event = cx.event(AuditKind::UserReauthenticate, now);
    event.user_id = Some(caller.user.id);
    tx.append_audit(&[audit::draft(kv, event, Some(caller.user.id))]).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    Ok(SignedIn { token, user: caller.user.clone(), password_breached: false })
}

/// Replaces the password, ends the person's other sessions and tells them by mail.
pub async fn change_password(kv: &Kavach, cx: &RequestContext, request: ChangePassword) -> Result<()> {
    let caller = cx.require_fresh()?;
    let stored = prove_again(kv, cx, caller, &request.current).await?;
    let person = Person { email: Some(&caller.user.email), name: Some(&caller.user.name) };
    let accepted =
        kv.password_policy().check(&request.new, person).await.map_err(|error| error.field("new"))?;
    let hash = kv.hasher().hash(request.new).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let check = password_recheck::due(accepted.degraded);
    if !tx.replace_password(caller.user.id, &stored, &hash, check, now).await? {
        return Err(ErrorCode::Conflict.into());
    }
    tx.revoke_other_sessions(caller.user.id, Some(caller.session.id), now).await?;
    outbox::enqueue(kv, &mut tx, Notice::PasswordChanged { to: &caller.user.email, at: now }, now).await?;
    let mut drafts: Vec<AuditDraft> = accepted
        .degraded
        .map(|cause| password_recheck::degraded(kv, cx, cause, caller.user.id, now))
        .into_iter()
        .collect();
    let mut event = cx.event(AuditKind::UserPasswordChanged, now);
    event.user_id = Some(caller.user.id);
    drafts.push(audit::draft(kv, event, Some(caller.user.id)));
    tx.append_audit(&drafts).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    Ok(())
}

/// Checks the password of the person of the session; its stored hash.
async fn prove_again(
    kv: &Kavach,
    cx: &RequestContext,
    caller: &SessionCaller,
    password: &Secret,
) -> Result<String> {
    let limits = [Limit::account(kv, cx.meta.client_ip, &caller.user.id.to_string())];
    rate_limit::take(kv, &limits).await?;
    let row = kv.store().read().await?.find_user(caller.user.id).await?;
    prove(kv, cx, row, password).await?;
    let mut tx = kv.store().write().await?;
    rate_limit::clear(&mut tx, &limits).await?;
    let row = tx.find_user(caller.user.id).await?;
    tx.commit().await?;
    row.and_then(|row| row.password_hash).ok_or_else(|| ErrorCode::InvalidCredentials.into())
}

//! Guests: a session without an account to sign in to, and staying on as somebody with one.
//!
//! A guest may do what a member may, except make API keys, let devices in and take over another person's agents: each
//! of those would outlive the one session that stands for the guest. Becoming a member changes the account in place,
//! so everything a guest made is still theirs; the session gets a new token. Guests who did not come back and left no
//! agent are forgotten (see [`crate::jobs`]).

use crate::audit;
use crate::authn::email_password;
use crate::authn::password_recheck;
use crate::authn::sign_in::{self, AuthMethod, Failed, Proven};
use crate::authn::username_password;
use crate::context::RequestContext;
use crate::crypto::token::{self, TokenHash};
use crate::deliver::outbox::{self, Notice};
use crate::email_verification;
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::{Error, Kavach, rng};
use kavach_model::audit::AuditKind;
use kavach_model::recovery::UpgradeAnonymous;
use kavach_model::sign_in::{Method, SignIn, SignedIn};
use kavach_model::user::{Role, User, UserStatus};
use kavach_model::{ApiError, ErrorCode, Secret, Timestamp, TokenKind, UserId};
use kavach_store::{AuditDraft, Conn, NewUser, StoreError};

/// What guests are called until they say otherwise.
const NAME: &str = "Guest";

/// Begins a guest's session.
pub async fn sign_in(kv: &Kavach, cx: &RequestContext) -> Result<SignIn> {
    kv.require_method(Method::Anonymous)?;
    if cx.require_session().is_ok() || cx.pending().is_some() {
        // A second guest would take the place of the first, and with it what the first one made.
        return Err(ApiError::new(ErrorCode::Conflict).message("You are signed in already.").into());
    }
    sign_in::sign_in::<Anonymous>(kv, cx, ()).await
}

/// Nothing to prove.
struct Anonymous;

impl AuthMethod for Anonymous {
    const METHOD: Method = Method::Anonymous;
    const AMR: &'static [&'static str] = &[];
    type Proof = ();
    type Held = ();

    fn limits(kv: &Kavach, cx: &RequestContext, (): &()) -> Result<Vec<Limit>> {
        Ok(vec![Limit::guests(kv, cx.meta.client_ip)])
    }

    async fn verify(_: &Kavach, _: &RequestContext, (): ()) -> Result<std::result::Result<(), Failed>> {
        Ok(Ok(()))
    }

    async fn settle(
        kv: &Kavach,
        _: &RequestContext,
        tx: &mut Conn,
        (): (),
        now: Timestamp,
    ) -> Result<std::result::Result<Proven, Failed>> {
        let id = UserId::from_parts(now, rng::array(kv.rng()));
        tx.insert_user(&NewUser { anonymous: true, ..NewUser::named(id, NAME, now) }).await?;
        let user = User {
            id,
            email: None,
            email_verified: false,
            username: None,
            phone: None,
            anonymous: true,
            locale: None,
            name: NAME.to_owned(),
            role: Role::Member,
            status: UserStatus::Active,
            created_at: now,
            updated_at: now,
        };
        Ok(Ok(Proven { created: true, ..Proven::known(user) }))
    }
}

/// Makes a member of the guest whose session asks, with an address or a user name. An address that somebody holds is
/// answered like one that is free, and its holder is told, as with a sign-up; that a user name is taken has to be said.
pub async fn upgrade(kv: &Kavach, cx: &RequestContext, request: UpgradeAnonymous) -> Result<SignedIn> {
    kv.require_method(Method::Anonymous)?;
    let guest = cx.require_session()?.user.clone();
    if !guest.anonymous {
        return Err(not_a_guest());
    }
    let UpgradeAnonymous { email, username, password, name } = request;
    let by = match (email, username) {
        (Some(email), None) => By::Email(email),
        (None, Some(username)) => By::Username(username),
        (None, None) => return Err(ApiError::invalid("email", "is missing").into()),
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid("username", "goes without an address").into());
        }
    };
    kv.require_method(by.method())?;
    rate_limit::take(kv, &[Limit::sign_up(kv, cx.meta.client_ip)]).await?;
    match by {
        By::Email(email) => {
            let account = email_password::check_account(kv, &email, name.as_deref(), password).await?;
            match with_email(kv, cx, &guest, &account, true).await {
                // Somebody took the address in the meantime.
                Err(Error::Store(StoreError::Conflict { .. })) => {
                    with_email(kv, cx, &guest, &account, false).await
                }
                done => done,
            }
        }
        By::Username(username) => {
            match with_username(kv, cx, &guest, &username, name.as_deref(), password).await {
                Err(Error::Store(StoreError::Conflict { .. })) => Err(username_password::taken()),
                done => done,
            }
        }
    }
}

/// What the guest signs in with from now on.
enum By {
    Email(String),
    Username(String),
}

impl By {
    const fn method(&self) -> Method {
        match self {
            Self::Email(_) => Method::EmailPassword,
            Self::Username(_) => Method::UsernamePassword,
        }
    }
}

async fn with_email(
    kv: &Kavach,
    cx: &RequestContext,
    guest: &User,
    account: &email_password::NewAccount,
    claim: bool,
) -> Result<SignedIn> {
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let new = NewUser {
        email: Some(&account.email.display),
        email_key: claim.then_some(account.email.key.as_str()),
        password_hash: Some(&account.password_hash),
        password_check: password_recheck::due(account.degraded),
        ..NewUser::named(guest.id, &account.name, now)
    };
    let claimed = tx.upgrade_guest(&new).await?;
    if !claimed && !tx.upgrade_guest(&NewUser { email_key: None, ..new }).await? {
        return Err(not_a_guest());
    }
    let user = tx.find_user(guest.id).await?.ok_or(ErrorCode::Unauthenticated)?.user;
    if claimed && claim {
        email_verification::enqueue(kv, &mut tx, &user, now).await?;
    } else {
        outbox::enqueue(kv, &mut tx, Notice::SignUpExisting { to: &account.email.display }, now).await?;
    }
    let drafts = email_password::degraded(kv, cx, account, user.id, now);
    finish(kv, cx, tx, user, drafts, Method::EmailPassword, now).await
}

async fn with_username(
    kv: &Kavach,
    cx: &RequestContext,
    guest: &User,
    username: &str,
    name: Option<&str>,
    password: Secret,
) -> Result<SignedIn> {
    let chosen = username_password::check_account(kv, username, name, password).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let new = NewUser {
        username: Some(&chosen.username.display),
        username_key: Some(&chosen.username.key),
        password_hash: Some(&chosen.password_hash),
        password_check: password_recheck::due(chosen.degraded),
        ..NewUser::named(guest.id, &chosen.name, now)
    };
    if !tx.upgrade_guest(&new).await? {
        let still = tx.find_user(guest.id).await?.is_some_and(|row| row.user.anonymous);
        return Err(if still { username_password::taken() } else { not_a_guest() });
    }
    let user = tx.find_user(guest.id).await?.ok_or(ErrorCode::Unauthenticated)?.user;
    let degraded = chosen.degraded.map(|cause| password_recheck::degraded(kv, cx, cause, user.id, now));
    finish(kv, cx, tx, user, Vec::from_iter(degraded), Method::UsernamePassword, now).await
}

/// Gives the session another token, because it stands for more from now on.
async fn finish(
    kv: &Kavach,
    cx: &RequestContext,
    mut tx: Conn,
    user: User,
    mut drafts: Vec<AuditDraft>,
    method: Method,
    now: Timestamp,
) -> Result<SignedIn> {
    let token = token::issue(TokenKind::Session, kv.rng());
    let session = cx.require_session()?;
    let amr = ["pwd".to_owned()];
    let (before, after) = (session.token_hash.as_str(), TokenHash::of(&token));
    if !tx.renew_session(session.session.id, before, after.as_str(), &amr, now).await? {
        return Err(ErrorCode::Unauthenticated.into());
    }
    let mut event = cx.event(AuditKind::UserUpgraded, now);
    event.user_id = Some(user.id);
    event.context = Some(serde_json::Map::from_iter([("method".to_owned(), method.as_str().into())]));
    drafts.push(audit::draft(kv, event, Some(user.id)));
    tx.append_audit(&drafts).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    Ok(SignedIn { token, user, password_breached: false })
}

fn not_a_guest() -> Error {
    ApiError::new(ErrorCode::Conflict).message("This account is not a guest's.").into()
}

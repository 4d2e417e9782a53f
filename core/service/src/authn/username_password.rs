//! User name and password, for people who have no address or give none.
//!
//! That a name is taken has to be said, or nobody could choose one; that it is kept back, or looks like another, is
//! answered with the same words. A sign-in answers alike, after the same work, whether the name is known or not.

use crate::authn::password::{self, RightPassword};
use crate::authn::password_recheck;
use crate::authn::sign_in::{self, AuthMethod, Failed, Proven};
use crate::authn::username::{self, Username};
use crate::authn::{by_email, email_password};
use crate::context::RequestContext;
use crate::error::Result;
use crate::guard::breached_password::Degraded;
use crate::guard::password_policy::Person;
use crate::guard::rate_limit::{self, Limit};
use crate::idempotency::{self, Held};
use crate::{Kavach, names};
use kavach_model::codes::{SignInUsername, SignUpUsername};
use kavach_model::sign_in::{Method, SignIn};
use kavach_model::user::{SignInEmail, User};
use kavach_model::{ApiError, ErrorCode, Secret, Timestamp, UserId};
use kavach_store::{Conn, NewUser};

/// RFC 8176: a password.
const AMR: &[&str] = &["pwd"];

/// Makes an account and signs its person in, at most once for an Idempotency-Key.
pub async fn sign_up(
    kv: &Kavach,
    cx: &RequestContext,
    request: SignUpUsername,
    key: Option<&Held>,
) -> Result<SignIn> {
    kv.require_method(Method::UsernamePassword)?;
    rate_limit::take(kv, &[Limit::sign_up(kv, cx.meta.client_ip)]).await?;
    let account = check_account(kv, &request.username, request.name.as_deref(), request.password).await?;
    let NewAccount { username, name, password_hash: hash, degraded } = account;
    let now = kv.clock().now();
    let id = UserId::from_parts(now, crate::rng::array(kv.rng()));
    let mut tx = kv.store().write().await?;
    let new = NewUser {
        username: Some(&username.display),
        username_key: Some(&username.key),
        password_hash: Some(&hash),
        password_check: password_recheck::due(degraded),
        ..NewUser::named(id, &name, now)
    };
    if !tx.insert_user(&new).await? {
        return Err(taken());
    }
    let user = User { username: Some(username.display), ..by_email::made_now(id, &name, now) };
    let event = |cause| password_recheck::degraded(kv, cx, cause, id, now);
    let drafts = degraded.map(event).into_iter().collect();
    let proven = Proven { created: true, drafts, ..Proven::known(user) };
    let done = sign_in::complete(kv, cx, &mut tx, proven, Method::UsernamePassword, AMR, now).await?;
    idempotency::answer(kv, &mut tx, key, &done).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    Ok(done)
}

/// An account whose details were checked and whose password may be used.
pub(crate) struct NewAccount {
    pub(crate) username: Username,
    pub(crate) name: String,
    pub(crate) password_hash: String,
    pub(crate) degraded: Option<Degraded>,
}

/// Checks everything about a new account and hashes its password.
pub(crate) async fn check_account(
    kv: &Kavach,
    username: &str,
    name: Option<&str>,
    password: Secret,
) -> Result<NewAccount> {
    let username = username::parse(username).map_err(|why| ApiError::invalid("username", why))?;
    let name = match name {
        Some(name) => names::parse("name", name, 200)?,
        None => username.display.clone(),
    };
    if username::is_reserved(&username) {
        return Err(taken());
    }
    let person = Person { email: Some(&username.plain), name: Some(&name) };
    let accepted = kv.password_policy().check(&password, person).await?;
    let password_hash = kv.hasher().hash(password).await?;
    Ok(NewAccount { username, name, password_hash, degraded: accepted.degraded })
}

/// Signs a person in.
pub async fn sign_in(kv: &Kavach, cx: &RequestContext, request: SignInUsername) -> Result<SignIn> {
    sign_in::sign_in::<UsernamePassword>(kv, cx, request).await
}

/// Signs a person in by whichever of the two they typed: what has an @ is an address.
pub async fn sign_in_by_either(
    kv: &Kavach,
    cx: &RequestContext,
    identifier: String,
    password: Secret,
) -> Result<SignIn> {
    if identifier.contains(['@', '\u{ff20}']) {
        email_password::sign_in(kv, cx, SignInEmail { email: identifier, password }).await
    } else {
        sign_in(kv, cx, SignInUsername { username: identifier, password }).await
    }
}

pub(crate) fn taken() -> crate::Error {
    ApiError::invalid("username", "is taken, or looks too much like another").into()
}

/// A user name and a password.
pub(super) struct UsernamePassword;

impl AuthMethod for UsernamePassword {
    const METHOD: Method = Method::UsernamePassword;
    const HASHES: bool = true;
    const AMR: &'static [&'static str] = AMR;
    type Proof = SignInUsername;
    type Held = RightPassword;

    fn limits(kv: &Kavach, cx: &RequestContext, proof: &SignInUsername) -> Result<Vec<Limit>> {
        // What cannot be a name is still a try, and says no more than a name nobody has.
        let key = username::parse(&proof.username).map_or_else(|_| String::new(), |name| name.key);
        Ok(Limit::sign_in(kv, cx.meta.client_ip, &format!("username:{key}")).into())
    }

    async fn verify(
        kv: &Kavach,
        _: &RequestContext,
        proof: SignInUsername,
    ) -> Result<std::result::Result<RightPassword, Failed>> {
        let named = username::parse(&proof.username).ok();
        let key = named.as_ref().map_or("", |name| name.key.as_str());
        let row = kv.store().read().await?.find_user_by_username(key).await?;
        let row = row.filter(|row| named.as_ref().is_some_and(|name| is_named(&row.user, name)));
        let verified = password::verify(kv, row, &proof.password).await?;
        Ok(verified.map_err(|failed| Failed { code: ErrorCode::InvalidCredentials, ..failed }))
    }

    async fn settle(
        kv: &Kavach,
        cx: &RequestContext,
        tx: &mut Conn,
        held: RightPassword,
        now: Timestamp,
    ) -> Result<std::result::Result<Proven, Failed>> {
        password::settle(kv, cx, tx, held, now).await.map(Ok)
    }
}

/// Whether an account has just this name, and not one that only looks like it.
fn is_named(user: &User, name: &Username) -> bool {
    let own = user.username.as_deref().and_then(|own| username::parse(own).ok());
    own.is_some_and(|own| own.plain == name.plain)
}

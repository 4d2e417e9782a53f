//! E-mail address and password: sign-up, sign-in, proving it again, changing the password.
//!
//! Known and unknown addresses get the same answer after the same work. A sign-up with an address somebody
//! holds opens an account without a claim on that address, and its holder is told by mail; so the answer to a
//! sign-up tells nothing either. What remains visible to somebody who signs up and then signs in again is
//! described in docs/api.md.

use crate::audit;
use crate::authn::password::{self, RightPassword};
use crate::authn::password_recheck;
use crate::authn::sign_in::{self, AuthMethod, Failed, Proven};
use crate::authn::username_password::UsernamePassword;
use crate::context::RequestContext;
use crate::deliver::outbox::{self, Notice};
use crate::email_address;
use crate::email_verification;
use crate::ends;
use crate::error::Result;
use crate::guard::breached_password::Degraded;
use crate::guard::captcha;
use crate::guard::password_policy::Person;
use crate::guard::rate_limit::{self, Limit};
use crate::idempotency::{self, Held};
use crate::{Error, Kavach, names};
use kavach_model::audit::AuditKind;
use kavach_model::email::EmailAddress;
use kavach_model::sign_in::{Method, SignIn, SignedIn};
use kavach_model::user::{ChangePassword, Role, SignInEmail, SignUpEmail, User, UserStatus};
use kavach_model::{ApiError, ErrorCode, Secret, Timestamp, UserId};
use kavach_store::{AuditDraft, Conn, NewUser};
use std::marker::PhantomData;

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
pub async fn sign_up(kv: &Kavach, cx: &RequestContext, request: SignUpEmail) -> Result<SignIn> {
    sign_up_once(kv, cx, request, None).await
}

/// The same, at most once for an Idempotency-Key.
pub async fn sign_up_once(
    kv: &Kavach,
    cx: &RequestContext,
    request: SignUpEmail,
    key: Option<&Held>,
) -> Result<SignIn> {
    kv.require_method(Method::EmailPassword)?;
    rate_limit::take(kv, &[Limit::sign_up(kv, cx.meta.client_ip)]).await?;
    captcha::require(kv, cx, captcha::Action::SignUp, None).await?;
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
    let drafts = degraded(kv, cx, &account, user.id, now);
    let proven = Proven { created: true, drafts, ..Proven::known(user) };
    let signed_in = sign_in::complete(kv, cx, &mut tx, proven, Method::EmailPassword, AMR, now).await?;
    idempotency::answer(kv, &mut tx, key, &signed_in).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
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
            email: Some(&account.email.display),
            email_key: claim.then_some(account.email.key.as_str()),
            role,
            password_hash: Some(&account.password_hash),
            password_check: password_recheck::due(account.degraded),
            ..NewUser::named(id, &account.name, now)
        })
        .await?;
    Ok(made.then(|| User {
        id,
        email: Some(account.email.display.clone()),
        email_verified: false,
        username: None,
        phone: None,
        anonymous: false,
        locale: None,
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
pub async fn sign_in(kv: &Kavach, cx: &RequestContext, request: SignInEmail) -> Result<SignIn> {
    sign_in::sign_in::<EmailPassword>(kv, cx, request).await
}

/// Proves again who the person of the session is; the session gets a new token.
pub(super) async fn prove_again(kv: &Kavach, cx: &RequestContext, password: Secret) -> Result<SignedIn> {
    if is_by_address(kv, cx) {
        sign_in::prove_again::<PasswordAgain<EmailPassword>>(kv, cx, password).await
    } else {
        sign_in::prove_again::<PasswordAgain<UsernamePassword>>(kv, cx, password).await
    }
}

/// As which of the two ways the password of whoever asks counts: as that of the address, where there is one and it is a
/// way of signing in here.
fn is_by_address(kv: &Kavach, cx: &RequestContext) -> bool {
    let has_username = cx.user().is_some_and(|user| user.username.is_some());
    let has_address = cx.user().is_some_and(|user| user.email.is_some());
    let on = |method| kv.config().methods.is_on(method);
    !has_username || (has_address && (on(Method::EmailPassword) || !on(Method::UsernamePassword)))
}

/// An address and a password.
struct EmailPassword;

impl AuthMethod for EmailPassword {
    const METHOD: Method = Method::EmailPassword;
    const HASHES: bool = true;
    const AMR: &'static [&'static str] = AMR;
    type Proof = SignInEmail;
    type Held = RightPassword;

    fn limits(kv: &Kavach, cx: &RequestContext, proof: &SignInEmail) -> Result<Vec<Limit>> {
        let email = email_address::parse(&proof.email).map_err(|why| ApiError::invalid("email", why))?;
        Ok(Limit::sign_in(kv, cx.meta.client_ip, &email.key).into())
    }

    async fn verify(
        kv: &Kavach,
        _: &RequestContext,
        proof: SignInEmail,
    ) -> Result<std::result::Result<RightPassword, Failed>> {
        let email = email_address::parse(&proof.email).map_err(|why| ApiError::invalid("email", why))?;
        let row = kv.store().read().await?.find_user_by_email(&email.key).await?;
        password::verify(kv, row, &proof.password).await
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

/// The password of the person whose session asks, counted as that of one way of signing in.
struct PasswordAgain<M>(PhantomData<M>);

impl<M: AuthMethod + Send + Sync> AuthMethod for PasswordAgain<M> {
    const METHOD: Method = M::METHOD;
    const AMR: &'static [&'static str] = AMR;
    type Proof = Secret;
    type Held = RightPassword;

    fn limits(kv: &Kavach, cx: &RequestContext, _: &Secret) -> Result<Vec<Limit>> {
        let caller = cx.require_session()?;
        Ok(vec![Limit::account(kv, cx.meta.client_ip, &caller.user.id.to_string())])
    }

    async fn verify(
        kv: &Kavach,
        cx: &RequestContext,
        password: Secret,
    ) -> Result<std::result::Result<RightPassword, Failed>> {
        let row = kv.store().read().await?.find_user(cx.require_session()?.user.id).await?;
        password::verify(kv, row, &password).await
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

/// Replaces the password, ends the person's other sessions and tells them by mail.
pub async fn change_password(kv: &Kavach, cx: &RequestContext, request: ChangePassword) -> Result<()> {
    let caller = cx.require_fresh()?;
    // The proof makes no new session here: it only shows that the present password is known.
    let present = request.current;
    if is_by_address(kv, cx) {
        sign_in::check::<PasswordAgain<EmailPassword>>(kv, cx, present).await?;
    } else {
        sign_in::check::<PasswordAgain<UsernamePassword>>(kv, cx, present).await?;
    }
    let stored = password::stored_hash(kv, &caller.user).await?;
    let person = Person { email: caller.user.email.as_deref(), name: Some(&caller.user.name) };
    let accepted =
        kv.password_policy().check(&request.new, person).await.map_err(|error| error.field("new"))?;
    let hash = kv.hasher().hash(request.new).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let check = password_recheck::due(accepted.degraded);
    if !tx.replace_password(caller.user.id, &stored, &hash, check, now).await? {
        return Err(ErrorCode::Conflict.into());
    }
    ends::end_everything(kv, &mut tx, caller.user.id, Some(caller.session.id), now).await?;
    if let Some(to) = &caller.user.email {
        outbox::enqueue(kv, &mut tx, Notice::PasswordChanged { to, at: now }, now).await?;
    }
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

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
use crate::context::RequestContext;
use crate::crypto::token::{self, TokenHash};
use crate::deliver::outbox::{self, Notice};
use crate::email_verification;
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::{Kavach, rng};
use kavach_model::audit::AuditKind;
use kavach_model::recovery::UpgradeAnonymous;
use kavach_model::sign_in::{Method, SignIn, SignedIn};
use kavach_model::user::{Role, User, UserStatus};
use kavach_model::{ApiError, ErrorCode, SessionId, Timestamp, TokenKind, UserId};
use kavach_store::{Conn, NewUser, StoreError};

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

/// Makes a member of the guest whose session asks. An address that somebody holds is answered like one that is free,
/// and its holder is told, as with a sign-up.
pub async fn upgrade(kv: &Kavach, cx: &RequestContext, request: UpgradeAnonymous) -> Result<SignedIn> {
    kv.require_method(Method::Anonymous)?;
    let guest = cx.require_session()?.user.clone();
    if !guest.anonymous {
        return Err(not_a_guest());
    }
    let email = match (&request.email, &request.username) {
        (Some(email), None) => email,
        (None, Some(_)) => return Err(ApiError::not_supported("username").into()),
        (None, None) => return Err(ApiError::invalid("email", "is missing").into()),
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid("username", "goes without an address").into());
        }
    };
    kv.require_method(Method::EmailPassword)?;
    rate_limit::take(kv, &[Limit::sign_up(kv, cx.meta.client_ip)]).await?;
    let account = email_password::check_account(kv, email, request.name.as_deref(), request.password).await?;
    match store(kv, cx, &guest, &account, true).await {
        // Somebody took the address in the meantime.
        Err(crate::Error::Store(StoreError::Conflict { .. })) => store(kv, cx, &guest, &account, false).await,
        done => done,
    }
}

async fn store(
    kv: &Kavach,
    cx: &RequestContext,
    guest: &User,
    account: &email_password::NewAccount,
    claim: bool,
) -> Result<SignedIn> {
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let with_key = NewUser {
        email: Some(&account.email.display),
        email_key: claim.then_some(account.email.key.as_str()),
        password_hash: Some(&account.password_hash),
        password_check: password_recheck::due(account.degraded),
        ..NewUser::named(guest.id, &account.name, now)
    };
    let claimed = tx.upgrade_guest(&with_key).await?;
    if !claimed && !tx.upgrade_guest(&NewUser { email_key: None, ..with_key }).await? {
        return Err(not_a_guest());
    }
    let user = tx.find_user(guest.id).await?.ok_or(ErrorCode::Unauthenticated)?.user;
    if claimed && claim {
        email_verification::enqueue(kv, &mut tx, &user, now).await?;
    } else {
        outbox::enqueue(kv, &mut tx, Notice::SignUpExisting { to: &account.email.display }, now).await?;
    }
    let token = token::issue(TokenKind::Session, kv.rng());
    let session = cx.require_session()?;
    let amr = ["pwd".to_owned()];
    let (before, after) = (session.token_hash.as_str(), TokenHash::of(&token));
    if !tx.renew_session(session.session.id, before, after.as_str(), &amr, now).await? {
        return Err(ErrorCode::Unauthenticated.into());
    }
    let mut drafts = email_password::degraded(kv, cx, account, user.id, now);
    drafts.push(upgraded(kv, cx, user.id, session.session.id, now));
    tx.append_audit(&drafts).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    Ok(SignedIn { token, user, password_breached: false })
}

fn upgraded(
    kv: &Kavach,
    cx: &RequestContext,
    user_id: UserId,
    session_id: SessionId,
    now: Timestamp,
) -> kavach_store::AuditDraft {
    let mut event = cx.event(AuditKind::UserUpgraded, now);
    event.user_id = Some(user_id);
    event.session_id = Some(session_id);
    event.context =
        Some(serde_json::Map::from_iter([("method".to_owned(), Method::EmailPassword.as_str().into())]));
    audit::draft(kv, event, Some(user_id))
}

fn not_a_guest() -> crate::Error {
    ApiError::new(ErrorCode::Conflict).message("This account is not a guest's.").into()
}

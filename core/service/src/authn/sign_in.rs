//! The one way into a session, whatever proved who is there: the switch, the limits, the proof, the second factor,
//! the session, the record.
//!
//! A way of signing in is an [`AuthMethod`]: what it allows to be tried, how it looks at a proof, and what it spends
//! and stores once the proof holds. Everything else happens here and nowhere else.

use crate::audit;
use crate::authn::second_factor;
use crate::context::{RequestContext, SessionCaller};
use crate::crypto::password::Admission;
use crate::crypto::token::{self, TokenHash};
use crate::deliver::logout;
use crate::error::Result;
use crate::guard::captcha::{self, Action};
use crate::guard::rate_limit::{self, Limit};
use crate::{Error, Kavach, session};
use kavach_model::audit::AuditKind;
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::sign_in::{Method, PendingSignIn, SignIn, SignedIn};
use kavach_model::user::{User, UserStatus};
use kavach_model::{ErrorCode, SessionId, Timestamp, TokenKind, UserId};
use kavach_store::{AuditDraft, Conn};
use std::time::Duration;

/// Time for the second factor after the first.
const PENDING: Duration = Duration::from_secs(600);

/// RFC 8176: more than one factor.
const MULTI_FACTOR: &[&str] = &["mfa"];

/// One way for a person to prove who they are.
pub(crate) trait AuthMethod {
    /// Its name, which is its switch and what the audit log calls it.
    const METHOD: Method;
    /// RFC 8176 names of what it proves.
    const AMR: &'static [&'static str];
    /// Whether looking at a proof takes a hash, for which there is a queue.
    const HASHES: bool = false;
    /// What a person brings.
    type Proof: Send;
    /// What looking at a proof that holds has found out.
    type Held: Send;

    /// What may be tried how often; looked at before the proof is. Fails when the proof cannot be one.
    fn limits(kv: &Kavach, cx: &RequestContext, proof: &Self::Proof) -> Result<Vec<Limit>>;

    /// Looks at the proof, outside any transaction: this may take a hash or another server's answer. The same work is
    /// done for people who do not exist.
    fn verify(
        kv: &Kavach,
        cx: &RequestContext,
        proof: Self::Proof,
    ) -> impl Future<Output = Result<std::result::Result<Self::Held, Failed>>> + Send;

    /// Spends what the proof was good for once, and stores what it changes, in the transaction that makes the session.
    fn settle(
        kv: &Kavach,
        cx: &RequestContext,
        tx: &mut Conn,
        held: Self::Held,
        now: Timestamp,
    ) -> impl Future<Output = Result<std::result::Result<Proven, Failed>>> + Send;
}

/// A proof that does not hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failed {
    /// Whose account was tried, if it exists. Never told.
    pub(crate) user_id: Option<UserId>,
    /// What is answered: the same for every reason.
    pub(crate) code: ErrorCode,
}

/// A proof that held.
#[derive(Debug)]
pub(crate) struct Proven {
    /// Who.
    pub(crate) user: User,
    /// Whether the account was made just now.
    pub(crate) created: bool,
    /// Whether two factors were proven at once, as a passkey that verifies its user does.
    pub(crate) multi_factor: bool,
    /// What it proves, where that is not what its method says.
    pub(crate) amr: Option<&'static [&'static str]>,
    /// Whether the password is known from a breach.
    pub(crate) password_breached: bool,
    /// What else the audit log is to say.
    pub(crate) drafts: Vec<AuditDraft>,
}

impl Proven {
    /// A person we know, by one factor.
    pub(crate) fn known(user: User) -> Self {
        Self {
            user,
            created: false,
            multi_factor: false,
            amr: None,
            password_breached: false,
            drafts: Vec::new(),
        }
    }

    /// The same, if the person is one who may go on.
    fn of_whom(self, may: impl FnOnce(&User) -> bool) -> std::result::Result<Self, Failed> {
        let failed = Failed { user_id: Some(self.user.id), code: ErrorCode::InvalidCredentials };
        if may(&self.user) { Ok(self) } else { Err(failed) }
    }
}

/// Signs a person in, or takes the first of two steps.
pub(crate) async fn sign_in<M: AuthMethod>(
    kv: &Kavach,
    cx: &RequestContext,
    proof: M::Proof,
) -> Result<SignIn> {
    let (held, limits) = look::<M>(kv, cx, proof, Visitor::Stranger).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let settled = M::settle(kv, cx, &mut tx, held, now).await?;
    let proven = match settled.and_then(|proven| proven.of_whom(|user| user.status == UserStatus::Active)) {
        Ok(proven) => proven,
        Err(failed) => {
            // Its writer waits for this transaction.
            drop(tx);
            return Err(refuse::<M>(kv, cx, failed).await?);
        }
    };
    let done = complete(kv, cx, &mut tx, proven, M::METHOD, M::AMR, now).await?;
    rate_limit::clear(&mut tx, &limits).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    Ok(done)
}

/// Begins the session of a person whose proof held, pending when a second factor is due. The caller commits.
pub(crate) async fn complete(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    proven: Proven,
    method: Method,
    amr: &[&str],
    now: Timestamp,
) -> Result<SignIn> {
    let Proven { user, created, multi_factor, amr: proves, password_breached, mut drafts } = proven;
    let amr = proves.unwrap_or(amr);
    // The browser's session before, if it had one, does not live on beside the new one. Somebody who makes an account
    // for another person stays who they are.
    if !created && let Ok(before) = cx.any_session() {
        tx.revoke_session(before.user.id, before.session.id, now).await?;
        logout::sessions_ended(kv, tx, before.user.id, now).await?;
    }
    let factors = if multi_factor { Vec::new() } else { second_factor::due(kv, tx, user.id).await? };
    let pending_until = (!factors.is_empty()).then(|| now + PENDING);
    let (session_id, token) = session::begin(kv, cx, tx, &user, amr, pending_until, now).await?;
    let kind = match (created, pending_until) {
        (true, _) => AuditKind::UserSignUp,
        (false, Some(_)) => AuditKind::UserSignInPending,
        (false, None) => AuditKind::UserSignIn,
    };
    drafts.push(event(kv, cx, kind, method, user.id, Some(session_id), now));
    tx.append_audit(&drafts).await?;
    Ok(match pending_until {
        Some(expires_at) => SignIn::Pending(PendingSignIn { pending: true, token, factors, expires_at }),
        None => SignIn::Complete(SignedIn { token, user, password_breached }),
    })
}

/// Proves again who the person of the session is, or brings the second factor of a pending one: the session gets a new
/// token, and what proves it grows.
pub(crate) async fn prove_again<M: AuthMethod>(
    kv: &Kavach,
    cx: &RequestContext,
    proof: M::Proof,
) -> Result<SignedIn> {
    let caller = cx.any_session()?;
    let (held, limits) = look::<M>(kv, cx, proof, Visitor::Known).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let settled = M::settle(kv, cx, &mut tx, held, now).await?;
    let proven = match settled.and_then(|proven| proven.of_whom(|user| user.id == caller.user.id)) {
        Ok(proven) => proven,
        Err(failed) => {
            drop(tx);
            return Err(refuse::<M>(kv, cx, failed).await?);
        }
    };
    let token = token::issue(TokenKind::Session, kv.rng());
    let mut amr = grown(&caller.session.amr, proven.amr.unwrap_or(M::AMR));
    if caller.session.pending {
        // What finishes a sign-in never began it, so these are two factors; a proof that is repeated later is not a second.
        amr = grown(&amr, MULTI_FACTOR);
    }
    let (before, after) = (caller.token_hash.as_str(), TokenHash::of(&token));
    if !tx.renew_session(caller.session.id, before, after.as_str(), &amr, now).await? {
        return Err(ErrorCode::Unauthenticated.into());
    }
    let kind = if caller.session.pending { AuditKind::UserSignIn } else { AuditKind::UserReauthenticate };
    let mut drafts = proven.drafts;
    drafts.push(event(kv, cx, kind, M::METHOD, caller.user.id, Some(caller.session.id), now));
    tx.append_audit(&drafts).await?;
    rate_limit::clear(&mut tx, &limits).await?;
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    let password_breached = proven.password_breached;
    Ok(SignedIn { token, user: caller.user.clone(), password_breached })
}

/// Whether a proof holds, for what needs one beside the session: nothing is spent and no session changes.
pub(crate) async fn check<M: AuthMethod>(kv: &Kavach, cx: &RequestContext, proof: M::Proof) -> Result<()> {
    let (_, limits) = look::<M>(kv, cx, proof, Visitor::Known).await?;
    let mut tx = kv.store().write().await?;
    rate_limit::clear(&mut tx, &limits).await?;
    Ok(tx.commit().await?)
}

/// Whether somebody has proven something already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visitor {
    Stranger,
    Known,
}

/// Room in the queue of those whose password is looked at, for a way of signing in that has one.
async fn admit<M: AuthMethod>(kv: &Kavach) -> Result<Option<Admission<'_>>> {
    if !M::HASHES {
        return Ok(None);
    }
    Ok(Some(kv.hasher().admit().await?))
}

/// The switch, the limits, the captcha where it is time for one, and the proof.
async fn look<M: AuthMethod>(
    kv: &Kavach,
    cx: &RequestContext,
    proof: M::Proof,
    visitor: Visitor,
) -> Result<(M::Held, Vec<Limit>)> {
    kv.require_method(M::METHOD)?;
    let mut limits = M::limits(kv, cx, &proof)?;
    let mut place = admit::<M>(kv).await?;
    rate_limit::take(kv, &limits).await?;
    // Only what can be guessed at an account is worth a program's while.
    let account = limits.iter().find_map(Limit::account_key).map(str::to_owned);
    if let Some(account) =
        account.filter(|_| visitor == Visitor::Stranger && kv.config().captcha.provider.is_some())
    {
        // Another server may take its time, which is not the queue's.
        drop(place.take());
        limits.extend(captcha::require(kv, cx, Action::SignIn, Some(&account)).await?);
        place = admit::<M>(kv).await?;
    }
    let verified = M::verify(kv, cx, proof).await?;
    drop(place);
    match verified {
        Ok(held) => Ok((held, limits)),
        Err(failed) => Err(refuse::<M>(kv, cx, failed).await?),
    }
}

/// Records a proof that did not hold; what to answer.
async fn refuse<M: AuthMethod>(kv: &Kavach, cx: &RequestContext, failed: Failed) -> Result<Error> {
    let now = kv.clock().now();
    let mut event = cx.event(AuditKind::UserSignInFailed, now);
    event.user_id = failed.user_id;
    event.verdict = Verdict::Deny;
    event.reason_code = ReasonCode::InvalidCredentials;
    event.context = Some(method_named(M::METHOD));
    kv.audit().record(vec![audit::draft(kv, event, failed.user_id)]).await?;
    Ok(failed.code.into())
}

fn event(
    kv: &Kavach,
    cx: &RequestContext,
    kind: AuditKind,
    method: Method,
    user_id: UserId,
    session_id: Option<SessionId>,
    now: Timestamp,
) -> AuditDraft {
    let mut event = cx.event(kind, now);
    event.user_id = Some(user_id);
    event.session_id = session_id;
    event.context = Some(method_named(method));
    audit::draft(kv, event, Some(user_id))
}

fn method_named(method: Method) -> serde_json::Map<String, serde_json::Value> {
    serde_json::Map::from_iter([("method".to_owned(), method.as_str().into())])
}

/// What proves a session after one more proof; nothing counts twice.
fn grown(before: &[String], more: &[&str]) -> Vec<String> {
    let mut all = before.to_vec();
    all.extend(
        more.iter().filter(|name| !before.iter().any(|known| known == *name)).map(|name| (*name).to_owned()),
    );
    all
}

impl RequestContext {
    /// The session, whole or pending, of the person who asks.
    pub(crate) fn any_session(&self) -> Result<&SessionCaller> {
        self.pending().map_or_else(|| self.require_session(), Ok)
    }
}

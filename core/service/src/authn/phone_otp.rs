//! A code of six digits by text message: ten minutes, five tries, for whoever asked.
//!
//! Every message costs money, and some earn it: numbers at a premium are refused, and there are limits for a number,
//! for numbers that are rented together, for a network and for a day. None of them depends on who has an account.

use crate::authn::sign_in::{self, AuthMethod, Failed, Proven};
use crate::authn::{by_email, code};
use crate::context::RequestContext;
use crate::deliver::sms::{self, Text};
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::phone_number::{self, PhoneNumber};
use crate::{Error, Kavach};
use kavach_model::codes::{CodeSent, SendPhone, VerifyCode};
use kavach_model::sign_in::{Method, SignIn, SignedIn};
use kavach_model::user::{User, UserStatus};
use kavach_model::{ApiError, ErrorCode, Language, Timestamp, UserId};
use kavach_store::{ChallengeRow, Conn, NewUser};
use std::time::Duration;

const PURPOSE: &str = "phone_otp";
/// Also for what an account does with its number.
pub(crate) const LIFE: Duration = Duration::from_secs(10 * 60);

/// Sends a code. The same is done, and answered, for every number.
pub async fn send(kv: &Kavach, cx: &RequestContext, request: SendPhone) -> Result<CodeSent> {
    require(kv)?;
    let phone = parse(kv, &request.phone)?;
    let holder = kv.store().read().await?.find_user_by_phone(&phone.e164).await?.map(|row| row.user);
    let language = holder.as_ref().and_then(|user| Language::parse(user.locale.as_deref()?));
    let language = language.unwrap_or(cx.meta.language);
    send_for(kv, cx, PURPOSE, holder.as_ref(), &phone, language).await
}

/// Sends a code to the number of the person who asks, who wants to show again who they are.
pub async fn send_again(kv: &Kavach, cx: &RequestContext) -> Result<CodeSent> {
    let phone = cx.require_session()?.user.phone.clone().ok_or(ErrorCode::Conflict)?;
    send(kv, cx, SendPhone { phone }).await
}

/// Signs a person in by their code.
pub async fn verify(kv: &Kavach, cx: &RequestContext, request: VerifyCode) -> Result<SignIn> {
    require(kv)?;
    sign_in::sign_in::<PhoneOtp>(kv, cx, request).await
}

/// Proves again who the person of the session is; the session gets a new token. It is no second factor.
pub async fn reauthenticate(kv: &Kavach, cx: &RequestContext, request: VerifyCode) -> Result<SignedIn> {
    require(kv)?;
    cx.require_session()?;
    sign_in::prove_again::<PhoneOtp>(kv, cx, request).await
}

/// Whether codes can be sent here: the method is on, and somebody delivers them, if only a developer's outbox.
pub fn is_available(kv: &Kavach) -> bool {
    kv.config().methods.is_on(Method::PhoneOtp) && (sms::is_configured(kv) || !kv.config().secure())
}

/// Refuses what is off.
pub(crate) fn require(kv: &Kavach) -> Result<()> {
    kv.require_method(Method::PhoneOtp)?;
    if is_available(kv) { Ok(()) } else { Err(ErrorCode::MethodDisabled.into()) }
}

/// Reads a number that may be written to.
pub(crate) fn parse(kv: &Kavach, text: &str) -> Result<PhoneNumber> {
    Ok(phone_number::parse(text, &kv.config().sms).map_err(|why| ApiError::invalid("phone", why))?)
}

/// Sends a code for a purpose, within the limits. An account that is off gets none, and is answered like any other.
pub(crate) async fn send_for(
    kv: &Kavach,
    cx: &RequestContext,
    purpose: &'static str,
    holder: Option<&User>,
    phone: &PhoneNumber,
    language: Language,
) -> Result<CodeSent> {
    rate_limit::take(kv, &Limit::sms(kv, cx.meta.client_ip, phone)).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let begin = code::Begin {
        purpose,
        user_id: holder.map(|user| user.id),
        recipient: &phone.e164,
        link_hash: None,
        binding: cx.meta.browser.as_deref(),
        payload: "",
        life: LIFE,
    };
    let begun = code::begin(kv, &mut tx, &begin, now).await?;
    let text = Text::Code { code: &begun.code, valid_for: LIFE };
    if holder.is_none_or(|user| user.status == UserStatus::Active) {
        sms::enqueue(kv, &mut tx, &phone.e164, text, language, now).await?;
    } else {
        sms::pretend(kv, &mut tx, &phone.e164, text, language, now).await?;
    }
    tx.commit().await?;
    kv.sms_wake().notify_one();
    Ok(CodeSent { challenge_id: begun.id })
}

/// Looks at a code for a purpose.
pub(crate) async fn look(
    kv: &Kavach,
    cx: &RequestContext,
    purpose: &'static str,
    request: &VerifyCode,
) -> Result<std::result::Result<ChallengeRow, Option<UserId>>> {
    let limit = |recipient: &str| Limit::codes(kv, cx.meta.client_ip, recipient);
    code::look(kv, purpose, limit, &request.challenge_id, &request.code).await
}

struct PhoneOtp;

impl AuthMethod for PhoneOtp {
    const METHOD: Method = Method::PhoneOtp;
    // RFC 8176: a text message to a registered number.
    const AMR: &'static [&'static str] = &["sms"];
    type Proof = VerifyCode;
    type Held = ChallengeRow;

    fn limits(kv: &Kavach, cx: &RequestContext, _: &VerifyCode) -> Result<Vec<Limit>> {
        Ok(vec![Limit::tries(kv, cx.meta.client_ip)])
    }

    async fn verify(
        kv: &Kavach,
        cx: &RequestContext,
        proof: VerifyCode,
    ) -> Result<std::result::Result<ChallengeRow, Failed>> {
        let looked = look(kv, cx, PURPOSE, &proof).await?;
        Ok(looked.map_err(|user_id| Failed { user_id, code: ErrorCode::CodeInvalid }))
    }

    async fn settle(
        kv: &Kavach,
        _: &RequestContext,
        tx: &mut Conn,
        row: ChallengeRow,
        now: Timestamp,
    ) -> Result<std::result::Result<Proven, Failed>> {
        if !tx.consume_challenge(PURPOSE, &row.id, now).await? {
            return Ok(Err(Failed { user_id: row.user_id, code: ErrorCode::CodeInvalid }));
        }
        tx.revoke_challenges(PURPOSE, &row.recipient, now).await?;
        let known = |user: User| Ok(Ok(Proven::known(user)));
        if let Some(held) = tx.find_user_by_phone(&row.recipient).await? {
            return known(held.user);
        }
        let (id, phone) = (UserId::from_parts(now, crate::rng::array(kv.rng())), row.recipient);
        let new = NewUser { phone: Some(&phone), ..NewUser::named(id, &phone, now) };
        if tx.insert_user(&new).await? {
            let user = User { phone: Some(phone.clone()), ..by_email::made_now(id, &phone, now) };
            return Ok(Ok(Proven { created: true, ..Proven::known(user) }));
        }
        // Somebody was faster.
        let held = tx.find_user_by_phone(&phone).await?;
        known(held.ok_or_else(|| Error::Fault("a number is held and nobody holds it".to_owned()))?.user)
    }
}

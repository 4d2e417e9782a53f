//! A mail with a link and a code, either of which signs in, once.
//!
//! Looking at the link spends nothing, however often mail scanners do; whoever presses the button spends it. Where it is
//! opened by another browser than the one that asked, the page says whose account it is before anybody presses. The
//! code beside it is for the browser that asked, when the mail is read on another device.

use crate::authn::sign_in::{self, AuthMethod, Failed, Proven};
use crate::authn::{by_email, code};
use crate::context::RequestContext;
use crate::crypto::token::{self, TokenHash};
use crate::deliver::outbox::Notice;
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::{Error, Kavach, email_address};
use kavach_model::codes::{CodeSent, SendMagicLink, VerifyMagicLink};
use kavach_model::sign_in::{Method, SignIn};
use kavach_model::{ApiError, ErrorCode, Secret, Timestamp, Token, TokenKind};
use kavach_store::{ChallengeRow, Conn};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const PURPOSE: &str = "magic_link";
const LIFE: Duration = Duration::from_secs(15 * 60);
const LONGEST_PATH: usize = 1024;

/// What the link remembers.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    return_to: Option<String>,
}

/// A link that still works, as the page behind it shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedLink {
    /// The address it was sent to.
    pub email: String,
    /// Whether the browser that asked for it opened it.
    pub same_browser: bool,
    /// The page the person was on the way to.
    pub return_to: Option<String>,
}

/// Sends a link. The same is done, and answered, for every address.
pub async fn send(kv: &Kavach, cx: &RequestContext, request: SendMagicLink) -> Result<CodeSent> {
    kv.require_method(Method::MagicLink)?;
    let email = email_address::parse(&request.email).map_err(|why| ApiError::invalid("email", why))?;
    let return_to = request.return_to.filter(|path| !path.is_empty());
    if return_to.as_ref().is_some_and(|path| path.len() > LONGEST_PATH || !path.starts_with('/')) {
        return Err(ApiError::invalid("returnTo", "is not a path of this site").into());
    }
    rate_limit::take(kv, &[Limit::send(kv, cx.meta.client_ip)]).await?;
    let token = token::issue(TokenKind::EmailLink, kv.rng());
    let payload =
        serde_json::to_string(&Payload { return_to }).map_err(|error| Error::Fault(error.to_string()))?;
    let link_hash = TokenHash::of(&token);
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let holder = tx.find_user_by_email(&email.key).await?.map(|row| row.user);
    let begin = code::Begin {
        purpose: PURPOSE,
        user_id: holder.as_ref().map(|user| user.id),
        recipient: &email.display,
        link_hash: Some(link_hash.as_str()),
        binding: cx.meta.browser.as_deref(),
        payload: &payload,
        life: LIFE,
    };
    let begun = code::begin(kv, &mut tx, &begin, now).await?;
    let link = format!("{}/sign-in/link/open?token={}", kv.config().public_url, token.expose());
    let notice = Notice::MagicLink { to: &email.display, link: &link, code: &begun.code, valid_for: LIFE };
    if !by_email::write(kv, cx, &mut tx, holder.as_ref(), notice, now).await? {
        // Nobody will ever read this code, so nobody may guess it either.
        tx.consume_challenge(PURPOSE, &begun.id, now).await?;
    }
    tx.commit().await?;
    kv.outbox_wake().notify_one();
    Ok(CodeSent { challenge_id: begun.id })
}

/// What a link is for. Spends nothing, and may be asked any number of times.
pub async fn open(kv: &Kavach, cx: &RequestContext, token: &Secret) -> Result<OpenedLink> {
    kv.require_method(Method::MagicLink)?;
    let row = find(kv, token).await?.ok_or(ErrorCode::LinkInvalid)?;
    let payload: Payload = serde_json::from_str(&row.payload).unwrap_or_default();
    let same_browser = row.binding.is_some() && row.binding == cx.meta.browser;
    Ok(OpenedLink { email: row.recipient, same_browser, return_to: payload.return_to })
}

/// Spends a link, or the code beside it, and signs its person in.
pub async fn verify(kv: &Kavach, cx: &RequestContext, request: VerifyMagicLink) -> Result<SignIn> {
    let proof = match (request.token, request.challenge_id, request.code) {
        (Some(token), None, None) => Proof::Link(token),
        (None, Some(challenge_id), Some(code)) => Proof::Code { challenge_id, code },
        (None, Some(_), None) => return Err(ApiError::invalid("code", "is needed with challengeId").into()),
        _ => {
            return Err(ApiError::invalid("token", "is needed, or challengeId and code instead of it").into());
        }
    };
    sign_in::sign_in::<MagicLink>(kv, cx, proof).await
}

/// Spends a link on its page. In another browser than the one that asked, only for somebody who read whose account it is
/// and went on: else a link of one's own, sent to somebody else, would have them work in a foreign account.
pub async fn enter(kv: &Kavach, cx: &RequestContext, token: Secret, confirmed: bool) -> Result<SignIn> {
    if !confirmed && !open(kv, cx, &token).await?.same_browser {
        return Err(ErrorCode::Conflict.into());
    }
    sign_in::sign_in::<MagicLink>(kv, cx, Proof::Link(token)).await
}

async fn find(kv: &Kavach, token: &Secret) -> Result<Option<ChallengeRow>> {
    let Some(token) = Token::parse(TokenKind::EmailLink, token.expose()) else { return Ok(None) };
    let now = kv.clock().now();
    let hash = TokenHash::of(&token);
    Ok(kv.store().read().await?.find_challenge_by_link(PURPOSE, hash.as_str(), now).await?)
}

/// A link or the code beside it.
enum Proof {
    Link(Secret),
    Code { challenge_id: String, code: Secret },
}

/// What was found, and what is answered if somebody else spends it first.
struct Held {
    row: ChallengeRow,
    otherwise: ErrorCode,
}

struct MagicLink;

impl AuthMethod for MagicLink {
    const METHOD: Method = Method::MagicLink;
    const AMR: &'static [&'static str] = by_email::AMR;
    type Proof = Proof;
    type Held = Held;

    fn limits(kv: &Kavach, cx: &RequestContext, _: &Proof) -> Result<Vec<Limit>> {
        Ok(vec![Limit::tries(kv, cx.meta.client_ip)])
    }

    async fn verify(
        kv: &Kavach,
        cx: &RequestContext,
        proof: Proof,
    ) -> Result<std::result::Result<Held, Failed>> {
        let (looked, otherwise) = match &proof {
            Proof::Link(token) => (find(kv, token).await?.ok_or(None), ErrorCode::LinkInvalid),
            Proof::Code { challenge_id, code } => {
                let limit = |recipient: &str| Limit::codes(kv, cx.meta.client_ip, recipient);
                (code::look(kv, PURPOSE, limit, challenge_id, code).await?, ErrorCode::CodeInvalid)
            }
        };
        Ok(looked.map(|row| Held { row, otherwise }).map_err(|user_id| Failed { user_id, code: otherwise }))
    }

    async fn settle(
        kv: &Kavach,
        cx: &RequestContext,
        tx: &mut Conn,
        held: Held,
        now: Timestamp,
    ) -> Result<std::result::Result<Proven, Failed>> {
        let Held { row, otherwise } = held;
        let failed = Failed { user_id: row.user_id, code: otherwise };
        if !tx.consume_challenge(PURPOSE, &row.id, now).await? {
            return Ok(Err(failed));
        }
        let Ok(email) = email_address::parse(&row.recipient) else { return Ok(Err(failed)) };
        // What else was sent to the same mailbox is not needed any more.
        tx.revoke_challenges(PURPOSE, &row.recipient, now).await?;
        let settled = by_email::settle(kv, cx, tx, &email, now).await?;
        Ok(settled.map_err(|refused| Failed { code: otherwise, ..refused }))
    }
}

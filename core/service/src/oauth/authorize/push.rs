//! Pushed authorization requests (RFC 9126): kept under a name that is good for one use.

use super::{Parameters, Problem, check, redirect_of, traced};
use crate::Kavach;
use crate::context::RequestContext;
use crate::crypto::token::{self as secrets, TokenHash};
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::oauth::client_auth::Party;
use crate::oauth::clients::Client;
use crate::oauth::{Answer, Failure, refuse, require_issuer};
use kavach_model::oauth::Refusal;
use kavach_model::{Token, TokenKind};
use kavach_store::NewOnce;
use std::time::Duration;

/// What the name of a pushed request begins with.
pub const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:";
/// What pushed requests are kept as.
const PUSHED: &str = "oauth_pushed";
/// How long a pushed request waits for its browser (RFC 9126, section 2.2).
const PUSHED_LIFE: Duration = Duration::from_secs(90);

/// A client pushes a request (RFC 9126): its name, and for how many seconds it may be used.
pub async fn push(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    parameters: Parameters,
    jkt: Option<&str>,
) -> Answer<(String, u64)> {
    let said = traced::parameters(&parameters);
    let answer = keep(kv, cx, party, parameters, jkt).await;
    if let Err(Failure::Refused(error)) = &answer {
        traced::not_pushed(kv, cx, &party.id(), said, error);
    }
    answer
}

async fn keep(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    mut parameters: Parameters,
    jkt: Option<&str>,
) -> Answer<(String, u64)> {
    require_issuer(kv)?;
    let unable = || refuse(Refusal::UnauthorizedClient, "this client has no one to ask");
    let client = party.client().ok_or_else(unable)?;
    if parameters.get("request_uri").is_some() {
        return Err(refuse(Refusal::InvalidRequest, "a pushed request names no other"));
    }
    // A proof that comes along binds the code to its key (RFC 9449, section 10.1).
    if let Some(jkt) = jkt {
        if parameters.get("dpop_jkt").is_some_and(|named| named != jkt) {
            return Err(refuse(Refusal::InvalidDpopProof, "dpop_jkt is not of the proof's key"));
        }
        parameters.set("dpop_jkt", jkt);
    }
    parameters.set("client_id", &client.id);
    if redirect_of(client, &parameters).is_none() {
        return Err(refuse(Refusal::InvalidRequest, "redirect_uri is none of this client's"));
    }
    let token = secrets::issue(TokenKind::Request, kv.rng());
    check(kv, client, &parameters, true).await?;
    rate_limit::take(kv, &[Limit::authorizations(kv, cx.meta.client_ip)]).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.insert_once(&NewOnce {
        secret_hash: TokenHash::of(&token).as_str(),
        purpose: PUSHED,
        user_id: None,
        payload: &parameters.written(),
        created_at: now,
        expires_at: now + PUSHED_LIFE,
    })
    .await?;
    tx.commit().await?;
    Ok((format!("{REQUEST_URI}{}", token.expose()), PUSHED_LIFE.as_secs()))
}

/// The parameters that count: those that were pushed, where the request names such, and what the push is kept under.
pub(super) async fn unfold(
    kv: &Kavach,
    client: &Client,
    parameters: Parameters,
) -> Result<std::result::Result<(Parameters, Option<String>), Problem>> {
    let Some(hash) = parameters.get("request_uri").and_then(pushed_hash) else {
        return Ok(Ok((parameters, None)));
    };
    let found = kv.store().read().await?.find_once(PUSHED, &hash, kv.clock().now()).await?;
    let pushed = found.and_then(|found| Parameters::read(&found.payload));
    // Pushed by another client, it is nothing to this one.
    let pushed = pushed.filter(|pushed| pushed.get("client_id") == Some(client.id.as_str()));
    Ok(pushed.map(|pushed| (pushed, Some(hash))).ok_or(Problem::Over))
}

/// Uses a pushed request up; false when another browser, or the same one again, was first (RFC 9126, section 7.3).
pub(super) async fn spend(kv: &Kavach, hash: &str) -> Result<bool> {
    let mut tx = kv.store().write().await?;
    let claimed = tx.claim_once(PUSHED, hash, kv.clock().now()).await?;
    tx.commit().await?;
    Ok(claimed.is_some())
}

fn pushed_hash(request_uri: &str) -> Option<String> {
    let token = Token::parse(TokenKind::Request, request_uri.strip_prefix(REQUEST_URI)?)?;
    Some(TokenHash::of(&token).into_string())
}

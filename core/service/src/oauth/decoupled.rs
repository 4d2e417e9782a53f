//! Asking a person on another device (OpenID Connect CIBA Core 1.0, poll mode): an agent asks whoever answers for it
//! whether it may act for them, and waits.
//!
//! The question is an approval like any other: it comes by mail, stands in the inbox, names everything by its digest, needs
//! a fresh session, and is used up by one answer of the token endpoint. Only agents ask, and only their own person: nobody
//! can make somebody else's telephone ring. What is shown is what was asked for, with the agent's message.

use super::authorize::Parameters;
use super::client_auth::Party;
use super::resources;
use super::scope::{STANDARD, Scopes};
use super::token::allowed;
use super::{Answer, grants, keys, refuse, require_issuer};
use crate::approval::redeem;
use crate::authorize::ask::Ask;
use crate::authorize::chain_of;
use crate::context::{AgentCaller, RequestContext};
use crate::crypto::token::{self as secrets, TokenHash};
use crate::guard::rate_limit::{self, Limit};
use crate::{Error, Kavach, audit, names};
use kavach_model::approval::POLL_INTERVAL;
use kavach_model::audit::AuditKind;
use kavach_model::oauth::{DecoupledAnswer, Refusal};
use kavach_model::user::{User, UserStatus};
use kavach_model::{ApiError, ApprovalId, TokenKind};
use kavach_store::NewOnce;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// What a question is kept as.
pub(crate) const ASKED: &str = "oauth_ciba";
/// The action that people are asked about.
const ACTION: &str = "act_for_you";
/// How long it is remembered what became of a question that is over.
const REMEMBERED: Duration = Duration::from_secs(3_600);
const SHORTEST: Duration = Duration::from_secs(30);
const LONGEST_MESSAGE: usize = 200;

/// What waits for the answer.
#[derive(Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) approval: ApprovalId,
    pub(crate) client_id: String,
    pub(crate) scopes: String,
    pub(crate) resources: Vec<String>,
}

/// An agent asks.
pub async fn ask(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    parameters: &Parameters,
) -> Answer<DecoupledAnswer> {
    require_issuer(kv)?;
    let Party::Agent(agent) = party else {
        return Err(refuse(Refusal::UnauthorizedClient, "agents ask, and whoever answers for them is asked"));
    };
    let invalid = |why: &'static str| refuse(Refusal::InvalidRequest, why);
    if parameters.get("request").is_some() || parameters.get("login_hint_token").is_some() {
        return Err(invalid("neither request nor login_hint_token is supported"));
    }
    let person = person(kv, *agent, parameters).await?;
    let message = match parameters.get("binding_message") {
        None => None,
        Some(text) => Some(names::parse("binding_message", text, LONGEST_MESSAGE).map_err(|_| {
            refuse(Refusal::InvalidBindingMessage, "binding_message is up to 200 characters of plain text")
        })?),
    };
    let longest = kv.config().approval.life;
    let life = match parameters.get("requested_expiry").map(str::parse::<u64>) {
        None => longest,
        Some(Ok(seconds)) if seconds > 0 => Duration::from_secs(seconds).max(SHORTEST).min(longest),
        Some(_) => return Err(invalid("requested_expiry is a number of seconds")),
    };
    let wanted = resources::wanted(kv, parameters.all("resource"), parameters.get("scope"), None).await?;
    if wanted.resources.is_empty() {
        return Err(refuse(Refusal::InvalidTarget, "name the resource the token is for"));
    }
    let standard: Scopes = STANDARD.into_iter().collect();
    let scopes = allowed(kv, cx, *agent, &wanted, &wanted.scopes.beyond(&standard)).await?;
    if scopes.is_empty() {
        return Err(refuse(Refusal::InvalidScope, "none of these scopes may be had"));
    }
    rate_limit::take(kv, &[Limit::decoupled(kv, person.id)]).await?;
    let now = kv.clock().now();
    let known = kv.decisions().agent(kv.store(), agent.agent_id, now).await?;
    let chain = known.map(|known| chain_of(&known)).ok_or_else(|| invalid("there is no such agent"))?;
    let token = secrets::issue(TokenKind::Request, kv.rng());
    let hash = TokenHash::of(&token);
    let roots: Vec<&str> = wanted.resources.iter().map(|one| one.permission_root.as_str()).collect();
    let mut arguments = Map::from_iter([
        ("scope".to_owned(), scopes.to_string().into()),
        ("resource".to_owned(), wanted.addresses().into()),
        // No two are one question: each is answered for itself.
        ("request".to_owned(), hash.as_str()[..16].into()),
    ]);
    if let Some(message) = &message {
        arguments.insert("message".to_owned(), message.clone().into());
    }
    let ask = Ask {
        agent_id: agent.agent_id,
        sponsor_id: person.id,
        chain,
        action: ACTION.to_owned(),
        resource: roots.join(" "),
        arguments: Some(arguments),
        units: 1,
        permissions: Vec::new(),
    };
    let mut tx = kv.store().write().await?;
    let Some(approval) = redeem::open(kv, &mut tx, &ask, now + life, now).await? else {
        let wait = kv.config().approval.life.as_secs();
        return Err(Error::Refused(ApiError::rate_limited(wait)).into());
    };
    let waiting = Waiting {
        approval,
        client_id: party.id(),
        scopes: scopes.to_string(),
        resources: wanted.addresses(),
    };
    let payload = serde_json::to_string(&waiting).map_err(|error| Error::Fault(error.to_string()))?;
    tx.insert_once(&NewOnce {
        secret_hash: hash.as_str(),
        purpose: ASKED,
        user_id: Some(person.id),
        payload: &payload,
        created_at: now,
        expires_at: now + life + kv.config().approval.redeem_within + REMEMBERED,
    })
    .await?;
    let mut event = cx.event(AuditKind::OAuthAsked, now);
    event.user_id = Some(person.id);
    event.agent_id = Some(agent.agent_id);
    event.approval_id = Some(approval);
    event.resource = Some(wanted.addresses().join(" "));
    event.context = json!({ "scope": scopes.to_string() }).as_object().cloned();
    tx.append_audit(&[audit::draft(kv, event, Some(person.id))]).await?;
    tx.commit().await?;
    crate::approval::notify::wake(kv);
    Ok(DecoupledAnswer { auth_req_id: token, expires_in: life.as_secs(), interval: POLL_INTERVAL })
}

/// Who answers for the agent. A hint may name them, in any way they are known here, and nobody else.
async fn person(kv: &Kavach, agent: AgentCaller, parameters: &Parameters) -> Answer<User> {
    let unknown = || refuse(Refusal::UnknownUserId, "that is not who answers for this agent");
    let row = kv.store().read().await?.find_user(agent.sponsor_id).await?;
    let user = row.map(|row| row.user).filter(|user| user.status == UserStatus::Active);
    let user = user.ok_or_else(unknown)?;
    match (parameters.get("login_hint"), parameters.get("id_token_hint")) {
        (None, None) => Ok(user),
        (Some(_), Some(_)) => {
            Err(refuse(Refusal::InvalidRequest, "login_hint and id_token_hint do not go together"))
        }
        (Some(hint), None) => {
            let is = |name: Option<&str>| name.is_some_and(|name| name.eq_ignore_ascii_case(hint.trim()));
            let email = user.email.as_deref().filter(|_| user.email_verified);
            let named = is(email) || is(user.username.as_deref()) || is(Some(&user.id.to_string()));
            if named { Ok(user) } else { Err(unknown()) }
        }
        (None, Some(hint)) => {
            let claims = keys::read_own(kv, hint, grants::ID).await?.ok_or_else(unknown)?;
            let named = claims.get("sub").and_then(Value::as_str) == Some(user.id.to_string().as_str());
            if named { Ok(user) } else { Err(unknown()) }
        }
    }
}

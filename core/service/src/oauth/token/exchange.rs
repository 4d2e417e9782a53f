//! Token exchange (RFC 8693): who asks acts on behalf of whom the token is about. The token that comes of it says so in
//! `act`, the nearest first, and is never good for more, elsewhere, or longer than the one it was made of; it ends with
//! that one. Nobody gets a token that hides who acts.
//!
//! An agent may act for the person who answers for it, and for an agent above it. A client may exchange what was issued
//! to it, or what was issued for a server it may look into tokens of.

use super::client_credentials::allowed;
use super::{id_jag, narrowed_resources, narrowed_scopes};
use crate::Kavach;
use crate::context::{AgentCaller, RequestContext};
use crate::oauth::authorize::Parameters;
use crate::oauth::client_auth::Party;
use crate::oauth::grants::{self, ACCESS, Issue};
use crate::oauth::resources::{self, Wanted};
use crate::oauth::scope::{STANDARD, Scopes};
use crate::oauth::{Answer, introspect, keys, refuse};
use kavach_model::oauth::{Refusal, TokenAnswer};
use kavach_model::{AgentId, Timestamp};
use kavach_store::GrantRow;
use serde_json::{Map, Value, json};

/// What is exchanged, and for what.
pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
/// Longest chain of those who act.
const DEEPEST: usize = 10;

pub(super) async fn exchange(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    parameters: &Parameters,
    jkt: Option<&str>,
) -> Answer<TokenAnswer> {
    let invalid = |why: &'static str| refuse(Refusal::InvalidRequest, why);
    if party.client().is_some_and(|client| !client.uses(super::EXCHANGE)) || !party.is_confidential() {
        return Err(refuse(Refusal::UnauthorizedClient, "this client does not use this grant_type"));
    }
    if parameters.get("requested_token_type") == Some(super::ID_JAG) {
        return id_jag::issue(kv, cx, party, parameters).await;
    }
    if parameters.get("actor_token").is_some() {
        return Err(invalid("actor_token is not supported: whoever asks is who acts"));
    }
    if parameters.get("requested_token_type").is_some_and(|kind| kind != ACCESS_TOKEN && kind != JWT) {
        return Err(invalid("requested_token_type must be an access token"));
    }
    if !parameters.get("subject_token_type").is_some_and(|kind| kind == ACCESS_TOKEN || kind == JWT) {
        return Err(invalid("subject_token_type must be an access token"));
    }
    let token = parameters.get("subject_token").ok_or_else(|| invalid("subject_token is missing"))?;
    let unknown = || refuse(Refusal::InvalidGrant, "the subject token is not valid here");
    let claims = keys::verify_own(kv, token, ACCESS).await?.ok_or_else(unknown)?;
    let parent = introspect::live(kv, &claims).await?.ok_or_else(unknown)?;
    let act = acting(kv, party, &claims, &parent, jkt).await?;
    let granted: Scopes = text(&claims, "scope").parse().unwrap_or_default();
    let audience = audience(&claims);
    let asked = asked_for(parameters);
    let addresses = narrowed_resources(&audience, &asked)?;
    // Knowing who the person is, and staying, is for whom the person agreed to.
    let standard: Scopes = STANDARD.into_iter().collect();
    let mut scopes = narrowed_scopes(&granted.beyond(&standard), parameters.get("scope"))?;
    if let Party::Agent(agent) = party {
        let known = resources::all(kv).await?;
        let resources = resources::named(&known, &addresses)?;
        let wanted = Wanted { resources, scopes: scopes.clone() };
        scopes = allowed(kv, cx, *agent, &wanted, &scopes).await?;
    }
    if scopes.is_empty() {
        return Err(refuse(Refusal::InvalidScope, "nothing is left of what was granted"));
    }
    let now = kv.clock().now();
    let until = Timestamp::from_millis(claims.get("exp").and_then(Value::as_i64).unwrap_or_default() * 1_000);
    let id = party.id();
    let grant = GrantRow {
        id: grants::new_id(kv, now),
        client_id: id.clone(),
        parent_id: Some(parent.id),
        scopes: scopes.to_string(),
        resources: addresses.join(" "),
        act: Some(act.to_string()),
        nonce: None,
        jkt: jkt.map(str::to_owned),
        session_id: None,
        created_at: now,
        expires_at: until.min(now + kv.config().oauth.access_token_life),
        ..parent
    };
    let issue = Issue {
        grant: &grant,
        client_id: &id,
        scopes: &scopes,
        resources: &addresses,
        jkt,
        how: "token-exchange",
    };
    let mut issued = grants::access_token(kv, cx, &issue, now).await?;
    issued.answer.issued_token_type = Some(ACCESS_TOKEN);
    let mut tx = kv.store().write().await?;
    tx.insert_oauth_grant(&grant).await?;
    tx.append_audit(&[issued.record]).await?;
    tx.commit().await?;
    Ok(issued.answer)
}

/// Who acts from now on, if this party may act here.
async fn acting(
    kv: &Kavach,
    party: &Party,
    claims: &Map<String, Value>,
    parent: &GrantRow,
    jkt: Option<&str>,
) -> Answer<Value> {
    let refused = |why: &'static str| refuse(Refusal::AccessDenied, why);
    let may_look = party.client().is_some_and(|client| {
        let audience = audience(claims);
        client.metadata.introspects.iter().any(|resource| audience.contains(resource))
    });
    let bound = claims.get("cnf").and_then(|cnf| cnf["jkt"].as_str());
    if bound.is_some() && bound != jkt && !may_look {
        return Err(refuse(Refusal::InvalidDpopProof, "the subject token is bound to another key"));
    }
    match party {
        Party::Client(client) if text(claims, "client_id") == client.id || may_look => {}
        Party::Client(_) => return Err(refused("this token is none of the client's business")),
        Party::Agent(agent) => may_act(kv, *agent, claims, parent).await?,
    }
    let mut act = json!({ "sub": party.id() });
    if let Some(before) = claims.get("act") {
        if depth(before) + 1 > DEEPEST {
            return Err(refused("too many act already"));
        }
        act["act"] = before.clone();
    }
    Ok(act)
}

/// An agent acts for the person who answers for it, and after an agent only below that one.
async fn may_act(
    kv: &Kavach,
    agent: AgentCaller,
    claims: &Map<String, Value>,
    parent: &GrantRow,
) -> Answer<()> {
    let refused = || refuse(Refusal::AccessDenied, "this agent may not act for them");
    let acted = claims.get("act").and_then(|act| act["sub"].as_str()).map(str::to_owned);
    let above: Option<AgentId> = match (acted, parent.agent_id) {
        (Some(acted), _) => acted.parse().ok(),
        (None, agent) => agent,
    };
    if parent.user_id.is_some_and(|user| user != agent.sponsor_id) {
        return Err(refused());
    }
    let Some(above) = above else { return if parent.user_id.is_some() { Ok(()) } else { Err(refused()) } };
    let chain = kv.store().read().await?.find_agent_chain(agent.agent_id).await?;
    let is_below = chain.iter().skip(1).any(|link| link.id == above);
    if is_below || above == agent.agent_id { Ok(()) } else { Err(refused()) }
}

fn depth(act: &Value) -> usize {
    std::iter::successors(Some(act), |act| act.get("act")).count()
}

/// The servers that are asked for, by either name RFC 8693 has for them.
fn asked_for(parameters: &Parameters) -> Vec<String> {
    let mut asked = parameters.all("resource").to_vec();
    asked.extend(parameters.get("audience").map(str::to_owned));
    asked
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> &'a str {
    claims.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn audience(claims: &Map<String, Value>) -> Vec<String> {
    match claims.get("aud") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(several)) => {
            several.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

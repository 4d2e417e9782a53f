//! Introspection (RFC 7662): what a token is good for now, for the client it was issued to and the servers it is for.
//!
//! Everything is looked at anew: the signature, the grant, the person, and every agent that acts. Whoever may not know
//! learns what they would of a token that does not exist.

use super::client_auth::Party;
use super::grants::{self, ACCESS};
use super::{Answer, keys};
use crate::Kavach;
use crate::crypto::token::TokenHash;
use kavach_model::{AgentId, GrantId, Timestamp, Token, TokenKind};
use kavach_store::GrantRow;
use serde_json::{Map, Value, json};

/// Looks into a token.
pub async fn look(kv: &Kavach, party: &Party, token: &str) -> Answer<Value> {
    let found = match TokenKind::of(token) {
        Some(TokenKind::Refresh) => refresh(kv, party, token).await?,
        Some(_) => None,
        None => access(kv, party, token).await?,
    };
    Ok(found.unwrap_or_else(|| json!({"active": false})))
}

async fn access(kv: &Kavach, party: &Party, token: &str) -> Answer<Option<Value>> {
    let Some(mut claims) = keys::verify_own(kv, token, ACCESS).await? else { return Ok(None) };
    if !may_know(party, &claims) || live(kv, &claims).await?.is_none() {
        return Ok(None);
    }
    let bound = claims.contains_key("cnf");
    claims.insert("active".to_owned(), true.into());
    claims.insert("token_type".to_owned(), if bound { "DPoP" } else { "Bearer" }.into());
    Ok(Some(Value::Object(claims)))
}

fn may_know(party: &Party, claims: &Map<String, Value>) -> bool {
    if claims.get("client_id").and_then(Value::as_str) == Some(party.id().as_str()) {
        return true;
    }
    let Some(client) = party.client() else { return false };
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    client.metadata.introspects.iter().any(|resource| audience.contains(&resource.as_str()))
}

/// The grant of an access token, if it lives, and everybody with it who acts.
pub(crate) async fn live(kv: &Kavach, claims: &Map<String, Value>) -> Answer<Option<GrantRow>> {
    let id = claims.get("grant_id").and_then(Value::as_str).and_then(|id| id.parse::<GrantId>().ok());
    let Some(id) = id else { return Ok(None) };
    let now = kv.clock().now();
    let Some(grant) = kv.store().read().await?.find_live_oauth_grant(id, now).await? else { return Ok(None) };
    let mut agents: Vec<AgentId> = grant.agent_id.into_iter().collect();
    let mut link = claims.get("act");
    while let Some(act) = link {
        agents.extend(act["sub"].as_str().and_then(|sub| sub.parse::<AgentId>().ok()));
        link = act.get("act");
    }
    for agent in agents {
        if !is_working(kv, agent, now).await? {
            return Ok(None);
        }
    }
    Ok(Some(grant))
}

async fn is_working(kv: &Kavach, agent: AgentId, now: Timestamp) -> Answer<bool> {
    let known = kv.decisions().agent(kv.store(), agent, now).await?;
    Ok(known.is_some_and(|known| known.refusal(now).is_none()))
}

async fn refresh(kv: &Kavach, party: &Party, token: &str) -> Answer<Option<Value>> {
    let Some(token) = Token::parse(TokenKind::Refresh, token) else { return Ok(None) };
    let now = kv.clock().now();
    let row = kv.store().read().await?.find_refresh_token(TokenHash::of(&token).as_str(), now).await?;
    let live = row.filter(|row| !row.over && row.used_at.is_none() && row.expires_at > now);
    Ok(live.filter(|row| row.grant.client_id == party.id()).map(|row| {
        json!({
            "active": true,
            "client_id": row.grant.client_id,
            "sub": grants::subject(&row.grant),
            "scope": row.grant.scopes,
            "exp": row.expires_at.as_millis() / 1_000,
        })
    }))
}

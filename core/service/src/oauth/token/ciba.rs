//! `urn:openid:params:grant-type:ciba` (OpenID Connect CIBA Core 1.0, section 10.1): what became of a question. A yes is
//! good once, for one token, and counts only if it is the person's own.

use super::{allowed, invalid_grant};
use crate::Kavach;
use crate::approval::redeem;
use crate::context::RequestContext;
use crate::crypto::token::TokenHash;
use crate::oauth::authorize::Parameters;
use crate::oauth::client_auth::Party;
use crate::oauth::decoupled::{ASKED, Waiting};
use crate::oauth::grants::{self, Issue};
use crate::oauth::resources::{self, Wanted};
use crate::oauth::scope::Scopes;
use crate::oauth::{Answer, refuse};
use kavach_model::approval::{ApprovalStatus, POLL_INTERVAL};
use kavach_model::oauth::{Refusal, TokenAnswer};
use kavach_model::{Token, TokenKind};
use kavach_store::{Allowance, GrantRow};
use serde_json::json;
use std::time::Duration;

pub(super) async fn redeem(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    parameters: &Parameters,
    jkt: Option<&str>,
) -> Answer<TokenAnswer> {
    let Party::Agent(agent) = party else {
        return Err(refuse(Refusal::UnauthorizedClient, "this client does not use this grant_type"));
    };
    let text = parameters.get("auth_req_id");
    let text = text.ok_or_else(|| refuse(Refusal::InvalidRequest, "auth_req_id is missing"))?;
    let unknown = || invalid_grant("auth_req_id is unknown, used or over");
    let hash = TokenHash::of(&Token::parse(TokenKind::Request, text).ok_or_else(unknown)?);
    let now = kv.clock().now();
    let mut conn = kv.store().read().await?;
    let found = conn.find_once(ASKED, hash.as_str(), now).await?.ok_or_else(unknown)?;
    let waiting: Waiting = serde_json::from_str(&found.payload).map_err(|_| unknown())?;
    // Somebody else's is left as it was.
    if waiting.client_id != party.id() {
        return Err(unknown());
    }
    let approval = conn.find_approval(waiting.approval).await?.ok_or_else(unknown)?;
    drop(conn);
    match approval.status(now) {
        ApprovalStatus::Pending => return Err(wait(kv, hash.as_str()).await?),
        ApprovalStatus::Denied => return Err(refuse(Refusal::AccessDenied, "the person said no")),
        ApprovalStatus::Expired => return Err(refuse(Refusal::ExpiredToken, "nobody answered in time")),
        ApprovalStatus::Consumed => return Err(unknown()),
        ApprovalStatus::Approved => {}
    }
    // An administrator may answer for an agent, and yet not lend it the person.
    if approval.decided_by != Some(agent.sponsor_id) || found.user_id != Some(agent.sponsor_id) {
        return Err(refuse(Refusal::AccessDenied, "it was not the person who said yes"));
    }
    let known = resources::all(kv).await?;
    let servers = resources::named(&known, &waiting.resources)?;
    let granted: Scopes = waiting.scopes.parse().unwrap_or_default();
    let wanted = Wanted { resources: servers, scopes: granted.clone() };
    let scopes = allowed(kv, cx, *agent, &wanted, &granted).await?;
    if scopes.is_empty() {
        return Err(refuse(Refusal::InvalidScope, "nothing is left of what was granted"));
    }
    let id = party.id();
    let grant = GrantRow {
        id: grants::new_id(kv, now),
        client_id: id.clone(),
        user_id: Some(agent.sponsor_id),
        agent_id: None,
        parent_id: None,
        scopes: scopes.to_string(),
        resources: waiting.resources.join(" "),
        act: Some(json!({ "sub": id }).to_string()),
        amr: Vec::new(),
        auth_time: None,
        nonce: None,
        jkt: jkt.map(str::to_owned),
        session_id: None,
        created_at: now,
        expires_at: now + kv.config().oauth.access_token_life,
    };
    let issue = Issue {
        grant: &grant,
        client_id: &id,
        scopes: &scopes,
        resources: &waiting.resources,
        jkt,
        how: "ciba",
    };
    let mut issued = grants::access_token(kv, cx, &issue, now).await?;
    issued.record.event.approval_id = Some(approval.id);
    let mut tx = kv.store().write().await?;
    let first = tx.claim_once(ASKED, hash.as_str(), now).await?.is_some();
    if !first || !redeem::take(&mut tx, &approval, now).await? {
        return Err(unknown());
    }
    tx.insert_oauth_grant(&grant).await?;
    tx.append_audit(&[issued.record]).await?;
    tx.commit().await?;
    Ok(issued.answer)
}

/// Nobody answered yet; whoever asks too often is told so.
async fn wait(kv: &Kavach, hash: &str) -> Answer<crate::oauth::Failure> {
    let key = format!("ciba:{hash}");
    let poll = Allowance { key: &key, interval: Duration::from_secs(POLL_INTERVAL), burst: 1 };
    let taken = kv.store().write_count().await?.take_rate_limits(&[poll], kv.clock().now()).await?;
    Ok(match taken {
        Ok(()) => refuse(Refusal::AuthorizationPending, "nobody answered yet"),
        Err(_) => refuse(Refusal::SlowDown, "ask less often"),
    })
}

//! `client_credentials` (OAuth 2.1, section 4.2): a client or an agent acts for itself. An agent gets the scopes that its
//! permissions allow now, through the whole chain above it, and no others.

use super::{invalid_grant, question};
use crate::Kavach;
use crate::authorize;
use crate::context::{AgentCaller, Caller, RequestContext};
use crate::oauth::assertion::{self, Spent};
use crate::oauth::authorize::Parameters;
use crate::oauth::client_auth::Party;
use crate::oauth::clients;
use crate::oauth::grants::{self, Issue};
use crate::oauth::resources::{self, Wanted};
use crate::oauth::scope::{STANDARD, Scopes};
use crate::oauth::{Answer, refuse};
use kavach_model::authorize::Authorize;
use kavach_model::oauth::{ClientKind, Refusal, TokenAnswer};
use kavach_model::permission::ReasonCode;
use kavach_store::GrantRow;

pub(super) async fn issue(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    parameters: &Parameters,
    jkt: Option<&str>,
) -> Answer<TokenAnswer> {
    let unauthorized = |why: &'static str| refuse(Refusal::UnauthorizedClient, why);
    if let Party::Client(client) = party
        && (client.kind != ClientKind::Registered || !client.uses("client_credentials"))
    {
        return Err(unauthorized("this client does not use this grant_type"));
    }
    if !party.is_confidential() {
        return Err(unauthorized("a client that acts for itself must prove who it is"));
    }
    for_itself(kv, cx, party, parameters, ForItself { how: "client_credentials", spent: None, jkt }).await
}

/// How somebody comes to act for itself.
pub(super) struct ForItself<'a> {
    pub(super) how: &'static str,
    /// The assertion that is used up.
    pub(super) spent: Option<Spent>,
    pub(super) jkt: Option<&'a str>,
}

/// A token for somebody who proved who they are and may act for themselves.
pub(super) async fn for_itself(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    parameters: &Parameters,
    ForItself { how, spent, jkt }: ForItself<'_>,
) -> Answer<TokenAnswer> {
    let may_ask = party.client().and_then(|client| client.may_ask());
    let wanted =
        resources::wanted(kv, parameters.all("resource"), parameters.get("scope"), may_ask.as_ref()).await?;
    if wanted.resources.is_empty() {
        return Err(refuse(Refusal::InvalidTarget, "name the resource the token is for"));
    }
    // They are about a person, and there is none.
    let standard: Scopes = STANDARD.into_iter().collect();
    let mut scopes = wanted.scopes.beyond(&standard);
    if let Party::Agent(agent) = party {
        scopes = allowed(kv, cx, *agent, &wanted, &scopes).await?;
    }
    if scopes.is_empty() && !wanted.resources.iter().all(|one| one.scopes.is_empty()) {
        return Err(refuse(Refusal::InvalidScope, "none of these scopes may be had"));
    }
    let now = kv.clock().now();
    let (id, addresses) = (party.id(), wanted.addresses());
    let agent = match party {
        Party::Agent(agent) => Some(agent),
        Party::Client(_) => None,
    };
    let grant = GrantRow {
        id: grants::new_id(kv, now),
        client_id: id.clone(),
        user_id: None,
        agent_id: agent.map(|agent| agent.agent_id),
        parent_id: None,
        scopes: scopes.to_string(),
        resources: addresses.join(" "),
        act: None,
        amr: Vec::new(),
        auth_time: None,
        nonce: None,
        jkt: jkt.map(str::to_owned),
        session_id: None,
        created_at: now,
        expires_at: now + kv.config().oauth.access_token_life,
    };
    let issue = Issue { grant: &grant, client_id: &id, scopes: &scopes, resources: &addresses, jkt, how };
    let mut issued = grants::access_token(kv, cx, &issue, now).await?;
    issued.record.sponsor_id = agent.map(|agent| agent.sponsor_id);
    let mut tx = kv.store().write().await?;
    if let Some(spent) = spent
        && !tx.spend_foreign(assertion::PURPOSE, &spent.key, now, spent.until).await?
    {
        return Err(invalid_grant("the assertion was used before"));
    }
    tx.insert_oauth_grant(&grant).await?;
    if let Party::Client(client) = party {
        clients::touch(&mut tx, client, now).await?;
    }
    tx.append_audit(&[issued.record]).await?;
    tx.commit().await?;
    Ok(issued.answer)
}

/// Those of the scopes that an agent's permissions allow: each is the question it comes to, asked without a trace. What
/// a person must approve first is approved when it is done.
pub(in crate::oauth) async fn allowed(
    kv: &Kavach,
    cx: &RequestContext,
    agent: AgentCaller,
    wanted: &Wanted,
    scopes: &Scopes,
) -> Answer<Scopes> {
    let cx = RequestContext { meta: cx.meta.clone(), caller: Caller::Agent(agent) };
    let mut found: Vec<&str> = Vec::new();
    for scope in scopes.iter() {
        for server in wanted.resources.iter().filter(|one| one.scopes.iter().any(|known| known.name == scope))
        {
            let (resource, action) = question(server, scope);
            let request = Authorize {
                agent_id: None,
                action,
                resource,
                arguments: None,
                ip: None,
                context: None,
                units: None,
                on_behalf_of: None,
            };
            let told = authorize::explain(kv, &cx, request).await?;
            if matches!(told.reason_code, ReasonCode::Allowed | ReasonCode::ApprovalRequired) {
                found.push(scope);
            }
        }
    }
    Ok(found.into_iter().collect())
}

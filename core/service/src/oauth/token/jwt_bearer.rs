//! The JWT bearer grant (RFC 7523, section 2.1), for whoever a trusted issuer vouches for.
//!
//! A workload needs no secret of ours: its platform says who it is, and a rule of the configuration which agent or client
//! that is. An identity assertion (ID-JAG, draft-ietf-oauth-identity-assertion-authz-grant) says who a person is, for one
//! client, which proves itself besides. Neither gets a refresh token: the next assertion is the next token.

use super::client_credentials::{self, ForItself};
use super::{JWT_BEARER, invalid_grant, narrowed_resources, narrowed_scopes, record_refusal};
use crate::Kavach;
use crate::context::{AgentCaller, RequestContext};
use crate::oauth::assertion::{self, Held, Kind, bad, text};
use crate::oauth::authorize::Parameters;
use crate::oauth::client_auth::Party;
use crate::oauth::clients::{self, Client};
use crate::oauth::grants::{self, Issue};
use crate::oauth::scope::{STANDARD, Scopes};
use crate::oauth::{Answer, Failure, refuse, resources};
use kavach_model::oauth::{ClientKind, Refusal, TokenAnswer};
use kavach_model::user::UserStatus;
use kavach_model::{TokenId, UserId};
use kavach_store::GrantRow;
use serde_json::Value;

/// Most servers in one assertion.
const MOST_RESOURCES: usize = 20;

/// A client that proved who it is brings an assertion.
pub(super) async fn redeem(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    parameters: &Parameters,
    jkt: Option<&str>,
) -> Answer<TokenAnswer> {
    let held = verify(kv, parameters).await?;
    match held.kind {
        Kind::Workload => workload(kv, cx, &held, Some(party), parameters, jkt).await,
        Kind::Person => person(kv, cx, &held, super::client(party, JWT_BEARER)?, parameters, jkt).await,
    }
}

/// A workload brings an assertion and nothing else.
pub(super) async fn alone(
    kv: &Kavach,
    cx: &RequestContext,
    parameters: &Parameters,
    jkt: Option<&str>,
) -> Answer<TokenAnswer> {
    // Of nobody that is known, nothing is recorded: anybody could fill the log.
    let held = verify(kv, parameters).await?;
    let answer = match held.kind {
        Kind::Workload => workload(kv, cx, &held, None, parameters, jkt).await,
        Kind::Person => Err(refuse(Refusal::InvalidClient, "the client did not say who it is")),
    };
    if let Err(Failure::Refused(error)) = &answer {
        let who = format!("{} {}", held.rule.issuer, held.subject);
        record_refusal(kv, cx, &who, JWT_BEARER, error).await?;
    }
    answer
}

async fn verify<'a>(kv: &'a Kavach, parameters: &Parameters) -> Answer<Held<'a>> {
    let missing = || refuse(Refusal::InvalidRequest, "assertion is missing");
    assertion::verify(kv, parameters.get("assertion").ok_or_else(missing)?).await
}

async fn workload(
    kv: &Kavach,
    cx: &RequestContext,
    held: &Held<'_>,
    named: Option<&Party>,
    parameters: &Parameters,
    jkt: Option<&str>,
) -> Answer<TokenAnswer> {
    let party = workload_party(kv, held).await?;
    if named.is_some_and(|named| named.id() != party.id()) {
        return Err(invalid_grant("the assertion is about somebody else than the client"));
    }
    let how = ForItself { how: "jwt-bearer", spent: held.spent()?, jkt };
    client_credentials::for_itself(kv, cx, &party, parameters, how).await
}

/// Who the rule says such a workload is, if that one works.
async fn workload_party(kv: &Kavach, held: &Held<'_>) -> Answer<Party> {
    let now = kv.clock().now();
    if let Some(id) = held.rule.agent {
        let known = kv.decisions().agent(kv.store(), id, now).await?;
        let known = known.filter(|known| known.refusal(now).is_none()).ok_or_else(bad)?;
        let sponsor_id = known.sponsor_id;
        // It showed no token of ours, so there is none to name.
        return Ok(Party::Agent(AgentCaller {
            agent_id: id,
            token_id: TokenId::from_parts(now, [0; 10]),
            sponsor_id,
        }));
    }
    let client = match &held.rule.client {
        Some(id) => clients::find(kv, id).await?,
        None => None,
    };
    let client = client.filter(|client| client.kind == ClientKind::Registered).ok_or_else(bad)?;
    if !client.uses(JWT_BEARER) {
        return Err(refuse(Refusal::UnauthorizedClient, "this client does not use this grant_type"));
    }
    Ok(Party::Client(Box::new(client)))
}

async fn person(
    kv: &Kavach,
    cx: &RequestContext,
    held: &Held<'_>,
    client: &Client,
    parameters: &Parameters,
    jkt: Option<&str>,
) -> Answer<TokenAnswer> {
    if !client.is_confidential() {
        return Err(refuse(Refusal::UnauthorizedClient, "the client must prove who it is"));
    }
    if text(&held.claims, "client_id") != Some(&client.id) {
        return Err(invalid_grant("the assertion is for another client"));
    }
    let spent = held.spent()?.ok_or_else(bad)?;
    let said = said_resources(held.claims.get("resource")).ok_or_else(bad)?;
    let asked = match said.as_slice() {
        [] => parameters.all("resource").to_vec(),
        said => narrowed_resources(said, parameters.all("resource"))?,
    };
    let scope = match held.claims.get("scope") {
        None => parameters.get("scope").map(str::to_owned),
        Some(Value::String(said)) => {
            let said: Scopes = said.parse().map_err(|_| bad())?;
            Some(narrowed_scopes(&said, parameters.get("scope"))?.to_string())
        }
        Some(_) => return Err(bad()),
    };
    let wanted = resources::wanted(kv, &asked, scope.as_deref(), client.may_ask().as_ref()).await?;
    let standard: Scopes = STANDARD.into_iter().collect();
    let scopes = wanted.scopes.beyond(&standard);
    if wanted.resources.is_empty() {
        return Err(refuse(Refusal::InvalidTarget, "neither the assertion nor the request names a resource"));
    }
    if scopes.is_empty() {
        return Err(refuse(Refusal::InvalidScope, "none of these scopes may be had"));
    }
    let now = kv.clock().now();
    let user_id = linked(kv, held).await?;
    let addresses = wanted.addresses();
    let grant = GrantRow {
        id: grants::new_id(kv, now),
        client_id: client.id.clone(),
        user_id: Some(user_id),
        agent_id: None,
        parent_id: None,
        scopes: scopes.to_string(),
        resources: addresses.join(" "),
        act: None,
        // How they proved who they are is the provider's to know.
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
        client_id: &client.id,
        scopes: &scopes,
        resources: &addresses,
        jkt,
        how: "id-jag",
    };
    let issued = grants::access_token(kv, cx, &issue, now).await?;
    let mut tx = kv.store().write().await?;
    if !tx.spend_foreign(assertion::PURPOSE, &spent.key, now, spent.until).await? {
        return Err(invalid_grant("the assertion was used before"));
    }
    tx.use_identity(&held.rule.issuer, &held.subject, now).await?;
    tx.insert_oauth_grant(&grant).await?;
    clients::touch(&mut tx, client, now).await?;
    tx.append_audit(&[issued.record]).await?;
    tx.commit().await?;
    Ok(issued.answer)
}

/// The person who linked that account of theirs, if theirs here works.
async fn linked(kv: &Kavach, held: &Held<'_>) -> Answer<UserId> {
    let found = kv.store().read().await?.find_identity(&held.rule.issuer, &held.subject).await?;
    let found = found.filter(|user| user.status == UserStatus::Active && !user.anonymous);
    found.map(|user| user.id).ok_or_else(|| invalid_grant("nobody here is who the assertion is about"))
}

fn said_resources(said: Option<&Value>) -> Option<Vec<String>> {
    let all: Vec<&str> = match said {
        None => Vec::new(),
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(list)) if list.len() <= MOST_RESOURCES => {
            list.iter().map(Value::as_str).collect::<Option<_>>()?
        }
        Some(_) => return None,
    };
    let canonical =
        |text: &str| crate::oauth::resource::Resource::parse(text).map(|one| one.as_str().to_owned());
    all.into_iter().map(canonical).collect::<Result<_, _>>().ok()
}

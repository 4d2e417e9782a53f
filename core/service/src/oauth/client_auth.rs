//! Who the client is that asks: by its name alone, a secret, or an assertion it signed (RFC 6749 section 2.3, RFC 7523
//! section 2.2). An agent is a client by its own credential.
//!
//! One way at a time. A secret is compared by its hash, which is looked up by the client's name. An assertion is for this
//! issuer and nobody else, and is good once.

use super::clients::{self, Client, has_secret};
use super::jws::{self, Jws, SKEW, seconds};
use super::{Answer, Failure, documents, refuse, require_issuer, trace};
use crate::Kavach;
use crate::context::{AgentCaller, RequestContext};
use crate::crypto::token::{TokenHash, hex, sha256};
use crate::outbound::{Request, Trust};
use jsonwebtoken::Algorithm;
use kavach_model::oauth::{AuthMethod, ClientKind, Refusal};
use kavach_model::trace::{TraceKind, TraceOutcome, TraceStepCode};
use kavach_model::{AgentId, Secret, Timestamp, Token, TokenKind};
use serde_json::Value;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// What an assertion's type must say.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longest life of an assertion, in seconds.
const MAX_LIFE: i64 = 3_600;

/// What a request said of its client.
#[derive(Debug, Clone, Default)]
pub struct Presented {
    /// `Authorization: Basic`, its parts already decoded.
    pub basic: Option<(String, Secret)>,
    /// `client_id` of the body.
    pub client_id: Option<String>,
    /// `client_secret` of the body.
    pub client_secret: Option<Secret>,
    /// `client_assertion_type`
    pub assertion_type: Option<String>,
    /// `client_assertion`
    pub assertion: Option<Secret>,
}

impl Presented {
    /// Whether it is more than a name.
    pub fn is_proof(&self) -> bool {
        self.basic.is_some()
            || self.client_secret.is_some()
            || self.assertion.is_some()
            || self.assertion_type.is_some()
    }

    /// Whether it said nothing at all.
    pub fn is_nothing(&self) -> bool {
        !self.is_proof() && self.client_id.is_none()
    }
}

/// Who asks at an endpoint for programs.
#[derive(Debug, Clone)]
pub enum Party {
    /// A client.
    Client(Box<Client>),
    /// An agent, by its own credential.
    Agent(AgentCaller),
}

impl Party {
    /// Its `client_id`.
    pub fn id(&self) -> String {
        match self {
            Self::Client(client) => client.id.clone(),
            Self::Agent(agent) => agent.agent_id.to_string(),
        }
    }

    /// Whether it proved who it is.
    pub fn is_confidential(&self) -> bool {
        match self {
            Self::Client(client) => client.is_confidential(),
            Self::Agent(_) => true,
        }
    }

    pub(crate) fn client(&self) -> Option<&Client> {
        match self {
            Self::Client(client) => Some(client),
            Self::Agent(_) => None,
        }
    }
}

fn invalid(why: &'static str) -> Failure {
    refuse(Refusal::InvalidClient, why)
}

/// Finds out who asks; who did not prove it is noted for whoever is asked why.
pub async fn authenticate(kv: &Kavach, cx: &RequestContext, presented: Presented) -> Answer<Party> {
    let named = presented.client_id.clone().or_else(|| presented.basic.as_ref().map(|(id, _)| id.clone()));
    let party = find_out(kv, cx, presented).await;
    if let (Err(Failure::Refused(error)), Some(named)) = (&party, named) {
        let (kind, outcome) = (TraceKind::Token, TraceOutcome::Refused);
        let step = TraceStepCode::ClientRefused;
        trace::begin(kv, cx, kind, Some(&named), outcome, step, trace::of_error(error));
    }
    party
}

async fn find_out(kv: &Kavach, cx: &RequestContext, presented: Presented) -> Answer<Party> {
    let Presented { basic, client_id, client_secret, assertion_type, assertion } = presented;
    let ways = [basic.is_some(), client_secret.is_some(), assertion.is_some()];
    if ways.iter().filter(|way| **way).count() > 1 {
        return Err(refuse(Refusal::InvalidRequest, "a client proves who it is in one way at a time"));
    }
    if assertion_type.is_some() != assertion.is_some() {
        return Err(refuse(
            Refusal::InvalidRequest,
            "client_assertion and client_assertion_type come together",
        ));
    }
    if let Some((named, _)) = &basic
        && client_id.as_ref().is_some_and(|id| id != named)
    {
        return Err(refuse(Refusal::InvalidRequest, "client_id differs from the Authorization header"));
    }
    if let Some(assertion) = assertion {
        if assertion_type.as_deref() != Some(ASSERTION_TYPE) {
            return Err(invalid("client_assertion_type is not supported"));
        }
        return by_assertion(kv, cx, client_id.as_deref(), assertion.expose()).await;
    }
    let secret = client_secret.or_else(|| basic.as_ref().map(|(_, secret)| secret.clone()));
    let id = client_id.or_else(|| basic.map(|(id, _)| id));
    let id = id.ok_or_else(|| invalid("the client did not say who it is"))?;
    if id.parse::<AgentId>().is_ok() {
        return by_agent(kv, &id, secret).await;
    }
    let client = find(kv, cx, &id).await?;
    match (secret, client.auth_method) {
        (None, AuthMethod::None) => Ok(Party::Client(Box::new(client))),
        (Some(secret), method) if has_secret(method) && is_secret(&client, &secret) => {
            Ok(Party::Client(Box::new(client)))
        }
        (None, _) => Err(invalid("this client must prove who it is")),
        (Some(_), _) => Err(invalid("the client or its secret is not right")),
    }
}

/// The client of that name, its document fetched where that is due.
async fn find(kv: &Kavach, cx: &RequestContext, id: &str) -> Answer<Client> {
    let unknown = || invalid("the client or its secret is not right");
    if documents::is_meant(id) {
        return documents::known(kv, cx, id).await?.ok_or_else(unknown);
    }
    clients::find_or_configured(kv, id).await?.ok_or_else(unknown)
}

fn is_secret(client: &Client, secret: &Secret) -> bool {
    let Some(token) = Token::parse(TokenKind::ClientSecret, secret.expose()) else { return false };
    let Some(known) = &client.secret_hash else { return false };
    TokenHash::of(&token).as_str().as_bytes().ct_eq(known.as_bytes()).into()
}

async fn by_agent(kv: &Kavach, id: &str, secret: Option<Secret>) -> Answer<Party> {
    let wrong = || invalid("the client or its secret is not right");
    let token =
        secret.and_then(|secret| Token::parse(TokenKind::Agent, secret.expose())).ok_or_else(wrong)?;
    let agent = crate::authorize::live_agent(kv, &token).await?.ok_or_else(wrong)?;
    if agent.agent_id.to_string() != id {
        return Err(wrong());
    }
    Ok(Party::Agent(agent))
}

async fn by_assertion(
    kv: &Kavach,
    cx: &RequestContext,
    client_id: Option<&str>,
    assertion: &str,
) -> Answer<Party> {
    let issuer = require_issuer(kv)?;
    let algorithms = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256, Algorithm::PS256];
    let bad = || invalid("the client assertion is not valid");
    let jws = Jws::parse(assertion, &algorithms).ok_or_else(bad)?;
    let kind = jws.typ.as_deref().unwrap_or("JWT");
    if !["jwt", "client-authentication+jwt"].iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        return Err(bad());
    }
    let named = jws.unverified().and_then(|claims| Some(claims.get("sub")?.as_str()?.to_owned()));
    let named = named.ok_or_else(bad)?;
    if client_id.is_some_and(|id| id != named) {
        return Err(bad());
    }
    let client = find(kv, cx, &named).await?;
    if client.auth_method != AuthMethod::PrivateKeyJwt {
        return Err(bad());
    }
    let claims = verify(kv, &client, &jws).await?.ok_or_else(bad)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    // One audience, as a text: an assertion for several is somebody else's as well.
    if text("iss") != Some(&client.id) || text("sub") != Some(&client.id) || text("aud") != Some(issuer) {
        return Err(bad());
    }
    let now = kv.clock().now();
    let at = now.as_millis() / 1_000;
    let expiry = seconds(&claims, "exp").ok_or_else(bad)?;
    let issued = if claims.contains_key("iat") { seconds(&claims, "iat").ok_or_else(bad)? } else { at };
    let begins = if claims.contains_key("nbf") { seconds(&claims, "nbf").ok_or_else(bad)? } else { at };
    if expiry + SKEW <= at || expiry > at + MAX_LIFE + SKEW || issued > at + SKEW || begins > at + SKEW {
        return Err(bad());
    }
    let jti = text("jti").filter(|jti| !jti.is_empty() && jti.len() <= 256).ok_or_else(bad)?;
    let key = hex(&sha256(&format!("assertion\n{}\n{jti}", client.id)));
    let until = Timestamp::from_millis((expiry + SKEW + 1) * 1_000);
    if !once(kv, "oauth_assertion", &key, now, until).await? {
        return Err(invalid("the client assertion was used before"));
    }
    Ok(Party::Client(Box::new(client)))
}

/// Whether this is the first time.
pub(crate) async fn once(
    kv: &Kavach,
    purpose: &str,
    key: &str,
    now: Timestamp,
    until: Timestamp,
) -> Answer<bool> {
    let mut tx = kv.store().write().await?;
    let first = tx.spend_foreign(purpose, key, now, until).await?;
    tx.commit().await?;
    Ok(first)
}

async fn verify(
    kv: &Kavach,
    client: &Client,
    jws: &Jws<'_>,
) -> Answer<Option<serde_json::Map<String, Value>>> {
    let fetched;
    let set = match (&client.metadata.jwks, &client.metadata.jwks_uri) {
        (Some(set), _) => set,
        (None, Some(uri)) => {
            fetched = fetch_keys(kv, client, uri).await?;
            &fetched
        }
        (None, None) => return Ok(None),
    };
    let keys = jws::keys_for(set, jws.kid.as_deref(), jws.algorithm);
    Ok(keys.iter().find_map(|key| jws.verify(key)))
}

/// The keys a client publishes. Fetched each time: assertions come once a token's life.
async fn fetch_keys(kv: &Kavach, client: &Client, uri: &str) -> Answer<Value> {
    let away = || invalid("the client's keys could not be fetched");
    let trust = if client.kind == ClientKind::Registered { Trust::Operator } else { Trust::Stranger };
    let request = Request::get(uri, trust).timeout(Duration::from_secs(3)).max_body(64 * 1024);
    let response = kv.http().fetch(request).await.map_err(|_| away())?;
    if response.status != 200 {
        return Err(away());
    }
    serde_json::from_slice(&response.body).map_err(|_| away())
}

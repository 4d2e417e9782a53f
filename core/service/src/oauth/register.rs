//! Clients that register themselves (RFC 7591) and manage what they said (RFC 7592).
//!
//! Anybody may, so nothing is believed: such a client gets the grants of people and no others, is asked about each time,
//! and is forgotten when nobody uses it. What real clients leave out is filled in the way they mean it: one on the
//! person's machine is public, whatever the default says.

use super::clients::{self, BadMetadata, Client, check, has_secret};
use super::redirect_uri::{Destination, RedirectUri};
use super::trace::{self, Detail};
use super::{Answer, Failure, refuse, require_issuer, token};
use crate::context::RequestContext;
use crate::crypto::token::{self as secrets, TokenHash};
use crate::guard::rate_limit::{self, Limit};
use crate::{Error, Kavach};
use kavach_model::audit::AuditKind;
use kavach_model::oauth::{AuthMethod, ClientKind, ClientMetadata, Refusal};
use kavach_model::trace::{TraceKind, TraceOutcome, TraceStepCode};
use kavach_model::{ClientId, ErrorCode, Token, TokenKind};
use kavach_store::ClientRow;
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq as _;

/// The grants a client may use that nobody registered but itself.
const GRANTS: [&str; 3] = ["authorization_code", "refresh_token", token::DEVICE];

/// A client registers itself; what came of it is noted for whoever is asked why.
pub async fn create(kv: &Kavach, cx: &RequestContext, body: &[u8]) -> Answer<Value> {
    let answer = insert(kv, cx, body).await;
    let registered = match &answer {
        Ok(told) => {
            Some((told["client_id"].as_str(), TraceOutcome::Registered, TraceStepCode::Registered, None))
        }
        Err(Failure::Refused(error)) => {
            Some((None, TraceOutcome::Refused, TraceStepCode::RegistrationRefused, Some(error)))
        }
        Err(Failure::Service(_)) => None,
    };
    if let Some((id, outcome, step, error)) = registered {
        let mut detail = said(body);
        detail.extend(error.map(trace::of_error).unwrap_or_default());
        trace::begin(kv, cx, TraceKind::Register, id, outcome, step, detail);
    }
    answer
}

async fn insert(kv: &Kavach, cx: &RequestContext, body: &[u8]) -> Answer<Value> {
    require_issuer(kv)?;
    if !kv.config().oauth.dynamic_registration {
        return Err(Error::from(ErrorCode::NotFound).into());
    }
    rate_limit::take(kv, &[Limit::registrations(kv, cx.meta.client_ip)]).await?;
    let (name, method, metadata) = read(body)?;
    let now = kv.clock().now();
    let secret = has_secret(method).then(|| secrets::issue(TokenKind::ClientSecret, kv.rng()));
    let registration = secrets::issue(TokenKind::Registration, kv.rng());
    let row = ClientRow {
        id: ClientId::from_parts(now, crate::rng::array(kv.rng())).to_string(),
        kind: ClientKind::Dynamic.as_str().to_owned(),
        name,
        auth_method: method.as_str().to_owned(),
        secret_hash: secret.as_ref().map(|secret| TokenHash::of(secret).into_string()),
        metadata: clients::write(&metadata)?,
        registration_hash: Some(TokenHash::of(&registration).into_string()),
        created_by: None,
        created_at: now,
        last_used_at: None,
        fresh_until: None,
        disabled_at: None,
    };
    let mut tx = kv.store().write().await?;
    tx.put_oauth_client(&row, now).await?;
    clients::record(kv, cx, &mut tx, AuditKind::ClientCreated, &row.id, now).await?;
    tx.commit().await?;
    told(kv, &Client::of(row)?, secret.as_ref(), &registration)
}

/// What administrators are shown of what a client said, as far as it can be read.
fn said(body: &[u8]) -> Detail {
    let object = crate::authn::foreign_token::unique_object(body).unwrap_or_default();
    let of = |name: &&'static str| {
        let text = match object.get(*name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        trace::detail([(*name, text.as_str())])
    };
    let names =
        ["client_name", "redirect_uris", "token_endpoint_auth_method", "grant_types", "application_type"];
    names.iter().flat_map(of).collect()
}

/// What a client said of itself.
pub async fn get(kv: &Kavach, id: &str, bearer: &str) -> Answer<Value> {
    let (client, registration) = own(kv, id, bearer).await?;
    told(kv, &client, None, &registration)
}

/// A client says it anew: what is left out is gone.
pub async fn update(kv: &Kavach, cx: &RequestContext, id: &str, bearer: &str, body: &[u8]) -> Answer<Value> {
    let (client, registration) = own(kv, id, bearer).await?;
    let named = object(body)?.get("client_id").and_then(Value::as_str).map(str::to_owned);
    if named.is_some_and(|named| named != client.id) {
        return Err(refuse(Refusal::InvalidClientMetadata, "client_id is another client's"));
    }
    let (name, method, metadata) = read(body)?;
    if has_secret(method) != client.secret_hash.is_some() {
        let why = "token_endpoint_auth_method: whether there is a secret cannot be changed";
        return Err(refuse(Refusal::InvalidClientMetadata, why));
    }
    let now = kv.clock().now();
    let row = ClientRow {
        name,
        auth_method: method.as_str().to_owned(),
        metadata: clients::write(&metadata)?,
        ..client.row
    };
    let mut tx = kv.store().write().await?;
    tx.put_oauth_client(&row, now).await?;
    clients::record(kv, cx, &mut tx, AuditKind::ClientUpdated, &row.id, now).await?;
    tx.commit().await?;
    told(kv, &Client::of(row)?, None, &registration)
}

/// A client takes itself away.
pub async fn delete(kv: &Kavach, cx: &RequestContext, id: &str, bearer: &str) -> Answer<()> {
    let (client, _) = own(kv, id, bearer).await?;
    Ok(clients::remove(kv, cx, &client.id).await?)
}

/// The client whose token this is, unless it is switched off: its token opens nothing then.
async fn own(kv: &Kavach, id: &str, bearer: &str) -> Answer<(Client, Token)> {
    let invalid = || refuse(Refusal::InvalidToken, "this token manages no such client");
    let token = Token::parse(TokenKind::Registration, bearer).ok_or_else(invalid)?;
    let client = clients::find(kv, id).await?.ok_or_else(invalid)?;
    let known = client.row.registration_hash.as_deref().unwrap_or_default();
    let same: bool = TokenHash::of(&token).as_str().as_bytes().ct_eq(known.as_bytes()).into();
    if same { Ok((client, token)) } else { Err(invalid()) }
}

fn object(body: &[u8]) -> Answer<Map<String, Value>> {
    let object = crate::authn::foreign_token::unique_object(body);
    object.ok_or_else(|| refuse(Refusal::InvalidClientMetadata, "the body is not a JSON object"))
}

/// What a client says, filled in and checked.
fn read(body: &[u8]) -> Answer<(String, AuthMethod, ClientMetadata)> {
    let said: ClientMetadata = serde_json::from_value(Value::Object(object(body)?))
        .map_err(|_| refuse(Refusal::InvalidClientMetadata, "a member is not of the type it must be"))?;
    if said.backchannel_logout_uri.as_ref().is_some_and(|uri| !uri.starts_with("https://")) {
        return Err(refuse(Refusal::InvalidClientMetadata, "backchannel_logout_uri must be https"));
    }
    check(filled_in(said)).map_err(refused)
}

fn filled_in(mut said: ClientMetadata) -> ClientMetadata {
    said.introspects.clear();
    let places = said.redirect_uris.iter().filter_map(|uri| RedirectUri::parse(uri).ok());
    let places: Vec<Destination> = places.map(|uri| uri.destination()).collect();
    let native = said.application_type.as_deref() == Some("native")
        || places.iter().any(|place| !matches!(place, Destination::Site(_)));
    if said.token_endpoint_auth_method.is_none() && native {
        said.token_endpoint_auth_method = Some(AuthMethod::None.as_str().to_owned());
    }
    if said.client_name.as_deref().is_none_or(|name| name.trim().is_empty()) {
        let host = places.into_iter().find_map(|place| match place {
            Destination::Site(host) => Some(host),
            _ => None,
        });
        said.client_name = Some(host.unwrap_or_else(|| "App".to_owned()));
    }
    if !said.grant_types.is_empty() {
        said.grant_types.retain(|grant| GRANTS.contains(&grant.as_str()));
        if said.grant_types.is_empty() {
            // Checked below, and refused by name.
            said.grant_types.push("unsupported".to_owned());
        }
    }
    said
}

fn refused(bad: BadMetadata) -> Failure {
    let refusal = match bad.member {
        "redirect_uris" => Refusal::InvalidRedirectUri,
        _ => Refusal::InvalidClientMetadata,
    };
    refuse(refusal, format!("{} {}", bad.member, bad.why).replace(|c: char| !c.is_ascii() || c == '"', "'"))
}

/// What is answered: everything that is known, and what manages it (RFC 7591, section 3.2.1; RFC 7592, section 3).
fn told(kv: &Kavach, client: &Client, secret: Option<&Token>, registration: &Token) -> Answer<Value> {
    let issuer = require_issuer(kv)?;
    let said = serde_json::to_value(&client.metadata).map_err(|error| Error::Fault(error.to_string()))?;
    let mut told = json!({
        "client_id": client.id,
        "client_id_issued_at": client.row.created_at.as_millis() / 1_000,
        "registration_access_token": registration.expose(),
        "registration_client_uri": format!("{issuer}/oauth/register/{}", client.id),
        "response_types": ["code"],
    });
    for (name, value) in said.as_object().into_iter().flatten() {
        told[name] = value.clone();
    }
    if let Some(secret) = secret {
        told["client_secret"] = secret.expose().into();
        told["client_secret_expires_at"] = 0.into();
    }
    Ok(told)
}

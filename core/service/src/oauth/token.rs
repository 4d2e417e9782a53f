//! The token endpoint (OAuth 2.1, section 3.2): one file for each kind of grant.
//!
//! Everything is signed before anything is written, so that no transaction waits for a signature; what may be used once
//! is claimed in the transaction that records the token. A refusal of a client that is known is recorded too.

mod ciba;
mod client_credentials;
mod code;
mod device;
mod exchange;
mod id_jag;
mod jwt_bearer;
mod proof;
mod refresh;

pub(super) use client_credentials::allowed;
pub use exchange::ACCESS_TOKEN;
pub use id_jag::TOKEN_TYPE as ID_JAG;
pub use proof::{nonce, prove};

use super::client_auth::{self, Party, Presented};
use super::clients::Client;
use super::scope::Scopes;
use super::trace::{self, Trail};
use super::{Answer, Failure, refuse, require_issuer};
use crate::context::RequestContext;
use crate::{Kavach, audit, names};
use kavach_model::GrantId;
use kavach_model::audit::AuditKind;
use kavach_model::oauth::{OAuthError, OAuthResource, Refusal, TokenAnswer};
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::trace::{TraceKind, TraceOutcome, TraceStepCode};
use kavach_store::GrantRow;
use serde_json::Map;

/// RFC 8693.
pub const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// RFC 8628.
pub const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// OpenID CIBA.
pub const CIBA: &str = "urn:openid:params:grant-type:ciba";
/// RFC 7523.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

pub use super::authorize::Parameters;

/// A request at the endpoint: who asks, which key they hold, what they get. A workload that shows what its platform says
/// of it needs not say more of who it is.
pub async fn answer(
    kv: &Kavach,
    cx: &RequestContext,
    presented: Presented,
    parameters: &Parameters,
    proof: Option<&str>,
) -> Answer<TokenAnswer> {
    if parameters.get("grant_type") == Some(JWT_BEARER) && presented.is_nothing() {
        require_issuer(kv)?;
        let jkt = prove(kv, proof, "POST", "/oauth/token", None).await?;
        return jwt_bearer::alone(kv, cx, parameters, jkt.as_deref()).await;
    }
    let party = client_auth::authenticate(kv, cx, presented).await?;
    let jkt = prove(kv, proof, "POST", "/oauth/token", None).await?;
    issue(kv, cx, &party, parameters, jkt.as_deref()).await
}

/// A client asks for tokens; `jkt` is of the key it proved to hold.
async fn issue(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    parameters: &Parameters,
    jkt: Option<&str>,
) -> Answer<TokenAnswer> {
    require_issuer(kv)?;
    let grant = parameters.get("grant_type");
    let grant = grant.ok_or_else(|| refuse(Refusal::InvalidRequest, "grant_type is missing"))?;
    let mut trail = Trail(None);
    let answer = dispatch(kv, cx, party, grant, parameters, jkt, &mut trail).await;
    // A device that is told to wait was not refused anything.
    let waits = [Refusal::AuthorizationPending, Refusal::SlowDown];
    if let Err(Failure::Refused(error)) = &answer
        && !waits.contains(&error.refusal)
    {
        note_refusal(kv, cx, party, trail, parameters, error);
        record_refusal(kv, cx, &party.id(), grant, error).await?;
    }
    answer
}

async fn dispatch(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    grant: &str,
    parameters: &Parameters,
    jkt: Option<&str>,
    trail: &mut Trail,
) -> Answer<TokenAnswer> {
    if jkt.is_none() && party.client().is_some_and(|client| client.metadata.dpop_bound_access_tokens) {
        return Err(refuse(Refusal::InvalidDpopProof, "this client proves that it holds its key"));
    }
    match grant {
        "authorization_code" => code::redeem(kv, cx, client(party, grant)?, parameters, jkt, trail).await,
        "refresh_token" => refresh::redeem(kv, cx, client(party, grant)?, parameters, jkt).await,
        "client_credentials" => client_credentials::issue(kv, cx, party, parameters, jkt).await,
        CIBA => ciba::redeem(kv, cx, party, parameters, jkt).await,
        JWT_BEARER => jwt_bearer::redeem(kv, cx, party, parameters, jkt).await,
        EXCHANGE => exchange::exchange(kv, cx, party, parameters, jkt).await,
        DEVICE => device::redeem(kv, cx, client(party, grant)?, parameters, jkt).await,
        _ => Err(refuse(Refusal::UnsupportedGrantType, "this grant_type is not supported")),
    }
}

/// A client that uses this kind of grant.
fn client<'a>(party: &'a Party, grant: &str) -> Answer<&'a Client> {
    let client = party.client().filter(|client| client.uses(grant));
    client.ok_or_else(|| refuse(Refusal::UnauthorizedClient, "this client does not use this grant_type"))
}

/// For whoever is asked why: at the try the code came of, or as one of its own.
fn note_refusal(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    trail: Trail,
    parameters: &Parameters,
    error: &OAuthError,
) {
    let mut why = trace::of_error(error);
    let of = |name| trace::detail([(name, parameters.get(name).unwrap_or_default())]);
    why.extend(["grant_type", "redirect_uri", "scope"].into_iter().flat_map(of));
    why.extend(trace::detail([("resource", &parameters.all("resource").join(" "))]));
    let step = TraceStepCode::TokenRefused;
    match trail.0 {
        Some(_) => {
            why.extend(trace::detail([("client_id", &party.id())]));
            trail.refused(kv, &cx.meta, step, why);
        }
        None => {
            let (kind, outcome) = (TraceKind::Token, TraceOutcome::Refused);
            trace::begin(kv, cx, kind, Some(&party.id()), outcome, step, why);
        }
    }
}

/// Written before the answer, like everything that was decided.
async fn record_refusal(
    kv: &Kavach,
    cx: &RequestContext,
    who: &str,
    grant: &str,
    error: &OAuthError,
) -> Answer<()> {
    let mut event = cx.event(AuditKind::OAuthTokenRefused, kv.clock().now());
    event.verdict = Verdict::Deny;
    event.reason_code = ReasonCode::InvalidCredentials;
    event.context = Some(Map::from_iter([
        ("client".to_owned(), names::printable(who, 300).into()),
        ("grant".to_owned(), names::printable(grant, 100).into()),
        ("error".to_owned(), error.refusal.as_str().into()),
        ("why".to_owned(), error.description.clone().into_owned().into()),
    ]));
    Ok(kv.audit().record(vec![audit::draft(kv, event, None)]).await?)
}

fn invalid_grant(why: &'static str) -> Failure {
    refuse(Refusal::InvalidGrant, why)
}

/// The servers of a request: those of the grant, or some of them (RFC 8707, section 2.2).
fn narrowed_resources(granted: &[String], asked: &[String]) -> Answer<Vec<String>> {
    if asked.is_empty() {
        return Ok(granted.to_vec());
    }
    let mut found = Vec::new();
    for text in asked {
        let resource = super::resource::Resource::parse(text);
        let resource = resource.map_err(|error| refuse(Refusal::InvalidTarget, error.to_string()))?;
        if !granted.iter().any(|granted| granted == resource.as_str()) {
            return Err(refuse(Refusal::InvalidTarget, "this was not granted for that resource"));
        }
        if !found.iter().any(|known| known == resource.as_str()) {
            found.push(resource.as_str().to_owned());
        }
    }
    found.sort();
    Ok(found)
}

/// The scopes of a request: those of the grant, or some of them.
fn narrowed_scopes(granted: &Scopes, asked: Option<&str>) -> Answer<Scopes> {
    let Some(asked) = asked else { return Ok(granted.clone()) };
    let asked: Scopes =
        asked.parse().map_err(|_| refuse(Refusal::InvalidScope, "the scope is not a list of words"))?;
    if !asked.is_within(granted) {
        return Err(refuse(Refusal::InvalidScope, "more was asked for than was granted"));
    }
    Ok(asked)
}

/// Ends what came of a code or a token that was used twice.
async fn end_reused(
    kv: &Kavach,
    cx: &RequestContext,
    grant: GrantId,
    client_id: &str,
    what: &str,
) -> Answer<()> {
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    if tx.revoke_oauth_grant(grant, now).await? > 0 {
        let mut event = cx.event(AuditKind::OAuthReuseDetected, now);
        event.verdict = Verdict::Deny;
        event.reason_code = ReasonCode::InvalidCredentials;
        event.context = Some(Map::from_iter([
            ("client".to_owned(), client_id.into()),
            ("grantId".to_owned(), grant.to_string().into()),
            ("used".to_owned(), what.into()),
        ]));
        tx.append_audit(&[audit::draft(kv, event, None)]).await?;
    }
    Ok(tx.commit().await?)
}

/// What a grant holds, in types.
fn scopes_of(grant: &GrantRow) -> Scopes {
    grant.scopes.parse().unwrap_or_default()
}

/// The question that a scope of a server comes to: its last part is the action, what stands before hangs below the
/// server's root; a scope of one word is an action on anything there.
pub fn question(resource: &OAuthResource, scope: &str) -> (String, String) {
    match scope.rsplit_once(':') {
        Some((path, action)) => (format!("{}:{path}", resource.permission_root), action.to_owned()),
        None => (format!("{}:any", resource.permission_root), scope.to_owned()),
    }
}

//! Making tokens of a grant: access tokens (RFC 9068), refresh tokens, ID tokens (OpenID Connect Core, section 2).

use super::clients::Client;
use super::metadata::ACR;
use super::scope::Scopes;
use super::signing::Algorithm;
use super::{Answer, keys, require_issuer};
use crate::context::RequestContext;
use crate::{Kavach, audit};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kavach_model::audit::{AuditEvent, AuditKind};
use kavach_model::oauth::TokenAnswer;
use kavach_model::user::User;
use kavach_model::{GrantId, Timestamp, Token, TokenKind};
use kavach_store::{AuditDraft, GrantRow};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// `typ` of access tokens.
pub(crate) const ACCESS: &str = "at+jwt";
/// `typ` of ID tokens.
pub(crate) const ID: &str = "JWT";
/// What the successor of a refresh token is sealed for.
const SUCCESSOR: &str = "refresh token";

/// What a token is made of.
pub(crate) struct Issue<'a> {
    pub(crate) grant: &'a GrantRow,
    pub(crate) client_id: &'a str,
    pub(crate) scopes: &'a Scopes,
    pub(crate) resources: &'a [String],
    pub(crate) jkt: Option<&'a str>,
    pub(crate) how: &'static str,
}

/// An access token and the record of it, which is not written yet.
pub(crate) struct Issued {
    pub(crate) answer: TokenAnswer,
    pub(crate) record: AuditDraft,
}

pub(crate) fn new_id(kv: &Kavach, now: Timestamp) -> GrantId {
    GrantId::from_parts(now, crate::rng::array(kv.rng()))
}

/// Whom a grant is about: the person, or whoever acts for itself.
pub(crate) fn subject(grant: &GrantRow) -> String {
    match (grant.user_id, grant.agent_id) {
        (Some(user), _) => user.to_string(),
        (None, Some(agent)) => agent.to_string(),
        (None, None) => grant.client_id.clone(),
    }
}

/// How well a person proved who they are: by one kind of proof, or by two.
pub(crate) fn acr(amr: &[String]) -> &'static str {
    let two = amr.iter().any(|method| method == "mfa") || amr.len() > 1;
    if two { ACR[1] } else { ACR[0] }
}

/// Signs an access token. It lives no longer than what it was granted by.
pub(crate) async fn access_token(
    kv: &Kavach,
    cx: &RequestContext,
    issue: &Issue<'_>,
    now: Timestamp,
) -> Answer<Issued> {
    let issuer = require_issuer(kv)?;
    let Issue { grant, client_id, scopes, resources, jkt, how } = issue;
    let until = (now + kv.config().oauth.access_token_life).min(grant.expires_at);
    let record = audit::draft(kv, event(cx, AuditKind::OAuthTokenIssued, issue, now, how), grant.user_id);
    let audience = match resources {
        [] => json!(issuer),
        [one] => json!(one),
        several => json!(several),
    };
    let mut claims = json!({
        "iss": issuer,
        "sub": subject(grant),
        "aud": audience,
        "exp": until.as_millis() / 1_000,
        "iat": now.as_millis() / 1_000,
        "jti": record.id,
        "client_id": client_id,
        "scope": scopes.to_string(),
        "grant_id": grant.id,
    });
    if let Some(at) = grant.auth_time {
        claims["auth_time"] = (at.as_millis() / 1_000).into();
        claims["acr"] = acr(&grant.amr).into();
        claims["amr"] = grant.amr.clone().into();
    }
    if let Some(jkt) = jkt {
        claims["cnf"] = json!({ "jkt": jkt });
    }
    if let Some(act) = grant.act.as_deref().and_then(|act| serde_json::from_str::<Value>(act).ok()) {
        claims["act"] = act;
    }
    let access_token = keys::sign(kv, Algorithm::Es256, ACCESS, &claims).await?;
    Ok(Issued {
        answer: TokenAnswer {
            access_token,
            token_type: if jkt.is_some() { "DPoP" } else { "Bearer" },
            expires_in: until.since(now).as_secs(),
            scope: scopes.to_string(),
            refresh_token: None,
            id_token: None,
            issued_token_type: None,
        },
        record,
    })
}

fn event(
    cx: &RequestContext,
    kind: AuditKind,
    issue: &Issue<'_>,
    now: Timestamp,
    how: &'static str,
) -> AuditEvent {
    let mut event = cx.event(kind, now);
    event.user_id = issue.grant.user_id;
    event.agent_id = issue.grant.agent_id;
    event.resource = (!issue.resources.is_empty()).then(|| issue.resources.join(" "));
    event.context = Some(Map::from_iter([
        ("client".to_owned(), issue.client_id.into()),
        ("grant".to_owned(), how.into()),
        ("grantId".to_owned(), issue.grant.id.to_string().into()),
        ("scope".to_owned(), issue.scopes.to_string().into()),
    ]));
    event
}

pub(crate) fn seal_successor(kv: &Kavach, token: &Token) -> String {
    kv.seal_key().seal(kv.rng(), SUCCESSOR, token.expose().as_bytes())
}

pub(crate) fn open_successor(kv: &Kavach, sealed: &str) -> Option<Token> {
    let text = String::from_utf8(kv.seal_key().open(SUCCESSOR, sealed)?).ok()?;
    Token::parse(TokenKind::Refresh, &text)
}

/// Signs an ID token.
pub(crate) async fn id_token(
    kv: &Kavach,
    client: &Client,
    grant: &GrantRow,
    user: &User,
    access_token: &str,
    now: Timestamp,
) -> Answer<String> {
    let issuer = require_issuer(kv)?;
    let algorithm = client.id_token_algorithm();
    let mut claims = json!({
        "iss": issuer,
        "sub": user.id,
        "aud": client.id,
        "exp": (now + kv.config().oauth.access_token_life).as_millis() / 1_000,
        "iat": now.as_millis() / 1_000,
        "amr": grant.amr,
        "acr": acr(&grant.amr),
        "at_hash": at_hash(algorithm, access_token),
    });
    if let Some(at) = grant.auth_time {
        claims["auth_time"] = (at.as_millis() / 1_000).into();
    }
    if let Some(session) = grant.session_id {
        claims["sid"] = session.to_string().into();
    }
    if let Some(nonce) = &grant.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    let scopes: Scopes = grant.scopes.parse().unwrap_or_default();
    for (name, value) in person(user, &scopes) {
        claims[name] = value;
    }
    Ok(keys::sign(kv, algorithm, ID, &claims).await?)
}

/// The left half of a hash of the access token; Ed25519 goes with SHA-512.
fn at_hash(algorithm: Algorithm, access_token: &str) -> String {
    match algorithm {
        Algorithm::EdDsa => URL_SAFE_NO_PAD.encode(&sha2::Sha512::digest(access_token)[..32]),
        _ => URL_SAFE_NO_PAD.encode(&Sha256::digest(access_token)[..16]),
    }
}

/// What the scopes tell of a person (OpenID Connect Core, section 5.4).
pub(crate) fn person(user: &User, scopes: &Scopes) -> Map<String, Value> {
    let mut told = Map::new();
    if scopes.contains("profile") {
        told.insert("name".to_owned(), user.name.clone().into());
        if let Some(username) = &user.username {
            told.insert("preferred_username".to_owned(), username.clone().into());
        }
        if let Some(locale) = &user.locale {
            told.insert("locale".to_owned(), locale.clone().into());
        }
        told.insert("updated_at".to_owned(), (user.updated_at.as_millis() / 1_000).into());
    }
    if let Some(email) = user.email.as_ref().filter(|_| scopes.contains("email")) {
        told.insert("email".to_owned(), email.clone().into());
        told.insert("email_verified".to_owned(), user.email_verified.into());
    }
    told
}

/// The list of servers a grant is for.
pub(crate) fn resources(grant: &GrantRow) -> Vec<String> {
    grant.resources.split(' ').filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

//! Our word for a person, for another authorization server (ID-JAG, draft-ietf-oauth-identity-assertion-authz-grant):
//! a client shows the ID token it got and is given an assertion that the other server takes.
//!
//! Which servers, and which clients there, is configured. The assertion is no access token: it is good for five minutes, at
//! one server, in the hands of one client.

use super::invalid_grant;
use crate::context::RequestContext;
use crate::oauth::assertion::ID_JAG;
use crate::oauth::authorize::Parameters;
use crate::oauth::client_auth::Party;
use crate::oauth::grants::ID;
use crate::oauth::resource::Resource;
use crate::oauth::scope::Scopes;
use crate::oauth::signing::Algorithm;
use crate::oauth::{Answer, keys, refuse, require_issuer};
use crate::{Kavach, audit};
use kavach_model::audit::AuditKind;
use kavach_model::oauth::{Refusal, TokenAnswer};
use kavach_model::user::UserStatus;
use kavach_model::{SessionId, UserId};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// What is asked for, and given.
pub const TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:id-jag";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const LIFE: Duration = Duration::from_secs(300);

pub(super) async fn issue(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    parameters: &Parameters,
) -> Answer<TokenAnswer> {
    let issuer = require_issuer(kv)?;
    let invalid = |why: &'static str| refuse(Refusal::InvalidRequest, why);
    let unable = || refuse(Refusal::UnauthorizedClient, "this client gets no assertions for that server");
    let client = party.client().ok_or_else(unable)?;
    if parameters.get("subject_token_type") != Some(ID_TOKEN) {
        return Err(invalid("subject_token_type must be an ID token"));
    }
    let shown = parameters.get("subject_token").ok_or_else(|| invalid("subject_token is missing"))?;
    let audience = parameters.get("audience").ok_or_else(|| invalid("audience is missing"))?;
    let known = kv.config().oauth.assertion_audiences.iter().find(|known| known.issuer == audience);
    let known = known.ok_or_else(|| refuse(Refusal::InvalidTarget, "that server is not known here"))?;
    let theirs = known.clients.get(&client.id).ok_or_else(unable)?;
    let unknown = || invalid_grant("the ID token is not valid here");
    let claims = keys::verify_own(kv, shown, ID).await?.ok_or_else(unknown)?;
    if claims.get("aud").and_then(Value::as_str) != Some(&client.id) {
        return Err(unknown());
    }
    let user_id = still_here(kv, &claims).await?.ok_or_else(unknown)?;
    let scopes = match parameters.get("scope").map(str::parse::<Scopes>) {
        None => Scopes::default(),
        Some(scopes) => {
            scopes.map_err(|_| refuse(Refusal::InvalidScope, "the scope is not a list of words"))?
        }
    };
    let mut resources = Vec::new();
    for text in parameters.all("resource") {
        let resource = Resource::parse(text);
        let resource = resource.map_err(|error| refuse(Refusal::InvalidTarget, error.to_string()))?;
        resources.push(resource.as_str().to_owned());
    }
    let now = kv.clock().now();
    let mut event = cx.event(AuditKind::OAuthTokenIssued, now);
    event.user_id = Some(user_id);
    event.resource = Some(audience.to_owned());
    event.context = Some(Map::from_iter([
        ("client".to_owned(), client.id.clone().into()),
        ("grant".to_owned(), "id-jag".into()),
        ("scope".to_owned(), scopes.to_string().into()),
    ]));
    let record = audit::draft(kv, event, Some(user_id));
    let mut said = json!({
        "iss": issuer,
        "sub": user_id,
        "aud": known.issuer,
        "client_id": theirs,
        "jti": record.id,
        "iat": now.as_millis() / 1_000,
        "exp": (now + LIFE).as_millis() / 1_000,
    });
    if !scopes.is_empty() {
        said["scope"] = scopes.to_string().into();
    }
    match resources.as_slice() {
        [] => {}
        [one] => said["resource"] = one.as_str().into(),
        several => said["resource"] = several.into(),
    }
    for name in ["auth_time", "acr", "amr"] {
        if let Some(value) = claims.get(name) {
            said[name] = value.clone();
        }
    }
    let assertion = keys::sign(kv, Algorithm::Es256, ID_JAG, &said).await?;
    kv.audit().record(vec![record]).await?;
    Ok(TokenAnswer {
        access_token: assertion,
        token_type: "N_A",
        expires_in: LIFE.as_secs(),
        scope: scopes.to_string(),
        refresh_token: None,
        id_token: None,
        issued_token_type: Some(TOKEN_TYPE),
    })
}

/// The person of an ID token, if their account works and the session it was made in is not over.
async fn still_here(kv: &Kavach, claims: &Map<String, Value>) -> Answer<Option<UserId>> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let Some(user_id) = text("sub").and_then(|sub| sub.parse::<UserId>().ok()) else { return Ok(None) };
    let mut conn = kv.store().read().await?;
    let works = conn.find_user(user_id).await?.is_some_and(|row| row.user.status == UserStatus::Active);
    let goes_on = match text("sid").map(str::parse::<SessionId>) {
        None => true,
        Some(Err(_)) => false,
        Some(Ok(session)) => conn.is_session_live(session, kv.clock().now()).await?,
    };
    Ok((works && goes_on).then_some(user_id))
}

//! What is asked, once everything but the client and its redirect URI has been checked.

use super::{LONGEST, Parameters, place};
use crate::Kavach;
use crate::oauth::clients::Client;
use crate::oauth::metadata::ACR;
use crate::oauth::scope::Scopes;
use crate::oauth::{Answer, grants, keys, pkce, refuse, resources};
use kavach_model::oauth::Refusal;
use kavach_model::{Timestamp, TraceId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request whose client and redirect URI are known and whose parameters hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) scopes: String,
    pub(crate) resources: Vec<String>,
    pub(crate) challenge: String,
    pub(crate) nonce: Option<String>,
    pub(crate) prompt: Vec<String>,
    pub(crate) max_age: Option<u64>,
    pub(crate) login_hint: Option<String>,
    pub(crate) hint_subject: Option<String>,
    pub(crate) jkt: Option<String>,
    /// Whether two kinds of proof are needed (RFC 9470).
    #[serde(default)]
    pub(crate) two_factors: bool,
    pub(crate) asked_at: Timestamp,
    /// The browser that waits.
    pub(crate) browser: Option<String>,
    /// What administrators find this try under.
    #[serde(default)]
    pub(crate) trace: Option<TraceId>,
}

impl Asked {
    pub(super) fn prompts(&self, what: &str) -> bool {
        self.prompt.iter().any(|prompt| prompt == what)
    }
}

/// Checks everything but the client and where the answer goes, of a request that was `pushed` or came with the browser.
pub(crate) async fn check(
    kv: &Kavach,
    client: &Client,
    parameters: &Parameters,
    pushed: bool,
) -> Answer<Asked> {
    let invalid = |why: &'static str| refuse(Refusal::InvalidRequest, why);
    if parameters.get("request").is_some() {
        return Err(refuse(Refusal::RequestNotSupported, "request objects are not supported"));
    }
    if parameters.get("request_uri").is_some() {
        return Err(refuse(Refusal::RequestUriNotSupported, "only pushed requests may be named"));
    }
    if client.metadata.require_pushed_authorization_requests && !pushed {
        return Err(invalid("this client pushes its requests (RFC 9126)"));
    }
    match parameters.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(refuse(Refusal::UnsupportedResponseType, "response_type must be code")),
        None => return Err(invalid("response_type is missing")),
    }
    if parameters.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(invalid("response_mode must be query"));
    }
    if !client.uses("authorization_code") {
        return Err(refuse(Refusal::UnauthorizedClient, "this client does not use authorization codes"));
    }
    for name in ["state", "nonce", "login_hint", "acr_values", "ui_locales"] {
        if parameters.get(name).is_some_and(|text| text.len() > LONGEST) {
            return Err(invalid("a parameter is too long"));
        }
    }
    let challenge = parameters.get("code_challenge").ok_or_else(|| invalid("code_challenge is missing"))?;
    let challenge = pkce::Challenge::parse(challenge, parameters.get("code_challenge_method"))
        .ok_or_else(|| invalid("code_challenge_method must be S256, and code_challenge a SHA-256"))?;
    let prompt: Vec<String> =
        parameters.get("prompt").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if prompt.len() > 1 && prompt.iter().any(|prompt| prompt == "none") {
        return Err(invalid("prompt=none goes with no other"));
    }
    let max_age = parameters.get("max_age").map(str::parse::<u64>).transpose();
    let max_age = max_age.map_err(|_| invalid("max_age is a number of seconds"))?;
    let jkt = parameters.get("dpop_jkt").map(str::to_owned);
    if jkt.as_ref().is_some_and(|jkt| jkt.len() != 43) {
        return Err(invalid("dpop_jkt is not the thumbprint of a key"));
    }
    let hint_subject = match parameters.get("id_token_hint") {
        None => None,
        Some(hint) => {
            let claims = keys::read_own(kv, hint, grants::ID).await?;
            let subject = claims.and_then(|claims| Some(claims.get("sub")?.as_str()?.to_owned()));
            Some(subject.ok_or_else(|| invalid("id_token_hint is not an ID token of this issuer"))?)
        }
    };
    let may_ask = client.may_ask();
    let wanted =
        resources::wanted(kv, parameters.all("resource"), parameters.get("scope"), may_ask.as_ref()).await?;
    // Without refresh tokens nobody stays connected, and nobody is asked whether one may.
    let scopes = match client.uses("refresh_token") {
        true => wanted.scopes.clone(),
        false => wanted.scopes.beyond(&Scopes::from_iter(["offline_access"])),
    };
    Ok(Asked {
        client_id: client.id.clone(),
        redirect_uri: parameters.get("redirect_uri").unwrap_or_default().to_owned(),
        state: parameters.get("state").map(str::to_owned),
        scopes: scopes.to_string(),
        resources: wanted.addresses(),
        challenge: challenge.as_str().to_owned(),
        nonce: parameters.get("nonce").map(str::to_owned),
        prompt,
        max_age,
        login_hint: parameters.get("login_hint").map(str::to_owned),
        hint_subject,
        jkt,
        two_factors: needs_two(parameters.get("acr_values")),
        asked_at: kv.clock().now(),
        browser: None,
        trace: None,
    })
}

/// Whether nothing but two kinds of proof will do. Among several contexts a client would like, one will do (OpenID Connect
/// Core, section 3.1.2.1).
fn needs_two(acr_values: Option<&str>) -> bool {
    let mut values = acr_values.unwrap_or_default().split_whitespace().peekable();
    values.peek().is_some() && values.all(|value| value == ACR[1])
}

/// Some JSON, for records.
pub(crate) fn about(asked: &Asked) -> serde_json::Map<String, Value> {
    serde_json::Map::from_iter([
        ("client".to_owned(), asked.client_id.clone().into()),
        ("redirect".to_owned(), place(&asked.redirect_uri).into()),
        ("scope".to_owned(), asked.scopes.clone().into()),
    ])
}

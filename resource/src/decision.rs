//! Asking Kavach whether an agent may do something, before it is done: permissions, limits, and a person's approval.
//!
//! Scopes say what a client may ask for at all; a decision is about this very call. Whatever goes wrong is a no.

use crate::outgoing;
use crate::token::AccessToken;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, Request, Url};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::net::IpAddr;

/// How this resource presents itself to Kavach when it asks.
#[derive(Clone)]
pub enum Asks {
    /// With an API key of this resource (scope `authorize`), naming the agent of the token. The one to use with Kavach.
    WithApiKey(String),
    /// With the token of the caller, at an issuer that takes its access tokens back at `/authorize/token`. Not possible
    /// for a token that is bound to a key of the caller (DPoP).
    WithCallersToken,
}

/// What an agent is about to do.
#[derive(Debug, Clone, Default)]
pub struct Question<'a> {
    /// `read`, `execute`.
    pub action: &'a str,
    /// Segments joined by colons: `mcp:deploy:production`.
    pub resource: &'a str,
    /// The arguments of the call: permissions may limit them, and an approval is bound to them.
    pub arguments: Option<&'a Map<String, Value>>,
    /// How many units of a budget the call takes; one when absent.
    pub units: Option<u64>,
    /// Where the call comes from. Only told with an API key.
    pub ip: Option<IpAddr>,
}

/// What Kavach decided; it is on record before the answer leaves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Decision {
    /// Whether the agent may.
    pub allowed: bool,
    /// Why, for people.
    pub reason: String,
    /// Why, for programs: `allowed`, `approval_required`, `no_matching_permission` ...
    pub reason_code: String,
    /// The record of the decision.
    pub audit_id: String,
    /// The approval it waits for, was denied by, or used up.
    #[serde(default)]
    pub approval: Option<Approval>,
}

/// A question to a person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Approval {
    /// Which.
    pub id: String,
    /// `pending`, `approved`, `denied`, `expired` ...
    pub status: String,
    /// The page where a person decides.
    pub url: String,
    /// Until when, in RFC 3339.
    pub expires_at: String,
}

impl Decision {
    /// The approval this waits for, if a person has to approve it first.
    pub fn waits_for(&self) -> Option<&Approval> {
        self.approval.as_ref().filter(|_| self.reason_code == "approval_required")
    }
}

/// There is no decision; read it as no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoDecision {
    /// Nothing was said about how to ask: [`crate::Builder::asks`].
    #[error("this resource does not know how to ask")]
    NotConfigured,
    /// No agent presents the token, so there are no permissions to look at.
    #[error("the token is not presented by an agent")]
    NoAgent,
    /// The token is bound to a key of the caller, so it cannot be used to ask; use an API key.
    #[error("a token that is bound to a key cannot be used to ask")]
    Bound,
    /// Kavach refused the question, with this status.
    #[error("the question was refused with status {0}")]
    Refused(u16),
    /// No answer that could be used.
    #[error("no usable answer")]
    Unavailable,
}

pub(crate) struct Decisions {
    pub(crate) client: Client,
    /// `.../api/auth`
    pub(crate) base: String,
    pub(crate) asks: Option<Asks>,
}

impl Decisions {
    pub(crate) async fn ask(
        &self,
        token: &AccessToken,
        question: Question<'_>,
    ) -> Result<Decision, NoDecision> {
        let agent = token.agent().ok_or(NoDecision::NoAgent)?;
        let asks = self.asks.as_ref().ok_or(NoDecision::NotConfigured)?;
        let mut body = json!({"action": question.action, "resource": question.resource});
        if let Some(arguments) = question.arguments {
            body["arguments"] = Value::Object(arguments.clone());
        }
        if let Some(units) = question.units {
            body["units"] = units.into();
        }
        let (path, secret) = match asks {
            Asks::WithCallersToken if token.key_thumbprint().is_some() => return Err(NoDecision::Bound),
            Asks::WithCallersToken => ("/authorize/token", token.expose()),
            Asks::WithApiKey(key) => {
                body["agentId"] = agent.into();
                if let Some(ip) = question.ip {
                    body["ip"] = ip.to_string().into();
                }
                ("/authorize", key.as_str())
            }
        };
        let address = Url::parse(&format!("{}{path}", self.base)).map_err(|_| NoDecision::Unavailable)?;
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {secret}")).map_err(|_| NoDecision::Unavailable)?;
        authorization.set_sensitive(true);
        let mut request = Request::new(Method::POST, address);
        request.headers_mut().insert(AUTHORIZATION, authorization);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(body.to_string().into());
        let answer = outgoing::send(&self.client, request).await.map_err(|_| NoDecision::Unavailable)?;
        match answer.status {
            200 => {
                let envelope: Envelope =
                    serde_json::from_slice(&answer.body).map_err(|_| NoDecision::Unavailable)?;
                Ok(envelope.data)
            }
            status @ 400..=499 => Err(NoDecision::Refused(status)),
            _ => Err(NoDecision::Unavailable),
        }
    }
}

#[derive(Deserialize)]
struct Envelope {
    data: Decision,
}

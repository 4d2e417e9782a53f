//! Asking the authorization server about a token (RFC 7662), with a memory of seconds.
//!
//! Revoking a token ends it here at the latest when that memory does. Without a usable answer there is no token: an
//! authorization server that cannot be reached lets nobody in.

use crate::clock::Clock;
use crate::discovery::AuthorizationServer;
use crate::jwk::sha256;
use crate::outgoing::{self, NoAnswer};
use crate::strict_json;
use crate::token::{AccessToken, Expected, Source};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::form_urlencoded;

/// Most tokens that are remembered.
const MOST: usize = 10_000;

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rejected {
    Invalid(&'static str),
    Unavailable,
}

pub(crate) struct Introspection {
    server: Arc<AuthorizationServer>,
    clock: Arc<dyn Clock>,
    /// Value of the `Authorization` header.
    credentials: HeaderValue,
    /// Milliseconds.
    memory: i64,
    remembered: Mutex<HashMap<String, Remembered>>,
}

struct Remembered {
    verdict: Result<AccessToken, &'static str>,
    until: i64,
}

impl Introspection {
    /// As this client of the authorization server (RFC 6749, section 2.3.1). None when the credentials cannot be sent.
    pub(crate) fn new(
        server: Arc<AuthorizationServer>,
        clock: Arc<dyn Clock>,
        client: (&str, &str),
        memory: Duration,
    ) -> Option<Self> {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = STANDARD.encode(format!("{}:{}", encoded(client.0), encoded(client.1)));
        let mut credentials = HeaderValue::from_str(&format!("Basic {pair}")).ok()?;
        credentials.set_sensitive(true);
        let memory = i64::try_from(memory.as_millis()).ok()?;
        Some(Self { server, clock, credentials, memory, remembered: Mutex::default() })
    }

    /// What the authorization server says about `text` now, or said a moment ago.
    pub(crate) async fn check(&self, text: &str, resource: &str) -> Result<AccessToken, Rejected> {
        let now = self.clock.now_millis();
        let name = sha256(text.as_bytes());
        if let Some(verdict) = self.recall(&name, now) {
            return verdict.map_err(Rejected::Invalid);
        }
        let answer = self.ask(text).await.map_err(|_| Rejected::Unavailable)?;
        let claims = strict_json::object(&answer).ok_or(Rejected::Unavailable)?;
        let verdict = match claims.get("active") {
            Some(Value::Bool(true)) => {
                let expected = Expected { issuer: &self.server.issuer, resource, now };
                AccessToken::read(text, claims, Source::Introspection, expected)
            }
            Some(Value::Bool(false)) => Err("the authorization server does not know it, or ended it"),
            _ => return Err(Rejected::Unavailable),
        };
        let until = match &verdict {
            Ok(token) => (now + self.memory).min(token.expires_at().saturating_mul(1_000)),
            Err(_) => now + self.memory,
        };
        self.remember(name, Remembered { verdict: verdict.clone(), until }, now);
        verdict.map_err(Rejected::Invalid)
    }

    fn recall(&self, name: &str, now: i64) -> Option<Result<AccessToken, &'static str>> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.get(name).filter(|entry| now < entry.until).map(|entry| entry.verdict.clone())
    }

    fn remember(&self, name: String, entry: Remembered, now: i64) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST {
            remembered.retain(|_, entry| now < entry.until);
        }
        // Full of what is still good: this one is asked about again.
        if remembered.len() < MOST && now < entry.until {
            remembered.insert(name, entry);
        }
    }

    async fn ask(&self, text: &str) -> Result<Vec<u8>, NoAnswer> {
        let endpoints = self.server.endpoints().await?;
        let address = endpoints.introspection.clone().ok_or(NoAnswer::default())?;
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", text)
            .append_pair("token_type_hint", "access_token")
            .finish();
        let mut request = Request::new(Method::POST, address);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, self.credentials.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        *request.body_mut() = Some(body.into());
        match outgoing::ask(&self.server.client, request).await {
            Ok(answer) if answer.status == 200 => Ok(answer.body),
            Ok(answer) => {
                tracing::error!(
                    status = answer.status,
                    "the authorization server refuses to introspect for us"
                );
                Err(NoAnswer::default())
            }
            Err(_) => {
                self.server.forget();
                Err(NoAnswer::default())
            }
        }
    }
}

//! What an access token says (RFC 9068), once it is known to be good.

use crate::scope::Scopes;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

/// How far two clocks may be apart, in seconds.
const LEEWAY: f64 = 30.0;
/// Longest chain of actors that is read.
const DEEPEST: usize = 32;
/// The year 9999, in seconds: no date is later.
const LATEST: f64 = 253_402_300_799.0;

/// An access token that holds: its signature or the authorization server vouches for it, it is meant for this resource,
/// and it is in time.
///
/// Put into the extensions of a request by [`crate::Require`], and an extractor of axum. Cheap to clone.
#[derive(Clone)]
pub struct AccessToken(Arc<Inner>);

struct Inner {
    text: String,
    subject: String,
    client_id: String,
    scopes: Scopes,
    expires_at: i64,
    actors: Vec<String>,
    claims: Map<String, Value>,
}

/// Who says so.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A signature; everything RFC 9068 requires must be there.
    Signature,
    /// The authorization server's answer (RFC 7662), which may leave out what it has checked by itself.
    Introspection,
}

/// Whom it must come from, whom it must be for, and when.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) resource: &'a str,
    /// Milliseconds.
    pub(crate) now: i64,
}

impl AccessToken {
    /// Reads claims that are known to come from `source`; says what is wrong with them otherwise.
    pub(crate) fn read(
        text: &str,
        claims: Map<String, Value>,
        source: Source,
        expected: Expected<'_>,
    ) -> Result<Self, &'static str> {
        let signed = source == Source::Signature;
        let member = |name: &str| match claims.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.as_str())),
            Some(_) => Err("a claim is not of its type"),
        };
        match member("iss")? {
            Some(issuer) if issuer == expected.issuer => {}
            None if !signed => {}
            _ => return Err("it comes from another issuer"),
        }
        if !is_for(claims.get("aud"), expected.resource) {
            return Err("it is meant for another resource");
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact")]
        let now = expected.now as f64 / 1_000.0;
        let expires_at = date(&claims, "exp")?.ok_or("it does not say when it ends")?;
        if expires_at + LEEWAY <= now {
            return Err("it has expired");
        }
        if date(&claims, "nbf")?.is_some_and(|from| from - LEEWAY > now) {
            return Err("it is not good yet");
        }
        match date(&claims, "iat")? {
            Some(issued_at) if issued_at - LEEWAY > now => return Err("it was made in the future"),
            None if signed => return Err("it does not say when it was made"),
            _ => {}
        }
        date(&claims, "auth_time")?;
        member("acr")?;
        let client_id = member("client_id")?.unwrap_or_default().to_owned();
        let subject = member("sub")?.unwrap_or(if signed { "" } else { &client_id }).to_owned();
        if signed && (subject.is_empty() || client_id.is_empty() || member("jti")?.is_none()) {
            return Err("a claim is missing");
        }
        let scopes = Scopes::parse(member_or_empty(&claims, "scope")?);
        let actors = actors(claims.get("act"))?;
        let bound = claims.get("cnf").is_none_or(|cnf| cnf.get("jkt").is_some_and(Value::is_string));
        if !bound {
            return Err("it is bound in a way that is not known here");
        }
        #[expect(clippy::cast_possible_truncation, reason = "a date before the year 10000")]
        let expires_at = expires_at as i64;
        let text = text.to_owned();
        Ok(Self(Arc::new(Inner { text, subject, client_id, scopes, expires_at, actors, claims })))
    }

    /// Whom it acts for: `sub`.
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The client it was issued to; empty where introspection does not tell.
    pub fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// What was granted.
    pub fn scopes(&self) -> &Scopes {
        &self.0.scopes
    }

    /// When it ends, in seconds since 1970-01-01 UTC.
    pub fn expires_at(&self) -> i64 {
        self.0.expires_at
    }

    /// Who acts, from the one that presents the token to the first that was asked (RFC 8693, section 4.1). Empty where
    /// the subject acts by itself. Only the first may be used to decide.
    pub fn actors(&self) -> &[String] {
        &self.0.actors
    }

    /// The agent of Kavach that presents it, by its id: the current actor, or the subject where there is none.
    pub fn agent(&self) -> Option<&str> {
        let who = self.0.actors.first().map_or(self.subject(), String::as_str);
        who.starts_with("agt_").then_some(who)
    }

    /// How the person signed in: `acr`.
    pub fn acr(&self) -> Option<&str> {
        self.claim("acr").and_then(Value::as_str)
    }

    /// When the person signed in, in seconds since 1970-01-01 UTC: `auth_time`.
    pub fn auth_time(&self) -> Option<i64> {
        #[expect(clippy::cast_possible_truncation, reason = "a date before the year 10000")]
        self.claim("auth_time").and_then(Value::as_f64).map(|at| at as i64)
    }

    /// The thumbprint of the key it is bound to (RFC 9449, section 6.1).
    pub fn key_thumbprint(&self) -> Option<&str> {
        self.claim("cnf").and_then(|cnf| cnf.get("jkt")).and_then(Value::as_str)
    }

    /// Any other claim.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.0.claims.get(name)
    }

    /// The token itself, a secret. It must never be sent to another service than the one that issued it.
    pub fn expose(&self) -> &str {
        &self.0.text
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("AccessToken")
            .field("subject", &self.0.subject)
            .field("client_id", &self.0.client_id)
            .field("scopes", &self.0.scopes.to_string())
            .field("expires_at", &self.0.expires_at)
            .finish_non_exhaustive()
    }
}

/// To the letter, alone or among others.
fn is_for(audience: Option<&Value>, resource: &str) -> bool {
    match audience {
        Some(Value::String(one)) => one == resource,
        Some(Value::Array(many)) => {
            many.iter().all(Value::is_string) && many.iter().any(|one| one.as_str() == Some(resource))
        }
        _ => false,
    }
}

fn date(claims: &Map<String, Value>, name: &str) -> Result<Option<f64>, &'static str> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => match value.as_f64() {
            Some(date) if (0.0..=LATEST).contains(&date) => Ok(Some(date)),
            _ => Err("a date is not a number of seconds"),
        },
    }
}

fn member_or_empty<'a>(claims: &'a Map<String, Value>, name: &str) -> Result<&'a str, &'static str> {
    claims.get(name).map_or(Ok(""), |value| value.as_str().ok_or("a claim is not of its type"))
}

fn actors(outermost: Option<&Value>) -> Result<Vec<String>, &'static str> {
    let mut found = Vec::new();
    let mut next = outermost;
    while let Some(actor) = next {
        let subject = actor.get("sub").and_then(Value::as_str).ok_or("its actors cannot be read")?;
        if found.len() == DEEPEST {
            return Err("it has too many actors");
        }
        found.push(subject.to_owned());
        next = actor.get("act");
    }
    Ok(found)
}

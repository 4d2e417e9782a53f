//! Assertions of trusted issuers (RFC 7523, section 3): verified by the keys of a rule of the configuration, and good for
//! nothing but what that rule says.
//!
//! The signature comes first. An assertion is for us alone, is young, does not live long, and is of the kind the rule is
//! about: its `typ` parts the word of an identity provider from a workload's. Everything that is wrong has one answer.

use super::jws::{self, Jws, SKEW, seconds};
use super::{Answer, Failure, issuer, refuse};
use crate::Kavach;
use crate::authn::jwks;
use crate::config::TrustedIssuer;
use crate::crypto::token::{hex, sha256};
use crate::outbound::Trust;
use jsonwebtoken::{Algorithm, DecodingKey};
use kavach_model::Timestamp;
use kavach_model::oauth::Refusal;
use serde_json::{Map, Value};

/// `typ` of identity assertions (draft-ietf-oauth-identity-assertion-authz-grant).
pub(crate) const ID_JAG: &str = "oauth-id-jag+jwt";
/// What a used assertion is remembered as.
pub(crate) const PURPOSE: &str = "oauth_jwt_bearer";
/// Asymmetric ones alone: a key that verifies must not be one that signs.
const ALGORITHMS: [Algorithm; 4] = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256, Algorithm::PS256];

/// What kind of word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A program says who it is.
    Workload,
    /// An identity provider says who a person is.
    Person,
}

/// An assertion that holds, and the rule it holds by.
pub(crate) struct Held<'a> {
    pub(crate) rule: &'a TrustedIssuer,
    pub(crate) kind: Kind,
    pub(crate) subject: String,
    pub(crate) claims: Map<String, Value>,
}

/// What an assertion is remembered by, once it was used.
pub(crate) struct Spent {
    pub(crate) key: String,
    pub(crate) until: Timestamp,
}

impl Held<'_> {
    /// What to remember; none for one that may come again.
    pub(crate) fn spent(&self) -> Answer<Option<Spent>> {
        if self.rule.reusable && self.kind == Kind::Workload {
            return Ok(None);
        }
        let jti =
            text(&self.claims, "jti").filter(|jti| !jti.is_empty() && jti.len() <= 256).ok_or_else(bad)?;
        let until = seconds(&self.claims, "exp").ok_or_else(bad)?;
        Ok(Some(Spent {
            key: hex(&sha256(&format!("jwt-bearer\n{}\n{jti}", self.rule.issuer))),
            until: Timestamp::from_millis((until + SKEW + 1) * 1_000),
        }))
    }
}

pub(crate) fn bad() -> Failure {
    refuse(Refusal::InvalidGrant, "the assertion is not valid here")
}

pub(crate) fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// Verifies an assertion by the first rule that it meets.
pub(crate) async fn verify<'a>(kv: &'a Kavach, assertion: &str) -> Answer<Held<'a>> {
    let jws = Jws::parse(assertion, &ALGORITHMS).ok_or_else(bad)?;
    let kind = match jws.typ.as_deref() {
        Some(typ) if typ.eq_ignore_ascii_case(ID_JAG) => Kind::Person,
        None => Kind::Workload,
        Some(typ) if typ.eq_ignore_ascii_case("JWT") => Kind::Workload,
        Some(_) => return Err(bad()),
    };
    let named =
        jws.unverified().and_then(|claims| text(&claims, "iss").map(str::to_owned)).ok_or_else(bad)?;
    let now = kv.clock().now();
    let about =
        |rule: &&TrustedIssuer| rule.issuer == named && rule.identity_assertions == (kind == Kind::Person);
    for rule in kv.config().oauth.trusted_issuers.iter().filter(about) {
        let keys = keys(kv, rule, &jws).await;
        let Some(claims) = keys.iter().find_map(|key| jws.verify(key)) else { continue };
        let subject = text(&claims, "sub").filter(|sub| !sub.is_empty() && sub.len() <= 512);
        let Some(subject) = subject.map(str::to_owned) else { continue };
        let audience = rule.audience.as_deref().or_else(|| issuer(kv));
        let holds = text(&claims, "iss") == Some(&rule.issuer)
            && audience.is_some_and(|audience| is_for(&claims, audience))
            && is_timely(&claims, rule, now)
            && rule.subject.as_deref().is_none_or(|pattern| matches(pattern, &subject))
            && rule.claims.iter().all(|(name, pattern)| says(&claims, name, pattern));
        if holds {
            return Ok(Held { rule, kind, subject, claims });
        }
    }
    Err(bad())
}

async fn keys(kv: &Kavach, rule: &TrustedIssuer, jws: &Jws<'_>) -> Vec<DecodingKey> {
    match (&rule.jwks, &rule.jwks_uri) {
        (Some(set), _) => jws::keys_for(set, jws.kid.as_deref(), jws.algorithm),
        (None, Some(uri)) => {
            jwks::find(kv, uri, Trust::Stranger, jws.kid.as_deref(), jws.algorithm).await.unwrap_or_default()
        }
        (None, None) => Vec::new(),
    }
}

/// One audience: an assertion for several is somebody else's as well.
fn is_for(claims: &Map<String, Value>, audience: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(list)) => list.len() == 1 && list[0].as_str() == Some(audience),
        _ => false,
    }
}

fn is_timely(claims: &Map<String, Value>, rule: &TrustedIssuer, now: Timestamp) -> bool {
    let at = now.as_millis() / 1_000;
    let (Some(expiry), Some(issued)) = (seconds(claims, "exp"), seconds(claims, "iat")) else { return false };
    let begins = if claims.contains_key("nbf") { seconds(claims, "nbf") } else { Some(issued) };
    let longest = i64::try_from(rule.max_life.as_secs()).unwrap_or(i64::MAX);
    expiry + SKEW > at
        && issued <= at + SKEW
        && begins.is_some_and(|begins| begins <= at + SKEW)
        && expiry - issued <= longest + SKEW
        && expiry > issued
}

fn says(claims: &Map<String, Value>, name: &str, pattern: &str) -> bool {
    match claims.get(name) {
        Some(Value::String(text)) => matches(pattern, text),
        Some(Value::Bool(yes)) => pattern == yes.to_string(),
        _ => false,
    }
}

/// `*` stands for anything without a colon, and at the end for all that follows.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    if after.is_empty() {
        return true;
    }
    let reach = rest.find(':').unwrap_or(rest.len());
    (0..=reach).filter(|end| rest.is_char_boundary(*end)).any(|end| matches(after, &rest[end..]))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stays_between_colons_but_at_the_end() {
        let main = "repo:acme/*:ref:refs/heads/main";
        assert!(matches(main, "repo:acme/web:ref:refs/heads/main"));
        assert!(matches("repo:acme/web:*", "repo:acme/web:ref:refs/heads/main"));
        assert!(matches("system:serviceaccount:prod:api", "system:serviceaccount:prod:api"));
        for (pattern, text) in [
            (main, "repo:acme/web:ref:refs/heads/main2"),
            (main, "repo:acme/web:environment:x:ref:refs/heads/main"),
            (main, "repo:acme-evil/web:ref:refs/heads/main"),
            (main, "x:repo:acme/web:ref:refs/heads/main"),
            ("repo:acme/web:*", "repo:acme/web"),
            ("system:serviceaccount:prod:api", "system:serviceaccount:prod:api2"),
            ("", "x"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}

//! Keys that other issuers sign with (RFC 7517), fetched from where the configuration says and kept for as long as
//! their publisher says.
//!
//! A key nobody knows yet has the set fetched again, once a minute at the most, so that a stranger who makes up names of
//! keys causes no traffic. When the publisher does not answer, nobody signs in with its tokens; after a few seconds the
//! next one who tries has it asked again.

use super::foreign_token::unique_object;
use crate::Kavach;
use crate::outbound::{Request, Response, Trust};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use kavach_model::Timestamp;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;

/// How long the publisher is waited for.
const TIMEOUT: Duration = Duration::from_secs(3);
const MAX_BODY: usize = 256 * 1024;
const MAX_KEYS: usize = 64;
/// How often an unknown key has the set fetched again.
const UNKNOWN_EVERY: Duration = Duration::from_secs(60);
/// How long a publisher that did not answer is left alone.
const REST: Duration = Duration::from_secs(5);
const LEAST_AGE: Duration = Duration::from_secs(60);
const MOST_AGE: Duration = Duration::from_secs(24 * 3_600);
const USUAL_AGE: Duration = Duration::from_secs(600);

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// The publisher has none of that name.
    Unknown,
    /// The publisher did not answer.
    Unavailable,
}

/// The key sets of this instance, by their URLs.
#[derive(Default)]
pub(crate) struct KeySets(std::sync::Mutex<HashMap<String, Arc<Mutex<KeySet>>>>);

#[derive(Default)]
struct KeySet {
    keys: Vec<Jwk>,
    /// Until when it counts; none for one that was never fetched.
    fresh_until: Option<Timestamp>,
    fetched_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
}

/// The keys that may have signed a token: the one it names, or all that fit when it names none.
pub(crate) async fn find(
    kv: &Kavach,
    url: &str,
    trust: Trust,
    kid: Option<&str>,
    algorithm: Algorithm,
) -> Result<Vec<DecodingKey>, NoKey> {
    // Held over the fetch: of many sign-ins at once one asks, and the others find what it got.
    let set = kv.key_sets().of(url);
    let mut set = set.lock().await;
    let now = kv.clock().now();
    if set.fresh_until.is_none_or(|until| now >= until) {
        set.refresh(kv, url, trust, now).await?;
    }
    let mut found = set.keys_for(kid, algorithm);
    let may_ask_again = set.fetched_at.is_none_or(|at| now.since(at) >= UNKNOWN_EVERY);
    if found.is_empty() && may_ask_again {
        set.refresh(kv, url, trust, now).await?;
        found = set.keys_for(kid, algorithm);
    }
    if found.is_empty() { Err(NoKey::Unknown) } else { Ok(found) }
}

impl KeySets {
    fn of(&self, url: &str) -> Arc<Mutex<KeySet>> {
        let mut sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(sets.entry(url.to_owned()).or_default())
    }
}

impl KeySet {
    async fn refresh(&mut self, kv: &Kavach, url: &str, trust: Trust, now: Timestamp) -> Result<(), NoKey> {
        if self.failed_at.is_some_and(|at| now.since(at) < REST) {
            return Err(NoKey::Unavailable);
        }
        let request = Request::get(url, trust).timeout(TIMEOUT).max_body(MAX_BODY);
        let fetched = match kv.http().fetch(request).await {
            Ok(response) => read(&response).map(|keys| (keys, max_age(&response))),
            Err(_) => None,
        };
        let Some((keys, age)) = fetched else {
            tracing::warn!(url, "keys of another issuer could not be fetched");
            self.failed_at = Some(now);
            return Err(NoKey::Unavailable);
        };
        let age = age.unwrap_or(USUAL_AGE).clamp(LEAST_AGE, MOST_AGE);
        *self = Self { keys, fresh_until: Some(now + age), fetched_at: Some(now), failed_at: None };
        Ok(())
    }

    fn keys_for(&self, kid: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
        let named = |key: &&Jwk| kid.is_none_or(|kid| key.common.key_id.as_deref() == Some(kid));
        let fits = |key: &&Jwk| {
            let declared = key.common.key_algorithm.map(|declared| declared.to_string());
            let kind = match &key.algorithm {
                AlgorithmParameters::RSA(_) => matches!(algorithm, Algorithm::RS256 | Algorithm::PS256),
                AlgorithmParameters::OctetKeyPair(_) => matches!(algorithm, Algorithm::EdDSA),
                AlgorithmParameters::EllipticCurve(_) => matches!(algorithm, Algorithm::ES256),
                _ => false,
            };
            kind && declared.is_none_or(|declared| declared == format!("{algorithm:?}"))
        };
        self.keys
            .iter()
            .filter(named)
            .filter(fits)
            .filter_map(|key| DecodingKey::from_jwk(key).ok())
            .collect()
    }
}

/// The keys for signatures in an answer; None when it is not a key set.
fn read(response: &Response) -> Option<Vec<Jwk>> {
    if response.status != 200 {
        return None;
    }
    let set = unique_object(&response.body)?;
    let keys = set.get("keys")?.as_array()?;
    // Keys of kinds we do not know are passed over, as RFC 7517 section 5 wants it.
    let known = |key: &Value| serde_json::from_value::<Jwk>(key.clone()).ok();
    let signs =
        |key: &Jwk| !matches!(&key.common.public_key_use, Some(usage) if *usage != PublicKeyUse::Signature);
    Some(keys.iter().take(MAX_KEYS).filter_map(known).filter(signs).collect())
}

/// How long an answer may be kept (RFC 9111, section 5.2.2.1).
fn max_age(response: &Response) -> Option<Duration> {
    let header = response.headers.get("cache-control")?.to_str().ok()?;
    let seconds = header.split(',').find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        name.eq_ignore_ascii_case("max-age").then(|| value.trim_matches('"').parse::<u64>().ok())?
    })?;
    Some(Duration::from_secs(seconds))
}

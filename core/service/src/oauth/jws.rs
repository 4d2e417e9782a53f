//! JSON Web Signatures in compact form (RFC 7515), read strictly: the algorithm is one of a list, the header says what it
//! may say and nothing else, no name stands twice, and nothing of the content is believed before the signature holds.

use crate::authn::foreign_token::unique_object;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Number, Value};

/// Longest token that is looked at.
const MAX_BYTES: usize = 16 * 1024;
/// How far clocks may differ, in seconds.
pub(crate) const SKEW: i64 = 60;

/// A token taken apart, of which nothing is believed yet.
pub(crate) struct Jws<'a> {
    pub(crate) kid: Option<String>,
    pub(crate) algorithm: Algorithm,
    pub(crate) typ: Option<String>,
    signed: &'a str,
    signature: &'a str,
    payload: &'a str,
}

impl<'a> Jws<'a> {
    pub(crate) fn parse(token: &'a str, algorithms: &[Algorithm]) -> Option<Self> {
        if token.len() > MAX_BYTES || token.bytes().filter(|byte| *byte == b'.').count() != 2 {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let header = object(header)?;
        // A key or the address of one in a header would be the sender's own.
        let known = |name: &String| matches!(name.as_str(), "alg" | "kid" | "typ" | "x5t" | "x5t#S256");
        if signature.is_empty() || !header.keys().all(known) {
            return None;
        }
        let text = |name: &str| match header.get(name) {
            None => Some(None),
            Some(Value::String(text)) if text.len() <= 256 => Some(Some(text.clone())),
            Some(_) => None,
        };
        let written = text("alg")??;
        let algorithm = *algorithms.iter().find(|known| format!("{known:?}") == written)?;
        Some(Self { kid: text("kid")?, algorithm, typ: text("typ")?, signed, signature, payload })
    }

    /// What the token says, if this key signed it.
    pub(crate) fn verify(&self, key: &DecodingKey) -> Option<Map<String, Value>> {
        let holds = jsonwebtoken::crypto::verify(self.signature, self.signed.as_bytes(), key, self.algorithm);
        if holds.unwrap_or(false) { object(self.payload) } else { None }
    }

    /// What it claims, before anything is checked: to find out whose key to check it with.
    pub(crate) fn unverified(&self) -> Option<Map<String, Value>> {
        object(self.payload)
    }
}

/// The keys of a set that may have signed a token like this.
pub(crate) fn keys_for(set: &Value, kid: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
    let keys = set["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
    keys.iter()
        .filter(|key| key["use"].as_str().is_none_or(|usage| usage == "sig"))
        .filter(|key| kid.is_none_or(|kid| key["kid"].as_str() == Some(kid)))
        .filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok())
        .filter(|key| fits(key, algorithm))
        .filter_map(|key| DecodingKey::from_jwk(&key).ok())
        .take(8)
        .collect()
}

fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    match &key.algorithm {
        AlgorithmParameters::EllipticCurve(key) => {
            algorithm == Algorithm::ES256 && key.curve == EllipticCurve::P256
        }
        AlgorithmParameters::OctetKeyPair(key) => {
            algorithm == Algorithm::EdDSA && key.curve == EllipticCurve::Ed25519
        }
        AlgorithmParameters::RSA(key) => {
            let long = URL_SAFE_NO_PAD.decode(&key.n).is_ok_and(|n| (256..=512).contains(&n.len()));
            long && matches!(algorithm, Algorithm::RS256 | Algorithm::PS256)
        }
        AlgorithmParameters::OctetKey(_) => false,
        _ => false,
    }
}

/// A time in seconds that is there, is a number, and is one a clock can show.
pub(crate) fn seconds(claims: &Map<String, Value>, name: &str) -> Option<i64> {
    let Value::Number(number) = claims.get(name)? else { return None };
    whole(number).filter(|seconds| (0..400_000_000_000).contains(seconds))
}

fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let seconds = number.as_f64()?;
        (seconds.is_finite() && (0.0..4e11).contains(&seconds)).then_some(seconds as i64)
    })
}

fn object(part: &str) -> Option<Map<String, Value>> {
    unique_object(&URL_SAFE_NO_PAD.decode(part).ok()?)
}

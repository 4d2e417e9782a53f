//! The compact serialisation of a signed token (RFC 7515, section 7.1), read strictly.
//!
//! Keys named or carried by the header (`jku`, `x5u`, `jwk`, `x5c`) are never used; whoever verifies brings the key.
//! Extensions that must be understood are not (`crit`, and so `b64`), and neither is compression.

use crate::jwk::{Algorithm, PublicKey};
use crate::strict_json;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// A token taken apart, its signature not yet looked at.
pub(crate) struct Jws<'a> {
    pub(crate) header: Map<String, Value>,
    pub(crate) algorithm: Algorithm,
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Takes one apart; says what is wrong with it otherwise.
    pub(crate) fn parse(text: &'a str) -> Result<Self, &'static str> {
        let mut parts = text.split('.');
        let (Some(head), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("it does not have three parts");
        };
        let header = URL_SAFE_NO_PAD.decode(head).ok().and_then(|json| strict_json::object(&json));
        let header = header.ok_or("its header cannot be read")?;
        if ["crit", "b64", "zip", "enc"].iter().any(|member| header.contains_key(*member)) {
            return Err("its header asks for an extension");
        }
        let algorithm = header.get("alg").and_then(Value::as_str).and_then(Algorithm::named);
        let algorithm = algorithm.ok_or("its alg is not one of ES256, EdDSA and RS256")?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "its signature cannot be read")?;
        let signed = text.get(..head.len() + 1 + payload.len()).unwrap_or_default();
        Ok(Self { header, algorithm, signed, payload, signature })
    }

    /// A text member of the header.
    pub(crate) fn member(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }

    /// What was signed, if it was with this key.
    pub(crate) fn claims(&self, key: &PublicKey) -> Result<Map<String, Value>, &'static str> {
        if key.algorithm() != self.algorithm || !key.verifies(self.signed.as_bytes(), &self.signature) {
            return Err("its signature does not hold");
        }
        let payload = URL_SAFE_NO_PAD.decode(self.payload).ok();
        payload.and_then(|json| strict_json::object(&json)).ok_or("its claims cannot be read")
    }
}

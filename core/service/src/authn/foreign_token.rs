//! ID tokens of other issuers (OpenID Connect Core 1.0, section 3.1.3.7), read as strictly as they may be written.
//!
//! Signature first, then claims. The header may name a key and nothing else: one that brings a key along (`jwk`,
//! `jku`, `x5c`, `x5u`) or asks for extensions (`crit`) is refused. Times must be numbers, no name may stand twice, and
//! time is ours. Which key fits is looked up by [`super::jwks`].

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use kavach_model::Timestamp;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Longest token that is looked at.
const MAX_BYTES: usize = 16 * 1024;
/// How far clocks may differ, in seconds.
const SKEW: i64 = 60;
/// The longest life of an ID token that anybody issues, in seconds.
const MAX_LIFE: i64 = 24 * 3_600;

/// Why a token is none of ours. For the log: whoever sent it is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadToken {
    #[error("not a token")]
    Shape,
    #[error("a header that may not be")]
    Header,
    #[error("a wrong signature")]
    Signature,
    #[error("a wrong issuer")]
    Issuer,
    #[error("another's token")]
    Audience,
    #[error("not valid at this time")]
    Time,
    #[error("a wrong nonce")]
    Nonce,
    #[error("a claim that is missing or malformed")]
    Claims,
}

/// A token taken apart, of which nothing is believed yet.
pub(crate) struct Unverified<'a> {
    /// Which key it says it was signed with.
    pub(crate) kid: Option<String>,
    /// How.
    pub(crate) algorithm: Algorithm,
    signed: &'a str,
    signature: &'a str,
    payload: &'a str,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart; only these algorithms may have signed it.
    pub(crate) fn parse(token: &'a str, algorithms: &[Algorithm]) -> Result<Self, BadToken> {
        if token.len() > MAX_BYTES {
            return Err(BadToken::Shape);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(BadToken::Shape)?;
        let (header, payload) = signed.split_once('.').ok_or(BadToken::Shape)?;
        if payload.contains('.') || signature.is_empty() {
            return Err(BadToken::Shape);
        }
        let header = object(header)?;
        let known = |name: &String| matches!(name.as_str(), "alg" | "kid" | "typ" | "x5t" | "x5t#S256");
        if !header.keys().all(known) {
            return Err(BadToken::Header);
        }
        let text = |name: &str| match header.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.len() <= 256 => Ok(Some(text.clone())),
            Some(_) => Err(BadToken::Header),
        };
        if text("typ")?.is_some_and(|typ| !typ.eq_ignore_ascii_case("jwt")) {
            return Err(BadToken::Header);
        }
        let written = text("alg")?.ok_or(BadToken::Header)?;
        let algorithm = algorithms.iter().find(|known| format!("{known:?}") == written);
        let algorithm = *algorithm.ok_or(BadToken::Header)?;
        Ok(Self { kid: text("kid")?, algorithm, signed, signature, payload })
    }

    /// What the token says, if this key signed it.
    pub(crate) fn verify(&self, key: &DecodingKey) -> Result<Map<String, Value>, BadToken> {
        let verified =
            jsonwebtoken::crypto::verify(self.signature, self.signed.as_bytes(), key, self.algorithm);
        if !verified.unwrap_or(false) {
            return Err(BadToken::Signature);
        }
        object(self.payload)
    }
}

/// What a token must say to be meant for us, here and now.
pub(crate) struct Expected<'a> {
    /// The issuer, in any of its spellings.
    pub(crate) issuers: &'a [&'a str],
    /// Our name there.
    pub(crate) audience: &'a str,
    /// Now.
    pub(crate) now: Timestamp,
}

/// The claims of a token that is meant for us.
#[derive(Debug)]
pub(crate) struct Claims {
    /// Of whom.
    pub(crate) subject: String,
    /// What we gave out for it.
    pub(crate) nonce: Option<String>,
    /// Everything.
    pub(crate) all: Map<String, Value>,
}

impl Claims {
    /// Reads and judges what a verified token says.
    pub(crate) fn read(all: Map<String, Value>, expected: &Expected<'_>) -> Result<Self, BadToken> {
        let text = |name: &str| match all.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(BadToken::Claims),
        };
        let issuer = text("iss")?.ok_or(BadToken::Issuer)?;
        if !expected.issuers.contains(&issuer.as_str()) {
            return Err(BadToken::Issuer);
        }
        let ours = match all.get("aud") {
            Some(Value::String(aud)) => aud == expected.audience,
            // One element is the same as none around it; with more it is somebody else's as well.
            Some(Value::Array(list)) => {
                list.len() == 1 && list.first().and_then(Value::as_str) == Some(expected.audience)
            }
            _ => false,
        };
        let party = text("azp")?;
        if !ours || party.is_some_and(|party| party != expected.audience) {
            return Err(BadToken::Audience);
        }
        let seconds = |name: &str| match all.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => number_of_seconds(number).map(Some).ok_or(BadToken::Claims),
            Some(_) => Err(BadToken::Claims),
        };
        let now = expected.now.as_millis() / 1_000;
        let expiry = seconds("exp")?.ok_or(BadToken::Claims)?;
        let issued = seconds("iat")?.ok_or(BadToken::Claims)?;
        let not_before = seconds("nbf")?.unwrap_or(issued);
        if expiry <= now - SKEW
            || issued > now + SKEW
            || not_before > now + SKEW
            || issued < now - MAX_LIFE
            || expiry > now + MAX_LIFE
        {
            return Err(BadToken::Time);
        }
        let subject = text("sub")?.filter(|sub| !sub.is_empty() && sub.len() <= 255);
        let subject = subject.ok_or(BadToken::Claims)?;
        let nonce = text("nonce")?;
        Ok(Self { subject, nonce, all })
    }

    /// A claim that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.all.get(name).and_then(Value::as_str)
    }

    /// A claim that says yes; some providers say so in a text.
    pub(crate) fn says_yes(&self, name: &str) -> bool {
        matches!(self.all.get(name), Some(Value::Bool(true))) || self.text(name) == Some("true")
    }
}

/// A time as RFC 7519 has it: a number of seconds that a clock can show.
fn number_of_seconds(number: &Number) -> Option<i64> {
    let seconds = number.as_i64().or_else(|| {
        let seconds = number.as_f64()?;
        // What a float of this size holds is exact, so nothing is lost.
        (seconds.is_finite() && (0.0..4e11).contains(&seconds)).then_some(seconds as i64)
    })?;
    (0..400_000_000_000).contains(&seconds).then_some(seconds)
}

/// A part of a token: base64url of a JSON object in which no name stands twice.
fn object(part: &str) -> Result<Map<String, Value>, BadToken> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| BadToken::Shape)?;
    unique_object(&bytes).ok_or(BadToken::Shape)
}

/// A JSON object in which no name stands twice, at any depth.
pub(crate) fn unique_object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(bytes) {
        Ok(Unique(Value::Object(object))) => Some(object),
        _ => None,
    }
}

/// A JSON value without doubled names. The usual reader takes the last of two, another program the first, and then a
/// token says two things.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UniqueValue.deserialize(deserializer).map(Self)
    }
}

struct UniqueValue;

impl<'de> DeserializeSeed<'de> for UniqueValue {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UniqueValue {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(UniqueValue)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(UniqueValue)?;
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

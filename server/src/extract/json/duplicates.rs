//! Walks a JSON text once, only to see whether it is JSON and no object holds a key twice.
//!
//! serde refuses a doubled field of a structure by itself, but free-form maps (arguments, context, metadata) keep
//! the last one in silence.

use kavach_model::{ApiError, ErrorCode};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

const TWICE: &str = "the key appears twice";
/// Objects with fewer keys are compared key by key, which is faster than hashing.
const FEW: usize = 12;

/// Refuses what is not JSON, and an object with a doubled key.
pub(super) fn refuse(bytes: &[u8]) -> Result<(), ApiError> {
    let Err(error) = serde_json::from_slice::<Walk>(bytes) else { return Ok(()) };
    // The walk takes every type, so the only fault with the data is one it found itself.
    let problem =
        if error.is_data() { "holds a key that appears twice in one object" } else { "is not valid JSON" };
    let (line, column) = (error.line(), error.column());
    Err(ApiError::new(ErrorCode::InvalidRequest)
        .message(format!("The body {problem}: line {line}, column {column}.")))
}

struct Walk;

impl<'de> Deserialize<'de> for Walk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

/// A key, borrowed from the text where it holds no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for Walk {
    type Value = Self;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut few: Vec<Cow<'de, str>> = Vec::new();
        let mut many: HashSet<Cow<'de, str>> = HashSet::new();
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            if few.contains(&key) || many.contains(&key) {
                return Err(A::Error::custom(TWICE));
            }
            if few.len() < FEW {
                few.push(key);
            } else {
                many.insert(key);
            }
            map.next_value::<Self>()?;
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self, A::Error> {
        while sequence.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
}

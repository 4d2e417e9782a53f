//! Typed, prefixed, time-ordered identifiers.
//!
//! An identifier is 48 bits of Unix milliseconds followed by 80 random bits (the ULID layout), written as
//! its prefix and 26 characters of Crockford base 32: `agt_01jd3x6n9q...`. Sorting the text sorts by time
//! of creation, which is what keyset pages rely on.
//!
//! Identifiers are not secrets: nothing is granted to whoever knows one.

use crate::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not an identifier of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an identifier like {prefix}01jd3x6n9qk8v2m4c7t0wzr5ab")]
pub struct InvalidId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

/// The longest text of an identifier.
const MAX_TEXT: usize = 32;
const DIGITS: usize = 26;

/// An identifier as text, without a place on the heap: a decision writes some ten of them.
struct Written {
    bytes: [u8; MAX_TEXT],
    length: usize,
}

impl Written {
    fn new(prefix: &str, value: u128) -> Self {
        let mut bytes = [0; MAX_TEXT];
        let length = prefix.len() + DIGITS;
        bytes[..prefix.len()].copy_from_slice(prefix.as_bytes());
        // In pieces of 60 bits, because arithmetic on 128 is slow: twelve digits, twelve, and two.
        let (high, low) = bytes[prefix.len()..length].split_at_mut(2);
        let (middle, low) = low.split_at_mut(12);
        for (digits, piece) in [(high, value >> 120), (middle, value >> 60), (low, value)] {
            let mut rest = piece as u64;
            for digit in digits.iter_mut().rev() {
                *digit = ALPHABET[(rest & 31) as usize];
                rest >>= 5;
            }
        }
        Self { bytes, length }
    }

    fn as_str(&self) -> &str {
        // Prefixes and ALPHABET are ASCII.
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

fn decode(prefix: &'static str, text: &str) -> Result<u128, InvalidId> {
    let digits = text.strip_prefix(prefix).ok_or(InvalidId { prefix })?.as_bytes();
    if digits.len() != 26 || digits[0] > b'7' {
        return Err(InvalidId { prefix });
    }
    digits.iter().try_fold(0u128, |value, digit| {
        let position = ALPHABET.iter().position(|known| known == digit).ok_or(InvalidId { prefix })?;
        Ok(value << 5 | position as u128)
    })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u128);

        impl $name {
            /// What every identifier of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new identifier: the time in milliseconds, then 80 of the given random bits.
            pub fn from_parts(at: Timestamp, random: [u8; 10]) -> Self {
                let millis = (at.as_millis().max(0) as u128) & ((1 << 48) - 1);
                let random = random.iter().fold(0u128, |value, byte| value << 8 | u128::from(*byte));
                Self(millis << 80 | random)
            }

            /// The time it was made, which is a part of it.
            pub fn at(self) -> Timestamp {
                // 48 bits fit.
                Timestamp::from_millis((self.0 >> 80) as i64)
            }

            /// The identifier as a number, for compact maps.
            pub fn as_u128(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(Written::new($prefix, self.0).as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(Written::new($prefix, self.0).as_str())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                decode($prefix, text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                Written::new($prefix, id.0).as_str().to_owned()
            }
        }

        impl From<$name> for Arc<str> {
            fn from(id: $name) -> Self {
                Written::new($prefix, id.0).as_str().into()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(Written::new($prefix, self.0).as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "[0-9a-hjkmnp-tv-z]{26}$")))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}

ids! {
    /// A person.
    UserId = "usr_";
    /// An agent.
    AgentId = "agt_";
    /// A signed-in session of a person.
    SessionId = "ses_";
    /// One token of an agent (an agent may have several while it rotates).
    TokenId = "tok_";
    /// An API key of an administrator or a service.
    ApiKeyId = "key_";
    /// One record of the audit log.
    AuditId = "aud_";
    /// One message in the outbox.
    MessageId = "msg_";
    /// One question that a person must answer.
    ApprovalId = "apr_";
    /// Permissions one agent lends to another.
    DelegationId = "dlg_";
    /// A resource pattern on which everything is stopped.
    StopId = "stp_";
    /// A passkey of a person.
    PasskeyId = "pky_";
    /// Who a person is elsewhere.
    IdentityId = "idn_";
    /// A server that tokens are for.
    ResourceId = "res_";
    /// What somebody granted a client.
    GrantId = "gnt_";
    /// A client that an administrator or itself registered.
    ClientId = "clt_";
    /// A client's try to be let in, as administrators look at it.
    TraceId = "trc_";
}

/// A person or an agent: whoever can own an agent or act.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PrincipalId {
    /// A person.
    User(UserId),
    /// An agent.
    Agent(AgentId),
}

impl fmt::Display for PrincipalId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(out),
            Self::Agent(id) => id.fmt(out),
        }
    }
}

impl fmt::Debug for PrincipalId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for PrincipalId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if text.starts_with(AgentId::PREFIX) {
            text.parse().map(Self::Agent)
        } else {
            text.parse().map(Self::User)
        }
    }
}

impl From<PrincipalId> for String {
    fn from(id: PrincipalId) -> Self {
        match id {
            PrincipalId::User(id) => id.into(),
            PrincipalId::Agent(id) => id.into(),
        }
    }
}

impl From<PrincipalId> for Arc<str> {
    fn from(id: PrincipalId) -> Self {
        match id {
            PrincipalId::User(id) => id.into(),
            PrincipalId::Agent(id) => id.into(),
        }
    }
}

impl Serialize for PrincipalId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::User(id) => id.serialize(serializer),
            Self::Agent(id) => id.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for PrincipalId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for PrincipalId {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^(usr|agt)_[0-9a-hjkmnp-tv-z]{26}$"))
            .into()
    }
}

impl utoipa::ToSchema for PrincipalId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_survives_its_text() {
        let id = AgentId::from_parts(Timestamp::from_millis(1_764_000_000_000), [7; 10]);
        let text = id.to_string();
        assert_eq!(text.len(), 30);
        assert_eq!(text.parse::<AgentId>(), Ok(id));
        assert_eq!(id.at(), Timestamp::from_millis(1_764_000_000_000));
        assert_eq!(serde_json::from_str::<AgentId>(&format!("\"{text}\"")).unwrap(), id);
    }

    #[test]
    fn identifiers_sort_by_time() {
        let earlier = UserId::from_parts(Timestamp::from_millis(1), [255; 10]);
        let later = UserId::from_parts(Timestamp::from_millis(2), [0; 10]);
        assert!(earlier < later);
        assert!(earlier.to_string() < later.to_string());
    }

    #[test]
    fn foreign_and_malformed_texts_are_refused() {
        let id = UserId::from_parts(Timestamp::from_millis(5), [1; 10]).to_string();
        assert!(id.parse::<AgentId>().is_err());
        for text in [
            "",
            "usr_",
            "usr_0",
            "usr_zzzzzzzzzzzzzzzzzzzzzzzzzz",
            "usr_0000000000000000000000000u",
            "USR_00000000000000000000000000",
        ] {
            assert!(text.parse::<UserId>().is_err(), "{text}");
        }
    }
}

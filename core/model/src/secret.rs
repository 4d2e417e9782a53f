//! Secrets that do not print themselves, and the shape of every token Kavach issues.
//!
//! A token is its prefix, 256 random bits in base 62 (43 characters) and a CRC-32 of both in base 62
//! (6 characters). The prefix tells scanners what was leaked and the checksum lets them (and us) drop
//! look-alikes without asking the database. Only a SHA-256 of the token is ever stored.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ENTROPY_CHARS: usize = 43;
const CHECK_CHARS: usize = 6;

/// A value that must never reach a log: its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself. Every caller is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[secret]")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl utoipa::PartialSchema for Secret {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Password)))
            .into()
    }
}

impl utoipa::ToSchema for Secret {}

/// What a token stands for. A token of one kind is never accepted where another is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A person's session, `kv_sess_`.
    Session,
    /// An agent, `kv_agent_`.
    Agent,
    /// An API key, `kv_key_`.
    ApiKey,
    /// A link that proves control of an e-mail address, `kv_mail_`.
    EmailLink,
    /// The one-time link that makes the first administrator, `kv_setup_`.
    Setup,
    /// The one-time link with which a person gets into their account again, `kv_enroll_`.
    Enrolment,
    /// What a device polls with until somebody answered for it, `kv_device_`.
    Device,
    /// An authorization code, `kv_code_`.
    Code,
    /// What a client gets its next access token with, `kv_refresh_`.
    Refresh,
    /// The secret of a client, `kv_secret_`.
    ClientSecret,
    /// What a client manages its own registration with, `kv_reg_`.
    Registration,
    /// An authorization request on its way, `kv_par_`.
    Request,
}

impl TokenKind {
    const ALL: [Self; 12] = [
        Self::Session,
        Self::Agent,
        Self::ApiKey,
        Self::EmailLink,
        Self::Setup,
        Self::Enrolment,
        Self::Device,
        Self::Code,
        Self::Refresh,
        Self::ClientSecret,
        Self::Registration,
        Self::Request,
    ];

    /// What every token of this kind begins with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "kv_sess_",
            Self::Agent => "kv_agent_",
            Self::ApiKey => "kv_key_",
            Self::EmailLink => "kv_mail_",
            Self::Setup => "kv_setup_",
            Self::Enrolment => "kv_enroll_",
            Self::Device => "kv_device_",
            Self::Code => "kv_code_",
            Self::Refresh => "kv_refresh_",
            Self::ClientSecret => "kv_secret_",
            Self::Registration => "kv_reg_",
            Self::Request => "kv_par_",
        }
    }

    /// The kind a text claims to be, by its prefix alone.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))
    }
}

/// A well-formed token: right prefix, right length, right checksum. Whether it is known is another matter.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    kind: TokenKind,
    text: String,
}

impl Token {
    /// The token for 256 fresh random bits.
    pub fn from_entropy(kind: TokenKind, entropy: [u8; 32]) -> Self {
        let mut text = String::with_capacity(kind.prefix().len() + ENTROPY_CHARS + CHECK_CHARS);
        text.push_str(kind.prefix());
        push_base62(&mut text, entropy);
        let check = check_digits(crc32fast::hash(text.as_bytes()));
        text.extend(check.map(char::from));
        Self { kind, text }
    }

    /// Reads a token of the given kind; None for anything that cannot be one.
    pub fn parse(kind: TokenKind, text: &str) -> Option<Self> {
        let body = text.strip_prefix(kind.prefix())?;
        // The characters of BASE62.
        if body.len() != ENTROPY_CHARS + CHECK_CHARS || !body.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return None;
        }
        let (signed, check) = text.split_at(text.len() - CHECK_CHARS);
        let expected = check_digits(crc32fast::hash(signed.as_bytes()));
        (check.as_bytes() == expected).then(|| Self { kind, text: text.to_owned() })
    }

    /// What it stands for.
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The token itself, to be shown once or hashed.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What may be kept and shown: the prefix and the last four characters.
    pub fn preview(&self) -> String {
        format!("{}…{}", self.kind.prefix(), &self.text[self.text.len() - 4..])
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}[secret]", self.kind.prefix())
    }
}

/// The one place where a token becomes readable again: in the answer that shows it for the only time.
impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl utoipa::PartialSchema for Token {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String).into()
    }
}

impl utoipa::ToSchema for Token {}

fn push_base62(text: &mut String, mut number: [u8; 32]) {
    let mut digits = [0u8; ENTROPY_CHARS];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0u32;
        for byte in &mut number {
            let value = remainder << 8 | u32::from(*byte);
            *byte = (value / 62) as u8;
            remainder = value % 62;
        }
        *digit = BASE62[remainder as usize];
    }
    text.extend(digits.iter().map(|digit| char::from(*digit)));
}

fn check_digits(mut check: u32) -> [u8; CHECK_CHARS] {
    let mut digits = [0u8; CHECK_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(check % 62) as usize];
        check /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_any_changed_character_is_noticed() {
        let token = Token::from_entropy(TokenKind::Agent, [0xAB; 32]);
        assert!(token.expose().starts_with("kv_agent_"));
        assert_eq!(Token::parse(TokenKind::Agent, token.expose()), Some(token.clone()));
        for position in 0..token.expose().len() {
            let mut bytes = token.expose().as_bytes().to_vec();
            bytes[position] = if bytes[position] == b'x' { b'y' } else { b'x' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(Token::parse(TokenKind::Agent, &changed), None, "{changed}");
        }
    }

    #[test]
    fn a_token_of_another_kind_is_not_accepted() {
        let token = Token::from_entropy(TokenKind::Session, [1; 32]);
        assert_eq!(Token::parse(TokenKind::Agent, token.expose()), None);
        assert_eq!(TokenKind::of(token.expose()), Some(TokenKind::Session));
        assert_eq!(TokenKind::of("Bearer"), None);
    }

    #[test]
    fn secrets_do_not_print_themselves() {
        let token = Token::from_entropy(TokenKind::ApiKey, [9; 32]);
        assert!(!format!("{token:?}").contains(&token.expose()[8..]));
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "[secret]");
    }

    #[test]
    fn all_tokens_of_a_kind_have_one_length() {
        for fill in [0u8, 1, 127, 255] {
            assert_eq!(Token::from_entropy(TokenKind::Agent, [fill; 32]).expose().len(), 9 + 43 + 6);
        }
    }
}

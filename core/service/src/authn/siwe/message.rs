//! EIP-4361 messages: read strictly, and judged by what they say to whom and when.

use crate::crypto::token::from_hex;
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use kavach_model::{ApiError, Timestamp};
use sha3::{Digest, Keccak256};
use siwe::{Message, TimeStamp};

const MAX_BYTES: usize = 4 * 1024;
/// How far a wallet's clock may be ahead, in milliseconds.
const SKEW: i64 = 60_000;

/// Why a message is no sign-in here. For the log: whoever sent it is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadMessage {
    #[error("not an EIP-4361 message")]
    Shape,
    #[error("for another domain or address")]
    Domain,
    #[error("for a chain that is not configured")]
    Chain,
    #[error("not valid at this time")]
    Time,
    #[error("a wrong signature")]
    Signature,
    #[error("a nonce that is not this browser's, or was used")]
    Nonce,
}

/// What a message must say to be meant for us, here and now.
pub(super) struct Expected<'a> {
    /// Host and port people reach us at.
    pub(super) domain: &'a str,
    /// The same with its scheme.
    pub(super) origin: &'a str,
    /// Chains a wallet may be on.
    pub(super) chain_ids: &'a [u64],
    /// Now, in milliseconds.
    pub(super) now: i64,
    /// How old a message may be, in milliseconds.
    pub(super) max_age: i64,
}

/// Reads a message. Whatever is written in another way than the standard has it is refused, so that what was signed
/// and what was understood are the same text.
pub(super) fn parse(text: &str) -> Result<Message, BadMessage> {
    if text.len() > MAX_BYTES || text.chars().any(|character| character.is_control() && character != '\n') {
        return Err(BadMessage::Shape);
    }
    let message: Message = text.parse().map_err(|_| BadMessage::Shape)?;
    let one_spelling = message.to_string() == text;
    let plain_nonce = message.nonce.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if one_spelling && plain_nonce { Ok(message) } else { Err(BadMessage::Shape) }
}

/// An address in the one spelling that messages have (EIP-55).
pub(super) fn address(text: &str) -> Result<String, ApiError> {
    let bytes = text.strip_prefix("0x").filter(|digits| digits.len() == 40).and_then(from_hex);
    let bytes: Option<[u8; 20]> = bytes.and_then(|bytes| bytes.try_into().ok());
    let wrong = || ApiError::invalid("address", "must be 0x and 40 hexadecimal digits");
    bytes.map(|bytes| siwe::eip55(&bytes)).ok_or_else(wrong)
}

/// Judges everything but nonce and signature.
pub(super) fn judge(message: &Message, expected: &Expected<'_>) -> Result<(), BadMessage> {
    let uri = message.uri.as_str();
    let ours = uri == expected.origin
        || uri.strip_prefix(expected.origin).is_some_and(|rest| rest.starts_with(['/', '?', '#']));
    if message.domain.as_str() != expected.domain || !ours {
        return Err(BadMessage::Domain);
    }
    if !expected.chain_ids.contains(&message.chain_id) {
        return Err(BadMessage::Chain);
    }
    let issued_at = millis(&message.issued_at);
    let over = message.expiration_time.as_ref().is_some_and(|at| millis(at) <= expected.now);
    let early = message.not_before.as_ref().is_some_and(|at| millis(at) > expected.now);
    let aged = issued_at > expected.now + SKEW || issued_at < expected.now - expected.max_age - SKEW;
    if over || early || aged { Err(BadMessage::Time) } else { Ok(()) }
}

fn millis(at: &TimeStamp) -> i64 {
    let text = at.to_string();
    // What the message's reader took for a time and ours does not is so far away that it is never now.
    text.parse::<Timestamp>().map_or(i64::MAX, Timestamp::as_millis)
}

/// The hash a wallet signs (EIP-191, version 0x45).
pub(super) fn personal_hash(text: &str) -> [u8; 32] {
    let prefix = format!("\x19Ethereum Signed Message:\n{}", text.len());
    Keccak256::new().chain_update(prefix).chain_update(text).finalize().into()
}

/// Whether the key behind an address made this signature of 65 bytes. Only the one form of a signature counts that
/// wallets make: `s` in the lower half (EIP-2), `v` 27 or 28 or its short form.
pub(super) fn is_signed_by(address: &[u8; 20], hash: &[u8; 32], signature: &[u8]) -> bool {
    let Some((rest, [v])) = signature.split_last_chunk::<1>() else { return false };
    let v = match v {
        0 | 27 => 0,
        1 | 28 => 1,
        _ => return false,
    };
    let Ok(signature) = Signature::from_slice(rest) else { return false };
    if signature.normalize_s().is_some() {
        return false;
    }
    let Some(recovery) = RecoveryId::from_byte(v) else { return false };
    let Ok(key) = VerifyingKey::recover_from_prehash(hash, &signature, recovery) else { return false };
    let point = key.to_encoded_point(false);
    let digest = Keccak256::digest(&point.as_bytes()[1..]);
    digest[12..] == address[..]
}

#[cfg(test)]
mod tests;

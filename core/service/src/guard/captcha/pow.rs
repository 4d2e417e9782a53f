//! A sum that takes a browser a moment and us none: a number whose SHA-256 with the challenge begins with zeros.
//!
//! The challenge is sealed, so nothing is stored until its answer comes. It says what it is for, how hard it is, and
//! when it ends.

use super::{Action, Verdict};
use crate::{Kavach, seal};
use kavach_model::Timestamp;
use kavach_model::captcha::PowChallenge;
use sha2::{Digest, Sha256};
use std::time::Duration;

const PURPOSE: &str = "captcha-pow";
const LIFE: Duration = Duration::from_secs(600);

pub(super) fn issue(kv: &Kavach, action: Action) -> PowChallenge {
    let difficulty = kv.config().captcha.difficulty;
    let expires_at = kv.clock().now() + LIFE;
    let plain = format!("{},{difficulty},{}", action.as_str(), expires_at.as_millis());
    PowChallenge { challenge: seal::seal(kv, PURPOSE, plain.as_bytes()), difficulty, expires_at }
}

/// The part of an answer that is ours.
pub(super) fn challenge_of(token: &str) -> &str {
    token.rsplit_once('.').map_or(token, |(challenge, _)| challenge)
}

pub(super) fn judge(kv: &Kavach, token: &str, action: Action) -> Verdict {
    match is_done(kv, token, action) {
        Some(true) => Verdict::Person,
        Some(false) | None => Verdict::Program,
    }
}

fn is_done(kv: &Kavach, token: &str, action: Action) -> Option<bool> {
    let (challenge, number) = token.rsplit_once('.')?;
    let plain_number = !number.is_empty() && number.len() <= 15 && number.bytes().all(|d| d.is_ascii_digit());
    let plain = String::from_utf8(seal::open(kv, PURPOSE, challenge)?).ok()?;
    let mut parts = plain.split(',');
    let (made_for, difficulty, expires_at) = (parts.next()?, parts.next()?, parts.next()?);
    let difficulty: u32 = difficulty.parse().ok()?;
    let expires_at = Timestamp::from_millis(expires_at.parse().ok()?);
    let in_time = expires_at > kv.clock().now();
    let zeros = leading_zeros(&Sha256::digest(token.as_bytes()));
    Some(plain_number && made_for == action.as_str() && in_time && zeros >= difficulty)
}

fn leading_zeros(digest: &[u8]) -> u32 {
    let whole = digest.iter().take_while(|byte| **byte == 0).count();
    let rest = digest.get(whole).map_or(0, |byte| byte.leading_zeros());
    // A digest has 32 bytes.
    whole as u32 * 8 + rest
}

#[cfg(test)]
mod tests {
    use super::leading_zeros;

    #[test]
    fn zeros_are_counted_in_bits() {
        assert_eq!(leading_zeros(&[0xFF]), 0);
        assert_eq!(leading_zeros(&[0, 0x1F]), 11);
        assert_eq!(leading_zeros(&[0, 0]), 16);
    }
}

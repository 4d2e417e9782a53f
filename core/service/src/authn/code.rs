//! Codes that a person types: six digits, stored as a keyed hash, tried five times at most and spent once.
//!
//! A code answers one challenge, whose identifier is as hard to guess as a key and is known only where the request
//! began: a code alone, read over somebody's shoulder, is worth nothing anywhere else.

use crate::Kavach;
use crate::crypto::token::hex;
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use kavach_model::{Secret, Timestamp, UserId};
use kavach_store::{ChallengeRow, Conn, NewChallenge};
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use unicode_normalization::UnicodeNormalization;

/// Wrong codes for one challenge.
const TRIES: u32 = 5;
const DIGITS: usize = 6;
/// 128 bits: as hard to guess as a key.
const ID_BYTES: usize = 16;

/// A challenge to be made.
pub(super) struct Begin<'a> {
    /// What it is for.
    pub(super) purpose: &'static str,
    /// Whose it is, if anybody's.
    pub(super) user_id: Option<UserId>,
    /// Where the code goes.
    pub(super) recipient: &'a str,
    /// Hash of the token of the link beside it.
    pub(super) link_hash: Option<&'a str>,
    /// What the browser that asks is known by.
    pub(super) binding: Option<&'a str>,
    /// What the spender needs to know.
    pub(super) payload: &'a str,
    /// How long it works.
    pub(super) life: Duration,
}

/// A challenge that was made.
pub(super) struct Begun {
    /// For whoever asked.
    pub(super) id: String,
    /// For whoever reads what was sent.
    pub(super) code: String,
}

/// Makes a challenge. Those before it stay what they are: else anybody could take away what somebody else asked for.
pub(super) async fn begin(kv: &Kavach, tx: &mut Conn, begin: &Begin<'_>, now: Timestamp) -> Result<Begun> {
    let id = format!("chl_{}", hex(&crate::rng::array::<ID_BYTES>(kv.rng())));
    let code = random(kv);
    tx.insert_challenge(&NewChallenge {
        id: &id,
        purpose: begin.purpose,
        user_id: begin.user_id,
        recipient: begin.recipient,
        code_hash: &hash(kv, begin.purpose, &id, &code),
        link_hash: begin.link_hash,
        binding: begin.binding,
        payload: begin.payload,
        created_at: now,
        expires_at: now + begin.life,
    })
    .await?;
    Ok(Begun { id, code })
}

/// Counts a try and looks at the code. The count stands whatever comes of it, so that a thousand guesses at once are
/// no more than five.
pub(super) async fn look(
    kv: &Kavach,
    purpose: &'static str,
    limit: impl FnOnce(&str) -> Vec<Limit>,
    id: &str,
    typed: &Secret,
) -> Result<std::result::Result<ChallengeRow, Option<UserId>>> {
    let Some(code) = normalize(typed) else { return Ok(Err(None)) };
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let tried = tx.try_challenge(purpose, id, TRIES, now).await?;
    tx.commit().await?;
    let Some(row) = tried else { return Ok(Err(None)) };
    rate_limit::take(kv, &limit(&row.recipient)).await?;
    let expected = hash(kv, purpose, id, &code);
    if bool::from(expected.as_bytes().ct_eq(row.code_hash.as_bytes())) {
        Ok(Ok(row))
    } else {
        Ok(Err(row.user_id))
    }
}

/// Six digits, however they were written: with spaces, dashes, or as full-width digits.
fn normalize(typed: &Secret) -> Option<String> {
    let text = typed.expose();
    if text.len() > 64 {
        return None;
    }
    let digits: String = text
        .nfkc()
        .filter(|character| !character.is_whitespace() && !matches!(character, '-' | '\u{2010}'..='\u{2015}'))
        .collect();
    (digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// Every code is as likely as any other: what a division would leave over is drawn again.
fn random(kv: &Kavach) -> String {
    const CODES: u32 = 1_000_000;
    const FAIR: u32 = u32::MAX - u32::MAX % CODES;
    loop {
        let drawn = u32::from_le_bytes(crate::rng::array(kv.rng()));
        if drawn < FAIR {
            return format!("{:06}", drawn % CODES);
        }
    }
}

/// A million codes are quickly tried by whoever reads the database, so the hash takes a key that is not in it.
fn hash(kv: &Kavach, purpose: &str, id: &str, code: &str) -> String {
    kv.seal_key().digest("code", &format!("{purpose}:{id}:{code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_written() {
        for typed in ["123456", " 123 456 ", "123-456", "12-34-56", "１２３４５６", "123\u{a0}456", "123–456"]
        {
            assert_eq!(normalize(&Secret::new(typed)).as_deref(), Some("123456"), "{typed}");
        }
        for typed in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", &"1".repeat(1_000_000)] {
            assert_eq!(normalize(&Secret::new(typed)), None, "{}", typed.len());
        }
    }
}

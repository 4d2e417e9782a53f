//! Issuing random tokens, and the only form in which one is kept: its SHA-256.
//!
//! A token carries 256 random bits, so a plain hash is enough; there is nothing to guess and no salt needed.

use crate::rng::{self, Rng};
use kavach_model::{Token, TokenKind};
use sha2::{Digest, Sha256};
use std::fmt;

/// A fresh token of the kind.
pub fn issue(kind: TokenKind, rng: &dyn Rng) -> Token {
    Token::from_entropy(kind, rng::array(rng))
}

/// The SHA-256 of a text.
pub fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for digits in bytes.iter().map(|byte| hex_digits(*byte)) {
        text.extend(digits.map(char::from));
    }
    text
}

fn hex_digits(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// Reads hexadecimal of either case; None for anything else.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|value| value as u8);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

/// What the database knows of a token: its SHA-256 in lower-case hexadecimal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 64]);

impl TokenHash {
    /// The hash under which a token is looked up.
    pub fn of(token: &Token) -> Self {
        let mut digits = [0; 64];
        for (pair, byte) in digits.as_chunks_mut().0.iter_mut().zip(sha256(token.expose())) {
            *pair = hex_digits(byte);
        }
        Self(digits)
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        // Hexadecimal digits are ASCII.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// As it is stored, by value.
    pub fn into_string(self) -> String {
        self.as_str().to_owned()
    }

    /// Its first sixteen digits, for maps.
    pub(crate) fn leading_digits(&self) -> u128 {
        self.0.first_chunk().map_or(0, |digits| u128::from_le_bytes(*digits))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[token hash]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    #[test]
    fn sha256_agrees_with_fips_180() {
        assert_eq!(hex(&sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn hexadecimal_reads_back_and_nothing_else_reads() {
        assert_eq!(from_hex(&hex(&[0, 1, 0xAB, 0xFF])), Some(vec![0, 1, 0xAB, 0xFF]));
        assert_eq!(from_hex("ABff"), Some(vec![0xAB, 0xFF]));
        for bad in ["a", "0x", "zz", "é"] {
            assert_eq!(from_hex(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_token_is_well_formed_and_its_hash_shows_nothing_of_it() {
        let token = issue(TokenKind::Agent, &SeededRng::new(1));
        assert!(Token::parse(TokenKind::Agent, token.expose()).is_some());
        let hash = TokenHash::of(&token);
        assert_eq!(hash.as_str().len(), 64);
        assert_eq!(hash, TokenHash::of(&token));
        assert_eq!(format!("{hash:?}"), "[token hash]");
    }
}

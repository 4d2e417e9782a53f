//! Sealing small values under the instance key: whoever lacks the key can neither read nor change them.
//!
//! XChaCha20-Poly1305 with a random nonce. Every purpose has a subkey of its own by HKDF-SHA-256 (RFC 5869),
//! so what was sealed for one purpose never opens for another. There is no expiry in here: put a time inside.
//!
//! Text form: base64url without padding of one version byte, 24 bytes of nonce, the ciphertext and its tag.

use crate::crypto::token::hex;
use crate::rng::{self, Rng};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// The key of this instance. It lives beside the database, never in it.
pub struct SealKey(Zeroizing<[u8; 32]>);

impl SealKey {
    /// Takes 256 random bits.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Seals `plain` for `purpose`. The same input never gives the same text twice.
    #[expect(
        clippy::expect_used,
        reason = "the cipher refuses only messages beyond 256 GiB, which memory does not hold"
    )]
    pub fn seal(&self, rng: &dyn Rng, purpose: &str, plain: &[u8]) -> String {
        let nonce = rng::array::<NONCE_BYTES>(rng);
        let payload = Payload { msg: plain, aad: purpose.as_bytes() };
        let ciphertext =
            self.cipher(purpose).encrypt(&XNonce::from(nonce), payload).expect("the message fits the cipher");
        let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + ciphertext.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Opens what this key sealed for this purpose; None for anything else, without saying why.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (&[VERSION], rest) = bytes.split_first_chunk::<1>()? else {
            return None;
        };
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: ciphertext, aad: purpose.as_bytes() };
        self.cipher(purpose).decrypt(&XNonce::from(*nonce), payload).ok()
    }

    /// What is stored of a text too short to be hashed alone: without the key it cannot be tried out.
    #[expect(
        clippy::expect_used,
        reason = "HKDF-SHA-256 refuses only outputs beyond 8,160 bytes; this is 32"
    )]
    pub fn digest(&self, purpose: &str, text: &str) -> String {
        let mut digest = [0; 32];
        Hkdf::<Sha256>::new(None, self.0.as_slice())
            .expand_multi_info(
                &[b"kavach digest v1:", purpose.as_bytes(), b"\0", text.as_bytes()],
                &mut digest,
            )
            .expect("32 bytes are within the limit");
        hex(&digest)
    }

    #[expect(
        clippy::expect_used,
        reason = "HKDF-SHA-256 refuses only outputs beyond 8,160 bytes; this is 32"
    )]
    fn cipher(&self, purpose: &str) -> XChaCha20Poly1305 {
        let mut subkey = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, self.0.as_slice())
            .expand_multi_info(&[b"kavach seal v1:", purpose.as_bytes()], subkey.as_mut_slice())
            .expect("32 bytes are within the limit");
        XChaCha20Poly1305::new((&*subkey).into())
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[seal key]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;
    use proptest::prelude::*;

    fn key() -> SealKey {
        SealKey::from_bytes([7; 32])
    }

    #[test]
    fn a_sealed_value_opens_only_with_its_key_and_purpose() {
        let sealed = key().seal(&SeededRng::new(1), "flash", b"hello");
        assert_eq!(key().open("flash", &sealed).as_deref(), Some(b"hello".as_slice()));
        assert_eq!(key().open("form", &sealed), None);
        assert_eq!(SealKey::from_bytes([8; 32]).open("flash", &sealed), None);
    }

    #[test]
    fn sealing_twice_gives_two_texts() {
        let rng = SeededRng::new(1);
        assert_ne!(key().seal(&rng, "flash", b"x"), key().seal(&rng, "flash", b"x"));
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let sealed = key().seal(&SeededRng::new(1), "flash", b"hello");
        for position in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            assert_eq!(key().open("flash", std::str::from_utf8(&changed).unwrap()), None, "at {position}");
        }
    }

    proptest! {
        #[test]
        fn any_value_reads_back_and_any_text_is_survived(plain: Vec<u8>, seed: u64, noise in ".{0,80}") {
            let sealed = key().seal(&SeededRng::new(seed), "p", &plain);
            prop_assert_eq!(key().open("p", &sealed), Some(plain));
            prop_assert_eq!(key().open("p", &noise), None);
        }
    }
}

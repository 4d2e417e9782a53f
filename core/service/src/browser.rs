//! What a browser holds before anybody is signed in: challenges are bound to it. It is nobody's identity.

use crate::Kavach;
use crate::crypto::token::{hex, sha256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const BYTES: usize = 32;

/// A new value for a browser to hold.
pub fn issue(kv: &Kavach) -> String {
    URL_SAFE_NO_PAD.encode(crate::rng::array::<BYTES>(kv.rng()))
}

/// A value as a browser sent it; None for what was never one of ours.
pub fn parse(text: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (bytes.len() == BYTES).then(|| text.to_owned())
}

/// What is stored of it.
pub fn hash(value: &str) -> String {
    hex(&sha256(value))
}

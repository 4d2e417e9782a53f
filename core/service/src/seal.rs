//! Sealing short texts under the instance key: form values in a cookie, message bodies in the outbox.

use crate::Kavach;

/// Encrypts and authenticates; only the same purpose opens it again.
pub fn seal(kv: &Kavach, purpose: &str, plain: &[u8]) -> String {
    kv.seal_key().seal(kv.rng(), purpose, plain)
}

/// Opens what [`seal`] made; None for anything else.
pub fn open(kv: &Kavach, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
    kv.seal_key().open(purpose, sealed)
}

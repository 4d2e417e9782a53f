//! Proofs that whoever presents a token has the key it is bound to (RFC 9449, section 7).
//!
//! A proof is taken once by one process: its memory is not shared between replicas, so behind a load balancer a proof
//! may be taken once by each. Nonces of the resource server (section 9) are not asked for.

use crate::jwk::{PublicKey, sha256};
use crate::jws::Jws;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;
use url::Url;

/// How far the clock of a client may be from ours, and for how long a proof can be used: milliseconds.
const WINDOW: f64 = 5.0 * 60.0 * 1_000.0;
const LONGEST: usize = 16 * 1_024;
const LONGEST_JTI: usize = 256;
/// Most proofs that are remembered in twice the window.
const MOST: usize = 200_000;

/// Why a proof is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadProof {
    Invalid(&'static str),
    /// No more proofs can be remembered, so none is taken.
    Full,
}

/// The request a proof must be for.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) method: &'a str,
    /// The address clients use.
    pub(crate) url: &'a Url,
    pub(crate) access_token: &'a str,
    /// The thumbprint the token is bound to.
    pub(crate) thumbprint: &'a str,
    /// Milliseconds.
    pub(crate) now: i64,
}

/// Checks a proof and uses it up.
pub(crate) fn check(proof: &str, bound: Bound<'_>, used: &UsedProofs) -> Result<(), BadProof> {
    if proof.len() > LONGEST {
        return Err(BadProof::Invalid("the proof is too long"));
    }
    let jws = Jws::parse(proof).map_err(BadProof::Invalid)?;
    if jws.member("typ") != Some("dpop+jwt") {
        return Err(BadProof::Invalid("its typ is not dpop+jwt"));
    }
    let key = jws.header.get("jwk").and_then(Value::as_object).and_then(PublicKey::from_jwk);
    let key = key.ok_or(BadProof::Invalid("its jwk is no public key for its alg"))?;
    let claims = jws.claims(&key).map_err(BadProof::Invalid)?;
    let thumbprint = key.thumbprint();
    if !bool::from(thumbprint.as_bytes().ct_eq(bound.thumbprint.as_bytes())) {
        return Err(BadProof::Invalid("the token is bound to another key"));
    }
    is_about(&claims, bound).map_err(BadProof::Invalid)?;
    let jti = claims.get("jti").and_then(Value::as_str).unwrap_or_default();
    if jti.is_empty() || jti.len() > LONGEST_JTI {
        return Err(BadProof::Invalid("its jti is empty or longer than 256 bytes"));
    }
    used.take(sha256(format!("{thumbprint}\n{jti}").as_bytes()), bound.now)
}

fn is_about(claims: &Map<String, Value>, bound: Bound<'_>) -> Result<(), &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let date = |name: &str| claims.get(name).map(|value| value.as_f64().map(|at| at * 1_000.0));
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact")]
    let now = bound.now as f64;
    if text("htm") != Some(bound.method) {
        return Err("its htm is another method");
    }
    let plain = |mut url: Url| {
        url.set_query(None);
        url.set_fragment(None);
        url
    };
    let htu = text("htu").and_then(|text| Url::parse(text).ok()).map(plain);
    if htu != Some(plain(bound.url.clone())) {
        return Err("its htu is another address");
    }
    if text("ath").is_none_or(|ath| ath != sha256(bound.access_token.as_bytes())) {
        return Err("its ath is not of this access token");
    }
    match date("iat") {
        Some(Some(at)) if (at - now).abs() <= WINDOW => {}
        _ => return Err("it was not made just now"),
    }
    // Not asked for, and hold where they stand.
    match (date("exp"), date("nbf")) {
        (Some(None), _) | (_, Some(None)) => Err("a date is not a number of seconds"),
        (Some(Some(exp)), _) if exp + WINDOW < now => Err("it has expired"),
        (_, Some(Some(nbf))) if nbf - WINDOW > now => Err("it is not good yet"),
        _ => Ok(()),
    }
}

/// The proofs that were taken, for as long as they could be taken again.
///
/// Two sets: the older one is dropped whole when everything in it is too old. So each proof is kept for at least twice
/// the window, which is the longest between its first use (its `iat` in the future) and its last.
#[derive(Debug)]
pub(crate) struct UsedProofs {
    most: usize,
    sets: Mutex<Sets>,
}

#[derive(Debug, Default)]
struct Sets {
    new: HashSet<String>,
    old: HashSet<String>,
    turned_at: i64,
}

impl Default for UsedProofs {
    fn default() -> Self {
        Self { most: MOST, sets: Mutex::default() }
    }
}

impl UsedProofs {
    fn take(&self, proof: String, now: i64) -> Result<(), BadProof> {
        #[expect(clippy::cast_possible_truncation, reason = "ten minutes")]
        let turn = (WINDOW * 2.0) as i64 + 1;
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        if now - sets.turned_at >= turn {
            let passed = std::mem::take(&mut sets.new);
            sets.old = if now - sets.turned_at < turn * 2 { passed } else { HashSet::new() };
            sets.turned_at = now;
        }
        if sets.old.contains(&proof) || sets.new.contains(&proof) {
            return Err(BadProof::Invalid("it was used before"));
        }
        if sets.new.len() >= self.most {
            return Err(BadProof::Full);
        }
        sets.new.insert(proof);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    #[test]
    fn a_proof_is_remembered_for_as_long_as_it_could_be_used() {
        let used = UsedProofs::default();
        let start = 1_764_000_000_000;
        assert_eq!(used.take("a".to_owned(), start), Ok(()));
        for minutes in [0, 5, 10] {
            let again = used.take("a".to_owned(), start + minutes * MINUTE);
            assert!(matches!(again, Err(BadProof::Invalid(_))), "after {minutes} minutes");
        }
        assert_eq!(used.take("b".to_owned(), start + 11 * MINUTE), Ok(()));
        assert!(used.take("a".to_owned(), start + 12 * MINUTE).is_err());
        assert_eq!(used.take("a".to_owned(), start + 40 * MINUTE), Ok(()));
    }

    #[test]
    fn when_no_more_can_be_remembered_none_is_taken() {
        let used = UsedProofs { most: 2, sets: Mutex::default() };
        assert_eq!(used.take("a".to_owned(), MINUTE), Ok(()));
        assert_eq!(used.take("b".to_owned(), MINUTE), Ok(()));
        assert_eq!(used.take("c".to_owned(), MINUTE), Err(BadProof::Full));
        assert_eq!(used.take("c".to_owned(), 30 * MINUTE), Ok(()));
    }
}

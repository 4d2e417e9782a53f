//! Proofs of possession (RFC 9449) at our own endpoints: checked, and taken once.

use crate::Kavach;
use crate::oauth::dpop::{self, Bound, InvalidProof};
use crate::oauth::{Answer, client_auth, refuse, require_issuer};
use kavach_model::Timestamp;
use kavach_model::oauth::Refusal;
use std::time::Duration;

/// How long a nonce is given out; it is taken for as long again.
const NONCE_PERIOD: Duration = Duration::from_secs(120);

/// The nonce that is given out now, where proofs need one. The same at every replica, and kept nowhere.
pub fn nonce(kv: &Kavach) -> Option<String> {
    kv.config().oauth.dpop_nonce.then(|| nonce_at(kv, kv.clock().now()))
}

fn nonce_at(kv: &Kavach, at: Timestamp) -> String {
    let period = at.as_millis() / 1_000 / NONCE_PERIOD.as_secs() as i64;
    kv.seal_key().digest("dpop nonce", &period.to_string())
}

/// Checks the proof a request carries, if it carries one: the thumbprint of its key. `path` is the endpoint's.
pub async fn prove(
    kv: &Kavach,
    proof: Option<&str>,
    method: &str,
    path: &str,
    access_token: Option<&str>,
) -> Answer<Option<String>> {
    let Some(proof) = proof else { return Ok(None) };
    let issuer = require_issuer(kv)?;
    let now = kv.clock().now();
    let nonces = match kv.config().oauth.dpop_nonce {
        true => vec![nonce_at(kv, now), nonce_at(kv, now - NONCE_PERIOD)],
        false => Vec::new(),
    };
    let url = format!("{issuer}{path}");
    let bound = Bound { method, url: &url, access_token, nonces: &nonces, now };
    let checked = dpop::check(proof, bound).map_err(|invalid| {
        let refusal = match invalid {
            InvalidProof::Nonce => Refusal::UseDpopNonce,
            InvalidProof::Invalid(_) => Refusal::InvalidDpopProof,
        };
        refuse(refusal, invalid.to_string())
    })?;
    if !client_auth::once(kv, "dpop", &checked.replay_key(), now, checked.expires_at).await? {
        return Err(refuse(Refusal::InvalidDpopProof, "the DPoP proof was used before"));
    }
    Ok(Some(checked.jkt))
}

//! `Idempotency-Key` on creating requests: the same request again gets the same answer, for 24 hours.
//!
//! Answers may show a secret once, so they are kept sealed under the instance key. A key belongs to the
//! credential that sent it. Requests that fail let go of their key.

use crate::context::{Caller, RequestContext};
use crate::crypto::token::{hex, sha256};
use crate::error::Result;
use crate::{Kavach, seal};
use kavach_model::{ApiError, ErrorCode};
use kavach_store::Begun;
use std::time::Duration;

const LIFE: Duration = Duration::from_secs(24 * 3_600);
const LONGEST_KEY: usize = 255;
const PURPOSE: &str = "idempotency";

/// What to do with a request that carries a key.
#[derive(Debug)]
pub enum Begin {
    /// It is the first: do it, then call [`finish`] or [`abandon`] with this.
    Fresh(Held),
    /// It was answered: this is the answer, as it was given to [`finish`].
    Replay(Vec<u8>),
}

/// A key that is held while its request is under way.
#[derive(Debug)]
pub struct Held {
    key_hash: String,
}

/// Takes the key. `fingerprint` is whatever makes two requests the same: method, path and body.
pub async fn begin(kv: &Kavach, cx: &RequestContext, key: &str, fingerprint: &str) -> Result<Begin> {
    if key.is_empty() || key.len() > LONGEST_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ApiError::new(ErrorCode::InvalidRequest)
            .message("Idempotency-Key must be 1 to 255 printable ASCII characters.")
            .into());
    }
    let principal = match &cx.caller {
        Caller::Anonymous => format!("ip {}", cx.meta.client_ip),
        Caller::Session(caller) => caller.user.id.to_string(),
        Caller::Agent(caller) => caller.agent_id.to_string(),
        Caller::ApiKey(caller) => caller.key.id.to_string(),
    };
    let key_hash = hex(&sha256(&format!("{principal}\n{key}")));
    let fingerprint = hex(&sha256(fingerprint));
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let begun = tx.begin_idempotent(&key_hash, &fingerprint, now, now + LIFE).await?;
    tx.commit().await?;
    match begun {
        Begun::Fresh => Ok(Begin::Fresh(Held { key_hash })),
        Begun::Known { fingerprint: known, .. } if known != fingerprint => {
            Err(ErrorCode::IdempotencyConflict.into())
        }
        Begun::Known { answer_sealed: Some(sealed), .. } => seal::open(kv, PURPOSE, &sealed)
            .map(Begin::Replay)
            .ok_or_else(|| ErrorCode::IdempotencyConflict.into()),
        Begun::Known { answer_sealed: None, .. } => Err(ApiError::new(ErrorCode::Conflict)
            .message("A request with this Idempotency-Key is still under way.")
            .into()),
    }
}

/// Keeps the answer for whoever comes again.
pub async fn finish(kv: &Kavach, held: Held, answer: &[u8]) -> Result<()> {
    let sealed = seal::seal(kv, PURPOSE, answer);
    let mut tx = kv.store().write().await?;
    tx.finish_idempotent(&held.key_hash, &sealed).await?;
    Ok(tx.commit().await?)
}

/// Lets go of the key of a request that did nothing.
pub async fn abandon(kv: &Kavach, held: Held) -> Result<()> {
    let mut tx = kv.store().write().await?;
    tx.abandon_idempotent(&held.key_hash).await?;
    Ok(tx.commit().await?)
}

//! `Idempotency-Key` on creating requests: the same request again makes nothing more and gets the same answer, for
//! 24 hours.
//!
//! Exactly once, also when nobody can tell how a commit ended: the answer is written in the transaction that makes what
//! it tells of ([`answer`]), by the attempt that holds the key and by no other. So a request that got an error may be
//! sent again whatever the error was. If the thing was made, its answer is there; if not, it is made now.
//!
//! A key belongs to the credential that sent it. Requests may hold a password and answers a token, so what identifies
//! the one and the whole of the other are sealed under the instance key. An attempt that ends without an answer lets go of its key; one that cannot (its process died) holds it for a
//! minute, and after that another may begin, whose existence stops the first from ever committing.

use crate::context::{Caller, RequestContext};
use crate::crypto::token::{hex, sha256};
use crate::error::Result;
use crate::{Error, Kavach, rng, seal};
use kavach_model::{ApiError, ErrorCode};
use kavach_store::{Begun, Conn, NewAttempt};
use serde::Serialize;
use std::time::Duration;

const LIFE: Duration = Duration::from_secs(24 * 3_600);
/// Longer than any request is worked on.
const HOLD: Duration = Duration::from_secs(60);
const LONGEST_KEY: usize = 255;
const REQUEST: &str = "idempotency-request";
const ANSWER: &str = "idempotency-answer";

/// What to do with a request that carries a key.
#[derive(Debug)]
pub enum Begin {
    /// It is the first: hand this to the use case, and call [`abandon`] if it made nothing.
    Fresh(Held),
    /// It was answered: this is the result of its use case, as JSON.
    Replay(Vec<u8>),
}

/// A key that is held while its request is under way.
#[derive(Debug, Clone)]
pub struct Held {
    key_hash: String,
    attempt: String,
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
        Caller::Session(caller) | Caller::Pending(caller) => caller.user.id.to_string(),
        Caller::Agent(caller) => caller.agent_id.to_string(),
        Caller::ApiKey(caller) => caller.key.id.to_string(),
    };
    let held = Held {
        key_hash: hex(&sha256(&format!("{principal}\n{key}"))),
        attempt: hex(&rng::array::<16>(kv.rng())),
    };
    let fingerprint = sha256(fingerprint);
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let begun = tx
        .begin_idempotent(&NewAttempt {
            key_hash: &held.key_hash,
            fingerprint_sealed: &seal::seal(kv, REQUEST, &fingerprint),
            attempt: &held.attempt,
            now,
            held_until: now + HOLD,
            expires_at: now + LIFE,
        })
        .await?;
    tx.commit().await?;
    let Begun::Known { fingerprint_sealed, answer_sealed, held_until } = begun else {
        return Ok(Begin::Fresh(held));
    };
    let known = seal::open(kv, REQUEST, &fingerprint_sealed).ok_or_else(unreadable)?;
    if known != fingerprint {
        return Err(ErrorCode::IdempotencyConflict.into());
    }
    match answer_sealed {
        Some(sealed) => seal::open(kv, ANSWER, &sealed).map(Begin::Replay).ok_or_else(unreadable),
        None => Err(under_way(held_until.since(now)).into()),
    }
}

fn under_way(left: Duration) -> ApiError {
    let mut error = ApiError::new(ErrorCode::Conflict)
        .message("A request with this Idempotency-Key is still under way. Send it again in a moment.");
    error.details.get_or_insert_default().retry_after = Some(left.as_secs().clamp(1, HOLD.as_secs()));
    error
}

fn unreadable() -> Error {
    ApiError::new(ErrorCode::Conflict)
        .message("This was done, and its answer cannot be read any more. Look at what there is.")
        .into()
}

/// Writes the result of a use case, in the transaction it is made in and before anything is appended to the audit log.
/// Without a key nothing happens.
pub(crate) async fn answer<T: Serialize>(
    kv: &Kavach,
    tx: &mut Conn,
    held: Option<&Held>,
    result: &T,
) -> Result<()> {
    let Some(held) = held else { return Ok(()) };
    let result = serde_json::to_vec(result).map_err(|error| Error::Fault(error.to_string()))?;
    let sealed = seal::seal(kv, ANSWER, &result);
    if tx.answer_idempotent(&held.key_hash, &held.attempt, &sealed).await? {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::Conflict)
        .message("Another request with this Idempotency-Key went on in the meantime; this one made nothing.")
        .into())
}

/// Lets go of the key of an attempt that failed. If it made something after all, the answer is there and stays.
pub async fn abandon(kv: &Kavach, held: &Held) -> Result<()> {
    let mut tx = kv.store().write().await?;
    tx.abandon_idempotent(&held.key_hash, &held.attempt).await?;
    Ok(tx.commit().await?)
}

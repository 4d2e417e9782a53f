//! Whether this instance can do its work, and how much of it waits.

use crate::Kavach;
use crate::error::{Error, Result};
use kavach_model::ErrorCode;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long an answer is believed. Anybody may ask, and every look is a write.
const BELIEVED: Duration = Duration::from_secs(1);
/// How long a look may take; whoever decides about us should not wait longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the last look at the database showed.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, bool)>>);

/// Reads from the database and writes to it; an error means requests would fail too.
///
/// A disk that is full can be read. What is written takes more room than the record of a decision, so while this
/// succeeds, so do decisions.
pub async fn ready(kv: &Kavach) -> Result<()> {
    let mut last = kv.jobs().readiness().0.lock().await;
    let ready = match *last {
        Some((at, ready)) if at.elapsed() < BELIEVED => ready,
        _ => {
            let ready = match tokio::time::timeout(PATIENCE, look(kv)).await {
                Ok(Ok(())) => true,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "not ready: the database does not take a write");
                    false
                }
                Err(_) => {
                    tracing::warn!("not ready: the database gave no answer in time");
                    false
                }
            };
            *last = Some((Instant::now(), ready));
            ready
        }
    };
    if ready { Ok(()) } else { Err(Error::from(ErrorCode::Unavailable)) }
}

async fn look(kv: &Kavach) -> Result<()> {
    kv.store().read().await?.audit_head().await?;
    let mut tx = kv.store().write().await?;
    tx.write_probe(kv.clock().now()).await?;
    Ok(tx.commit().await?)
}

/// Sign-ins that wait before anything is done for them.
pub fn sign_in_queue(kv: &Kavach) -> usize {
    kv.hasher().waiting_outside()
}

/// Passwords that wait to be hashed.
pub fn hash_queue(kv: &Kavach) -> usize {
    kv.hasher().waiting()
}

/// Passwords hashed since the start, to store them or to verify them.
pub fn hashes(kv: &Kavach) -> u64 {
    kv.hasher().hashed()
}

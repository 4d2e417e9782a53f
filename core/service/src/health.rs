//! Whether this instance can answer.

use crate::{Kavach, Result};

/// Reads from the database; an error means requests would fail too.
pub async fn ready(kv: &Kavach) -> Result<()> {
    kv.store().read().await?.audit_head().await?;
    Ok(())
}

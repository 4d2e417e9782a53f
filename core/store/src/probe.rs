//! A row that is written to learn whether anything can be.

use crate::db::{Backend, Conn, sql};
use crate::error::Result;
use kavach_model::Timestamp;

/// Sixteen pages: more than the record of a decision with all its indexes, so that the probe fails first.
const FILLER: usize = 128 * 1024;

impl Conn {
    /// Writes as much as the record of a decision at the least. To be committed: a full disk shows no sooner.
    pub async fn write_probe(&mut self, now: Timestamp) -> Result<()> {
        let filler = match self.backend() {
            Backend::Sqlite => "0".repeat(FILLER),
            // The server keeps room for a transaction's log before it takes anything.
            Backend::Postgres => String::new(),
        };
        self.execute(
            sql("UPDATE write_probe SET written_at = $1, filler = $2 WHERE id = 1").bind(now).bind(filler),
        )
        .await?;
        Ok(())
    }
}

//! Folding the embedded database's write-ahead log back into the database beside the writer.
//!
//! Whoever folds waits for the disk. Left to SQLite, that is the writer, after a commit, while everybody waits for the
//! next one. Done by a connection that reads, the writer has little left to fold when the log has reached its size, and
//! only the writer can begin it anew.

use crate::db::{Store, sql};
use crate::error::Result;

/// Records appended since the last time that make it worth while; fewer are left to the writer.
const ENOUGH: i64 = 1_024;

impl Store {
    /// Folds back what was committed, if it is much. Does nothing on a database that has no such log.
    pub async fn fold_back(&self) -> Result<()> {
        if self.recent().is_some_and(|recent| recent.unfolded(ENOUGH)) {
            self.read().await?.all(sql("PRAGMA wal_checkpoint(PASSIVE)")).await?;
        }
        Ok(())
    }
}

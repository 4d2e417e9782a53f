//! The one connection that writes to an embedded database.
//!
//! Kept outside a pool: whoever holds the lock has it, and nothing is asked of it in between. A transaction that is
//! given up, by an error or because whoever wanted it went away, is rolled back before the next one begins.
//!
//! A commit is on the disk before it is answered. What is only counted, see [`Writer::hold_unsynced`], is written without
//! waiting for the disk, and gets there with the next commit that does.

use super::query::{Query, sql};
use crate::error::{Result, StoreError};
use crate::recent::{Appended, Recent};
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How long a write waits for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connection that writes; clones share it.
#[derive(Clone)]
pub(super) struct Writer {
    state: Arc<Mutex<State>>,
    recent: Arc<Recent>,
}

struct State {
    /// None when the store was closed.
    connection: Option<SqliteConnection>,
    /// A transaction was begun and its end is not known.
    unfinished: bool,
    /// Commits may return before they are on the disk.
    unsynced: bool,
    /// The last position in the audit log, as long as nothing else may have moved it.
    audit_head: Option<i64>,
}

/// The connection, for whoever waited for it.
pub(crate) struct Held(OwnedMutexGuard<State>);

/// A transaction that writes.
pub(super) struct Writing {
    held: Held,
    recent: Arc<Recent>,
    appended: Vec<Appended>,
}

impl Writer {
    pub(super) fn new(connection: SqliteConnection) -> Self {
        let state =
            State { connection: Some(connection), unfinished: false, unsynced: false, audit_head: None };
        Self { state: Arc::new(Mutex::new(state)), recent: Arc::default() }
    }

    /// What was appended to the audit log of late.
    pub(super) fn recent(&self) -> &Recent {
        &self.recent
    }

    /// Waits for its turn.
    pub(super) async fn hold(&self) -> Result<Held> {
        let mut held = self.wait().await?;
        if held.0.unsynced {
            held.execute(sql("PRAGMA synchronous = FULL")).await?;
            held.0.unsynced = false;
        }
        Ok(held)
    }

    /// Waits for its turn to write what may be lost when the power fails, and only then.
    pub(super) async fn hold_unsynced(&self) -> Result<Held> {
        let mut held = self.wait().await?;
        if !held.0.unsynced {
            // Noted before it is so: whoever is next sets it right, however this one ends.
            held.0.unsynced = true;
            held.execute(sql("PRAGMA synchronous = NORMAL")).await?;
        }
        Ok(held)
    }

    async fn wait(&self) -> Result<Held> {
        let Ok(state) = tokio::time::timeout(PATIENCE, Arc::clone(&self.state).lock_owned()).await else {
            return Err(StoreError::Unavailable("too many writes wait for their turn".to_owned()));
        };
        let mut held = Held(state);
        if held.0.unfinished {
            // Some errors have ended the transaction already, and then there is nothing to roll back.
            if let Err(error) = held.execute(sql("ROLLBACK")).await {
                tracing::debug!(%error, "no transaction was left open");
            }
            held.0.unfinished = false;
        }
        Ok(held)
    }

    /// Begins a transaction that is sure to be able to write.
    pub(super) async fn begin(&self) -> Result<Writing> {
        let mut held = self.hold().await?;
        held.0.unfinished = true;
        held.0.audit_head = None;
        held.execute(sql("BEGIN IMMEDIATE")).await?;
        Ok(Writing { held, recent: Arc::clone(&self.recent), appended: Vec::new() })
    }

    pub(super) async fn close(&self) {
        let connection = self.state.lock().await.connection.take();
        if let Some(connection) = connection
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the database was not closed in good order");
        }
    }
}

impl Held {
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.0.connection.as_mut().ok_or_else(|| StoreError::Unavailable("the store is closed".to_owned()))
    }

    /// The last position in the audit log, if it is known.
    pub(crate) fn audit_head(&mut self) -> &mut Option<i64> {
        &mut self.0.audit_head
    }

    /// The number a statement without parameters gives.
    pub(crate) async fn read_int(&mut self, text: &'static str) -> Result<Option<i64>> {
        Ok(sqlx::query_scalar(text).fetch_optional(self.connection()?).await?)
    }

    /// Runs a statement that is a transaction by itself.
    pub(crate) async fn run_alone(&mut self, query: Query) -> Result<()> {
        self.0.audit_head = None;
        self.execute(query).await
    }

    async fn execute(&mut self, query: Query) -> Result<()> {
        query.for_sqlite().execute(self.connection()?).await?;
        Ok(())
    }
}

impl Writing {
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.held.connection()
    }

    pub(super) fn recent(&self) -> &Recent {
        &self.recent
    }

    /// Notes what was appended to the audit log, for the commit.
    pub(super) fn appended(&mut self, mut records: Vec<Appended>) {
        self.appended.append(&mut records);
    }

    pub(super) async fn commit(mut self) -> Result<()> {
        self.held.execute(sql("COMMIT")).await?;
        self.held.0.unfinished = false;
        self.recent.extend(self.appended);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::ConnectOptions as _;
    use sqlx::sqlite::SqliteConnectOptions;

    const HOW: &str = "PRAGMA synchronous";
    const NORMAL: Option<i64> = Some(1);
    const FULL: Option<i64> = Some(2);

    async fn writer() -> Writer {
        Writer::new(SqliteConnectOptions::new().in_memory(true).connect().await.unwrap())
    }

    #[tokio::test]
    async fn only_what_is_counted_does_not_wait_for_the_disk() {
        let writer = writer().await;
        for _ in 0..2 {
            assert_eq!(writer.hold().await.unwrap().read_int(HOW).await.unwrap(), FULL);
            assert_eq!(writer.hold_unsynced().await.unwrap().read_int(HOW).await.unwrap(), NORMAL);
        }
        let transaction = writer.begin().await.unwrap();
        let mut held = transaction.held;
        assert_eq!(held.read_int(HOW).await.unwrap(), FULL);
    }

    #[tokio::test]
    async fn a_count_that_was_given_up_does_not_leave_later_commits_unsynced() {
        let writer = writer().await;
        let mut waiting = Box::pin(writer.hold_unsynced());
        // Dropped while the connection is being told, or just after.
        let _ = futures::poll!(&mut waiting);
        drop(waiting);
        assert_eq!(writer.hold().await.unwrap().read_int(HOW).await.unwrap(), FULL);
    }
}

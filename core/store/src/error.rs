//! What a store can answer instead of rows.

/// Shorthand for the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What a store can answer instead of rows.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A uniqueness or reference rule of the database refused the row.
    #[error("conflict on {constraint}")]
    Conflict {
        /// The rule, as the database names it.
        constraint: String,
    },
    /// A row holds what no version of this program writes.
    #[error("inconsistent data in column {column}")]
    Inconsistent {
        /// Where.
        column: &'static str,
    },
    /// The database cannot be reached, is busy or full. Nothing was done, unless it was lost while it committed.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database was written by a newer version, or its history was edited.
    #[error("{0}")]
    Migration(String),
    /// Another process holds the data directory, or it cannot be written.
    #[error("{0}")]
    DataDir(String),
    /// Anything else the driver reports.
    #[error("database error: {0}")]
    Driver(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error.to_string())
            }
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => {
                Self::Unavailable(error.to_string())
            }
            sqlx::Error::Database(database) => {
                if database.is_unique_violation() || database.is_foreign_key_violation() {
                    return Self::Conflict {
                        constraint: database.constraint().unwrap_or(database.message()).to_owned(),
                    };
                }
                match database.code().as_deref() {
                    // SQLite: busy, locked, read-only, I/O error, corrupt, full, cannot open (primary codes,
                    // the low byte of the extended ones).
                    Some(code) if is_sqlite_outage(code) => Self::Unavailable(database.message().to_owned()),
                    // PostgreSQL: connection, resources, operator intervention, serialisation, lock timeout.
                    Some(code)
                        if code.len() == 5
                            && ["08", "53", "57", "58", "40"].iter().any(|class| code.starts_with(class))
                            || code == "55P03"
                            || code == "25006" =>
                    {
                        Self::Unavailable(database.message().to_owned())
                    }
                    _ => Self::Driver(database.message().to_owned()),
                }
            }
            other => Self::Driver(other.to_string()),
        }
    }
}

fn is_sqlite_outage(code: &str) -> bool {
    code.len() < 5
        && code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 11 | 13 | 14))
}

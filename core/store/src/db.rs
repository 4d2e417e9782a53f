//! The seam: the only place that names a driver, with what is below it.
//!
//! A [`Query`] is static text with `$1` parameters and the values for them; a [`Conn`] runs it on either
//! database; a [`Row`] gives columns back by name. Composed text is put together from static pieces only,
//! so no value can ever become SQL.

mod changes;
mod query;
mod row;
mod writer;

pub use changes::Changes;
pub(crate) use query::{Query, Value, rows_of_parameters, sql};
pub(crate) use row::Row;
pub(crate) use writer::Held;

use crate::error::{Result, StoreError};
use crate::recent::{Appended, Recent};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Postgres, Sqlite, Transaction};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;
use writer::{Writer, Writing};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

/// Where the database is: `sqlite:PATH`, `sqlite::memory:` or `postgres://...`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    SqliteFile(PathBuf),
    /// A database that lives as long as the process; for tests.
    SqliteMemory,
    /// A server.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text == "sqlite::memory:" {
            Ok(Self::SqliteMemory)
        } else if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.contains('?') {
                return Err("expected sqlite:PATH, without options".to_owned());
            }
            Ok(Self::SqliteFile(path.into()))
        } else if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            PgConnectOptions::from_str(text).map_err(|error| error.to_string())?;
            Ok(Self::Postgres(text.to_owned()))
        } else {
            Err("expected sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE".to_owned())
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SqliteFile(path) => write!(out, "sqlite:{}", path.display()),
            Self::SqliteMemory => out.write_str("sqlite::memory:"),
            Self::Postgres(_) => out.write_str("postgres://[secret]"),
        }
    }
}

/// An open database.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
}

#[derive(Clone)]
enum Pools {
    /// A database in memory has no other connection to read with than the one that writes.
    Sqlite {
        writer: Writer,
        reader: Option<SqlitePool>,
    },
    Postgres(PgPool),
}

const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

impl Store {
    /// Opens the database; creates an embedded one that is not there yet.
    pub async fn connect(url: &DatabaseUrl, max_connections: u32) -> Result<Self> {
        let pools = match url {
            DatabaseUrl::SqliteFile(path) => Self::open_file(path, max_connections).await?,
            DatabaseUrl::SqliteMemory => {
                let options = SqliteConnectOptions::new().in_memory(true).foreign_keys(true);
                let connection = options.disable_statement_logging().connect().await?;
                Pools::Sqlite { writer: Writer::new(connection), reader: None }
            }
            DatabaseUrl::Postgres(url) => Pools::Postgres(
                PgPoolOptions::new()
                    .max_connections(max_connections)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .connect_with(
                        PgConnectOptions::from_str(url)?
                            .application_name("kavach")
                            .disable_statement_logging(),
                    )
                    .await?,
            ),
        };
        Ok(Self { pools })
    }

    async fn open_file(path: &Path, max_connections: u32) -> Result<Pools> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit is on the disk before it is answered, also after power loss.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            // Five records of the audit log fill a page of the usual 4 KiB, and every page is two writes.
            .page_size(8_192)
            .statement_cache_capacity(256)
            // A statement of 512 rows is no line for a log.
            .disable_statement_logging()
            .pragma("journal_size_limit", "67108864");
        let writing = options
            .clone()
            // Pages of the write-ahead log at which the writer folds it back: 32 MiB, half of what the file may keep.
            // Most of it was folded by then, see [`Store::fold_back`].
            .pragma("wal_autocheckpoint", "4096")
            .pragma("cache_size", "-16384");
        let writer = Writer::new(writing.connect().await?);
        let reader = SqlitePoolOptions::new()
            .max_connections(max_connections.max(1))
            .test_before_acquire(false)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Pools::Sqlite { writer, reader: Some(reader) })
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self.pools {
            Pools::Sqlite { .. } => Backend::Sqlite,
            Pools::Postgres(_) => Backend::Postgres,
        }
    }

    /// A connection to read with.
    ///
    /// The driver's futures are boxed, here and below: they take four kilobytes, which every future around them would carry,
    /// and copy, even where a cache answers and no connection is needed.
    pub async fn read(&self) -> Result<Conn> {
        Ok(Conn(match &self.pools {
            Pools::Sqlite { reader: Some(reader), .. } => {
                Inner::SqliteRead(Box::pin(reader.acquire()).await?)
            }
            Pools::Sqlite { writer, reader: None } => Inner::SqliteShared(writer.hold().await?),
            Pools::Postgres(pool) => Inner::PostgresRead(Box::pin(pool.acquire()).await?),
        }))
    }

    /// A connection for one statement that writes, is a transaction by itself, and counts what may be forgotten when the power
    /// fails: an embedded database does not wait for the disk.
    pub async fn write_count(&self) -> Result<Conn> {
        Ok(Conn(match &self.pools {
            Pools::Sqlite { writer, .. } => Inner::SqliteShared(writer.hold_unsynced().await?),
            Pools::Postgres(pool) => Inner::PostgresRead(Box::pin(pool.acquire()).await?),
        }))
    }

    /// A transaction that writes; dropped without [`Conn::commit`], it leaves no trace.
    pub async fn write(&self) -> Result<Conn> {
        Ok(Conn(match &self.pools {
            Pools::Sqlite { writer, .. } => Inner::SqliteWrite(Box::pin(writer.begin()).await?),
            Pools::Postgres(pool) => Inner::PostgresWrite(Box::pin(pool.begin()).await?),
        }))
    }

    /// Word of every change of agents, from any process; None where no other process can make one.
    pub async fn changes(&self) -> Result<Option<Changes>> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(None),
            Pools::Postgres(pool) => Changes::of(pool).await.map(Some),
        }
    }

    /// The connection that writes, without a transaction, where the database is embedded.
    pub(crate) async fn hold_writer(&self) -> Result<Option<Held>> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => writer.hold().await.map(Some),
            Pools::Postgres(_) => Ok(None),
        }
    }

    /// What this process appended to the audit log of late, where nobody else appends.
    pub(crate) fn recent(&self) -> Option<&Recent> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => Some(writer.recent()),
            Pools::Postgres(_) => None,
        }
    }

    /// Closes every connection; on SQLite this also folds the write-ahead log back.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, reader } => {
                if let Some(reader) = reader {
                    reader.close().await;
                }
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// A connection or a transaction; every statement of the store is a method on it.
pub struct Conn(Inner);

enum Inner {
    SqliteRead(PoolConnection<Sqlite>),
    SqliteShared(Held),
    SqliteWrite(Writing),
    PostgresRead(PoolConnection<Postgres>),
    PostgresWrite(Transaction<'static, Postgres>),
}

macro_rules! on_either {
    ($self:ident, $query:ident, |$executor:ident, $prepared:ident| $run:expr) => {
        match &mut $self.0 {
            Inner::SqliteRead(connection) => {
                let ($executor, $prepared) = (&mut **connection, $query.for_sqlite());
                $run
            }
            Inner::SqliteShared(held) => {
                let ($executor, $prepared) = (held.connection()?, $query.for_sqlite());
                $run
            }
            Inner::SqliteWrite(transaction) => {
                let ($executor, $prepared) = (transaction.connection()?, $query.for_sqlite());
                $run
            }
            Inner::PostgresRead(connection) => {
                let ($executor, $prepared) = (&mut **connection, $query.for_postgres());
                $run
            }
            Inner::PostgresWrite(transaction) => {
                let ($executor, $prepared) = (&mut **transaction, $query.for_postgres());
                $run
            }
        }
    };
}

impl Conn {
    /// Which database this is.
    pub(crate) fn backend(&self) -> Backend {
        match self.0 {
            Inner::SqliteRead(_) | Inner::SqliteShared(_) | Inner::SqliteWrite(_) => Backend::Sqlite,
            Inner::PostgresRead(_) | Inner::PostgresWrite(_) => Backend::Postgres,
        }
    }

    /// Notes what was appended to the audit log, for when it is durable.
    pub(crate) fn appended(&mut self, records: Vec<Appended>) {
        if let Inner::SqliteWrite(transaction) = &mut self.0 {
            transaction.appended(records);
        }
    }

    /// What was appended to the audit log of late, for a transaction that keeps others from appending.
    pub(crate) fn recent(&self) -> Option<&Recent> {
        match &self.0 {
            Inner::SqliteWrite(transaction) => Some(transaction.recent()),
            _ => None,
        }
    }

    /// Makes a transaction's changes durable.
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            Inner::SqliteWrite(transaction) => transaction.commit().await?,
            Inner::PostgresWrite(transaction) => transaction.commit().await?,
            Inner::SqliteRead(_) | Inner::SqliteShared(_) | Inner::PostgresRead(_) => {}
        }
        Ok(())
    }

    pub(crate) async fn all(&mut self, query: Query) -> Result<Vec<Row>> {
        on_either!(self, query, |executor, prepared| {
            let rows = prepared.fetch_all(executor).await?;
            Ok(rows.into_iter().map(Row::from).collect())
        })
    }

    pub(crate) async fn first(&mut self, query: Query) -> Result<Option<Row>> {
        on_either!(self, query, |executor, prepared| {
            Ok(prepared.fetch_optional(executor).await?.map(Row::from))
        })
    }

    /// Runs a statement and tells how many rows it touched.
    pub(crate) async fn execute(&mut self, query: Query) -> Result<u64> {
        on_either!(self, query, |executor, prepared| Ok(prepared.execute(executor).await?.rows_affected()))
    }

    /// Runs a script of several statements without parameters; for migrations.
    pub(crate) async fn script(&mut self, text: &'static str) -> Result<()> {
        match &mut self.0 {
            Inner::SqliteWrite(transaction) => {
                // To SQLite only INTEGER is the key the rows themselves are stored by; it has 64 bits.
                let text = text.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY");
                sqlx::raw_sql(AssertSqlSafe(text)).execute(transaction.connection()?).await?;
            }
            Inner::PostgresWrite(transaction) => {
                // Text is compared byte by byte, as in SQLite and whatever the language of the database: keyset
                // pages and prefix ranges rely on it.
                let text = text.replace(" TEXT", " TEXT COLLATE \"C\"");
                sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut **transaction).await?;
            }
            Inner::SqliteRead(_) | Inner::SqliteShared(_) | Inner::PostgresRead(_) => {
                return Err(StoreError::Driver("a script needs a transaction".to_owned()));
            }
        }
        Ok(())
    }
}

/// Makes an empty database on a PostgreSQL server and gives its URL; for tests, which all want their own.
///
/// The name is made here from a number, so that no text of a caller becomes SQL.
pub async fn create_scratch_database(server_url: &str, number: u128) -> Result<String> {
    let name = format!("kavach_scratch_{number:032x}");
    let pool = PgPoolOptions::new().max_connections(1).connect(server_url).await?;
    // In a language whose order is not that of bytes, as most real databases are.
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
    sqlx::raw_sql(AssertSqlSafe(create)).execute(&pool).await?;
    pool.close().await;
    let (server, _) = server_url.rsplit_once('/').unwrap_or((server_url, ""));
    Ok(format!("{server}/{name}"))
}

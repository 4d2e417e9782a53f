//! The seam: the only file that names a driver.
//!
//! A [`Query`] is static text with `$1` parameters and the values for them; a [`Conn`] runs it on either
//! database; a [`Row`] gives columns back by name. Composed text is put together from static pieces only,
//! so no value can ever become SQL.

use crate::error::{Result, StoreError};
use kavach_model::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Postgres, Row as _, Sqlite, Transaction};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

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
    Sqlite { writer: SqlitePool, reader: SqlitePool },
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
                let pool = SqlitePoolOptions::new()
                    .max_connections(1)
                    .idle_timeout(None)
                    .max_lifetime(None)
                    .acquire_timeout(Duration::from_secs(30))
                    .connect_with(
                        SqliteConnectOptions::new()
                            .in_memory(true)
                            .foreign_keys(true)
                            .disable_statement_logging(),
                    )
                    .await?;
                Pools::Sqlite { writer: pool.clone(), reader: pool }
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
            .statement_cache_capacity(256)
            // A statement of 512 rows is no line for a log.
            .disable_statement_logging()
            .pragma("journal_size_limit", "67108864");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // There is no network in between that could have broken it.
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.clone())
            .await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(max_connections.max(1))
            .test_before_acquire(false)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Pools::Sqlite { writer, reader })
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self.pools {
            Pools::Sqlite { .. } => Backend::Sqlite,
            Pools::Postgres(_) => Backend::Postgres,
        }
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<Conn> {
        Ok(Conn(match &self.pools {
            Pools::Sqlite { reader, .. } => Inner::SqliteRead(reader.acquire().await?),
            Pools::Postgres(pool) => Inner::PostgresRead(pool.acquire().await?),
        }))
    }

    /// A transaction that writes; dropped without [`Conn::commit`], it leaves no trace.
    pub async fn write(&self) -> Result<Conn> {
        Ok(Conn(match &self.pools {
            Pools::Sqlite { writer, .. } => Inner::SqliteWrite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Inner::PostgresWrite(pool.begin().await?),
        }))
    }

    /// Closes every connection; on SQLite this also folds the write-ahead log back.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, reader } => {
                reader.close().await;
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
    SqliteWrite(Transaction<'static, Sqlite>),
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
            Inner::SqliteWrite(transaction) => {
                let ($executor, $prepared) = (&mut **transaction, $query.for_sqlite());
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
            Inner::SqliteRead(_) | Inner::SqliteWrite(_) => Backend::Sqlite,
            Inner::PostgresRead(_) | Inner::PostgresWrite(_) => Backend::Postgres,
        }
    }

    /// Makes a transaction's changes durable.
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            Inner::SqliteWrite(transaction) => transaction.commit().await?,
            Inner::PostgresWrite(transaction) => transaction.commit().await?,
            Inner::SqliteRead(_) | Inner::PostgresRead(_) => {}
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
                sqlx::raw_sql(text).execute(&mut **transaction).await?;
            }
            Inner::PostgresWrite(transaction) => {
                // Text is compared byte by byte, as in SQLite and whatever the language of the database: keyset
                // pages and prefix ranges rely on it.
                let text = text.replace(" TEXT", " TEXT COLLATE \"C\"");
                sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut **transaction).await?;
            }
            Inner::SqliteRead(_) | Inner::PostgresRead(_) => {
                return Err(StoreError::Driver("a script needs a transaction".to_owned()));
            }
        }
        Ok(())
    }
}

/// A value for a parameter.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
}

macro_rules! into_text {
    ($($type:ty),*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::Text(Some(value.to_string()))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::Text(value.map(|value| value.to_string()))
            }
        }
    )*};
}

into_text!(
    &str,
    String,
    kavach_model::UserId,
    kavach_model::AgentId,
    kavach_model::SessionId,
    kavach_model::TokenId,
    kavach_model::ApiKeyId,
    kavach_model::AuditId,
    kavach_model::id::MessageId,
    kavach_model::PrincipalId
);

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Int(Some(value.as_millis()))
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(value: Option<Timestamp>) -> Self {
        Self::Int(value.map(Timestamp::as_millis))
    }
}

/// A statement and its values.
pub(crate) struct Query {
    text: Cow<'static, str>,
    values: Vec<Value>,
    filtered: bool,
}

/// A statement written in one piece.
pub(crate) fn sql(text: &'static str) -> Query {
    Query { text: Cow::Borrowed(text), values: Vec::new(), filtered: false }
}

impl Value {
    /// PostgreSQL has no text with a NUL in it; such a text from outside equals nothing that is stored.
    fn storable(self) -> Self {
        match self {
            Self::Text(Some(text)) if text.contains('\0') => Self::Text(Some(text.replace('\0', "\u{fffd}"))),
            other => other,
        }
    }
}

/// `($1, $2), ($3, $4)`: parameters for so many rows, in order. The only text the databases do not share:
/// SQLite takes a bare `?` as well, and finds a numbered one only by walking a list of all of them, every time.
pub(crate) fn rows_of_parameters(backend: Backend, rows: usize, columns: usize) -> String {
    let mut text = String::new();
    for place in 1..=rows * columns {
        text.push_str(match (place, place % columns) {
            (1, _) => "(",
            (_, first) if first == 1 % columns => "), (",
            _ => ", ",
        });
        match backend {
            Backend::Sqlite => text.push('?'),
            Backend::Postgres => text.push_str(&format!("${place}")),
        }
    }
    text.push(')');
    text
}

impl Query {
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into().storable());
        self
    }

    /// Adds a static piece.
    pub(crate) fn push(mut self, piece: &'static str) -> Self {
        self.text.to_mut().push_str(piece);
        self
    }

    /// Adds a condition that ends where its parameter goes: `.filter("agent_id = ", id)`.
    pub(crate) fn filter(self, condition: &'static str, value: impl Into<Value>) -> Self {
        self.condition(condition).parameter(value)
    }

    /// Adds a condition without a parameter.
    pub(crate) fn condition(mut self, condition: &'static str) -> Self {
        let joint = if std::mem::replace(&mut self.filtered, true) { " AND " } else { " WHERE " };
        self.push(joint).push(condition)
    }

    /// Adds a parameter at the end of the text so far.
    pub(crate) fn parameter(self, value: impl Into<Value>) -> Self {
        let mut query = self.bind(value);
        let place = format!("${}", query.values.len());
        query.text.to_mut().push_str(&place);
        query
    }

    fn for_sqlite(self) -> sqlx::query::Query<'static, Sqlite, sqlx::sqlite::SqliteArguments> {
        let mut query = match self.text {
            Cow::Borrowed(text) => sqlx::query(text),
            // Put together from static pieces and parameter numbers by the methods above.
            Cow::Owned(text) => sqlx::query(AssertSqlSafe(text)),
        };
        for value in self.values {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Int(int) => query.bind(int),
            };
        }
        query
    }

    fn for_postgres(self) -> sqlx::query::Query<'static, Postgres, sqlx::postgres::PgArguments> {
        let mut query = match self.text {
            Cow::Borrowed(text) => sqlx::query(text),
            Cow::Owned(text) => sqlx::query(AssertSqlSafe(text)),
        };
        for value in self.values {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Int(int) => query.bind(int),
            };
        }
        query
    }
}

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}

macro_rules! column {
    ($self:ident, $name:ident) => {
        match $self {
            Self::Sqlite(row) => row.try_get($name).map_err(StoreError::from),
            Self::Postgres(row) => row.try_get($name).map_err(StoreError::from),
        }
    };
}

impl Row {
    pub(crate) fn text(&self, name: &'static str) -> Result<String> {
        column!(self, name)
    }

    pub(crate) fn opt_text(&self, name: &'static str) -> Result<Option<String>> {
        column!(self, name)
    }

    pub(crate) fn int(&self, name: &'static str) -> Result<i64> {
        column!(self, name)
    }

    pub(crate) fn opt_int(&self, name: &'static str) -> Result<Option<i64>> {
        column!(self, name)
    }

    pub(crate) fn time(&self, name: &'static str) -> Result<Timestamp> {
        self.int(name).map(Timestamp::from_millis)
    }

    pub(crate) fn opt_time(&self, name: &'static str) -> Result<Option<Timestamp>> {
        Ok(self.opt_int(name)?.map(Timestamp::from_millis))
    }

    /// A column that parses into a type of ours.
    pub(crate) fn parsed<T: FromStr>(&self, name: &'static str) -> Result<T> {
        self.text(name)?.parse().map_err(|_| StoreError::Inconsistent { column: name })
    }

    /// A column that may be absent and parses into a type of ours.
    pub(crate) fn opt_parsed<T: FromStr>(&self, name: &'static str) -> Result<Option<T>> {
        self.opt_text(name)?
            .map(|text| text.parse().map_err(|_| StoreError::Inconsistent { column: name }))
            .transpose()
    }

    /// A column that holds one of a fixed list of names.
    pub(crate) fn named<T>(&self, name: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
        parse(&self.text(name)?).ok_or(StoreError::Inconsistent { column: name })
    }

    /// A column that holds JSON.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, name: &'static str) -> Result<T> {
        serde_json::from_str(&self.text(name)?).map_err(|_| StoreError::Inconsistent { column: name })
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

//! A row of either database: columns by name, parsed into types of ours.

use crate::error::{Result, StoreError};
use kavach_model::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use std::str::FromStr;

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

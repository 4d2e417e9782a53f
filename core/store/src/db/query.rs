//! A statement and the values for its parameters, put together from static pieces only, so that no value can ever
//! become SQL.

use super::Backend;
use kavach_model::Timestamp;
use sqlx::{AssertSqlSafe, Postgres, Sqlite};
use std::borrow::Cow;
use std::sync::Arc;

/// A value for a parameter.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(Option<String>),
    /// A text that the embedded database takes as it is, without making anything of its own.
    Shared(Arc<str>),
    Int(Option<i64>),
}

macro_rules! into_text {
    ($($type:ty),*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::Text(Some(value.into()))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::Text(value.map(Into::into))
            }
        }
    )*};
}

into_text!(
    &str,
    kavach_model::UserId,
    kavach_model::AgentId,
    kavach_model::SessionId,
    kavach_model::TokenId,
    kavach_model::ApiKeyId,
    kavach_model::AuditId,
    kavach_model::ApprovalId,
    kavach_model::id::MessageId,
    kavach_model::DelegationId,
    kavach_model::PasskeyId,
    kavach_model::StopId,
    kavach_model::IdentityId,
    kavach_model::ResourceId,
    kavach_model::GrantId,
    kavach_model::TraceId,
    kavach_model::PrincipalId
);

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
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
    pub(crate) fn storable(self) -> Self {
        match self {
            Self::Text(Some(text)) if text.as_bytes().contains(&0) => {
                Self::Text(Some(text.replace('\0', "\u{fffd}")))
            }
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
    pub(crate) fn bind(self, value: impl Into<Value>) -> Self {
        self.bind_storable(value.into().storable())
    }

    /// Binds what is known to be storable.
    pub(crate) fn bind_storable(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Makes room for so many values.
    pub(crate) fn room(mut self, values: usize) -> Self {
        self.values.reserve(values);
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

    pub(super) fn for_sqlite(self) -> sqlx::query::Query<'static, Sqlite, sqlx::sqlite::SqliteArguments> {
        let mut query = match self.text {
            Cow::Borrowed(text) => sqlx::query(text),
            // Put together from static pieces and parameter numbers by the methods above.
            Cow::Owned(text) => sqlx::query(AssertSqlSafe(text)),
        };
        for value in self.values {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Shared(text) => query.bind(text),
                Value::Int(int) => query.bind(int),
            };
        }
        query
    }

    pub(super) fn for_postgres(self) -> sqlx::query::Query<'static, Postgres, sqlx::postgres::PgArguments> {
        let mut query = match self.text {
            Cow::Borrowed(text) => sqlx::query(text),
            Cow::Owned(text) => sqlx::query(AssertSqlSafe(text)),
        };
        for value in self.values {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Shared(text) => query.bind(text.to_string()),
                Value::Int(int) => query.bind(int),
            };
        }
        query
    }
}

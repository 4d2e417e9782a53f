//! What an operation needs of a token.

use crate::scope::Scopes;
use crate::token::AccessToken;
use std::time::Duration;

/// What a token must have for an operation: scopes, and perhaps that the person signed in well or lately (RFC 9470).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Need {
    pub(crate) scopes: Scopes,
    /// One of each of these lists.
    acr_values: Vec<Vec<String>>,
    pub(crate) max_age: Option<Duration>,
}

impl Need {
    /// All of these scopes. Broader ones count as well, where [`crate::Builder::implies`] says which they are.
    pub fn scopes<S: Into<String>>(scopes: impl IntoIterator<Item = S>) -> Self {
        Self { scopes: scopes.into_iter().collect(), ..Self::default() }
    }

    /// One of these ways of signing in (`acr`), the one liked best first.
    #[must_use]
    pub fn acr<S: Into<String>>(mut self, values: impl IntoIterator<Item = S>) -> Self {
        self.acr_values = vec![values.into_iter().map(Into::into).collect()];
        self
    }

    /// That the person signed in no longer ago than this; whole seconds.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Both at once: all scopes, the younger of the two ages, and a way of signing in that does for both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            scopes: self.scopes.together_with(&other.scopes),
            acr_values: [self.acr_values.as_slice(), &other.acr_values].concat(),
            max_age: match (self.max_age, other.max_age) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            },
        }
    }

    /// The ways of signing in that do, the one liked best first.
    pub(crate) fn acr_values(&self) -> Vec<String> {
        let Some((first, others)) = self.acr_values.split_first() else { return Vec::new() };
        let does = |value: &&String| others.iter().all(|list| list.contains(value));
        first.iter().filter(does).cloned().collect()
    }

    /// Whether the person signed in as this asks for. A token that does not say when or how did not.
    pub(crate) fn is_authenticated(&self, token: &AccessToken, now_millis: i64) -> bool {
        let well = self
            .acr_values
            .iter()
            .all(|list| token.acr().is_some_and(|acr| list.iter().any(|value| value == acr)));
        let lately = self.max_age.is_none_or(|age| {
            let age = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
            token.auth_time().is_some_and(|at| now_millis / 1_000 <= at.saturating_add(age))
        });
        well && lately
    }
}

//! Keyset pages: a limit and the key after which to go on. No offsets, no total counts.

use serde::{Deserialize, Serialize};

/// Rows a page holds when the caller does not say.
pub const DEFAULT_LIMIT: u32 = 50;
/// Rows a page holds at the most.
pub const MAX_LIMIT: u32 = 200;

/// Which page: how many rows, and after which key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    limit: Option<u32>,
    /// The `nextCursor` of the page before.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// A page of `limit` rows, which must be 1 to [`MAX_LIMIT`].
    pub fn new(limit: Option<u32>, cursor: Option<String>) -> Result<Self, InvalidLimit> {
        match limit {
            Some(limit) if !(1..=MAX_LIMIT).contains(&limit) => Err(InvalidLimit),
            _ => Ok(Self { limit, cursor: cursor.filter(|cursor| !cursor.is_empty()) }),
        }
    }

    /// Rows wanted.
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }
}

/// A limit outside 1 to 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("limit must be between 1 and {MAX_LIMIT}")]
pub struct InvalidLimit;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Where the next page begins; null on the last page.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Builds a page from up to `limit + 1` rows: the extra row only tells that there is more.
    pub fn from_rows(mut rows: Vec<T>, limit: u32, key: impl Fn(&T) -> String) -> Self {
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next_cursor = if more { rows.last().map(key) } else { None };
        Self { data: rows, next_cursor }
    }

    /// The same page with every row turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { data: self.data.into_iter().map(turn).collect(), next_cursor: self.next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extra_row_becomes_a_cursor() {
        let page = Page::from_rows(vec![3, 2, 1], 2, |row| row.to_string());
        assert_eq!(page, Page { data: vec![3, 2], next_cursor: Some("2".into()) });
        assert_eq!(Page::from_rows(vec![3, 2], 2, |row| row.to_string()).next_cursor, None);
    }

    #[test]
    fn a_limit_out_of_range_is_refused() {
        assert!(PageRequest::new(Some(0), None).is_err());
        assert!(PageRequest::new(Some(201), None).is_err());
        assert_eq!(PageRequest::new(None, None).map(|page| page.limit()), Ok(DEFAULT_LIMIT));
    }
}

//! Scopes: lists of words a client asks for (RFC 6749, section 3.3).
//!
//! Their order means nothing, so they are kept sorted. Which of them mean what is said by who offers them.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Longest list that is read, in bytes.
const LONGEST: usize = 4_096;
/// Most words in a list.
const MOST: usize = 100;

/// Those that every instance has, whatever servers it knows.
pub const STANDARD: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// A list of scopes, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Scopes(BTreeSet<String>);

/// The text is no list of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope is up to 100 words of printable ASCII, parted by single spaces")]
pub struct InvalidScope;

impl Scopes {
    /// Whether it is asked for.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Whether nothing is in here that is not in `wider`.
    pub fn is_within(&self, wider: &Self) -> bool {
        self.0.is_subset(&wider.0)
    }

    /// What is in both.
    #[must_use]
    pub fn shared_with(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// What is in either.
    #[must_use]
    pub fn together_with(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// What is in here and not in `other`.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0).cloned().collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromStr for Scopes {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let mut found = BTreeSet::new();
        for (place, word) in text.split(' ').enumerate() {
            let fits = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
            if text.len() > LONGEST || place >= MOST || word.is_empty() || !word.bytes().all(fits) {
                return Err(InvalidScope);
            }
            found.insert(word.to_owned());
        }
        Ok(Self(found))
    }
}

impl<'a> FromIterator<&'a str> for Scopes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(words: I) -> Self {
        Self(words.into_iter().map(str::to_owned).collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, scope) in self.0.iter().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            write!(formatter, "{gap}{scope}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(text: &str) -> Scopes {
        text.parse().unwrap()
    }

    #[test]
    fn order_and_repetition_mean_nothing() {
        assert_eq!(scopes("openid email openid"), scopes("email openid"));
        assert_eq!(scopes("openid email").to_string(), "email openid");
        assert!(scopes("").is_empty());
    }

    #[test]
    fn what_is_no_list_of_words_is_refused() {
        let many = vec!["a"; MOST + 1].join(" ");
        let long = "a".repeat(LONGEST + 1);
        for text in [" ", "a ", " a", "a  b", "a\tb", "a\nb", "a\"b", "a\\b", "\u{e9}", "a\0", &many, &long] {
            assert_eq!(text.parse::<Scopes>(), Err(InvalidScope), "{text:?}");
        }
        assert!("a".repeat(LONGEST).parse::<Scopes>().is_ok());
    }

    #[test]
    fn narrower_wider_and_new_are_told_apart() {
        let (granted, asked) = (scopes("a b"), scopes("b c"));
        assert!(
            !asked.is_within(&granted) && scopes("b").is_within(&granted) && scopes("").is_within(&granted)
        );
        assert_eq!(asked.beyond(&granted), scopes("c"));
        assert_eq!(asked.shared_with(&granted), scopes("b"));
        assert_eq!(asked.together_with(&granted), scopes("a b c"));
    }
}

//! Scopes (RFC 6749, section 3.3), and which of them include others.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A set of scopes. Their order means nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// The scopes of a `scope` member or parameter: words parted by spaces.
    pub fn parse(text: &str) -> Self {
        Self(text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect())
    }

    /// Whether this very scope is among them; [`crate::ResourceServer::check`] also looks at what includes it.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Each of them, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether each could stand in a challenge: printable ASCII but for the quote and the backslash.
    pub(crate) fn is_well_formed(&self) -> bool {
        let fits = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        self.0.iter().all(|scope| !scope.is_empty() && scope.bytes().all(fits))
    }

    pub(crate) fn together_with(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }
}

impl<S: Into<String>> FromIterator<S> for Scopes {
    fn from_iter<I: IntoIterator<Item = S>>(scopes: I) -> Self {
        Self(scopes.into_iter().map(Into::into).collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, scope) in self.0.iter().enumerate() {
            write!(out, "{}{scope}", if place == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

/// Which scopes include which others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hierarchy(BTreeMap<String, Scopes>);

impl Hierarchy {
    /// Notes that whoever has `broad` also has `narrow`.
    pub(crate) fn imply(&mut self, broad: String, narrow: Scopes) {
        let implied = self.0.entry(broad).or_default();
        *implied = implied.together_with(&narrow);
    }

    /// What is had by whoever has `granted`, at any number of steps.
    fn all_of(&self, granted: &Scopes) -> Scopes {
        let mut found = granted.clone();
        let mut next: Vec<String> = granted.0.iter().cloned().collect();
        while let Some(scope) = next.pop() {
            for narrow in self.0.get(&scope).into_iter().flat_map(Scopes::iter) {
                if found.0.insert(narrow.to_owned()) {
                    next.push(narrow.to_owned());
                }
            }
        }
        found
    }

    /// Whether `granted` is enough for `needed`.
    pub(crate) fn satisfies(&self, granted: &Scopes, needed: &Scopes) -> bool {
        needed.0.is_subset(&granted.0) || needed.0.is_subset(&self.all_of(granted).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broad_scope_includes_narrow_ones_at_any_depth_and_not_the_other_way() {
        let mut hierarchy = Hierarchy::default();
        hierarchy.imply("admin".to_owned(), Scopes::parse("write"));
        hierarchy.imply("write".to_owned(), Scopes::parse("read list"));
        // A circle ends.
        hierarchy.imply("list".to_owned(), Scopes::parse("write"));
        for (granted, needed, enough) in [
            ("admin", "read list write", true),
            ("read", "write", false),
            ("read", "read", true),
            ("", "", true),
            ("", "read", false),
            ("admins", "read", false),
            ("READ", "read", false),
        ] {
            assert_eq!(
                hierarchy.satisfies(&Scopes::parse(granted), &Scopes::parse(needed)),
                enough,
                "{granted:?} for {needed:?}"
            );
        }
    }

    #[test]
    fn order_and_repetition_mean_nothing() {
        assert_eq!(Scopes::parse("b  a b "), Scopes::parse("a b"));
        assert_eq!(Scopes::parse("b a").to_string(), "a b");
    }
}

//! A list of permissions, compiled, and which of them decides a question.
//!
//! Of all permissions whose pattern and action match, those with the most specific pattern decide
//! ([`super::ResourcePattern::cmp_specificity`]); where several have that very pattern, every one of them must be
//! satisfied. That is a rule about sets, so the order in which permissions were written changes nothing. A lookup
//! allocates nothing and costs about the same for ten permissions and for a hundred thousand.

use super::segments::Segments;
use super::trie::{Found, Trie, build};
use super::{Matched, Permission};

/// Permissions ready to be asked.
#[derive(Debug, Clone)]
pub struct PermissionSet {
    trie: Trie,
    permissions: Box<[Permission]>,
}

impl PermissionSet {
    /// Compiles a list. An empty list allows nothing.
    pub fn compile(permissions: &[Permission]) -> Self {
        Self { trie: build(permissions), permissions: permissions.into() }
    }

    /// The permissions that decide about this action on this resource; None where none speaks of it.
    pub fn decide(&self, resource: &Segments<'_>, action: &str) -> Option<Match<'_>> {
        self.trie.find(resource, action).0.map(|found| Match { set: self, found })
    }

    /// The permissions, in the order they were given.
    pub fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// Bytes the compiled form takes, the permissions themselves not counted.
    pub fn compiled_bytes(&self) -> usize {
        self.trie.bytes()
    }

    /// How many nodes a lookup looks at, for tests of its bound.
    #[cfg(test)]
    pub(super) fn nodes_visited(&self, resource: &Segments<'_>, action: &str) -> usize {
        self.trie.find(resource, action).1
    }
}

/// The permissions that decide a question: one, or several with the same pattern.
#[derive(Debug, Clone, Copy)]
pub struct Match<'a> {
    set: &'a PermissionSet,
    found: Found,
}

impl<'a> Match<'a> {
    /// Whether one of them requires approval.
    pub fn requires_approval(&self) -> bool {
        self.set.trie.requires_approval(self.found)
    }

    /// Their places in the list, each once: first those that name the action, then those that say `*`.
    pub fn indexes(&self) -> impl Iterator<Item = usize> + use<'a> {
        self.set.trie.permissions(self.found)
    }

    /// The permissions themselves.
    pub fn permissions(&self) -> impl Iterator<Item = (usize, &'a Permission)> + use<'a> {
        let set = self.set;
        self.indexes().filter_map(move |index| Some((index, set.permissions.get(index)?)))
    }

    /// The permission to name in an answer: the first that stands in the way, else the first.
    pub fn deciding(&self) -> Option<Matched> {
        let strictest = self.permissions().find(|(_, permission)| permission.constraints.require_approval);
        strictest
            .or_else(|| self.permissions().next())
            .map(|(index, permission)| Matched::new(index, permission))
    }
}

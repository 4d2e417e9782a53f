//! A list of permissions, compiled, and which of them decides a question.
//!
//! Of all permissions whose pattern and action match, those with the most specific pattern decide
//! ([`super::ResourcePattern::cmp_specificity`]); where several have that very pattern, every one of them must be
//! satisfied. That is a rule about sets, so the order in which permissions were written changes nothing. A lookup
//! allocates nothing and costs about the same for ten permissions and for a hundred thousand.
//!
//! Among many sets, finding one costs more than asking it: memory is waited for, and once for everything that lies in
//! one place. So what a decision reads of a set is a part of the set itself, up to the size that some ten
//! permissions take.

use super::segments::Segments;
use super::table::{Found, Table, build};
use super::{Matched, Permission};
use std::hint;
use std::sync::Arc;

/// Bytes of the compiled form that are part of the set.
const WITHIN: usize = 472;
/// Bytes of a line of the processor's cache.
const LINE: usize = 64;

/// Permissions ready to be asked. A copy shares what is large.
#[derive(Debug, Clone)]
pub struct PermissionSet {
    /// The compiled form; nothing but zeros when it is too large.
    within: [u8; WITHIN],
    rest: Arc<Rest>,
}

/// What is not needed to decide by a small set.
#[derive(Debug)]
struct Rest {
    /// As they were given; only looked at for conditions, and to name the one that decided.
    permissions: Box<[Permission]>,
    /// The compiled form, when it is too large to be part of the set.
    table: Box<[u8]>,
}

impl PermissionSet {
    /// Compiles a list. An empty list allows nothing.
    pub fn compile(permissions: &[Permission]) -> Self {
        let mut table = build(permissions);
        let mut within = [0; WITHIN];
        if let Some(start) = within.get_mut(..table.len()) {
            start.copy_from_slice(&table);
            table = Box::default();
        }
        Self { within, rest: Arc::new(Rest { permissions: permissions.into(), table }) }
    }

    /// Has the memory send everything a decision may read of a small set, so that it arrives together.
    ///
    /// Else each part would be waited for in turn, because each says where the next is.
    #[inline]
    pub fn fetch(&self) {
        hint::black_box(self.within.iter().step_by(LINE).fold(0, |sum, byte| sum ^ byte));
    }

    /// The permissions that decide about this action on this resource; None where none speaks of it.
    #[inline]
    pub fn decide(&self, resource: &Segments<'_>, action: &str) -> Option<Match<'_>> {
        self.table().find(resource, action, &mut 0).map(|found| Match { set: self, found })
    }

    /// The permissions, in the order they were given.
    pub fn permissions(&self) -> &[Permission] {
        &self.rest.permissions
    }

    /// Bytes the compiled form takes, the permissions themselves not counted.
    pub fn compiled_bytes(&self) -> usize {
        size_of::<Self>() + self.rest.table.len()
    }

    #[inline]
    fn table(&self) -> Table<'_> {
        let within = Table(&self.within);
        if within.is_there() { within } else { Table(&self.rest.table) }
    }

    /// How many shapes a lookup tries, for tests of its bound.
    #[cfg(test)]
    pub(super) fn shapes_tried(&self, resource: &Segments<'_>, action: &str) -> usize {
        let mut tried = 0;
        self.table().find(resource, action, &mut tried);
        tried
    }
}

/// The permissions that decide a question: one, or several with the same pattern.
#[derive(Debug, Clone, Copy)]
pub struct Match<'a> {
    set: &'a PermissionSet,
    found: Found,
}

impl<'a> Match<'a> {
    /// Whether one of them has a condition; answered without looking at them.
    #[inline]
    pub fn is_conditional(&self) -> bool {
        self.set.table().is_conditional(self.found)
    }

    /// Whether one of them requires approval.
    pub fn requires_approval(&self) -> bool {
        self.is_conditional()
            && self.permissions().any(|(_, permission)| permission.constraints.require_approval)
    }

    /// Their places in the list, each once: first those that name the action, then those that say `*`.
    pub fn indexes(&self) -> impl Iterator<Item = usize> + use<'a> {
        self.set.table().permissions(self.found)
    }

    /// The permissions themselves.
    pub fn permissions(&self) -> impl Iterator<Item = (usize, &'a Permission)> + use<'a> {
        let set = self.set;
        self.indexes().filter_map(move |index| Some((index, set.permissions().get(index)?)))
    }

    /// The permission to name in an answer: the first that stands in the way, else the first.
    pub fn deciding(&self) -> Option<Matched> {
        let strictest = self.permissions().find(|(_, permission)| permission.constraints.require_approval);
        strictest
            .or_else(|| self.permissions().next())
            .map(|(index, permission)| Matched::new(index, permission))
    }
}

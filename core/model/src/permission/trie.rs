//! The compiled form of a permission list: a trie over segments, packed into one block of memory.
//!
//! One block, because a decision is paid for in cache misses: a small set lies in two or three lines, and in a large
//! one a segment costs two, a slot of a hash table and the child it names, whose name stands before it. A child with
//! all that belongs to it is kept within one line where it fits. Names are compared in full; the hash only finds the
//! slot. Writing is in [`write`], reading here.
//!
//! All places are numbers of 64-bit words; 0, where nothing is ever referred to, means none.
//!
//! ```text
//! node      star 32 | rest 32,  actions 32 | hash table 9, lengths 17, here 1;  then its slots, then what it grants here
//! grants    any action 32 | hash table 9;  then its slots
//! grant     count 31, approval 1 | first permission 32;  then a word for each further permission
//! slot      child 32 | length 8 | tag 24;  0 is free.  Before the child stands its name, eight bytes to a word
//! table     how many slots: 0 none, n 2^(n-1) in 5 bits | seed 4
//! ```

mod write;

pub(super) use write::build;

use super::segments::Segments;

/// Words of a node before its slots.
const NODE: usize = 2;
/// Words of a line of the processor's cache.
const LINE: usize = 8;
/// Where a node's second half-word has what, beside the hash table.
const LENGTHS_SHIFT: u32 = 9;
const LENGTHS: u32 = 0x1_ffff;
const HERE: u32 = 1 << 26;

/// The words of a compiled permission list; the root node is at word 1.
#[derive(Debug, Clone)]
pub(super) struct Trie {
    lines: Box<[Line]>,
}

#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Line([u64; LINE]);

/// The fields of a node: the patterns that share one beginning.
struct Node {
    /// Children by name.
    names: Table,
    /// The child for a `*` that other segments follow, or 0.
    star: usize,
    /// What the pattern that ends here grants, or 0.
    here: usize,
    /// What the pattern that ends in a `*` after this grants, or 0.
    rest: usize,
    /// Which actions are granted anywhere below, one bit for each hash.
    actions: u32,
    /// Bit n: a pattern below matches exactly n more segments, as far as lengths go.
    lengths: u32,
}

/// A hash table of names.
struct Table {
    at: usize,
    slots: usize,
    seed: u32,
}

/// The permissions of one pattern that speak of the action asked for, as word numbers of their grants, or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Those that name it.
    named: usize,
    /// Those that say `*`.
    any: usize,
}

/// A question on its way through the trie.
struct Question<'a> {
    segments: &'a [&'a str],
    action: &'a str,
    action_bit: u32,
    visited: usize,
}

impl Trie {
    /// The permissions that decide, and how many nodes were looked at to find them.
    ///
    /// The walk meets patterns from the most specific to the least, so the first that speaks of the action is the
    /// answer. It looks at a node at most once: never at more than the set has, nor at more than 2^(n+1) for n
    /// segments; and it skips whatever cannot match by action or by length.
    pub(super) fn find(&self, resource: &Segments<'_>, action: &str) -> (Option<Found>, usize) {
        let segments = resource.as_slice();
        let mut question = Question { segments, action, action_bit: action_bit(action), visited: 0 };
        (self.walk(1, 0, &mut question), question.visited)
    }

    /// The permissions a search found, by their place in the list, in ascending order within each grant.
    pub(super) fn permissions(&self, found: Found) -> impl Iterator<Item = usize> + use<'_> {
        [found.named, found.any].into_iter().flat_map(move |grant| {
            let (header, first) = halves(self.word(grant));
            let further = (1..header >> 1).map(move |number| self.word(grant + number) as usize);
            (header != 0).then_some(first).into_iter().chain(further)
        })
    }

    /// Whether one of them requires approval.
    pub(super) fn requires_approval(&self, found: Found) -> bool {
        (self.word(found.named) | self.word(found.any)) & 1 != 0
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.lines)
    }

    /// `at` is reached by the first `depth` segments. At most one level of recursion for each segment.
    fn walk(&self, at: usize, depth: usize, question: &mut Question<'_>) -> Option<Found> {
        question.visited += 1;
        let node = self.node(at);
        let remaining = question.segments.len() - depth;
        if node.lengths >> remaining & 1 == 0 || node.actions & question.action_bit == 0 {
            return None;
        }
        let Some(segment) = question.segments.get(depth) else {
            return self.granted(node.here, question);
        };
        // A name before a `*`; of patterns with a `*`, those that go on before the one that ends there.
        if let Some(child) = self.child(&node.names, segment)
            && let Some(found) = self.walk(child, depth + 1, question)
        {
            return Some(found);
        }
        if node.star != 0
            && let Some(found) = self.walk(node.star, depth + 1, question)
        {
            return Some(found);
        }
        self.granted(node.rest, question)
    }

    fn granted(&self, grants: usize, question: &Question<'_>) -> Option<Found> {
        if grants == 0 {
            return None;
        }
        let (any, table) = halves(self.word(grants));
        let named = self.child(&Table::new(grants + 1, table as u32), question.action).unwrap_or(0);
        (named != 0 || any != 0).then_some(Found { named, any })
    }

    /// The child of that name. Ends at a free slot, or when every slot was seen.
    fn child(&self, table: &Table, name: &str) -> Option<usize> {
        if table.slots == 0 {
            return None;
        }
        let hash = hash(table.seed, name);
        let sought = slot(hash, name, 0) >> 32;
        for step in 0..table.slots {
            let found = self.word(table.slot(hash, step));
            if found == 0 {
                return None;
            }
            let child = halves(found).0;
            if found >> 32 == sought && self.name_is(child, name) {
                return Some(child);
            }
        }
        None
    }

    /// Whether the child at this place has this name, being of its length.
    fn name_is(&self, child: usize, name: &str) -> bool {
        let start = child.saturating_sub(name.len().div_ceil(8));
        words_of(name).zip(start..).all(|(word, at)| self.word(at) == word)
    }

    fn node(&self, at: usize) -> Node {
        let (star, rest) = halves(self.word(at));
        let (actions, fields) = halves(self.word(at + 1));
        let (actions, fields) = (actions as u32, fields as u32);
        let names = Table::new(at + NODE, fields);
        let here = if fields & HERE == 0 { 0 } else { names.at + names.slots };
        Node { names, star, here, rest, actions, lengths: fields >> LENGTHS_SHIFT & LENGTHS }
    }

    fn word(&self, at: usize) -> u64 {
        self.lines.get(at / LINE).map_or(0, |line| line.0[at % LINE])
    }
}

impl Table {
    fn new(at: usize, fields: u32) -> Self {
        Self { at, slots: 1 << (fields & 0x1f) >> 1, seed: fields >> 5 & 0xf }
    }

    /// The place of the slot to look at in this step of a search.
    fn slot(&self, hash: u64, step: usize) -> usize {
        self.at + ((hash as usize + step) & (self.slots - 1))
    }
}

/// The low and the high half of a word.
fn halves(word: u64) -> (usize, usize) {
    (word as u32 as usize, (word >> 32) as usize)
}

/// What a slot holds for a name and the place of its child.
fn slot(hash: u64, name: &str, child: u32) -> u64 {
    (hash >> 40) << 40 | (name.len() as u64) << 32 | u64::from(child)
}

/// A name eight bytes to a word, the last word made of what is left. With its length this is the name.
fn words_of(name: &str) -> impl Iterator<Item = u64> {
    let (whole, rest) = name.as_bytes().as_chunks::<8>();
    let last = match *rest {
        [] => None,
        [a] => Some(u64::from(a)),
        [a, b] => Some(u64::from(u16::from_le_bytes([a, b]))),
        [a, b, c] => Some(u64::from(u32::from_le_bytes([a, b, c, 0]))),
        // Four to seven bytes are read as two fours that overlap.
        [a, b, c, d, ..] => rest.last_chunk().map(|end| {
            u64::from(u32::from_le_bytes([a, b, c, d])) | u64::from(u32::from_le_bytes(*end)) << 32
        }),
    };
    whole.iter().map(|chunk| u64::from_le_bytes(*chunk)).chain(last)
}

/// Where a name goes in a table. Each table has a seed that scatters its own names well, so that names chosen to
/// pile up under one seed lie apart under another.
fn hash(seed: u32, name: &str) -> u64 {
    let start = u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x243f_6a88_85a3_08d3;
    words_of(name).fold(start, |hash, word| {
        let product = u128::from(hash ^ word) * 0xd6e8_feb8_6659_fd93;
        product as u64 ^ (product >> 64) as u64
    })
}

/// The bit that stands for an action in a node's summary; several actions may share one.
fn action_bit(action: &str) -> u32 {
    1 << (hash(0, action) >> 59)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::{ActionPattern, Constraints, Permission};
    use std::collections::HashMap;

    #[test]
    fn names_with_one_hash_are_not_taken_for_each_other() {
        let mut seen = HashMap::new();
        let (held, asked) = (0..100_000)
            .map(|number| format!("n{number:06}"))
            .find_map(|name| {
                seen.insert(slot(hash(0, &name), &name, 0), name.clone()).map(|other| (other, name))
            })
            .unwrap();
        let constraints = Constraints::default();
        let trie = build(&[Permission {
            resource: held.parse().unwrap(),
            actions: vec![ActionPattern::Any],
            constraints,
        }]);
        let found = |name| trie.find(&Segments::of_resource(name).unwrap(), "read").0;
        assert!(found(&held).is_some());
        assert_eq!(found(&asked), None);
    }

    #[test]
    fn a_large_table_is_searched_in_few_steps() {
        let names: Vec<String> = (0..20_000).map(|number| format!("tool-{number}")).collect();
        let constraints = Constraints::default;
        let permissions: Vec<Permission> = names
            .iter()
            .map(|name| Permission {
                resource: name.parse().unwrap(),
                actions: vec![ActionPattern::Any],
                constraints: constraints(),
            })
            .collect();
        let trie = build(&permissions);
        let table = trie.node(1).names;
        assert!(table.slots <= 8 * names.len());
        for name in &names {
            let hash = hash(table.seed, name);
            let sought = slot(hash, name, 0) >> 32;
            let steps = (0..).position(|step| trie.word(table.slot(hash, step)) >> 32 == sought);
            assert!(steps < Some(8), "{name}: {steps:?}");
        }
    }
}

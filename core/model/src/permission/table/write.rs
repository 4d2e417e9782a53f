//! Building the table. The layout is described in [`super`].

use super::entry::{
    ACTION, ACTIONS, ANY, ANY_NUMBER, KIND, MAX_PERMISSION, MORE, NUMBER, ONE, OTHERS, PERMISSION, bit,
};
use super::header::Header;
use super::shape::Shape;
use super::{ENTRY, SLOTS, group, hash, seed, tag};
use crate::permission::segments::{MAX_SEGMENTS, WILDCARD};
use crate::permission::{ActionPattern, Permission};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Most groups a search may look at, as long as a table can be found that keeps it so.
pub(super) const MAX_STEPS: usize = 4;
/// Seeds tried for each size of a table, and how often the size is doubled, before longer searches are accepted.
const SEEDS: u32 = 16;
const DOUBLINGS: u32 = 2;
/// Slots used of a group on average, in a table of more than two.
const LOAD: usize = 5;

/// Compiles a list; the order of its members changes nothing but their numbers.
pub(in crate::permission) fn build(permissions: &[Permission]) -> Box<[u8]> {
    let numbers = numbers(permissions);
    let mut patterns: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, permission) in permissions.iter().enumerate() {
        patterns.entry(permission.resource.as_str()).or_default().push(index);
    }
    let mut entries: Vec<Entry<'_>> =
        numbers.iter().map(|(name, number)| Entry::of_action(name, *number)).collect();
    let mut shapes: BTreeMap<Reverse<Vec<bool>>, u32> = BTreeMap::new();
    for (pattern, members) in &patterns {
        let grants = grants(permissions, members, &numbers);
        let actions = grants.iter().fold(0, |bits, grant| bits | grant.bit());
        let names: Vec<_> = pattern.split(':').map(|part| part != WILDCARD).collect();
        entries.push(Entry::of_pattern(pattern, &names, actions, &grants));
        // More specific is: a name before a `*`, then longer before shorter.
        *shapes.entry(Reverse(names)).or_default() |= actions;
    }
    let Layout { groups, seed, slots } = Layout::of(&entries);
    let mut header = Header { shapes: shapes.len(), groups, seed, wide: false };
    let length =
        |header: Header| header.group(groups as usize) + entries.iter().map(Entry::length).sum::<usize>();
    header.wide = length(header) > usize::from(u16::MAX);
    let mut bytes = Vec::with_capacity(length(header));
    bytes.extend(header.word().to_le_bytes());
    for (Reverse(names), actions) in &shapes {
        bytes.extend([Shape::of(names).word(), *actions].map(u32::to_le_bytes).as_flattened());
    }
    bytes.resize(header.group(groups as usize), 0);
    for (entry, (group, slot, tag)) in entries.iter().zip(&slots) {
        let (group, here) = (header.group(*group), place(bytes.len()).to_le_bytes());
        bytes[group + slot] = *tag;
        bytes[group + SLOTS + slot * header.place()..][..header.place()]
            .copy_from_slice(&here[..header.place()]);
        bytes.extend_from_slice(&entry.word.to_le_bytes());
        bytes.extend_from_slice(entry.text.as_bytes());
        bytes.extend(entry.more.iter().flat_map(|word| word.to_le_bytes()));
    }
    bytes.into()
}

/// The number of each action: those most used come first, because only so many have a bit of their own.
fn numbers(permissions: &[Permission]) -> BTreeMap<&str, u32> {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for action in permissions.iter().flat_map(|permission| &permission.actions) {
        if let ActionPattern::One(name) = action {
            *uses.entry(name.as_str()).or_default() += 1;
        }
    }
    let mut names: Vec<_> = uses.into_iter().collect();
    names.sort_by_key(|(_, uses)| Reverse(*uses));
    names.into_iter().zip(0..).map(|((name, _), number)| (name, number)).collect()
}

/// That a permission speaks of an action.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Grant {
    action: u32,
    permission: u32,
    conditional: bool,
}

impl Grant {
    fn bit(&self) -> u32 {
        if self.action == ANY_NUMBER { ANY } else { bit(self.action) }
    }
}

/// What the members of a list that share a pattern grant, by action and place.
fn grants(permissions: &[Permission], members: &[usize], numbers: &BTreeMap<&str, u32>) -> Vec<Grant> {
    let mut grants = Vec::new();
    for index in members {
        let Permission { actions, constraints, .. } = &permissions[*index];
        // One that says `*` need not be found by name as well.
        let any = actions.contains(&ActionPattern::Any);
        let conditional = !constraints.is_empty();
        for action in actions {
            let action = match action {
                ActionPattern::Any => ANY_NUMBER,
                ActionPattern::One(_) if any => continue,
                ActionPattern::One(name) => numbers[name.as_str()],
            };
            grants.push(Grant { action, permission: place(*index), conditional });
        }
    }
    grants.sort_unstable();
    // Listed twice is granted once.
    grants.dedup();
    grants
}

/// An action or a pattern before it has a place.
struct Entry<'a> {
    word: u64,
    text: &'a str,
    /// None for an action.
    shape: Option<Shape>,
    more: Vec<u32>,
}

impl<'a> Entry<'a> {
    fn of_action(text: &'a str, number: u32) -> Self {
        let word = text.len() as u64 | ACTION << KIND | u64::from(number) << NUMBER;
        Self { word, text, shape: None, more: Vec::new() }
    }

    fn of_pattern(text: &'a str, names: &[bool], actions: u32, grants: &[Grant]) -> Self {
        let shape = Some(Shape::of(names));
        let word = text.len() as u64 | u64::from(actions) << ACTIONS;
        if let [first, others @ ..] = grants
            && actions & OTHERS == 0
            && first.permission <= MAX_PERMISSION
            && others.iter().all(|grant| grant.permission == first.permission)
        {
            let one = u64::from(first.conditional) << NUMBER | u64::from(first.permission) << PERMISSION;
            return Self { word: word | ONE << KIND | one, text, shape, more: Vec::new() };
        }
        let mut more = vec![place(grants.len())];
        for grants in grants.chunk_by(|one, other| one.action == other.action) {
            let mut conditional = grants.iter().any(|grant| grant.conditional);
            for grant in grants {
                more.extend([grant.action, grant.permission << 1 | u32::from(conditional)]);
                conditional = false;
            }
        }
        Self { word: word | MORE << KIND, text, shape, more }
    }

    /// Bytes it takes.
    fn length(&self) -> usize {
        ENTRY + self.text.len() + size_of_val(&*self.more)
    }

    fn hash(&self, table: u32) -> u64 {
        let bytes = self.text.as_bytes();
        let Some(shape) = self.shape else {
            return hash(seed(table, MAX_SEGMENTS), bytes, 0..bytes.len());
        };
        let mut hashes = [0; MAX_SEGMENTS];
        for (position, part) in self.text.split(':').enumerate() {
            hashes[position] = hash(seed(table, position), part.as_bytes(), 0..part.len());
        }
        shape.hash(&hashes)
    }
}

/// How many groups, under which seed, and for each entry its group, slot and tag.
struct Layout {
    groups: u32,
    seed: u32,
    slots: Vec<(usize, usize, u8)>,
}

impl Layout {
    /// The smallest table in which no search is long.
    #[expect(clippy::expect_used, reason = "a table has more slots than entries")]
    fn of(entries: &[Entry<'_>]) -> Self {
        let load = if entries.len() <= 2 * SLOTS { SLOTS } else { LOAD };
        let least = place(entries.len().div_ceil(load).max(1));
        let tried = (0..=DOUBLINGS).flat_map(|times| (0..SEEDS).map(move |seed| (least << times, seed)));
        let short = tried.into_iter().find_map(|(groups, seed)| Self::with(entries, groups, seed, MAX_STEPS));
        // Names that pile up under every seed are found all the same, only not as fast.
        short.or_else(|| Self::with(entries, least, 0, usize::MAX)).expect("every entry has a slot")
    }

    fn with(entries: &[Entry<'_>], groups: u32, seed: u32, max_steps: usize) -> Option<Self> {
        let mut used = vec![0; groups as usize];
        let mut slot = |entry: &Entry<'_>| {
            let hash = entry.hash(seed);
            let mut seen = (0..groups).take(max_steps).map(|step| group(hash, step, groups));
            let group = seen.find(|group| used[*group] < SLOTS)?;
            used[group] += 1;
            Some((group, used[group] - 1, tag(hash)))
        };
        let slots = entries.iter().map(&mut slot).collect::<Option<_>>()?;
        Some(Self { groups, seed, slots })
    }
}

/// A place, a number or a count as it is stored.
#[expect(clippy::expect_used, reason = "a list of 2^31 permissions, or of 4 GiB, fits in no request")]
fn place(number: usize) -> u32 {
    u32::try_from(number).expect("a compiled permission list is smaller than 4 GiB")
}

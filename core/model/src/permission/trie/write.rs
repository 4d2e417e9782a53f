//! Building the trie: first as a tree of maps, then written out depth first, so that neighbours in the tree are
//! neighbours in memory. The layout is described in [`super`].

use super::{HERE, LENGTHS_SHIFT, LINE, Line, NODE, Table, Trie, action_bit, hash, slot, words_of};
use crate::permission::segments::{MAX_SEGMENTS, WILDCARD};
use crate::permission::{ActionPattern, Permission};
use std::collections::BTreeMap;

/// Most slots a search may look at, as long as a table can be found that keeps it so.
const MAX_STEPS: usize = 8;
/// Seeds tried for each size of a table, and how often the size is doubled, before longer searches are accepted.
const SEEDS: u32 = 16;
const DOUBLINGS: u32 = 2;
/// Every number of further segments from one up.
const ONE_OR_MORE: u32 = ((1 << MAX_SEGMENTS) - 1) << 1;

/// Compiles a list; the order of its members changes nothing but their numbers.
pub(in crate::permission) fn build(permissions: &[Permission]) -> Trie {
    let mut root = Branch::default();
    for (index, permission) in permissions.iter().enumerate() {
        let segments = permission.resource.segments();
        let mut branch = &mut root;
        let before_last_star = segments.as_slice().strip_suffix(&[WILDCARD]);
        for part in before_last_star.unwrap_or(segments.as_slice()) {
            branch = if *part == WILDCARD {
                branch.star.get_or_insert_default()
            } else {
                branch.names.entry(part).or_default()
            };
        }
        let grants = if before_last_star.is_some() { &mut branch.rest } else { &mut branch.here };
        grants.add(index, permission);
    }
    root.summarise();
    let mut writer = Writer { words: vec![0] };
    writer.node(&root, "");
    Trie { lines: writer.into_lines() }
}

/// A node while it is being built.
#[derive(Default)]
struct Branch<'a> {
    names: BTreeMap<&'a str, Branch<'a>>,
    star: Option<Box<Branch<'a>>>,
    here: Grants<'a>,
    rest: Grants<'a>,
    actions: u32,
    lengths: u32,
}

/// The permissions of one pattern.
#[derive(Default)]
struct Grants<'a> {
    named: BTreeMap<&'a str, Grant>,
    any: Grant,
}

/// Those that speak of one action.
#[derive(Default)]
struct Grant {
    permissions: Vec<usize>,
    approval: bool,
}

impl Branch<'_> {
    /// Notes in each node which actions and lengths there are below it.
    fn summarise(&mut self) {
        self.actions = self.here.actions() | self.rest.actions();
        self.lengths = u32::from(!self.here.is_empty());
        if !self.rest.is_empty() {
            self.lengths |= ONE_OR_MORE;
        }
        for child in self.names.values_mut().chain(self.star.as_deref_mut()) {
            child.summarise();
            self.actions |= child.actions;
            self.lengths |= child.lengths << 1;
        }
        // No resource is longer, and the node has room for no more bits.
        self.lengths &= ONE_OR_MORE | 1;
    }
}

impl<'a> Grants<'a> {
    fn add(&mut self, index: usize, permission: &'a Permission) {
        // One that says `*` need not be found by name as well.
        let any = permission.actions.contains(&ActionPattern::Any);
        for action in &permission.actions {
            let grant = match action {
                ActionPattern::Any => &mut self.any,
                ActionPattern::One(_) if any => continue,
                ActionPattern::One(name) => self.named.entry(name.as_str()).or_default(),
            };
            // Listed twice is granted once.
            if grant.permissions.last() != Some(&index) {
                grant.permissions.push(index);
                grant.approval |= permission.constraints.require_approval;
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.named.is_empty() && self.any.permissions.is_empty()
    }

    fn actions(&self) -> u32 {
        match self.any.permissions.is_empty() {
            true => self.named.keys().fold(0, |bits, action| bits | action_bit(action)),
            false => u32::MAX,
        }
    }
}

struct Writer {
    words: Vec<u64>,
}

impl Writer {
    /// Writes a node, what it grants, and everything below it; answers where it begins.
    fn node(&mut self, branch: &Branch<'_>, name: &str) -> u32 {
        self.name(name);
        let at = self.words.len();
        self.words.resize(at + NODE, 0);
        let names: Vec<_> = branch.names.iter().map(|(name, child)| (*name, child)).collect();
        let layout = self.slots(&names);
        let here = if self.grants(&branch.here) == 0 { 0 } else { HERE };
        let rest = self.grants(&branch.rest);
        self.fill(&layout, &names, |writer, name, child| {
            writer.within_a_line(|writer| writer.node(child, name))
        });
        let star = branch.star.as_ref().map_or(0, |star| self.within_a_line(|writer| writer.node(star, "")));
        self.words[at] = join(star, rest);
        self.words[at + 1] = join(branch.actions, layout.fields | branch.lengths << LENGTHS_SHIFT | here);
        place(at)
    }

    /// Writes something, and once more from the next line on if that keeps it from lying in two lines.
    fn within_a_line(&mut self, write: impl Fn(&mut Self) -> u32) -> u32 {
        let start = self.words.len();
        let place = write(self);
        let room = LINE - start % LINE;
        let length = self.words.len() - start;
        if length <= room || length > LINE {
            return place;
        }
        self.words.truncate(start);
        self.words.resize(start + room, 0);
        write(self)
    }

    fn grants(&mut self, grants: &Grants<'_>) -> u32 {
        if grants.is_empty() {
            return 0;
        }
        let at = self.words.len();
        self.words.push(0);
        let named: Vec<_> = grants.named.iter().map(|(name, grant)| (*name, grant)).collect();
        let layout = self.slots(&named);
        self.fill(&layout, &named, |writer, name, grant| writer.grant(grant, name));
        let any = if grants.any.permissions.is_empty() { 0 } else { self.grant(&grants.any, "") };
        self.words[at] = join(any, layout.fields);
        place(at)
    }

    fn grant(&mut self, grant: &Grant, name: &str) -> u32 {
        self.name(name);
        let at = self.words.len();
        let header = place(grant.permissions.len() << 1) | u32::from(grant.approval);
        let mut numbers = grant.permissions.iter().copied();
        self.words.push(join(header, numbers.next().map_or(0, place)));
        self.words.extend(numbers.map(|number| number as u64));
        place(at)
    }

    fn name(&mut self, name: &str) {
        self.words.extend(words_of(name));
    }

    /// Makes room for the slots of a hash table of these names.
    fn slots<T>(&mut self, names: &[(&str, &T)]) -> Layout {
        let layout = Layout::of(names, self.words.len());
        self.words.resize(layout.table.at + layout.table.slots, 0);
        layout
    }

    /// Writes the children and notes each in its slot.
    fn fill<T>(&mut self, layout: &Layout, names: &[(&str, &T)], child: impl Fn(&mut Self, &str, &T) -> u32) {
        for ((name, value), position) in names.iter().zip(&layout.positions) {
            let child = child(self, name, value);
            self.words[*position] = slot(hash(layout.table.seed, name), name, child);
        }
    }

    fn into_lines(self) -> Box<[Line]> {
        let line = |words: &[u64]| {
            let mut line = Line([0; LINE]);
            line.0[..words.len()].copy_from_slice(words);
            line
        };
        self.words.chunks(LINE).map(line).collect()
    }
}

/// A hash table of certain names: its number of slots and seed, and where in it each name goes.
struct Layout {
    table: Table,
    /// The table as a node or grants have it in their fields.
    fields: u32,
    positions: Vec<usize>,
}

impl Layout {
    /// The smallest table in which no search is long.
    #[expect(clippy::expect_used, reason = "a table has at least as many slots as names")]
    fn of<T>(names: &[(&str, &T)], at: usize) -> Self {
        if names.is_empty() {
            return Self { table: Table::new(at, 0), fields: 0, positions: Vec::new() };
        }
        let least = names.len().next_power_of_two().trailing_zeros() + 1;
        let tried = (least..=least + DOUBLINGS).flat_map(|size| (0..SEEDS).map(move |seed| size | seed << 5));
        let short = tried.into_iter().find_map(|fields| Self::with(names, at, fields, MAX_STEPS));
        // Names that pile up under every seed are found all the same, only not as fast.
        short.or_else(|| Self::with(names, at, least, usize::MAX)).expect("every name has a slot")
    }

    fn with<T>(names: &[(&str, &T)], at: usize, fields: u32, max_steps: usize) -> Option<Self> {
        let table = Table::new(at, fields);
        let mut taken = vec![false; table.slots];
        let mut position = |name: &str| {
            let hash = hash(table.seed, name);
            let free = |place: &usize| !std::mem::replace(&mut taken[*place - at], true);
            (0..table.slots.min(max_steps)).map(|step| table.slot(hash, step)).find(free)
        };
        let positions = names.iter().map(|(name, _)| position(name)).collect::<Option<_>>()?;
        Some(Self { table, fields, positions })
    }
}

fn join(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

/// A word number or count as it is stored.
#[expect(clippy::expect_used, reason = "2^32 words are 32 GiB, far beyond any list that fits beside them")]
fn place(number: usize) -> u32 {
    u32::try_from(number).expect("a compiled permission list is smaller than 32 GiB")
}

//! The compiled form of a permission list: one hash table of whole patterns, packed into one run of bytes.
//!
//! Patterns fall into *shapes*: which of their segments are names and which are `*`. Of one shape at most one pattern
//! matches a resource, the one that has the resource's own segments where the shape has names, and a single search
//! finds it. So a decision tries shape after shape, the most specific first, and the first pattern that speaks of the
//! action decides. Lists have few shapes, however long they are.
//!
//! One run of bytes, because a decision is paid for in waits for memory, and what lies together is waited for once.
//! A hash only finds the place: patterns and actions are always compared in full. Writing is in [`write`], reading here.
//!
//! ```text
//! header   shapes 20, seed 8, wide 1 | groups 32
//! shapes   names 16, length 16 | actions 32                 most specific first; a bit for each segment that is a name
//! groups   8 tags of 8 bits | 8 places of 16 or 32 bits     a tag of 0 is free, a place counts bytes from the header
//! entries
//!   action   length 12, kind 2 | number 32                                 then its text
//!   pattern  length 12, kind 2 | condition 1 | permission 18 | actions 31  then its text
//!   more     count 32 | grants: action 32, condition 1, permission 31      after the text, in order
//! ```
//!
//! A pattern that one permission has says in its first word what it grants. One that several have, or whose numbers
//! do not fit there, has "more": a sorted list of what each action grants; of each action the first says whether
//! any has a condition. Where none has, nobody needs to look at the permissions themselves, which lie elsewhere.

mod entry;
mod header;
mod shape;
mod write;

pub(super) use write::build;

use super::segments::{MAX_SEGMENTS, Segments};
use super::words::{ONES, hash};
use entry::{ANY, ANY_NUMBER, Entry, bit};
use header::Header;
use shape::Shape;

/// Slots of a group.
const SLOTS: usize = 8;
/// Bytes of an entry before its text.
const ENTRY: usize = 8;
const GRANT: u32 = 8;

/// The bytes of a compiled list.
#[derive(Clone, Copy)]
pub(super) struct Table<'a>(pub(super) &'a [u8]);

/// The permissions of one pattern that speak of the action asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    /// There is one.
    One { permission: u32, conditional: bool },
    /// Those that name the action, and those that say `*`.
    More { named: Grants, any: Grants },
}

/// Where grants begin and how many there are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Grants {
    at: u32,
    count: u32,
}

/// An action asked for.
#[derive(Clone, Copy)]
struct Asked {
    /// Its number; none where only `*` speaks of it.
    number: Option<u32>,
    /// The bits of all that speaks of it.
    bits: u32,
}

impl<'a> Table<'a> {
    /// Whether there is a table in these bytes.
    #[inline]
    pub(super) fn is_there(self) -> bool {
        self.u64(0) != 0
    }

    /// The permissions that decide; counts the shapes that were tried to find them.
    ///
    /// Never more than the set has, nor than there are of the resource's length or shorter; and a shape is passed
    /// over when it does not fit the length or no pattern of it speaks of the action.
    #[inline]
    pub(super) fn find(self, resource: &Segments<'_>, action: &str, tried: &mut usize) -> Option<Found> {
        let header = self.header();
        let asked = self.asked(header, action);
        let mut hashes = [0; MAX_SEGMENTS];
        for (position, hashed) in hashes.iter_mut().enumerate().take(resource.count()) {
            *hashed = hash(seed(header.seed, position), resource.bytes(), resource.range(position));
        }
        for place in (0..header.shapes).map(|number| header.shape(number)) {
            let (shape, actions) = (Shape::read(self.u32(place)), self.u32(place + 4));
            if actions & asked.bits == 0 || !shape.fits(resource.count()) {
                continue;
            }
            *tried += 1;
            let found = self.search(header, shape.hash(&hashes), |at, entry| {
                !entry.is_action() && shape.is_in(self.text(at, entry), resource)
            });
            if let Some((at, entry)) = found
                && let Some(found) = self.granted(at, entry, asked)
            {
                return Some(found);
            }
        }
        None
    }

    /// Their places in the list, in ascending order within each kind.
    pub(super) fn permissions(self, found: Found) -> impl Iterator<Item = usize> + use<'a> {
        let (one, named, any) = match found {
            Found::One { permission, .. } => {
                (Some(permission as usize), Grants::default(), Grants::default())
            }
            Found::More { named, any } => (None, named, any),
        };
        let listed = move |Grants { at, count }| {
            (0..count).map(move |number| (self.u32((at + number * GRANT + 4) as usize) >> 1) as usize)
        };
        one.into_iter().chain(listed(named)).chain(listed(any))
    }

    /// Whether one of them has a condition.
    #[inline]
    pub(super) fn is_conditional(self, found: Found) -> bool {
        match found {
            Found::One { conditional, .. } => conditional,
            Found::More { named, any } => [named, any]
                .into_iter()
                .any(|grants| grants.count > 0 && self.u32(grants.at as usize + 4) & 1 != 0),
        }
    }

    #[inline]
    fn asked(self, header: Header, action: &str) -> Asked {
        let hash = hash(seed(header.seed, MAX_SEGMENTS), action.as_bytes(), 0..action.len());
        let found = self
            .search(header, hash, |at, entry| entry.is_action() && self.text(at, entry) == action.as_bytes());
        match found.map(|(_, entry)| entry.number()) {
            Some(number) => Asked { number: Some(number), bits: ANY | bit(number) },
            None => Asked { number: None, bits: ANY },
        }
    }

    /// The entry that is the one looked for, and where it is. Ends at a group that is not full, or when all were seen.
    #[inline]
    fn search(
        self,
        header: Header,
        hash: u64,
        is_it: impl Fn(usize, Entry) -> bool,
    ) -> Option<(usize, Entry)> {
        for step in 0..header.groups {
            let at = header.group(group(hash, step, header.groups));
            let tags = self.u64(at);
            let mut like = zero_bytes(tags ^ (u64::from(tag(hash)) * ONES));
            while like != 0 {
                let slot = like.trailing_zeros() as usize / 8;
                let place = self.place(header, at, slot);
                let entry = Entry(self.u64(place));
                if is_it(place, entry) {
                    return Some((place, entry));
                }
                like &= like - 1;
            }
            if zero_bytes(tags) != 0 {
                return None;
            }
        }
        None
    }

    /// What a pattern grants.
    #[inline]
    fn granted(self, at: usize, entry: Entry, asked: Asked) -> Option<Found> {
        if entry.actions() & asked.bits == 0 {
            return None;
        }
        if !entry.has_more() {
            return Some(Found::One { permission: entry.permission(), conditional: entry.is_conditional() });
        }
        let at = at + ENTRY + entry.length();
        let all = Grants { at: at as u32 + 4, count: self.u32(at) };
        let named = asked.number.map(|number| self.of_action(all, number)).unwrap_or_default();
        let any = self.of_action(all, ANY_NUMBER);
        (named.count + any.count > 0).then_some(Found::More { named, any })
    }

    /// Those of one action, by two binary searches.
    fn of_action(self, all: Grants, number: u32) -> Grants {
        let first = |beyond: &dyn Fn(u32) -> bool| {
            let (mut low, mut high) = (0, all.count);
            while low < high {
                let middle = (low + high) / 2;
                match beyond(self.u32((all.at + middle * GRANT) as usize)) {
                    true => high = middle,
                    false => low = middle + 1,
                }
            }
            low
        };
        let (start, end) = (first(&|other| other >= number), first(&|other| other > number));
        Grants { at: all.at + start * GRANT, count: end - start }
    }

    fn text(self, at: usize, entry: Entry) -> &'a [u8] {
        self.0.get(at + ENTRY..at + ENTRY + entry.length()).unwrap_or_default()
    }

    #[inline]
    fn header(self) -> Header {
        Header::read(self.u64(0))
    }

    /// What a slot of a group refers to.
    #[inline]
    fn place(self, header: Header, group: usize, slot: usize) -> usize {
        let word = self.u32(group + SLOTS + slot * header.place());
        if header.wide { word as usize } else { (word & 0xffff) as usize }
    }

    #[inline]
    fn u64(self, at: usize) -> u64 {
        self.0.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    #[inline]
    fn u32(self, at: usize) -> u32 {
        self.0.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

/// A seed for each position; actions have the one after the last segment's.
fn seed(table: u32, position: usize) -> u64 {
    u64::from(table) << 8 | position as u64
}

/// What a slot says of its entry's hash; never 0, and always with its highest bit.
fn tag(hash: u64) -> u8 {
    hash as u8 | 0x80
}

/// The group to look at in this step of a search.
#[inline]
fn group(hash: u64, step: u32, groups: u32) -> usize {
    let first = ((hash >> 32) * u64::from(groups)) >> 32;
    let at = first + u64::from(step);
    (if at < u64::from(groups) { at } else { at - u64::from(groups) }) as usize
}

/// The highest bit of every byte that is 0; after the first of them there may be others.
#[inline]
fn zero_bytes(bytes: u64) -> u64 {
    bytes.wrapping_sub(ONES) & !bytes & ONES << 7
}

#[cfg(test)]
mod tests;

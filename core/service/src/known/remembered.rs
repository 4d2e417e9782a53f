//! A map of what is remembered, by key, for very many readers and few changes.
//!
//! What is remembered lies in the map itself, at a place that follows from its key; a byte of each place says apart
//! whether it can be the one. Those bytes are few enough for the processor's cache, so finding one of a million
//! waits for memory once, and for what is wanted anyway. A reader keeps what it found by holding on to the part of
//! the map it lies in: nothing is ever moved or emptied there, a change marks a place as gone and takes another, and
//! a part without room left is copied, without what is gone, into a new one.
//!
//! The map is cut into shards, each under a lock that readers hold as long as a search takes. They do not wait for
//! each other, and a shard that grows keeps few of them waiting.

use std::hash::{BuildHasher as _, RandomState};
use std::ops::Deref;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// Something that is remembered under a key.
pub trait Known: Clone {
    /// What it is found by.
    type Key: Eq;

    /// The key it has.
    fn key(&self) -> &Self::Key;

    /// What tells keys apart, or nearly so: keys of the same bits are found one after the other. Nobody must be able
    /// to choose many such.
    fn bits(key: &Self::Key) -> u128;

    /// Called when it was found, before it is used: to have the memory send all of it at once.
    fn fetch(&self) {}
}

/// The map.
pub struct Remembered<T> {
    shards: Box<[Shard<T>]>,
    /// Entries of a shard at the most; beyond that it starts afresh.
    most: usize,
    /// Different in every process, like the keys of the standard library's maps.
    secret: [u64; 2],
}

/// What was found. It stays as it is, whatever becomes of the map.
pub struct Held<T> {
    part: Arc<Part<T>>,
    at: usize,
}

/// Shards do not share a line of the processor's cache, nor the one that is read along with it.
#[repr(align(128))]
struct Shard<T>(RwLock<Filled<T>>);

struct Filled<T> {
    part: Arc<Part<T>>,
    /// Places with something in them, and those of them that are gone.
    used: usize,
    gone: usize,
}

/// Places, and a byte for each: free, gone, or bits of the key.
struct Part<T> {
    tags: Box<[AtomicU8]>,
    slots: Box<[Slot<T>]>,
}

/// Begins with a line of its own, so that it lies in no more of them than it must.
#[repr(align(64))]
struct Slot<T>(OnceLock<T>);

/// Must be a power of two up to 2^16.
const SHARDS: usize = 256;
const FREE: u8 = 0;
const GONE: u8 = 1;

impl<T: Known> Remembered<T> {
    /// An empty map that takes about so many entries.
    pub fn new(most: usize) -> Self {
        let shards = (0..SHARDS).map(|_| Shard(RwLock::new(Filled::empty(0)))).collect();
        let random = RandomState::new();
        Self { shards, most: most.div_ceil(SHARDS), secret: [random.hash_one(0), random.hash_one(1)] }
    }

    /// What is remembered under the key.
    #[inline]
    pub fn get(&self, key: &T::Key) -> Option<Held<T>> {
        let hash = self.hash(key);
        let shard = self.shard(hash).0.read().unwrap_or_else(PoisonError::into_inner);
        let (at, known) = shard.part.find(hash, key)?;
        known.fetch();
        Some(Held { part: Arc::clone(&shard.part), at })
    }

    /// Remembers it, instead of what had its key before.
    pub fn insert(&self, known: T) -> Held<T> {
        let hash = self.hash(known.key());
        let mut shard = self.shard(hash).0.write().unwrap_or_else(PoisonError::into_inner);
        shard.remove(hash, known.key());
        if shard.used - shard.gone >= self.most {
            *shard = Filled::empty(0);
        }
        if shard.is_full() {
            *shard = shard.copy(|known| self.hash(known.key()));
        }
        let at = shard.put(hash, known);
        Held { part: Arc::clone(&shard.part), at }
    }

    /// Forgets it.
    pub fn remove(&self, key: &T::Key) {
        let hash = self.hash(key);
        self.shard(hash).0.write().unwrap_or_else(PoisonError::into_inner).remove(hash, key);
    }

    /// Bytes the map takes, what its entries point to not counted.
    pub fn bytes(&self) -> usize {
        let places =
            |shard: &Shard<T>| shard.0.read().unwrap_or_else(PoisonError::into_inner).part.slots.len();
        let places: usize = self.shards.iter().map(places).sum();
        size_of_val(&*self.shards) + places * (size_of::<Slot<T>>() + size_of::<AtomicU8>())
    }

    /// Forgets everything.
    pub fn clear(&self) {
        for shard in &self.shards {
            *shard.0.write().unwrap_or_else(PoisonError::into_inner) = Filled::empty(0);
        }
    }

    /// The bits of identifiers and hashes are random already; this only keeps anyone from knowing which meet.
    #[inline]
    fn hash(&self, key: &T::Key) -> u64 {
        let bits = T::bits(key);
        let [low, high] = [bits as u64 ^ self.secret[0], (bits >> 64) as u64 ^ self.secret[1]];
        let product = u128::from(low) * u128::from(high);
        product as u64 ^ (product >> 64) as u64
    }

    /// Chosen by bits that neither the place in a shard nor the tag is made of.
    #[inline]
    fn shard(&self, hash: u64) -> &Shard<T> {
        &self.shards[(hash >> 40) as usize & (SHARDS - 1)]
    }
}

impl<T> Held<T> {
    /// Something that is held without being remembered.
    pub fn apart(known: T) -> Self {
        let slots = [Slot(OnceLock::from(known))].into();
        Self { part: Arc::new(Part { tags: Box::default(), slots }), at: 0 }
    }
}

impl<T> Deref for Held<T> {
    type Target = T;

    #[inline]
    #[expect(
        clippy::expect_used,
        reason = "it is made of a place with something in it, and none is ever emptied"
    )]
    fn deref(&self) -> &T {
        self.part.slots.get(self.at).and_then(|slot| slot.0.get()).expect("the place is taken")
    }
}

impl<T: Known> Filled<T> {
    fn empty(capacity: usize) -> Self {
        let tags = (0..capacity).map(|_| AtomicU8::new(FREE)).collect();
        let slots = (0..capacity).map(|_| Slot(OnceLock::new())).collect();
        Self { part: Arc::new(Part { tags, slots }), used: 0, gone: 0 }
    }

    /// Beyond four of five places, searches get long.
    fn is_full(&self) -> bool {
        (self.used + 1) * 5 > self.part.slots.len() * 4
    }

    /// What is not gone, with room for a quarter more.
    fn copy(&self, hash: impl Fn(&T) -> u64) -> Self {
        let remaining = self.used - self.gone;
        let mut copy = Self::empty((remaining + remaining / 4) * 5 / 4 + 4);
        for (tag, slot) in self.part.tags.iter().zip(&self.part.slots) {
            if let Some(known) = slot.0.get()
                && tag.load(Ordering::Relaxed) != GONE
            {
                copy.put(hash(known), known.clone());
            }
        }
        copy
    }

    /// There must be a free place, and nothing under its key.
    fn put(&mut self, hash: u64, known: T) -> usize {
        let Part { tags, slots } = &*self.part;
        let free = |at: &usize| tags[*at].load(Ordering::Relaxed) == FREE;
        let at = self.part.from(hash).find(free).unwrap_or_default();
        if slots[at].0.set(known).is_ok() {
            tags[at].store(tag(hash), Ordering::Release);
            self.used += 1;
        }
        at
    }

    fn remove(&mut self, hash: u64, key: &T::Key) {
        if let Some((at, _)) = self.part.find(hash, key) {
            self.part.tags[at].store(GONE, Ordering::Release);
            self.gone += 1;
        }
    }
}

impl<T: Known> Part<T> {
    /// Where it is; ends at a free place, or when all were seen.
    #[inline]
    fn find(&self, hash: u64, key: &T::Key) -> Option<(usize, &T)> {
        let tag = tag(hash);
        for at in self.from(hash) {
            match self.tags[at].load(Ordering::Acquire) {
                FREE => return None,
                other if other != tag => {}
                _ => match self.slots[at].0.get() {
                    Some(known) if known.key() == key => return Some((at, known)),
                    _ => {}
                },
            }
        }
        None
    }

    /// Every place, from the one a hash belongs at.
    #[inline]
    fn from(&self, hash: u64) -> impl Iterator<Item = usize> + use<T> {
        let all = self.tags.len();
        let first = (((hash & 0xffff_ffff) * all as u64) >> 32) as usize;
        (first..all).chain(0..first)
    }
}

/// What a taken place says of its key.
fn tag(hash: u64) -> u8 {
    (hash >> 57) as u8 | 0x80
}

#[cfg(test)]
mod tests;

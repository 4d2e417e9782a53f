//! The shapes of patterns: which of their segments are names, and which are `*`.

use crate::permission::segments::{MAX_SEGMENTS, Segments};
use crate::permission::words::hash_number;

/// Which segments of a pattern are names: one bit for each, the first is the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shape {
    names: u32,
    length: usize,
}

impl Shape {
    /// The shape of a pattern.
    pub(super) fn of(names: &[bool]) -> Self {
        let set = |bits, (position, name): (usize, &bool)| bits | u32::from(*name) << position;
        Self { names: names.iter().enumerate().fold(0, set), length: names.len() }
    }

    /// As [`Shape::word`] wrote it.
    #[inline]
    pub(super) fn read(word: u32) -> Self {
        Self { names: word & 0xffff, length: (word >> 16) as usize }
    }

    /// As a table has it.
    pub(super) fn word(self) -> u32 {
        self.names | (self.length as u32) << 16
    }

    fn is_name(self, position: usize) -> bool {
        self.names >> position & 1 != 0
    }

    /// Whether patterns of this shape match resources of so many segments.
    #[inline]
    pub(super) fn fits(self, count: usize) -> bool {
        count == self.length || count > self.length && !self.is_name(self.length - 1)
    }

    /// The hash of the pattern that has these segments where the shape has names.
    #[inline]
    pub(super) fn hash(self, segments: &[u64; MAX_SEGMENTS]) -> u64 {
        let mut hash = hash_number(u64::from(self.word()));
        for (position, segment) in segments.iter().enumerate() {
            if position >= self.length {
                break;
            }
            // No branch: which segments are names is as good as random.
            hash ^= segment & 0_u64.wrapping_sub(u64::from(self.is_name(position)));
        }
        hash
    }

    /// Whether a pattern of a table is of this shape and has the resource's segments where the shape has names.
    #[inline]
    pub(super) fn is_in(self, pattern: &[u8], resource: &Segments<'_>) -> bool {
        let (mut rest, mut position) = (pattern, 0);
        loop {
            // Names that follow each other lie in the resource just as they do in the pattern.
            let names = (self.names >> position).trailing_ones() as usize;
            let expected = match names {
                0 => b"*",
                _ => resource.bytes().get(resource.span(position, names)).unwrap_or_default(),
            };
            position += names.max(1);
            match rest.strip_prefix(expected) {
                Some(end) if position >= self.length => return end.is_empty(),
                Some([b':', after @ ..]) => rest = after,
                _ => return false,
            }
        }
    }
}

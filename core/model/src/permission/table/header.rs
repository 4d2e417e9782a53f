//! The first word of a table: how much there is of each part, and so where each begins.

use super::SLOTS;

/// Bytes of a header, and of a shape.
const BYTES: usize = 8;
const SHAPE: usize = 8;

/// How many shapes and groups there are, and under which seed names were hashed.
#[derive(Clone, Copy)]
pub(super) struct Header {
    pub(super) shapes: usize,
    pub(super) groups: u32,
    pub(super) seed: u32,
    /// Whether places take 32 bits; for those of less than 64 KiB 16 are enough.
    pub(super) wide: bool,
}

impl Header {
    /// As [`Header::word`] wrote it.
    #[inline]
    pub(super) fn read(word: u64) -> Self {
        Self {
            shapes: (word & 0xf_ffff) as usize,
            groups: (word >> 32) as u32,
            seed: (word >> 20) as u32 & 0xff,
            wide: word >> 28 & 1 != 0,
        }
    }

    /// As a table has it; there is at least one group, so it is never 0.
    pub(super) fn word(self) -> u64 {
        let Self { shapes, groups, seed, wide } = self;
        shapes as u64 | u64::from(seed) << 20 | u64::from(wide) << 28 | u64::from(groups) << 32
    }

    /// Where a shape is.
    #[inline]
    pub(super) fn shape(self, number: usize) -> usize {
        BYTES + number * SHAPE
    }

    /// Bytes of a place.
    #[inline]
    pub(super) fn place(self) -> usize {
        if self.wide { 4 } else { 2 }
    }

    /// Where a group is.
    #[inline]
    pub(super) fn group(self, number: usize) -> usize {
        self.shape(self.shapes) + number * SLOTS * (1 + self.place())
    }
}

//! The first word of an entry: what it is, and what it grants as far as that fits.

/// Where an entry's first word has what, and the highest place in the list it can name.
pub(super) const KIND: u32 = 12;
pub(super) const NUMBER: u32 = 14;
pub(super) const PERMISSION: u32 = 15;
pub(super) const ACTIONS: u32 = 33;
pub(super) const MAX_PERMISSION: u32 = (1 << (ACTIONS - PERMISSION)) - 1;
/// Kinds of entries.
pub(super) const ACTION: u64 = 0;
pub(super) const ONE: u64 = 1;
pub(super) const MORE: u64 = 2;

/// Actions whose number is a bit of their own; the others share one.
pub(super) const OWN_BITS: u32 = 29;
pub(super) const OTHERS: u32 = 1 << OWN_BITS;
/// The bit and the number of `*`.
pub(super) const ANY: u32 = 1 << (OWN_BITS + 1);
pub(super) const ANY_NUMBER: u32 = u32::MAX;

/// An action or a pattern in the table: its first word.
#[derive(Clone, Copy)]
pub(super) struct Entry(pub(super) u64);

impl Entry {
    pub(super) fn length(self) -> usize {
        (self.0 & 0xfff) as usize
    }

    fn kind(self) -> u64 {
        self.0 >> KIND & 3
    }

    pub(super) fn is_action(self) -> bool {
        self.kind() == ACTION
    }

    pub(super) fn has_more(self) -> bool {
        self.kind() == MORE
    }

    pub(super) fn number(self) -> u32 {
        (self.0 >> NUMBER) as u32
    }

    pub(super) fn is_conditional(self) -> bool {
        self.0 >> NUMBER & 1 != 0
    }

    pub(super) fn permission(self) -> u32 {
        (self.0 >> PERMISSION) as u32 & MAX_PERMISSION
    }

    pub(super) fn actions(self) -> u32 {
        (self.0 >> ACTIONS) as u32
    }
}

/// The bit of an action in what a pattern and a shape say of theirs.
pub(super) fn bit(number: u32) -> u32 {
    1 << number.min(OWN_BITS)
}

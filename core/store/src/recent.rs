//! What this process appended to the embedded database's audit log a moment ago: hashes to seal and decisions to count,
//! so that neither has to read the records again.
//!
//! Only what was committed is here, in one run without gaps that ends with the newest record. Whoever needs something
//! older, or writes to a database that others write to as well, reads the log. A record that was edited in the database
//! before it was sealed differs from what is sealed here, so the edit is found.

use kavach_model::UserId;
use kavach_model::merkle::Hash;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Hashes that are kept at the most: 8 MiB.
const MAX_HASHES: usize = 1 << 18;
/// Hours and people that are counted here; beyond that, the database does it.
const MAX_TALLIES: usize = 64;
const HOUR: i64 = 3_600_000;

/// An appended record, as far as anyone asks for it here.
#[derive(Debug)]
pub(crate) struct Appended {
    pub(crate) seq: i64,
    pub(crate) hash: Hash,
    /// None for what is no decision.
    pub(crate) decision: Option<Decided>,
}

/// What is counted of a decision.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decided {
    /// The hour it belongs to.
    pub(crate) hour: i64,
    pub(crate) sponsor_id: Option<UserId>,
    pub(crate) allowed: bool,
}

impl Decided {
    pub(crate) fn at(millis: i64, sponsor_id: Option<UserId>, allowed: bool) -> Self {
        Self { hour: millis / HOUR * HOUR, sponsor_id, allowed }
    }
}

/// Decisions of an hour and a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) allowed: i64,
    pub(crate) denied: i64,
}

/// Decisions by the start of an hour and the person in whose view they are.
pub(crate) type Tallies = HashMap<(i64, Option<UserId>), Tally>;

/// The end of the log, in memory.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<Run>);

#[derive(Debug, Default)]
struct Run {
    /// The position of the newest record here.
    last: i64,
    /// The hashes up to that one.
    hashes: VecDeque<Hash>,
    /// Where counting began, and what was counted; None when it would be too much.
    tallies: Option<(i64, Tallies)>,
    /// The newest record when this was last asked for by [`Recent::unfolded`].
    folded: i64,
}

impl Recent {
    /// Adds records that were committed, in order.
    pub(crate) fn extend(&self, appended: Vec<Appended>) {
        let mut run = self.run();
        for Appended { seq, hash, decision } in appended {
            if seq != run.last + 1 {
                *run = Run { folded: run.folded, ..Run::default() };
            }
            if run.hashes.len() == MAX_HASHES {
                run.hashes.pop_front();
            }
            run.last = seq;
            run.hashes.push_back(hash);
            run.count(seq, decision);
        }
    }

    /// The hashes of the records after one position up to another, if all of them are here.
    pub(crate) fn hashes(&self, after: u64, until: u64) -> Option<Vec<Hash>> {
        let run = self.run();
        let first = u64::try_from(run.last).ok()?.checked_sub(run.hashes.len() as u64)?;
        let range = usize::try_from(after.checked_sub(first)?).ok()?..usize::try_from(until - first).ok()?;
        (range.end <= run.hashes.len()).then(|| run.hashes.range(range).copied().collect())
    }

    /// Everything counted since the record at `counted`, if that was everything up to `head`. To be called by whoever
    /// writes, so that nothing is added meanwhile; counting goes on from `head`.
    pub(crate) fn take_tallies(&self, counted: i64, head: i64) -> Option<Tallies> {
        let mut run = self.run();
        if run.last != head || run.tallies.as_ref().is_none_or(|(from, _)| *from != counted) {
            return None;
        }
        run.tallies.replace((head, Tallies::new())).map(|(_, tallies)| tallies)
    }

    /// Up to where the log is counted by reading it: where counting here began, if that is ahead.
    pub(crate) fn uncounted(&self, counted: i64) -> Option<i64> {
        let mut run = self.run();
        match run.tallies {
            Some((from, _)) if from > counted => Some(from),
            // Somebody else counted what is counted here as well.
            Some((from, _)) if from < counted => {
                run.tallies = None;
                None
            }
            _ => None,
        }
    }

    /// Whether so many records were added since this last said yes.
    pub(crate) fn unfolded(&self, enough: i64) -> bool {
        let mut run = self.run();
        let many = run.last - run.folded >= enough;
        if many {
            run.folded = run.last;
        }
        many
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    fn count(&mut self, seq: i64, decision: Option<Decided>) {
        let (_, tallies) = self.tallies.get_or_insert_with(|| (seq - 1, Tallies::new()));
        let Some(Decided { hour, sponsor_id, allowed }) = decision else { return };
        let tally = tallies.entry((hour, sponsor_id)).or_default();
        *(if allowed { &mut tally.allowed } else { &mut tally.denied }) += 1;
        if tallies.len() > MAX_TALLIES {
            self.tallies = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(seq: i64, allowed: bool) -> Appended {
        Appended { seq, hash: [seq as u8; 32], decision: Some(Decided::at(HOUR + seq, None, allowed)) }
    }

    #[test]
    fn hashes_are_given_only_when_all_are_there() {
        let recent = Recent::default();
        assert_eq!(recent.hashes(0, 1), None);
        recent.extend((5..=8).map(|seq| record(seq, true)).collect());
        assert_eq!(recent.hashes(4, 8), Some(vec![[5; 32], [6; 32], [7; 32], [8; 32]]));
        assert_eq!(recent.hashes(6, 7), Some(vec![[7; 32]]));
        assert_eq!((recent.hashes(3, 8), recent.hashes(4, 9)), (None, None));
        recent.extend(vec![record(20, true)]);
        assert_eq!((recent.hashes(4, 8), recent.hashes(19, 20)), (None, Some(vec![[20; 32]])));
    }

    #[test]
    fn the_oldest_hashes_go_first() {
        let recent = Recent::default();
        let most = MAX_HASHES as i64;
        recent.extend((1..=most + 1).map(|seq| record(seq, true)).collect());
        assert_eq!(recent.hashes(0, 1), None);
        assert_eq!(recent.hashes(1, 2), Some(vec![[2; 32]]));
    }

    #[test]
    fn decisions_are_counted_from_where_they_were_counted_before() {
        let recent = Recent::default();
        recent.extend(vec![record(1, true), record(2, false), record(3, true)]);
        assert_eq!(recent.take_tallies(1, 3), None, "one was counted elsewhere");
        assert_eq!(recent.take_tallies(0, 4), None, "one is not here");
        let expected = Tally { allowed: 2, denied: 1 };
        assert_eq!(recent.take_tallies(0, 3), Some(Tallies::from([((HOUR, None), expected)])));
        recent.extend(vec![record(4, true)]);
        let expected = Tally { allowed: 1, denied: 0 };
        assert_eq!(recent.take_tallies(3, 4), Some(Tallies::from([((HOUR, None), expected)])));
    }

    #[test]
    fn what_is_counted_here_is_not_read() {
        let recent = Recent::default();
        recent.extend(vec![record(8, true), record(9, true)]);
        assert_eq!(recent.uncounted(3), Some(7));
        assert_eq!(recent.uncounted(7), None);
        assert!(recent.take_tallies(7, 9).is_some());
        recent.extend(vec![record(10, true)]);
        assert_eq!(recent.uncounted(10), None, "somebody else was faster");
        assert_eq!(recent.take_tallies(9, 10), None);
    }

    #[test]
    fn very_many_people_are_left_to_the_database() {
        let recent = Recent::default();
        let many = (1..=MAX_TALLIES as i64 + 1)
            .map(|seq| Appended { decision: Some(Decided::at(seq * HOUR, None, true)), ..record(seq, true) });
        recent.extend(many.collect());
        assert_eq!(recent.take_tallies(0, MAX_TALLIES as i64 + 1), None);
        assert_eq!(recent.uncounted(0), None);
    }
}

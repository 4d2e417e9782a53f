//! One pass over all pieces in order: from records to hashes, from hashes to the roots that were signed.

use super::piece::{Kind, Piece, piece};
use super::signed::{Expected, Signed, open};
use super::{Finding, PIECE};
use crate::audit::note::VerifierKey;
use crate::error::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt as _, stream};
use kavach_model::merkle::{Frontier, Hash, TILE_HEIGHT, TILE_WIDTH};
use kavach_store::{AuditCheckpoint, AuditTile, Store};
use std::collections::VecDeque;

/// The pass, and what is to be remembered on the way.
pub(super) struct Run<'a> {
    pub(super) store: &'a Store,
    pub(super) keys: Vec<VerifierKey>,
    pub(super) expected: Expected,
    pub(super) frontier: Frontier,
    /// Stored hashes over the tiles to come.
    pub(super) roots: VecDeque<(u64, String)>,
    /// Hashes of full tiles, by level, until there are enough for a tile of the level above.
    pub(super) upper: Vec<Vec<Hash>>,
    /// The greatest size whose root holds.
    pub(super) held: u64,
    pub(super) checkpoints: u64,
    /// A record that is not as its stored hash says.
    pub(super) suspect: Option<Finding>,
    /// Full tiles there should be on the lowest level.
    pub(super) full: u64,
}

impl Run<'_> {
    /// Goes through the records, and the hashes of those that were archived; the first thing wrong with them.
    pub(super) async fn records(
        &mut self,
        kept_after: u64,
        head: u64,
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<Option<Finding>> {
        let parallel = std::thread::available_parallelism().map_or(2, |cores| cores.get() + 1).min(8);
        let (store, full) = (self.store, self.full);
        let pieces = |from: u64, until: u64| {
            (from..until).step_by(PIECE as usize).map(move |start| (start, until.min(start + PIECE)))
        };
        let pieces = pieces(0, kept_after).chain(pieces(kept_after, head));
        let pieces = pieces.map(|(start, end)| piece(store, start, end, full, kept_after));
        let mut pieces = stream::iter(pieces).buffered(parallel);
        while let Some(piece) = pieces.next().await {
            let Piece { mut leaves, roots, fault } = piece?;
            self.roots.extend(roots);
            let certain = match fault {
                Some((finding, Kind::Certain)) => {
                    // Up to here signed roots may still tell of something earlier.
                    leaves.truncate(finding.seq.saturating_sub(self.frontier.size() + 1) as usize);
                    Some(finding)
                }
                Some((finding, Kind::Hash)) => {
                    self.suspect.get_or_insert(finding);
                    None
                }
                None => None,
            };
            for leaf in leaves {
                if let Some(found) = self.leaf(leaf).await? {
                    return Ok(Some(found));
                }
            }
            if let Some(finding) = certain {
                return Ok(Some(self.suspect.take().unwrap_or(finding)));
            }
            progress(self.frontier.size(), head);
        }
        Ok(None)
    }

    /// Adds a leaf and compares what it completes.
    async fn leaf(&mut self, leaf: Hash) -> Result<Option<Finding>> {
        let mut tile = None;
        self.frontier.push(leaf, |node, hash| {
            if node.level == TILE_HEIGHT {
                tile = Some(*hash);
            }
        });
        if let Some(root) = tile
            && let Some(found) = self.tile(root).await?
        {
            return Ok(Some(found));
        }
        let size = self.frontier.size();
        self.expected.refill(self.store).await?;
        while self.expected.next() == Some(size) {
            if let Some(found) = self.compare(size) {
                return Ok(Some(found));
            }
            self.expected.refill(self.store).await?;
        }
        Ok(None)
    }

    /// Takes note of a full tile and compares the tiles this completes on the levels above.
    async fn tile(&mut self, root: Hash) -> Result<Option<Finding>> {
        let index = self.frontier.size() / TILE_WIDTH - 1;
        let stored = self.roots.pop_front_if(|(stored, _)| *stored == index);
        if stored.is_some_and(|(_, stored)| stored != STANDARD.encode(root)) {
            return Ok(Some(self.changed_hashes(index * TILE_WIDTH + 1, TILE_WIDTH)));
        }
        let mut root = root;
        for level in 1.. {
            if self.upper.len() < level {
                self.upper.push(Vec::with_capacity(TILE_WIDTH as usize));
            }
            let Some(hashes) = self.upper.get_mut(level - 1) else { break };
            hashes.push(root);
            if (hashes.len() as u64) < TILE_WIDTH {
                break;
            }
            let hashes = std::mem::take(hashes);
            let covered = TILE_WIDTH.pow(level as u32 + 1);
            let index = self.frontier.size() / covered - 1;
            let tile = AuditTile::new(level as u32, index, &hashes);
            let stored = self.store.read().await?.audit_tiles(tile.level, index, index + 1).await?.pop();
            // It is made after the tiles below it and before a checkpoint over them is signed.
            let due = self.frontier.size() <= self.expected.newest;
            if stored.map_or(due, |stored| stored != tile) {
                return Ok(Some(self.changed_hashes(index * covered + 1, covered)));
            }
            root = kavach_model::merkle::root_of(&hashes);
        }
        Ok(None)
    }

    /// Hashes over hashes do not fit the records, whose own hashes may.
    fn changed_hashes(&mut self, seq: u64, covered: u64) -> Finding {
        let last = seq + covered - 1;
        let problem = format!("the stored hashes over records {seq} to {last} were changed");
        self.suspect.take().unwrap_or(Finding { seq, problem })
    }

    /// Compares the root there is with those that were signed over so many records.
    fn compare(&mut self, size: u64) -> Option<Finding> {
        let root = self.frontier.root();
        let stored = self.expected.stored.front().is_some_and(|checkpoint| checkpoint.size == size);
        let signed = if stored {
            let checkpoint = self.expected.stored.pop_front()?;
            match self.read(&checkpoint) {
                Ok(signed) => signed,
                Err(problem) => return Some(self.suspect.take().unwrap_or(Finding { seq: size, problem })),
            }
        } else {
            self.expected.kept.pop_front()?
        };
        if signed.root == root {
            self.held = size;
            self.checkpoints += 1;
            return self.suspect.take_if(|suspect| suspect.seq <= size).map(|suspect| Finding {
                problem: format!(
                    "{}; yet the records are those that were signed in {}, so it is the stored hashes that were changed",
                    suspect.problem, signed.name
                ),
                ..suspect
            });
        }
        Some(match self.suspect.take_if(|suspect| suspect.seq <= size) {
            Some(suspect) => suspect,
            None => Finding {
                seq: self.held + 1,
                problem: format!(
                    "the records from here to {size} are not those that were signed in {}",
                    signed.name
                ),
            },
        })
    }

    /// A stored checkpoint, if its parts agree and its signature holds.
    fn read(&self, checkpoint: &AuditCheckpoint) -> std::result::Result<Signed, String> {
        let name = format!("the stored checkpoint over {} records", checkpoint.size);
        match open(&self.keys, &checkpoint.note) {
            Ok(signed)
                if signed.size == checkpoint.size && STANDARD.encode(signed.root) == checkpoint.root =>
            {
                Ok(Signed { name, ..signed })
            }
            Ok(_) => Err(format!("{name} says something else in its columns than in its signed note")),
            Err(why) => Err(format!("{name} {why}")),
        }
    }

    /// What must not be there after the last record.
    pub(super) async fn end(&mut self, head: u64, sealed: u64) -> Result<Option<Finding>> {
        if let Some(suspect) = self.suspect.take() {
            return Ok(Some(suspect));
        }
        self.expected.refill(self.store).await?;
        let seq = head + 1;
        let cut = |problem: String| Ok(Some(Finding { seq, problem }));
        if let Some(size) = self.expected.next() {
            let kept = self.expected.kept.front().filter(|signed| signed.size == size);
            let name = kept.map_or_else(|| "a stored checkpoint".to_owned(), |signed| signed.name.clone());
            return cut(format!("the log ends at record {head}, but {name} was signed over {size} records"));
        }
        if sealed > head {
            return cut(format!("the log ends at record {head}, but hashes of {sealed} records were sealed"));
        }
        Ok(None)
    }
}

//! The roots somebody signed, which the log has to lead to: stored checkpoints, kept ones, statements about archives.

use super::{CHECKPOINTS, Finding, Kept};
use crate::audit::archive::statement_line;
use crate::audit::note::VerifierKey;
use crate::error::{Error, Result};
use kavach_model::merkle::{Hash, TILE_WIDTH};
use kavach_store::{AuditArchive, AuditCheckpoint, Store};
use std::collections::VecDeque;

/// A root somebody signed.
pub(super) struct Signed {
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) name: String,
}

/// What was signed about the archives of everything up to a position; and the first record that should be in one and is
/// in none, as far as signatures tell.
pub(super) fn statements(
    archives: &[AuditArchive],
    kept_after: u64,
    keys: &[VerifierKey],
) -> (Vec<Signed>, Option<Finding>) {
    let (mut signed, mut stated) = (Vec::new(), 0);
    for archive in archives {
        let line = statement_line(archive.first, &archive.digest);
        let opened = keys.iter().find_map(|key| key.open(&archive.statement).ok());
        let fits = opened.filter(|tree| {
            tree.size == archive.last && tree.extension.iter().map(String::as_str).eq(line.lines())
        });
        let Some(tree) = fits.filter(|_| archive.first == stated + 1) else { break };
        stated = tree.size;
        let name = format!("the statement about {}", archive.file);
        signed.push(Signed { size: tree.size, root: tree.root, name });
    }
    if stated >= kept_after && kept_after.is_multiple_of(TILE_WIDTH) {
        return (signed, None);
    }
    let problem = "the record is not in the log, and no archive that was signed has it".to_owned();
    (signed, Some(Finding { seq: stated.min(kept_after) + 1, problem }))
}

pub(super) fn open_kept(keys: &[VerifierKey], kept: &Kept) -> Result<Signed> {
    let opened = open(keys, &kept.note).map_err(|why| Error::Fault(format!("{}: {why}", kept.name)))?;
    Ok(Signed { name: format!("the checkpoint {}", kept.name), ..opened })
}

pub(super) fn open(keys: &[VerifierKey], note: &str) -> std::result::Result<Signed, String> {
    let mut problem = String::new();
    for key in keys {
        match key.open(note) {
            Ok(tree) => return Ok(Signed { size: tree.size, root: tree.root, name: String::new() }),
            Err(error) => problem = error.to_string(),
        }
    }
    Err(problem)
}

/// The roots still to come, by size.
pub(super) struct Expected {
    pub(super) kept: VecDeque<Signed>,
    pub(super) stored: VecDeque<AuditCheckpoint>,
    read_to: u64,
    /// Later ones were made while this runs.
    pub(super) newest: u64,
}

impl Expected {
    pub(super) fn new(mut kept: Vec<Signed>, newest: u64) -> Self {
        // Every log continues the empty one.
        kept.retain(|signed| signed.size > 0);
        kept.sort_by_key(|signed| signed.size);
        Self { kept: kept.into(), stored: VecDeque::new(), read_to: 0, newest }
    }

    pub(super) async fn refill(&mut self, store: &Store) -> Result<()> {
        if self.stored.is_empty() && self.read_to < self.newest {
            let more = store.read().await?.audit_checkpoints(self.read_to, CHECKPOINTS).await?;
            self.read_to = more.last().map_or(self.newest, |last| last.size);
            self.stored.extend(more.into_iter().filter(|checkpoint| checkpoint.size <= self.newest));
        }
        Ok(())
    }

    /// The size of the next one that was read.
    pub(super) fn next(&self) -> Option<u64> {
        let kept = self.kept.front().map(|signed| signed.size);
        let stored = self.stored.front().map(|checkpoint| checkpoint.size);
        kept.into_iter().chain(stored).min()
    }
}

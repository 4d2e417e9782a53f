//! Checking the whole audit log from the records themselves: `kavach audit verify`.
//!
//! One pass in order, in bounded memory, a few pieces at a time in parallel. Everything is recomputed: positions
//! without gaps, columns that say what their record says, hashes as they were sealed, roots as they were signed.
//! What is found first is told, with the position where it begins. A checkpoint that was kept elsewhere shows what the
//! database alone cannot: that its end was cut off together with the checkpoints over it.
//!
//! Of records that were archived only the sealed hashes are here: everything over those is checked just the same, and
//! that an archive which was signed has them. [`crate::audit::archive::verify_files`] looks into the files.
//!
//! Where a hash was sealed for the record, a change is found to the record. Where hashes were changed along with it,
//! only the signed roots remain, and then the first record after the last root that holds is named.

mod pass;
mod piece;
mod signed;

use crate::audit::ledger::Ledger;
use crate::audit::note::VerifierKey;
use crate::error::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kavach_model::merkle::{Frontier, TILE_WIDTH};
use pass::Run;
use serde::Serialize;
use signed::{Expected, open_kept, statements};
use std::collections::VecDeque;

/// Records of one piece; a multiple of [`TILE_WIDTH`].
const PIECE: u64 = 1_024;
/// Checkpoints read at a time.
const CHECKPOINTS: u32 = 256;

/// A checkpoint that was kept elsewhere.
#[derive(Debug, Clone)]
pub struct Kept {
    /// How to call it, such as its file.
    pub name: String,
    /// The signed note.
    pub note: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Whether everything holds.
    pub intact: bool,
    /// Records that were checked.
    pub records: u64,
    /// Root over all of them, base64; absent where not all could be.
    pub root: Option<String>,
    /// Checkpoints that hold, stored and kept ones.
    pub checkpoints: u64,
    /// Records after the newest checkpoint, whose hashes nobody signed yet.
    pub unsigned: u64,
    /// The first thing that is wrong.
    pub finding: Option<Finding>,
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Where it begins.
    pub seq: u64,
    /// What it is.
    pub problem: String,
}

impl Report {
    /// Adds what was found elsewhere; what begins first is told.
    pub fn note(&mut self, found: Option<Finding>) {
        let finding = self.finding.take().into_iter().chain(found).min_by_key(|finding| finding.seq);
        if finding.is_some() {
            (self.intact, self.root) = (false, None);
        }
        self.finding = finding;
    }
}

/// Checks everything. `keys` are earlier keys of this log, beside its present one.
pub async fn verify(
    ledger: &Ledger,
    kept: &[Kept],
    keys: &[VerifierKey],
    progress: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Report> {
    let mut all_keys = vec![ledger.verifier().clone()];
    all_keys.extend_from_slice(keys);
    let kept = kept.iter().map(|kept| open_kept(&all_keys, kept)).collect::<Result<Vec<_>>>()?;
    // The end comes last: a log that is in use may have grown beyond what was sealed, never the other way.
    let mut conn = ledger.store().read().await?;
    let newest = conn.last_audit_checkpoint().await?.map_or(0, |newest| newest.size);
    let full = conn.full_audit_tiles(0).await?;
    let tiles = conn.audit_tiles(0, full, full + 1).await?;
    let kept_after = conn.audit_kept_after().await?;
    let (first, head) = conn.audit_ends().await?.unwrap_or((kept_after + 1, kept_after));
    let archives = conn.audit_archives().await?;
    drop(conn);
    let (statements, unstated) = statements(&archives, kept_after, &all_keys);
    let kept = kept.into_iter().chain(statements).collect();
    let sealed = full * TILE_WIDTH + tiles.first().map_or(0, |tile| tile.width.min(TILE_WIDTH));
    let mut run = Run {
        store: ledger.store(),
        keys: all_keys,
        expected: Expected::new(kept, newest),
        frontier: Frontier::default(),
        roots: VecDeque::new(),
        upper: Vec::new(),
        held: 0,
        checkpoints: 0,
        suspect: None,
        full,
    };
    let finding = if first <= kept_after || first == 0 {
        Some(Finding { seq: first, problem: "a record stands before the first one".to_owned() })
    } else {
        run.records(kept_after, head.max(kept_after), progress).await?
    };
    let finding = finding.into_iter().chain(unstated).min_by_key(|finding| finding.seq);
    let finding = match finding {
        None => run.end(head, sealed).await?,
        found => found,
    };
    Ok(Report {
        intact: finding.is_none(),
        records: run.frontier.size(),
        root: finding.is_none().then(|| STANDARD.encode(run.frontier.root())),
        checkpoints: run.checkpoints,
        unsigned: run.frontier.size().saturating_sub(run.held),
        finding,
    })
}

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

use crate::audit::archive::statement_line;
use crate::audit::ledger::Ledger;
use crate::audit::note::VerifierKey;
use crate::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt as _, stream};
use kavach_model::merkle::{Frontier, Hash, TILE_HEIGHT, TILE_WIDTH, leaf_hash};
use kavach_store::{AuditArchive, AuditCheckpoint, AuditText, AuditTile, Store, StoreError, StoredRecord};
use serde::Serialize;
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

/// A root somebody signed.
struct Signed {
    size: u64,
    root: Hash,
    name: String,
}

/// A piece of the log, hashed and looked at by itself.
#[derive(Default)]
struct Piece {
    leaves: Vec<Hash>,
    /// Hashes over the full tiles in it as they are stored, with the number of the tile.
    roots: Vec<(u64, String)>,
    /// The first thing wrong in it, and whether only the stored hash says so.
    fault: Option<(Finding, Kind)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The record itself shows it.
    Certain,
    /// Record and stored hash differ: a signed root tells which of them was changed.
    Hash,
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

/// What was signed about the archives of everything up to a position; and the first record that should be in one and is
/// in none, as far as signatures tell.
fn statements(
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

fn open_kept(keys: &[VerifierKey], kept: &Kept) -> Result<Signed> {
    let opened = open(keys, &kept.note).map_err(|why| Error::Fault(format!("{}: {why}", kept.name)))?;
    Ok(Signed { name: format!("the checkpoint {}", kept.name), ..opened })
}

fn open(keys: &[VerifierKey], note: &str) -> std::result::Result<Signed, String> {
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
struct Expected {
    kept: VecDeque<Signed>,
    stored: VecDeque<AuditCheckpoint>,
    read_to: u64,
    /// Later ones were made while this runs.
    newest: u64,
}

impl Expected {
    fn new(mut kept: Vec<Signed>, newest: u64) -> Self {
        // Every log continues the empty one.
        kept.retain(|signed| signed.size > 0);
        kept.sort_by_key(|signed| signed.size);
        Self { kept: kept.into(), stored: VecDeque::new(), read_to: 0, newest }
    }

    async fn refill(&mut self, store: &Store) -> Result<()> {
        if self.stored.is_empty() && self.read_to < self.newest {
            let more = store.read().await?.audit_checkpoints(self.read_to, CHECKPOINTS).await?;
            self.read_to = more.last().map_or(self.newest, |last| last.size);
            self.stored.extend(more.into_iter().filter(|checkpoint| checkpoint.size <= self.newest));
        }
        Ok(())
    }

    /// The size of the next one that was read.
    fn next(&self) -> Option<u64> {
        let kept = self.kept.front().map(|signed| signed.size);
        let stored = self.stored.front().map(|checkpoint| checkpoint.size);
        kept.into_iter().chain(stored).min()
    }
}

struct Run<'a> {
    store: &'a Store,
    keys: Vec<VerifierKey>,
    expected: Expected,
    frontier: Frontier,
    /// Stored hashes over the tiles to come.
    roots: VecDeque<(u64, String)>,
    /// Hashes of full tiles, by level, until there are enough for a tile of the level above.
    upper: Vec<Vec<Hash>>,
    /// The greatest size whose root holds.
    held: u64,
    checkpoints: u64,
    /// A record that is not as its stored hash says.
    suspect: Option<Finding>,
    /// Full tiles there should be on the lowest level.
    full: u64,
}

impl Run<'_> {
    /// Goes through the records, and the hashes of those that were archived; the first thing wrong with them.
    async fn records(
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
    async fn end(&mut self, head: u64, sealed: u64) -> Result<Option<Finding>> {
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

/// Looks at a piece, of which some may be archived meanwhile.
async fn piece(store: &Store, after: u64, until: u64, full: u64, kept_after: u64) -> Result<Piece> {
    if until <= kept_after {
        return archived(store, after, until).await;
    }
    let piece = kept(store, after, until, full).await?;
    let certain = piece.fault.as_ref().is_some_and(|(_, kind)| *kind == Kind::Certain);
    if !certain {
        return Ok(piece);
    }
    let kept_after = store.read().await?.audit_kept_after().await?.min(until) / TILE_WIDTH * TILE_WIDTH;
    if kept_after <= after {
        return Ok(piece);
    }
    let mut whole = archived(store, after, kept_after).await?;
    if whole.fault.is_none() && kept_after < until {
        let rest = kept(store, kept_after, until, full).await?;
        whole.leaves.extend(rest.leaves);
        whole.roots.extend(rest.roots);
        whole.fault = rest.fault;
    }
    Ok(whole)
}

/// The sealed hashes of records that were archived, which begin and end with a tile.
async fn archived(store: &Store, after: u64, until: u64) -> Result<Piece> {
    let (from, to) = (after / TILE_WIDTH, until.div_ceil(TILE_WIDTH));
    let mut tiles = store.read().await?.audit_tiles(0, from, to).await?.into_iter().peekable();
    let mut piece = Piece::default();
    for index in from..to {
        let tile = tiles.next_if(|tile| tile.index == index && tile.width == TILE_WIDTH);
        let Some((root, hashes)) = tile.and_then(|tile| Some((tile.root.clone(), tile.decode()?))) else {
            let (first, last) = (index * TILE_WIDTH + 1, (index + 1) * TILE_WIDTH);
            piece.certain(
                first,
                &format!(
                    "the stored hashes of the archived records {first} to {last} are missing or changed"
                ),
            );
            return Ok(piece);
        };
        piece.leaves.extend(hashes);
        piece.roots.push((index, root));
    }
    Ok(piece)
}

/// Reads a piece and looks at it, on a thread where that keeps nobody waiting.
async fn kept(store: &Store, after: u64, until: u64, full: u64) -> Result<Piece> {
    let mut conn = store.read().await?;
    let tiles = conn.audit_tiles(0, after / TILE_WIDTH, until.div_ceil(TILE_WIDTH)).await?;
    let text = match conn.audit_text(after, until).await {
        Err(StoreError::Unavailable(why)) => return Err(StoreError::Unavailable(why).into()),
        // What is no text in a column of text cannot be joined.
        other => other.ok(),
    };
    drop(conn);
    let looked = tokio::task::spawn_blocking(move || {
        let records = text.as_ref().and_then(AuditText::records);
        let piece = records.and_then(|records| look(records, after, until));
        (piece, tiles)
    });
    let (piece, tiles) = looked.await.map_err(|error| Error::Fault(format!("verification: {error}")))?;
    let mut piece = match piece {
        Some(piece) => piece,
        None => one_by_one(store, after, until).await?,
    };
    compare_tiles(&mut piece, &tiles, after, full);
    Ok(piece)
}

/// Looks at records that should be those after one position up to another; None when one cannot be told from the next.
fn look<'a>(
    records: impl Iterator<Item = Option<StoredRecord<'a>>>,
    after: u64,
    until: u64,
) -> Option<Piece> {
    let mut piece = Piece { leaves: Vec::with_capacity((until - after) as usize), ..Piece::default() };
    let mut expected = after;
    for record in records {
        let record = record?;
        expected += 1;
        if u64::try_from(record.seq) != Ok(expected) {
            piece.certain(expected, "the record is missing");
            return Some(piece);
        }
        piece.leaves.push(leaf_hash(record.body.as_bytes()));
        if let Some(problem) = record.fault(expected) {
            piece.certain(expected, &problem);
            return Some(piece);
        }
    }
    if expected < until {
        piece.certain(expected + 1, "the record is missing");
    }
    Some(piece)
}

/// The same, where the database could not join the rows or the rows hold what Kavach never writes.
async fn one_by_one(store: &Store, after: u64, until: u64) -> Result<Piece> {
    let mut piece = Piece::default();
    for seq in after + 1..=until {
        let mut conn = store.read().await?;
        match conn.stored_audit(seq).await {
            Ok(Some(record)) => {
                piece.leaves.push(leaf_hash(record.body.as_bytes()));
                if let Some(problem) = record.fault(seq) {
                    piece.certain(seq, &problem);
                    return Ok(piece);
                }
            }
            Ok(None) => {
                piece.certain(seq, "the record is missing");
                return Ok(piece);
            }
            Err(StoreError::Unavailable(why)) => return Err(StoreError::Unavailable(why).into()),
            Err(error) => {
                piece.certain(seq, &format!("the record cannot be read ({error})"));
                return Ok(piece);
            }
        }
    }
    Ok(piece)
}

/// Compares the hashes of a piece with those that were sealed.
fn compare_tiles(piece: &mut Piece, tiles: &[AuditTile], after: u64, full: u64) {
    let whole = tiles.iter().filter(|tile| tile.width == TILE_WIDTH);
    piece.roots = whole.map(|tile| (tile.index, tile.root.clone())).collect();
    for (index, leaves) in (after / TILE_WIDTH..).zip(piece.leaves.chunks(TILE_WIDTH as usize)) {
        let first = index * TILE_WIDTH + 1;
        let found = match tiles.iter().find(|tile| tile.index == index) {
            Some(stored) => differing(stored, leaves, first, index < full),
            None if index < full && leaves.len() as u64 == TILE_WIDTH => {
                let last = first + TILE_WIDTH - 1;
                Some((first, format!("the stored hashes of records {first} to {last} are missing")))
            }
            None => None,
        };
        if let Some((seq, problem)) = found {
            match &mut piece.fault {
                Some((fault, _)) if fault.seq == seq => {
                    fault.problem = format!("{problem}; {}", fault.problem)
                }
                Some((fault, _)) if fault.seq < seq => {}
                later => *later = Some((Finding { seq, problem }, Kind::Hash)),
            }
            return;
        }
    }
}

fn differing(stored: &AuditTile, leaves: &[Hash], first: u64, full: bool) -> Option<(u64, String)> {
    let readable = stored.decode().filter(|_| !full || stored.width == TILE_WIDTH);
    let Some(hashes) = readable else {
        return Some((first, format!("the stored hashes from record {first} on were changed")));
    };
    let place = hashes.iter().zip(leaves).position(|(sealed, found)| sealed != found)?;
    Some((first + place as u64, "the record is not the one whose hash was sealed here".to_owned()))
}

impl Piece {
    fn certain(&mut self, seq: u64, problem: &str) {
        self.fault = Some((Finding { seq, problem: problem.to_owned() }, Kind::Certain));
    }
}

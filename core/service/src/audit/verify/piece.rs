//! A piece of the log by itself: its records as they stand beside their columns and their sealed hashes.

use super::Finding;
use crate::error::{Error, Result};
use kavach_model::merkle::{Hash, TILE_WIDTH, leaf_hash};
use kavach_store::{AuditText, AuditTile, Store, StoreError, StoredRecord};

/// A piece of the log, hashed and looked at by itself.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) leaves: Vec<Hash>,
    /// Hashes over the full tiles in it as they are stored, with the number of the tile.
    pub(super) roots: Vec<(u64, String)>,
    /// The first thing wrong in it, and whether only the stored hash says so.
    pub(super) fault: Option<(Finding, Kind)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The record itself shows it.
    Certain,
    /// Record and stored hash differ: a signed root tells which of them was changed.
    Hash,
}

/// Looks at a piece, of which some may be archived meanwhile.
pub(super) async fn piece(
    store: &Store,
    after: u64,
    until: u64,
    full: u64,
    kept_after: u64,
) -> Result<Piece> {
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

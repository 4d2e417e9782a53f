//! What is kept of the audit log's Merkle tree: tiles of 256 hashes and signed checkpoints.
//!
//! Written beside the log, never with it, by any process that finds something to add: every statement adds, keeps the
//! longer of two tiles, and does nothing where another process was first. Hashes that no tile holds yet, at most 255
//! on a level, come from the records or from the tiles one level below.

use crate::db::{Conn, Row, sql};
use crate::error::{Result, StoreError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kavach_model::Timestamp;
use kavach_model::merkle::{Hash, Node, Subtrees, TILE_HEIGHT, TILE_WIDTH, leaf_hash, root_of};
use std::collections::HashMap;

/// Tiles written in one statement.
const TILES_AT_ONCE: usize = 64;

/// A tile as it is stored; whether its parts agree is for whoever reads it to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditTile {
    /// Which level: of 256^level records each.
    pub level: u32,
    /// Which one, from the left.
    pub index: u64,
    /// The hash over it, base64; empty unless the tile is full.
    pub root: String,
    /// Its hashes, base64.
    pub hashes: String,
    /// How many they are.
    pub width: u64,
}

/// A signed state of the log as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCheckpoint {
    /// Records in the log.
    pub size: u64,
    /// Root over them, base64.
    pub root: String,
    /// The signed text.
    pub note: String,
    /// When it was made.
    pub at: Timestamp,
}

/// The tree over what is stored; remembers the tiles it read.
pub struct AuditTree<'a> {
    conn: &'a mut Conn,
    tiles: HashMap<(u32, u64), Vec<Hash>>,
}

impl AuditTile {
    /// A tile of these hashes.
    pub fn new(level: u32, index: u64, hashes: &[Hash]) -> Self {
        let width = hashes.len() as u64;
        let root = if width == TILE_WIDTH { STANDARD.encode(root_of(hashes)) } else { String::new() };
        Self { level, index, root, hashes: STANDARD.encode(hashes.as_flattened()), width }
    }

    /// Its hashes; None when the text is not what it says it is.
    pub fn decode(&self) -> Option<Vec<Hash>> {
        let bytes = STANDARD.decode(&self.hashes).ok()?;
        let (hashes, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && hashes.len() as u64 == self.width).then(|| hashes.to_vec())
    }
}

impl Conn {
    /// The tree over what this connection reads.
    pub fn audit_tree(&mut self) -> AuditTree<'_> {
        AuditTree { conn: self, tiles: HashMap::new() }
    }

    /// Positions and exact texts of the records after one position up to another.
    pub async fn audit_bodies(&mut self, after: u64, until: u64) -> Result<Vec<(u64, String)>> {
        let query = sql("SELECT seq, body FROM audit_log WHERE seq > $1 AND seq <= $2 ORDER BY seq");
        let rows = self.all(query.bind(whole(after)).bind(whole(until))).await?;
        rows.iter().map(|row| Ok((natural(row, "seq")?, row.text("body")?))).collect()
    }

    /// The hashes of the records after one position up to another, all of which must be there.
    pub async fn audit_leaves(&mut self, after: u64, until: u64) -> Result<Vec<Hash>> {
        let bodies = self.audit_bodies(after, until).await?;
        let contiguous = bodies.iter().zip(after + 1..).all(|((seq, _), expected)| *seq == expected);
        if !contiguous || bodies.len() as u64 != until.saturating_sub(after) {
            return Err(StoreError::Inconsistent { column: "audit_log.seq" });
        }
        Ok(bodies.iter().map(|(_, body)| leaf_hash(body.as_bytes())).collect())
    }

    /// How many full tiles a level has.
    pub async fn full_audit_tiles(&mut self, level: u32) -> Result<u64> {
        let query = sql("SELECT idx, width FROM audit_tiles WHERE level = $1 ORDER BY idx DESC LIMIT 1");
        let Some(row) = self.first(query.bind(i64::from(level))).await? else { return Ok(0) };
        Ok(natural(&row, "idx")? + u64::from(natural(&row, "width")? == TILE_WIDTH))
    }

    /// Tiles of a level from one index up to, not including, another.
    pub async fn audit_tiles(&mut self, level: u32, from: u64, until: u64) -> Result<Vec<AuditTile>> {
        let query = sql("SELECT idx, width, root, hashes FROM audit_tiles
             WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx")
        .bind(i64::from(level))
        .bind(whole(from))
        .bind(whole(until));
        let read = |row: &Row| {
            Ok(AuditTile {
                level,
                index: natural(row, "idx")?,
                root: row.text("root")?,
                hashes: row.text("hashes")?,
                width: natural(row, "width")?,
            })
        };
        self.all(query).await?.iter().map(read).collect()
    }

    /// The hashes over full tiles of a level from one index up to, not including, another.
    pub async fn audit_tile_roots(&mut self, level: u32, from: u64, until: u64) -> Result<Vec<Hash>> {
        let query = sql("SELECT idx, root FROM audit_tiles
             WHERE level = $1 AND idx >= $2 AND idx < $3 AND width = 256 ORDER BY idx")
        .bind(i64::from(level))
        .bind(whole(from))
        .bind(whole(until));
        let rows = self.all(query).await?;
        let damaged = StoreError::Inconsistent { column: "audit_tiles.root" };
        let roots: Option<Vec<Hash>> = rows
            .iter()
            .zip(from..)
            .map(|(row, expected)| {
                let root = STANDARD.decode(row.text("root").ok()?).ok()?;
                (natural(row, "idx").ok()? == expected).then(|| root.try_into().ok()).flatten()
            })
            .collect();
        roots.ok_or(damaged)
    }

    /// Adds tiles. One that is there gives way only to a longer one.
    pub async fn put_audit_tiles(&mut self, tiles: &[AuditTile]) -> Result<()> {
        for group in tiles.chunks(TILES_AT_ONCE) {
            let mut query = sql("INSERT INTO audit_tiles (level, idx, width, root, hashes) VALUES ");
            for (place, tile) in group.iter().enumerate() {
                query = query
                    .push(if place == 0 { "(" } else { ", (" })
                    .parameter(i64::from(tile.level))
                    .push(", ")
                    .parameter(whole(tile.index))
                    .push(", ")
                    .parameter(whole(tile.width))
                    .push(", ")
                    .parameter(tile.root.as_str())
                    .push(", ")
                    .parameter(tile.hashes.as_str())
                    .push(")");
            }
            let query = query.push(
                " ON CONFLICT (level, idx) DO UPDATE
                 SET width = excluded.width, root = excluded.root, hashes = excluded.hashes
                 WHERE excluded.width > audit_tiles.width",
            );
            self.execute(query).await?;
        }
        Ok(())
    }

    /// The newest checkpoint.
    pub async fn last_audit_checkpoint(&mut self) -> Result<Option<AuditCheckpoint>> {
        let row = self
            .first(sql("SELECT size, root, note, at FROM audit_checkpoints ORDER BY size DESC LIMIT 1"))
            .await?;
        row.as_ref().map(read_checkpoint).transpose()
    }

    /// The checkpoint of exactly this size.
    pub async fn audit_checkpoint(&mut self, size: u64) -> Result<Option<AuditCheckpoint>> {
        let query = sql("SELECT size, root, note, at FROM audit_checkpoints WHERE size = $1");
        self.first(query.bind(whole(size))).await?.as_ref().map(read_checkpoint).transpose()
    }

    /// Checkpoints beyond a size, smallest first.
    pub async fn audit_checkpoints(&mut self, after: u64, limit: u32) -> Result<Vec<AuditCheckpoint>> {
        let query =
            sql("SELECT size, root, note, at FROM audit_checkpoints WHERE size > $1 ORDER BY size LIMIT $2");
        let rows = self.all(query.bind(whole(after)).bind(i64::from(limit))).await?;
        rows.iter().map(read_checkpoint).collect()
    }

    /// Adds a checkpoint; the first of a size stays.
    pub async fn put_audit_checkpoint(&mut self, checkpoint: &AuditCheckpoint) -> Result<()> {
        let query = sql("INSERT INTO audit_checkpoints (size, root, note, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (size) DO NOTHING")
        .bind(whole(checkpoint.size))
        .bind(checkpoint.root.as_str())
        .bind(checkpoint.note.as_str())
        .bind(checkpoint.at);
        self.execute(query).await?;
        Ok(())
    }
}

impl AuditTree<'_> {
    /// Forgets what it read, so that a long walk needs no more memory than a short one.
    pub fn forget(&mut self) {
        self.tiles.clear();
    }

    /// The connection it reads with.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// The hashes of a tile, stored or still to be.
    async fn tile(&mut self, level: u32, index: u64) -> Result<&[Hash]> {
        if !self.tiles.contains_key(&(level, index)) {
            let hashes = self.read_tile(level, index).await?;
            self.tiles.insert((level, index), hashes);
        }
        Ok(self.tiles.get(&(level, index)).map(Vec::as_slice).unwrap_or_default())
    }

    async fn read_tile(&mut self, level: u32, index: u64) -> Result<Vec<Hash>> {
        let stored = self.conn.audit_tiles(level, index, index + 1).await?.pop();
        if let Some(tile) = stored.filter(|tile| tile.width == TILE_WIDTH) {
            return tile.decode().ok_or(StoreError::Inconsistent { column: "audit_tiles.hashes" });
        }
        let (from, until) = (index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
        if level > 0 {
            return self.conn.audit_tile_roots(level - 1, from, until).await;
        }
        let bodies = self.conn.audit_bodies(from, until).await?;
        if bodies.iter().zip(from + 1..).any(|((seq, _), expected)| *seq != expected) {
            return Err(StoreError::Inconsistent { column: "audit_log.seq" });
        }
        Ok(bodies.iter().map(|(_, body)| leaf_hash(body.as_bytes())).collect())
    }
}

impl Subtrees for AuditTree<'_> {
    type Error = StoreError;

    async fn hashes(&mut self, nodes: &[Node]) -> Result<Vec<Hash>> {
        let mut hashes = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (level, height) = (node.level / TILE_HEIGHT, node.level % TILE_HEIGHT);
            let first = node.index << height;
            let tile = self.tile(level, first / TILE_WIDTH).await?;
            let start = (first % TILE_WIDTH) as usize;
            let part = tile.get(start..start + (1 << height));
            hashes.push(root_of(part.ok_or(StoreError::Inconsistent { column: "audit_tiles" })?));
        }
        Ok(hashes)
    }
}

fn read_checkpoint(row: &Row) -> Result<AuditCheckpoint> {
    Ok(AuditCheckpoint {
        size: natural(row, "size")?,
        root: row.text("root")?,
        note: row.text("note")?,
        at: row.time("at")?,
    })
}

/// A number as the database takes it; logs do not grow beyond.
pub(crate) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn natural(row: &Row, name: &'static str) -> Result<u64> {
    u64::try_from(row.int(name)?).map_err(|_| StoreError::Inconsistent { column: name })
}

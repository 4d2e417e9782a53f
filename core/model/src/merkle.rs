//! The Merkle tree over the audit log: roots, proofs that a record is in it, proofs that a later tree continues an
//! earlier one, and what checks them (RFC 6962 section 2.1, RFC 9162 sections 2.1.3 and 2.1.4).
//!
//! Leaf `n` is the record at position `n + 1` of the log. A hash that is needed to prove something is the hash of one
//! or a few *complete* subtrees, named by a [`Node`]; where those come from is the business of [`Subtrees`]. A proof
//! asks for O(log n) of them, once.
//!
//! Nothing here reads, writes or signs.

use sha2::{Digest, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// Levels of the tree a stored tile covers: 256 hashes of one level, as in C2SP tlog-tiles.
pub const TILE_HEIGHT: u32 = 8;
/// Hashes in a full tile.
pub const TILE_WIDTH: u64 = 1 << TILE_HEIGHT;

/// A complete subtree: the one over the leaves `index << level` up to `(index + 1) << level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// 0 for a leaf.
    pub level: u32,
    /// Counted from the left, from 0.
    pub index: u64,
}

/// Where the hashes of complete subtrees are read.
pub trait Subtrees {
    /// Why one could not be read.
    type Error;

    /// The hashes of these subtrees, in order. All of them are complete.
    fn hashes(&mut self, nodes: &[Node]) -> impl Future<Output = Result<Vec<Hash>, Self::Error>> + Send;
}

/// The hash of a record: SHA-256 of a zero byte and the exact text.
pub fn leaf_hash(body: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(body).finalize().into()
}

/// The hash of two neighbours: SHA-256 of a one byte and both.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a log without records.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The root over hashes that stand side by side; that of an empty log for none.
pub fn root_of(hashes: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    hashes.iter().for_each(|hash| frontier.push(*hash, |_, _| {}));
    frontier.root()
}

/// The complete subtrees over leaves `start` up to `end`, from left to right. `start` is a multiple of a power of two
/// that is at least `end - start`, or 0, as it is of every range a proof is made of.
fn pieces(start: u64, end: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut at = start;
    while at < end {
        let level = (end - at).ilog2();
        nodes.push(Node { level, index: at >> level });
        at += 1 << level;
    }
    nodes
}

/// Joins the hashes of [`pieces`].
fn join(hashes: &[Hash]) -> Hash {
    let mut hashes = hashes.iter().rev();
    let Some(last) = hashes.next() else { return empty_root() };
    hashes.fold(*last, |right, left| node_hash(left, &right))
}

/// The hash over each range of leaves, read at once.
async fn over<S: Subtrees>(subtrees: &mut S, ranges: &[(u64, u64)]) -> Result<Vec<Hash>, S::Error> {
    let parts: Vec<Vec<Node>> = ranges.iter().map(|(start, end)| pieces(*start, *end)).collect();
    let hashes = subtrees.hashes(&parts.concat()).await?;
    let mut rest = hashes.as_slice();
    let joined = parts.iter().map(|part| {
        let (mine, others) = rest.split_at(part.len().min(rest.len()));
        rest = others;
        join(mine)
    });
    Ok(joined.collect())
}

/// The root of the tree over the first `size` leaves.
pub async fn root<S: Subtrees>(subtrees: &mut S, size: u64) -> Result<Hash, S::Error> {
    Ok(over(subtrees, &[(0, size)]).await?.first().copied().unwrap_or_else(empty_root))
}

/// The complete subtrees that stand for everything before leaf `start`: with their hashes a [`Frontier`] goes on
/// from there without the leaves.
pub fn before(start: u64) -> Vec<Node> {
    pieces(0, start)
}

/// Proves that leaf `index` is in the tree over the first `size` leaves; None when it is not.
pub async fn inclusion_proof<S: Subtrees>(
    subtrees: &mut S,
    index: u64,
    size: u64,
) -> Result<Option<Vec<Hash>>, S::Error> {
    if index >= size {
        return Ok(None);
    }
    // From the root down: the half that does not hold the leaf is what the proof is made of.
    let (mut start, mut end, mut ranges) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
        }
    }
    ranges.reverse();
    over(subtrees, &ranges).await.map(Some)
}

/// Proves that the tree over the first `to` leaves continues the one over the first `from`; None unless
/// `0 < from <= to`.
pub async fn consistency_proof<S: Subtrees>(
    subtrees: &mut S,
    from: u64,
    to: u64,
) -> Result<Option<Vec<Hash>>, S::Error> {
    if from == 0 || from > to {
        return Ok(None);
    }
    let (mut start, mut end, mut whole, mut ranges) = (0, to, true, Vec::new());
    while from != end {
        let middle = start + split(end - start);
        if from <= middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
            whole = false;
        }
    }
    // The earlier tree is a subtree here; whoever checks knows its hash only if it is the whole earlier tree.
    if !whole {
        ranges.push((start, end));
    }
    ranges.reverse();
    over(subtrees, &ranges).await.map(Some)
}

/// The largest power of two below `width`, which is at least 2.
fn split(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}

/// Whether `proof` shows that `leaf` is at `index` in the tree of this size and root (RFC 9162 section 2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of size `to` continues the one of size `from` (RFC 9162 section 2.1.4.2).
pub fn verify_consistency(from: u64, to: u64, from_root: &Hash, to_root: &Hash, proof: &[Hash]) -> bool {
    if from == 0 || from > to {
        return false;
    }
    if from == to {
        return proof.is_empty() && from_root == to_root;
    }
    // An earlier tree that is complete is its own first hash.
    let mut hashes = from.is_power_of_two().then_some(from_root).into_iter().chain(proof);
    let Some(first) = hashes.next() else { return false };
    let (mut at, mut last) = (from - 1, to - 1);
    let complete = at.trailing_ones();
    (at, last) = (at >> complete, last >> complete);
    let (mut old, mut new) = (*first, *first);
    for hash in hashes {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            (old, new) = (node_hash(hash, &old), node_hash(hash, &new));
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            new = node_hash(&new, hash);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && old == *from_root && new == *to_root
}

/// A tree that grows leaf by leaf and remembers only its right edge: one hash for each complete subtree of the
/// greatest size.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    size: u64,
    edge: Vec<Hash>,
}

impl Frontier {
    /// A tree whose first `size` leaves are known only by the hashes of [`before`]`(size)`; None when there are more
    /// or fewer hashes than that.
    pub fn after(size: u64, edge: Vec<Hash>) -> Option<Self> {
        (edge.len() == size.count_ones() as usize).then_some(Self { size, edge })
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; tells of every subtree this completes, from the leaf upwards.
    pub fn push(&mut self, leaf: Hash, mut completed: impl FnMut(Node, &Hash)) {
        let mut node = Node { level: 0, index: self.size };
        let mut hash = leaf;
        completed(node, &hash);
        while node.index & 1 == 1 {
            let Some(left) = self.edge.pop() else { break };
            hash = node_hash(&left, &hash);
            node = Node { level: node.level + 1, index: node.index >> 1 };
            completed(node, &hash);
        }
        self.edge.push(hash);
        self.size += 1;
    }

    /// The root of what there is so far.
    pub fn root(&self) -> Hash {
        join(&self.edge)
    }
}

#[cfg(test)]
mod tests;

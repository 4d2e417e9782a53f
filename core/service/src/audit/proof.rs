//! The state of the log, and proofs over it, for whoever may read records of it.
//!
//! Roots and hashes tell nothing about a record, so everyone who may list records may have them; which record a
//! position stands for is shown to those who may see the record.

use crate::Kavach;
use crate::audit::ledger::Ledger;
use crate::context::RequestContext;
use crate::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditRecord;
use kavach_model::checkpoint::{Checkpoint, ConsistencyProof, InclusionProof};
use kavach_model::merkle::{Hash, Node, Subtrees as _, consistency_proof, inclusion_proof, root};
use kavach_model::{ApiError, AuditId, ErrorCode, Timestamp};
use kavach_store::{AuditCheckpoint, Conn};

/// Which record a proof is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// By its identifier.
    Id(AuditId),
    /// By its position.
    Seq(i64),
}

/// The newest signed state, with everything in it that was recorded before.
pub async fn checkpoint(kv: &Kavach, cx: &RequestContext) -> Result<Checkpoint> {
    cx.require_reach(Scope::AuditRead)?;
    kv.ledger().checkpoint(kv.clock().now()).await
}

/// Proves that a record the caller may see is in the log; in the tree of a size, or in the newest.
pub async fn inclusion(
    kv: &Kavach,
    cx: &RequestContext,
    which: Which,
    size: Option<u64>,
) -> Result<InclusionProof> {
    let sponsor = cx.require_reach(Scope::AuditRead)?.sponsor();
    let mut conn = kv.store().read().await?;
    let record = match which {
        Which::Id(id) => conn.find_audit(id, sponsor).await?,
        Which::Seq(seq) => conn.audit_at(seq, sponsor).await?,
    };
    let leaf = match (record, which) {
        (Some(record), _) => Leaf::of(&record),
        // Which record it was only the archive tells, so this is for those who may see any.
        (None, Which::Seq(seq)) if sponsor.is_none() => archived(&mut conn, seq).await?,
        (None, _) => None,
    };
    drop(conn);
    let leaf = leaf.ok_or(ErrorCode::NotFound)?;
    let newest = kv.ledger().current(kv.clock().now()).await?;
    prove(kv.ledger(), &leaf, size, &newest).await
}

/// What is proven of a record.
struct Leaf {
    id: Option<AuditId>,
    seq: u64,
    hash: Hash,
}

impl Leaf {
    fn of(record: &AuditRecord) -> Option<Self> {
        let hash = crate::crypto::token::from_hex(&record.leaf_hash)?.try_into().ok()?;
        Some(Self { id: Some(record.id), seq: record.seq.max(0).unsigned_abs(), hash })
    }
}

async fn archived(conn: &mut Conn, seq: i64) -> Result<Option<Leaf>> {
    let seq = seq.max(0).unsigned_abs();
    if !(1..=conn.audit_kept_after().await?).contains(&seq) {
        return Ok(None);
    }
    let hash = conn.audit_tree().hashes(&[Node { level: 0, index: seq - 1 }]).await?.pop();
    Ok(hash.map(|hash| Leaf { id: None, seq, hash }))
}

async fn prove(
    ledger: &Ledger,
    leaf: &Leaf,
    size: Option<u64>,
    newest: &AuditCheckpoint,
) -> Result<InclusionProof> {
    let seq = leaf.seq;
    let size = size.unwrap_or(newest.size);
    if !(seq..=newest.size).contains(&size) {
        return Err(ApiError::invalid("size", format!("must be {seq} to {}", newest.size)).into());
    }
    let mut conn = ledger.store().read().await?;
    let mut tree = conn.audit_tree();
    let proof = inclusion_proof(&mut tree, seq.saturating_sub(1), size).await?.ok_or(ErrorCode::NotFound)?;
    let top = root(&mut tree, size).await?;
    let note = note(&mut conn, size, &top).await?;
    Ok(InclusionProof {
        id: leaf.id,
        seq: i64::try_from(seq).unwrap_or(i64::MAX),
        leaf_hash: STANDARD.encode(leaf.hash),
        size,
        root: STANDARD.encode(top),
        proof: texts(&proof),
        note,
    })
}

/// Proves that the log only grew from one size to another, or to the newest.
pub async fn consistency(
    kv: &Kavach,
    cx: &RequestContext,
    from: u64,
    to: Option<u64>,
) -> Result<ConsistencyProof> {
    cx.require_reach(Scope::AuditRead)?;
    let newest = kv.ledger().current(kv.clock().now()).await?;
    let to = to.unwrap_or(newest.size);
    if !(1..=newest.size).contains(&to) {
        return Err(ApiError::invalid("to", format!("must be 1 to {}", newest.size)).into());
    }
    if !(1..=to).contains(&from) {
        return Err(ApiError::invalid("from", format!("must be 1 to {to}")).into());
    }
    let mut conn = kv.store().read().await?;
    let mut tree = conn.audit_tree();
    let proof = consistency_proof(&mut tree, from, to).await?.ok_or(ErrorCode::NotFound)?;
    let (before, after) = (root(&mut tree, from).await?, root(&mut tree, to).await?);
    let note = note(&mut conn, to, &after).await?;
    Ok(ConsistencyProof {
        from,
        to,
        from_root: STANDARD.encode(before),
        to_root: STANDARD.encode(after),
        proof: texts(&proof),
        note,
    })
}

/// The note that was signed over this size. One that was signed over another root proves nothing and is not given.
async fn note(conn: &mut Conn, size: u64, root: &Hash) -> Result<Option<String>> {
    let Some(checkpoint) = conn.audit_checkpoint(size).await? else { return Ok(None) };
    if checkpoint.root == STANDARD.encode(root) {
        return Ok(Some(checkpoint.note));
    }
    Err(Error::Fault(format!("the audit log does not give the root that was signed over {size} records")))
}

pub(super) fn texts(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| STANDARD.encode(hash)).collect()
}

impl Ledger {
    /// The newest signed state as it travels.
    pub async fn checkpoint(&self, now: Timestamp) -> Result<Checkpoint> {
        let AuditCheckpoint { size, root, note, at } = self.current(now).await?;
        Ok(Checkpoint { size, root, note, key: self.verifier().to_string(), at })
    }
}

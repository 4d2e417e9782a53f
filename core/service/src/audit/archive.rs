//! Retention: old records are moved out of the database into signed files, segment by segment.
//!
//! A segment is whole full tiles whose records are all older than the limit. It is written as a bundle in the format
//! of an export, read back and compared with the sealed hashes; then it is noted, with a record of its own, and only
//! then are its rows deleted, a few at a time. Tiles and checkpoints stay, so every proof stays possible. Wherever this
//! is interrupted, the rows are still there or the file is, and the next run goes on from that. One process at a time
//! does this, for as long as it holds the lease.
//!
//! What is written is never read here for anybody: files are for `kavach audit verify --archive` and for
//! `docs/verify-bundle.mjs`.

pub(super) mod file;

use crate::Kavach;
use crate::audit::ledger::Ledger;
use crate::audit::note::VerifierKey;
use crate::audit::verify::Finding;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::rng::Rng;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kavach_model::audit::{AuditEvent, AuditKind};
use kavach_model::merkle::{TILE_WIDTH, consistency_proof, root, verify_consistency};
use kavach_model::{ApiError, AuditId, ErrorCode, Timestamp};
use kavach_store::{ArchiveLease, AuditArchive, AuditCheckpoint, AuditDraft};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

/// Records of one file at the most: some fifty megabytes.
const SEGMENT: u64 = 256 * TILE_WIDTH;
/// Records deleted in one transaction; a multiple of [`TILE_WIDTH`], so that what is left begins with a tile.
const BATCH: u64 = 4 * TILE_WIDTH;
/// How long the right to archive lasts without a sign of life.
const LEASE: Duration = Duration::from_secs(300);

/// What to archive, and how.
pub struct Plan<'a> {
    /// Only records older than this.
    pub before: Timestamp,
    /// Where the files go.
    pub directory: &'a Path,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// For the identifiers of records.
    pub rng: &'a dyn Rng,
    /// Is told of every step; may end the work after it.
    pub watch: &'a (dyn Fn(&Step) -> ControlFlow<()> + Send + Sync),
}

/// A step that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A file is on the disk under its name.
    Written(String),
    /// It was read back and is right.
    Checked(String),
    /// The database and the log say that it is there.
    Noted(String),
    /// Records up to this position are no longer in the database.
    Dropped(u64),
}

struct Work<'a> {
    ledger: &'a Ledger,
    plan: &'a Plan<'a>,
    lease: ArchiveLease,
    made: Vec<AuditArchive>,
}

/// One run of the background job: archives what is older than the configuration wants to keep.
pub(crate) async fn run_due(
    kv: &Kavach,
    watch: &(dyn Fn(&Step) -> ControlFlow<()> + Send + Sync),
) -> Result<()> {
    let Some(age) = kv.config().audit.retention() else { return Ok(()) };
    match before(kv, kv.clock().now() - age, watch).await {
        // Another replica does it.
        Err(Error::Refused(refused)) if refused.code == ErrorCode::Conflict => Ok(()),
        other => other.map(drop),
    }
}

/// Archives what is older than a time; for the command line.
pub async fn before(
    kv: &Kavach,
    before: Timestamp,
    watch: &(dyn Fn(&Step) -> ControlFlow<()> + Send + Sync),
) -> Result<Vec<AuditArchive>> {
    let directory = kv.config().archive_dir();
    let plan = Plan { before, directory: &directory, clock: kv.clock(), rng: kv.rng(), watch };
    kv.ledger().archive(&plan).await
}

impl Ledger {
    /// Archives whole segments that are old enough; what was archived.
    pub async fn archive(&self, plan: &Plan<'_>) -> Result<Vec<AuditArchive>> {
        let _turn = self.archiving().lock().await;
        let now = plan.clock.now();
        let Some(lease) = self.store().lease_archiving(now, now + LEASE).await? else {
            let refused = ApiError::from(ErrorCode::Conflict);
            return Err(refused.message("Another process archives the audit log right now.").into());
        };
        let mut work = Work { ledger: self, plan, lease, made: Vec::new() };
        let done = work.run().await;
        let Work { lease, made, .. } = work;
        self.store().end_archiving(lease).await?;
        done.map(|_| made)
    }
}

/// Checks the archived files against the tree; the first thing wrong, and how many records were looked at.
pub async fn verify_files(
    ledger: &Ledger,
    directory: &Path,
    keys: &[VerifierKey],
) -> Result<(Option<Finding>, u64)> {
    let mut all_keys = vec![ledger.verifier().clone()];
    all_keys.extend_from_slice(keys);
    let archives = ledger.store().read().await?.audit_archives().await?;
    let mut records = 0;
    for archive in archives {
        let span = (archive.first, archive.last);
        let name = directory.join(&archive.file);
        match file::check(ledger, &all_keys, &name, span).await? {
            Err(finding) => return Ok((Some(finding), records)),
            Ok(digest) if digest != archive.digest => {
                let problem = format!("{} is not the file that was signed", archive.file);
                return Ok((Some(Finding { seq: archive.first, problem }), records));
            }
            Ok(_) => records += archive.last + 1 - archive.first,
        }
    }
    Ok((None, records))
}

impl Work<'_> {
    async fn run(&mut self) -> Result<ControlFlow<()>> {
        self.ledger.store().count_decisions().await?;
        let newest = match self.ledger.current(self.plan.clock.now()).await {
            // A log without records.
            Err(Error::Refused(refused)) if refused.code == ErrorCode::NotFound => {
                return Ok(ControlFlow::Continue(()));
            }
            other => other?,
        };
        if let Some(damage) = self.ledger.damage() {
            return Err(Error::Fault(format!("nothing is archived of a log that is not intact: {damage}")));
        }
        if self.go_on().await?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        while let Some((first, last)) = self.next(&newest).await? {
            if self.segment(first, last, &newest).await?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Ends what an interrupted run began.
    async fn go_on(&mut self) -> Result<ControlFlow<()>> {
        let mut conn = self.ledger.store().read().await?;
        let kept = conn.audit_kept_after().await?;
        let archives = conn.audit_archives().await?;
        drop(conn);
        for archive in archives.iter().filter(|archive| archive.last > kept) {
            self.checked(&archive.file, archive.first, archive.last).await?;
            if self.let_go(archive.last).await?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The next records that fill whole tiles, are signed, counted, and all old enough.
    async fn next(&self, newest: &AuditCheckpoint) -> Result<Option<(u64, u64)>> {
        let mut conn = self.ledger.store().read().await?;
        let kept = conn.audit_kept_after().await?;
        let sealed = conn.full_audit_tiles(0).await? * TILE_WIDTH;
        let counted = conn.audit_counted().await?;
        let until = sealed.min(newest.size).min(counted).min(kept + SEGMENT);
        let young = conn.first_audit_since(kept, until, self.plan.before).await?;
        let last = young.map_or(until, |young| young - 1) / TILE_WIDTH * TILE_WIDTH;
        Ok((last > kept).then_some((kept + 1, last)))
    }

    async fn segment(&mut self, first: u64, last: u64, newest: &AuditCheckpoint) -> Result<ControlFlow<()>> {
        let now = self.plan.clock.now();
        let mut conn = self.ledger.store().read().await?;
        let mut tree = conn.audit_tree();
        let top = root(&mut tree, last).await?;
        let proof = consistency_proof(&mut tree, last, newest.size).await?.unwrap_or_default();
        let signed =
            STANDARD.decode(&newest.root).ok().and_then(|root| root.try_into().ok()).unwrap_or_default();
        if !verify_consistency(last, newest.size, &top, &signed, &proof) {
            let problem = format!("the stored hashes over {last} records do not lead to the signed root");
            return Err(Error::Fault(format!("nothing is archived of a log that is not intact: {problem}")));
        }
        let (at_first, at_last) = conn.audit_times(first - 1, last).await?;
        drop(conn);
        let signer = self.ledger.signer();
        let end = AuditCheckpoint {
            size: last,
            root: STANDARD.encode(top),
            note: signer.sign(last, &top),
            at: now,
        };
        let name = file::write(self.ledger, self.plan.directory, (first, last), &end).await?;
        if self.tell(Step::Written(name.clone())).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let digest = self.checked(&name, first, last).await?;
        if self.tell(Step::Checked(name.clone())).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let statement = signer.sign_with(last, &top, &statement_line(first, &digest));
        let archive = AuditArchive { first, last, file: name, digest, statement, at_first, at_last, at: now };
        self.note(&archive, &end).await?;
        let stop = self.tell(Step::Noted(archive.file.clone()));
        self.made.push(archive);
        if stop.is_break() {
            return Ok(stop);
        }
        self.let_go(last).await
    }

    /// The digest of a file that was read and is right.
    async fn checked(&self, name: &str, first: u64, last: u64) -> Result<String> {
        let path = self.plan.directory.join(name);
        let keys = [self.ledger.verifier().clone()];
        file::check(self.ledger, &keys, &path, (first, last)).await?.map_err(|finding| {
            let Finding { seq, problem } = finding;
            Error::Fault(format!("nothing is deleted: record {seq}: {problem}"))
        })
    }

    async fn note(&mut self, archive: &AuditArchive, end: &AuditCheckpoint) -> Result<()> {
        let now = self.plan.clock.now();
        let mut event = AuditEvent::new(AuditKind::AuditArchived, now);
        event.request_id = "archive".to_owned();
        let AuditArchive { first, last, file, digest, .. } = archive;
        let told = json!({"first": first, "last": last, "file": file, "sha256": digest});
        event.context = told.as_object().cloned();
        let id = AuditId::from_parts(now, self.plan.rng.identifier());
        let mut tx = self.ledger.store().write().await?;
        tx.prolong_archiving(&mut self.lease, now + LEASE).await?;
        tx.put_audit_archive(archive, end).await?;
        tx.append_audit(&[AuditDraft { id, event, sponsor_id: None }]).await?;
        Ok(tx.commit().await?)
    }

    async fn let_go(&mut self, last: u64) -> Result<ControlFlow<()>> {
        let mut kept = self.ledger.store().read().await?.audit_kept_after().await?;
        while kept < last {
            let until = (kept + BATCH).min(last);
            let mut tx = self.ledger.store().write().await?;
            tx.prolong_archiving(&mut self.lease, self.plan.clock.now() + LEASE).await?;
            tx.drop_archived_audit(kept, until).await?;
            tx.commit().await?;
            kept = until;
            if self.tell(Step::Dropped(kept)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn tell(&self, step: Step) -> ControlFlow<()> {
        (self.plan.watch)(&step)
    }
}

/// What is signed about an archive beside the checkpoint it ends at.
pub(super) fn statement_line(first: u64, digest: &str) -> String {
    format!("archive {first} {digest}\n")
}

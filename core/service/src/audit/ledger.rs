//! Sealing the audit log: hashing what was appended into tiles, and signing its state.
//!
//! None of this happens while a record is appended. A background job and whoever asks for a checkpoint read the new
//! records in bounded pieces and add what is missing; several processes over one database may do so at once, because
//! all of them compute the same and the first to write wins. Before a new state is signed, the last one must still
//! follow from what is stored. When it does not, nothing is signed any more and [`Ledger::damage`] says why; the server
//! goes on, since a log that was tampered with is no reason to stop recording.

use crate::Kavach;
use crate::audit::note::{Signer, VerifierKey};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::instance_key;
use crate::rng::SystemRng;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kavach_model::merkle::{Hash, TILE_WIDTH, leaf_hash, root};
use kavach_model::{ErrorCode, Timestamp};
use kavach_store::{AuditCheckpoint, AuditTile, DatabaseUrl, LATEST_MIGRATION, Store, StoreError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

/// Tiles hashed and written at a time: 16,384 records, about 700 KiB in one short transaction.
const TILES_AT_ONCE: u64 = 64;
/// Records read at a time.
const RECORDS_AT_ONCE: u64 = 1_024;
/// Pieces of [`TILES_AT_ONCE`] in one run of the job, so that it never keeps the process from stopping.
const PIECES: usize = 16;
/// How often a request may have the log sealed.
const SEAL_EVERY: Duration = Duration::from_millis(100);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
/// Checkpoints dropped in one transaction.
const THINNED_AT_ONCE: u32 = 1_000;
/// How many may follow the log at once.
const FOLLOWERS: usize = 256;

/// The log as a whole: its tree, its key, and who follows it.
pub struct Ledger {
    store: Store,
    signer: Signer,
    sealing: tokio::sync::Mutex<Option<Instant>>,
    archiving: tokio::sync::Mutex<()>,
    damage: Mutex<Option<String>>,
    committed: watch::Sender<u64>,
    followers: Arc<Semaphore>,
}

/// What a look at the stored tree found wrong.
type Damage = String;

impl Ledger {
    pub(crate) fn new(store: Store, instance_key: &[u8; 32], config: &Config) -> Self {
        Self {
            store,
            signer: Signer::derive(instance_key, host(config)),
            sealing: tokio::sync::Mutex::default(),
            archiving: tokio::sync::Mutex::default(),
            damage: Mutex::default(),
            committed: watch::Sender::new(0),
            followers: Arc::new(Semaphore::new(FOLLOWERS)),
        }
    }

    /// The ledger of a database that may be in use by a running server: nothing is made, migrated or locked.
    pub async fn open(config: &Config) -> Result<Self> {
        let fault = |problem: String| Err(Error::Fault(problem));
        let url = config.database_url();
        let url: DatabaseUrl = match url.expose().parse() {
            Ok(url) => url,
            Err(error) => return fault(format!("database.url: {error}")),
        };
        if let DatabaseUrl::SqliteFile(path) = &url
            && !path.exists()
        {
            return fault(format!("there is no database at {}", path.display()));
        }
        let key = key(config)?;
        let store = Store::connect(&url, config.database.max_connections.max(4)).await?;
        let version = store.schema_version().await?;
        if version != LATEST_MIGRATION {
            return fault(format!(
                "the database is at migration {version} and this program at {LATEST_MIGRATION}; use the program that fits, or run `kavach migrate`"
            ));
        }
        Ok(Self::new(store, &key, config))
    }

    /// Closes the database of a ledger that was opened by itself.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// The key of a configuration, for which no database is needed.
    pub fn verifier_of(config: &Config) -> Result<VerifierKey> {
        Ok(Signer::derive(&*key(config)?, host(config)).verifier().clone())
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Held by whoever of this process archives.
    pub(super) fn archiving(&self) -> &tokio::sync::Mutex<()> {
        &self.archiving
    }

    pub(super) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// What checks its checkpoints.
    pub fn verifier(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// What is wrong with the stored log, as far as sealing has noticed; `kavach audit verify` looks at everything.
    pub fn damage(&self) -> Option<String> {
        self.damage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Moves with every group of records this process commits.
    pub(crate) fn committed(&self) -> &watch::Sender<u64> {
        &self.committed
    }

    pub(crate) fn followers(&self) -> &Arc<Semaphore> {
        &self.followers
    }

    /// One run of the background job: adds what the last runs did not, up to a bound.
    pub(crate) async fn seal_some(&self, now: Timestamp) -> Result<()> {
        let _turn = self.sealing.lock().await;
        self.seal(now).await.map(drop)
    }

    /// One run of the background job: of older checkpoints only some are kept.
    pub async fn thin_some(&self, now: Timestamp) -> Result<()> {
        for (age, period) in [(DAY, HOUR), (30 * DAY, DAY)] {
            loop {
                let mut tx = self.store.write().await?;
                let dropped = tx.thin_audit_checkpoints(now - age, period, THINNED_AT_ONCE).await?;
                tx.commit().await?;
                if dropped < u64::from(THINNED_AT_ONCE) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The newest state, with every record in it that was committed before the call.
    pub async fn current(&self, now: Timestamp) -> Result<AuditCheckpoint> {
        let nothing = || Error::from(ErrorCode::NotFound);
        let head = self.head().await?;
        let mut last = self.last().await?;
        while last.as_ref().is_none_or(|last| last.size < head) {
            let mut sealed_at = self.sealing.lock().await;
            let before = self.last().await?;
            // Whoever waited may find that it was done meanwhile.
            if before.as_ref().is_some_and(|before| before.size >= head) {
                return before.ok_or_else(nothing);
            }
            if let Some(at) = *sealed_at {
                tokio::time::sleep_until(at + SEAL_EVERY).await;
            }
            last = self.seal(now).await?;
            *sealed_at = Some(Instant::now());
            if last == before {
                break;
            }
        }
        last.ok_or_else(nothing)
    }

    async fn head(&self) -> Result<u64> {
        Ok(self.store.read().await?.audit_head().await?.max(0).unsigned_abs())
    }

    async fn last(&self) -> Result<Option<AuditCheckpoint>> {
        Ok(self.store.read().await?.last_audit_checkpoint().await?)
    }

    /// Adds tiles and, where they reach further than before, a checkpoint; the newest one.
    async fn seal(&self, now: Timestamp) -> Result<Option<AuditCheckpoint>> {
        let last = self.last().await?;
        match self.extend(last.as_ref(), now).await {
            Ok(Ok(extended)) => {
                self.note_damage(None);
                Ok(extended.or(last))
            }
            Ok(Err(damage)) => {
                self.note_damage(Some(damage));
                Ok(last)
            }
            Err(Error::Store(StoreError::Inconsistent { column })) => {
                self.note_damage(Some(format!("what is stored in {column} is not what Kavach wrote")));
                Ok(last)
            }
            Err(error) => Err(error),
        }
    }

    async fn extend(
        &self,
        last: Option<&AuditCheckpoint>,
        now: Timestamp,
    ) -> Result<std::result::Result<Option<AuditCheckpoint>, Damage>> {
        let sealed = last.map_or(0, |last| last.size);
        let mut conn = self.store.read().await?;
        let mut full = conn.full_audit_tiles(0).await?;
        let head = conn.audit_head().await?.max(0).unsigned_abs();
        let known = sealed.max(full * TILE_WIDTH);
        if head < known {
            return Ok(Err(format!("the log ends at record {head}, and {known} were sealed")));
        }
        if head == sealed && self.damage().is_none() {
            return Ok(Ok(None));
        }
        if let Some(last) = last {
            let found = STANDARD.encode(root(&mut conn.audit_tree(), last.size).await?);
            if found != last.root {
                return Ok(Err(format!(
                    "the first {} records do not give the root that was signed for them",
                    last.size
                )));
            }
        }
        drop(conn);
        for _ in 0..PIECES {
            let until = (head / TILE_WIDTH).min(full + TILES_AT_ONCE);
            if until == full {
                break;
            }
            let tiles = self.hash(full, until).await?;
            let mut tx = self.store.write().await?;
            tx.put_audit_tiles(&tiles).await?;
            tx.commit().await?;
            full = until;
        }
        self.stack(full).await?;
        let size = if full == head / TILE_WIDTH { head } else { full * TILE_WIDTH };
        if size <= sealed {
            return Ok(Ok(None));
        }
        self.sign(size, full, now).await.map(Some).map(Ok)
    }

    /// The tiles of the lowest level from one up to, not including, another.
    async fn hash(&self, from: u64, until: u64) -> Result<Vec<AuditTile>> {
        let mut tiles = Vec::with_capacity((until - from) as usize);
        for start in (from * TILE_WIDTH..until * TILE_WIDTH).step_by(RECORDS_AT_ONCE as usize) {
            let end = (start + RECORDS_AT_ONCE).min(until * TILE_WIDTH);
            let leaves = self.store.audit_leaves(start, end).await?;
            let numbered = leaves.chunks(TILE_WIDTH as usize).zip(start / TILE_WIDTH..);
            tiles.extend(numbered.map(|(leaves, index)| AuditTile::new(0, index, leaves)));
        }
        Ok(tiles)
    }

    /// Makes the tiles above so many full ones, level by level.
    async fn stack(&self, mut below: u64) -> Result<()> {
        for level in 1.. {
            let wanted = below / TILE_WIDTH;
            if wanted == 0 {
                break;
            }
            let have = self.store.read().await?.full_audit_tiles(level).await?;
            for index in have..wanted {
                let range = (index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
                let mut conn = self.store.read().await?;
                let roots: Vec<Hash> = conn.audit_tile_roots(level - 1, range.0, range.1).await?;
                drop(conn);
                if roots.len() as u64 != TILE_WIDTH {
                    return Err(StoreError::Inconsistent { column: "audit_tiles" }.into());
                }
                let mut tx = self.store.write().await?;
                tx.put_audit_tiles(&[AuditTile::new(level, index, &roots)]).await?;
                tx.commit().await?;
            }
            below = wanted;
        }
        Ok(())
    }

    /// Signs a state and keeps it, with the hashes of the records that fill no tile yet: with them even an edit among
    /// those is found to the record.
    async fn sign(&self, size: u64, full: u64, now: Timestamp) -> Result<AuditCheckpoint> {
        let mut conn = self.store.read().await?;
        let top = root(&mut conn.audit_tree(), size).await?;
        drop(conn);
        let edge = self.store.audit_leaves(full * TILE_WIDTH, size).await?;
        let checkpoint =
            AuditCheckpoint { size, root: STANDARD.encode(top), note: self.signer.sign(size, &top), at: now };
        let mut tx = self.store.write().await?;
        if !edge.is_empty() {
            tx.put_audit_tiles(&[AuditTile::new(0, full, &edge)]).await?;
        }
        tx.put_audit_checkpoint(&checkpoint).await?;
        tx.commit().await?;
        Ok(checkpoint)
    }

    fn note_damage(&self, found: Option<Damage>) {
        let mut known = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
        match &found {
            Some(problem) if known.as_ref() != Some(problem) => {
                tracing::error!(
                    problem,
                    "the audit log was tampered with or damaged; see `kavach audit verify`"
                );
            }
            None if known.is_some() => tracing::warn!("the audit log is whole again"),
            _ => {}
        }
        *known = found;
    }
}

/// What is wrong with the stored log, as far as sealing has noticed.
pub fn damage(kv: &Kavach) -> Option<String> {
    kv.ledger().damage()
}

/// What the stored text of a record is hashed to, as it travels in a record.
pub(crate) fn leaf_hex(body: &str) -> String {
    crate::crypto::token::hex(&leaf_hash(body.as_bytes()))
}

/// The host of the public address, which names the key.
fn host(config: &Config) -> &str {
    let authority = config.authority();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// The instance key, which must exist.
fn key(config: &Config) -> Result<zeroize::Zeroizing<[u8; 32]>> {
    let file = config.instance_key_file();
    if config.instance_key.is_none() && !file.exists() {
        return Err(Error::Fault(format!("there is no instance key at {}", file.display())));
    }
    instance_key::load(config, &SystemRng)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_named_after_the_host_alone() {
        for (url, expected) in [
            ("https://id.example.com", "id.example.com"),
            ("http://localhost:3000", "localhost"),
            ("http://[::1]:3000", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            let config = Config { public_url: url.to_owned(), ..Config::default() };
            assert_eq!(host(&config), expected);
        }
    }
}

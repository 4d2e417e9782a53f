//! The file of a segment: written so that it is whole or not there, and checked line by line.

use crate::audit::export::{bundle_end, bundle_head, push_record};
use crate::audit::ledger::Ledger;
use crate::audit::note::VerifierKey;
use crate::audit::proof::texts;
use crate::audit::verify::Finding;
use crate::crypto::token::hex;
use crate::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kavach_model::merkle::{Frontier, Hash, Subtrees as _, TILE_WIDTH, before, leaf_hash};
use kavach_store::{AuditCheckpoint, Store};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;

/// Records read at a time.
const PIECE: u64 = 1_024;
/// No line of ours is longer.
const LONGEST_LINE: u64 = 1 << 20;

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "kavachAuditBundle")]
    version: u32,
    checkpoint: String,
    size: u64,
    complete: bool,
    after: u64,
    left: Vec<String>,
}

#[derive(Deserialize)]
struct Line {
    seq: u64,
    leaf: String,
    body: String,
}

#[derive(Deserialize)]
struct Numbered {
    seq: u64,
}

#[derive(Deserialize)]
struct End {
    end: bool,
    records: u64,
}

/// Writes records from one position to another and gives the name of the file. It has its name only when all of it is
/// on the disk; one that was there by this name is replaced.
pub(super) async fn write(
    ledger: &Ledger,
    directory: &Path,
    (first, last): (u64, u64),
    end: &AuditCheckpoint,
) -> Result<String> {
    let name = format!("audit-{first:012}-{last:012}.jsonl");
    let fault = |error: std::io::Error| Error::Fault(format!("{}: {error}", directory.display()));
    create_private(directory).map_err(fault)?;
    let partial = directory.join(format!(".{name}.partial"));
    let mut out = BufWriter::new(create(&partial).map_err(fault)?);
    let left = texts(&ledger.store().read().await?.audit_tree().hashes(&before(first - 1)).await?);
    out.write_all(bundle_head(ledger, end, true, first - 1, &left).as_bytes()).map_err(fault)?;
    let mut after = first - 1;
    while after < last {
        let until = (after + PIECE).min(last);
        let bodies = ledger.store().read().await?.audit_bodies(after, until).await?;
        let mut part = String::new();
        bodies.iter().for_each(|(seq, body)| push_record(&mut part, *seq, body));
        out.write_all(part.as_bytes()).map_err(fault)?;
        after = until;
    }
    out.write_all(bundle_end(last + 1 - first).as_bytes()).map_err(fault)?;
    let file = out.into_inner().map_err(|error| fault(error.into_error()))?;
    let (path, folder) = (directory.join(&name), directory.to_owned());
    let settled = tokio::task::spawn_blocking(move || settle(&file, &partial, &path, &folder));
    settled.await.map_err(|error| Error::Fault(format!("archive: {error}")))?.map_err(fault)?;
    Ok(name)
}

fn settle(file: &File, partial: &Path, path: &Path, directory: &Path) -> std::io::Result<()> {
    file.sync_all()?;
    std::fs::rename(partial, path)?;
    // The name is on the disk only when the directory is.
    #[cfg(unix)]
    File::open(directory)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = directory;
    Ok(())
}

/// Only the owner looks at what is written here.
fn create_private(directory: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Reads a file that should have the records from one position to another, compares it with the sealed hashes and with
/// its signature, and gives its digest; or the first thing that is wrong with it.
pub(super) async fn check(
    ledger: &Ledger,
    keys: &[VerifierKey],
    path: &Path,
    (first, last): (u64, u64),
) -> Result<std::result::Result<String, Finding>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut lines = match File::open(path) {
        Ok(file) => Lines { file: BufReader::new(file), digest: Sha256::new() },
        Err(error) => {
            let problem = format!("the file {name} cannot be read ({error})");
            return Ok(Err(Finding { seq: first, problem }));
        }
    };
    let bad = |seq: u64, problem: &str| Ok(Err(Finding { seq, problem: format!("in {name}: {problem}") }));
    let Some((mut frontier, root)) = lines.next().and_then(|line| head(&line, keys, first, last)) else {
        return bad(first, "the first line is not the head of this bundle, signed by this log");
    };
    let mut sealed = Vec::new();
    for seq in first..=last {
        let place = ((seq - 1) % TILE_WIDTH) as usize;
        if sealed.is_empty() || place == 0 {
            sealed = tile(ledger.store(), (seq - 1) / TILE_WIDTH).await?;
        }
        let line = lines.next().and_then(|line| serde_json::from_slice::<Line>(&line).ok());
        let Some(line) = line.filter(|line| line.seq == seq) else {
            return bad(seq, "the record is missing");
        };
        let leaf = leaf_hash(line.body.as_bytes());
        let says = serde_json::from_str::<Numbered>(&line.body).ok();
        if says.is_none_or(|says| says.seq != seq) {
            return bad(seq, "the record says that it is another one");
        }
        if STANDARD.encode(leaf) != line.leaf || sealed.get(place) != Some(&leaf) {
            return bad(seq, "the record is not the one whose hash was sealed here");
        }
        frontier.push(leaf, |_, _| {});
    }
    let end = lines.next().and_then(|line| serde_json::from_slice::<End>(&line).ok());
    if end.is_none_or(|end| !end.end || end.records != last + 1 - first) || lines.next().is_some() {
        return bad(last, "the bundle does not end with this record");
    }
    if frontier.root() != root {
        return bad(first, "what comes before is not what was signed");
    }
    Ok(Ok(hex(&lines.digest.finalize())))
}

/// The tree before the first record, and the root that was signed over the last.
fn head(line: &[u8], keys: &[VerifierKey], first: u64, last: u64) -> Option<(Frontier, Hash)> {
    let head: Head = serde_json::from_slice(line).ok()?;
    let signed = keys.iter().find_map(|key| key.open(&head.checkpoint).ok())?;
    let fits = head.version == 1 && head.complete && head.size == last && head.after == first - 1;
    if !fits || signed.size != last {
        return None;
    }
    let left: Option<Vec<Hash>> =
        head.left.iter().map(|text| STANDARD.decode(text).ok()?.try_into().ok()).collect();
    Some((Frontier::after(first - 1, left?)?, signed.root))
}

/// The sealed hashes of a tile; none when it is not as it was written.
async fn tile(store: &Store, index: u64) -> Result<Vec<Hash>> {
    let tile = store.read().await?.audit_tiles(0, index, index + 1).await?.pop();
    Ok(tile.and_then(|tile| tile.decode()).unwrap_or_default())
}

struct Lines {
    file: BufReader<File>,
    digest: Sha256,
}

impl Lines {
    /// The next line with its end; none where there is no more, or none that can be read.
    fn next(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let read = (&mut self.file).take(LONGEST_LINE).read_until(b'\n', &mut line).ok()?;
        self.digest.update(&line);
        (read > 0).then_some(line)
    }
}

//! The log as a file of any size: CSV for people, JSON lines for programs, a bundle for whoever wants to check it.
//!
//! Written piece by piece while it is read, in the order of the log, so that it takes the same memory whatever its
//! size. What is exported is what had been recorded when it began.
//!
//! A bundle is JSON lines. The first describes it: the signed checkpoint, the key that verifies it, and the hashes
//! that stand for everything before the first record. Then each record's exact text; where not every record up to the
//! checkpoint is in it, because the caller asked for some or may see some, each with its inclusion proof. The last says
//! how many there were, so that a bundle that was cut is noticed. `docs/verify-bundle.mjs` checks one.

mod csv;

use crate::Kavach;
use crate::audit::ledger::Ledger;
use crate::audit::proof::texts;
use crate::context::RequestContext;
use crate::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::stream::{self, BoxStream, StreamExt as _};
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditFilter;
use kavach_model::merkle::{Subtrees as _, before, inclusion_proof, leaf_hash};
use kavach_model::{ErrorCode, Timestamp};
use kavach_store::AuditCheckpoint;
use serde_json::json;
use std::fmt::Write as _;
use std::sync::Arc;

/// Records read at a time.
const PIECE: u32 = 500;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table; cells that a spreadsheet would take for a formula are not.
    Csv,
    /// The stored text of each record, one a line.
    Jsonl,
    /// The stored texts with what proves them.
    Bundle,
}

/// Parts of the file, in order. An error ends it early.
pub type Parts = BoxStream<'static, Result<String>>;

impl Format {
    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::Jsonl),
            "bundle" => Some(Self::Bundle),
            _ => None,
        }
    }

    /// The media type of such a file.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl | Self::Bundle => "application/jsonl",
        }
    }

    /// What such a file is called.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "kavach-audit.csv",
            Self::Jsonl => "kavach-audit.jsonl",
            Self::Bundle => "kavach-audit-bundle.jsonl",
        }
    }
}

/// Exports what the caller may see of what they ask for.
pub async fn export(kv: &Kavach, cx: &RequestContext, filter: &AuditFilter, format: Format) -> Result<Parts> {
    let reach = cx.require_reach(Scope::AuditRead)?;
    let filter = AuditFilter { visible_to: reach.sponsor(), ..filter.clone() };
    Arc::clone(kv.ledger()).export(filter, format, kv.clock().now()).await
}

/// Where an export stands.
struct Walk {
    ledger: Arc<Ledger>,
    filter: AuditFilter,
    format: Format,
    /// What a bundle proves its records against.
    checkpoint: Option<AuditCheckpoint>,
    /// Whether every record up to the checkpoint is in it.
    whole: bool,
    after: u64,
    until: u64,
    records: u64,
    stage: Stage,
}

#[derive(PartialEq, Eq)]
enum Stage {
    Head,
    Records,
    End,
    Over,
}

impl Ledger {
    /// Exports what a filter lets through; nobody is asked whether they may.
    pub async fn export(
        self: Arc<Self>,
        filter: AuditFilter,
        format: Format,
        now: Timestamp,
    ) -> Result<Parts> {
        let checkpoint = match format {
            Format::Bundle => Some(self.current(now).await?),
            Format::Csv | Format::Jsonl => None,
        };
        let ends = self.store().read().await?.audit_ends().await?;
        let (first, head) = ends.unwrap_or((1, 0));
        let until = checkpoint.as_ref().map_or(head, |checkpoint| checkpoint.size);
        let whole = filter == AuditFilter::default();
        let after = first.max(1) - 1;
        let stage = Stage::Head;
        let walk = Walk { ledger: self, filter, format, checkpoint, whole, after, until, records: 0, stage };
        Ok(stream::try_unfold(walk, Walk::next).boxed())
    }
}

impl Walk {
    async fn next(mut self) -> Result<Option<(String, Self)>> {
        loop {
            let part = match self.stage {
                Stage::Head => {
                    self.stage = Stage::Records;
                    self.head().await?
                }
                Stage::Records => self.records().await?,
                Stage::End => {
                    self.stage = Stage::Over;
                    self.end()
                }
                Stage::Over => return Ok(None),
            };
            if !part.is_empty() {
                return Ok(Some((part, self)));
            }
        }
    }

    async fn head(&mut self) -> Result<String> {
        let Some(checkpoint) = &self.checkpoint else {
            return Ok(if self.format == Format::Csv { csv::HEADER.to_owned() } else { String::new() });
        };
        // Records that were archived are there as hashes.
        let left = if self.whole {
            let mut conn = self.ledger.store().read().await?;
            texts(&conn.audit_tree().hashes(&before(self.after)).await?)
        } else {
            Vec::new()
        };
        let after = if self.whole { self.after } else { 0 };
        Ok(bundle_head(&self.ledger, checkpoint, self.whole, after, &left))
    }

    async fn records(&mut self) -> Result<String> {
        let mut conn = self.ledger.store().read().await?;
        let found = conn.filtered_audit_bodies(&self.filter, self.after, self.until, PIECE).await?;
        let mut part = String::new();
        let mut tree = conn.audit_tree();
        for (seq, body) in &found {
            match self.format {
                Format::Csv => csv::push_row(&mut part, *seq, body),
                Format::Jsonl => {
                    part.push_str(body);
                    part.push('\n');
                }
                Format::Bundle if self.whole => {
                    push_record(&mut part, *seq, body);
                }
                Format::Bundle => {
                    let proof = inclusion_proof(&mut tree, seq.saturating_sub(1), self.until).await?;
                    let proof = proof.ok_or_else(|| Error::from(ErrorCode::NotFound))?;
                    let proof = texts(&proof);
                    let line = json!({"seq": seq, "leaf": leaf_text(body), "body": body, "proof": proof});
                    push_line(&mut part, &line);
                }
            }
        }
        self.records += found.len() as u64;
        match found.last() {
            Some((last, _)) if found.len() == PIECE as usize => self.after = *last,
            _ => self.stage = Stage::End,
        }
        Ok(part)
    }

    fn end(&self) -> String {
        match self.format {
            Format::Bundle => bundle_end(self.records),
            Format::Csv | Format::Jsonl => String::new(),
        }
    }
}

/// The first line of a bundle.
pub(super) fn bundle_head(
    ledger: &Ledger,
    checkpoint: &AuditCheckpoint,
    whole: bool,
    after: u64,
    left: &[String],
) -> String {
    let head = json!({
        "kavachAuditBundle": 1,
        "checkpoint": checkpoint.note,
        "key": ledger.verifier().to_string(),
        "size": checkpoint.size,
        "complete": whole,
        "after": after,
        "left": left,
    });
    format!("{head}\n")
}

/// Adds the line of a record in a bundle that has every record.
pub(super) fn push_record(part: &mut String, seq: u64, body: &str) {
    push_line(part, &json!({"seq": seq, "leaf": leaf_text(body), "body": body}));
}

/// The last line of a bundle.
pub(super) fn bundle_end(records: u64) -> String {
    format!("{}\n", json!({"end": true, "records": records}))
}

/// The hash beside a record, so that one that was changed is told from one whose neighbour was.
fn leaf_text(body: &str) -> String {
    STANDARD.encode(leaf_hash(body.as_bytes()))
}

fn push_line(part: &mut String, line: &serde_json::Value) {
    // Writing to a String cannot fail.
    let _ = writeln!(part, "{line}");
}

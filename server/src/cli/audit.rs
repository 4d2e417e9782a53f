//! `kavach audit`: the key, the state, the proof and the contents of the audit log, also beside a running server.

use super::{print, text};
use clap::{Args, Subcommand};
use futures::StreamExt as _;
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::{AgentId, PrincipalId, Timestamp};
use kavach_service::audit::archive;
use kavach_service::audit::export::Format;
use kavach_service::audit::ledger::Ledger;
use kavach_service::audit::note::VerifierKey;
use kavach_service::audit::verify::{self, Kept, Report};
use kavach_service::clock::{Clock as _, SystemClock};
use kavach_service::config::Config;
use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How often progress is shown.
const SHOW_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Print the key that verifies checkpoints, to be kept by whoever checks them
    Key,
    /// Sign the present state of the log and print it, to be kept somewhere else
    Checkpoint,
    /// Check the whole log: every record, hash and signature
    ///
    /// Names the first position where something is wrong and exits with 1. Checkpoints that were kept elsewhere show
    /// an end that was cut off together with the checkpoints in the database. Works beside a running server.
    Verify(Verify),
    /// Write the log to a file or to standard output
    Export(Export),
    /// Move old records out of the database into signed files
    ///
    /// Whole segments only: 256 records, or a multiple of that, all older than the time. Each file is read back and
    /// compared with what was sealed before its records are deleted; everything in it can still be proven. Prints the
    /// files. With the embedded database this works while the server is stopped.
    Archive(Archive),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Check against this checkpoint as well; may be given more than once
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// Also believe checkpoints of this earlier key; may be given more than once
    #[arg(long, value_name = "KEY", value_parser = VerifierKey::from_str)]
    key: Vec<VerifierKey>,
    /// Check the files of archived records in this directory as well
    #[arg(long, value_name = "DIR")]
    archive: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Archive {
    /// Only records from before this time, like 2026-08-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    before: Timestamp,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// csv for people, jsonl for programs, bundle for whoever checks it
    #[arg(long, default_value = "bundle", value_parser = format, value_name = "FORMAT")]
    format: Format,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Only what this person or agent asked for or is about
    #[arg(long)]
    actor: Option<PrincipalId>,
    /// Only what is about this agent or any agent below it
    #[arg(long)]
    subtree: Option<AgentId>,
    /// Only this kind of event, such as decision or user.sign_in
    #[arg(long, value_parser = named("kind", AuditKind::parse))]
    kind: Option<AuditKind>,
    /// Only this action
    #[arg(long)]
    action: Option<String>,
    /// Only this resource, or with :* at its end everything below
    #[arg(long)]
    resource: Option<String>,
    /// Only allow, or only deny
    #[arg(long, value_parser = named("verdict", Verdict::parse))]
    verdict: Option<Verdict>,
    /// Only this reason
    #[arg(long, value_parser = named("reason code", ReasonCode::parse))]
    reason_code: Option<ReasonCode>,
    /// Only from this time on, like 2026-11-23T09:30:00Z
    #[arg(long)]
    since: Option<Timestamp>,
    /// Only before this time
    #[arg(long)]
    until: Option<Timestamp>,
}

fn format(text: &str) -> Result<Format, String> {
    Format::parse(text).ok_or_else(|| "one of csv, jsonl, bundle".to_owned())
}

fn named<T: Clone + Send + Sync + 'static>(
    what: &'static str,
    parse: impl Fn(&str) -> Option<T> + Clone + Send + Sync + 'static,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| parse(text).ok_or_else(|| format!("there is no {what} `{text}`"))
}

pub(super) async fn run(config: &Config, command: Audit) -> Result<(), String> {
    if let Audit::Key = command {
        return print(&Ledger::verifier_of(config).map_err(text)?.to_string());
    }
    if let Audit::Archive(wanted) = command {
        return archive(config, &wanted).await;
    }
    let ledger = Arc::new(Ledger::open(config).await.map_err(text)?);
    let done = match command {
        Audit::Key | Audit::Archive(_) => Ok(()),
        Audit::Checkpoint => checkpoint(&ledger).await,
        Audit::Verify(wanted) => verify(&ledger, wanted).await,
        Audit::Export(wanted) => export(Arc::clone(&ledger), wanted).await,
    };
    ledger.close().await;
    done
}

async fn checkpoint(ledger: &Ledger) -> Result<(), String> {
    let checkpoint = ledger.checkpoint(SystemClock.now()).await.map_err(text)?;
    print(checkpoint.note.trim_end_matches('\n'))
}

async fn verify(ledger: &Ledger, wanted: Verify) -> Result<(), String> {
    let mut kept = Vec::new();
    for file in &wanted.checkpoint {
        let name = file.display().to_string();
        let note = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
        kept.push(Kept { name, note });
    }
    let began = Instant::now();
    let shown = Mutex::new(began);
    let progress = |done: u64, of: u64| show(&shown, began, done, of);
    let mut report = verify::verify(ledger, &kept, &wanted.key, &progress).await.map_err(text)?;
    if let Some(directory) = &wanted.archive {
        let (found, _) = archive::verify_files(ledger, directory, &wanted.key).await.map_err(text)?;
        report.note(found);
    }
    if wanted.json {
        print(&serde_json::to_string_pretty(&report).map_err(text)?)?;
    } else {
        print(&words(&report, began.elapsed()))?;
    }
    match report.finding {
        None => Ok(()),
        Some(finding) => {
            Err(format!("the audit log is not intact: record {}: {}", finding.seq, finding.problem))
        }
    }
}

async fn archive(config: &Config, wanted: &Archive) -> Result<(), String> {
    let offline = super::offline(config.clone()).await?;
    let done = archive::before(&offline.0, wanted.before, &|_| ControlFlow::Continue(())).await;
    let files = done.map(|made| {
        let lines = made.iter().map(|made| format!("{} ({} records)", made.file, made.last + 1 - made.first));
        lines.collect::<Vec<_>>()
    });
    match files {
        Ok(files) if files.is_empty() => offline.close("Nothing is old enough to fill a segment.").await,
        Ok(files) => offline.close(&files.join("\n")).await,
        Err(error) => {
            offline.0.shutdown().await;
            Err(text(error))
        }
    }
}

/// A line on standard error now and then; rewritten where somebody watches.
fn show(shown: &Mutex<Instant>, began: Instant, done: u64, of: u64) {
    let Ok(mut shown) = shown.lock() else { return };
    if shown.elapsed() < SHOW_EVERY {
        return;
    }
    *shown = Instant::now();
    let mut out = std::io::stderr().lock();
    let end = if out.is_terminal() { "\r" } else { "\n" };
    // Nothing depends on somebody seeing it.
    let _ = write!(out, "{done} of {of} records, {} a second{end}", rate(done, began.elapsed()));
    let _ = out.flush();
}

fn rate(records: u64, time: Duration) -> u64 {
    (records as f64 / time.as_secs_f64().max(0.001)) as u64
}

fn words(report: &Report, time: Duration) -> String {
    let Report { records, checkpoints, unsigned, .. } = report;
    match (&report.finding, &report.root) {
        (Some(finding), _) => format!("Record {}: {}.", finding.seq, finding.problem),
        (None, root) => format!(
            "{records} records are intact ({} a second); {checkpoints} checkpoints hold, {unsigned} records come after the newest.\nRoot: {}",
            rate(*records, time),
            root.as_deref().unwrap_or_default()
        ),
    }
}

async fn export(ledger: Arc<Ledger>, wanted: Export) -> Result<(), String> {
    let Export { format, output, actor, subtree, kind, action, resource, verdict, reason_code, since, until } =
        wanted;
    let reason = reason_code;
    let filter = AuditFilter {
        actor,
        subtree,
        kind,
        action,
        resource,
        verdict,
        reason,
        since,
        until,
        visible_to: None,
    };
    let mut parts = ledger.export(filter, format, SystemClock.now()).await.map_err(text)?;
    let mut out: Box<dyn Write> = match &output {
        Some(path) => {
            let file = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(BufWriter::new(std::io::stdout())),
    };
    while let Some(part) = parts.next().await {
        out.write_all(part.map_err(text)?.as_bytes()).map_err(text)?;
    }
    out.flush().map_err(text)
}

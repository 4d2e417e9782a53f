//! A log of ten million records: how long a page of it takes, filtered in every way there is, and how fast all of it is
//! checked.
//!
//! On the embedded database, in process: what HTTP adds is in the other figures. Records are appended as the server does.
//! Of a thousand agents, fifty people and two hundred resources; one in twenty is denied, one in ten thousand is of an
//! action and a resource of its own. Pages begin anywhere in the log, half of them at its end.

use crate::bench::machine::rank;
use crate::random::Random;
use anyhow::{Context, Result, ensure};
use clap::Args;
use kavach_model::audit::{AuditEvent, AuditFilter, AuditKind};
use kavach_model::permission::ReasonCode;
use kavach_model::{AgentId, AuditId, PageRequest, PrincipalId, Secret, Timestamp, UserId};
use kavach_service::audit::{ledger::Ledger, verify::verify};
use kavach_service::config::Config;
use kavach_store::{AuditDraft, DatabaseUrl, Store};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const AGENTS: u64 = 1_000;
const PEOPLE: u64 = 50;
const RESOURCES: u64 = 200;
/// One record of so many is a rare one.
const RARE: u64 = 10_000;
const BEGAN: Timestamp = Timestamp::from_millis(1_764_000_000_000);
/// Between two records.
const STEP: u64 = 20;
/// Pages of each kind.
const PAGES: u64 = 200;
/// Records appended at a time.
const GROUP: u64 = 8_192;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Where the database is put
    #[arg(long, value_name = "DIR")]
    work: PathBuf,
    /// How many records there are
    #[arg(long, default_value_t = 10_000_000)]
    records: u64,
}

/// Measures and prints.
pub async fn run(options: &Options) -> Result<ExitCode> {
    println!("{}", measure(&options.work, options.records).await?.write());
    Ok(ExitCode::SUCCESS)
}

/// What was found.
pub struct Large {
    records: u64,
    /// By filter: half, nearly all, all.
    pages: Vec<(&'static str, [Duration; 3])>,
    /// Records a second of a whole check.
    pub verified: f64,
}

impl Large {
    /// The slowest of the 99th percentiles.
    pub fn slowest(&self) -> Duration {
        self.pages.iter().map(|(_, [_, p99, _])| *p99).max().unwrap_or_default()
    }

    /// A table, in Markdown.
    pub fn write(&self) -> String {
        let Self { records, pages, verified } = self;
        let mut text =
            format!("| 50 of {records} records | p50 ms | p99 ms | longest ms |\n|---|---|---|---|\n");
        for (name, times) in pages {
            let [p50, p99, longest] = times.map(|time| time.as_secs_f64() * 1e3);
            text.push_str(&format!("| {name} | {p50:.2} | {p99:.2} | {longest:.2} |\n"));
        }
        text.push_str(&format!(
            "\n`kavach audit verify` checked all of them at {verified:.0} records a second.\n"
        ));
        text
    }
}

/// Makes the log and measures; takes minutes.
pub async fn measure(work: &Path, records: u64) -> Result<Large> {
    let folder = work.join("large");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let config = Config {
        data_dir: folder.clone(),
        instance_key: Some(Secret::new("00112233445566778899aabbccddeeff".repeat(2))),
        ..Config::default()
    };
    let url: DatabaseUrl = config.database_url().expose().parse().map_err(anyhow::Error::msg)?;
    let store = Store::connect(&url, 4).await?;
    store.migrate(BEGAN).await?;
    fill(&store, records).await?;
    let pages = pages(&store, records).await?;
    store.close().await;
    let ledger = Ledger::open(&config).await?;
    while ledger.current(at(records)).await?.size < records {}
    let began = Instant::now();
    let report = verify(&ledger, &[], &[], &|_, _| {}).await?;
    let verified = report.records as f64 / began.elapsed().as_secs_f64();
    ensure!(report.intact && report.records == records, "the log does not hold");
    ledger.close().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(Large { records, pages, verified })
}

async fn fill(store: &Store, records: u64) -> Result<()> {
    let began = Instant::now();
    for first in (0..records).step_by(GROUP as usize) {
        let drafts = (first..records.min(first + GROUP)).map(draft);
        let entries = drafts.map(AuditDraft::into_entry).collect::<kavach_store::Result<_>>()?;
        store.append_audit(entries).await?;
        if (first / GROUP).is_multiple_of(128) {
            // As the server does now and then; else the write-ahead log grows and grows.
            store.fold_back().await?;
        }
    }
    println!("{records} records appended in {:.0} s", began.elapsed().as_secs_f64());
    Ok(())
}

async fn pages(store: &Store, records: u64) -> Result<Vec<(&'static str, [Duration; 3])>> {
    let mut found = Vec::new();
    for (name, filter) in filters(records) {
        let mut random = Random::new(records);
        let mut times = Vec::new();
        for number in 0..PAGES {
            let cursor = (number % 2 == 0).then(|| random.below(records).max(1).to_string());
            let page = PageRequest::new(None, cursor).ok().context("no limit is a good limit")?;
            let filter = filter(random.next());
            let began = Instant::now();
            store.read().await?.list_audit(&filter, &page).await?;
            times.push(began.elapsed());
        }
        times.sort_unstable();
        let ranks = [50, 99, 100].map(|percent| rank(&times, percent));
        println!("{name}: {ranks:?}");
        found.push((name, ranks));
    }
    Ok(found)
}

/// A filter, from a random number.
type Filter = Box<dyn Fn(u64) -> AuditFilter>;

/// Every kind of filter, and some together.
fn filters(records: u64) -> Vec<(&'static str, Filter)> {
    let none = AuditFilter::default;
    let span = records * STEP;
    let since = move |random: u64| BEGAN + Duration::from_millis(random % span);
    let agent_of = |random: u64| Some(PrincipalId::Agent(agent(random % AGENTS)));
    vec![
        ("everything", Box::new(move |_| none())),
        ("one agent", Box::new(move |random| AuditFilter { actor: agent_of(random), ..none() })),
        (
            "one agent, denied",
            Box::new(move |random| AuditFilter {
                actor: agent_of(random),
                verdict: Some(ReasonCode::AgentSuspended.verdict()),
                ..none()
            }),
        ),
        (
            "what one person may see",
            Box::new(move |random| AuditFilter { visible_to: Some(person(random % PEOPLE)), ..none() }),
        ),
        (
            "one resource",
            Box::new(move |random| AuditFilter { resource: Some(resource(random % RESOURCES)), ..none() }),
        ),
        (
            "a rare resource",
            Box::new(move |_| AuditFilter { resource: Some("mcp:vault:root".to_owned()), ..none() }),
        ),
        (
            "resources that begin alike",
            Box::new(move |random| AuditFilter {
                resource: Some(format!("mcp:server-{}:*", random % 20)),
                ..none()
            }),
        ),
        ("one action", Box::new(move |_| AuditFilter { action: Some("read".to_owned()), ..none() })),
        ("a rare action", Box::new(move |_| AuditFilter { action: Some("erase".to_owned()), ..none() })),
        (
            "denied",
            Box::new(move |_| AuditFilter { verdict: Some(ReasonCode::AgentSuspended.verdict()), ..none() }),
        ),
        (
            "one reason",
            Box::new(move |_| AuditFilter { reason: Some(ReasonCode::NoMatchingPermission), ..none() }),
        ),
        ("a rare reason", Box::new(move |_| AuditFilter { reason: Some(ReasonCode::ChainBroken), ..none() })),
        (
            "events other than decisions",
            Box::new(move |_| AuditFilter { kind: Some(AuditKind::UserSignIn), ..none() }),
        ),
        ("from a time on", Box::new(move |random| AuditFilter { since: Some(since(random)), ..none() })),
        ("until a time", Box::new(move |random| AuditFilter { until: Some(since(random)), ..none() })),
        (
            "one hour",
            Box::new(move |random| AuditFilter {
                since: Some(since(random)),
                until: Some(since(random) + Duration::from_secs(3_600)),
                ..none()
            }),
        ),
        (
            "one agent, one hour",
            Box::new(move |random| AuditFilter {
                actor: agent_of(random),
                since: Some(since(random)),
                until: Some(since(random) + Duration::from_secs(3_600)),
                ..none()
            }),
        ),
    ]
}

fn at(number: u64) -> Timestamp {
    BEGAN + Duration::from_millis(number * STEP)
}

fn agent(number: u64) -> AgentId {
    AgentId::from_parts(BEGAN, bits(number))
}

fn person(number: u64) -> UserId {
    UserId::from_parts(BEGAN, bits(number))
}

fn bits(number: u64) -> [u8; 10] {
    let mut bits = [0; 10];
    bits[2..].copy_from_slice(&Random::new(number).next().to_be_bytes());
    bits
}

fn resource(number: u64) -> String {
    format!("mcp:server-{}:tool-{number}", number % 20)
}

/// A decision as agents ask for it, or now and then something else.
fn draft(number: u64) -> AuditDraft {
    let at = at(number);
    let mut random = Random::new(number);
    let rare = number.is_multiple_of(RARE);
    let who = random.below(AGENTS);
    let (agent, sponsor) = (agent(who), person(who % PEOPLE));
    let kind = if number % RARE == 1 { AuditKind::UserSignIn } else { AuditKind::Decision };
    let mut event = AuditEvent::new(kind, at);
    event.request_id = format!("{number:016x}");
    event.actor_id = Some(PrincipalId::Agent(agent));
    event.agent_id = Some(agent);
    event.chain = vec![PrincipalId::User(sponsor), PrincipalId::Agent(agent)];
    event.token_id = Some("tok_01jd3x6n9qk8v2m4c7t0wzr5ab".to_owned());
    event.action = Some(if rare { "erase" } else { "read" }.to_owned());
    event.resource = Some(if rare { "mcp:vault:root".to_owned() } else { resource(random.below(RESOURCES)) });
    let reason = match (rare, random.below(20)) {
        (true, _) => ReasonCode::ChainBroken,
        (false, 0) => ReasonCode::NoMatchingPermission,
        (false, _) => ReasonCode::Allowed,
    };
    (event.verdict, event.reason_code) = (reason.verdict(), reason);
    event.matched = Some(serde_json::json!({"resource": "mcp:*", "actions": ["read"]}));
    event.revision = Some(3);
    event.ip = Some("192.0.2.7".to_owned());
    event.user_agent = Some("an-agent/1.0".to_owned());
    event.latency_us = Some(4);
    AuditDraft { id: AuditId::from_parts(at, bits(number)), event, sponsor_id: Some(sponsor) }
}

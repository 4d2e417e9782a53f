//! The comparison: every variant is loaded in turn, round after round, in one go on one machine.
//!
//! Rates differ from machine to machine and from hour to hour; ratios within a round and CPU time a request do so
//! far less. So the servers all stay up, hello is measured again in every round, and a ratio is taken inside
//! its round before the median of the rounds is taken.

pub mod in_process;
mod load;
pub mod machine;
mod pages;
mod report;
mod tokens;

use crate::http::Request;
use crate::instance::{self, Place, Running};
use crate::{large, revocation};
use anyhow::{Context, Result, ensure};
use clap::Args;
use load::{Generator, Load, Sample};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// What to measure, and with what.
#[derive(Args)]
pub struct Options {
    /// The release binary
    #[arg(long, value_name = "FILE")]
    kavach: PathBuf,
    /// What the browser downloads, as built
    #[arg(long, value_name = "DIR")]
    site: PathBuf,
    /// Where databases are put; on the disk to be measured
    #[arg(long, value_name = "DIR")]
    work: PathBuf,
    /// Where the figures are written; only printed when absent
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How often every variant has its turn
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long a turn is, in seconds
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// What makes the load: wrk, or the generator in here; wrk when it is installed
    #[arg(long, value_enum)]
    generator: Option<Generator>,
    /// A script for Node that starts the authorization server of somebody else, and says where
    #[arg(long, value_name = "FILE")]
    peer: Option<PathBuf>,
    /// A PostgreSQL server; with it, also measures how long another replica allows what was revoked
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Trees that are revoked for that, with word of it and without each
    #[arg(long, default_value_t = 200)]
    revocations: usize,
    /// Also measures a log of so many records, which takes minutes and gigabytes
    #[arg(long)]
    large: Option<u64>,
    /// What a person has to type for all this, for the record
    #[arg(long, default_value = "kavach-bench bench")]
    command: String,
}

/// Connections of the main comparison.
const CONNECTIONS: usize = 64;
/// Connections of the question what durability costs.
const MANY: usize = 128;
/// Where files cost no disk.
const TMPFS: &str = "/dev/shm";
const WARM_UP: Duration = Duration::from_secs(1);

/// Something that is asked again and again.
struct Variant {
    what: What,
    connections: usize,
    server: (u32, std::net::SocketAddr),
    request: Request,
    /// Must be in every answer.
    expect: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Hello,
    Unsynced,
    Synced,
    Session,
    Token,
    Introspection,
    Peer,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Hello => "hello (axum, one route)",
            Self::Unsynced => "authorize, record on tmpfs",
            Self::Synced => "authorize, record synced",
            Self::Session => "session check",
            Self::Token => "token endpoint, ES256",
            Self::Introspection => "introspection",
            Self::Peer => "token endpoint of oidc-provider",
        }
    }
}

/// One variant's turn.
struct Turn {
    sample: Sample,
    /// Server CPU a request, in microseconds.
    cpu: f64,
    /// Part of the machine's time that the host gave to others.
    steal: f64,
}

/// A variant's turns, in the order of the rounds.
struct Measured {
    what: What,
    connections: usize,
    turns: Vec<Turn>,
}

/// Measures everything and writes it down.
pub async fn run(options: &Options) -> Result<ExitCode> {
    let generator = options.generator.unwrap_or_else(Generator::best);
    let machine = machine::Machine::look()?;
    println!("load average before: {}", machine.load_average);
    std::fs::create_dir_all(&options.work)?;
    let disk = machine::sync_times(&options.work)?;
    println!("in process: decisions without HTTP and without a record");
    let in_process = tokio::task::spawn_blocking(in_process::measure).await?;

    let signature = tokens::raw_signature()?;
    let hello = Running::hello().await?;
    // What is asked about must still live in the last round.
    let life = ("KAVACH_OAUTH__ACCESS_TOKEN_LIFE", "1h".to_owned());
    let synced_place = Place::new(&options.kavach, options.work.join("synced"))?.with(life.0, life.1);
    let tmpfs = PathBuf::from(TMPFS).join(format!("kavach-bench-{}", std::process::id()));
    let unsynced_place = Place::new(&options.kavach, tmpfs)?;
    let synced = Server::start(&synced_place).await?;
    let unsynced = Server::start(&unsynced_place).await?;
    let peer = match &options.peer {
        Some(script) => Some(Running::peer(script).await?),
        None => None,
    };
    let mut variants = variants(&hello, &synced, &unsynced)?;
    variants.extend(tokens::variants(&synced, peer.as_ref()).await?);

    let mut measured: Vec<Measured> = Vec::new();
    for variant in &variants {
        measured.push(Measured { what: variant.what, connections: variant.connections, turns: Vec::new() });
    }
    let mut audited = 0;
    for round in 1..=options.rounds {
        for (variant, measured) in variants.iter().zip(&mut measured) {
            let before = synced.audit_head().await?;
            let (turn, answered) = turn(variant, generator, Duration::from_secs(options.seconds)).await?;
            if variant.what == What::Synced {
                let recorded = synced.audit_head().await? - before;
                ensure!(recorded >= answered, "{answered} decisions were answered but {recorded} recorded");
                audited += recorded;
            }
            println!(
                "round {round}: {:<28} {:>4} connections {:>8.0} req/s  p99 {:.2} ms  {:.1} us CPU  steal {:.1} %",
                variant.what.name(),
                variant.connections,
                turn.sample.rate(),
                turn.sample.p99.as_secs_f64() * 1e3,
                turn.cpu,
                turn.steal * 100.0
            );
            measured.turns.push(turn);
        }
    }
    let pages = pages::measure(&synced.running, &synced.session, &options.site).await?;
    let memory = machine::resident(synced.running.pid()?)?;
    synced.running.stop().await?;
    unsynced.running.stop().await?;

    let revocations = match &options.postgres {
        Some(postgres) => {
            Some(revocation::measure(&options.kavach, &options.work, postgres, options.revocations).await?)
        }
        None => None,
    };
    let large = match options.large {
        Some(records) => Some(large::measure(&options.work, records).await?),
        None => None,
    };

    let report = report::Report {
        command: options.command.clone(),
        generator,
        rounds: options.rounds,
        seconds: options.seconds,
        machine,
        disk,
        measured,
        audited,
        signature,
        in_process,
        pages,
        memory,
        revocations,
        large,
    };
    let text = report.write();
    println!("\n{text}");
    if let Some(out) = &options.out {
        std::fs::write(out, &text).with_context(|| format!("could not write {}", out.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A kavach with somebody signed in and an agent.
struct Server {
    running: Running,
    session: String,
    agent: instance::Agent,
}

impl Server {
    async fn start(place: &Place) -> Result<Self> {
        place.create_admin().await?;
        let (running, _) = place.start().await?;
        let mut connection = running.connect().await?;
        let session = instance::sign_in(&mut connection).await?;
        let agent = instance::create_agent(&mut connection, &session, "bench").await?;
        Ok(Self { running, session, agent })
    }

    /// Position of the newest record.
    async fn audit_head(&self) -> Result<u64> {
        let request = Request::new("GET", "/api/auth/audit?limit=1").bearer(&self.session);
        let page = self.running.connect().await?.send(&request).await?.json()?;
        page["data"][0]["seq"].as_u64().context("the log is not empty")
    }
}

fn variants(hello: &Running, synced: &Server, unsynced: &Server) -> Result<Vec<Variant>> {
    let variant = |what, connections, running: &Running, request, expect| -> Result<Variant> {
        Ok(Variant { what, connections, server: (running.pid()?, running.address), request, expect })
    };
    let authorize = |what, connections, server: &Server| {
        variant(
            what,
            connections,
            &server.running,
            instance::question(&server.agent, "read"),
            "\"allowed\":true",
        )
    };
    let session = Request::new("GET", "/api/auth/session").bearer(&synced.session);
    Ok(vec![
        variant(What::Hello, CONNECTIONS, hello, Request::new("GET", "/"), "hello")?,
        authorize(What::Unsynced, CONNECTIONS, unsynced)?,
        authorize(What::Synced, CONNECTIONS, synced)?,
        variant(What::Session, CONNECTIONS, &synced.running, session, "\"user\"")?,
        authorize(What::Unsynced, MANY, unsynced)?,
        authorize(What::Synced, MANY, synced)?,
    ])
}

/// Loads one server; also says how many requests it answered, the warm-up included.
async fn turn(variant: &Variant, generator: Generator, length: Duration) -> Result<(Turn, u64)> {
    let (pid, address) = variant.server;
    let wire = variant.request.wire(address);
    let reply = crate::http::Connection::open(address).await?.exchange(&wire).await?;
    let body = String::from_utf8_lossy(&reply.body);
    ensure!(
        reply.status == 200 && body.contains(variant.expect),
        "{}: {} {body}",
        variant.what.name(),
        reply.status
    );
    let load = |length| Load { address, request: &variant.request, connections: variant.connections, length };
    let warm = load(WARM_UP).run(generator).await?;
    let (cpu_before, ticks_before) = (machine::process_cpu(pid)?, machine::Ticks::now()?);
    let sample = load(length).run(generator).await?;
    let (cpu_after, ticks_after) = (machine::process_cpu(pid)?, machine::Ticks::now()?);
    ensure!(warm.errors + sample.errors == 0, "{}: {} requests failed", variant.what.name(), sample.errors);
    let answered = warm.requests + sample.requests;
    let cpu = (cpu_after - cpu_before).as_secs_f64() * 1e6 / sample.requests.max(1) as f64;
    Ok((Turn { cpu, steal: ticks_after.steal_since(ticks_before), sample }, answered))
}

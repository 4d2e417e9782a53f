//! A flood of sign-ins beside the questions of one agent: how much longer the agent waits, and how much of what the
//! machine can hash the sign-ins get.
//!
//! A machine hashes faster in one minute than in the next, and disks are slow now and then. So idle, limit and flood take
//! turns, ratios are taken within a round, and the median of the rounds counts.

use super::{Options, WRONG, ask, place, sign_up};
use crate::instance::{self, Running};
use anyhow::{Context, Result};
use kavach_model::Secret;
use kavach_service::crypto::password::PasswordHasher;
use kavach_service::rng::SystemRng;
use serde_json::json;
use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

/// Questions an agent asks in a second: what one asks, not what the server can answer.
const QUESTIONS: u64 = 50;
/// How many times the idle p99 is well.
const FACTOR: f64 = 2.0;
/// How much of what the machine can hash is well.
const PART: f64 = 0.95;

/// All rounds, and what they come to.
pub async fn run(options: &Options) -> Result<ExitCode> {
    let length = Duration::from_secs(options.seconds);
    let place = place(options, "flood")?;
    place.create_admin().await?;
    let (server, _) = place.start().await?;
    let mut connection = server.connect().await?;
    let session = instance::sign_in(&mut connection).await?;
    let agent = instance::create_agent(&mut connection, &session, "bench").await?;
    let people = 50;
    for number in 0..people {
        sign_up(&mut connection, &format!("person-{number}@example.com")).await?;
    }
    let wire: Arc<[u8]> = instance::question(&agent, "read").wire(server.address).into();
    let mut rounds = Vec::new();
    for round in 1..=options.rounds {
        let found = Round::run(&server, &wire, options.connections, people, length).await?;
        println!("round {round}: {found}");
        rounds.push(found);
    }
    server.stop().await?;

    let factor = middle(&rounds, Round::factor);
    let part = middle(&rounds, Round::part);
    let turned_away: u64 = rounds.iter().map(|round| round.turned_away).sum();
    println!("authorize p99, flooded to idle, median of rounds {factor:>7.2} times");
    println!("sign-ins judged to argon2 limit, median          {:>7.1} %", part * 100.0);
    println!("sign-ins asked to come back                      {turned_away:>7}");
    let well = factor <= FACTOR && part >= PART;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Idle, limit and flood, one after the other.
struct Round {
    idle: Duration,
    flooded: Duration,
    /// Passwords a second the machine verifies when it does nothing else.
    limit: f64,
    /// Sign-ins a second that were answered.
    signed: f64,
    turned_away: u64,
}

impl Round {
    async fn run(
        server: &Running,
        wire: &[u8],
        connections: usize,
        people: usize,
        length: Duration,
    ) -> Result<Self> {
        let idle = questions(server, wire, length).await?;
        let limit = hashes(length).await?;
        let end = Instant::now() + length + Duration::from_secs(2);
        let flood = Flood::start(server, connections, people, end).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        flood.answered.store(0, Ordering::Relaxed);
        let started = Instant::now();
        let flooded = questions(server, wire, length).await?;
        let signed = flood.answered.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
        Ok(Self { idle, flooded, limit, signed, turned_away: flood.stop().await })
    }

    fn factor(&self) -> f64 {
        self.flooded.as_secs_f64() / self.idle.as_secs_f64()
    }

    fn part(&self) -> f64 {
        self.signed / self.limit
    }
}

impl fmt::Display for Round {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        write!(
            out,
            "authorize p99 {:.2} ms idle, {:.2} ms flooded ({:.2} times); argon2 limit {:.1}/s, sign-ins {:.1}/s ({:.1} %)",
            milliseconds(self.idle),
            milliseconds(self.flooded),
            self.factor(),
            self.limit,
            self.signed,
            self.part() * 100.0
        )
    }
}

fn middle(rounds: &[Round], of: fn(&Round) -> f64) -> f64 {
    let mut all: Vec<f64> = rounds.iter().map(of).collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::INFINITY)
}

/// What an agent waits at the 99th percentile, asking at a steady pace.
async fn questions(server: &Running, wire: &[u8], length: Duration) -> Result<Duration> {
    let mut connection = server.connect().await?;
    let mut ticks = tokio::time::interval(Duration::from_millis(1_000 / QUESTIONS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let end = Instant::now() + length;
    let mut times = Vec::new();
    while Instant::now() < end {
        // Counted from when it was due: a question that waits for the one before it waits too.
        let due = ticks.tick().await;
        connection.exchange(wire).await?.data()?;
        times.push(due.elapsed());
    }
    times.sort_unstable();
    times.get(times.len() * 99 / 100).copied().context("nothing was asked")
}

/// Passwords the machine verifies in a second when it does nothing else.
async fn hashes(length: Duration) -> Result<f64> {
    let threads = std::thread::available_parallelism()?.get();
    let hasher = Arc::new(PasswordHasher::new(threads, Arc::new(SystemRng))?);
    let stored = hasher.hash(Secret::new(WRONG)).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    let started = Instant::now();
    let end = started + length;
    let mut tasks = JoinSet::new();
    for _ in 0..threads * 2 {
        let (hasher, stored) = (Arc::clone(&hasher), stored.clone());
        tasks.spawn(async move {
            let mut count = 0_u64;
            while Instant::now() < end {
                count += u64::from(hasher.verify(Secret::new(WRONG), Some(stored.clone())).await.is_ok());
            }
            count
        });
    }
    let count: u64 = tasks.join_all().await.into_iter().sum();
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

/// Connections that sign in as fast as they are answered.
struct Flood {
    tasks: JoinSet<u64>,
    answered: Arc<AtomicU64>,
}

impl Flood {
    async fn start(server: &Running, connections: usize, people: usize, end: Instant) -> Result<Self> {
        let answered = Arc::new(AtomicU64::new(0));
        let mut tasks = JoinSet::new();
        for number in 0..connections {
            let mut connection = server.connect().await?;
            let email = format!("person-{}@example.com", number % people);
            let wire =
                ask("/sign-in/email", &json!({"email": email, "password": WRONG})).wire(server.address);
            let answered = Arc::clone(&answered);
            tasks.spawn(async move {
                let mut turned_away = 0;
                while Instant::now() < end {
                    match connection.exchange(&wire).await {
                        Ok(reply) if reply.status == 401 => drop(answered.fetch_add(1, Ordering::Relaxed)),
                        Ok(_) => turned_away += 1,
                        Err(_) => return turned_away,
                    }
                }
                turned_away
            });
        }
        Ok(Self { tasks, answered })
    }

    async fn stop(self) -> u64 {
        self.tasks.join_all().await.into_iter().sum()
    }
}

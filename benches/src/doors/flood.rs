//! A flood of sign-ins beside the questions of one agent: how much longer the agent waits, and how much of what the
//! machine can hash the sign-ins get.

use super::{Options, WRONG, ask, place, sign_up};
use crate::instance::{self, Running};
use anyhow::{Context, Result};
use kavach_model::Secret;
use kavach_service::crypto::password::PasswordHasher;
use kavach_service::rng::SystemRng;
use serde_json::json;
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

/// Idle, then the limit of hashing, then the flood.
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
    let idle = questions(&server, &wire, length).await?;
    let limit = hashes(length).await?;
    let end = Instant::now() + length + Duration::from_secs(2);
    let flood = Flood::start(&server, options.connections, people, end).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    flood.answered.store(0, Ordering::Relaxed);
    let started = Instant::now();
    let flooded = questions(&server, &wire, length).await?;
    let signed = flood.answered.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
    let turned_away = flood.stop().await;
    server.stop().await?;

    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let factor = flooded.as_secs_f64() / idle.as_secs_f64();
    println!("authorize p99, idle           {:>9.2} ms", milliseconds(idle));
    println!("authorize p99, flooded        {:>9.2} ms   {factor:.2} times", milliseconds(flooded));
    println!("argon2 limit                  {limit:>9.1} /s");
    println!("sign-ins judged               {signed:>9.1} /s   {:.1} % of the limit", signed / limit * 100.0);
    println!("sign-ins asked to come back   {turned_away:>9}");
    let well = factor <= FACTOR && signed / limit >= PART;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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

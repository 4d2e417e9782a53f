//! The kill loop: the server is killed under load again and again, and whatever it answered must be there afterwards.
//!
//! Killing a process loses nothing the kernel already has, so this shows the order of things inside the process
//! and that a start repairs what a kill left half done. That an answer waits for the disk itself is another
//! question, which `--strace` answers by watching the system calls of one write of every kind.

mod loader;
mod syscalls;
mod verify;

use crate::http::Connection;
use crate::instance::{self, Place, Running};
use crate::random::Random;
use anyhow::{Context, Result, bail};
use clap::Args;
use loader::{Answers, Loader};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use verify::Verifier;

/// How to torment it.
#[derive(Args)]
pub struct Options {
    /// The binary
    #[arg(long, value_name = "FILE")]
    kavach: PathBuf,
    /// Where the database is put; on a real disk
    #[arg(long, value_name = "DIR")]
    work: PathBuf,
    /// How often it is killed
    #[arg(long, default_value_t = 100)]
    cycles: u32,
    /// Questions a second
    #[arg(long, default_value_t = 200)]
    rate: u32,
    /// Makes the same moments of killing again
    #[arg(long)]
    seed: Option<u64>,
    /// How long a restart may take until it is ready, in milliseconds
    #[arg(long, default_value_t = 1_000)]
    max_restart: u64,
    /// Watch system calls instead: is every write synced before it is answered? Needs strace
    #[arg(long)]
    strace: bool,
}

/// The server lives this long after the load began, in milliseconds.
const SHORTEST: u64 = 50;
const LONGEST: u64 = 500;

/// Runs the loop; fails when anything was lost.
pub async fn run(options: &Options) -> Result<ExitCode> {
    std::fs::create_dir_all(&options.work)?;
    let place = Place::new(&options.kavach, options.work.join("crash"))?;
    place.create_admin().await?;
    if options.strace {
        return syscalls::run(&place).await;
    }
    let seed = options.seed.unwrap_or_else(Random::seed);
    println!("seed {seed}, {} cycles, {} questions a second", options.cycles, options.rate);
    let mut random = Random::new(seed);
    let (mut server, mut slowest) = place.start().await?;
    let mut connection = server.connect().await?;
    let session = instance::sign_in(&mut connection).await?;
    let agent = instance::create_agent(&mut connection, &session, "first").await?;
    let answers = Answers::new(options.work.join("answers"))?;
    let mut verifier = Verifier::new(session.clone());
    verifier.expect_agent(agent.clone());

    for cycle in 1..=options.cycles {
        let loader = Loader::start(server.address, options.rate, &agent, &session, cycle, &answers);
        tokio::time::sleep(Duration::from_millis(SHORTEST + random.below(LONGEST - SHORTEST + 1))).await;
        server.kill().await?;
        // The connections are dead; what had arrived before is still read.
        let answered = loader.finish().await?;
        answers.sync()?;
        let (started, took) =
            place.start().await.with_context(|| format!("cycle {cycle}: it did not start again"))?;
        server = started;
        slowest = slowest.max(took);
        verifier.check(&server, answered).await.with_context(|| format!("cycle {cycle}"))?;
        if cycle % 10 == 0 {
            println!("cycle {cycle}: {}", verifier.summary());
        }
    }
    verifier.check_all(&server).await?;
    let clean = server.stop().await?.success();
    println!("seed {seed}, cycles {}, {}", options.cycles, verifier.summary());
    println!("slowest start {} ms, limit {} ms", slowest.as_millis(), options.max_restart);
    for loss in verifier.losses() {
        println!("LOST: {loss}");
    }
    if !clean {
        bail!("the server did not stop well in the end");
    }
    if !verifier.losses().is_empty() || slowest > Duration::from_millis(options.max_restart) {
        return Ok(ExitCode::FAILURE);
    }
    println!("nothing was lost");
    Ok(ExitCode::SUCCESS)
}

/// A connection to a server that should be there.
async fn connect(server: &Running) -> Result<Connection> {
    server.connect().await.context("the server does not accept connections")
}

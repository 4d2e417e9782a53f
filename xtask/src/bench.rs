//! `cargo xtask bench` and `cargo xtask crash`: builds the server and what drives it from outside, then hands over.
//!
//! Both work on the finished binary over HTTP; see the package `kavach-bench` in `benches/`.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;

use crate::progress::Steps;
use crate::test::postgres::Postgres;
use crate::workspace::Workspace;
use crate::{build, node, process, site};

/// What to measure.
#[derive(Args)]
pub struct Bench {
    /// How often every variant has its turn
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// How long a turn is, in seconds
    #[arg(long, default_value_t = 8)]
    seconds: u32,
    /// `wrk` or `own`; wrk when it is installed
    #[arg(long)]
    generator: Option<String>,
    /// Also revoke so many trees of agents, and see how long another replica over PostgreSQL allows them; 200 are meant
    #[arg(long, default_value_t = 0)]
    revocations: u32,
    /// Also measure a log of ten million records; takes minutes and some 15 GB of disk
    #[arg(long)]
    large: bool,
    /// Only print the figures, leave docs/benchmarks.md alone
    #[arg(long)]
    dry_run: bool,
    /// Use what was built before
    #[arg(long)]
    no_build: bool,
}

/// How to torment it.
#[derive(Args)]
pub struct Crash {
    /// How often the server is killed
    #[arg(long, default_value_t = 100)]
    cycles: u32,
    /// Questions a second
    #[arg(long, default_value_t = 200)]
    rate: u32,
    /// Makes the same moments of killing again
    #[arg(long)]
    seed: Option<u64>,
    /// Longest time until a restarted server is ready, in milliseconds
    #[arg(long, default_value_t = 1000)]
    max_restart: u32,
    /// Instead, watch with strace that every kind of write is synced before it is answered
    #[arg(long)]
    strace: bool,
    /// Use the unoptimised server
    #[arg(long)]
    debug: bool,
    /// Use what was built before
    #[arg(long)]
    no_build: bool,
}

/// How long to look at the doors people come in by.
#[derive(Args)]
pub struct Doors {
    /// Pairs of a known and an unknown address at every door
    #[arg(long, default_value_t = 300)]
    pairs: u32,
    /// Connections that sign in as fast as they can
    #[arg(long, default_value_t = 500)]
    connections: u32,
    /// How long a turn of the flood is, in seconds
    #[arg(long, default_value_t = 15)]
    seconds: u32,
    /// Use what was built before
    #[arg(long)]
    no_build: bool,
}

/// Whether times tell who is known, then whether a flood of sign-ins keeps agents waiting.
pub fn doors(options: &Doors) -> Result<ExitCode> {
    let workspace = Workspace::locate()?;
    let mut outcome = ExitCode::SUCCESS;
    for (command, no_build) in [("enumerate", options.no_build), ("flood", true)] {
        let mut driver = prepare(&workspace, true, no_build)?;
        driver.arg(command).arg("--kavach").arg(workspace.server_binary("release"));
        driver.arg("--work").arg(workspace.target.join("doors"));
        driver.args(["--pairs", &options.pairs.to_string(), "--seconds", &options.seconds.to_string()]);
        driver.args(["--connections", &options.connections.to_string()]);
        let ended = finish(driver)?;
        if ended != ExitCode::SUCCESS {
            outcome = ended;
        }
    }
    Ok(outcome)
}

/// Measures, prints, and writes docs/benchmarks.md.
pub fn bench(options: &Bench) -> Result<ExitCode> {
    let workspace = Workspace::locate()?;
    let mut driver = prepare(&workspace, true, options.no_build)?;
    driver.arg("bench").arg("--kavach").arg(workspace.server_binary("release"));
    driver.arg("--site").arg(workspace.site()).arg("--work").arg(workspace.target.join("bench"));
    driver.args(["--rounds", &options.rounds.to_string(), "--seconds", &options.seconds.to_string()]);
    let mut command = format!("cargo xtask bench --rounds {} --seconds {}", options.rounds, options.seconds);
    if let Some(generator) = &options.generator {
        driver.args(["--generator", generator]);
        command.push_str(&format!(" --generator {generator}"));
    }
    let postgres = match options.revocations {
        0 => None,
        _ => Some(Postgres::start(&workspace)?),
    };
    if let Some(postgres) = &postgres {
        let revocations = options.revocations.to_string();
        driver.args(["--postgres", postgres.url(), "--revocations", &revocations]);
        command.push_str(&format!(" --revocations {revocations}"));
    }
    node::install(&workspace, "end2end")?;
    driver.arg("--peer").arg(workspace.root.join("end2end/support/peer_alone.js"));
    if options.large {
        driver.args(["--large", "10000000"]);
        command.push_str(" --large");
    }
    driver.args(["--command", &command]);
    if !options.dry_run {
        driver.arg("--out").arg(workspace.root.join("docs").join("benchmarks.md"));
    }
    finish(driver)
}

/// Kills the server under load, again and again, and looks for what it had answered.
pub fn crash(options: &Crash) -> Result<ExitCode> {
    let workspace = Workspace::locate()?;
    let mut driver = prepare(&workspace, !options.debug, options.no_build)?;
    let profile = if options.debug { "debug" } else { "release" };
    driver.arg("crash").arg("--kavach").arg(workspace.server_binary(profile));
    driver.arg("--work").arg(workspace.target.join("crash"));
    driver.args(["--cycles", &options.cycles.to_string(), "--rate", &options.rate.to_string()]);
    driver.args(["--max-restart", &options.max_restart.to_string()]);
    if let Some(seed) = options.seed {
        driver.args(["--seed", &seed.to_string()]);
    }
    if options.strace {
        driver.arg("--strace");
    }
    finish(driver)
}

/// Builds the server with its site, and the driver, which is called the same way whatever it drives.
fn prepare(workspace: &Workspace, release: bool, no_build: bool) -> Result<Command> {
    let profile = if release { "release" } else { "debug" };
    if !no_build {
        let mut steps = Steps::new(site::STEPS + 2);
        site::build(workspace, &mut steps)?;
        build::server(workspace, &mut steps, release)?;
        let mut cargo = process::cargo(workspace);
        cargo.args(["build", "--package", "kavach-bench"]);
        if release {
            cargo.arg("--release");
        }
        steps.step("Compiling what drives it", || process::run(&mut cargo))?;
    }
    let driver: PathBuf = workspace.target.join(profile).join("kavach-bench");
    Ok(process::command(workspace, driver))
}

fn finish(mut driver: Command) -> Result<ExitCode> {
    let status = driver.status().with_context(|| format!("could not start `{}`", process::text(&driver)))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

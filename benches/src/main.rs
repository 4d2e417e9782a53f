//! Drives the finished binary `kavach` from outside, as a stranger would: how fast it answers beside a server that
//! only says hello, and whether anything it answered is lost when it is killed.
//!
//! Started by `cargo xtask bench` and `cargo xtask crash`, which build everything first. Nothing here is a test with
//! a time in it: figures are printed and judged by people.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

mod bench;
mod crash;
mod doors;
mod hello;
mod http;
mod instance;
mod large;
mod random;
mod revocation;

use anyhow::Result;
use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use std::process::ExitCode;

/// What the server has: what is compared with it must not be slower for want of it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Measures and torments a kavach binary.
#[derive(Parser)]
#[command(name = "kavach-bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures hello, authorize and session checks in turn, and writes the figures down
    Bench(bench::Options),
    /// Measures decisions in process only, and prints the figures
    Decisions(bench::in_process::Options),
    /// Kills the server under load again and again, and looks for what it answered
    Crash(crash::Options),
    /// Measures how long another replica allows what was revoked, and prints the figures
    Revocation(revocation::Options),
    /// Measures pages of a very long log and checking all of it, and prints the figures
    Large(large::Options),
    /// Asks every door about people who exist and people who do not, and compares answers and times
    Enumerate(doors::Options),
    /// Floods the sign-in and looks how long an agent waits
    Flood(doors::Options),
    /// The server everything is compared with
    Hello(hello::Options),
}

fn main() -> Result<ExitCode> {
    let command = Cli::parse().command;
    // The very settings of `kavach serve`, because hello runs in here as well.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Bench(options) => bench::run(&options).await,
            Command::Decisions(options) => Ok(bench::in_process::run(&options)),
            Command::Crash(options) => crash::run(&options).await,
            Command::Revocation(options) => revocation::run(&options).await,
            Command::Large(options) => large::run(&options).await,
            Command::Enumerate(options) => doors::enumerate(&options).await,
            Command::Flood(options) => doors::flood(&options).await,
            Command::Hello(options) => hello::run(&options).await,
        }
    })
}

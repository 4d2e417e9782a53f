//! `cargo xtask`: the only build tool anyone has to know.
//!
//! One file a command; what several of them need (paths, processes, packages of the system) stands beside them.
//! Nothing here is part of the product: the server never sees this package.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a build tool speaks to a person on the terminal"
)]

mod apt;
mod architecture;
mod bench;
mod build;
mod node;
mod process;
mod progress;
mod run;
mod site;
mod test;
mod wasm;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, runs and tests Kavach.
///
/// Needs: a Rust toolchain by rustup, Node 20 or newer with npm. The rest (the WASM target, and for the tests
/// PostgreSQL and Chromium) is fetched when it is missing; what cannot be fetched is named with the command to run.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the browser part, the stylesheet and the server that carries them
    Build(build::Options),
    /// Builds for production and starts the server on http://localhost:3000
    Run(run::Options),
    /// Runs every check: format, lints, architecture, tests on both databases, the browser
    Test(test::Options),
    /// Measures the release server beside a hello server and writes docs/benchmarks.md
    Bench(bench::Bench),
    /// Kills the server under load again and again; nothing it answered may be lost
    Crash(bench::Crash),
    /// Compares what people who exist and people who do not are answered, and floods the sign-in
    Doors(bench::Doors),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Build(options) => build::run(&options),
        Command::Run(options) => run::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Bench(options) => bench::bench(&options),
        Command::Crash(options) => bench::crash(&options),
        Command::Doors(options) => bench::doors(&options),
    };
    result.unwrap_or_else(|error| {
        // From what was being done down to what went wrong; a backtrace would help nobody here.
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        eprintln!("\nerror: {}", causes.join("\n  "));
        ExitCode::FAILURE
    })
}

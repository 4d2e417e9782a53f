//! `cargo xtask build`: one server binary with everything the browser needs inside.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::progress::{Steps, human};
use crate::workspace::Workspace;
use crate::{process, site};

/// What to build.
#[derive(Args)]
pub struct Options {
    /// Optimise the server, as for production (the browser part always is)
    #[arg(long)]
    release: bool,
}

/// Builds and says where the binary is.
pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::locate()?;
    let mut steps = Steps::new(site::STEPS + 1);
    site::build(&workspace, &mut steps)?;
    let profile = if options.release { "release" } else { "debug" };
    server(&workspace, &mut steps, options.release)?;
    println!("Done in {}: {}", human(steps.elapsed()), workspace.server_binary(profile).display());
    Ok(ExitCode::SUCCESS)
}

/// Compiles the server; it embeds the site that was built before.
pub fn server(workspace: &Workspace, steps: &mut Steps, release: bool) -> Result<()> {
    let mut cargo = process::cargo(workspace);
    cargo.args(["build", "--package", "server"]);
    if release {
        cargo.arg("--release");
    }
    steps.step("Compiling the server", || process::run(&mut cargo))
}

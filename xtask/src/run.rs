//! `cargo xtask run`: from a fresh clone to a running server.

use std::os::unix::process::CommandExt as _;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::progress::{Steps, human};
use crate::workspace::Workspace;
use crate::{build, process, site};

/// How to start it.
#[derive(Args)]
pub struct Options {
    /// Fill an empty instance with a believable organisation, to have something to look at
    #[arg(long)]
    demo: bool,
    /// Listen on this port of this machine instead of the configured address
    #[arg(long)]
    port: Option<u16>,
    /// More arguments for `kavach serve`
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Builds for production, then becomes the server: signals and the terminal are its own.
pub fn run(options: &Options) -> Result<ExitCode> {
    let workspace = Workspace::locate()?;
    let mut steps = Steps::new(site::STEPS + 1);
    site::build(&workspace, &mut steps)?;
    build::server(&workspace, &mut steps, true)?;
    println!("Built in {}, starting", human(steps.elapsed()));

    let mut server = process::command(&workspace, workspace.server_binary("release"));
    server.arg("serve");
    if options.demo {
        server.arg("--demo");
    }
    if let Some(port) = options.port {
        // Set like every setting; the public address follows it unless that is configured, too.
        server.env("KAVACH_LISTEN", format!("127.0.0.1:{port}"));
    }
    server.args(&options.rest);
    // Only returns when it could not start.
    Err(server.exec()).with_context(|| format!("could not start `{}`", process::text(&server)))
}

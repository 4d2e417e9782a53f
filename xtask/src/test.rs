//! `cargo xtask test`: every check there is, in stages, with one count at the end.
//!
//! A stage that fails does not stop the next one: a run shows all there is to mend. The order is by how fast a
//! stage can say no.

mod browser;
pub mod postgres;
mod rust;
mod tally;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::progress::{Steps, human};
use crate::workspace::{PRODUCT, Workspace};
use crate::{architecture, process, site};
use postgres::Postgres;
use tally::Tally;

/// What to check.
#[derive(Args)]
pub struct Options {
    /// Run this stage only; may be given more than once
    #[arg(long, value_name = "STAGE")]
    only: Vec<Stage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// Is the code formatted
    Fmt,
    /// Layers, dependencies and names, as docs/architecture.md has them
    Architecture,
    /// Licences and known weaknesses of dependencies (where cargo-deny is installed)
    Deny,
    /// Lints, on the server's code, the browser's and the build tool's
    Clippy,
    /// Does the browser part build, with its stylesheet
    Site,
    /// Unit, property, store and router tests, on SQLite and on PostgreSQL
    Rust,
    /// Pages in Chromium, with script and without
    Browser,
}

/// Runs the stages; the last line is the count.
pub fn run(options: &Options) -> Result<ExitCode> {
    let mut session = Session { workspace: Workspace::locate()?, postgres: None, site: None };
    let started = Instant::now();
    let mut total = Tally::default();
    let mut lines = Vec::new();
    for stage in Stage::value_variants().iter().copied().filter(|stage| options.wants(*stage)) {
        println!("== {}", stage.name());
        let stage_started = Instant::now();
        let mut tally = Tally::default();
        let result = session.run(stage, &mut tally);
        if let Err(error) = &result {
            println!("{error:#}");
            // Something went wrong besides the tests that were counted.
            tally.failed = tally.failed.max(1);
        }
        let verdict = if tally.failed == 0 { "ok" } else { "FAILED" };
        let line = format!("== {:<12} {:<6} {:>12}", stage.name(), verdict, human(stage_started.elapsed()));
        println!("{line}\n");
        lines.push(line);
        total.add(&tally);
    }
    drop(session);
    println!("{}\n== {:<12} {:<6} {:>12}", lines.join("\n"), "all", "", human(started.elapsed()));
    println!("{total}");
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the stages share.
struct Session {
    workspace: Workspace,
    /// Started by the first stage that needs it, stopped at the end.
    postgres: Option<Postgres>,
    /// Whether the site was built, once it was tried.
    site: Option<bool>,
}

impl Session {
    fn run(&mut self, stage: Stage, tally: &mut Tally) -> Result<()> {
        match stage {
            Stage::Fmt => process::run(process::cargo(&self.workspace).args(["fmt", "--all", "--check"])),
            Stage::Architecture => self.architecture(),
            Stage::Deny => self.deny(),
            Stage::Clippy => self.clippy(),
            Stage::Site => self.site(),
            Stage::Rust => rust::run(&self.workspace.clone(), self.postgres()?, tally),
            Stage::Browser => {
                self.site()?;
                browser::run(&self.workspace.clone(), self.postgres()?, tally)
            }
        }
    }

    fn architecture(&self) -> Result<()> {
        match architecture::report(&architecture::checks(&self.workspace)?) {
            0 => Ok(()),
            broken => bail!("{broken} rules of the architecture do not hold"),
        }
    }

    fn deny(&self) -> Result<()> {
        if process::find("cargo-deny").is_none() {
            println!("cargo-deny is not installed: licences and advisories were NOT checked");
            return Ok(());
        }
        process::run(process::cargo(&self.workspace).args(["deny", "check"]))
    }

    /// Three runs: packages linted together share features, and neither the browser's half of `app` nor the build
    /// tool may change what the server is built with.
    fn clippy(&self) -> Result<()> {
        let selections: [&[&str]; 3] = [
            &[PRODUCT.as_slice(), &["--all-targets"]].concat(),
            &["--package", "frontend", "--package", "app", "--features", "app/hydrate"],
            &["--package", "xtask", "--all-targets"],
        ];
        let mut broken = Vec::new();
        for selection in selections {
            let mut cargo = process::cargo(&self.workspace);
            cargo.arg("clippy").args(selection).args(["--", "--deny", "warnings"]);
            broken.extend(process::run(&mut cargo).err().map(|error| format!("{error:#}")));
        }
        if !broken.is_empty() {
            bail!(broken.join("\n"));
        }
        Ok(())
    }

    /// The server embeds it, so it comes before every test that builds the server.
    fn site(&mut self) -> Result<()> {
        match self.site {
            Some(true) => Ok(()),
            Some(false) => bail!("the browser part did not build"),
            None => {
                let built = site::build(&self.workspace, &mut Steps::new(site::STEPS));
                self.site = Some(built.is_ok());
                built
            }
        }
    }

    fn postgres(&mut self) -> Result<&Postgres> {
        let started = match self.postgres.take() {
            Some(running) => running,
            None => Postgres::start(&self.workspace)?,
        };
        Ok(self.postgres.insert(started))
    }
}

impl Options {
    fn wants(&self, stage: Stage) -> bool {
        self.only.is_empty() || self.only.contains(&stage)
    }
}

impl Stage {
    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

//! The compiler for the browser part: prepares the WASM target once, then builds `frontend` with it.
//!
//! Tried in this order: the target is there; a sysroot made here before; `rustup target add`; Debian's own
//! compiler packages, for machines where rustup reaches no server.

mod debian;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process;
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler that has the WASM target.
pub enum Toolchain {
    /// The one that builds everything else.
    Own,
    /// Debian's, with a standard library built here.
    Debian(debian::Compiler),
}

impl Toolchain {
    /// Finds one or makes one.
    pub fn prepare(workspace: &Workspace) -> Result<Self> {
        if has_target(workspace) {
            return Ok(Self::Own);
        }
        if let Some(compiler) = debian::Compiler::find(workspace) {
            return Ok(Self::Debian(compiler));
        }
        let refusal = match add_by_rustup(workspace) {
            Ok(()) if has_target(workspace) => return Ok(Self::Own),
            Ok(()) => "rustup added the target, but to another toolchain than the one in use".to_owned(),
            Err(error) => format!("{error:#}"),
        };
        println!("      rustup could not add {TARGET}; falling back to Debian's compiler");
        match debian::Compiler::install(workspace) {
            Ok(compiler) => Ok(Self::Debian(compiler)),
            Err(error) => bail!(
                "the Rust target {TARGET} is needed. Either make this work: rustup target add {TARGET}\n{refusal}\n\
                 or Debian's packages instead:\n{error:#}"
            ),
        }
    }

    /// Compiles `frontend`; returns the module as rustc wrote it.
    pub fn compile(&self, workspace: &Workspace) -> Result<PathBuf> {
        // A folder of its own, so that a server build at the same time never waits for this one.
        let target = workspace.target.join("frontend");
        let mut cargo = self.cargo(workspace);
        cargo.args(["build", "--package", "frontend", "--target", TARGET, "--profile", "wasm"]);
        cargo.env("CARGO_TARGET_DIR", &target);
        process::run(&mut cargo)?;
        Ok(target.join(TARGET).join("wasm").join("frontend.wasm"))
    }

    fn cargo(&self, workspace: &Workspace) -> Command {
        match self {
            Self::Own => process::cargo(workspace),
            Self::Debian(compiler) => compiler.cargo(workspace),
        }
    }
}

/// Whether the toolchain in use has a standard library for the target.
fn has_target(workspace: &Workspace) -> bool {
    let mut rustc = process::command(workspace, "rustc");
    let Ok(folder) = process::run_quietly(rustc.args(["--print", "target-libdir", "--target", TARGET]))
    else {
        return false;
    };
    let Ok(mut files) = fs::read_dir(folder.trim()) else {
        return false;
    };
    files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libcore-")))
}

fn add_by_rustup(workspace: &Workspace) -> Result<()> {
    if process::find("rustup").is_none() {
        bail!("there is no rustup here");
    }
    process::run_quietly(process::command(workspace, "rustup").args(["target", "add", TARGET])).map(drop)
}

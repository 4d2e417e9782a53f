//! Node packages: installed from their lock file, and only when that file changed.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

const OLDEST: u32 = 20;

/// Makes `node_modules` in `folder` (of the clone) what its lock file says.
pub fn install(workspace: &Workspace, folder: &str) -> Result<()> {
    require_node(workspace)?;
    let dir = workspace.root.join(folder);
    let lock = fs::read(dir.join("package-lock.json"))
        .with_context(|| format!("{folder}/package-lock.json is missing; run npm install in {folder}"))?;
    let stamp = dir.join("node_modules").join(".installed-from");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    // No package here needs its install script: the native parts are packages of their own.
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    process::run_quietly(process::command(workspace, "npm").args(arguments).current_dir(&dir))
        .with_context(|| format!("installing the Node packages of {folder}/"))?;
    fs::write(&stamp, lock).context("noting which lock file was installed")
}

/// A program of the packages in `folder`, run by Node.
pub fn tool(workspace: &Workspace, folder: &str, script: impl AsRef<Path>) -> std::process::Command {
    let mut command = process::command(workspace, "node");
    command.arg(workspace.root.join(folder).join("node_modules").join(script));
    command.current_dir(workspace.root.join(folder));
    command
}

fn require_node(workspace: &Workspace) -> Result<()> {
    let version = process::run_quietly(process::command(workspace, "node").arg("--version"))
        .with_context(|| format!("Node {OLDEST} or newer with npm is needed: https://nodejs.org"))?;
    let major = version.trim().trim_start_matches('v').split('.').next();
    let major = major.and_then(|text| text.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST => Ok(()),
        _ => bail!("Node {OLDEST} or newer is needed, and this is {}", version.trim()),
    }
}

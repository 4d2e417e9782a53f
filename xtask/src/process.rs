//! Starting other programs without letting this one's surroundings leak into them.
//!
//! This tool itself is started by `cargo run`, which sets `CARGO_PKG_*`, `CARGO_MANIFEST_DIR` and a library path.
//! Handed on, they make build scripts that watch those variables rebuild half the tree, and lead another
//! toolchain's programs to the wrong libraries.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// A program in the clone's folder with a clean environment.
pub fn command(workspace: &Workspace, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&workspace.root);
    for (name, _) in env::vars_os().filter(|(name, _)| set_by_cargo_run(name)) {
        command.env_remove(name);
    }
    command.env("CARGO_TARGET_DIR", &workspace.target);
    match library_path(workspace) {
        Some(path) => command.env("LD_LIBRARY_PATH", path),
        None => command.env_remove("LD_LIBRARY_PATH"),
    };
    command
}

/// The toolchain's own cargo.
pub fn cargo(workspace: &Workspace) -> Command {
    command(workspace, "cargo")
}

/// Runs to the end with the terminal as its output.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not start `{}`", text(command)))?;
    check(command, status)
}

/// Runs to the end in silence; what it said is shown only when it fails. Returns its standard output.
pub fn run_quietly(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not start `{}`", text(command)))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({})\n{}{}", text(command), output.status, stdout, stderr);
    }
    Ok(stdout.into_owned())
}

/// Runs to the end, shows everything as it comes and hands every line to `look` as well.
///
/// Both streams come through one pipe, so their lines stay in order.
pub fn run_watched(command: &mut Command, mut look: impl FnMut(&str)) -> Result<ExitStatus> {
    let (reader, writer) = std::io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let shown = text(command);
    let mut child = command.spawn().with_context(|| format!("could not start `{shown}`"))?;
    // The command still holds the writing end; reading would never end while it is open.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut terminal = std::io::stdout();
    for line in BufReader::new(reader).split(b'\n') {
        let line = line?;
        terminal.write_all(&line)?;
        terminal.write_all(b"\n")?;
        look(&String::from_utf8_lossy(&line));
    }
    Ok(child.wait()?)
}

/// Whether a program of that name is on the path.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// Whether this process may do anything on the machine.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// The command as a person would type it.
pub fn text(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` failed ({status})", text(command));
    }
    Ok(())
}

fn set_by_cargo_run(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || matches!(
            &*name,
            "CARGO" | "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR"
        )
}

/// The library path without what cargo and rustup put in front of it.
fn library_path(workspace: &Workspace) -> Option<OsString> {
    let path = env::var_os("LD_LIBRARY_PATH")?;
    let rustup = env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let ours = |dir: &Path| {
        dir.starts_with(&workspace.target)
            || rustup.as_ref().is_some_and(|home| dir.starts_with(home))
            || dir.components().any(|part| part.as_os_str() == ".rustup")
    };
    let kept: Vec<PathBuf> = env::split_paths(&path).filter(|dir| !ours(dir)).collect();
    (!kept.is_empty()).then(|| env::join_paths(kept).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_run_sets_is_not_handed_on() {
        assert!(set_by_cargo_run(OsStr::new("CARGO_MANIFEST_DIR")));
        assert!(set_by_cargo_run(OsStr::new("CARGO_PKG_NAME")));
        assert!(!set_by_cargo_run(OsStr::new("CARGO_HOME")));
        assert!(!set_by_cargo_run(OsStr::new("CARGO_TARGET_DIR")));
        assert!(!set_by_cargo_run(OsStr::new("CARGO_INCREMENTAL")));
    }

    #[test]
    fn watched_lines_come_from_both_streams_in_order() {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; echo three; exit 3"]);
        let status = run_watched(&mut command, |line| lines.push(line.to_owned())).unwrap();
        assert_eq!(lines, ["one", "two", "three"]);
        assert_eq!(status.code(), Some(3));
    }
}

//! The Rust tests, by cargo-nextest where it is installed.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use super::postgres::Postgres;
use super::tally::Tally;
use crate::process;
use crate::workspace::{PRODUCT, Workspace};

/// Tests of the product, then of this tool, which must not share features with the product; then the examples in
/// documentation, if there are any.
pub fn run(workspace: &Workspace, postgres: &Postgres, tally: &mut Tally) -> Result<()> {
    let nextest = process::find("cargo-nextest").is_some();
    let arguments: &[&str] = match nextest {
        true => &["nextest", "run", "--no-fail-fast", "--no-tests", "pass", "--status-level", "slow"],
        false => &["test", "--no-fail-fast"],
    };
    let mut runs = vec![[arguments, &PRODUCT].concat(), [arguments, &["--package", "xtask"]].concat()];
    // `cargo test` runs the examples in documentation by itself.
    let root = &workspace.root;
    if nextest && (has_examples(&root.join("core"))? || has_examples(&root.join("resource"))?) {
        runs.push(vec!["test", "--doc", "--no-fail-fast"]);
    }
    let mut broken = 0;
    for arguments in runs {
        let mut cargo = process::cargo(workspace);
        cargo
            .args(arguments)
            .env("CARGO_TERM_COLOR", "never")
            .env("KAVACH_TEST_POSTGRES_URL", postgres.url());
        let status = process::run_watched(&mut cargo, |line| tally.read(line))?;
        broken += usize::from(!status.success());
    }
    if broken > 0 {
        bail!("{broken} of the runs failed");
    }
    Ok(())
}

/// Builds the server for tests. The same selection of packages as above, so that nothing is compiled twice.
pub fn build_server(workspace: &Workspace) -> Result<()> {
    process::run(process::cargo(workspace).args(["build", "--bins", "--tests"]).args(PRODUCT))
}

/// Whether any doc comment below `folder` holds an example that rustdoc would run.
fn has_examples(folder: &Path) -> Result<bool> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let found = if entry.file_type()?.is_dir() {
            has_examples(&path)?
        } else {
            path.extension().is_some_and(|extension| extension == "rs")
                && holds_example(&fs::read_to_string(path)?)
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A fence that opens is `///` or `//!` with three backticks and no language but Rust.
fn holds_example(text: &str) -> bool {
    let mut open = false;
    for line in text.lines() {
        let line = line.trim_start();
        let doc = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        let Some(language) = doc.and_then(|doc| doc.trim().strip_prefix("```")) else {
            continue;
        };
        if !open && matches!(language, "" | "rust" | "no_run" | "should_panic" | "compile_fail") {
            return true;
        }
        open = !open;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fences_that_rustdoc_runs_are_examples() {
        assert!(holds_example("/// Adds.\n///\n/// ```\n/// assert!(true);\n/// ```\nfn add() {}"));
        assert!(!holds_example("//! ```text\n//! a -> b\n//! ```\n"));
        assert!(!holds_example("let fence = \"```\";"));
    }
}

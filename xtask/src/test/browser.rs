//! The pages in a real browser: the tests of `end2end/` against the server with its site inside.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail};

use super::postgres::Postgres;
use super::rust;
use super::tally::Tally;
use crate::workspace::Workspace;
use crate::{apt, node, process};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Builds the server around the finished site, then hands over to Node.
pub fn run(workspace: &Workspace, postgres: &Postgres, tally: &mut Tally) -> Result<()> {
    let folder = workspace.root.join("end2end");
    if !holds_tests(&folder.join("tests")) {
        println!("end2end/tests holds no test: nothing was looked at in a browser");
        return Ok(());
    }
    let chromium = chromium(workspace)?;
    node::install(workspace, "end2end")?;
    rust::build_server(workspace)?;

    let mut npm = process::command(workspace, "npm");
    npm.args(["test", "--silent"]).current_dir(&folder);
    npm.env("KAVACH_BIN", workspace.server_binary("debug"));
    npm.env("CHROMIUM", chromium).env("KAVACH_TEST_POSTGRES_URL", postgres.url());
    npm.env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    let status = process::run_watched(&mut npm, |line| tally.read(line))?;
    if !status.success() {
        bail!("the browser tests failed ({status})");
    }
    Ok(())
}

fn holds_tests(folder: &Path) -> bool {
    let mut files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.any(|file| file.file_name().to_string_lossy().contains(".test."))
}

/// The browser named by `CHROMIUM`, or one on the path, or Debian's, installed now.
fn chromium(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(file) = env::var_os("CHROMIUM").map(PathBuf::from) {
        return if file.is_file() { Ok(file) } else { bail!("CHROMIUM names no file: {}", file.display()) };
    }
    let find = || BROWSERS.iter().find_map(|name| process::find(name));
    if let Some(file) = find() {
        return Ok(file);
    }
    apt::install(workspace, &["chromium"], "Chromium, for the tests,")?;
    find().context("the package chromium brought no browser")
}

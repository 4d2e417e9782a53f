//! The stylesheet, by Tailwind from `style/main.css`, and the files of `style/public` as they are.

use std::fs;

use anyhow::{Context, Result};

use super::{Files, publish};
use crate::workspace::Workspace;
use crate::{node, process};

/// Names of the stylesheet's source, relative to `style/`, and of the result.
const SOURCE: &str = "main.css";
const STYLESHEET: &str = "kavach.css";

/// One minified stylesheet with the classes that `app` uses.
pub fn generate(workspace: &Workspace) -> Result<Files> {
    let out = workspace.site_work().join(STYLESHEET);
    let mut command = node::tool(workspace, "style", "@tailwindcss/cli/dist/index.mjs");
    command.args(["--input", SOURCE, "--minify", "--output"]).arg(&out);
    process::run_quietly(&mut command)?;
    let css = fs::read(&out).context("Tailwind wrote no stylesheet")?;
    Ok(Files::from([(STYLESHEET.to_owned(), css)]))
}

/// Icons, fonts and small scripts that need no build.
pub fn static_files(workspace: &Workspace) -> Result<Files> {
    let folder = workspace.root.join("style").join("public");
    if !folder.is_dir() {
        return Ok(Files::new());
    }
    let names = publish::list(&folder)?;
    names.into_iter().map(|name| Ok((name.clone(), fs::read(folder.join(&name))?))).collect()
}

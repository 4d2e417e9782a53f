//! From the module that rustc wrote to what a browser loads: wasm-bindgen, then wasm-opt.
//!
//! wasm-bindgen is called as a library, so its version cannot differ from the one in `Cargo.lock`.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::Files;
use crate::workspace::Workspace;
use crate::{node, process};

/// The names Leptos's loader asks for.
const SCRIPT: &str = "kavach.js";
const MODULE: &str = "kavach_bg.wasm";

/// What rustc's WASM uses beyond the first version of the format.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Script and module of the browser part; taken from the last run when nothing they come from changed.
pub fn generate(workspace: &Workspace, module: &Path) -> Result<Files> {
    let work = workspace.site_work().join("browser");
    let note = work.join("made-from");
    let recipe = recipe(workspace, module)?;
    if fs::read_to_string(&note).ok().as_deref() != Some(recipe.as_str()) {
        // Without the note first: a run that is cut off must not look finished.
        if work.exists() {
            fs::remove_dir_all(&work)?;
        }
        fs::create_dir_all(&work)?;
        bind(module, &work)?;
        shrink(workspace, &work.join(MODULE))?;
        fs::write(&note, recipe)?;
    }
    let mut files = Files::new();
    for file in super::publish::list(&work)? {
        if file != "made-from" {
            files.insert(file.clone(), fs::read(work.join(&file))?);
        }
    }
    Ok(files)
}

fn bind(module: &Path, out: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(module)
        .out_name("kavach")
        .web(true)?
        .typescript(false)
        // The loader always says where the module is.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(out)
        .with_context(|| format!("wasm-bindgen could not make {SCRIPT}"))
}

fn shrink(workspace: &Workspace, module: &Path) -> Result<()> {
    let mut command = node::tool(workspace, "style", "binaryen/bin/wasm-opt");
    command.arg("-Oz").args(FEATURES).arg(module).arg("-o").arg(module);
    process::run_quietly(&mut command).map(drop)
}

/// Changes with everything the result depends on: the module, the tools, and how they are called.
fn recipe(workspace: &Workspace, module: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    fs::read(module).with_context(|| format!("reading {}", module.display()))?.hash(&mut hasher);
    fs::read(workspace.root.join("style/package-lock.json"))?.hash(&mut hasher);
    fs::read(workspace.root.join("Cargo.lock"))?.hash(&mut hasher);
    include_str!("glue.rs").hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}

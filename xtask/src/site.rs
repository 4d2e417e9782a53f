//! What the browser downloads: WASM with its glue, the stylesheet, static files, each with a compressed copy.
//!
//! A file is written only when its content changed, so that cargo rebuilds the server only then.

mod glue;
mod publish;
mod stylesheet;

use std::collections::BTreeMap;

use anyhow::Result;

use crate::node;
use crate::progress::Steps;
use crate::wasm::Toolchain;
use crate::workspace::Workspace;

/// Contents by the name the browser asks for.
type Files = BTreeMap<String, Vec<u8>>;

/// The steps `build` takes.
pub const STEPS: usize = 5;

/// Builds all of it into the folder that the server embeds.
pub fn build(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    let toolchain = steps.step("Preparing the WASM target", || Toolchain::prepare(workspace))?;
    steps.step("Installing the Node tools", || node::install(workspace, "style"))?;
    let module = steps.step("Compiling the browser part", || toolchain.compile(workspace))?;
    let mut files = steps.step("Shrinking the browser part", || glue::generate(workspace, &module))?;
    steps.step("Making the stylesheet, compressing", || {
        files.extend(stylesheet::generate(workspace)?);
        files.extend(stylesheet::static_files(workspace)?);
        publish::write(&workspace.site(), &files)
    })
}

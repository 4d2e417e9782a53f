//! Packages of the system, for what no Rust or Node registry carries.

use anyhow::{Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// Installs Debian packages, as root or through sudo. `why` ends the sentence "... is needed".
pub fn install(workspace: &Workspace, packages: &[&str], why: &str) -> Result<()> {
    let by_hand = format!("apt-get install -y {}", packages.join(" "));
    if process::find("apt-get").is_none() {
        bail!(
            "{why} is needed, and there is no apt-get here to install it with. On Debian it would be: {by_hand}"
        );
    }
    let sudo = !process::is_root();
    if sudo && process::find("sudo").is_none() {
        bail!("{why} is needed. Run this as root, then try again: {by_hand}");
    }
    println!("      {why} is missing; running {}{by_hand}", if sudo { "sudo " } else { "" });

    let apt = |arguments: &[&str]| {
        let mut command = process::command(workspace, if sudo { "sudo" } else { "apt-get" });
        if sudo {
            command.arg("apt-get");
        }
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        process::run_quietly(&mut command)
    };
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    if apt(&arguments).is_ok() {
        return Ok(());
    }
    // A fresh machine or image has no package lists yet, or old ones.
    apt(&["update"])?;
    match apt(&arguments) {
        Ok(_) => Ok(()),
        Err(error) => bail!("{why} is needed, and this did not work: {by_hand}\n{error}"),
    }
}

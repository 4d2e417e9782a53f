//! Where things are: the clone, cargo's target folder, the finished site, and what is kept between clones.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The packages that are checked, tested and built for tests together. Always these: another selection would give the
/// dependencies other features, and compile them once more. The browser part and this tool have features of their own.
pub const PRODUCT: [&str; 5] = ["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

/// The folders a build touches, all absolute.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The clone: the folder of the top `Cargo.toml`.
    pub root: PathBuf,
    /// cargo's target folder: `CARGO_TARGET_DIR`, or `target` in the clone.
    pub target: PathBuf,
    /// Kept between clones: `kavach` in `XDG_CACHE_HOME`, or in `~/.cache`.
    pub cache: PathBuf,
}

impl Workspace {
    /// Finds the clone that `cargo xtask` was called in.
    pub fn locate() -> Result<Self> {
        // Asked of `cargo run` and not fixed when this tool is built: clones may share a target folder.
        let package = env::var_os("CARGO_MANIFEST_DIR").context("start this tool with `cargo xtask`")?;
        let root =
            Path::new(&package).parent().context("xtask must be a folder of the workspace")?.to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            // cargo takes a relative one from the folder it was started in; `cargo run` does not change it.
            Some(dir) if !dir.is_empty() => env::current_dir()?.join(dir),
            _ => root.join("target"),
        };
        Ok(Self { root, target, cache: cache_dir()?.join("kavach") })
    }

    /// What the server embeds, flat files as the browser asks for them. `server/build.rs` looks here.
    pub fn site(&self) -> PathBuf {
        self.target.join("site").join("pkg")
    }

    /// Half-finished pieces of the site, and notes on what they were made from.
    pub fn site_work(&self) -> PathBuf {
        self.target.join("site-work")
    }

    /// The server binary of a profile folder, `debug` or `release`.
    pub fn server_binary(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join("kavach")
    }
}

fn cache_dir() -> Result<PathBuf> {
    if let Some(dir) = env::var_os("XDG_CACHE_HOME").filter(|dir| Path::new(dir).is_absolute()) {
        return Ok(dir.into());
    }
    let home = env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?;
    Ok(Path::new(&home).join(".cache"))
}

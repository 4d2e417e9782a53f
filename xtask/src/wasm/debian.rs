//! Debian's compiler with a standard library for WASM, built once from Debian's copy of the source.
//!
//! Debian packages no such library for this compiler. It is built by the very compiler that will use it and
//! kept in the cache folder as a sysroot of its own; nothing is written into the system.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::TARGET;
use crate::workspace::Workspace;
use crate::{apt, process};

const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// Compiler, linker and standard library, ready to use.
pub struct Compiler {
    sysroot: PathBuf,
    linker: PathBuf,
}

impl Compiler {
    /// The one made by an earlier run.
    pub fn find(workspace: &Workspace) -> Option<Self> {
        let sysroot = sysroot(workspace).ok()?;
        let linker = linker(workspace)?;
        (Path::new(CARGO).is_file() && libraries(&sysroot).is_dir()).then_some(Self { sysroot, linker })
    }

    /// Installs the packages that are missing and builds the library.
    pub fn install(workspace: &Workspace) -> Result<Self> {
        if Path::new("/usr/bin/rustup").exists() {
            // Both want /usr/bin/rustc: one would remove the other.
            bail!("Debian's rustup package excludes Debian's compiler; use the rustup of https://rustup.rs");
        }
        if ![CARGO, RUSTC, SOURCE].iter().all(|file| Path::new(file).exists()) {
            apt::install(workspace, &PACKAGES, "a compiler for the browser part")?;
        }
        let linker = match linker(workspace) {
            Some(linker) => linker,
            None => {
                apt::install(workspace, &["rust-web-llvm"], "a linker for the browser part")?;
                self::linker(workspace).context("rust-web-llvm brought no rust-lld")?
            }
        };
        let sysroot = sysroot(workspace)?;
        if !libraries(&sysroot).is_dir() {
            build_library(workspace, &sysroot)?;
        }
        Ok(Self { sysroot, linker })
    }

    /// Debian's cargo, told to use Debian's rustc and the library made for it.
    pub fn cargo(&self, workspace: &Workspace) -> Command {
        let mut cargo = debian_cargo(workspace);
        // Added to the flags of .cargo/config.toml, where an environment variable would replace them.
        let flags = format!("build.rustflags=[\"--sysroot={}\"]", self.sysroot.display());
        cargo.args(["--config", &flags]);
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", &self.linker);
        cargo
    }
}

fn debian_cargo(workspace: &Workspace) -> Command {
    let mut cargo = process::command(workspace, CARGO);
    cargo.env("RUSTC", RUSTC).env("RUSTDOC", "/usr/bin/rustdoc").env_remove("RUSTUP_TOOLCHAIN");
    cargo
}

/// One sysroot a compiler: its library is of no use to any other.
fn sysroot(workspace: &Workspace) -> Result<PathBuf> {
    if !Path::new(RUSTC).is_file() {
        bail!("{RUSTC} is missing");
    }
    let version = process::run_quietly(process::command(workspace, RUSTC).arg("--version"))?;
    // `rustc 1.96.0 (ac68faa20 2026-05-25) (built from ...)`
    let words: Vec<&str> =
        version.split([' ', '(', ')']).filter(|word| !word.is_empty()).skip(1).take(2).collect();
    Ok(workspace.cache.join("wasm-sysroot").join(words.join("-")))
}

fn libraries(sysroot: &Path) -> PathBuf {
    sysroot.join("lib").join("rustlib").join(TARGET).join("lib")
}

/// The linker comes with every rustup toolchain; without one it is Debian's.
fn linker(workspace: &Workspace) -> Option<PathBuf> {
    let own =
        process::run_quietly(process::command(workspace, "rustc").args(["--print", "target-libdir"])).ok();
    let own = own.and_then(|folder| Some(Path::new(folder.trim()).parent()?.join("bin").join("rust-lld")));
    own.filter(|file| file.is_file()).or_else(|| process::find("rust-lld"))
}

/// Builds `std` for the target into a fresh sysroot, which appears only when it is complete.
fn build_library(workspace: &Workspace, sysroot: &Path) -> Result<()> {
    println!("      building the standard library for WASM, once: one to three minutes");
    let work = workspace.cache.join("wasm-sysroot").join(format!("work-{}", std::process::id()));
    let source = work.join("src");
    fs::create_dir_all(&source)?;
    fs::write(work.join("Cargo.toml"), "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[workspace]\n")?;
    fs::write(source.join("lib.rs"), "")?;

    let mut cargo = debian_cargo(workspace);
    cargo.current_dir(&work).env("CARGO_TARGET_DIR", work.join("target"));
    // The compiler lets only its own kind build a standard library, unless asked like this.
    cargo.env("RUSTC_BOOTSTRAP", "1");
    cargo.args(["build", "--release", "--target", TARGET, "-Z", "build-std=std,panic_abort"]);
    process::run(&mut cargo)?;

    let fresh = work.join("sysroot");
    fs::create_dir_all(libraries(&fresh))?;
    for file in fs::read_dir(work.join("target").join(TARGET).join("release").join("deps"))? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            fs::copy(file.path(), libraries(&fresh).join(name))?;
        }
    }
    match fs::rename(&fresh, sysroot) {
        Err(error) if !libraries(sysroot).is_dir() => return Err(error).context("keeping the library"),
        // Made here, or by another run that was faster.
        _ => {}
    }
    fs::remove_dir_all(&work).context("removing the working folder")
}

//! Embeds the finished site (`cargo xtask build` makes it): one generated table of `include_bytes!`.
//!
//! Without a site the table is empty, so that `cargo check` needs no browser part.

use std::error::Error;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let site = match env::var_os("KAVACH_SITE_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => default_site(&out, &env::var("TARGET")?).ok_or("OUT_DIR is not where cargo puts it")?,
    };
    // cargo would run this again on every build if the watched folder were missing.
    fs::create_dir_all(&site)?;
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", site.display());
    println!("cargo:rerun-if-env-changed=KAVACH_SITE_DIR");
    fs::write(out.join("assets.rs"), table(&site)?)?;
    Ok(())
}

/// `site/pkg` of the target folder: `OUT_DIR` is `<target>[/<triple>]/<profile>/build/<package>/out`.
fn default_site(out: &Path, triple: &str) -> Option<PathBuf> {
    let above_profile = out.ancestors().nth(4)?;
    let target = if above_profile.ends_with(triple) { above_profile.parent()? } else { above_profile };
    Some(target.join("site").join("pkg"))
}

/// The Rust source of `ASSETS`, in the order of the names, and of `VERSION`, a hash over all of it.
fn table(site: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    list(site, "", &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    let mut rows = String::new();
    for (name, path) in files.iter().filter(|(name, _)| !name.ends_with(".br")) {
        (name, fs::read(path)?).hash(&mut hasher);
        let brotli = files.iter().find(|(other, _)| other.strip_suffix(".br") == Some(name));
        let brotli = match brotli {
            Some((_, path)) => format!("Some(include_bytes!({path:?}))"),
            None => "None".to_owned(),
        };
        let content_type = content_type(name);
        // Writing to a String cannot fail.
        let _ = writeln!(
            rows,
            "    Asset {{ name: {name:?}, content_type: {content_type:?}, bytes: include_bytes!({path:?}), brotli: {brotli} }},"
        );
    }
    let version = &format!("{:016x}", hasher.finish())[..12];
    Ok(format!("static ASSETS: &[Asset] = &[\n{rows}];\nconst VERSION: &str = {version:?};\n"))
}

fn list(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

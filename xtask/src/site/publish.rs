//! Writes the finished site: what changed, compressed copies beside it, and nothing that is no longer part of it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Files;

/// Worth compressing; pictures and fonts are compressed already.
const COMPRESSIBLE: [&str; 8] = ["css", "html", "js", "json", "mjs", "svg", "txt", "wasm"];
/// Ending of a compressed copy, as `server/build.rs` expects it.
const COMPRESSED: &str = ".br";

/// Makes `folder` hold exactly `files` and their compressed copies, and prints the sizes.
pub fn write(folder: &Path, files: &Files) -> Result<()> {
    fs::create_dir_all(folder)?;
    for name in list(folder)? {
        if !files.contains_key(name.strip_suffix(COMPRESSED).unwrap_or(&name)) {
            fs::remove_file(folder.join(&name))?;
        }
    }
    for (name, bytes) in files {
        let compressed = write_one(folder, name, bytes).with_context(|| format!("writing {name}"))?;
        match compressed {
            Some(size) => {
                println!("      {name}: {}, compressed {}", kilobytes(bytes.len()), kilobytes(size))
            }
            None => println!("      {name}: {}", kilobytes(bytes.len())),
        }
    }
    Ok(())
}

/// The files below `folder` by their relative names, with `/` between folders, in order.
pub fn list(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            names.extend(list(&entry.path())?.into_iter().map(|below| format!("{name}/{below}")));
        } else {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Returns the size of the compressed copy, if it has one.
fn write_one(folder: &Path, name: &str, bytes: &[u8]) -> Result<Option<usize>> {
    let file = folder.join(name);
    let copy = folder.join(format!("{name}{COMPRESSED}"));
    let extension = file.extension().unwrap_or_default().to_string_lossy().into_owned();
    let compressible = COMPRESSIBLE.contains(&extension.as_str());
    if fs::read(&file).is_ok_and(|old| old == bytes) && copy.exists() == compressible {
        return Ok(if compressible { Some(fs::metadata(&copy)?.len() as usize) } else { None });
    }
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    // The copy first: a run cut off between the two does the work again.
    let size = if compressible {
        let compressed = compress(bytes)?;
        fs::write(&copy, &compressed)?;
        Some(compressed.len())
    } else {
        None
    };
    fs::write(&file, bytes)?;
    Ok(size)
}

fn compress(mut bytes: &[u8]) -> Result<Vec<u8>> {
    let options = brotli::enc::BrotliEncoderParams { size_hint: bytes.len(), ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut out, &options)?;
    Ok(out)
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} kB", bytes as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_longer_part_of_the_site_goes() {
        let folder = std::env::temp_dir().join(format!("kavach-publish-{}", std::process::id()));
        let site = |names: &[&str]| names.iter().map(|n| ((*n).to_owned(), n.as_bytes().to_vec())).collect();
        let first: Files = site(&["a.js", "fonts/b.woff2"]);
        write(&folder, &first).unwrap();
        assert_eq!(list(&folder).unwrap(), ["a.js", "a.js.br", "fonts/b.woff2"]);
        let second: Files = site(&["c.css"]);
        write(&folder, &second).unwrap();
        assert_eq!(list(&folder).unwrap(), ["c.css", "c.css.br"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn unchanged_files_are_left_alone() {
        let folder = std::env::temp_dir().join(format!("kavach-unchanged-{}", std::process::id()));
        let files: Files = [("a.css".to_owned(), b"a{}".to_vec())].into();
        write(&folder, &files).unwrap();
        let written = fs::metadata(folder.join("a.css")).unwrap().modified().unwrap();
        write(&folder, &files).unwrap();
        assert_eq!(fs::metadata(folder.join("a.css")).unwrap().modified().unwrap(), written);
        fs::remove_dir_all(&folder).unwrap();
    }
}

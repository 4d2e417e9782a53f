//! Every text that is asked for exists, and every language has every text.

use super::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Texts that are written in English only.
const ENGLISH_ONLY: [&str; 1] = ["console.ftl"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
}

/// The keys of a file: what stands before a `=` at the beginning of a line.
fn keys(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('='))
        .map(|(key, _)| key.trim().to_owned())
        .collect()
}

/// What stands between braces, so that no language forgets or invents something to fill in.
fn variables(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap();
    let names = text.split('$').skip(1);
    names.map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()).collect()
}

#[test]
fn every_text_that_a_page_names_exists() {
    let mut sources = Vec::new();
    files(&folder("src"), "rs", &mut sources);
    let mut missing = BTreeSet::new();
    for source in sources.iter().filter(|source| !source.ends_with("i18n/tests.rs")) {
        let text = fs::read_to_string(source).unwrap();
        for call in ["tr(", "tr_with("] {
            for rest in text.split(call).skip(1) {
                let Some(key) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next())
                else {
                    continue;
                };
                let is_key = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                if is_key && !is_known(key) {
                    missing.insert(format!("{key} in {}", source.display()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_language_has_exactly_the_texts_of_english() {
    let mut english = Vec::new();
    files(&folder("locales/en"), "ftl", &mut english);
    english.retain(|file| !ENGLISH_ONLY.iter().any(|name| file.ends_with(name)));
    let languages: Vec<_> = fs::read_dir(folder("locales")).unwrap().map(|entry| entry.unwrap()).collect();
    for language in &languages {
        assert!(Language::parse(&language.file_name().to_string_lossy()).is_some(), "{language:?}");
        let mut theirs = Vec::new();
        files(&language.path(), "ftl", &mut theirs);
        theirs.retain(|file| !ENGLISH_ONLY.iter().any(|name| file.ends_with(name)));
        assert_eq!(theirs.len(), english.len(), "{language:?}");
        for file in &english {
            let same = language.path().join(file.file_name().unwrap());
            assert_eq!(keys(&same), keys(file), "{}", same.display());
            assert_eq!(variables(&same), variables(file), "{}", same.display());
        }
    }
}

#[test]
fn every_file_of_texts_is_read() {
    let mut english = Vec::new();
    files(&folder("locales/en"), "ftl", &mut english);
    for key in english.iter().flat_map(|file| keys(file)) {
        assert!(is_known(&key), "{key} is in no file that is named in i18n.rs, or its file is malformed");
    }
}

#[test]
fn every_month_has_a_name() {
    assert!((1..=12).all(|month| is_known(&format!("month-{month}"))));
}

#[test]
fn every_sentence_exists() {
    let text = fs::read_to_string(folder("src/sentences.rs")).unwrap();
    let literals = text.split('"').filter(|text| text.starts_with("notice-") || text.starts_with("field-"));
    for key in literals {
        assert!(is_known(key), "{key}");
    }
}

#[test]
fn texts_that_are_named_by_code_are_there() {
    for code in kavach_model::ErrorCode::ALL {
        assert!(is_known(&format!("error-{}", code.as_str().replace('_', "-"))), "{code:?}");
    }
}

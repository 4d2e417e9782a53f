//! Rules about the Rust files: names that must not appear outside their place.
//!
//! A plain look at the text, not a parser. Whole-line comments may name anything; code and strings may not.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::workspace::Workspace;

/// Everything of sqlx that belongs to one database.
pub const DRIVERS: &[&str] = &[
    "sqlx::sqlite",
    "sqlx::postgres",
    "sqlx::Sqlite",
    "sqlx::Postgres",
    "SqlitePool",
    "SqliteConnect",
    "SqliteConnection",
    "SqliteRow",
    "SqliteArguments",
    "PgPool",
    "PgConnect",
    "PgConnection",
    "PgRow",
    "PgArguments",
    "PgListener",
];

const FOLDERS: [&str; 8] = ["core", "resource", "app", "frontend", "server", "examples", "benches", "xtask"];
const STATEMENTS: [&str; 8] = [
    "SELECT ",
    "INSERT INTO ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "ALTER TABLE ",
    "DROP TABLE ",
    "PRAGMA ",
];

/// The Rust files of the clone by their path in it.
pub struct Sources(Vec<(String, String)>);

impl Sources {
    /// Reads them all.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let mut files = Vec::new();
        for folder in FOLDERS {
            collect(&workspace.root, folder, &mut files)?;
        }
        files.sort();
        Ok(Self(files))
    }

    /// Lines of code that contain one of `words` in a file that is not `allowed`. This tool may name everything.
    pub fn naming(&self, words: &[&str], allowed: impl Fn(&str) -> bool) -> Vec<String> {
        let mut findings = Vec::new();
        for (file, text) in self.product().filter(|(file, _)| !allowed(file)) {
            for (number, line) in code(text) {
                if let Some(word) = words.iter().find(|word| names(line, word)) {
                    findings.push(format!("{file}:{number} names {word}"));
                }
            }
        }
        findings
    }

    /// String literals that begin like a statement.
    pub fn sql_outside_the_store(&self) -> Vec<String> {
        let outside = self.product().filter(|(file, _)| !file.starts_with("core/store/"));
        outside
            .flat_map(|(file, text)| {
                sql(text).into_iter().map(move |line| format!("{file}:{line} holds SQL"))
            })
            .collect()
    }

    /// Conditional compilation by a feature besides the two.
    pub fn other_features(&self) -> Vec<String> {
        let mut findings = Vec::new();
        for (file, text) in self.product() {
            for (number, line) in code(text) {
                let mut rest = line;
                while let Some((_, after)) = rest.split_once("feature = \"") {
                    let name = after.split('"').next().unwrap_or_default();
                    if !matches!(name, "ssr" | "hydrate") {
                        findings.push(format!("{file}:{number} asks for the feature `{name}`"));
                    }
                    rest = after;
                }
            }
        }
        findings
    }

    /// Files named `mod.rs`.
    pub fn mod_files(&self) -> Vec<String> {
        self.0.iter().map(|(file, _)| file).filter(|file| file.ends_with("/mod.rs")).cloned().collect()
    }

    /// Notes to do something later, in code or comments.
    pub fn left_open(&self) -> Vec<String> {
        // Written so that this file does not find itself.
        let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
        let mut findings = Vec::new();
        for (file, text) in &self.0 {
            for (index, line) in text.lines().enumerate() {
                if marks.iter().any(|mark| names(line, mark)) {
                    findings.push(format!("{file}:{} {}", index + 1, line.trim()));
                }
            }
        }
        findings
    }

    fn product(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.0.iter().filter(|(file, _)| !file.starts_with("xtask/"));
        files.map(|(file, text)| (file.as_str(), text.as_str()))
    }
}

fn collect(root: &Path, folder: &str, files: &mut Vec<(String, String)>) -> Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if entry.file_type()?.is_dir() {
            if !matches!(name.as_str(), "target" | "node_modules") {
                collect(root, &path, files)?;
            }
        } else if name.ends_with(".rs") {
            files.push((path, fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

/// The lines that are not whole-line comments, counted from one.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Whether `word` stands in `line` as the beginning of a name, not in the middle of one.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Line numbers of string literals that begin with a statement, on their own line or the next.
fn sql(text: &str) -> Vec<usize> {
    let quotes = text.match_indices('"').map(|(at, _)| at);
    quotes
        .filter(|at| {
            let inside = text[at + 1..].trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
            STATEMENTS.iter().any(|statement| inside.starts_with(statement))
        })
        .map(|at| text[..at].matches('\n').count() + 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(file: &str, text: &str) -> Sources {
        Sources(vec![(file.to_owned(), text.to_owned())])
    }

    #[test]
    fn a_driver_outside_the_seam_is_found() {
        let text = "// SqlitePool in a comment is fine\nfn pool() -> SqlitePool {}\n";
        let sources = sources("core/store/src/users.rs", text);
        assert_eq!(sources.naming(DRIVERS, |_| false), ["core/store/src/users.rs:2 names SqlitePool"]);
        assert!(sources.naming(DRIVERS, |file| file == "core/store/src/users.rs").is_empty());
    }

    #[test]
    fn part_of_a_longer_name_is_no_finding() {
        assert!(!names("let my_sqlx = 1;", "sqlx"));
        assert!(names("use sqlx::query;", "sqlx"));
        assert!(names("(sqlx_like)", "sqlx"));
    }

    #[test]
    fn sql_is_found_on_the_line_of_its_quote() {
        let text = "let a = 1;\nlet q = \"\n    SELECT id FROM users\";\n";
        assert_eq!(sources("server/src/a.rs", text).sql_outside_the_store(), ["server/src/a.rs:2 holds SQL"]);
        assert_eq!(sources("core/service/src/a.rs", "f(r#\"UPDATE x\"#)").sql_outside_the_store().len(), 1);
        assert!(sources("core/store/src/a.rs", text).sql_outside_the_store().is_empty());
        assert!(sources("app/src/a.rs", "view! { \"Update profile\" }").sql_outside_the_store().is_empty());
    }

    #[test]
    fn a_feature_besides_the_two_is_found() {
        let text = "#[cfg(all(feature = \"ssr\", feature = \"sms\"))]";
        assert_eq!(
            sources("app/src/a.rs", text).other_features(),
            ["app/src/a.rs:1 asks for the feature `sms`"]
        );
    }

    #[test]
    fn a_mod_file_and_an_open_note_are_found() {
        let note = format!("fn a() {{}} // {} later", concat!("TO", "DO"));
        let sources = sources("app/src/pages/mod.rs", &note);
        assert_eq!(sources.mod_files(), ["app/src/pages/mod.rs"]);
        assert_eq!(sources.left_open().len(), 1);
    }
}

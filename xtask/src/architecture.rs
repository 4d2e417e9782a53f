//! The rules of docs/architecture.md that a machine can check: who may depend on whom, who may name what.
//!
//! Each check is a named list of findings; a finding says where, and the check says how to mend it. What a person
//! has to judge (is this file one subject?) is not here.

mod packages;
mod sources;

use anyhow::Result;

use crate::workspace::Workspace;
use packages::Packages;
use sources::Sources;

/// One rule and what breaks it; nothing found means it holds.
pub struct Check {
    /// The rule, as a fact.
    pub rule: &'static str,
    /// What to do about a finding.
    pub mend: &'static str,
    /// Where it does not hold.
    pub findings: Vec<String>,
}

/// Looks at every rule.
pub fn checks(workspace: &Workspace) -> Result<Vec<Check>> {
    let packages = Packages::read(workspace)?;
    let sources = Sources::read(workspace)?;
    Ok(vec![
        Check {
            rule: "dependencies point downwards: model <- store <- service <- app <- server",
            mend: "move the code to the layer that owns it, or pass what it needs as a parameter",
            findings: packages.against_the_direction(),
        },
        Check {
            rule: "a heavy dependency has one home (sqlx: store; reqwest, argon2, lettre: service; leptos: the web)",
            mend: "use the package that has it, through a type of ours",
            findings: packages.outside_their_home(),
        },
        Check {
            rule: "the only features are `ssr` and `hydrate`",
            mend: "switch behaviour by configuration at run time",
            findings: [packages.other_features(), sources.other_features()].concat(),
        },
        Check {
            rule: "the browser part holds no server code",
            mend: "make the dependency optional in app/Cargo.toml and part of `ssr`",
            findings: packages.server_code_in_the_browser(workspace)?,
        },
        Check {
            rule: "sqlx is named in core/store only",
            mend: "add a method to the store",
            findings: sources.naming(&["sqlx"], |file| file.starts_with("core/store/")),
        },
        Check {
            rule: "a database driver is named in core/store/src/db.rs only",
            mend: "go through the seam in db.rs",
            findings: sources.naming(sources::DRIVERS, |file| {
                file == "core/store/src/db.rs" || file.starts_with("core/store/src/db/")
            }),
        },
        Check {
            rule: "SQL stands in core/store only",
            mend: "add a method to the store",
            findings: sources.sql_outside_the_store(),
        },
        Check {
            rule: "a module is `name.rs` beside `name/`",
            mend: "rename mod.rs to the name of its folder, one level up",
            findings: sources.mod_files(),
        },
        Check {
            rule: "nothing is left open in the code",
            mend: "do it, or write an issue and remove the note",
            findings: sources.left_open(),
        },
    ])
}

/// Prints every check; returns how many do not hold.
pub fn report(checks: &[Check]) -> usize {
    for check in checks {
        println!("  {} {}", if check.findings.is_empty() { "ok  " } else { "FAIL" }, check.rule);
        for finding in &check.findings {
            println!("         {finding}");
        }
        if !check.findings.is_empty() {
            println!("       to mend it: {}", check.mend);
        }
    }
    checks.iter().filter(|check| !check.findings.is_empty()).count()
}

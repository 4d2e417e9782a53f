//! Rules about `Cargo.toml`: what cargo itself says about packages, features and dependencies.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;
use crate::workspace::Workspace;

/// From low to high. A package may name those before it; `frontend` is beside `server`, not above it.
const LAYERS: &[(&str, &[&str])] = &[
    ("kavach-model", &[]),
    ("kavach-store", &["kavach-model"]),
    ("kavach-service", &["kavach-model", "kavach-store"]),
    // Built into other people's servers: nothing of ours comes with it.
    ("kavach-resource", &[]),
    ("example-mcp-server", &["kavach-resource"]),
    ("app", &["kavach-model", "kavach-service"]),
    ("frontend", &["kavach-model", "app"]),
    ("server", &["kavach-model", "kavach-store", "kavach-service", "app"]),
    ("kavach-bench", &["kavach-model", "kavach-store", "kavach-service"]),
    ("xtask", &[]),
];

/// Dependencies and the only packages that may name them.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["kavach-store"]),
    ("reqwest", &["kavach-service", "kavach-resource"]),
    ("argon2", &["kavach-service"]),
    ("lettre", &["kavach-service"]),
    ("webauthn-rs", &["kavach-service"]),
    ("jsonwebtoken", &["kavach-service"]),
    ("axum", &["server", "kavach-resource", "example-mcp-server", "kavach-bench"]),
    ("leptos", &["app", "frontend", "server"]),
    ("leptos_axum", &["app", "server"]),
    ("leptos_router", &["app", "server"]),
];

/// Must not reach the browser, by whatever path.
const SERVER_ONLY: [&str; 8] =
    ["kavach-store", "kavach-service", "sqlx", "axum", "hyper", "tokio", "argon2", "rustls"];

/// What `cargo metadata` says about our own packages.
pub struct Packages(Vec<Package>);

struct Package {
    name: String,
    /// Name and kind (`dev`, `build`, or nothing) of each dependency.
    dependencies: Vec<String>,
    features: Vec<String>,
}

impl Packages {
    /// Asks cargo.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let mut cargo = process::cargo(workspace);
        let text = process::run_quietly(cargo.args(["metadata", "--no-deps", "--format-version", "1"]))?;
        Self::parse(&text)
    }

    fn parse(metadata: &str) -> Result<Self> {
        let metadata: Value = serde_json::from_str(metadata).context("reading cargo's metadata")?;
        let packages = metadata["packages"].as_array().context("cargo's metadata names no packages")?;
        let names = |list: &Value| -> Vec<String> {
            let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(|item| item["name"].as_str()).map(str::to_owned).collect()
        };
        let package = |package: &Value| Package {
            name: package["name"].as_str().unwrap_or_default().to_owned(),
            dependencies: names(&package["dependencies"]),
            features: package["features"]
                .as_object()
                .map(|map| map.keys().cloned().collect())
                .unwrap_or_default(),
        };
        Ok(Self(packages.iter().map(package).collect()))
    }

    /// Our packages that name one of ours they may not.
    pub fn against_the_direction(&self) -> Vec<String> {
        let mut findings = Vec::new();
        for package in &self.0 {
            let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == package.name) else {
                findings.push(format!("{} has no place in the order", package.name));
                continue;
            };
            let ours =
                package.dependencies.iter().filter(|name| LAYERS.iter().any(|(layer, _)| layer == name));
            let wrong = ours.filter(|name| **name != package.name && !allowed.contains(&name.as_str()));
            findings.extend(wrong.map(|name| format!("{} depends on {name}", package.name)));
        }
        findings
    }

    /// Heavy dependencies that moved out.
    pub fn outside_their_home(&self) -> Vec<String> {
        let mut findings = Vec::new();
        for package in &self.0 {
            for name in &package.dependencies {
                let home = HOMES.iter().find(|(dependency, _)| dependency == name);
                if home.is_some_and(|(_, packages)| !packages.contains(&package.name.as_str())) {
                    findings.push(format!("{} depends on {name}", package.name));
                }
            }
        }
        findings
    }

    /// Declared features besides the two.
    pub fn other_features(&self) -> Vec<String> {
        let declared =
            self.0.iter().flat_map(|package| package.features.iter().map(move |name| (package, name)));
        // An optional dependency without `dep:` makes a feature of its own name; that counts, too.
        declared
            .filter(|(_, name)| !matches!(name.as_str(), "ssr" | "hydrate"))
            .map(|(package, name)| format!("{} declares `{name}`", package.name))
            .collect()
    }

    /// Server packages in the tree of `frontend` as built for the browser.
    pub fn server_code_in_the_browser(&self, workspace: &Workspace) -> Result<Vec<String>> {
        let mut cargo = process::cargo(workspace);
        cargo.args(["tree", "--package", "frontend", "--target", "wasm32-unknown-unknown"]);
        cargo.args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]);
        Ok(server_only(&process::run_quietly(&mut cargo)?))
    }
}

fn server_only(tree: &str) -> Vec<String> {
    let mut found: Vec<String> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| SERVER_ONLY.contains(name))
        .map(|name| format!("frontend reaches {name}; see: cargo tree -p frontend -i {name}"))
        .collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(json: &str) -> Packages {
        Packages::parse(&format!("{{\"packages\": {json}}}")).unwrap()
    }

    #[test]
    fn a_dependency_upwards_is_found() {
        let packages = packages(
            r#"[{"name": "kavach-store", "dependencies": [{"name": "kavach-service"}, {"name": "serde"}], "features": {}}]"#,
        );
        assert_eq!(packages.against_the_direction(), ["kavach-store depends on kavach-service"]);
    }

    #[test]
    fn a_package_nobody_placed_is_found() {
        let packages = packages(r#"[{"name": "kavach-extra", "dependencies": [], "features": {}}]"#);
        assert_eq!(packages.against_the_direction(), ["kavach-extra has no place in the order"]);
    }

    #[test]
    fn a_heavy_dependency_away_from_home_is_found() {
        let packages =
            packages(r#"[{"name": "server", "dependencies": [{"name": "sqlx"}], "features": {}}]"#);
        assert_eq!(packages.outside_their_home(), ["server depends on sqlx"]);
    }

    #[test]
    fn a_third_feature_is_found() {
        let packages =
            packages(r#"[{"name": "app", "dependencies": [], "features": {"ssr": [], "passkeys": []}}]"#);
        assert_eq!(packages.other_features(), ["app declares `passkeys`"]);
    }

    #[test]
    fn server_code_in_the_browser_is_found() {
        assert!(server_only("frontend v0.1.0\napp v0.1.0\nkavach-model v0.1.0").is_empty());
        assert_eq!(server_only("frontend v0.1.0\nkavach-store v0.1.0\nkavach-store v0.1.0 (*)").len(), 1);
    }
}

//! `kavach resource`: the servers that tokens are for.

use super::admin::finish;
use super::offline;
use clap::{Args, Subcommand};
use kavach_model::oauth::{CreateResource, ResourceScope};
use kavach_service::config::Config;
use kavach_service::oauth::resources;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(super) enum Resource {
    /// Add a server; prints it as JSON
    Add(Add),
    /// List every server, one a line: id, address, name, scopes
    List,
    /// Take a server out: no more tokens for it
    Remove {
        /// Its address or its id
        resource: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Its address, which is the audience of its tokens: https://mcp.example.com/mcp
    resource: String,
    /// What people call it
    #[arg(long)]
    name: String,
    /// A scope and what people are told it allows: `repos:read=Read your repositories`; may come more than once. With
    /// `+` in front it is given to clients that ask for none
    #[arg(long = "scope", value_name = "SCOPE[=TEXT]")]
    scopes: Vec<String>,
    /// What its scopes hang below among permissions; mcp: and its host when left out
    #[arg(long, value_name = "PATH")]
    permission_root: Option<String>,
}

pub(super) async fn run(config: Config, command: Resource) -> Result<(), String> {
    let offline = offline(config).await?;
    let kv = offline.0.clone();
    match command {
        Resource::Add(args) => {
            let request = CreateResource {
                resource: args.resource,
                name: args.name,
                scopes: args.scopes.iter().map(|text| scope(text)).collect(),
                permission_root: args.permission_root,
            };
            let made = resources::create_offline(&kv, request).await;
            drop(kv);
            finish(offline, made.map(|made| json!(made).to_string())).await
        }
        Resource::List => {
            let listed = resources::all(&kv).await.map(|all| {
                let scopes = |scopes: &[ResourceScope]| {
                    scopes.iter().map(|scope| scope.name.as_str()).collect::<Vec<_>>().join(" ")
                };
                let line = all.iter().map(|one| {
                    format!("{}\t{}\t{}\t{}", one.id, one.resource, one.name, scopes(&one.scopes))
                });
                line.collect::<Vec<_>>().join("\n")
            });
            drop(kv);
            finish(offline, listed).await
        }
        Resource::Remove { resource } => {
            let removed = resources::delete_offline(&kv, &resource).await;
            drop(kv);
            finish(offline, removed.map(|()| "Removed.".to_owned())).await
        }
    }
}

fn scope(text: &str) -> ResourceScope {
    let (name, description) = text.split_once('=').unwrap_or((text, ""));
    let (name, default) = name.strip_prefix('+').map_or((name, false), |name| (name, true));
    ResourceScope { name: name.to_owned(), description: description.to_owned(), default }
}

//! The command line. What a command does is in the services; here it is only named and explained.

mod admin;
mod approval;
mod audit;
mod client;
mod connection;
mod doctor;
mod keys;
mod resource;
mod user;

use crate::{config, log, openapi, serve};
use clap::{Args, Parser, Subcommand};
use kavach_model::Secret;
use kavach_model::api_key::Scope;
use kavach_service::config::Config;
use kavach_service::{Error, Kavach, Parts};
use kavach_store::StoreError;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  kavach serve                        Start on http://localhost:3000, data in ./data
  kavach serve --demo                 The same, with an invented organisation to look around in
  KAVACH_LISTEN=127.0.0.1:8080 kavach serve
                                      Every setting is also an environment variable
  kavach admin create --email ada@example.com --password-stdin < password.txt
                                      Make an administrator without a browser

Settings are read from kavach.toml in the working directory (or --config), then from KAVACH_*
environment variables, with two underscores between section and key: [session] idle = \"30m\"
is KAVACH_SESSION__IDLE=30m. None is needed to start.

Exit codes: 0 it worked, 1 it did not, 2 it was called wrongly.";

/// Identity for people and AI agents: who they are, what they may do, and a record of every decision.
#[derive(Debug, Parser)]
#[command(name = "kavach", version, after_help = EXAMPLES, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    /// Read settings from this file instead of kavach.toml
    #[arg(long, global = true, value_name = "FILE", env = "KAVACH_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server: pages, console and API on one port
    ///
    /// Creates the data directory and the database when they are not there yet. On the first start a link is
    /// printed that makes you the administrator. Stop it with Ctrl-C; requests in flight finish first.
    Serve {
        /// Fill an empty database with an invented organisation to look around in
        #[arg(long)]
        demo: bool,
    },
    /// Make administrators and API keys without a browser
    ///
    /// With the embedded database these commands work while the server is stopped. With PostgreSQL they work at
    /// any time.
    #[command(subcommand)]
    Admin(Admin),
    /// Help people who cannot get in
    ///
    /// With the embedded database this works while the server is stopped; use the API while it runs.
    #[command(subcommand)]
    User(user::User),
    /// Register apps that ask for tokens
    ///
    /// With the embedded database these commands work while the server is stopped; use the API while it runs.
    #[command(subcommand)]
    Client(client::Client),
    /// Add the servers that tokens are for
    ///
    /// With the embedded database these commands work while the server is stopped; use the API while it runs.
    #[command(subcommand)]
    Resource(resource::Resource),
    /// Look after the keys that sign tokens
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Prove, check and export the audit log
    ///
    /// None of these changes a record. All but `archive` work beside a running server.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Check what an approval rests on
    #[command(subcommand)]
    Approval(approval::ApprovalCommand),
    /// Bring the database to this version, then exit
    ///
    /// `serve` does this by itself; use this to do it before a new version is started.
    Migrate,
    /// Check settings, data directory, database and mail server, and say what is wrong
    ///
    /// With an address it looks at an MCP server or another protected resource instead, as clients do that connect to it,
    /// and says what to change there and at its authorization server. It registers nothing and signs nobody in.
    Doctor {
        /// The address clients are given, such as https://mcp.example.com/mcp
        #[arg(value_name = "URL")]
        address: Option<String>,
        /// Print what was found at the address as JSON
        #[arg(long, requires = "address")]
        json: bool,
    },
    /// Print the OpenAPI 3.1 description of the API
    Openapi,
}

#[derive(Debug, Subcommand)]
enum Admin {
    /// Make an administrator; prints the user id
    Create(CreateAdmin),
    /// Make an API key that acts for the oldest administrator; prints it, this once
    ApiKey(CreateKey),
}

#[derive(Debug, Args)]
struct CreateAdmin {
    /// Where to reach the administrator; also what they sign in with
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// What to call them; the first part of the address when left out
    #[arg(long)]
    name: Option<String>,
    /// Read the password from standard input, so that it is in no shell history
    #[arg(long, required = true)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
struct CreateKey {
    /// What it is for
    #[arg(long, default_value = "command line")]
    name: String,
    /// What it may be used for, with commas between
    #[arg(long, required = true, value_delimiter = ',', value_parser = scope, value_name = "SCOPES",
          help = scopes_help())]
    scopes: Vec<Scope>,
}

fn scopes_help() -> String {
    let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    format!("What it may be used for, with commas between: {}", known.join(", "))
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).ok_or_else(scopes_help)
}

/// Does what the arguments say.
pub fn run() -> ExitCode {
    // A second call in one process is refused and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    match execute(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "kavach: {message}");
            ExitCode::FAILURE
        }
    }
}

fn execute(cli: Cli) -> Result<(), String> {
    if matches!(cli.command, Command::Openapi) {
        return print(&openapi::text());
    }
    let config = config::load(cli.config.as_deref()).map_err(text)?;
    let _flush = log::start(&config).map_err(text)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(text)?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve { demo } => serve::serve(config, demo).await.map_err(text),
            Command::Admin(Admin::Create(args)) => admin::create(config, &args).await,
            Command::Admin(Admin::ApiKey(args)) => admin::api_key(config, &args).await,
            Command::User(command) => user::run(config, &command).await,
            Command::Client(command) => client::run(config, command).await,
            Command::Resource(command) => resource::run(config, command).await,
            Command::Keys(command) => keys::run(config, command).await,
            Command::Migrate => offline(config).await?.close("The database is up to date.").await,
            Command::Audit(command) => audit::run(&config, command).await,
            Command::Approval(command) => approval::run(&config, command).await,
            Command::Doctor { address: None, .. } => doctor::examine(&config).await,
            Command::Doctor { address: Some(address), json } => {
                connection::examine(&config, &address, json).await
            }
            Command::Openapi => Ok(()),
        }
    })
}

/// The services, for a command that ends by itself.
struct Offline(Kavach);

async fn offline(config: Config) -> Result<Offline, String> {
    let parts = Parts::system(&config).map_err(text)?;
    Kavach::start(config, parts).await.map(Offline).map_err(|error| match error {
        Error::Store(StoreError::DataDir(problem)) => {
            format!("{problem}\nWhile a server runs, use the set-up link it printed, or its console.")
        }
        other => text(other),
    })
}

impl Offline {
    /// Closes the database, then prints the result.
    async fn close(self, result: &str) -> Result<(), String> {
        self.0.shutdown().await;
        print(result)
    }
}

fn print(line: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(text)
}

/// The first line of standard input.
fn read_password() -> Result<Secret, String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(text)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        Err("no password on standard input".to_owned())
    } else {
        Ok(Secret::new(password))
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn scopes_are_a_list_of_known_names() {
        let parsed =
            Cli::try_parse_from(["kavach", "admin", "api-key", "--scopes", "authorize,agents:read"]).unwrap();
        let Command::Admin(Admin::ApiKey(args)) = parsed.command else { panic!("another command") };
        assert_eq!(args.scopes, [Scope::Authorize, Scope::AgentsRead]);
        let error = Cli::try_parse_from(["kavach", "admin", "api-key", "--scopes", "root"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("agents:write"));
    }

    #[test]
    fn a_password_is_never_an_argument() {
        assert!(Cli::try_parse_from(["kavach", "admin", "create", "--email", "a@example.com"]).is_err());
        assert!(
            Cli::try_parse_from(["kavach", "admin", "create", "--email", "a@example.com", "--password", "x"])
                .is_err()
        );
    }
}

//! The doors people come in by, watched from outside: whether the time an answer takes tells who is known, and whether
//! a flood of sign-ins keeps agents waiting.
//!
//! Figures are printed and judged by people; the tests of the server compare the work that is done instead.

mod enumerate;
mod flood;

pub use enumerate::run as enumerate;
pub use flood::run as flood;

use crate::http::{Connection, Request};
use crate::instance::Place;
use anyhow::{Result, ensure};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// A password everybody here has.
const PASSWORD: &str = "six-herons-under-a-paper-moon";
/// One nobody has.
const WRONG: &str = "not the password of anyone here";

/// How long to look, and at what.
#[derive(Args)]
pub struct Options {
    /// The release binary
    #[arg(long, value_name = "FILE")]
    kavach: PathBuf,
    /// Where the database is put
    #[arg(long, value_name = "DIR")]
    work: PathBuf,
    /// Pairs of a known and an unknown address at every door
    #[arg(long, default_value_t = 300)]
    pairs: usize,
    /// Connections that sign in as fast as they can
    #[arg(long, default_value_t = 500)]
    connections: usize,
    /// How often idle, limit and flood take turns
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long a turn is, in seconds
    #[arg(long, default_value_t = 15)]
    seconds: u64,
}

/// A server whose limits are counted and so wide that nothing here meets them.
fn place(options: &Options, name: &str) -> Result<Place> {
    std::fs::create_dir_all(&options.work)?;
    let many = "1000000".to_owned();
    Ok(Place::new(&options.kavach, options.work.join(name))?
        .with("KAVACH_RATE_LIMIT__SIGN_INS_PER_IP", many.clone())
        .with("KAVACH_RATE_LIMIT__SIGN_UPS_PER_IP", many.clone())
        .with("KAVACH_RATE_LIMIT__GUESTS_PER_IP", many)
        .with("KAVACH_RATE_LIMIT__FAILURES_PER_ACCOUNT", "100".to_owned())
        .with("KAVACH_RATE_LIMIT__MAILS_PER_RECIPIENT", "1000".to_owned())
        .with("KAVACH_SMS__PER_NUMBER", "1000000".to_owned())
        .with("KAVACH_SMS__PER_PREFIX", "1000000".to_owned())
        .with("KAVACH_SMS__PER_IP", "1000000".to_owned())
        .with("KAVACH_SMS__PER_DAY", "1000000".to_owned()))
}

/// A request of nobody.
fn ask(path: &str, body: &Value) -> Request {
    Request::new("POST", format!("/api/auth{path}")).json(body)
}

/// Makes an account.
async fn sign_up(connection: &mut Connection, email: &str) -> Result<()> {
    let body = json!({"email": email, "password": PASSWORD, "name": "Somebody"});
    let reply = connection.send(&ask("/sign-up/email", &body)).await?;
    ensure!(reply.status == 201, "signing up was answered {}", reply.status);
    Ok(())
}

/// What stands in the middle.
fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

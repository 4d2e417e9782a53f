//! How long another replica goes on allowing what was revoked.
//!
//! Two servers over one PostgreSQL. The root of a tree is revoked at the first; meanwhile the second, which remembers every
//! agent of the tree, is asked about any of them all the time. What counts is when the last allow arrived, from the moment
//! the revocation was answered. Measured once with the database's word of changes and once without it, when only the
//! look that is taken now and then is left.

mod proxy;

use crate::http::{Connection, Request};
use crate::instance::{self, Place, Running};
use crate::random::Random;
use anyhow::{Context, Result, ensure};
use clap::Args;
use proxy::Proxy;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

/// Agents from the root down to the leaves.
const DEEP: usize = 5;
/// Leaves of the tree.
const WIDE: usize = 1_000;
/// Connections that ask the second replica all the time.
const ASKING: usize = 8;
/// Connections the tree is made with.
const MAKING: usize = 16;
/// How long is asked before the revocation, and after it was answered.
const BEFORE: Duration = Duration::from_millis(100);
const AFTER: Duration = Duration::from_millis(1_200);
/// No allow may come later.
pub const LIMIT: Duration = Duration::from_secs(1);
/// Rounds with one session, which must be fresh to revoke.
const ROUNDS_A_SESSION: usize = 20;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// The release binary
    #[arg(long, value_name = "FILE")]
    kavach: PathBuf,
    /// Where the replicas keep their things
    #[arg(long, value_name = "DIR")]
    work: PathBuf,
    /// A PostgreSQL server a database may be made in, as superuser
    #[arg(long, value_name = "URL")]
    postgres: String,
    /// How many trees are revoked, with word of it and without each
    #[arg(long, default_value_t = 200)]
    rounds: usize,
}

/// Measures and prints.
pub async fn run(options: &Options) -> Result<ExitCode> {
    let found = measure(&options.kavach, &options.work, &options.postgres, options.rounds).await?;
    println!("{}", found.write());
    Ok(ExitCode::SUCCESS)
}

/// What was found.
pub struct Revocations {
    /// How long after the answer the last allow came, in order of length.
    pub told: Vec<Duration>,
    /// The same when the database sends no word.
    pub untold: Vec<Duration>,
}

impl Revocations {
    /// By name.
    pub fn both(&self) -> [(&'static str, &[Duration]); 2] {
        [("LISTEN and NOTIFY", &self.told), ("NOTIFY cut", &self.untold)]
    }

    /// Half, nearly all, all.
    pub fn ranks(times: &[Duration]) -> [Duration; 3] {
        [50, 99, 100].map(|percent| crate::bench::machine::rank(times, percent))
    }

    /// A table, in Markdown.
    pub fn write(&self) -> String {
        let mut text = String::from(
            "| | rounds | p50 ms | p99 ms | longest ms | allows after 1 s |\n|---|---|---|---|---|---|\n",
        );
        for (name, times) in self.both() {
            let [p50, p99, longest] = Self::ranks(times).map(|time| time.as_secs_f64() * 1e3);
            let late = times.iter().filter(|time| **time > LIMIT).count();
            text.push_str(&format!(
                "| {name} | {} | {p50:.0} | {p99:.0} | {longest:.0} | {late} |\n",
                times.len()
            ));
        }
        text
    }
}

/// Measures both.
pub async fn measure(kavach: &Path, work: &Path, postgres: &str, rounds: usize) -> Result<Revocations> {
    let told = replicas(kavach, work, postgres, rounds, false).await?;
    let untold = replicas(kavach, work, postgres, rounds, true).await?;
    Ok(Revocations { told, untold })
}

async fn replicas(
    kavach: &Path,
    work: &Path,
    postgres: &str,
    rounds: usize,
    cut: bool,
) -> Result<Vec<Duration>> {
    let number = u128::from(Random::seed()) << 64 | u128::from(std::process::id());
    let database = kavach_store::create_scratch_database(postgres, number).await?;
    let proxy = Proxy::start(server_of(&database)?, cut).await?;
    let place = |name: &str, url: String| -> Result<Place> {
        let place = Place::new(kavach, work.join(name))?;
        Ok(place
            .with("KAVACH_DATABASE__URL", url)
            .with("KAVACH_INSTANCE_KEY", "00112233445566778899aabbccddeeff".repeat(2)))
    };
    let direct = format!("{database}?sslmode=disable");
    let through = direct.replace(&server_of(&database)?.to_string(), &proxy.address.to_string());
    let (first, second) = (place("first", direct)?, place("second", through)?);
    first.create_admin().await?;
    let (a, b) = (first.start().await?.0, second.start().await?.0);
    let mut times = Vec::with_capacity(rounds);
    let mut session = String::new();
    for round in 0..rounds {
        if round % ROUNDS_A_SESSION == 0 {
            session = instance::sign_in(&mut a.connect().await?).await?;
        }
        let time = self::round(&a, &b, &session, round).await.with_context(|| format!("round {round}"))?;
        if (round + 1) % 10 == 0 {
            println!("revocation, word {}: round {}", if cut { "cut" } else { "sent" }, round + 1);
        }
        times.push(time);
    }
    ensure!(proxy.cuts() > 0 || !cut, "the replica was not kept from listening");
    a.stop().await?;
    b.stop().await?;
    times.sort_unstable();
    Ok(times)
}

/// Host and port of a URL; the server must be named by its address.
fn server_of(url: &str) -> Result<SocketAddr> {
    let (_, rest) = url.split_once("://").context("the server's URL has no scheme")?;
    let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or(authority);
    host.parse().with_context(|| format!("{host} is not an address and a port"))
}

/// How long after its answer a revocation was seen at last.
async fn round(a: &Running, b: &Running, session: &str, number: usize) -> Result<Duration> {
    let tree: Arc<[String]> = tree(a, session, number).await?.into();
    ensure!(ask_all(b, session, &tree).await? == tree.len(), "the whole tree is allowed at first");
    let until = tokio::sync::watch::Sender::new(None);
    let mut asking = JoinSet::new();
    for place in 0..ASKING {
        let (connection, tree, session) = (b.connect().await?, Arc::clone(&tree), session.to_owned());
        let random = Random::new((number * ASKING + place) as u64);
        asking.spawn(ask_on(connection, session, tree, random, until.subscribe()));
    }
    sleep(BEFORE).await;
    let revoke = Request::new("DELETE", format!("/api/auth/agents/{}", tree[0])).bearer(session);
    let reply = a.connect().await?.send(&revoke).await?;
    ensure!(reply.status < 300, "the revocation was answered {}", reply.status);
    let answered = Instant::now();
    until.send_replace(Some(answered + AFTER));
    sleep_until(answered + AFTER).await;
    let mut last = answered;
    while let Some(allowed) = asking.join_next().await {
        last = last.max(allowed??);
    }
    ensure!(ask_all(b, session, &tree).await? == 0, "nothing of the tree is allowed in the end");
    Ok(last.duration_since(answered))
}

/// Asks about one agent after the other; when the last allow came.
async fn ask_on(
    mut connection: Connection,
    session: String,
    tree: Arc<[String]>,
    mut random: Random,
    until: tokio::sync::watch::Receiver<Option<Instant>>,
) -> Result<Instant> {
    let mut last = None;
    loop {
        let id = &tree[random.below(tree.len() as u64) as usize];
        if is_allowed(&connection.send(&question(&session, id)).await?.data()?) {
            last = Some(Instant::now());
        }
        let end: Option<Instant> = *until.borrow();
        if end.is_some_and(|end| Instant::now() >= end) {
            return last.context("nothing was allowed before the revocation");
        }
    }
}

/// Asks about every agent once; how many are allowed.
async fn ask_all(server: &Running, session: &str, tree: &[String]) -> Result<usize> {
    let mut asking = JoinSet::new();
    for part in tree.chunks(tree.len().div_ceil(ASKING)) {
        let (mut connection, part, session) = (server.connect().await?, part.to_vec(), session.to_owned());
        asking.spawn(async move {
            let mut allowed = 0;
            for id in &part {
                let answer = connection.send(&question(&session, id)).await?.data()?;
                allowed += usize::from(is_allowed(&answer));
            }
            anyhow::Ok(allowed)
        });
    }
    let mut allowed = 0;
    while let Some(some) = asking.join_next().await {
        allowed += some??;
    }
    Ok(allowed)
}

fn question(session: &str, agent: &str) -> Request {
    let body = json!({"agentId": agent, "action": "read", "resource": "mcp:github:repos"});
    Request::new("POST", "/api/auth/authorize").bearer(session).json(&body)
}

fn is_allowed(answer: &Value) -> bool {
    answer["allowed"] == json!(true)
}

/// A stem, and the leaves at its end; the root comes first.
async fn tree(server: &Running, session: &str, round: usize) -> Result<Vec<String>> {
    let mut stem: Vec<String> = Vec::new();
    let mut connection = server.connect().await?;
    for level in 1..DEEP {
        let request = create(session, &format!("stem {round} {level}"), stem.last());
        stem.push(instance::created(&connection.send(&request).await?)?.id);
    }
    let mut making = JoinSet::new();
    for part in 0..MAKING {
        let (mut connection, session) = (server.connect().await?, session.to_owned());
        let parent = stem.last().cloned();
        making.spawn(async move {
            let mut made = Vec::new();
            for leaf in (part..WIDE).step_by(MAKING) {
                let request = create(&session, &format!("leaf {round} {leaf}"), parent.as_ref());
                made.push(instance::created(&connection.send(&request).await?)?.id);
            }
            anyhow::Ok(made)
        });
    }
    while let Some(made) = making.join_next().await {
        stem.extend(made??);
    }
    Ok(stem)
}

fn create(session: &str, name: &str, parent: Option<&String>) -> Request {
    let mut body = json!({"name": name, "type": "autonomous",
        "permissions": [{"resource": "mcp:github:*", "actions": ["read"]}]});
    if let Some(parent) = parent {
        body["ownerId"] = json!(parent);
    }
    Request::new("POST", "/api/auth/agents").bearer(session).json(&body)
}

//! Load: as many connections as asked for, each sending its next request when the last was answered.
//!
//! `wrk` makes it where it is installed; it is written in C and takes least from the server's cores. Otherwise a
//! generator in here does, which looks at every answer.

use crate::http::{Connection, Request};
use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// What makes the load.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Generator {
    /// github.com/wg/wrk, from the distribution's package
    Wrk,
    /// The one in here
    Own,
}

impl Generator {
    /// `wrk` if there is one.
    pub fn best() -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        match std::env::split_paths(&path).any(|folder| folder.join("wrk").is_file()) {
            true => Self::Wrk,
            false => Self::Own,
        }
    }

    /// As it is named in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wrk => "wrk, 2 threads",
            Self::Own => "the generator of `benches`, 2 threads",
        }
    }
}

/// What to do.
pub struct Load<'a> {
    /// To whom.
    pub address: SocketAddr,
    /// What.
    pub request: &'a Request,
    /// Kept connections.
    pub connections: usize,
    /// For how long.
    pub length: Duration,
}

/// What came of it.
pub struct Sample {
    /// Requests answered.
    pub requests: u64,
    /// Requests that were not, or not with 200.
    pub errors: u64,
    /// How long it really took.
    pub took: Duration,
    /// Half of the requests were faster.
    pub p50: Duration,
    /// 99 of 100 requests were faster.
    pub p99: Duration,
}

impl Sample {
    /// Requests a second.
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.took.as_secs_f64()
    }
}

impl Load<'_> {
    /// Makes the load.
    pub async fn run(&self, generator: Generator) -> Result<Sample> {
        match generator {
            Generator::Wrk => self.by_wrk().await,
            Generator::Own => self.by_hand().await,
        }
    }

    async fn by_hand(&self) -> Result<Sample> {
        let wire: Arc<[u8]> = self.request.wire(self.address).into();
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            connections.push(Connection::open(self.address).await?);
        }
        let started = Instant::now();
        let end = started + self.length;
        let mut tasks = JoinSet::new();
        for mut connection in connections {
            let wire = Arc::clone(&wire);
            tasks.spawn(async move {
                let (mut times, mut errors) = (Vec::new(), 0);
                while Instant::now() < end {
                    let sent = Instant::now();
                    match connection.exchange(&wire).await {
                        Ok(reply) if reply.status == 200 => times.push(sent.elapsed()),
                        Ok(_) => errors += 1,
                        Err(_) => return (times, errors + 1),
                    }
                }
                (times, errors)
            });
        }
        let (mut times, mut errors) = (Vec::new(), 0);
        for (some, failed) in tasks.join_all().await {
            times.extend(some);
            errors += failed;
        }
        let took = started.elapsed();
        times.sort_unstable();
        let requests = times.len() as u64;
        Ok(Sample {
            requests,
            errors,
            took,
            p50: super::machine::rank(&times, 50),
            p99: super::machine::rank(&times, 99),
        })
    }

    async fn by_wrk(&self) -> Result<Sample> {
        let script = std::env::temp_dir().join(format!("kavach-bench-{}.lua", std::process::id()));
        std::fs::write(&script, self.script())?;
        let output = Command::new("wrk")
            .args(["--threads", "2", "--connections", &self.connections.to_string()])
            .args(["--duration", &format!("{}s", self.length.as_secs()), "--timeout", "10s", "--script"])
            .arg(&script)
            .arg(format!("http://{}{}", self.address, self.request.path))
            .output()
            .await
            .context("could not start wrk")?;
        let _ = std::fs::remove_file(&script);
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "wrk failed: {text}{}", String::from_utf8_lossy(&output.stderr));
        let line =
            text.lines().find_map(|line| line.strip_prefix("figures ")).context("wrk said no figures")?;
        let figures = line.split(' ').map(str::parse).collect::<Result<Vec<u64>, _>>()?;
        let [requests, took, errors, p50, p99] = figures[..] else { bail!("wrk said {line}") };
        let micros = Duration::from_micros;
        Ok(Sample { requests, errors, took: micros(took), p50: micros(p50), p99: micros(p99) })
    }

    fn script(&self) -> String {
        let mut script = format!("wrk.method = \"{}\"\n", self.request.method);
        for (name, value) in &self.request.headers {
            // A write to a String cannot fail.
            let _ = writeln!(script, "wrk.headers[\"{name}\"] = [[{value}]]");
        }
        if let Some(body) = &self.request.body {
            let _ = writeln!(script, "wrk.body = [[{body}]]");
        }
        script.push_str(DONE);
        script
    }
}

/// wrk's own summary rounds; this says whole numbers. Statuses of 400 and more count as errors.
const DONE: &str = r#"
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("figures %d %d %d %d %d\n", summary.requests, summary.duration,
    e.status + e.connect + e.read + e.write + e.timeout, latency:percentile(50), latency:percentile(99)))
end
"#;

//! Is a write on the disk before it is answered? Seen from below, by strace: between reading a request and writing
//! its answer the write-ahead log must be written and synced, in this order.
//!
//! One request of every kind that writes is made, each with a request id of its own, by which its lines are found.

use crate::http::{Connection, Request};
use crate::instance::{self, Place};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Whatever data may travel by, and what makes it stay.
const CALLS: &str =
    "trace=read,readv,recvfrom,recvmsg,write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync";
/// strace notes that the server has ended some time after it has.
const TRACE_ENDS_WITHIN: Duration = Duration::from_secs(10);
const PASSWORD: &str = "nine-herons-cross-the-estuary";
/// Background work may write between a sync and an answer; not three times in a row.
const TRIES: usize = 3;

/// Starts the server under strace, writes once of every kind, and reads the trace.
pub async fn run(place: &Place) -> Result<ExitCode> {
    let trace = place.data().with_file_name("trace");
    let file = trace.display().to_string();
    // -D: strace is the grandchild, so the server is ours to stop. -y: descriptors with their paths.
    let strace = ["strace", "-D", "-f", "-y", "-s", "2048", "-e", CALLS, "-o", &file];
    let (server, _) = place.start_under(&strace.map(str::to_owned)).await.context("is strace installed?")?;
    let mut session = Session { connection: server.connect().await?, names: Vec::new() };
    for _ in 0..TRIES {
        session.write_everything().await?;
    }
    let pid = server.pid()?;
    server.stop().await?;
    let trace = Trace::read(&finished(&trace, pid).await?);

    let mut verdicts: Vec<(&str, bool)> = Vec::new();
    for (number, name) in session.names.iter().enumerate() {
        let synced = match trace.is_synced(&request_id(number)) {
            Ok(()) => true,
            Err(error) => {
                println!("{name}: {error:#}");
                false
            }
        };
        match verdicts.iter_mut().find(|(known, _)| known == name) {
            Some((_, before)) => *before |= synced,
            None => verdicts.push((name, synced)),
        }
    }
    for (name, synced) in &verdicts {
        println!("{:<28} {}", name, if *synced { "synced before it was answered" } else { "NOT synced" });
    }
    let count = verdicts.iter().filter(|(_, synced)| *synced).count();
    println!("{count} of {} kinds of write", verdicts.len());
    Ok(if count == verdicts.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The text of the trace, once the end of the process is in it.
async fn finished(trace: &Path, pid: u32) -> Result<String> {
    let started = Instant::now();
    loop {
        let text =
            String::from_utf8_lossy(&std::fs::read(trace).context("strace wrote no trace")?).into_owned();
        let is_end = |line: &str| line.starts_with(&pid.to_string()) && line.ends_with("+++");
        if text.lines().rev().take(100).any(is_end) {
            return Ok(text);
        }
        ensure!(started.elapsed() < TRACE_ENDS_WITHIN, "the trace does not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn request_id(number: usize) -> String {
    format!("strace-proof-{number:04}")
}

struct Session {
    connection: Connection,
    /// The kind of each request, by its number.
    names: Vec<&'static str>,
}

impl Session {
    async fn write_everything(&mut self) -> Result<()> {
        let round = self.names.len();
        let person =
            json!({"email": format!("person-{round}@example.com"), "password": PASSWORD, "name": "P"});
        let post = |path: &str| Request::new("POST", format!("/api/auth{path}"));
        let signed_up = self.send("sign up", post("/sign-up/email").json(&person)).await?;
        ensure!(signed_up["user"].is_object(), "the sign-up was not answered with a user");
        let admin = instance::sign_in(&mut self.connection).await?;
        let person = json!({"email": person["email"], "password": PASSWORD});
        let session = self.send("sign in", post("/sign-in/email").json(&person)).await?;
        let session = instance::text(&session["token"])?;

        let name = format!("agent {round}");
        let agent = self.send("agent made", instance::create_request(&session, &name)).await?;
        let agent =
            instance::Agent { id: instance::text(&agent["id"])?, token: instance::text(&agent["token"])? };
        let path = format!("/agents/{}", agent.id);
        let question = json!({"agentId": agent.id, "action": "read", "resource": "mcp:github:repos"});
        self.send("authorize", post("/authorize").bearer(&session).json(&question)).await?;
        self.send("authorize, allowed by token", instance::question(&agent, "read")).await?;
        self.send("authorize, denied by token", instance::question(&agent, "delete")).await?;
        let batch = json!({"requests": [question, question]});
        self.send("authorize, batch", post("/authorize/batch").bearer(&session).json(&batch)).await?;
        let patch = Request::new("PATCH", format!("/api/auth{path}")).bearer(&session);
        self.send("agent changed", patch.json(&json!({"name": format!("changed {round}")}))).await?;
        self.send("agent suspended", post(&format!("{path}/suspend")).bearer(&session)).await?;
        self.send("agent resumed", post(&format!("{path}/resume")).bearer(&session)).await?;
        self.send("agent's token rotated", post(&format!("{path}/rotate")).bearer(&session)).await?;
        let delete = Request::new("DELETE", format!("/api/auth{path}")).bearer(&session);
        self.send("agent revoked", delete).await?;
        let key = json!({"name": format!("key {round}"), "scopes": ["audit:read"]});
        self.send("API key made", post("/api-keys").bearer(&admin).json(&key)).await?;
        self.send("other sessions revoked", post("/sessions/revoke-others").bearer(&session)).await?;
        self.send("sign out", post("/sign-out").bearer(&session)).await?;
        Ok(())
    }

    async fn send(&mut self, name: &'static str, mut request: Request) -> Result<Value> {
        request.headers.push(("x-request-id", request_id(self.names.len())));
        self.names.push(name);
        self.connection.send(&request).await?.data().with_context(|| format!("\"{name}\""))
    }
}

/// What the server did, as far as it matters here, in order.
struct Trace(Vec<Event>);

enum Event {
    /// A request or an answer went through a socket: the text of it.
    Incoming(String),
    Outgoing(String),
    LogWritten,
    /// The log was synced, and the sync had begun at this place of the trace.
    LogSynced {
        began: usize,
    },
}

impl Trace {
    /// Reads `PID call(arguments) = result`, and calls that were interrupted by others.
    fn read(text: &str) -> Self {
        let mut events = Vec::new();
        let mut unfinished: HashMap<&str, (usize, &str)> = HashMap::new();
        for (place, line) in text.lines().enumerate() {
            let Some((pid, rest)) = line.split_once(' ') else { continue };
            let rest = rest.trim_start();
            let (began, call, ended) = match rest.strip_prefix("<... ") {
                Some(resumed) => match unfinished.remove(pid) {
                    Some((began, start)) => (began, start, Some(resumed)),
                    None => continue,
                },
                None if rest.ends_with("<unfinished ...>") => {
                    unfinished.insert(pid, (place, rest));
                    (place, rest, None)
                }
                None => (place, rest, Some(rest)),
            };
            let name = call.split('(').next().unwrap_or_default();
            let on_log = call.contains("-wal>");
            let on_socket = call.contains("<socket:") || call.contains("<TCP");
            let succeeded = ended.is_some_and(|text| {
                text.rsplit_once(" = ").is_some_and(|(_, value)| !value.starts_with('-'))
            });
            match name {
                // Incoming data is known when the call ends, outgoing data counts from when it begins.
                "read" | "recvfrom" | "recvmsg" | "readv" if on_socket && succeeded => {
                    events.push((place, Event::Incoming(format!("{call}{}", ended.unwrap_or_default()))));
                }
                "write" | "writev" | "sendto" | "sendmsg" if on_socket && began == place => {
                    events.push((place, Event::Outgoing(call.to_owned())));
                }
                "write" | "pwrite64" | "writev" | "pwritev" if on_log && ended.is_some() => {
                    events.push((place, Event::LogWritten));
                }
                "fdatasync" | "fsync" if on_log && succeeded => {
                    events.push((place, Event::LogSynced { began }))
                }
                _ => {}
            }
        }
        // Where a sync began has to be compared with events, which are fewer than lines.
        let places: Vec<usize> = events.iter().map(|(place, _)| *place).collect();
        let renumbered = events.into_iter().map(|(_, event)| match event {
            Event::LogSynced { began } => {
                Event::LogSynced { began: places.partition_point(|place| *place < began) }
            }
            other => other,
        });
        Self(renumbered.collect())
    }

    /// Whether the last write to the log before the answer was followed by a whole sync before the answer.
    fn is_synced(&self, id: &str) -> Result<()> {
        let came = |event: &Event| matches!(event, Event::Incoming(text) if text.contains(id));
        let went = |event: &Event| matches!(event, Event::Outgoing(text) if text.contains(id));
        let start = self.0.iter().position(came).context("the request is not in the trace")?;
        let end = self.0.iter().position(went).context("the answer is not in the trace")?;
        let between = self.0.get(start..end).context("the answer came before the request")?;
        let Some(written) = between.iter().rposition(|event| matches!(event, Event::LogWritten)) else {
            bail!("nothing was written before the answer");
        };
        let synced = |event: &Event| matches!(event, Event::LogSynced { began } if *began > start + written);
        ensure!(between.iter().any(synced), "the answer left after a write that was not synced");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: &str = r#"7 recvfrom(9<socket:[1]>, "POST / HTTP/1.1\r\nx-request-id: one", 99, 0) = 30"#;
    const WRITE: &str = r#"8 pwrite64(5</d/kavach.db-wal>, "x", 1, 0) = 1"#;
    const SYNC: &str = "8 fdatasync(5</d/kavach.db-wal>) = 0";
    const BEGIN: &str = "8 fdatasync(5</d/kavach.db-wal> <unfinished ...>";
    const END: &str = "8 <... fdatasync resumed>) = 0";
    const FAILED: &str = "8 <... fdatasync resumed>) = -1 EIO (Input/output error)";
    const ANSWER: &str =
        r#"7 writev(9<socket:[1]>, [{iov_base="HTTP/1.1 200 OK\r\nx-request-id: one", iov_len=3}], 1) = 3"#;

    fn synced(lines: &[&str]) -> bool {
        Trace::read(&lines.join("\n")).is_synced("one").is_ok()
    }

    #[test]
    fn a_sync_between_the_last_write_and_the_answer_counts() {
        assert!(synced(&[READ, WRITE, SYNC, ANSWER]));
        assert!(synced(&[READ, WRITE, WRITE, BEGIN, END, ANSWER]));
        assert!(synced(&[READ, WRITE, SYNC, WRITE, SYNC, ANSWER]));
    }

    #[test]
    fn a_sync_that_is_missing_late_early_or_failed_does_not() {
        assert!(!synced(&[READ, WRITE, ANSWER]));
        assert!(!synced(&[READ, ANSWER]));
        assert!(!synced(&[READ, WRITE, ANSWER, SYNC]));
        assert!(!synced(&[READ, SYNC, WRITE, ANSWER]));
        assert!(!synced(&[READ, WRITE, BEGIN, ANSWER, END]));
        assert!(!synced(&[READ, BEGIN, WRITE, END, ANSWER]));
        assert!(!synced(&[READ, WRITE, BEGIN, FAILED, ANSWER]));
    }
}

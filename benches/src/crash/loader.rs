//! Questions at a steady rate, and now and then a new or a revoked agent, until the connections die.
//!
//! Every answer that arrives whole is written down at once, in a file that is only ever appended to. This process
//! is not the one that is killed.

use crate::http::{Connection, Request};
use crate::instance::{self, Agent};
use anyhow::Result;
use serde_json::Value;
use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// Connections that ask.
const ASKERS: u32 = 16;
/// Between two changes of agents.
const CHANGE_EVERY: Duration = Duration::from_millis(20);

/// The file of answers.
#[derive(Clone)]
pub struct Answers(Arc<File>);

impl Answers {
    /// An empty file.
    pub fn new(path: PathBuf) -> Result<Self> {
        if path.exists() {
            std::fs::remove_file(&path)?;
        }
        Ok(Self(Arc::new(File::options().create_new(true).append(true).open(path)?)))
    }

    /// On the disk, before the server is started again.
    pub fn sync(&self) -> Result<()> {
        Ok(self.0.sync_all()?)
    }

    fn note(&self, line: &str) -> Result<()> {
        // One write a line: appended whole or not at all.
        Ok((&*self.0).write_all(format!("{line}\n").as_bytes())?)
    }
}

/// What the server promised in one cycle.
#[derive(Default)]
pub struct Answered {
    /// Audit ids, and whether it said "allowed".
    pub decisions: Vec<(String, bool)>,
    /// Agents it said it had made.
    pub made: Vec<Agent>,
    /// Ids of agents it said it had revoked.
    pub revoked: Vec<String>,
    /// An agent that was being revoked when the answer did not come: either way is right.
    pub uncertain: Vec<String>,
}

/// Load that is going on.
pub struct Loader(JoinSet<Result<Answered>>);

impl Loader {
    /// Starts asking.
    pub fn start(
        address: SocketAddr,
        rate: u32,
        agent: &Agent,
        session: &str,
        cycle: u32,
        answers: &Answers,
    ) -> Self {
        let mut tasks = JoinSet::new();
        let period = Duration::from_secs(1) * ASKERS / rate.max(1);
        for asker in 0..ASKERS {
            let first = Instant::now() + period * asker / ASKERS;
            tasks.spawn(ask(address, agent.clone(), first, period, answers.clone()));
        }
        tasks.spawn(change(address, session.to_owned(), cycle, answers.clone()));
        Self(tasks)
    }

    /// Waits until the last connection is dead.
    pub async fn finish(self) -> Result<Answered> {
        let mut all = Answered::default();
        for answered in self.0.join_all().await {
            let Answered { decisions, made, revoked, uncertain } = answered?;
            all.decisions.extend(decisions);
            all.made.extend(made);
            all.revoked.extend(revoked);
            all.uncertain.extend(uncertain);
        }
        Ok(all)
    }
}

/// Asks, allowed and denied in turn. A connection that fails ends it; an answer that is not a decision is an error.
async fn ask(
    address: SocketAddr,
    agent: Agent,
    first: Instant,
    period: Duration,
    answers: Answers,
) -> Result<Answered> {
    let mut answered = Answered::default();
    let Ok(mut connection) = Connection::open(address).await else { return Ok(answered) };
    let questions = [instance::question(&agent, "read"), instance::question(&agent, "delete")];
    let mut ticks = interval_at(first, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for question in questions.iter().cycle() {
        ticks.tick().await;
        let Ok(reply) = connection.send(question).await else { break };
        let decision = reply.data()?;
        let id = instance::text(&decision["auditId"])?;
        let allowed = decision["allowed"] == Value::Bool(true);
        answers.note(&format!("decision {id} {allowed}"))?;
        answered.decisions.push((id, allowed));
    }
    Ok(answered)
}

/// Makes agents, and revokes every second one.
async fn change(address: SocketAddr, session: String, cycle: u32, answers: Answers) -> Result<Answered> {
    let mut answered = Answered::default();
    let Ok(mut connection) = Connection::open(address).await else { return Ok(answered) };
    for number in 0.. {
        tokio::time::sleep(CHANGE_EVERY).await;
        let name = format!("cycle {cycle} number {number}");
        let request = instance::create_request(&session, &name);
        let Ok(reply) = connection.send(&request).await else { break };
        let agent = instance::created(&reply)?;
        answers.note(&format!("made {}", agent.id))?;
        answered.made.push(agent.clone());
        if number % 2 == 1 {
            let request = Request::new("DELETE", format!("/api/auth/agents/{}", agent.id)).bearer(&session);
            let Ok(reply) = connection.send(&request).await else {
                answered.uncertain.push(agent.id);
                break;
            };
            reply.data()?;
            answers.note(&format!("revoked {}", agent.id))?;
            answered.revoked.push(agent.id);
        }
    }
    Ok(answered)
}

//! What must be true after every start: each answered decision is in the log with its verdict, positions have no gap,
//! agents that were made are whole, those that were revoked stay so, and the session still works.

use super::connect;
use super::loader::Answered;
use crate::http::{Connection, Request};
use crate::instance::{self, Agent, Running};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// Remembers everything that was promised.
pub struct Verifier {
    session: String,
    decisions: HashMap<String, bool>,
    agents: Vec<Agent>,
    revoked: HashSet<String>,
    uncertain: HashSet<String>,
    /// Position up to which the log was read.
    head: u64,
    recorded: u64,
    losses: Vec<String>,
}

impl Verifier {
    /// Nothing was promised yet but the session.
    pub fn new(session: String) -> Self {
        Self {
            session,
            decisions: HashMap::new(),
            agents: Vec::new(),
            revoked: HashSet::new(),
            uncertain: HashSet::new(),
            head: 0,
            recorded: 0,
            losses: Vec::new(),
        }
    }

    /// An agent that must be there from now on.
    pub fn expect_agent(&mut self, agent: Agent) {
        self.agents.push(agent);
    }

    /// What was not as it must be.
    pub fn losses(&self) -> &[String] {
        &self.losses
    }

    /// The counts, in one line.
    pub fn summary(&self) -> String {
        format!(
            "answers {}, decisions in the log {}, agents made {}, revoked {}, losses {}",
            self.decisions.len(),
            self.recorded,
            self.agents.len(),
            self.revoked.len(),
            self.losses.len()
        )
    }

    /// Looks for what one cycle promised.
    pub async fn check(&mut self, server: &Running, answered: Answered) -> Result<()> {
        let mut connection = connect(server).await?;
        self.check_session(&mut connection).await?;
        let Answered { decisions, made, revoked, uncertain } = answered;
        self.revoked.extend(revoked);
        self.uncertain.extend(uncertain);
        for agent in &made {
            self.check_agent(&mut connection, agent).await?;
        }
        self.agents.extend(made);
        // Remembered for the end, and looked for in what the log has grown by.
        let wanted: HashMap<String, bool> = decisions.into_iter().collect();
        let after = self.head;
        let newer = self.read_log(&mut connection, after).await?;
        self.compare(&wanted, &newer, after);
        self.decisions.extend(wanted);
        Ok(())
    }

    /// Looks for everything, over the whole log and all agents.
    pub async fn check_all(&mut self, server: &Running) -> Result<()> {
        let mut connection = connect(server).await?;
        let log = self.read_log(&mut connection, 0).await?;
        let (wanted, agents) = (self.decisions.clone(), self.agents.clone());
        self.compare(&wanted, &log, 0);
        for agent in &agents {
            self.check_agent(&mut connection, agent).await?;
        }
        Ok(())
    }

    async fn check_session(&mut self, connection: &mut Connection) -> Result<()> {
        let reply = connection.send(&Request::new("GET", "/api/auth/session").bearer(&self.session)).await?;
        if reply.status != 200 {
            self.losses.push(format!("the session: {}", reply.status));
        }
        Ok(())
    }

    /// Whole: found, with its permissions, and its token works if and only if it was not revoked.
    async fn check_agent(&mut self, connection: &mut Connection, agent: &Agent) -> Result<()> {
        let request = Request::new("GET", format!("/api/auth/agents/{}", agent.id)).bearer(&self.session);
        let reply = connection.send(&request).await?;
        if reply.status != 200 {
            self.losses.push(format!("agent {}: {}", agent.id, reply.status));
            return Ok(());
        }
        let found = reply.data()?;
        if found["permissions"] != instance::permissions() {
            self.losses.push(format!("permissions of agent {}", agent.id));
        }
        let decision = connection.send(&instance::question(agent, "read")).await?.data()?;
        let (is_revoked, is_allowed) = (found["status"] == "revoked", decision["allowed"] == json!(true));
        let must_be_revoked = self.revoked.contains(&agent.id);
        let may_be_revoked = must_be_revoked || self.uncertain.contains(&agent.id);
        if is_revoked == is_allowed || (must_be_revoked && !is_revoked) || (is_revoked && !may_be_revoked) {
            self.losses.push(format!("state of agent {}: {} {decision}", agent.id, found["status"]));
        }
        Ok(())
    }

    /// The records after a position, by position.
    async fn read_log(&self, connection: &mut Connection, after: u64) -> Result<Vec<(u64, Value)>> {
        let mut records = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/auth/audit?limit=200{cursor}");
            let page = connection.send(&Request::new("GET", path).bearer(&self.session)).await?.json()?;
            for record in page["data"].as_array().context("a page has data")? {
                let seq = record["seq"].as_u64().context("a record has a position")?;
                if seq <= after {
                    return Ok(records);
                }
                records.push((seq, record.clone()));
            }
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(records),
            }
        }
    }

    fn compare(&mut self, wanted: &HashMap<String, bool>, newest_first: &[(u64, Value)], after: u64) {
        let mut verdicts = HashMap::new();
        for (record, expected) in newest_first.iter().rev().zip(after + 1..) {
            let (seq, record) = record;
            if *seq != expected {
                self.losses.push(format!("position {expected} of the log: after it comes {seq}"));
                break;
            }
            if let Some(id) = record["id"].as_str().filter(|_| record["kind"] == "decision") {
                verdicts.insert(id, record["verdict"] == "allow");
            }
        }
        for (id, allowed) in wanted {
            match verdicts.get(id.as_str()) {
                Some(recorded) if recorded == allowed => {}
                Some(_) => self.losses.push(format!("verdict of {id}")),
                None => self.losses.push(format!("decision {id}")),
            }
        }
        let newest = newest_first.first().map_or(after, |(seq, _)| *seq);
        if newest < self.head {
            self.losses.push(format!("the end of the log: {newest} after {}", self.head));
        }
        if after == 0 {
            self.recorded = 0;
        }
        self.recorded += verdicts.len() as u64;
        self.head = newest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of decisions, newest first, as the API lists it.
    fn log(records: &[(u64, &str, &str)]) -> Vec<(u64, Value)> {
        let record = |(seq, id, verdict): &(u64, &str, &str)| {
            (*seq, json!({"seq": seq, "id": id, "kind": "decision", "verdict": verdict}))
        };
        records.iter().rev().map(record).collect()
    }

    fn losses(wanted: &[(&str, bool)], records: &[(u64, &str, &str)], after: u64) -> Vec<String> {
        let mut verifier = Verifier { head: after, ..Verifier::new(String::new()) };
        let wanted = wanted.iter().map(|(id, allowed)| ((*id).to_owned(), *allowed)).collect();
        verifier.compare(&wanted, &log(records), after);
        verifier.losses
    }

    #[test]
    fn a_log_that_has_every_answer_and_more_is_whole() {
        let records = [(8, "a", "allow"), (9, "b", "deny"), (10, "unanswered", "allow")];
        assert!(losses(&[("a", true), ("b", false)], &records, 7).is_empty());
    }

    #[test]
    fn a_missing_answer_a_gap_and_another_verdict_are_noticed() {
        assert_eq!(losses(&[("b", true)], &[(8, "a", "allow")], 7), ["decision b"]);
        assert_eq!(
            losses(&[], &[(8, "a", "allow"), (10, "b", "allow")], 7),
            ["position 9 of the log: after it comes 10"]
        );
        assert_eq!(losses(&[], &[(9, "b", "allow")], 7), ["position 8 of the log: after it comes 9"]);
        assert_eq!(losses(&[("a", true)], &[(8, "a", "deny")], 7), ["verdict of a"]);
        let tail = losses(&[("a", true)], &[], 7);
        assert_eq!(tail, ["decision a"]);
    }
}

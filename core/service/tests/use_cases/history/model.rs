//! Who is stopped, kept apart from the program: a few flags a link, and the held resources. It says when something
//! must not be allowed; that it may be is for the permissions to say.

use kavach_model::permission::{ResourcePattern, Segments};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Active,
    Suspended,
    Revoked,
}

#[derive(Debug)]
struct Agent {
    parent: Option<usize>,
    sponsor: usize,
    state: State,
}

/// See the module.
#[derive(Debug)]
pub struct Model {
    agents: Vec<Agent>,
    disabled: Vec<bool>,
    held: Vec<ResourcePattern>,
}

impl Model {
    pub fn new(people: usize) -> Self {
        Self { agents: Vec::new(), disabled: vec![false; people], held: Vec::new() }
    }

    pub fn add(&mut self, parent: Option<usize>, sponsor: usize) {
        self.agents.push(Agent { parent, sponsor, state: State::Active });
    }

    pub fn sponsor(&self, who: usize) -> usize {
        self.agents[who].sponsor
    }

    pub fn suspend(&mut self, who: usize, done: bool) {
        if done && self.agents[who].state == State::Active {
            self.agents[who].state = State::Suspended;
        }
    }

    pub fn resume(&mut self, who: usize, done: bool) {
        if done && self.agents[who].state == State::Suspended {
            self.agents[who].state = State::Active;
        }
    }

    pub fn revoke(&mut self, who: usize, done: bool) {
        self.kill(who, true, done);
    }

    pub fn kill(&mut self, top: usize, revoke: bool, done: bool) {
        if !done {
            return;
        }
        for who in 0..self.agents.len() {
            if !self.links(who).any(|link| link == top) {
                continue;
            }
            let state = self.agents[who].state;
            self.agents[who].state = match (revoke, state) {
                (true, _) | (false, State::Revoked) => State::Revoked,
                (false, _) => State::Suspended,
            };
        }
    }

    pub fn disable(&mut self, person: usize, done: bool) {
        self.disabled[person] |= done;
    }

    pub fn enable(&mut self, person: usize, done: bool) {
        self.disabled[person] &= !done;
    }

    pub fn hand_over(&mut self, from: usize, to: usize, done: bool) {
        for agent in self.agents.iter_mut().filter(|agent| done && agent.sponsor == from) {
            agent.sponsor = to;
        }
    }

    pub fn hold(&mut self, resource: ResourcePattern) {
        self.held.push(resource);
    }

    pub fn lift(&mut self, resource: &ResourcePattern) {
        if let Some(found) = self.held.iter().position(|held| held == resource) {
            self.held.remove(found);
        }
    }

    /// Why an agent must not be allowed anything on a resource now.
    pub fn why_not(&self, who: usize, resource: &str) -> Option<String> {
        if self.disabled[self.agents[who].sponsor] {
            return Some("whoever answers for it is switched off".to_owned());
        }
        let segments = Segments::of_resource(resource).unwrap();
        if let Some(held) = self.held.iter().find(|held| held.matches(&segments)) {
            return Some(format!("{held} is held"));
        }
        let stopped = self.links(who).find(|link| self.agents[*link].state != State::Active)?;
        Some(format!("agent {stopped} is {:?}", self.agents[stopped].state))
    }

    /// An agent and everything above it.
    fn links(&self, who: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(who), |link| self.agents[*link].parent)
    }
}

//! The tree of agents as it is drawn: what is right below whom, level by level, as much of it as one page can hold.
//!
//! Unlike [`crate::tree`] it is never all of a tree: every agent says how many it has below it, and how many of those are
//! there.

use crate::agent::AgentStatus;
use crate::permission::Permission;
use crate::{AgentId, Timestamp, UserId};

/// Most agents that are drawn at once.
pub const MOST_DRAWN: usize = 120;
/// Most agents that are drawn right below one.
pub const EACH: usize = 25;
/// How far those right below an agent are counted.
pub const MOST_COUNTED: u64 = 1_000;

/// Which part of the tree is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CanopyRequest {
    /// Only this agent and what is below it, with the way down to it.
    pub root: Option<AgentId>,
    /// The agent that is looked at: it is there, however far down or behind others it is.
    pub node: Option<AgentId>,
    /// Agents whose sub-agents are not wanted.
    pub folded: Vec<AgentId>,
    /// Where those right below the root go on, or without one those at the top.
    pub after: Option<AgentId>,
}

/// A part of the tree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Canopy {
    /// Every agent after the one above it, and all below one before the next beside it.
    pub boughs: Vec<Bough>,
    /// Where those at the top go on.
    pub next: Option<AgentId>,
    /// From the top down to the agent that is looked at, itself the last.
    pub path: Vec<AgentId>,
    /// There is more than [`MOST_DRAWN`], so that some levels were left out.
    pub full: bool,
}

/// An agent as stored, with what is right below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Twig {
    /// Who.
    pub id: AgentId,
    /// The agent above it.
    pub parent_id: Option<AgentId>,
    /// The person who answers for it.
    pub sponsor_id: UserId,
    /// What people call it.
    pub name: String,
    /// Whether it works, whatever those above it do.
    pub status: AgentStatus,
    /// How many permissions it has.
    pub permissions: usize,
    /// How many more levels it may have below it.
    pub levels_left: u32,
    /// How many are right below it; [`MOST_COUNTED`] stands for that many or more.
    pub below: u64,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// An agent in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Bough {
    /// The agent.
    pub twig: Twig,
    /// How far down it is: 1 for one right below a person.
    pub level: u32,
    /// How many of those right below it are here.
    pub shown: usize,
    /// Whether somebody asked to leave out those below it.
    pub folded: bool,
    /// Where those right below it go on; None where all are here, or none.
    pub next: Option<AgentId>,
}

impl Bough {
    /// Whether there are agents below it that are here.
    pub const fn is_open(&self) -> bool {
        self.shown > 0
    }

    /// Whether there are any below it.
    pub const fn has_below(&self) -> bool {
        self.twig.below > 0
    }
}

/// A permission that somebody may think of giving to a sub-agent, and whether it can be given.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The permission.
    pub permission: Permission,
    /// Why it cannot be given.
    pub refusal: Option<Refusal>,
}

/// Why a permission cannot be given to a sub-agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The agent above had it until then.
    Ended(Timestamp),
    /// The agent of this name, further up, has it, and the agent above does not.
    NotHeld(String),
    /// The agent of this name, further up, no longer holds all of it.
    Narrowed(String),
}

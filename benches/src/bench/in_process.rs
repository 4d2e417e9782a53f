//! Decisions without HTTP: finding an agent among 100,000 and judging, with the map and the rules the server uses.
//!
//! What is timed is what happens between knowing who asks and knowing the answer: the map lookup, the state of the
//! agent, and `evaluate`. Hashing a token, making the audit record and writing it are not in it; the figures over
//! HTTP have them all. Every decision is timed by itself, and the time it takes to look at the clock subtracted.

use super::machine::rank;
use crate::random::Random;
use kavach_model::permission::{Permission, PermissionSet, evaluate};
use kavach_model::{AgentId, Timestamp};
use papaya::HashMap;
use serde_json::json;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const AGENTS: usize = 100_000;
const DECISIONS: usize = 200_000;
/// Different questions; enough that the processor does not learn them.
const QUESTIONS: usize = 4_096;

/// Nanoseconds of one decision.
#[derive(Clone, Copy)]
pub struct Times {
    /// Median.
    pub p50: u64,
    /// 99th percentile.
    pub p99: u64,
}

/// Everything that was measured in process.
pub struct InProcess {
    /// Lookup and judgement among so many agents of ten permissions each.
    pub by_agents: Vec<(usize, Times)>,
    /// `evaluate` alone against so many permissions.
    pub by_permissions: Vec<(usize, Times)>,
}

/// As the decision cache keeps it.
struct Known {
    active: bool,
    expires_at: Option<Timestamp>,
    permissions: PermissionSet,
}

/// Measures; takes some seconds.
pub fn measure() -> InProcess {
    InProcess {
        by_agents: [1_000, AGENTS].map(|count| (count, among(count))).to_vec(),
        by_permissions: [10, 1_000, 100_000].map(|count| (count, against(count))).to_vec(),
    }
}

fn among(count: usize) -> Times {
    let mut random = Random::new(count as u64);
    let agents: HashMap<AgentId, Arc<Known>> = HashMap::new();
    let now = Timestamp::from_millis(1_800_000_000_000);
    let ids: Vec<AgentId> = (0..count)
        .map(|_| {
            let id = AgentId::from_parts(now, std::array::from_fn(|_| random.next() as u8));
            let permissions = PermissionSet::compile(&permissions(10));
            agents.pin().insert(id, Arc::new(Known { active: true, expires_at: None, permissions }));
            id
        })
        .collect();
    let questions = questions(10, &mut random);
    let ask =
        |turn: usize| (ids[random.below(ids.len() as u64) as usize], questions[turn % QUESTIONS].as_str());
    time(ask, |(id, question)| {
        let known = agents.pin().get(&id).map(Arc::clone);
        known.is_some_and(|known| {
            known.active
                && known.expires_at.is_none_or(|end| end > now)
                && evaluate(&known.permissions, question, "read").verdict().is_allow()
        })
    })
}

fn against(count: usize) -> Times {
    let set = PermissionSet::compile(&permissions(count));
    let questions = questions(count, &mut Random::new(count as u64));
    let ask = |turn: usize| questions[turn % QUESTIONS].as_str();
    time(ask, |question| evaluate(&set, question, "read").verdict().is_allow())
}

/// Tools in a hundred groups, every tenth with a `*` in the middle.
fn permissions(count: usize) -> Vec<Permission> {
    let pattern = |number: usize| match number % 10 {
        9 => format!("mcp:group-{}:*:tool-{number}", number % 100),
        _ => format!("mcp:group-{}:tool-{number}:*", number % 100),
    };
    let list: Vec<_> =
        (0..count).map(|number| json!({"resource": pattern(number), "actions": ["read", "list"]})).collect();
    serde_json::from_value(list.into()).unwrap_or_default()
}

/// Three of four are allowed.
fn questions(count: usize, random: &mut Random) -> Vec<String> {
    (0..QUESTIONS)
        .map(|number| {
            let tool = random.below(count as u64);
            let group = tool % 100;
            match (number % 4, tool % 10) {
                (0, _) => format!("mcp:group-{group}:other-{tool}:item"),
                (_, 9) => format!("mcp:group-{group}:any:tool-{tool}"),
                _ => format!("mcp:group-{group}:tool-{tool}:item"),
            }
        })
        .collect()
}

/// Times decisions one by one. Finding out what to ask is not timed.
fn time<Q>(mut ask: impl FnMut(usize) -> Q, decide: impl Fn(Q) -> bool) -> Times {
    let mut allowed = 0;
    let mut times = Vec::with_capacity(DECISIONS);
    let mut clock = Vec::with_capacity(DECISIONS);
    for turn in 0..DECISIONS {
        let question = black_box(ask(turn));
        let started = Instant::now();
        allowed += usize::from(black_box(decide(question)));
        times.push(started.elapsed().as_nanos() as u64);
        let started = Instant::now();
        clock.push(black_box(started).elapsed().as_nanos() as u64);
    }
    assert!(allowed > DECISIONS / 2, "the questions must fit the permissions");
    times.sort_unstable();
    clock.sort_unstable();
    let looking = rank(&clock, 50);
    Times { p50: rank(&times, 50).saturating_sub(looking), p99: rank(&times, 99).saturating_sub(looking) }
}

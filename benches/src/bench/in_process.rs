//! Decisions without HTTP: finding an agent among very many and judging, with the map and the rules of the server.
//!
//! What is timed is what happens between knowing who asks and knowing the answer: the map lookup, the state of the
//! agent, and the judgement of its whole chain. Hashing a token, making the audit record and writing it are not in it; the figures over
//! HTTP have them all. Every agent has permissions of its own, and both agents and questions come in random order.
//! Every decision is timed by itself, and the time it takes to look at the clock subtracted.

use super::machine::rank;
use crate::random::Random;
use clap::Args;
use kavach_model::agent::AgentStatus;
use kavach_model::permission::{Permission, PermissionSet, evaluate};
use kavach_model::{AgentId, Timestamp, UserId};
use kavach_service::authorize::Judge;
use kavach_service::known::{Chain, KnownAgent, NEVER, Remembered, Ties};
use serde_json::json;
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::atomic::AtomicI64;
use std::time::Instant;

const AGENTS: usize = 100_000;
/// Agents at the ends of chains, and links of the longest.
const CHAINS: usize = 20_000;
const DEEPEST: usize = 16;
const EACH: usize = 10;
const DECISIONS: usize = 200_000;
/// Different questions to a list of permissions; enough that the processor does not learn them.
const QUESTIONS: usize = 4_096;

/// Only this part, as often as is asked for.
#[derive(Args)]
pub struct Options {
    /// How many agents there are; several numbers, one measurement each
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, AGENTS])]
    agents: Vec<usize>,
    /// How many permissions one agent has
    #[arg(long, value_delimiter = ',', default_values_t = [EACH, 1_000, 100_000])]
    permissions: Vec<usize>,
    /// How many different questions are put to one list of permissions, in turn
    #[arg(long, default_value_t = QUESTIONS)]
    questions: usize,
    /// How often everything is measured
    #[arg(long, default_value_t = 1)]
    times: usize,
}

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
    /// Lookup and judgement of agents at the end of chains of so many links.
    pub by_depth: Vec<(usize, Times)>,
    /// Bytes an agent takes in the map, the list of its permissions not counted.
    pub agent_bytes: usize,
}

/// Measures; takes some seconds.
pub fn measure() -> InProcess {
    measure_these(&[1_000, AGENTS], &[EACH, 1_000, 100_000], QUESTIONS)
}

/// Measures and prints.
pub fn run(options: &Options) -> ExitCode {
    for _ in 0..options.times {
        let found = measure_these(&options.agents, &options.permissions, options.questions);
        for (agents, Times { p50, p99 }) in found.by_agents {
            println!("among {agents} agents of {EACH} permissions: p50 {p50} ns, p99 {p99} ns");
        }
        for (permissions, Times { p50, p99 }) in found.by_permissions {
            println!("against {permissions} permissions: p50 {p50} ns, p99 {p99} ns");
        }
        for (depth, Times { p50, p99 }) in found.by_depth {
            println!("at the end of chains of {depth} links: p50 {p50} ns, p99 {p99} ns");
        }
        println!("an agent takes {} bytes beside the list of its permissions", found.agent_bytes);
    }
    ExitCode::SUCCESS
}

fn measure_these(agents: &[usize], permissions: &[usize], questions: usize) -> InProcess {
    // First what needs little memory: afterwards what is free lies in pieces.
    let by_permissions = permissions.iter().map(|count| (*count, against(*count, questions))).collect();
    let by_depth = [1, DEEPEST].into_iter().map(|depth| (depth, among(CHAINS, depth).0)).collect();
    let among: Vec<_> = agents.iter().map(|count| (*count, among(*count, 1))).collect();
    InProcess {
        agent_bytes: among.last().map_or(0, |(_, (_, bytes))| *bytes),
        by_agents: among.into_iter().map(|(count, (times, _))| (count, times)).collect(),
        by_permissions,
        by_depth,
    }
}

fn among(count: usize, depth: usize) -> (Times, usize) {
    let agents = Remembered::new(usize::MAX);
    let now = Timestamp::from_millis(1_800_000_000_000);
    for number in 0..count {
        agents.insert(at_depth(number, depth));
    }
    let judge = Judge::default();
    let mut random = Random::new(count as u64);
    let ask = |question: &mut String| {
        let number = random.below(count as u64) as usize;
        write_question(question, number * EACH + random.below(EACH as u64) as usize, &mut random);
        agent(number)
    };
    let times = time(ask, |id, question| {
        agents.get(&id).is_some_and(|known| judge.reason(&known, question, "read", now).verdict().is_allow())
    });
    (times, agents.bytes() / count.max(1))
}

/// An agent at the end of a chain of so many agents, all of which have its permissions.
fn at_depth(number: usize, depth: usize) -> KnownAgent {
    let permissions = PermissionSet::compile(&permissions(number * EACH, EACH));
    let link = |link: usize, ties| KnownAgent {
        id: agent(number + link * CHAINS),
        sponsor_id: UserId::from_parts(Timestamp::from_millis(0), [0; 10]),
        sponsor_active: true,
        status: AgentStatus::Active,
        expires_at: NEVER,
        permissions: permissions.clone(),
        revision: 1,
        touched_at: AtomicI64::new(0),
        ties,
    };
    let ties = (1..depth).rev().fold(Ties::NONE, |ties, place| {
        Chain::below(&permissions, Some(&link(place, ties)), Vec::new()).into()
    });
    link(0, ties)
}

fn against(count: usize, questions: usize) -> Times {
    let set = PermissionSet::compile(&permissions(0, count));
    let mut turn = 0;
    let ask = |question: &mut String| {
        turn = (turn + 1) % questions;
        let mut random = Random::new(turn as u64);
        write_question(question, random.below(count as u64) as usize, &mut random);
    };
    time(ask, |(), question| evaluate(&set, question, "read").verdict().is_allow())
}

/// The id of an agent, as random as real ones. Not kept in a list, which would have to be read as well.
fn agent(number: usize) -> AgentId {
    let mut random = Random::new(number as u64);
    let [one, other] = [random.next().to_le_bytes(), random.next().to_le_bytes()];
    let bits = std::array::from_fn(|at| one.iter().chain(&other).nth(at).copied().unwrap_or_default());
    AgentId::from_parts(Timestamp::from_millis(1_700_000_000_000 + number as i64), bits)
}

/// Tools in a hundred groups, every tenth with a `*` in the middle.
fn permissions(first: usize, count: usize) -> Vec<Permission> {
    let pattern = |number: usize| match number % 10 {
        9 => format!("mcp:group-{}:*:tool-{number}", number % 100),
        _ => format!("mcp:group-{}:tool-{number}:*", number % 100),
    };
    let numbers = first..first + count;
    let list: Vec<_> =
        numbers.map(|number| json!({"resource": pattern(number), "actions": ["read", "list"]})).collect();
    serde_json::from_value(list.into()).unwrap_or_default()
}

/// Writes a question about a tool; three of four are allowed.
fn write_question(question: &mut String, tool: usize, random: &mut Random) {
    let group = tool % 100;
    question.clear();
    // A write to a String cannot fail.
    let _ = match (random.below(4), tool % 10) {
        (0, _) => write!(question, "mcp:group-{group}:other-{tool}:item"),
        (_, 9) => write!(question, "mcp:group-{group}:any:tool-{tool}"),
        _ => write!(question, "mcp:group-{group}:tool-{tool}:item"),
    };
}

/// Times decisions one by one. Finding out what to ask is not timed.
fn time<Q>(mut ask: impl FnMut(&mut String) -> Q, decide: impl Fn(Q, &str) -> bool) -> Times {
    let mut allowed = 0;
    let mut times = Vec::with_capacity(DECISIONS);
    let mut clock = Vec::with_capacity(DECISIONS);
    let mut question = String::new();
    for _ in 0..DECISIONS {
        let who = black_box(ask(&mut question));
        let started = Instant::now();
        allowed += usize::from(black_box(decide(who, black_box(&question))));
        times.push(started.elapsed().as_nanos() as u64);
        let started = Instant::now();
        clock.push(black_box(started).elapsed().as_nanos() as u64);
    }
    let share = allowed as f64 / DECISIONS as f64;
    assert!((0.7..0.8).contains(&share), "the questions must fit the permissions");
    times.sort_unstable();
    clock.sort_unstable();
    let looking = rank(&clock, 50);
    Times { p50: rank(&times, 50).saturating_sub(looking), p99: rank(&times, 99).saturating_sub(looking) }
}

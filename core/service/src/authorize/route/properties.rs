//! What must hold of any chains and loans, checked against a definition that asks every link every time.

use super::*;
use crate::authorize::condition::{Expressions, Facts};
use crate::known::{Chain, Lent, NEVER};
use kavach_model::UserId;
use kavach_model::agent::AgentStatus;
use kavach_model::permission::{Constraints, ResourcePattern};
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

const NOW: i64 = 1_000_000;

/// An agent as it is drawn: everything it hangs on was drawn before it.
#[derive(Debug, Clone)]
struct Drawn {
    parent: Option<usize>,
    status: AgentStatus,
    ended: bool,
    permissions: Vec<Permission>,
    loans: Vec<Loan>,
}

#[derive(Debug, Clone)]
struct Loan {
    from: usize,
    permissions: Vec<Permission>,
    ended: bool,
    max_depth: u32,
}

/// What may come out, as far as the definition goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Denied,
    Approval,
    Allowed,
}

fn permissions() -> impl Strategy<Value = Vec<Permission>> {
    let resource = select(vec!["*", "a:*", "a:b", "a:b:*", "*:b", "b", "a:*:c", "b:*"]);
    let actions = select(vec![vec!["read"], vec!["write"], vec!["read", "write"], vec!["*"]]);
    let constraints = (prop::bool::weighted(0.15), prop::bool::weighted(0.1), prop::bool::weighted(0.1))
        .prop_map(|(require_approval, over, inside)| Constraints {
            require_approval,
            expires_at: over.then(|| Timestamp::from_millis(NOW)),
            ip_allowlist: inside.then(|| vec!["10.0.0.0/8".parse().unwrap()]),
            ..Constraints::default()
        });
    let permission =
        (resource, actions, constraints).prop_map(|(resource, actions, constraints)| Permission {
            resource: resource.parse::<ResourcePattern>().unwrap(),
            actions: actions.iter().map(|action| action.parse().unwrap()).collect(),
            constraints,
        });
    prop::collection::vec(permission, 0..4)
}

fn agents() -> impl Strategy<Value = Vec<Drawn>> {
    let loan = (any::<prop::sample::Index>(), permissions(), prop::bool::weighted(0.1), 0u32..3);
    let agent = (
        prop::option::weighted(0.7, any::<prop::sample::Index>()),
        prop::sample::select(
            vec![AgentStatus::Active; 9].into_iter().chain([AgentStatus::Suspended]).collect::<Vec<_>>(),
        ),
        prop::bool::weighted(0.05),
        prop_oneof![3 => permissions().prop_map(Some), 1 => Just(None)],
        prop::collection::vec(loan, 0..3),
    );
    prop::collection::vec(agent, 1..7).prop_map(|drawn| {
        let mut agents: Vec<Drawn> = Vec::new();
        for (number, (parent, status, ended, permissions, loans)) in drawn.into_iter().enumerate() {
            let before = |index: &prop::sample::Index| (number > 0).then(|| index.index(number));
            let parent = parent.as_ref().and_then(before);
            // Often just what the parent has: that is when links need not be asked.
            let permissions = permissions
                .unwrap_or_else(|| parent.map_or_else(Vec::new, |parent| agents[parent].permissions.clone()));
            let loans = loans
                .into_iter()
                .filter_map(|(from, permissions, ended, max_depth)| {
                    Some(Loan { from: before(&from)?, permissions, ended, max_depth })
                })
                .collect();
            agents.push(Drawn { parent, status, ended, permissions, loans });
        }
        agents
    })
}

fn id(number: usize) -> AgentId {
    AgentId::from_parts(Timestamp::from_millis(1), [number as u8; 10])
}

fn now() -> Timestamp {
    Timestamp::from_millis(NOW)
}

fn end(ended: bool) -> Option<Timestamp> {
    ended.then(now)
}

/// The agents as the cache would know them.
fn known(drawn: &[Drawn]) -> Vec<Arc<KnownAgent>> {
    let mut known: Vec<Arc<KnownAgent>> = Vec::new();
    for (number, agent) in drawn.iter().enumerate() {
        let permissions = PermissionSet::compile(&agent.permissions);
        let lent = (0..).zip(&agent.loans).map(|(place, loan)| Lent {
            id: DelegationId::from_parts(now(), [place; 10]),
            permissions: PermissionSet::compile(&loan.permissions),
            expires_at: end(loan.ended),
            max_depth: loan.max_depth,
            from: Arc::clone(&known[loan.from]),
        });
        let parent = agent.parent.map(|parent| &*known[parent]);
        known.push(Arc::new(KnownAgent {
            id: id(number),
            sponsor_id: UserId::from_parts(now(), [9; 10]),
            sponsor_active: true,
            status: agent.status,
            expires_at: end(agent.ended).unwrap_or(NEVER),
            ties: Chain::below(&permissions, parent, lent.collect()).into(),
            permissions,
            revision: 1,
            touched_at: AtomicI64::new(0),
        }));
    }
    known
}

/// The permissions of one list that decide, by collecting all that match and keeping those of the best shape.
fn deciding<'a>(permissions: &'a [Permission], resource: &str, action: &str) -> Vec<&'a Permission> {
    let segments = Segments::of_resource(resource).unwrap();
    let shape = |permission: &Permission| -> String {
        permission.resource.as_str().split(':').map(|part| if part == "*" { 'a' } else { 'b' }).collect()
    };
    let matching: Vec<_> =
        permissions.iter().filter(|permission| permission.matches(&segments, action)).collect();
    let best = matching.iter().map(|permission| shape(permission)).max();
    matching.into_iter().filter(|permission| Some(shape(permission)) == best).collect()
}

/// What one list says, None where it says nothing; the caller is inside 10.0.0.0/8 or not.
fn list(permissions: &[Permission], resource: &str, action: &str, inside: bool) -> Option<Answer> {
    let deciding = deciding(permissions, resource, action);
    let one = |permission: &&Permission| {
        let constraints = &permission.constraints;
        if constraints.expires_at.is_some() || (constraints.ip_allowlist.is_some() && !inside) {
            Answer::Denied
        } else if constraints.require_approval {
            Answer::Approval
        } else {
            Answer::Allowed
        }
    };
    deciding.iter().map(one).min()
}

fn lives(drawn: &[Drawn], number: usize) -> bool {
    let agent = &drawn[number];
    agent.status == AgentStatus::Active
        && !agent.ended
        && agent.parent.is_none_or(|parent| lives(drawn, parent))
}

/// The definition: what an agent is allowed is what it and everybody above it would each be allowed.
fn own_right(drawn: &[Drawn], number: usize, question: (&str, &str, bool)) -> Option<Answer> {
    let (resource, action, inside) = question;
    let mut answer = list(&drawn[number].permissions, resource, action, inside)?;
    let mut above = drawn[number].parent;
    while let Some(link) = above {
        let said = list(&drawn[link].permissions, resource, action, inside).unwrap_or(Answer::Denied);
        answer = answer.min(said);
        above = drawn[link].parent;
    }
    Some(answer)
}

fn right(drawn: &[Drawn], number: usize, question: (&str, &str, bool), hops: u32) -> Answer {
    if !lives(drawn, number) {
        return Answer::Denied;
    }
    let (resource, action, inside) = question;
    own_right(drawn, number, question).unwrap_or_else(|| {
        let loans = drawn[number].loans.iter().filter(|loan| !loan.ended && hops <= loan.max_depth);
        let answers = loans.filter_map(|loan| {
            let lent = list(&loan.permissions, resource, action, inside)?;
            Some(lent.min(right(drawn, loan.from, question, hops + 1)))
        });
        answers.max().unwrap_or(Answer::Denied)
    })
}

fn found(agent: &KnownAgent, question: (&str, &str, bool)) -> Answer {
    let (resource, action, inside) = question;
    if agent.refusal(now()).is_some() {
        return Answer::Denied;
    }
    let segments = Segments::of_resource(resource).unwrap();
    let ip = if inside { "10.1.1.1" } else { "192.0.2.1" };
    let facts = Facts { now: now(), ip: Some(ip.parse().unwrap()), arguments: None };
    let asked = Question { resource: &segments, action, now: now() };
    match find(agent, &asked, &Expressions::default(), &facts).reason {
        ReasonCode::Allowed => Answer::Allowed,
        ReasonCode::ApprovalRequired => Answer::Approval,
        _ => Answer::Denied,
    }
}

fn questions() -> impl Iterator<Item = (&'static str, &'static str, bool)> {
    let resources = ["a", "b", "a:b", "a:c", "b:b", "a:b:c", "a:c:c", "b:a:b"];
    resources.into_iter().flat_map(|resource| {
        ["read", "write", "other"]
            .into_iter()
            .flat_map(move |action| [false, true].into_iter().map(move |inside| (resource, action, inside)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("KAVACH_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(10_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_the_cache_works_out_is_what_asking_every_link_gives(drawn in agents()) {
        let known = known(&drawn);
        for (number, agent) in known.iter().enumerate() {
            for question in questions() {
                let expected = right(&drawn, number, question, 0);
                prop_assert_eq!(found(agent, question), expected, "agent {} asks {:?}", number, question);
            }
        }
    }

    #[test]
    fn a_sub_agent_that_borrows_nothing_stays_within_its_parent(mut drawn in agents()) {
        drawn.iter_mut().for_each(|agent| agent.loans.clear());
        let known = known(&drawn);
        for (number, agent) in drawn.iter().enumerate() {
            let Some(parent) = agent.parent else { continue };
            for question in questions() {
                prop_assert!(found(&known[number], question) <= found(&known[parent], question));
            }
        }
    }

    #[test]
    fn whoever_hangs_on_a_stopped_agent_may_do_nothing(
        mut drawn in agents(),
        which in any::<prop::sample::Index>(),
        how in 0..3,
    ) {
        let stopped = which.index(drawn.len());
        match how {
            0 => drawn[stopped].status = AgentStatus::Revoked,
            1 => drawn[stopped].status = AgentStatus::Suspended,
            _ => drawn[stopped].ended = true,
        }
        let known = known(&drawn);
        for (number, agent) in known.iter().enumerate() {
            let below = std::iter::successors(Some(number), |link| drawn[*link].parent).any(|link| link == stopped);
            if below {
                for question in questions() {
                    prop_assert_eq!(found(agent, question), Answer::Denied);
                }
            }
        }
    }

    #[test]
    fn a_condition_added_anywhere_never_allows_more(
        drawn in agents(),
        which in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
    ) {
        let mut stricter = drawn.clone();
        let agent = &mut stricter[which.index(drawn.len())];
        if !agent.permissions.is_empty() {
            let place = place.index(agent.permissions.len());
            agent.permissions[place].constraints.require_approval = true;
        }
        let (before, after) = (known(&drawn), known(&stricter));
        for (before, after) in before.iter().zip(&after) {
            for question in questions() {
                prop_assert!(found(after, question) <= found(before, question));
            }
        }
    }
}

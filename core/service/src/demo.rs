//! A believable organisation to look at: people, agents of theirs with agents below them, a week of decisions, and some
//! questions that wait for a person.
//!
//! Everything is made by the same use cases a real organisation would use, except that agents and decisions get times
//! in the past. Nothing happens in a database that has people already.

mod cast;

use crate::authn::email_password::{check_account, insert};
use crate::context::{Caller, RequestContext, SessionCaller};
use crate::crypto::token::{self, TokenHash};
use crate::error::Result;
use crate::rng::{self, Rng};
use crate::{Kavach, agent, approval, audit, authorize, delegation};
use cast::{AGENTS, ANSWERED, Owner, PEOPLE, QUESTIONS, Sketch};
use kavach_model::agent::{AgentStatus, AgentWithToken};
use kavach_model::approval::{Approve, Deny};
use kavach_model::audit::AuditKind;
use kavach_model::authorize::Authorize;
use kavach_model::delegation::CreateDelegation;
use kavach_model::permission::{Permission, PermissionSet, evaluate};
use kavach_model::session::Session;
use kavach_model::user::User;
use kavach_model::{
    AgentId, PageRequest, PrincipalId, Secret, SessionId, Timestamp, TokenId, TokenKind, UserId,
};
use kavach_store::{AgentRow, NewAgentToken};
use std::sync::Arc;
use std::time::Duration;

/// The password of everybody in the demonstration, printed by `kavach serve --demo`.
pub const PASSWORD: &str = "lanterns-over-quiet-harbour";

/// The administrator of the demonstration.
pub const ADMIN_EMAIL: &str = "ada@demo.example";

const DECISIONS: usize = 4_000;
const WEEK_MILLIS: u64 = 7 * 86_400_000;

/// Fills an empty database; false when it has people already.
pub async fn seed(kv: &Kavach) -> Result<bool> {
    let first = PageRequest::new(Some(1), None).unwrap_or_default();
    if !kv.store().read().await?.list_users(&first).await?.data.is_empty() {
        return Ok(false);
    }
    let mut people = Vec::new();
    for (email, name, role) in PEOPLE {
        let account = check_account(kv, email, Some(name), Secret::new(PASSWORD)).await?;
        let now = kv.clock().now();
        let mut tx = kv.store().write().await?;
        if let Some(user) = insert(kv, &mut tx, &account, true, *role, now).await? {
            tx.mark_email_verified(user.id, user.email.as_deref().unwrap_or_default(), now).await?;
            people.push(user);
        }
        tx.commit().await?;
    }
    let mut agents: Vec<(AgentWithToken, &Sketch)> = Vec::new();
    for sketch in AGENTS {
        let above = match &sketch.2 {
            Owner::Person(place) => {
                people.get(*place).map(|user| (PrincipalId::User(user.id), user.id, Vec::new()))
            }
            Owner::Agent(name) => {
                agents.iter().find(|(made, _)| made.agent.name == *name).map(|(made, _)| {
                    (PrincipalId::Agent(made.agent.id), made.agent.sponsor_id, way(&agents, made.agent.id))
                })
            }
        };
        if let Some((owner, sponsor, above)) = above {
            agents.push((make_agent(kv, owner, sponsor, &above, sketch).await?, sketch));
        }
    }
    decide(kv, &agents).await?;
    lend(kv, &people, &agents).await?;
    ask_people(kv, &people, &agents).await?;
    // Some have been stopped, as in any real place.
    let admin = people.first().map(|user| acting_as(kv, user));
    if let Some(cx) = admin {
        for (made, (name, ..)) in &agents {
            match *name {
                "calendar-concierge" => drop(agent::suspend(kv, &cx, made.agent.id).await?),
                "night-watch" => drop(agent::revoke(kv, &cx, made.agent.id).await?),
                _ => {}
            }
        }
    }
    Ok(true)
}

/// An agent that has been there for longer than it was in use.
async fn make_agent(
    kv: &Kavach,
    owner_id: PrincipalId,
    sponsor_id: UserId,
    above: &[PrincipalId],
    sketch: &Sketch,
) -> Result<AgentWithToken> {
    let (name, kind, _, permissions, _) = sketch;
    let permissions: Vec<Permission> = permissions
        .iter()
        .filter_map(|(resource, action, approval)| {
            serde_json::from_value(serde_json::json!({
                "resource": resource, "actions": [action], "constraints": { "requireApproval": approval }
            }))
            .ok()
        })
        .collect();
    // Those below others came a day later each; all were there before the week of decisions began.
    let days = 10_u64.saturating_sub(above.len() as u64);
    let at = kv.clock().now() - Duration::from_secs(days * 86_400 - Dice(kv.rng()).below(72_000));
    let most = kv.config().agent.max_depth;
    let row = AgentRow {
        id: AgentId::from_parts(at, rng::array(kv.rng())),
        name: (*name).to_owned(),
        kind: *kind,
        owner_id,
        sponsor_id,
        status: AgentStatus::Active,
        permissions,
        max_depth: most.saturating_sub(u32::try_from(above.len()).unwrap_or(most)),
        metadata: serde_json::Map::new(),
        expires_at: None,
        last_used_at: None,
        created_at: at,
        updated_at: at,
    };
    let token = token::issue(TokenKind::Agent, kv.rng());
    let mut event = acting_at(kv, AuditKind::AgentCreated, at);
    event.actor_id = Some(PrincipalId::User(sponsor_id));
    event.agent_id = Some(row.id);
    event.chain = [PrincipalId::User(sponsor_id)].into_iter().chain(above.iter().copied()).collect();
    event.chain.push(PrincipalId::Agent(row.id));
    let mut tx = kv.store().write().await?;
    tx.insert_agent(&row).await?;
    tx.insert_agent_token(&NewAgentToken {
        id: TokenId::from_parts(at, rng::array(kv.rng())),
        agent_id: row.id,
        token_hash: TokenHash::of(&token).as_str(),
        preview: &token.preview(),
        created_at: at,
        expires_at: at + kv.config().agent.token_life,
    })
    .await?;
    tx.append_audit(&[audit::draft(kv, event, Some(sponsor_id))]).await?;
    tx.commit().await?;
    Ok(AgentWithToken { agent: row.into_agent(Vec::new()), token })
}

/// From the top agent down to this one.
fn way(agents: &[(AgentWithToken, &Sketch)], id: AgentId) -> Vec<PrincipalId> {
    let owner = agents.iter().find(|(made, _)| made.agent.id == id).map(|(made, _)| made.agent.owner_id);
    let mut way = match owner {
        Some(PrincipalId::Agent(above)) => way(agents, above),
        _ => Vec::new(),
    };
    way.push(PrincipalId::Agent(id));
    way
}

/// One agent lends another what it may read.
async fn lend(kv: &Kavach, people: &[User], agents: &[(AgentWithToken, &Sketch)]) -> Result<()> {
    let find = |name| agents.iter().find(|(made, _)| made.agent.name == name).map(|(made, _)| &made.agent);
    let (Some(user), Some(from), Some(to)) =
        (people.first(), find("github-reader"), find("changelog-writer"))
    else {
        return Ok(());
    };
    let pulls = from.permissions.iter().filter(|one| !one.constraints.require_approval);
    let request = CreateDelegation {
        from_agent: Some(from.id),
        to_agent: to.id,
        permissions: pulls.cloned().collect(),
        expires_at: Some(kv.clock().now() + Duration::from_secs(5 * 86_400)),
        max_depth: None,
    };
    delegation::create(kv, &acting_as(kv, user), request, None).await?;
    Ok(())
}

/// Calls that need a person: some answered, some still waiting.
async fn ask_people(kv: &Kavach, people: &[User], agents: &[(AgentWithToken, &Sketch)]) -> Result<()> {
    for (name, action, resource, arguments, approved) in ANSWERED {
        let Some((cx, token, question)) = question(kv, people, agents, (name, action, resource, arguments))
        else {
            continue;
        };
        let asked = authorize::by_token(kv, &cx.meta, token, question.clone()).await?;
        let Some(opened) = asked.approval else { continue };
        if *approved {
            approval::approve(kv, &cx, opened.id, Approve::default()).await?;
            authorize::by_token(kv, &cx.meta, token, question).await?;
        } else {
            let reason = Some("4.11.3 breaks sign-in; wait for the fix.".to_owned());
            approval::deny(kv, &cx, opened.id, Deny { reason }).await?;
        }
    }
    for sketch in QUESTIONS {
        if let Some((cx, token, question)) = question(kv, people, agents, *sketch) {
            authorize::by_token(kv, &cx.meta, token, question).await?;
        }
    }
    Ok(())
}

/// A question of an agent with its token, and the person who may answer.
fn question<'a>(
    kv: &Kavach,
    people: &[User],
    agents: &'a [(AgentWithToken, &Sketch)],
    (name, action, resource, arguments): (&str, &str, &str, &str),
) -> Option<(RequestContext, &'a str, Authorize)> {
    let (made, _) = agents.iter().find(|(made, _)| made.agent.name == name)?;
    let sponsor = people.iter().find(|user| user.id == made.agent.sponsor_id)?;
    let question = Authorize {
        agent_id: None,
        action: action.to_owned(),
        resource: resource.to_owned(),
        arguments: serde_json::from_str(arguments).ok(),
        ip: None,
        units: None,
        context: None,
        on_behalf_of: None,
    };
    Some((acting_as(kv, sponsor), made.token.expose(), question))
}

/// A week of questions, fewer at night, answered by the real rules.
async fn decide(kv: &Kavach, agents: &[(AgentWithToken, &Sketch)]) -> Result<()> {
    let now = kv.clock().now();
    let dice = Dice(kv.rng());
    let mut times: Vec<u64> = (0..DECISIONS).map(|_| dice.below(WEEK_MILLIS)).collect();
    times.sort_unstable_by(|one, other| other.cmp(one));
    let sets: Vec<PermissionSet> =
        agents.iter().map(|(made, _)| PermissionSet::compile(&made.agent.permissions)).collect();
    let mut drafts = Vec::with_capacity(DECISIONS);
    let mut last_used = vec![None; agents.len()];
    for ago in times {
        let at = now - Duration::from_millis(ago);
        let hour = at.as_millis().div_euclid(3_600_000).rem_euclid(24);
        if !(7..20).contains(&hour) && dice.below(4) != 0 {
            continue;
        }
        let index = dice.below(agents.len() as u64) as usize;
        let (Some((made, sketch)), Some(set)) = (agents.get(index), sets.get(index)) else {
            continue;
        };
        // Mostly what it is for; now and then what it is not.
        let asked = sketch.4;
        let last = asked.len() as u64;
        let which = if dice.below(10) == 0 { last - 1 } else { dice.below(last.saturating_sub(1).max(1)) };
        let Some((action, resource)) = asked.get(which as usize) else {
            continue;
        };
        let outcome = evaluate(set, resource, action);
        let mut event = acting_at(kv, AuditKind::Decision, at);
        event.agent_id = Some(made.agent.id);
        event.actor_id = Some(PrincipalId::Agent(made.agent.id));
        event.chain = vec![PrincipalId::User(made.agent.sponsor_id)];
        event.chain.extend(way(agents, made.agent.id));
        event.action = Some((*action).to_owned());
        event.resource = Some((*resource).to_owned());
        event.verdict = outcome.verdict();
        event.reason_code = outcome.reason;
        event.latency_us = Some(dice.below(40) + 8);
        drafts.push(audit::draft(kv, event, Some(made.agent.sponsor_id)));
        // The oldest comes first, so the last one stays.
        if let Some(last) = last_used.get_mut(index) {
            *last = Some(at);
        }
    }
    for batch in drafts.chunks(kavach_store::MAX_BATCH) {
        kv.audit().record(batch.to_vec()).await?;
    }
    note_use(kv, agents.iter().map(|(made, _)| made).zip(last_used)).await
}

/// Agents and their tokens were last used when they last asked.
async fn note_use(
    kv: &Kavach,
    agents: impl Iterator<Item = (&AgentWithToken, Option<Timestamp>)>,
) -> Result<()> {
    let mut tx = kv.store().write().await?;
    for (made, last_used) in agents {
        let Some(at) = last_used else { continue };
        let token = tx.find_agent_token(TokenHash::of(&made.token).as_str()).await?;
        tx.touch_agent(made.agent.id, token.map(|token| token.id), at).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn acting_at(kv: &Kavach, kind: AuditKind, at: Timestamp) -> kavach_model::audit::AuditEvent {
    let mut event = kavach_model::audit::AuditEvent::new(kind, at);
    event.request_id = format!("demo-{}", token::hex(&rng::array::<6>(kv.rng())));
    event.ip = Some("192.0.2.10".to_owned());
    event.user_agent = Some("demo-agent/1.0".to_owned());
    event
}

/// A context in which a person of the demonstration does things themselves.
fn acting_as(kv: &Kavach, user: &User) -> RequestContext {
    let now = kv.clock().now();
    let session = Session {
        pending: false,
        id: SessionId::from_parts(now, rng::array(kv.rng())),
        user_id: user.id,
        auth_time: now,
        amr: vec!["pwd".to_owned()],
        fresh: true,
        current: true,
        created_at: now,
        last_used_at: now,
        expires_at: now + Duration::from_secs(60),
        ip: None,
        user_agent: None,
    };
    let token_hash = TokenHash::of(&token::issue(TokenKind::Session, kv.rng()));
    RequestContext {
        caller: Caller::Session(Arc::new(SessionCaller { session, user: user.clone(), token_hash })),
        ..RequestContext::offline()
    }
}

struct Dice<'a>(&'a dyn Rng);

impl Dice<'_> {
    fn below(&self, bound: u64) -> u64 {
        u64::from_le_bytes(rng::array(self.0)) % bound.max(1)
    }
}

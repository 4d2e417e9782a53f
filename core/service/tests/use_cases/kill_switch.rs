use crate::world::{PASSWORD, admin, ask, code, holder, line, make_agent, person, sign_in, worlds};
use kavach_model::agent::AgentWithToken;
use kavach_model::kill_switch::KillSwitch;
use kavach_model::permission::ReasonCode;
use kavach_model::{ErrorCode, PrincipalId};
use kavach_service::Kavach;
use kavach_service::agent::{self, kill_switch};
use std::time::Duration;

const READER: &str = r#"[{"resource":"mcp:*","actions":["read"]}]"#;

async fn reason(kv: &Kavach, agent: &AgentWithToken, resource: &str) -> ReasonCode {
    ask(kv, agent.token.expose(), "read", resource).await.reason_code
}

#[tokio::test]
async fn one_agent_or_a_subtree_is_stopped_and_can_go_on() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let line = line(kv, &cx, READER, 4).await;
        let middle = line[1].agent.id;
        let one = KillSwitch::Agent { agent_id: middle, revoke: false };
        assert_eq!(kill_switch::pull(kv, &cx, one).await.unwrap().agents, 1);
        assert_eq!(reason(kv, &line[0], "mcp:a").await, ReasonCode::Allowed);
        assert_eq!(reason(kv, &line[1], "mcp:a").await, ReasonCode::AgentSuspended);
        assert_eq!(reason(kv, &line[3], "mcp:a").await, ReasonCode::AncestorSuspended);
        agent::resume(kv, &cx, middle).await.unwrap();
        assert_eq!(reason(kv, &line[3], "mcp:a").await, ReasonCode::Allowed);
        let subtree = KillSwitch::Subtree { agent_id: middle, revoke: false };
        assert_eq!(kill_switch::pull(kv, &cx, subtree).await.unwrap().agents, 3);
        agent::resume(kv, &cx, middle).await.unwrap();
        assert_eq!(reason(kv, &line[1], "mcp:a").await, ReasonCode::Allowed);
        assert_eq!(reason(kv, &line[3], "mcp:a").await, ReasonCode::AgentSuspended);
        let for_good = KillSwitch::Agent { agent_id: middle, revoke: true };
        let killed = kill_switch::pull(kv, &cx, for_good).await.unwrap();
        assert_eq!((killed.agents, killed.tokens), (3, 3));
        assert_eq!(reason(kv, &line[3], "mcp:a").await, ReasonCode::AgentRevoked);
        assert_eq!(reason(kv, &line[0], "mcp:a").await, ReasonCode::Allowed);
    }
}

#[tokio::test]
async fn everything_an_owner_has_is_stopped() {
    for world in worlds().await {
        let kv = &world.kv;
        let root = admin(kv, "root@example.com").await;
        let ada = person(kv, "ada@example.com").await;
        let bob = person(kv, "bob@example.com").await;
        let adas = line(kv, &ada, READER, 3).await;
        let bobs = make_agent(kv, &bob, READER).await;
        let below = KillSwitch::Owner { owner_id: PrincipalId::Agent(adas[0].agent.id), revoke: false };
        assert_eq!(kill_switch::pull(kv, &ada, below).await.unwrap().agents, 2);
        assert_eq!(reason(kv, &adas[0], "mcp:a").await, ReasonCode::Allowed);
        assert_eq!(reason(kv, &adas[1], "mcp:a").await, ReasonCode::AgentSuspended);
        let owner_id = PrincipalId::User(ada.user().unwrap().id);
        let all = KillSwitch::Owner { owner_id, revoke: true };
        assert_eq!(code(kill_switch::pull(kv, &bob, all.clone()).await), ErrorCode::NotFound);
        assert_eq!(kill_switch::pull(kv, &root, all).await.unwrap().agents, 3);
        assert_eq!(reason(kv, &adas[0], "mcp:a").await, ReasonCode::AgentRevoked);
        assert_eq!(reason(kv, &bobs, "mcp:a").await, ReasonCode::Allowed);
    }
}

#[tokio::test]
async fn a_resource_or_everything_is_held_until_it_is_lifted() {
    for world in worlds().await {
        let kv = &world.kv;
        let root = admin(kv, "root@example.com").await;
        let ada = person(kv, "ada@example.com").await;
        let agent = make_agent(kv, &ada, READER).await;
        let deploys = KillSwitch::Resource { resource: "mcp:deploy:*".parse().unwrap() };
        assert_eq!(code(kill_switch::pull(kv, &ada, deploys.clone()).await), ErrorCode::Forbidden);
        let stop = kill_switch::pull(kv, &root, deploys).await.unwrap().stop.unwrap();
        assert_eq!(reason(kv, &agent, "mcp:deploy:production").await, ReasonCode::Stopped);
        assert_eq!(reason(kv, &agent, "mcp:github:repos").await, ReasonCode::Allowed);
        world.clock.advance(Duration::from_millis(1));
        let everything = kill_switch::pull(kv, &root, KillSwitch::All {}).await.unwrap().stop.unwrap();
        assert_eq!(reason(kv, &agent, "mcp:github:repos").await, ReasonCode::Stopped);
        assert_eq!(kill_switch::list(kv, &root).await.unwrap(), [everything.clone(), stop.clone()]);
        assert_eq!(code(kill_switch::lift(kv, &ada, stop.id).await), ErrorCode::Forbidden);
        kill_switch::lift(kv, &root, everything.id).await.unwrap();
        assert_eq!(code(kill_switch::lift(kv, &root, everything.id).await), ErrorCode::NotFound);
        assert_eq!(reason(kv, &agent, "mcp:github:repos").await, ReasonCode::Allowed);
        assert_eq!(reason(kv, &agent, "mcp:deploy:production").await, ReasonCode::Stopped);
        kill_switch::lift(kv, &root, stop.id).await.unwrap();
        assert_eq!(reason(kv, &agent, "mcp:deploy:production").await, ReasonCode::Allowed);
    }
}

#[tokio::test]
async fn only_somebody_who_just_proved_who_they_are_pulls_it() {
    for world in worlds().await {
        let kv = &world.kv;
        admin(kv, "root@example.com").await;
        let token = sign_in(kv, "root@example.com", PASSWORD).await.unwrap().token;
        world.clock.advance(Duration::from_secs(3_600));
        let root = holder(kv, token.expose()).await.unwrap();
        let everything = kill_switch::pull(kv, &root, KillSwitch::All {}).await;
        assert_eq!(code(everything), ErrorCode::ReauthenticationRequired);
        assert!(kill_switch::list(kv, &root).await.unwrap().is_empty());
        let agent = make_agent(kv, &root, READER).await;
        let own = holder(kv, agent.token.expose()).await.unwrap();
        let itself = KillSwitch::Agent { agent_id: agent.agent.id, revoke: false };
        assert_eq!(code(kill_switch::pull(kv, &own, itself).await), ErrorCode::Forbidden);
    }
}

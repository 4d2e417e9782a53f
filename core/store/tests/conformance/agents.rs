use crate::world::{NOW, person, unique, worlds};
use kavach_model::agent::{AgentFilter, AgentKind, AgentStatus};
use kavach_model::overview::Hour;
use kavach_model::user::UserStatus;
use kavach_model::{AgentId, PageRequest, PrincipalId, TokenId, UserId};
use kavach_store::{AgentRow, Branch, NewAgentToken, Stopped};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

pub fn agent(name: &str, owner: UserId) -> AgentRow {
    AgentRow {
        id: AgentId::from_parts(NOW, unique()),
        name: name.into(),
        kind: AgentKind::Autonomous,
        owner_id: PrincipalId::User(owner),
        sponsor_id: owner,
        status: AgentStatus::Active,
        permissions: serde_json::from_str(
            r#"[{"resource":"mcp:github:*","actions":["read"]},
                {"resource":"mcp:deploy:production","actions":["execute"],"constraints":{"requireApproval":true}}]"#,
        )
        .unwrap(),
        max_depth: 5,
        metadata: serde_json::from_str(r#"{"team":"platform","\u0000":"\u0000"}"#).unwrap(),
        expires_at: Some(NOW + HOUR),
        last_used_at: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

fn token<'a>(agent: &AgentRow, hash: &'a str) -> NewAgentToken<'a> {
    NewAgentToken {
        id: TokenId::from_parts(NOW, unique()),
        agent_id: agent.id,
        token_hash: hash,
        preview: "kv_agent_…abcd",
        created_at: NOW,
        expires_at: NOW + HOUR,
    }
}

#[tokio::test]
async fn an_agent_reads_back_as_it_was_stored() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let owner = person(&mut tx, "a@example.com").await;
        let stored = agent("Reader", owner);
        tx.insert_agent(&stored).await.unwrap();
        assert_eq!(tx.find_agent(stored.id).await.unwrap(), Some(stored.clone()));
        assert_eq!(tx.lock_agent(stored.id).await.unwrap(), Some(stored.clone()));
        let mut changed = AgentRow { name: "Renamed".into(), expires_at: None, ..stored.clone() };
        changed.permissions.truncate(1);
        assert!(tx.update_agent(&changed).await.unwrap());
        assert_eq!(tx.find_agent(stored.id).await.unwrap(), Some(changed));
        let decision = tx.find_decision_agent(stored.id).await.unwrap().unwrap();
        assert_eq!(decision.permissions.len(), 1);
        assert_eq!((decision.sponsor_id, decision.sponsor_status), (owner, UserStatus::Active));
        assert!(tx.find_decision_agent(AgentId::from_parts(NOW, unique())).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn every_change_takes_a_new_revision() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let owner = person(&mut tx, "a@example.com").await;
        let (one, two) = (agent("one", owner), agent("two", owner));
        tx.insert_agent(&one).await.unwrap();
        tx.insert_agent(&two).await.unwrap();
        let before = tx.agent_revision().await.unwrap();
        assert!(tx.agents_changed_since(before).await.unwrap().is_empty());
        assert_eq!(tx.suspend_branch(Branch::Only(one.id), NOW).await.unwrap().agents, [one.id]);
        assert!(tx.suspend_branch(Branch::Only(one.id), NOW).await.unwrap().agents.is_empty());
        let changed = tx.agents_changed_since(before).await.unwrap();
        assert_eq!(changed.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [one.id]);
        assert!(changed[0].1 > before);
    }
}

#[tokio::test]
async fn revoking_an_agent_ends_its_tokens_once() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let owner = person(&mut tx, "a@example.com").await;
        let row = agent("Reader", owner);
        tx.insert_agent(&row).await.unwrap();
        tx.insert_agent_token(&token(&row, "one")).await.unwrap();
        tx.insert_agent_token(&token(&row, "two")).await.unwrap();
        assert_eq!(tx.list_agent_tokens(row.id, NOW).await.unwrap().len(), 2);
        let stopped = tx.revoke_branch(Branch::From(row.id), NOW).await.unwrap();
        assert_eq!((stopped.agents, stopped.tokens), (vec![row.id], 2));
        assert_eq!(tx.revoke_branch(Branch::From(row.id), NOW).await.unwrap(), Stopped::default());
        assert!(tx.list_agent_tokens(row.id, NOW).await.unwrap().is_empty());
        assert!(!tx.update_agent(&row).await.unwrap(), "a revoked agent does not change");
        let found = tx.find_agent_token("one").await.unwrap().unwrap();
        assert_eq!((found.agent_id, found.revoked_at), (row.id, Some(NOW)));
        assert!(tx.find_agent_token("unknown").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn tokens_end_after_the_overlap_of_a_rotation() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let owner = person(&mut tx, "a@example.com").await;
        let row = agent("Reader", owner);
        tx.insert_agent(&row).await.unwrap();
        tx.insert_agent_token(&token(&row, "one")).await.unwrap();
        let soon = NOW + Duration::from_secs(60);
        assert_eq!(tx.shorten_agent_tokens(row.id, soon).await.unwrap(), 1);
        assert_eq!(tx.shorten_agent_tokens(row.id, NOW + HOUR * 9).await.unwrap(), 0, "never longer");
        assert_eq!(tx.find_agent_token("one").await.unwrap().unwrap().expires_at, soon);
        let id = tx.find_agent_token("one").await.unwrap().unwrap().id;
        tx.touch_agent(row.id, Some(id), NOW).await.unwrap();
        assert_eq!(tx.find_agent(row.id).await.unwrap().unwrap().last_used_at, Some(NOW));
        assert_eq!(tx.list_agent_tokens(row.id, NOW).await.unwrap()[0].last_used_at, Some(NOW));
    }
}

#[tokio::test]
async fn stopped_tokens_are_told_from_those_that_came_to_their_end() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let owner = person(&mut tx, "a@example.com").await;
        let row = agent("Reader", owner);
        tx.insert_agent(&row).await.unwrap();
        tx.insert_agent_token(&token(&row, "over")).await.unwrap();
        let later = NOW + HOUR;
        assert_eq!(tx.revoke_agent_tokens(row.id, later).await.unwrap(), 0, "it has come to its end");
        tx.insert_agent_token(&token(&row, "live")).await.unwrap();
        let before = tx.agent_revision().await.unwrap();
        assert_eq!(tx.revoke_agent_tokens(row.id, NOW).await.unwrap(), 2);
        assert_eq!(tx.revoke_agent_tokens(row.id, NOW).await.unwrap(), 0, "once");
        assert!(tx.agent_revision().await.unwrap() > before, "every replica hears of it");
        let stopped = tx.find_agent_token("live").await.unwrap().unwrap();
        assert_eq!((stopped.revoked_at, stopped.expires_at), (Some(NOW), NOW + HOUR));
        assert!(tx.list_agent_tokens(row.id, NOW).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn agents_are_listed_by_filter_in_pages() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let owner = person(&mut tx, "a@example.com").await;
        let other = person(&mut tx, "b@example.com").await;
        let reader = agent("GitHub Reader 100%", owner);
        let service =
            AgentRow { kind: AgentKind::Service, expires_at: None, ..agent("nightly_export", owner) };
        let foreign = agent("reader of another", other);
        for row in [&reader, &service, &foreign] {
            tx.insert_agent(row).await.unwrap();
        }
        let whole = PageRequest::default();
        let names = |page: kavach_model::Page<AgentRow>| {
            page.data.into_iter().map(|row| row.name).collect::<Vec<_>>()
        };
        let all = AgentFilter::default();
        assert_eq!(tx.list_agents(None, &all, &whole).await.unwrap().data.len(), 3);
        assert_eq!(tx.list_agents(Some(owner), &all, &whole).await.unwrap().data.len(), 2);
        let query = |text: &str| AgentFilter { query: Some(text.into()), ..AgentFilter::default() };
        assert_eq!(
            names(tx.list_agents(Some(owner), &query("READER"), &whole).await.unwrap()),
            ["GitHub Reader 100%"]
        );
        assert_eq!(
            names(tx.list_agents(None, &query("100%"), &whole).await.unwrap()),
            ["GitHub Reader 100%"]
        );
        assert_eq!(names(tx.list_agents(None, &query("y_e"), &whole).await.unwrap()), ["nightly_export"]);
        let kind = AgentFilter { kind: Some(AgentKind::Service), ..AgentFilter::default() };
        assert_eq!(names(tx.list_agents(None, &kind, &whole).await.unwrap()), ["nightly_export"]);
        let owned = AgentFilter { owner: Some(PrincipalId::User(other)), ..AgentFilter::default() };
        assert_eq!(names(tx.list_agents(None, &owned, &whole).await.unwrap()), ["reader of another"]);
        let stopped = AgentFilter { status: Some(AgentStatus::Revoked), ..AgentFilter::default() };
        assert!(tx.list_agents(None, &stopped, &whole).await.unwrap().data.is_empty());
        let first = tx.list_agents(None, &all, &PageRequest::new(Some(2), None).unwrap()).await.unwrap();
        let second = PageRequest::new(Some(2), first.next_cursor.clone()).unwrap();
        assert_eq!(tx.list_agents(None, &all, &second).await.unwrap().data.len(), 1);
        let soon = tx.list_expiring_agents(Some(owner), NOW, NOW + HOUR * 2, 5).await.unwrap();
        assert_eq!(soon.into_iter().map(|row| row.name).collect::<Vec<_>>(), ["GitHub Reader 100%"]);
        assert_eq!(tx.count_agents(Some(owner)).await.unwrap(), [(AgentStatus::Active, 2)]);
        assert_eq!(tx.decision_hours(None, NOW).await.unwrap(), Vec::<Hour>::new());
    }
}

//! What records say, and which of them a filter gives.

use crate::world::{World, ask, line, make_agent, person, question, scratch_postgres, start, worlds};
use futures::StreamExt as _;
use kavach_model::audit::{AuditFilter, AuditKind, AuditRecord};
use kavach_model::permission::Verdict;
use kavach_model::{AgentId, PageRequest};
use kavach_service::audit::export::{Format, export};
use kavach_service::config::RecordedArguments;
use kavach_service::context::RequestContext;
use kavach_service::{audit, authorize};
use serde_json::json;

const READER: &str = r#"[{"resource":"mcp:github:*","actions":["read"]}]"#;

/// Everything a filter gives, in pages of three.
async fn listed(world: &World, cx: &RequestContext, filter: &AuditFilter) -> Vec<AuditRecord> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = PageRequest::new(Some(3), cursor).unwrap();
        let part = audit::list(&world.kv, cx, filter, &page).await.unwrap();
        found.extend(part.data);
        cursor = part.next_cursor;
        if cursor.is_none() {
            return found;
        }
    }
}

async fn exported(world: &World, cx: &RequestContext, filter: &AuditFilter) -> String {
    let parts = export(&world.kv, cx, filter, Format::Jsonl).await.unwrap();
    parts.map(Result::unwrap).collect::<Vec<String>>().await.concat()
}

#[tokio::test]
async fn a_subtree_is_an_agent_and_everything_below_it() {
    for world in worlds().await {
        let kv = &world.kv;
        let (ada, bob) = (person(kv, "ada@example.com").await, person(kv, "bob@example.com").await);
        let line = line(kv, &ada, READER, 4).await;
        let beside = make_agent(kv, &ada, READER).await;
        for round in 0..5 {
            for agent in line.iter().chain([&beside]) {
                let action = if round == 2 { "write" } else { "read" };
                ask(kv, agent.token.expose(), action, "mcp:github:x").await;
            }
        }
        for (place, top) in line.iter().enumerate() {
            let subtree = Some(top.agent.id);
            let inside: Vec<AgentId> = line[place..].iter().map(|agent| agent.agent.id).collect();
            let decisions =
                AuditFilter { subtree, kind: Some(AuditKind::Decision), ..AuditFilter::default() };
            let found = listed(&world, &ada, &decisions).await;
            assert_eq!(found.len(), 5 * inside.len());
            assert!(found.windows(2).all(|pair| pair[0].seq > pair[1].seq), "newest first, each once");
            assert!(found.iter().all(|record| inside.contains(&record.event.agent_id.unwrap())));
            let denied = AuditFilter { verdict: Some(Verdict::Deny), ..decisions.clone() };
            assert_eq!(listed(&world, &ada, &denied).await.len(), inside.len());
            let file = exported(&world, &ada, &decisions).await;
            let oldest_first: Vec<AuditRecord> = found.into_iter().rev().collect();
            assert_eq!(file.lines().count(), oldest_first.len());
            for (line, record) in file.lines().zip(&oldest_first) {
                assert!(line.contains(&record.id.to_string()), "{line}");
            }
            assert!(listed(&world, &bob, &decisions).await.is_empty(), "whose records they are is as before");
        }
    }
}

#[tokio::test]
async fn a_record_names_the_person_in_whose_view_it_is() {
    for world in worlds().await {
        let ada = person(&world.kv, "ada@example.com").await;
        let agent = make_agent(&world.kv, &ada, READER).await;
        ask(&world.kv, agent.token.expose(), "read", "mcp:github:x").await;
        let found = listed(&world, &ada, &AuditFilter::default()).await;
        let own = ada.user().map(|user| user.id);
        assert!(found.len() >= 3 && found.iter().all(|record| record.event.sponsor_id == own), "{found:?}");
        let file = exported(&world, &ada, &AuditFilter::default()).await;
        assert!(file.lines().all(|line| line.contains("\"sponsorId\":\"usr_")), "{file}");
    }
}

#[tokio::test]
async fn arguments_are_recorded_as_the_configuration_says_and_digested_as_they_are() {
    let arguments = json!({"repo": "kavach", "token": "canary", "card": {"number": "canary", "name": "Ada"}});
    let cases = [
        (RecordedArguments::Digest, None),
        (
            RecordedArguments::Redacted,
            Some(json!({
                "repo": "kavach", "token": "[redacted]", "card": {"number": "[redacted]", "name": "Ada"}
            })),
        ),
        (RecordedArguments::Full, Some(json!({"repo": "kavach", "card": {"name": "Ada"}}))),
    ];
    let mut digests = Vec::new();
    for (mode, expected) in cases {
        for database in [None, Some(scratch_postgres().await)] {
            let database = match database {
                None => None,
                Some(Some(url)) => Some(url),
                Some(None) => continue,
            };
            let world = start(database, |config| {
                config.audit.arguments = mode;
                config.audit.redact = vec!["token".to_owned(), "card.number".to_owned()];
            })
            .await;
            let ada = person(&world.kv, "ada@example.com").await;
            let agent = make_agent(&world.kv, &ada, READER).await;
            let mut request = question(Some(agent.agent.id.to_string()), "read", "mcp:github:x");
            request.arguments = arguments.as_object().cloned();
            let decision = authorize::decide(&world.kv, &ada, request.clone()).await.unwrap();
            let record = audit::get(&world.kv, &ada, decision.audit_id).await.unwrap();
            assert_eq!(record.event.arguments.map(serde_json::Value::Object), expected);
            assert!(!record.event.arguments_omitted);
            digests.extend(record.event.arguments_digest);
            let file = exported(&world, &ada, &AuditFilter::default()).await;
            assert!(!file.contains("canary"));
            let long = json!({"repo": "x".repeat(5_000)});
            request.arguments = long.as_object().cloned();
            let decision = authorize::decide(&world.kv, &ada, request).await.unwrap();
            let event = audit::get(&world.kv, &ada, decision.audit_id).await.unwrap().event;
            assert_eq!(event.arguments, None);
            assert_eq!(event.arguments_omitted, mode != RecordedArguments::Digest);
            assert!(event.arguments_digest.is_some());
        }
    }
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "{digests:?}");
}

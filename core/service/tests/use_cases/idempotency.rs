use crate::world::{code, new_agent, person, worlds};
use kavach_model::agent::AgentFilter;
use kavach_model::{ApiError, ErrorCode, PageRequest};
use kavach_service::agent;
use kavach_service::idempotency::{self, Begin, Held};
use std::time::Duration;

fn fresh(begun: Begin) -> Held {
    match begun {
        Begin::Fresh(held) => held,
        Begin::Replay(_) => panic!("was answered already"),
    }
}

#[tokio::test]
async fn a_key_nobody_let_go_of_is_free_after_a_minute() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let begin = || idempotency::begin(kv, &cx, "key", "request");
        // Its process dies here.
        fresh(begin().await.unwrap());
        let wait = ApiError::from(begin().await.unwrap_err());
        assert_eq!((wait.code, wait.details.unwrap().retry_after), (ErrorCode::Conflict, Some(60)));
        world.clock.advance(Duration::from_secs(59));
        assert_eq!(code(begin().await), ErrorCode::Conflict);
        world.clock.advance(Duration::from_secs(1));
        fresh(begin().await.unwrap());
    }
}

#[tokio::test]
async fn an_attempt_that_was_overtaken_makes_nothing() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let begin = || idempotency::begin(kv, &cx, "key", "request");
        let slow = fresh(begin().await.unwrap());
        world.clock.advance(Duration::from_secs(60));
        let quick = fresh(begin().await.unwrap());
        let made = agent::create_once(kv, &cx, new_agent("[]"), Some(&quick)).await.unwrap();
        let late = agent::create_once(kv, &cx, new_agent("[]"), Some(&slow)).await;
        assert_eq!(code(late), ErrorCode::Conflict);
        idempotency::abandon(kv, &slow).await.unwrap();
        let listed = agent::list(kv, &cx, &AgentFilter::default(), &PageRequest::default()).await.unwrap();
        assert_eq!(listed.data.len(), 1);
        match begin().await.unwrap() {
            Begin::Replay(result) => assert_eq!(result, serde_json::to_vec(&made).unwrap()),
            Begin::Fresh(_) => panic!("was forgotten"),
        }
    }
}

#[tokio::test]
async fn what_a_refused_attempt_lets_go_of_another_request_may_use() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let held = fresh(idempotency::begin(kv, &cx, "key", "request").await.unwrap());
        assert_eq!(code(idempotency::begin(kv, &cx, "key", "another").await), ErrorCode::IdempotencyConflict);
        let mut nameless = new_agent("[]");
        nameless.name.clear();
        let refused = agent::create_once(kv, &cx, nameless, Some(&held)).await;
        assert_eq!(code(refused), ErrorCode::ValidationFailed);
        idempotency::abandon(kv, &held).await.unwrap();
        fresh(idempotency::begin(kv, &cx, "key", "another").await.unwrap());
    }
}

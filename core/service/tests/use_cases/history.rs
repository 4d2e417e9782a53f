//! The same history on both databases gives the same answers.

use crate::world::{ask, make_agent, person, question, scratch_postgres, start};
use kavach_model::agent::{AgentWithToken, RotateToken, UpdateAgent};
use kavach_service::context::RequestContext;
use kavach_service::{Kavach, agent, authorize};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::time::Duration;

/// One step of a history; numbers choose among what exists at that point.
#[derive(Debug, Clone)]
enum Step {
    Create(usize),
    Narrow(usize, usize),
    Rotate(usize, u64),
    Suspend(usize),
    Resume(usize),
    Revoke(usize),
    Wait(u64),
    AskByToken(usize, usize, usize),
    AskById(usize, usize, usize),
}

const GRANTS: [&str; 6] = [
    r#"[]"#,
    r#"[{"resource":"a:*","actions":["read"]}]"#,
    r#"[{"resource":"a:b","actions":["*"],"constraints":{"requireApproval":true}},{"resource":"a:*","actions":["read"]}]"#,
    r#"[{"resource":"a:*","actions":["read"]},{"resource":"a:b","actions":["*"],"constraints":{"requireApproval":true}}]"#,
    r#"[{"resource":"*:b","actions":["read","write"]}]"#,
    r#"[{"resource":"a:*:c","actions":["write"]},{"resource":"a:b:*","actions":["read"]}]"#,
];
const ACTIONS: [&str; 4] = ["read", "write", "", "*"];
const RESOURCES: [&str; 7] = ["a", "a:b", "a:b:c", "x:b", "a:c", "a::b", "*"];

fn step() -> impl Strategy<Value = Step> {
    let any = 0usize..32;
    prop_oneof![
        3 => (0..GRANTS.len()).prop_map(Step::Create),
        2 => (any.clone(), 0..GRANTS.len()).prop_map(|(who, grant)| Step::Narrow(who, grant)),
        2 => (any.clone(), 0u64..90).prop_map(|(who, overlap)| Step::Rotate(who, overlap)),
        1 => any.clone().prop_map(Step::Suspend),
        1 => any.clone().prop_map(Step::Resume),
        1 => any.clone().prop_map(Step::Revoke),
        2 => (1u64..120).prop_map(Step::Wait),
        8 => (any.clone(), 0..ACTIONS.len(), 0..RESOURCES.len()).prop_map(|(who, a, r)| Step::AskByToken(who, a, r)),
        4 => (any, 0..ACTIONS.len(), 0..RESOURCES.len()).prop_map(|(who, a, r)| Step::AskById(who, a, r)),
    ]
}

/// Everything an instance answers to a history, without the identifiers that must differ.
async fn play(database: Option<String>, steps: &[Step]) -> Vec<String> {
    let world = start(database, |config| config.session.idle = config.session.absolute).await;
    let kv = &world.kv;
    let cx = person(kv, "ada@example.com").await;
    let mut made: Vec<AgentWithToken> = Vec::new();
    let mut answers = Vec::new();
    for step in steps {
        let answer = match step {
            Step::Wait(seconds) => {
                world.clock.advance(Duration::from_secs(*seconds));
                continue;
            }
            Step::Create(grant) => {
                made.push(make_agent(kv, &cx, GRANTS[*grant]).await);
                "created".to_owned()
            }
            _ if made.is_empty() => continue,
            step => one(kv, &cx, &mut made, step).await,
        };
        answers.push(answer);
    }
    answers
}

async fn one(kv: &Kavach, cx: &RequestContext, made: &mut [AgentWithToken], step: &Step) -> String {
    let count = made.len();
    let id = |who: &usize| made[who % count].agent.id;
    match step {
        Step::Narrow(who, grant) => {
            let body = format!(r#"{{"permissions":{}}}"#, GRANTS[*grant]);
            let change: UpdateAgent = serde_json::from_str(&body).unwrap();
            told(agent::update(kv, cx, id(who), change).await.map(|agent| agent.permissions.len()))
        }
        Step::Rotate(who, overlap) => {
            let overlap = RotateToken { overlap_seconds: Some(*overlap) };
            let rotated = agent::rotate(kv, cx, id(who), overlap).await;
            told(rotated.map(|new| {
                let live = new.agent.tokens.len();
                // Half the time the old token is the one that goes on being used.
                if live % 2 == 0 {
                    made[who % count].token = new.token;
                }
                live
            }))
        }
        Step::Suspend(who) => told(agent::suspend(kv, cx, id(who)).await.map(|agent| agent.status)),
        Step::Resume(who) => told(agent::resume(kv, cx, id(who)).await.map(|agent| agent.status)),
        Step::Revoke(who) => told(agent::revoke(kv, cx, id(who)).await),
        Step::AskByToken(who, action, resource) => {
            let token = made[who % count].token.expose();
            ask(kv, token, ACTIONS[*action], RESOURCES[*resource]).await.reason_code.to_string()
        }
        Step::AskById(who, action, resource) => {
            let request = question(Some(id(who).to_string()), ACTIONS[*action], RESOURCES[*resource]);
            told(authorize::decide(kv, cx, request).await.map(|decision| decision.reason_code))
        }
        Step::Create(_) | Step::Wait(_) => String::new(),
    }
}

fn told<T: std::fmt::Debug>(result: kavach_service::Result<T>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.code().to_string(),
    }
}

#[tokio::test]
async fn both_databases_answer_alike() {
    if std::env::var("KAVACH_TEST_POSTGRES_URL").is_err() {
        return;
    }
    let seed = [42; 32];
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    for history in 0..12 {
        let steps = proptest::collection::vec(step(), 60).new_tree(&mut runner).unwrap().current();
        let on_sqlite = play(None, &steps).await;
        let on_postgres = play(scratch_postgres().await, &steps).await;
        assert_eq!(on_sqlite, on_postgres, "history {history} of seed {seed:?}: {steps:?}");
    }
}

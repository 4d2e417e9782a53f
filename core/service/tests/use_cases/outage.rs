use crate::world::{ask, code, make_agent, meta, person, question, start};
use kavach_model::ErrorCode;
use kavach_service::{agent, authorize};
use kavach_store::{DatabaseUrl, Store};

const READER: &str = r#"[{"resource":"mcp:github:*","actions":["read"]}]"#;

/// Somebody else holds the database for longer than anybody waits.
#[tokio::test]
async fn nothing_is_allowed_while_no_record_can_be_written_and_it_recovers() {
    let world = start(None, |_| {}).await;
    let kv = &world.kv;
    let cx = person(kv, "ada@example.com").await;
    let made = make_agent(kv, &cx, READER).await;
    assert!(ask(kv, made.token.expose(), "read", "mcp:github:repos").await.allowed);
    let file = DatabaseUrl::SqliteFile(world.config.data_dir.join("kavach.db"));
    let stranger = Store::connect(&file, 1).await.unwrap();
    let held = stranger.write().await.unwrap();
    let request = question(None, "read", "mcp:github:repos");
    let decision = authorize::by_token(kv, &meta(), made.token.expose(), request).await;
    assert_eq!(code(decision), ErrorCode::Unavailable);
    assert_eq!(code(agent::suspend(kv, &cx, made.agent.id).await), ErrorCode::Unavailable);
    drop(held);
    stranger.close().await;
    assert!(ask(kv, made.token.expose(), "read", "mcp:github:repos").await.allowed);
}

#[tokio::test]
async fn after_shutdown_nothing_is_allowed_and_what_was_answered_is_there() {
    let world = start(None, |_| {}).await;
    let cx = person(&world.kv, "ada@example.com").await;
    let made = make_agent(&world.kv, &cx, READER).await;
    let asks = (0..200).map(|_| ask(&world.kv, made.token.expose(), "read", "mcp:github:repos"));
    let answered = futures::future::join_all(asks).await;
    world.kv.shutdown().await;
    let request = question(None, "read", "mcp:github:repos");
    let late = authorize::by_token(&world.kv, &meta(), made.token.expose(), request).await;
    assert_eq!(code(late), ErrorCode::Unavailable);
    let file = DatabaseUrl::SqliteFile(world.config.data_dir.join("kavach.db"));
    let store = Store::connect(&file, 1).await.unwrap();
    let mut conn = store.read().await.unwrap();
    for decision in answered {
        assert!(conn.find_audit(decision.audit_id, None).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_second_process_on_the_same_data_directory_is_refused() {
    let world = start(None, |_| {}).await;
    let parts = kavach_service::Parts::system(&world.config).unwrap();
    let error = match kavach_service::Kavach::start(world.config.clone(), parts).await {
        Ok(_) => panic!("started twice"),
        Err(error) => error.to_string(),
    };
    assert!(error.contains("another kavach process"), "{error}");
}

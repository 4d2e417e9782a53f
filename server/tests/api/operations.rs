//! What machines ask about the process.

use crate::world::{worlds, worlds_with};
use kavach_model::Secret;

#[tokio::test]
async fn alive_and_ready_until_told_to_stop() {
    for world in worlds().await {
        assert_eq!(world.get("/healthz").send().await.status, 200);
        assert_eq!(world.get("/readyz").send().await.status, 200);
        world.state.begin_stopping();
        let reply = world.get("/readyz").send().await;
        assert_eq!(reply.status, 503);
        assert!(reply.header("retry-after").is_some());
        assert_eq!(world.get("/healthz").send().await.status, 200);
    }
}

#[tokio::test]
async fn metrics_are_for_whoever_knows_the_token() {
    for world in worlds().await {
        assert_eq!(world.get("/metrics").send().await.status, 404);
    }
    for world in
        worlds_with(|config| config.metrics.token = Some(Secret::new("a-token-of-sixteen-or-more"))).await
    {
        assert_eq!(world.get("/metrics").send().await.status, 401);
        assert_eq!(world.get("/metrics").bearer("another-token-of-that-size").send().await.status, 401);
        let reply = world.get("/metrics").bearer("a-token-of-sixteen-or-more").send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (200, Some("text/plain; version=0.0.4; charset=utf-8"))
        );
    }
}

#[tokio::test]
async fn the_outbox_is_for_this_machine_alone() {
    for world in worlds().await {
        world.sign_up("ada@example.com").await;
        world.get("/dev/outbox.json").send().await.expect(200);
        world.get("/dev/outbox.json").peer("::1").send().await.expect(200);
        for peer in ["10.0.0.7", "203.0.113.9", "2001:db8::1"] {
            world.get("/dev/outbox.json").peer(peer).send().await.refused(404, "not_found");
        }
    }
    for world in worlds_with(|config| config.public_url = "https://id.example.com".into()).await {
        world.get("/dev/outbox.json").send().await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_database_that_is_gone_is_503_and_never_an_allow() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = world.agent(&ada).await;
        world.kavach.shutdown().await;
        let body = serde_json::json!({"action": "read", "resource": "mcp:github:repos"});
        let reply = world.post("/api/auth/authorize/token", body).bearer(&agent.token).send().await;
        reply.refused(503, "unavailable");
        assert!(reply.header("retry-after").is_some());
        assert_eq!(world.get("/readyz").send().await.status, 503);
        assert_eq!(world.get("/healthz").send().await.status, 200);
    }
}

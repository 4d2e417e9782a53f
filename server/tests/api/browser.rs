//! Browsers: the cookie, and writes from other sites.

use crate::world::{PASSWORD, World, worlds, worlds_with};
use serde_json::json;

async fn signed_in_cookie(world: &World) -> String {
    world.sign_up("ada@example.com").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let reply = world.post("/api/auth/sign-in/email", body).same_origin().send().await;
    reply.expect(200);
    reply.header("set-cookie").unwrap().to_owned()
}

#[tokio::test]
async fn over_http_the_cookie_is_plain_but_closed() {
    for world in worlds().await {
        let cookie = signed_in_cookie(&world).await;
        assert!(cookie.starts_with("kavach_session=kv_sess_"), "{cookie}");
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800"), "{cookie}");
    }
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    for world in worlds_with(|config| config.public_url = "https://id.example.com".into()).await {
        let cookie = signed_in_cookie(&world).await;
        assert!(cookie.starts_with("__Host-kavach_session=kv_sess_"), "{cookie}");
        assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure"), "{cookie}");
        let token = cookie.split(['=', ';']).nth(1).unwrap();
        let reply = world.get("/api/auth/session").cookie(token).send().await;
        reply.expect(200);
        assert!(reply.header("strict-transport-security").is_some());
        // The name without the prefix is nobody's cookie here.
        let plain =
            world.get("/api/auth/session").header("cookie", format!("kavach_session={token}")).send().await;
        plain.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn signing_out_takes_the_cookie_away() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let reply = world.ask("POST", "/api/auth/sign-out").cookie(&ada.token).same_origin().send().await;
        reply.expect(200);
        assert_eq!(
            reply.header("set-cookie"),
            Some("kavach_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
        );
        world.get("/api/auth/session").cookie(&ada.token).send().await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_write_with_the_cookie_from_another_site_does_nothing() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let write = || world.post("/api/auth/agents", json!({"name": "x"})).cookie(&ada.token);
        write().send().await.refused(403, "origin_mismatch");
        for origin in [
            "http://evil.example",
            "null",
            "https://localhost:3000",
            "http://localhost:3001",
            "http://localhost:3000.evil.example",
            "",
        ] {
            write().header("origin", origin).send().await.refused(403, "origin_mismatch");
        }
        write()
            .same_origin()
            .header("sec-fetch-site", "cross-site")
            .send()
            .await
            .refused(403, "origin_mismatch");
        let agents = world.get("/api/auth/agents").cookie(&ada.token).send().await.expect(200);
        assert_eq!(agents, json!([]));
        write().same_origin().send().await.expect(201);
        write().header("sec-fetch-site", "same-origin").send().await.expect(201);
    }
}

#[tokio::test]
async fn a_sign_in_from_another_site_sets_no_cookie() {
    for world in worlds().await {
        world.sign_up("ada@example.com").await;
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        let reply =
            world.post("/api/auth/sign-in/email", body).header("origin", "http://evil.example").send().await;
        reply.refused(403, "origin_mismatch");
        assert!(reply.header("set-cookie").is_none());
    }
}

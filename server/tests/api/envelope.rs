//! Every failure below `/api` has one shape, and every path one spelling.

use crate::world::worlds;
use serde_json::json;

#[tokio::test]
async fn nothing_there_and_wrong_method_have_the_envelope() {
    for world in worlds().await {
        for path in [
            "/api/",
            "/api/x",
            "/api/auth",
            "/api/auth/",
            "/api/auth/agents/",
            "/api/auth/Session",
            "/api/authorize",
        ] {
            world.get(path).send().await.refused(404, "not_found");
        }
        for (method, path) in [
            ("PUT", "/api/auth/agents"),
            ("GET", "/api/auth/sign-in/email"),
            ("OPTIONS", "/api/auth/session"),
            ("BREW", "/api/auth/session"),
        ] {
            let reply = world.ask(method, path).same_origin().send().await;
            reply.refused(405, "method_not_allowed");
            assert!(reply.header("allow").is_some(), "{}", reply.asked);
        }
        assert_eq!(world.ask("HEAD", "/api/auth/methods").send().await.status, 200);
    }
}

#[tokio::test]
async fn a_path_has_one_spelling() {
    for world in worlds().await {
        for path in [
            "//api/auth/methods",
            "/api//auth/methods",
            "/api/auth//methods",
            "/api/./auth/methods",
            "/api/auth/../auth/methods",
            "/api/auth;x/methods",
            "/api/auth/methods;x=1",
            "/api%2fauth/methods",
            "/api/auth/%6dethods",
            "/api/auth/methods%00",
            "/API/auth/methods",
            "/api/AUTH/methods",
            "/api/auth/METHODS",
            "/api/auth/methods/",
            "/api/auth/methods%20",
        ] {
            let reply = world.get(path).send().await;
            assert_eq!(reply.status, 404, "{path}");
            assert!(!reply.text().contains("emailPassword"), "{path}");
        }
        let methods = world.get("/api/auth/methods").send().await.expect(200);
        assert_eq!(methods["emailPassword"], true);
    }
}

#[tokio::test]
async fn every_answer_carries_its_headers() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        for reply in [
            world.get("/api/auth/session").bearer(&ada.token).send().await,
            world.get("/api/auth/session").send().await,
            world.get("/api/nothing").send().await,
        ] {
            assert_eq!(reply.header("cache-control"), Some("no-store"), "{}", reply.asked);
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{}", reply.asked);
            assert_eq!(reply.header("content-type"), Some("application/json"), "{}", reply.asked);
            assert!(reply.header("x-request-id").is_some_and(|id| id.len() >= 8), "{}", reply.asked);
            assert!(reply.header("access-control-allow-origin").is_none());
        }
        let given = world.get("/api/nothing").header("x-request-id", "from-the-proxy_1.2").send().await;
        assert_eq!(given.header("x-request-id"), Some("from-the-proxy_1.2"));
        let odd = world.get("/api/nothing").header("x-request-id", "<script>").send().await;
        assert_ne!(odd.header("x-request-id"), Some("<script>"));
    }
}

#[tokio::test]
async fn no_header_makes_a_fault_or_an_identity() {
    for world in worlds().await {
        let odd: [&[u8]; 12] = [
            b"",
            b" ",
            b"a",
            b",",
            b"\xff\xfe",
            b"Bearer",
            b"Bearer \xc3\xa9",
            b"kavach_session=",
            b"kavach_session=;;=;kavach_session=x",
            b"for=\"[::1\";;",
            &[b'x'; 5000],
            b"\t\t",
        ];
        let names = [
            "authorization",
            "cookie",
            "x-forwarded-for",
            "forwarded",
            "x-forwarded-host",
            "x-request-id",
            "user-agent",
            "accept",
            "accept-language",
            "accept-encoding",
            "if-none-match",
            "range",
            "content-type",
            "x-http-method-override",
        ];
        for name in names {
            for value in odd {
                let reply = world.get("/api/auth/session").header(name, value).send().await;
                reply.refused(401, "unauthenticated");
            }
        }
    }
}

#[tokio::test]
async fn the_description_is_served_and_readable() {
    for world in worlds().await {
        let reply = world.get("/api/auth/openapi.json").send().await;
        assert_eq!(reply.status, 200);
        assert!(reply.json()["paths"]["/api/auth/authorize/token"]["post"].is_object());
        let reply = world.get("/api/auth/docs").send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (200, Some("text/html; charset=utf-8"))
        );
        assert!(reply.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
        assert!(reply.text().contains("May this agent do that?"));
        assert_eq!(world.get("/api/auth/docs.css").send().await.status, 200);
        world.post("/api/auth/docs", json!({})).send().await.refused(405, "method_not_allowed");
    }
}

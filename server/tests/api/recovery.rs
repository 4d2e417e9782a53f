//! Ways back into an account, guests, and devices, through the router.

use crate::world::{PASSWORD, World, text, worlds, worlds_with};
use kavach_service::config::{Config, DeviceClient};
use serde_json::{Value, json};

const NEW: &str = "nineteen herons do not wade";

/// The newest mail of a kind.
async fn mail(world: &World, kind: &str) -> Value {
    let outbox = world.get("/dev/outbox.json").send().await.json();
    let list = outbox.as_array().or_else(|| outbox["data"].as_array()).unwrap().clone();
    list.into_iter().find(|mail| mail["kind"] == kind).unwrap_or_else(|| panic!("no {kind}"))
}

fn token(link: &Value) -> String {
    text(link).split_once("token=").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_mail() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let forgot = |email: &str| world.post("/api/auth/password/forgot", json!({"email": email}));
        assert_eq!(forgot("ada@example.com").send().await.expect(202), json!({"done": true}));
        let link = token(&mail(&world, "reset_password").await["links"][0]);
        let reset = || world.post("/api/auth/password/reset", json!({"token": link, "password": NEW}));
        let reply = reset().send().await;
        assert_eq!(reply.expect(200), json!({"done": true}));
        assert!(!format!("{:?}", reply.headers).contains("kv_sess_"), "nobody is signed in");
        reset().send().await.refused(410, "link_invalid");
        world.get("/api/auth/session").bearer(&ada.token).send().await.refused(401, "unauthenticated");
        let body = json!({"email": "ada@example.com", "password": NEW});
        world.post("/api/auth/sign-in/email", body).send().await.expect(200);
    }
}

#[tokio::test]
async fn the_host_a_reset_is_asked_under_is_never_in_its_link() {
    for world in worlds().await {
        world.sign_up("ada@example.com").await;
        let ask = || world.post("/api/auth/password/forgot", json!({"email": "ada@example.com"}));
        ask().without("host").header("host", "evil.example").send().await.refused(421, "invalid_request");
        for (name, value) in [
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "https"),
            ("forwarded", "host=evil.example;proto=https"),
            ("x-original-host", "evil.example"),
            ("x-host", "evil.example"),
            ("x-forwarded-server", "evil.example"),
            ("x-original-url", "https://evil.example/"),
        ] {
            world.clock.advance(std::time::Duration::from_secs(1));
            ask().header(name, value).send().await.expect(202);
            let mail = mail(&world, "reset_password").await;
            let link = text(&mail["links"][0]);
            let begin = format!("{}/recover/reset?token=kv_mail_", world.kavach.config().public_url);
            assert!(link.starts_with(&begin), "{name}: {link}");
            assert!(!mail.to_string().contains("evil"), "{name}: {mail}");
        }
    }
}

#[tokio::test]
async fn an_enrolment_link_is_shown_to_an_administrator_once() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let ada = world.sign_up("ada@example.com").await;
        let path = format!("/api/auth/users/{}/enrolment-link", ada.id);
        world.ask("POST", &path).bearer(&ada.token).send().await.refused(403, "forbidden");
        world
            .post(&path, json!({"admin": true}))
            .bearer(&admin.token)
            .send()
            .await
            .refused(422, "validation_failed");
        let made = world.ask("POST", &path).bearer(&admin.token).send().await.expect(200);
        let page = world.get(&text(&made["url"]).replace("http://localhost:3000", "")).send().await;
        assert_eq!(page.status.as_u16(), 200);
        assert!(page.text().contains("ada@example.com"));
        let body = json!({"token": token(&made["url"]), "password": NEW});
        let redeem = || world.post("/api/auth/enrolment/redeem", body.clone());
        redeem().send().await.expect(200);
        redeem().send().await.refused(410, "link_invalid");
        world.get("/api/auth/session").bearer(&ada.token).send().await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_guest_comes_in_and_stays() {
    for world in worlds().await {
        let reply = world.ask("POST", "/api/auth/anonymous/sign-in").send().await;
        let guest = reply.expect(201);
        assert_eq!(guest["user"]["anonymous"], true);
        assert!(
            reply
                .headers
                .get_all("set-cookie")
                .iter()
                .any(|cookie| cookie.to_str().unwrap().contains("kv_sess_"))
        );
        let token = text(&guest["token"]);
        let body = json!({"email": "ada@example.com", "password": PASSWORD, "name": "Ada"});
        let upgrade = |token: &str| world.post("/api/auth/anonymous/upgrade", body.clone()).bearer(token);
        let member = upgrade(&token).send().await.expect(200);
        assert_eq!(member["user"]["id"], guest["user"]["id"]);
        assert_eq!(member["user"]["anonymous"], false);
        upgrade(&token).send().await.refused(401, "unauthenticated");
        upgrade(&text(&member["token"])).send().await.refused(409, "conflict");
        for field in ["role", "id", "userId", "emailVerified", "anonymous"] {
            let mut body = body.clone();
            body[field] = json!("admin");
            let reply =
                world.post("/api/auth/anonymous/upgrade", body).bearer(&text(&member["token"])).send().await;
            reply.refused(422, "validation_failed");
        }
    }
}

#[tokio::test]
async fn a_guest_stays_under_a_user_name() {
    for world in worlds().await {
        let come = async || {
            let guest = world.ask("POST", "/api/auth/anonymous/sign-in").send().await.expect(201);
            (guest["user"]["id"].clone(), text(&guest["token"]))
        };
        let upgrade =
            |token: &str, body: Value| world.post("/api/auth/anonymous/upgrade", body).bearer(token).send();
        let (id, token) = come().await;
        let both = json!({"email": "ada@example.com", "username": "Ada.Byron", "password": PASSWORD});
        upgrade(&token, both).await.refused(422, "validation_failed");
        let member = upgrade(&token, json!({"username": "Ada.Byron", "password": PASSWORD})).await;
        assert!(member.header("set-cookie").unwrap().contains("kv_sess_"));
        let member = member.expect(200);
        assert_eq!((&member["user"]["id"], member["user"]["username"].as_str()), (&id, Some("Ada.Byron")));
        assert_eq!(
            (member["user"]["anonymous"].as_bool(), &member["user"]["email"]),
            (Some(false), &json!(null))
        );
        world.get("/api/auth/session").bearer(&token).send().await.refused(401, "unauthenticated");
        let sign_in = json!({"username": "ada.byron", "password": PASSWORD});
        let back = world.post("/api/auth/sign-in/username", sign_in).send().await.expect(200);
        assert_eq!(back["user"]["id"], id);
        // Taken is said, and the guest stays a guest who may choose again.
        let (_, other) = come().await;
        let taken = upgrade(&other, json!({"username": "ADA.BYRON", "password": PASSWORD})).await;
        taken.refused(422, "validation_failed");
        assert_eq!(taken.field(), "username");
        upgrade(&other, json!({"username": "grace", "password": PASSWORD})).await.expect(200);
    }
}

fn with_a_client(config: &mut Config) {
    config.device.clients = vec![DeviceClient {
        id: "tv".to_owned(),
        name: "Television".to_owned(),
        scopes: vec!["agents:read".to_owned()],
    }];
}

#[tokio::test]
async fn a_device_is_told_where_its_person_goes() {
    for world in worlds_with(with_a_client).await {
        let form = "application/x-www-form-urlencoded";
        let ask = |body: &'static str| world.ask("POST", "/oauth/device_authorization").raw(form, body);
        let asked = ask("client_id=tv&scope=agents%3Aread").send().await;
        assert_eq!(asked.status.as_u16(), 200, "{}", asked.text());
        assert_eq!(asked.header("cache-control"), Some("no-store"));
        let answer = asked.json();
        assert!(text(&answer["device_code"]).starts_with("kv_device_"));
        assert_eq!(answer["verification_uri"], "http://localhost:3000/device");
        let code = text(&answer["user_code"]);
        assert_eq!(
            answer["verification_uri_complete"],
            format!("http://localhost:3000/device?user_code={code}")
        );
        assert_eq!((answer["expires_in"].as_u64(), answer["interval"].as_u64()), (Some(600), Some(5)));
        for (body, status, error) in [
            ("", 400, "invalid_request"),
            ("scope=agents%3Aread", 400, "invalid_request"),
            ("client_id=tv&client_id=tv", 400, "invalid_request"),
            ("client_id=nobody", 401, "invalid_client"),
            ("client_id=tv&scope=admin", 400, "invalid_scope"),
            ("client_id=tv&scope=agents%3Aread++admin", 400, "invalid_scope"),
        ] {
            let reply = ask(body).send().await;
            assert_eq!((reply.status.as_u16(), reply.json()), (status, json!({"error": error})), "{body}");
        }
        let as_json = world.post("/oauth/device_authorization", json!({"client_id": "tv"})).send().await;
        assert_eq!(as_json.json(), json!({"error": "invalid_request"}));
        assert_eq!(world.get("/oauth/device_authorization").send().await.status.as_u16(), 405);
    }
}

#[tokio::test]
async fn a_device_authorization_that_is_switched_off_has_no_door() {
    let off = |config: &mut Config| {
        with_a_client(config);
        config.methods.device = false;
    };
    for world in worlds_with(off).await {
        let form = "application/x-www-form-urlencoded";
        let reply = world.ask("POST", "/oauth/device_authorization").raw(form, "client_id=tv").send().await;
        assert_eq!((reply.status.as_u16(), reply.json()), (403, json!({"error": "unauthorized_client"})));
        let ada = world.sign_up("ada@example.com").await;
        let page = world.get("/device").cookie(&ada.token).send().await;
        assert_eq!(page.status.as_u16(), 404);
    }
}

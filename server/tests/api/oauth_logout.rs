//! Clients that want to know when a session is over (OpenID Connect Back-Channel Logout 1.0).

use crate::oauth_flow::{Client, REDIRECT, RESOURCE, claims, form, parameters};
use crate::world::{PASSWORD, Person, World, text, worlds};
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use kavach_service::clock::Clock as _;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const PATIENCE: Duration = Duration::from_secs(60);

/// The other side: a site that is told, and answers as it likes.
struct Site {
    address: String,
    status: Arc<AtomicU16>,
    told: UnboundedReceiver<String>,
}

#[derive(Clone)]
struct Ears {
    status: Arc<AtomicU16>,
    told: UnboundedSender<String>,
}

async fn hear(State(ears): State<Ears>, headers: HeaderMap, body: String) -> StatusCode {
    let kind = headers.get("content-type").and_then(|value| value.to_str().ok());
    assert_eq!(kind, Some("application/x-www-form-urlencoded"));
    ears.told.send(body).unwrap();
    StatusCode::from_u16(ears.status.load(Ordering::SeqCst)).unwrap()
}

impl Site {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/out", listener.local_addr().unwrap());
        let status = Arc::new(AtomicU16::new(200));
        let (sender, told) = unbounded_channel();
        let ears = Ears { status: Arc::clone(&status), told: sender };
        let router = Router::new().route("/out", post(hear)).with_state(ears);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, status, told }
    }

    fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// The next logout token that comes.
    async fn hears(&mut self) -> String {
        let body = tokio::time::timeout(PATIENCE, self.told.recv()).await.unwrap().unwrap();
        parameters(&format!("?{body}")).remove("logout_token").unwrap()
    }

    /// A client of an administrator that is told here.
    async fn client(&self, world: &World, admin: &Person) -> Client {
        let said = json!({
            "authMethod": "client_secret_basic", "backchannelLogoutUri": self.address,
            "backchannelLogoutSessionRequired": true, "postLogoutRedirectUris": ["https://app.example/bye"],
        });
        world.client(admin, said).await
    }
}

async fn session_of(world: &World, person: &Person) -> String {
    let data = world.get("/api/auth/session").bearer(&person.token).send().await.expect(200);
    text(&data["id"])
}

async fn sign_out(world: &World, person: &Person) {
    let reply = world.ask("POST", "/api/auth/sign-out").bearer(&person.token).send().await;
    assert!(reply.status.is_success(), "{}", reply.text());
}

/// What a client that follows the specification (section 2.6) makes of a logout token.
async fn verified(world: &World, client: &Client, token: &str) -> Value {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let json = |text: &str| serde_json::from_slice::<Value>(&bytes(text)).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let (header, found) = (json(header), json(claims));
    assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("RS256")));
    let keys = world.get("/oauth/jwks").send().await.json();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    let part = |name: &str| bytes(key[name].as_str().unwrap());
    let key = RsaPublicKeyComponents { n: part("n"), e: part("e") };
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &bytes(signature)).unwrap();
    assert_eq!(found["aud"], client.id.as_str());
    assert_eq!(found["iss"], world.kavach.config().public_url.as_str());
    let now = world.clock.now().as_millis() / 1_000;
    let (iat, exp) = (found["iat"].as_i64().unwrap(), found["exp"].as_i64().unwrap());
    assert!(iat <= now && exp > now && exp - iat <= 120, "{found}");
    assert_eq!(found["events"], json!({"http://schemas.openid.net/event/backchannel-logout": {}}));
    assert_eq!(found.get("nonce"), None);
    assert!(found["jti"].as_str().is_some_and(|jti| jti.len() >= 16));
    found
}

#[tokio::test]
async fn each_client_of_a_session_is_told_once_that_it_is_over() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let (mut one, mut two) = (Site::open().await, Site::open().await);
        let (first, second) = (one.client(&world, &admin).await, two.client(&world, &admin).await);
        let untold = world.client(&admin, json!({"authMethod": "client_secret_basic"})).await;
        let ada = world.sign_up("ada@example.com").await;
        let elsewhere = world.sign_in("ada@example.com").await;
        let asked = [("scope", "openid read"), ("resource", RESOURCE), ("nonce", "n1")];
        let stays = [("scope", "openid read offline_access"), ("resource", RESOURCE)];
        let tokens = world.tokens(&ada, &first, &asked).await;
        let again = world.tokens(&ada, &first, &asked).await;
        let lasting = world.tokens(&ada, &second, &stays).await;
        let quiet = world.tokens(&ada, &untold, &asked).await;
        let kept = world.tokens(&elsewhere, &first, &asked).await;
        let session = session_of(&world, &ada).await;
        assert_eq!(claims(&text(&tokens["id_token"]))["sid"], session);
        assert_ne!(claims(&text(&kept["id_token"]))["sid"], session);

        sign_out(&world, &ada).await;
        for (site, client) in [(&mut one, &first), (&mut two, &second)] {
            let token = site.hears().await;
            let said = verified(&world, client, &token).await;
            assert_eq!((&said["sub"], &said["sid"]), (&json!(ada.id), &json!(session)));
            // It is a token of no other kind.
            let told = world.get("/oauth/userinfo").bearer(&token).send().await;
            assert_eq!(told.status, 401);
            let browser = world.browser().await;
            let hint = format!("/oauth/logout?{}", form(&[("id_token_hint", &token)]));
            assert_eq!(world.visit(&elsewhere, &browser, &hint).await.status, 400);
        }
        // What may go on without the person goes on, and what was given elsewhere or to others.
        for (client, tokens, works) in [
            (&first, &tokens, false),
            (&first, &again, false),
            (&second, &lasting, true),
            (&untold, &quiet, true),
            (&first, &kept, true),
        ] {
            let reply = world.refresh(client, &text(&tokens["refresh_token"])).await;
            assert_eq!(reply.status == 200, works, "{}", reply.text());
        }
        // Two grants of one client in one session are one message, and there is no other.
        sign_out(&world, &elsewhere).await;
        let other = verified(&world, &first, &one.hears().await).await;
        assert_ne!(other["sid"], session);
        assert!(one.told.try_recv().is_err() && two.told.try_recv().is_err());
    }
}

#[tokio::test]
async fn however_a_session_ends_its_clients_are_told() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let mut site = Site::open().await;
        let client = site.client(&world, &admin).await;
        let scope = [("scope", "openid")];
        let mut number = 0;
        for way in ["revoked", "others", "by client", "password", "disabled", "deleted", "time"] {
            number += 1;
            let email = format!("person{number}@example.com");
            let person = world.sign_up(&email).await;
            let hint = text(&world.tokens(&person, &client, &scope).await["id_token"]);
            let session = session_of(&world, &person).await;
            let bearer = match way {
                "revoked" | "others" | "password" => world.sign_in(&email).await,
                _ => person.clone(),
            };
            let ask = |method: &str, path: &str| world.ask(method, &format!("/api/auth{path}"));
            let reply = match way {
                "revoked" => {
                    ask("DELETE", &format!("/sessions/{session}")).bearer(&bearer.token).send().await
                }
                "others" => ask("POST", "/sessions/revoke-others").bearer(&bearer.token).send().await,
                "by client" => {
                    let browser = world.browser().await;
                    let query = form(&[
                        ("id_token_hint", hint.as_str()),
                        ("post_logout_redirect_uri", "https://app.example/bye"),
                    ]);
                    world.visit(&person, &browser, &format!("/oauth/logout?{query}")).await
                }
                "password" => {
                    let body = json!({"current": PASSWORD, "new": "nineteen loud herons wade about"});
                    ask("POST", "/password/change").json(body).bearer(&bearer.token).send().await
                }
                "disabled" => {
                    let path = format!("/users/{}/disable", person.id);
                    ask("POST", &path).bearer(&admin.token).send().await
                }
                "deleted" => {
                    let body = json!({"account": email});
                    ask("DELETE", "/account").json(body).bearer(&bearer.token).send().await
                }
                _ => {
                    world.clock.advance(world.kavach.config().session.absolute + PATIENCE);
                    // What is over is looked for by itself, and at once when an instance starts.
                    let admin = world.sign_in("admin@example.com").await;
                    ask("GET", "/session").bearer(&admin.token).send().await
                }
            };
            assert!(reply.status.as_u16() < 400, "{way}: {}", reply.text());
            if way != "time" {
                let said = verified(&world, &client, &site.hears().await).await;
                assert_eq!((&said["sub"], &said["sid"]), (&json!(person.id), &json!(session)), "{way}");
                continue;
            }
            let world = world.restarted().await;
            let said = verified(&world, &client, &site.hears().await).await;
            assert_eq!(said["sid"], session, "{way}");
            break;
        }
        assert!(site.told.try_recv().is_err());
    }
}

#[tokio::test]
async fn a_client_that_is_away_is_told_after_a_restart_and_one_that_is_gone_is_recorded() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let mut site = Site::open().await;
        let client = site.client(&world, &admin).await;
        let ada = world.sign_up("ada@example.com").await;
        world.tokens(&ada, &client, &[("scope", "openid")]).await;
        site.answer(503);
        sign_out(&world, &ada).await;
        let before = site.hears().await;
        let world = world.restarted().await;
        world.clock.advance(Duration::from_secs(40));
        site.answer(204);
        let world = world.restarted().await;
        let after = site.hears().await;
        let (before, after) = (claims(&before), verified(&world, &client, &after).await);
        assert_eq!(before["sid"], after["sid"]);
        assert_ne!(before["jti"], after["jti"], "one it may have seen is not sent again");

        site.answer(500);
        let ada = world.sign_in("ada@example.com").await;
        world.tokens(&ada, &client, &[("scope", "openid")]).await;
        sign_out(&world, &ada).await;
        site.hears().await;
        let admin = world.sign_in("admin@example.com").await;
        let gone = world.ask("DELETE", &format!("/api/auth/clients/{}", client.id));
        assert!(gone.bearer(&admin.token).send().await.status.is_success());
        let world = world.restarted().await;
        world.clock.advance(Duration::from_secs(180));
        let world = world.restarted().await;
        let dead = async {
            loop {
                let found = world.get("/api/auth/deliveries?state=dead").bearer(&admin.token).send().await;
                if let Some(one) = found.json()["data"].as_array().unwrap().first() {
                    return one.clone();
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let dead = tokio::time::timeout(PATIENCE, dead).await.unwrap();
        assert_eq!((&dead["channel"], &dead["to"]), (&json!("logout"), &json!(client.id)), "{dead}");
        let path = "/api/auth/audit?kind=delivery.failed";
        let log = world.get(path).bearer(&admin.token).send().await.json();
        let outcomes: Vec<String> =
            log["data"].as_array().unwrap().iter().map(|one| text(&one["context"]["outcome"])).collect();
        assert_eq!(outcomes[0], "dead", "{log}");
    }
}

#[tokio::test]
async fn a_client_that_brought_itself_is_told_at_public_addresses_alone() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let register = |uri: String| {
            let body = json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none", "backchannel_logout_uri": uri});
            world.post("/oauth/register", body).send()
        };
        for bad in ["http://app.example/out", "https://app.example/out#x", "/out", "javascript:alert(1)"] {
            assert_eq!(
                register(bad.to_owned()).await.error(),
                (400, "invalid_client_metadata".to_owned()),
                "{bad}"
            );
        }
        let uri = format!("https://127.0.0.1:{port}/out");
        let made = register(uri.clone()).await.json();
        assert_eq!(made["backchannel_logout_uri"], uri);
        let client = Client { id: text(&made["client_id"]), secret: None };
        let ada = world.sign_up("ada@example.com").await;
        world.tokens(&ada, &client, &[("scope", "openid")]).await;
        sign_out(&world, &ada).await;
        let tried = async {
            loop {
                let found = world.get("/api/auth/deliveries").bearer(&admin.token).send().await.json();
                let all = found["data"].as_array().unwrap().clone();
                let one =
                    all.into_iter().find(|one| one["channel"] == "logout" && !one["lastError"].is_null());
                if let Some(one) = one {
                    return text(&one["lastError"]);
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let error = tokio::time::timeout(PATIENCE, tried).await.unwrap();
        assert_eq!(error, "the URL does not lead to a public address");
        assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }
}

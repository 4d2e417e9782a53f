//! Registration, proofs of possession, signed assertions, exchange, devices, signing out, and keys.

use crate::oauth_flow::{Client, FORM, REDIRECT, RESOURCE, claims, form, parameters};
use crate::world::{Reply, World, text, worlds, worlds_with};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kavach_service::clock::Clock as _;
use kavach_service::oauth::{keys, signing};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";

/// A key a client proves to hold.
struct Key(EcdsaKeyPair);

impl Key {
    fn new() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap())
    }

    fn prove(
        &self,
        world: &World,
        jti: &str,
        path: &str,
        token: Option<&str>,
        nonce: Option<&str>,
    ) -> String {
        let point = &self.0.public_key().as_ref()[1..];
        let jwk = json!({
            "kty": "EC", "crv": "P-256",
            "x": URL_SAFE_NO_PAD.encode(&point[..32]), "y": URL_SAFE_NO_PAD.encode(&point[32..]),
        });
        let method = if path == "/oauth/userinfo" { "GET" } else { "POST" };
        let mut body = json!({
            "jti": jti, "htm": method, "htu": format!("{}{path}", world.kavach.config().public_url),
            "iat": world.clock.now().as_millis() / 1_000,
        });
        if let Some(token) = token {
            body["ath"] = URL_SAFE_NO_PAD.encode(Sha256::digest(token)).into();
        }
        if let Some(nonce) = nonce {
            body["nonce"] = nonce.into();
        }
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(body.to_string())
        );
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

async fn with_proof(world: &World, client: &Client, proof: &str, pairs: &[(&str, &str)]) -> Reply {
    let mut pairs = pairs.to_vec();
    pairs.push(("client_id", &client.id));
    world.ask("POST", "/oauth/token").header("dpop", proof).raw(FORM, form(&pairs)).send().await
}

fn redeeming(code: &str) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", REDIRECT.to_owned()),
        ("code_verifier", crate::oauth_flow::VERIFIER.to_owned()),
    ]
}

fn borrowed<'a>(pairs: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    pairs.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[tokio::test]
async fn a_client_registers_itself_uses_it_and_manages_it() {
    for world in worlds().await {
        let register = |body: Value| {
            world.post("/oauth/register", body).header("origin", "https://inspector.example").send()
        };
        // As real clients do: no application_type, no authentication method, a loopback address.
        let made = register(json!({
            "client_name": "Inspector", "redirect_uris": ["http://127.0.0.1:6274/cb"],
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"], "unknown": {"x": 1},
        }))
        .await;
        assert_eq!(made.status, 201, "{}", made.text());
        assert_eq!(made.header("access-control-allow-origin"), Some("*"));
        let made = made.json();
        assert_eq!((&made["token_endpoint_auth_method"], made.get("client_secret")), (&json!("none"), None));
        assert!(made["client_id_issued_at"].is_i64());
        let client = Client { id: text(&made["client_id"]), secret: None };
        let ada = world.sign_up("ada@example.com").await;
        let redirect = ("redirect_uri", "http://127.0.0.1:49152/cb");
        let browser = world.browser().await;
        let asked = world.visit(&ada, &browser, &world.request(&client, &[redirect])).await;
        let page = world.visit(&ada, &browser, asked.header("location").unwrap()).await.text();
        assert!(page.contains("registered itself") && page.contains("this computer"), "{page}");
        let code = world.code(&ada, &client, &[redirect]).await;
        let mut pairs = redeeming(&code);
        pairs[2].1 = redirect.1.to_owned();
        let tokens = world.token(&client, &borrowed(&pairs)).await.json();
        assert!(tokens["refresh_token"].is_string(), "{tokens}");
        // RFC 7592.
        let (path, token) =
            (format!("/oauth/register/{}", client.id), text(&made["registration_access_token"]));
        assert_eq!(world.get(&path).bearer(&token).send().await.json()["client_name"], "Inspector");
        let change = json!({"client_id": client.id, "client_name": "Renamed", "redirect_uris": ["http://localhost/cb"]});
        let changed = world.ask("PUT", &path).bearer(&token).json(change.clone()).send().await.json();
        assert_eq!(
            (&changed["client_name"], &changed["redirect_uris"]),
            (&json!("Renamed"), &json!(["http://localhost/cb"]))
        );
        for wrong in ["", "kv_reg_x", ada.token.as_str()] {
            assert_eq!(world.get(&path).bearer(wrong).send().await.status, 401);
        }
        let other =
            json!({"client_id": "clt_01jd3x6n9qk8v2m4c7t0wzr5ab", "redirect_uris": ["http://localhost/cb"]});
        assert_eq!(
            world.ask("PUT", &path).bearer(&token).json(other).send().await.error().1,
            "invalid_client_metadata"
        );
        // Switched off, its token opens nothing and switches nothing on.
        let admin = world.admin("admin@example.com").await;
        world
            .ask("POST", &format!("/api/auth/clients/{}/disable", client.id))
            .bearer(&admin.token)
            .send()
            .await
            .expect(200);
        assert_eq!(world.ask("PUT", &path).bearer(&token).json(change).send().await.status, 401);
        world
            .ask("POST", &format!("/api/auth/clients/{}/enable", client.id))
            .bearer(&admin.token)
            .send()
            .await
            .expect(200);
        assert_eq!(world.ask("DELETE", &path).bearer(&token).send().await.status, 204);
        assert_eq!(world.get(&path).bearer(&token).send().await.status, 401);
    }
}

#[tokio::test]
async fn what_a_stranger_registers_is_checked_and_limited() {
    for world in worlds_with(|config| {
        config.rate_limit.enabled = true;
        config.oauth.registrations_per_ip = 40;
    })
    .await
    {
        let good = json!({"redirect_uris": ["https://app.example/cb"]});
        for (name, value, error) in [
            ("redirect_uris", json!([]), "invalid_redirect_uri"),
            ("redirect_uris", json!(["javascript:alert(1)"]), "invalid_redirect_uri"),
            ("redirect_uris", json!(["JaVaScRiPt:alert(1)"]), "invalid_redirect_uri"),
            ("redirect_uris", json!(["http://evil.example/cb"]), "invalid_redirect_uri"),
            ("redirect_uris", json!(["https://app.example/cb#x"]), "invalid_redirect_uri"),
            ("redirect_uris", json!(["https://*.example/cb"]), "invalid_redirect_uri"),
            ("redirect_uris", json!("https://app.example/cb"), "invalid_client_metadata"),
            ("client_name", json!("Bank\u{202e}knaB"), "invalid_client_metadata"),
            ("client_name", json!(["x"]), "invalid_client_metadata"),
            ("logo_uri", json!("javascript:alert(1)"), "invalid_client_metadata"),
            ("grant_types", json!(["client_credentials"]), "invalid_client_metadata"),
            ("grant_types", json!(["password"]), "invalid_client_metadata"),
            ("token_endpoint_auth_method", json!("private_key_jwt"), "invalid_client_metadata"),
        ] {
            let mut body = good.clone();
            body[name] = value.clone();
            let reply = world.post("/oauth/register", body).send().await;
            assert_eq!(reply.error(), (400, error.to_owned()), "{name}={value}: {}", reply.text());
        }
        // What only administrators give is not taken from a stranger.
        let mut greedy = good.clone();
        (greedy["introspects"], greedy["kind"]) = (json!([RESOURCE]), json!("registered"));
        let made = world.post("/oauth/register", greedy).send().await.json();
        assert!(made.get("introspects").is_none() && made["client_secret"].is_string(), "{made}");
        // Markup in a name is shown as it was written.
        let mut rude = good.clone();
        rude["client_name"] = json!("<img src=x onerror=alert(1)>");
        let made = world.post("/oauth/register", rude).send().await.json();
        let client = Client { id: text(&made["client_id"]), secret: None };
        let ada = world.sign_up("ada@example.com").await;
        let browser = world.browser().await;
        let asked = world.visit(&ada, &browser, &world.request(&client, &[])).await;
        let page = world.visit(&ada, &browser, asked.header("location").unwrap()).await;
        assert!(!page.text().contains("<img src=x") && page.text().contains("&lt;img"), "{}", page.text());
        let mut last = 201;
        for _ in 0..40 {
            last = world.post("/oauth/register", good.clone()).send().await.status.as_u16();
        }
        assert_eq!(last, 429);
    }
}

#[tokio::test]
async fn tokens_that_are_bound_to_a_key_are_nothing_without_it() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let client = world.client(&admin, json!({})).await;
        let ada = world.sign_up("ada@example.com").await;
        let (key, other) = (Key::new(), Key::new());
        let proof = |key: &Key, jti: &str| key.prove(&world, jti, "/oauth/token", None, None);
        let code = world.code(&ada, &client, &[("scope", "openid")]).await;
        let reply = with_proof(&world, &client, &proof(&key, "1"), &borrowed(&redeeming(&code))).await;
        let tokens = reply.json();
        assert_eq!(tokens["token_type"], "DPoP", "{tokens}");
        let access = text(&tokens["access_token"]);
        assert_eq!(text(&claims(&access)["cnf"]["jkt"]).len(), 43);
        let refresh = text(&tokens["refresh_token"]);
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
        assert_eq!(world.token(&client, &pairs).await.error().1, "invalid_grant", "no proof");
        assert_eq!(with_proof(&world, &client, &proof(&other, "2"), &pairs).await.error().1, "invalid_grant");
        assert_eq!(
            with_proof(&world, &client, &proof(&key, "1"), &pairs).await.error().1,
            "invalid_dpop_proof",
            "used"
        );
        assert_eq!(
            with_proof(&world, &client, "nonsense", &pairs).await.error(),
            (400, "invalid_dpop_proof".to_owned())
        );
        assert_eq!(with_proof(&world, &client, &proof(&key, "3"), &pairs).await.status, 200);
        let told = |scheme: &'static str, proof: Option<String>| {
            let mut ask = world.get("/oauth/userinfo").header("authorization", format!("{scheme} {access}"));
            if let Some(proof) = proof {
                ask = ask.header("dpop", proof);
            }
            ask.send()
        };
        let at = |key: &Key, jti: &str, token: &str| {
            Some(key.prove(&world, jti, "/oauth/userinfo", Some(token), None))
        };
        assert_eq!(told("DPoP", at(&key, "4", &access)).await.status, 200);
        assert_eq!(told("Bearer", None).await.status, 401);
        assert_eq!(told("DPoP", None).await.status, 401);
        assert_eq!(told("DPoP", at(&other, "5", &access)).await.status, 401);
        assert_eq!(told("DPoP", at(&key, "6", "another token")).await.status, 401);
        assert!(
            told("DPoP", at(&key, "4", &access))
                .await
                .header("www-authenticate")
                .unwrap()
                .starts_with("DPoP ")
        );
        // A code that was asked for with a key goes with that key alone.
        let thumbprint = text(&claims(&access)["cnf"]["jkt"]);
        let code = world.code(&ada, &client, &[("dpop_jkt", &thumbprint)]).await;
        assert_eq!(world.redeem(&client, &code).await.error().1, "invalid_grant");
        assert_eq!(
            with_proof(&world, &client, &proof(&other, "7"), &borrowed(&redeeming(&code))).await.error().1,
            "invalid_grant"
        );
        assert_eq!(
            with_proof(&world, &client, &proof(&key, "8"), &borrowed(&redeeming(&code))).await.status,
            200
        );
        let strict = world.client(&admin, json!({"dpopBoundAccessTokens": true})).await;
        let code = world.code(&ada, &strict, &[]).await;
        assert_eq!(world.redeem(&strict, &code).await.error().1, "invalid_dpop_proof");
    }
}

#[tokio::test]
async fn a_nonce_is_asked_for_and_given_where_it_is_configured() {
    for world in worlds_with(|config| config.oauth.dpop_nonce = true).await {
        let admin = world.admin("admin@example.com").await;
        let client = world.client(&admin, json!({})).await;
        let ada = world.sign_up("ada@example.com").await;
        let key = Key::new();
        let code = world.code(&ada, &client, &[]).await;
        let pairs = redeeming(&code);
        let first = with_proof(
            &world,
            &client,
            &key.prove(&world, "1", "/oauth/token", None, None),
            &borrowed(&pairs),
        )
        .await;
        assert_eq!(first.error(), (400, "use_dpop_nonce".to_owned()));
        let nonce = first.header("dpop-nonce").unwrap().to_owned();
        let proof = key.prove(&world, "2", "/oauth/token", None, Some(&nonce));
        assert_eq!(with_proof(&world, &client, &proof, &borrowed(&pairs)).await.json()["token_type"], "DPoP");
    }
}

#[tokio::test]
async fn an_assertion_is_for_this_issuer_alone_and_good_once() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let make = || {
            let document = signing::generate(signing::Algorithm::Es256).unwrap();
            signing::SigningKey::from_pkcs8(signing::Algorithm::Es256, &document).unwrap()
        };
        let (key, stranger) = (make(), make());
        let client = world
            .client(&admin, json!({
                "authMethod": "private_key_jwt", "grantTypes": ["client_credentials"], "jwks": {"keys": [key.jwk()]},
            }))
            .await;
        let issuer = world.kavach.config().public_url.clone();
        let now = world.clock.now().as_millis() / 1_000;
        let said = |changes: &Value| {
            let mut said = json!({"iss": client.id, "sub": client.id, "aud": issuer, "exp": now + 60, "iat": now, "jti": "one"});
            for (name, value) in changes.as_object().unwrap() {
                match value {
                    Value::Null => drop(said.as_object_mut().unwrap().remove(name)),
                    value => said[name] = value.clone(),
                }
            }
            said
        };
        let ask = |assertion: String| {
            let world = &world;
            async move {
                let pairs = [
                    ("grant_type", "client_credentials"),
                    ("resource", RESOURCE),
                    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    ("client_assertion", assertion.as_str()),
                ];
                world.ask("POST", "/oauth/token").raw(FORM, form(&pairs)).send().await
            }
        };
        for changes in [
            json!({"aud": [issuer]}),
            json!({"aud": [issuer, "https://other.example"]}),
            json!({"aud": format!("{issuer}/")}),
            json!({"aud": format!("{issuer}/oauth/token")}),
            json!({"aud": format!("{issuer}/oauth/par")}),
            json!({"aud": null}),
            json!({"iss": "other"}),
            json!({"sub": null}),
            json!({"sub": "other"}),
            json!({"exp": now - 300}),
            json!({"exp": null}),
            json!({"exp": (now + 60).to_string()}),
            json!({"exp": now + 86_400}),
            json!({"iat": now + 600}),
            json!({"iat": "now"}),
            json!({"nbf": now + 600}),
            json!({"jti": null}),
            json!({"jti": ""}),
            json!({"jti": "x".repeat(300)}),
        ] {
            let reply = ask(key.sign("JWT", &said(&changes)).unwrap()).await;
            assert_eq!(reply.error(), (401, "invalid_client".to_owned()), "{changes}");
        }
        for typ in ["at+jwt", "dpop+jwt", "logout+jwt"] {
            assert_eq!(
                ask(key.sign(typ, &said(&json!({}))).unwrap()).await.error().1,
                "invalid_client",
                "{typ}"
            );
        }
        assert_eq!(ask(stranger.sign("JWT", &said(&json!({}))).unwrap()).await.error().1, "invalid_client");
        let good = key.sign("JWT", &said(&json!({}))).unwrap();
        let (head, rest) = good.split_once('.').unwrap();
        let none = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "JWT"}).to_string());
        let brought =
            URL_SAFE_NO_PAD.encode(json!({"alg": "ES256", "typ": "JWT", "jwk": stranger.jwk()}).to_string());
        for forged in [
            format!("{none}.{}.", rest.split('.').next().unwrap()),
            format!("{brought}.{rest}"),
            format!("{head}.{head}.{head}"),
        ] {
            assert_eq!(ask(forged).await.error().1, "invalid_client");
        }
        assert_eq!(ask(good.clone()).await.json()["scope"], "read");
        assert_eq!(ask(good).await.error(), (401, "invalid_client".to_owned()), "a second time");
    }
}

#[tokio::test]
async fn an_agent_acts_for_its_person_and_one_below_it_for_both_with_less_each_time() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        world.resource(&admin, "https://second.example").await;
        let client = world.client(&admin, json!({})).await;
        let guard = world
            .client(&admin, json!({"authMethod": "client_secret_basic", "introspects": [RESOURCE]}))
            .await;
        let ada = world.sign_up("ada@example.com").await;
        let bob = world.sign_up("bob@example.com").await;
        let asked = [("resource", RESOURCE), ("scope", "openid read write")];
        let tokens = world.tokens(&ada, &client, &asked).await;
        let access = text(&tokens["access_token"]);
        let agent = world.agent(&ada).await;
        let below = world
            .post(
                "/api/auth/agents",
                json!({"name": "below", "permissions": [{"resource": "mcp:github:*", "actions": ["read"]}]}),
            )
            .bearer(&agent.token)
            .send()
            .await
            .expect(201);
        let below = Client { id: text(&below["id"]), secret: Some(text(&below["token"])) };
        let stranger = world.agent(&bob).await;
        let exchange = |id: &str, secret: &str, token: &str, more: &[(&str, &str)]| {
            let client = Client { id: id.to_owned(), secret: Some(secret.to_owned()) };
            let mut pairs: Vec<(String, String)> = vec![
                ("grant_type".into(), EXCHANGE.into()),
                ("subject_token".into(), token.into()),
                ("subject_token_type".into(), ACCESS.into()),
            ];
            pairs.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            let world = &world;
            async move {
                let pairs: Vec<(&str, &str)> =
                    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                world.token(&client, &pairs).await
            }
        };
        let first = exchange(&agent.id, &agent.token, &access, &[]).await.json();
        assert_eq!(
            (&first["scope"], &first["issued_token_type"]),
            (&json!("read"), &json!(ACCESS)),
            "{first}"
        );
        let first = text(&first["access_token"]);
        let said = claims(&first);
        assert_eq!(
            (&said["sub"], &said["act"]["sub"], &said["aud"]),
            (&json!(ada.id), &json!(agent.id), &json!(RESOURCE))
        );
        let secret = below.secret.clone().unwrap();
        let second = text(&exchange(&below.id, &secret, &first, &[]).await.json()["access_token"]);
        let said = claims(&second);
        assert_eq!(said["act"], json!({"sub": below.id, "act": {"sub": agent.id}}));
        assert!(said["exp"].as_i64() <= claims(&first)["exp"].as_i64());
        for (id, secret, token, more, error) in [
            (&stranger.id, &stranger.token, &access, ("x", "y"), "access_denied"),
            (&agent.id, &agent.token, &second, ("x", "y"), "access_denied"),
            (&agent.id, &agent.token, &access, ("resource", "https://second.example"), "invalid_target"),
            (&agent.id, &agent.token, &access, ("scope", "read delete"), "invalid_scope"),
            (&agent.id, &agent.token, &access, ("scope", "write"), "invalid_scope"),
            (&agent.id, &agent.token, &agent.token, ("x", "y"), "invalid_grant"),
            (&agent.id, &agent.token, &access, ("actor_token", "x"), "invalid_request"),
        ] {
            assert_eq!(exchange(id, secret, token, &[more]).await.error().1, error, "{more:?}");
        }
        let active = |token: String| {
            let (world, guard) = (&world, &guard);
            async move { world.introspect(guard, &token).await["active"].clone() }
        };
        assert_eq!((active(first.clone()).await, active(second.clone()).await), (json!(true), json!(true)));
        world
            .ask("POST", &format!("/api/auth/agents/{}/suspend", agent.id))
            .bearer(&ada.token)
            .send()
            .await
            .expect(200);
        assert_eq!(
            (active(first.clone()).await, active(second.clone()).await),
            (json!(false), json!(false)),
            "any link"
        );
        world
            .ask("POST", &format!("/api/auth/agents/{}/resume", agent.id))
            .bearer(&ada.token)
            .send()
            .await
            .expect(200);
        assert_eq!(active(second.clone()).await, json!(true));
        // What the person takes back ends everything that was made of it.
        world.post_form("/oauth/revoke", &client, &[("token", &text(&tokens["refresh_token"]))]).await;
        assert_eq!((active(first).await, active(second).await), (json!(false), json!(false)));
    }
}

#[tokio::test]
async fn a_device_gets_tokens_once_a_person_let_it_in() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let device = "urn:ietf:params:oauth:grant-type:device_code";
        let client =
            world.client(&admin, json!({"redirectUris": [], "grantTypes": [device, "refresh_token"]})).await;
        let ada = world.sign_up("ada@example.com").await;
        let asked =
            world.post_form("/oauth/device_authorization", &client, &[("scope", "openid read")]).await;
        assert_eq!(asked.status, 200, "{}", asked.text());
        let asked = asked.json();
        let code = text(&asked["device_code"]);
        let pending = world.token(&client, &[("grant_type", device), ("device_code", &code)]).await;
        assert_eq!(pending.error(), (400, "authorization_pending".to_owned()));
        assert_eq!(pending.header("cache-control"), Some("no-store"));
        let (browser, typed) = (world.browser().await, text(&asked["user_code"]));
        for path in ["/_fn/device/code", "/_fn/device/approve"] {
            world.press(&ada, &browser, path, &[("user_code", &typed)]).await;
        }
        world.clock.advance(Duration::from_secs(30));
        let pairs = [("grant_type", device), ("device_code", code.as_str())];
        let tokens = world.token(&client, &pairs).await.json();
        assert_eq!(
            (&tokens["scope"], &claims(&text(&tokens["access_token"]))["aud"]),
            (&json!("openid read"), &json!(RESOURCE)),
            "{tokens}"
        );
        assert!(tokens["id_token"].is_string());
        world.clock.advance(Duration::from_secs(30));
        assert_eq!(world.token(&client, &pairs).await.error().1, "invalid_grant", "once");
        assert_eq!(world.refresh(&client, &text(&tokens["refresh_token"])).await.status, 200);
    }
}

#[tokio::test]
async fn signing_out_by_way_of_a_client_takes_a_hint_or_the_persons_word() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let client =
            world.client(&admin, json!({"postLogoutRedirectUris": ["https://app.example/bye"]})).await;
        let ada = world.sign_up("ada@example.com").await;
        let hint = text(&world.tokens(&ada, &client, &[("scope", "openid")]).await["id_token"]);
        let browser = world.browser().await;
        let at = |pairs: &[(&str, &str)]| format!("/oauth/logout?{}", form(pairs));
        let is_in = || world.get("/api/auth/session").bearer(&ada.token).send();
        // Neither without a hint nor with a spoilt one.
        let page = world.visit(&ada, &browser, &at(&[("client_id", &client.id)])).await;
        assert_eq!((page.status.as_u16(), is_in().await.status.as_u16()), (200, 200));
        let spoilt = world.visit(&ada, &browser, &at(&[("id_token_hint", &hint[..hint.len() - 3])])).await;
        assert_eq!((spoilt.status.as_u16(), is_in().await.status.as_u16()), (400, 200));
        let bob = world.sign_up("bob@example.com").await;
        let other = world.visit(&bob, &browser, &at(&[("id_token_hint", &hint)])).await;
        assert_eq!(other.status, 200, "another person is asked");
        world.get("/api/auth/session").bearer(&bob.token).send().await.expect(200);
        let evil = [
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", "https://evil.example"),
            ("state", "s"),
        ];
        let left = world.visit(&bob, &browser, &at(&evil)).await;
        assert_eq!(left.header("location"), None);
        let good = [
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", "https://app.example/bye"),
            ("state", "s"),
        ];
        let left = world.visit(&ada, &browser, &at(&good)).await;
        assert_eq!(left.header("location"), Some("https://app.example/bye?state=s"));
        is_in().await.refused(401, "unauthenticated");
        let asked =
            form(&[("client_id", &client.id), ("post_logout_redirect_uri", "https://app.example/bye")]);
        let pressed = world.press(&bob, &browser, "/_fn/leave", &[("request", &asked)]).await;
        assert_eq!(pressed.header("location"), Some("https://app.example/bye"));
        world.get("/api/auth/session").bearer(&bob.token).send().await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_key_is_published_before_it_signs_and_as_long_as_what_it_signed_is_valid() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let client = world.client(&admin, json!({})).await;
        let ada = world.sign_up("ada@example.com").await;
        let kid = |token: &str| {
            let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
            text(&serde_json::from_slice::<Value>(&header).unwrap()["kid"])
        };
        let published = || async {
            let set = world.get("/oauth/jwks").send().await.json();
            set["keys"].as_array().unwrap().iter().map(|key| text(&key["kid"])).collect::<Vec<_>>()
        };
        let before = text(&world.tokens(&ada, &client, &[("scope", "openid")]).await["access_token"]);
        let listed = keys::rotate(&world.kavach, false).await.unwrap();
        assert_eq!(listed.iter().filter(|key| key.state == "next").count(), 3);
        assert_eq!(published().await.len(), 6, "before they sign");
        let still = text(&world.tokens(&ada, &client, &[]).await["access_token"]);
        assert_eq!(kid(&still), kid(&before));
        world.clock.advance(Duration::from_secs(86_400 + 1));
        let ada = world.sign_in("ada@example.com").await;
        let after = text(&world.tokens(&ada, &client, &[("scope", "openid")]).await["access_token"]);
        assert_ne!(kid(&after), kid(&before));
        let now = published().await;
        assert!(now.contains(&kid(&before)) && now.contains(&kid(&after)));
        assert_eq!(world.get("/oauth/userinfo").bearer(&after).send().await.status, 200);
    }
}

#[tokio::test]
async fn no_spelling_of_a_private_address_is_ever_connected_to() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let world = worlds().await.remove(0);
    let browser = world.browser().await;
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "x.localhost",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0000::1]",
        "0.0.0.0",
        "0",
        "[::]",
        "127.0.0.2",
        "127.255.255.254",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00::1]",
        "[fc00::1]",
        "100.64.0.1",
        "192.0.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "user@127.0.0.1",
        "app.example@127.0.0.1",
        "127.0.0.1%2f",
        "①②⑦.0.0.1",
        "127。0。0。1",
    ];
    assert!(hosts.len() >= 40);
    for host in hosts {
        for scheme in ["https", "http", "gopher", "HTTPS"] {
            let id = format!("{scheme}://{host}:{port}/client.json");
            let query = form(&[("client_id", &id), ("redirect_uri", REDIRECT), ("response_type", "code")]);
            let page = world
                .get(&format!("/oauth/authorize?{query}"))
                .header("cookie", &browser)
                .header("accept", "text/html");
            let reply = page.send().await;
            assert_eq!((reply.status.as_u16(), reply.header("location")), (400, None), "{id}");
            assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "{id}");
        }
    }
    let asked = parameters("x?y=z");
    assert_eq!(asked["y"], "z");
}

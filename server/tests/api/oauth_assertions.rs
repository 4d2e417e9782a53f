//! Whoever a trusted issuer vouches for: workloads and people (RFC 7523, ID-JAG), and our own word for others.

use crate::oauth_flow::{Client, FORM, RESOURCE, claims, form};
use crate::world::{Person, Reply, World, text, worlds, worlds_with};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kavach_service::clock::Clock as _;
use kavach_service::config::{Config, TrustedIssuer};
use kavach_service::oauth::signing::{self, Algorithm, SigningKey};
use ring::hmac;
use serde_json::{Value, json};
use std::sync::Arc;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const CI: &str = "https://ci.example";
const IDP: &str = "https://idp.example";
const SUBJECT: &str = "repo:acme/web:ref:refs/heads/main";

fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::from_pkcs8(algorithm, &signing::generate(algorithm).unwrap()).unwrap()
}

/// Keys of a platform and of a provider, and of somebody else.
struct Keys {
    ci: SigningKey,
    idp: SigningKey,
    other: SigningKey,
}

impl Keys {
    fn new() -> Arc<Self> {
        let of = key;
        Arc::new(Self { ci: of(Algorithm::Es256), idp: of(Algorithm::EdDsa), other: of(Algorithm::Es256) })
    }

    fn ci(&self) -> TrustedIssuer {
        TrustedIssuer {
            issuer: CI.to_owned(),
            jwks: Some(json!({"keys": [self.ci.jwk()]})),
            subject: Some("repo:acme/*:ref:refs/heads/main".to_owned()),
            ..TrustedIssuer::default()
        }
    }

    fn idp(&self) -> TrustedIssuer {
        TrustedIssuer {
            issuer: IDP.to_owned(),
            jwks: Some(json!({"keys": [self.idp.jwk()]})),
            identity_assertions: true,
            ..TrustedIssuer::default()
        }
    }
}

/// Claims with changes; null takes one away.
fn with(mut claims: Value, change: Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn word(world: &World, jti: &str) -> Value {
    let now = world.clock.now().as_millis() / 1_000;
    json!({
        "iss": CI, "sub": SUBJECT, "aud": world.kavach.config().public_url,
        "iat": now, "nbf": now, "exp": now + 300, "jti": jti, "environment": "production",
    })
}

fn person_word(world: &World, client: &Client, jti: &str) -> Value {
    let now = world.clock.now().as_millis() / 1_000;
    json!({
        "iss": IDP, "sub": "u1", "aud": world.kavach.config().public_url, "client_id": client.id,
        "iat": now, "exp": now + 300, "jti": jti, "scope": "read write", "resource": RESOURCE,
    })
}

async fn bring(world: &World, assertion: &str, pairs: &[(&str, &str)]) -> Reply {
    let mut all = vec![("grant_type", JWT_BEARER), ("assertion", assertion)];
    all.extend(pairs);
    world.ask("POST", "/oauth/token").raw(FORM, form(&all)).send().await
}

async fn bring_as(world: &World, client: &Client, assertion: &str, pairs: &[(&str, &str)]) -> Reply {
    let mut all = vec![("grant_type", JWT_BEARER), ("assertion", assertion)];
    all.extend(pairs);
    world.token(client, &all).await
}

/// Forms of a token that was not signed as it says.
fn spoilt(
    world: &World,
    keys: &Keys,
    good: &Value,
    signer: &SigningKey,
    typ: &str,
) -> Vec<(&'static str, String)> {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let public = signer.jwk().to_string();
    let signed =
        format!("{}.{}", part(&json!({"alg": "HS256", "typ": typ, "kid": signer.kid()})), part(good));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, public.as_bytes()), signed.as_bytes());
    let whole = signer.sign(typ, good).unwrap();
    let (head, signature) = whole.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let foreign = keys.other.sign(typ, good).unwrap();
    let (_, foreign_signature) = foreign.rsplit_once('.').unwrap();
    let now = world.clock.now().as_millis() / 1_000;
    let said = |change: Value| signer.sign(typ, &with(good.clone(), change)).unwrap();
    vec![
        ("none", format!("{}.{}.", part(&json!({"alg": "none", "typ": typ})), part(good))),
        ("none, signed", format!("{}.{}.{signature}", part(&json!({"alg": "none"})), part(good))),
        ("public key as secret", format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))),
        ("another's key", foreign.clone()),
        ("another's signature", format!("{head}.{foreign_signature}")),
        ("other claims", format!("{header}.{}.{signature}", part(&with(good.clone(), json!({"x": 1}))))),
        ("a key in the header", {
            let header = json!({"alg": "ES256", "typ": typ, "jwk": keys.other.jwk()});
            format!("{}.{}.{foreign_signature}", part(&header), part(good))
        }),
        ("no signature", head.to_owned()),
        ("no token", "x".to_owned()),
        ("access token", signer.sign("at+jwt", good).unwrap()),
        ("logout token", signer.sign("logout+jwt", good).unwrap()),
        ("another issuer", said(json!({"iss": "https://evil.example"}))),
        ("its name with a slash", said(json!({"iss": format!("{}/", text(&good["iss"]))}))),
        ("no issuer", said(json!({"iss": null}))),
        ("for somebody else", said(json!({"aud": "https://other.example"}))),
        ("for the token endpoint", said(json!({"aud": format!("{}/oauth/token", text(&good["aud"]))}))),
        ("for several", said(json!({"aud": [good["aud"], "https://other.example"]}))),
        ("for nobody", said(json!({"aud": null}))),
        ("over", said(json!({"iat": now - 400, "nbf": now - 400, "exp": now - 61}))),
        ("for ever", said(json!({"exp": now + 30 * 86_400}))),
        ("too long", said(json!({"exp": now + 3_600 + 120}))),
        ("no end", said(json!({"exp": null}))),
        ("an end in words", said(json!({"exp": (now + 300).to_string()}))),
        ("no beginning", said(json!({"iat": null}))),
        ("of tomorrow", said(json!({"iat": now + 3_000, "nbf": now + 3_000, "exp": now + 3_300}))),
        ("not yet", said(json!({"nbf": now + 200}))),
        ("about nobody", said(json!({"sub": null}))),
        ("about an empty name", said(json!({"sub": ""}))),
        ("without a name of its own", said(json!({"jti": null}))),
        ("with an empty one", said(json!({"jti": ""}))),
    ]
}

#[tokio::test]
async fn a_workload_is_the_agent_its_platform_says_it_is() {
    let keys = Keys::new();
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let agent = world.agent(&admin).await;
        let rule = TrustedIssuer { agent: Some(agent.id.parse().unwrap()), ..keys.ci() };
        let strict = TrustedIssuer {
            subject: Some("repo:acme/web:*".to_owned()),
            claims: [("environment".to_owned(), "production".to_owned())].into(),
            ..rule.clone()
        };
        let world = world.reconfigured(|config| config.oauth.trusted_issuers = vec![strict.clone()]).await;
        let document = world.get("/.well-known/oauth-authorization-server").send().await.json();
        assert!(document["grant_types_supported"].as_array().unwrap().contains(&json!(JWT_BEARER)));
        let asked = [("resource", RESOURCE)];
        let said = keys.ci.sign("JWT", &word(&world, "j1")).unwrap();
        let reply = bring(&world, &said, &asked).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let answer = reply.json();
        assert_eq!((answer.get("refresh_token"), &answer["scope"]), (None, &json!("read")), "what it may");
        let token = claims(&text(&answer["access_token"]));
        assert_eq!(
            (&token["sub"], &token["client_id"], &token["aud"]),
            (&json!(agent.id), &json!(agent.id), &json!(RESOURCE))
        );
        // Once.
        assert_eq!(bring(&world, &said, &asked).await.error(), (400, "invalid_grant".to_owned()));
        // Its name may stand beside it, and no other.
        let named = keys.ci.sign("JWT", &word(&world, "j2")).unwrap();
        let other = world.agent(&admin).await;
        let as_other = Client { id: other.id.clone(), secret: Some(other.token.clone()) };
        assert_eq!(
            bring_as(&world, &as_other, &named, &asked).await.error(),
            (400, "invalid_grant".to_owned())
        );
        let as_itself = Client { id: agent.id.clone(), secret: Some(agent.token.clone()) };
        assert_eq!(bring_as(&world, &as_itself, &named, &asked).await.status, 200);
        assert_eq!(
            bring(&world, &keys.ci.sign("JWT", &word(&world, "j3")).unwrap(), &[]).await.error().1,
            "invalid_target"
        );
        for change in [
            json!({"sub": "repo:acme/api:ref:refs/heads/main"}),
            json!({"sub": "repo:acme/web"}),
            json!({"environment": "staging"}),
            json!({"environment": null}),
            json!({"environment": ["production"]}),
        ] {
            let said = keys.ci.sign("JWT", &with(word(&world, "j4"), change.clone())).unwrap();
            assert_eq!(
                bring(&world, &said, &asked).await.error(),
                (400, "invalid_grant".to_owned()),
                "{change}"
            );
        }
        for (what, said) in spoilt(&world, &keys, &word(&world, "j5"), &keys.ci, "JWT") {
            assert_eq!(
                bring(&world, &said, &asked).await.error(),
                (400, "invalid_grant".to_owned()),
                "{what}"
            );
        }
        // Fifty at once: one token.
        let said = keys.ci.sign("JWT", &word(&world, "j6")).unwrap();
        let all = futures::future::join_all((0..50).map(|_| bring(&world, &said, &asked))).await;
        assert_eq!(all.iter().filter(|reply| reply.status == 200).count(), 1);
        // Stopped, it is nobody.
        let path = format!("/api/auth/agents/{}/suspend", agent.id);
        world.ask("POST", &path).bearer(&admin.token).send().await.expect(200);
        let said = keys.ci.sign("JWT", &word(&world, "j7")).unwrap();
        assert_eq!(bring(&world, &said, &asked).await.error(), (400, "invalid_grant".to_owned()));
        // Every refusal is recorded.
        let log =
            world.get("/api/auth/audit?kind=oauth.token_refused").bearer(&admin.token).send().await.json();
        assert!(log.to_string().contains("jwt-bearer"), "{log}");
    }
}

#[tokio::test]
async fn a_workload_may_be_a_client_and_come_again_where_its_platform_works_like_that() {
    let keys = Keys::new();
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let secret = |grants: &[&str]| json!({"authMethod": "client_secret_basic", "grantTypes": grants, "scope": "read"});
        let client = world.client(&admin, secret(&[JWT_BEARER])).await;
        let unfit = world.client(&admin, secret(&["client_credentials"])).await;
        let rule = |client: &Client, subject: &str| TrustedIssuer {
            client: Some(client.id.clone()),
            subject: Some(subject.to_owned()),
            audience: Some("kavach".to_owned()),
            reusable: true,
            ..keys.ci()
        };
        let rules = vec![rule(&client, SUBJECT), rule(&unfit, "repo:acme/unfit:*")];
        let world = world.reconfigured(|config| config.oauth.trusted_issuers = rules.clone()).await;
        let asked = [("resource", RESOURCE)];
        // As Kubernetes writes them: no typ that matters, one audience in a list, a name of its own that comes again.
        let said = with(word(&world, "k1"), json!({"aud": ["kavach"], "jti": null}));
        let said = keys.ci.sign("JWT", &said).unwrap();
        for _ in 0..2 {
            let reply = bring(&world, &said, &asked).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            assert_eq!(claims(&text(&reply.json()["access_token"]))["sub"], client.id);
        }
        let more = [("resource", RESOURCE), ("scope", "write")];
        assert_eq!(bring(&world, &said, &more).await.error(), (400, "invalid_scope".to_owned()));
        let said = with(word(&world, "k2"), json!({"aud": "kavach", "sub": "repo:acme/unfit:x"}));
        let said = keys.ci.sign("JWT", &said).unwrap();
        assert_eq!(bring(&world, &said, &asked).await.error(), (400, "unauthorized_client".to_owned()));
        let disable = format!("/api/auth/clients/{}/disable", client.id);
        world.ask("POST", &disable).bearer(&admin.token).send().await;
        let said = keys.ci.sign("JWT", &with(word(&world, "k3"), json!({"aud": "kavach"}))).unwrap();
        assert_eq!(bring(&world, &said, &asked).await.error(), (400, "invalid_grant".to_owned()));
    }
}

#[tokio::test]
async fn keys_of_a_trusted_issuer_are_not_fetched_from_private_addresses() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let keys = Keys::new();
    let rule = TrustedIssuer {
        jwks: None,
        jwks_uri: Some(format!("https://127.0.0.1:{port}/keys")),
        client: Some("clt_1".to_owned()),
        ..keys.ci()
    };
    for world in worlds_with(|config: &mut Config| config.oauth.trusted_issuers = vec![rule.clone()]).await {
        let said = keys.ci.sign("JWT", &word(&world, "j1")).unwrap();
        assert_eq!(
            bring(&world, &said, &[("resource", RESOURCE)]).await.error(),
            (400, "invalid_grant".to_owned())
        );
        assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }
}

async fn enterprise(world: World, keys: &Keys) -> (World, Person, Client) {
    let admin = world.admin("admin@example.com").await;
    world.resource(&admin, RESOURCE).await;
    let said = json!({"authMethod": "client_secret_basic", "grantTypes": [JWT_BEARER]});
    let client = world.client(&admin, said).await;
    let rule = keys.idp();
    let world = world.reconfigured(|config| config.oauth.trusted_issuers = vec![rule.clone()]).await;
    (world, admin, client)
}

#[tokio::test]
async fn a_provider_vouches_for_a_person_who_is_known_here_to_one_client() {
    let keys = Keys::new();
    for world in worlds().await {
        let (world, admin, client) = enterprise(world, &keys).await;
        let document = world.get("/.well-known/openid-configuration").send().await.json();
        let profile = json!(["urn:ietf:params:oauth:grant-profile:id-jag"]);
        assert_eq!(document["authorization_grant_profiles_supported"], profile);
        let ada = world.sign_up("ada@example.com").await;
        let typ = "oauth-id-jag+jwt";
        let sign = |claims: &Value| keys.idp.sign(typ, claims).unwrap();
        // Nobody linked that account yet.
        let early = sign(&person_word(&world, &client, "p0"));
        assert_eq!(bring_as(&world, &client, &early, &[]).await.error(), (400, "invalid_grant".to_owned()));
        world.link(&ada, IDP, "u1").await;
        let said = sign(&person_word(&world, &client, "p1"));
        let reply = bring_as(&world, &client, &said, &[("scope", "read")]).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let answer = reply.json();
        assert_eq!(
            (answer.get("refresh_token"), answer.get("id_token"), &answer["scope"]),
            (None, None, &json!("read"))
        );
        let token = claims(&text(&answer["access_token"]));
        assert_eq!(
            (&token["sub"], &token["client_id"], &token["aud"]),
            (&json!(ada.id), &json!(client.id), &json!(RESOURCE))
        );
        assert_eq!(
            bring_as(&world, &client, &said, &[]).await.error(),
            (400, "invalid_grant".to_owned()),
            "once"
        );
        let good = person_word(&world, &client, "p2");
        for (what, said) in spoilt(&world, &keys, &good, &keys.idp, typ) {
            let error = bring_as(&world, &client, &said, &[]).await.error();
            assert_eq!(error, (400, "invalid_grant".to_owned()), "{what}");
        }
        let secret = json!({"authMethod": "client_secret_basic", "grantTypes": [JWT_BEARER]});
        let other = world.client(&admin, secret).await;
        let unfit = world.client(&admin, json!({"authMethod": "client_secret_basic"})).await;
        let cases = [
            (&other, good.clone(), "invalid_grant"),
            (&unfit, good.clone(), "unauthorized_client"),
            (&client, with(good.clone(), json!({"client_id": other.id})), "invalid_grant"),
            (&client, with(good.clone(), json!({"client_id": null})), "invalid_grant"),
            (&client, with(good.clone(), json!({"client_id": [client.id]})), "invalid_grant"),
            (&client, with(good.clone(), json!({"sub": "u2"})), "invalid_grant"),
            (&client, with(good.clone(), json!({"resource": "https://unknown.example"})), "invalid_target"),
            (&client, with(good.clone(), json!({"resource": 7})), "invalid_grant"),
            (&client, with(good.clone(), json!({"scope": ["read"]})), "invalid_grant"),
            (&client, with(good.clone(), json!({"scope": "openid"})), "invalid_scope"),
        ];
        for (client, claims, error) in cases {
            let reply = bring_as(&world, client, &sign(&claims), &[]).await;
            assert_eq!(reply.error(), (400, error.to_owned()), "{claims}");
        }
        // More than the provider said, another server, nobody to bring it, the word of a workload.
        for (pairs, error) in [
            ([("scope", "read admin")], "invalid_scope"),
            ([("resource", "https://other.example")], "invalid_target"),
        ] {
            assert_eq!(bring_as(&world, &client, &sign(&good), &pairs).await.error().1, error);
        }
        assert_eq!(bring(&world, &sign(&good), &[]).await.error(), (401, "invalid_client".to_owned()));
        let plain = keys.idp.sign("JWT", &good).unwrap();
        assert_eq!(bring_as(&world, &client, &plain, &[]).await.error(), (400, "invalid_grant".to_owned()));
        // What was refused is still good for whom it is for; then it is not, fifty times at once.
        let all = futures::future::join_all(
            (0..50).map(|_| bring_as(&world, &client, sign_ref(&good, &keys), &[])),
        )
        .await;
        assert_eq!(all.iter().filter(|reply| reply.status == 200).count(), 1);
        // Whoever was switched off here is nobody, whatever the provider says.
        let path = format!("/api/auth/users/{}/disable", ada.id);
        world.ask("POST", &path).bearer(&admin.token).send().await.expect(200);
        let late = sign(&person_word(&world, &client, "p9"));
        assert_eq!(bring_as(&world, &client, &late, &[]).await.error(), (400, "invalid_grant".to_owned()));
    }
}

/// The same assertion for many.
fn sign_ref(claims: &Value, keys: &Keys) -> &'static str {
    Box::leak(keys.idp.sign("oauth-id-jag+jwt", claims).unwrap().into_boxed_str())
}

#[tokio::test]
async fn our_word_for_a_person_is_for_a_server_that_was_named_and_a_client_that_is_known_there() {
    const ELSEWHERE: &str = "https://as.other.example";
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let said =
            json!({"authMethod": "client_secret_basic", "grantTypes": ["authorization_code", EXCHANGE]});
        let client = world.client(&admin, said.clone()).await;
        let unlisted = world.client(&admin, said).await;
        let audience = json!({"issuer": ELSEWHERE, "clients": {client.id.clone(): "their-client"}});
        let audience: kavach_service::config::AssertionAudience = serde_json::from_value(audience).unwrap();
        let world =
            world.reconfigured(|config| config.oauth.assertion_audiences = vec![audience.clone()]).await;
        let document = world.get("/.well-known/openid-configuration").send().await.json();
        assert_eq!(document["identity_chaining_requested_token_types_supported"], json!([ID_JAG]));
        let ada = world.sign_up("ada@example.com").await;
        let id_token = text(&world.tokens(&ada, &client, &[("scope", "openid")]).await["id_token"]);
        let theirs = text(&world.tokens(&ada, &unlisted, &[("scope", "openid")]).await["id_token"]);
        let ask = async |client: &Client, changes: &[(&str, &str)]| {
            let usual = [
                ("grant_type", EXCHANGE),
                ("requested_token_type", ID_JAG),
                ("subject_token_type", ID_TOKEN),
                ("subject_token", id_token.as_str()),
                ("audience", ELSEWHERE),
                ("resource", "https://mcp.other.example/"),
                ("scope", "chat.read"),
            ];
            let kept = usual.iter().filter(|(name, _)| !changes.iter().any(|(known, _)| known == name));
            let pairs: Vec<(&str, &str)> =
                kept.chain(changes.iter().filter(|(_, value)| !value.is_empty())).copied().collect();
            world.token(client, &pairs).await
        };
        let reply = ask(&client, &[]).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let answer = reply.json();
        assert_eq!((&answer["token_type"], &answer["issued_token_type"]), (&json!("N_A"), &json!(ID_JAG)));
        let word = text(&answer["access_token"]);
        let header: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(word.split('.').next().unwrap()).unwrap())
                .unwrap();
        assert_eq!(header["typ"], "oauth-id-jag+jwt");
        let said = claims(&word);
        let expected = json!({
            "iss": world.kavach.config().public_url, "sub": ada.id, "aud": ELSEWHERE, "client_id": "their-client",
            "scope": "chat.read", "resource": "https://mcp.other.example",
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&said[name], value, "{said}");
        }
        assert!(
            said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap() <= 300 && said["jti"].is_string()
        );
        // It is no access token, no ID token and no word for ourselves.
        assert_eq!(world.get("/oauth/userinfo").bearer(&word).send().await.status, 401);
        for (who, changes, error) in [
            (&client, [("audience", "https://evil.example")], "invalid_target"),
            (&client, [("audience", "")], "invalid_request"),
            (
                &client,
                [("subject_token_type", "urn:ietf:params:oauth:token-type:access_token")],
                "invalid_request",
            ),
            (&client, [("subject_token", theirs.as_str())], "invalid_grant"),
            (&client, [("subject_token", word.as_str())], "invalid_grant"),
            (&client, [("subject_token", "x")], "invalid_grant"),
            (&client, [("resource", "https://a.example/#x")], "invalid_target"),
            (&unlisted, [("subject_token", theirs.as_str())], "unauthorized_client"),
        ] {
            assert_eq!(ask(who, &changes).await.error(), (400, error.to_owned()), "{changes:?}");
        }
        // Nobody is vouched for who signed out.
        world.ask("POST", "/api/auth/sign-out").bearer(&ada.token).send().await;
        assert_eq!(ask(&client, &[]).await.error(), (400, "invalid_grant".to_owned()));
    }
}

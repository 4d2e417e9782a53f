//! What must not work at the OAuth endpoints: each a named fact.

use crate::oauth_flow::{Client, FORM, REDIRECT, RESOURCE, VERIFIER, claims, form, parameters};
use crate::world::{Person, World, text, worlds};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::join_all;
use kavach_service::clock::Clock as _;
use serde_json::{Value, json};
use std::time::Duration;

async fn setting(world: &World, change: Value) -> (Person, Person, Client) {
    let admin = world.admin("admin@example.com").await;
    world.resource(&admin, RESOURCE).await;
    let client = world.client(&admin, change).await;
    let ada = world.sign_up("ada@example.com").await;
    (admin, ada, client)
}

/// Spellings of a redirect URI that is registered as `https://app.example/cb`, none of which is it.
fn variants() -> Vec<String> {
    let mut all: Vec<String> = [
        "https://app.example/cb/",
        "https://app.example/cb/..",
        "https://app.example/cb/../cb",
        "https://app.example/x/../cb",
        "https://app.example/cb/.",
        "https://app.example/./cb",
        "https://app.example//cb",
        "https://app.example/cb//",
        "https://app.example/CB",
        "https://APP.example/cb",
        "HTTPS://app.example/cb",
        "https://app.example:443/cb",
        "https://app.example:8443/cb",
        "https://app.example./cb",
        "https://app.example/cb?",
        "https://app.example/cb?x=1",
        "https://app.example/cb?code=stolen",
        "https://app.example/cb#",
        "https://app.example/cb#x",
        "https://app.example/cb&x=1",
        "https://app.example/cb;x",
        "https://app.example/cb;/../x",
        "https://app.example/cb..;/",
        "https://app.example/..;/cb",
        "https://app.example/%63b",
        "https://app.example/cb%2f",
        "https://app.example/cb%2F..",
        "https://app.example/cb%00",
        "https://app.example/cb%0d%0aX: y",
        "https://app.example/cb%23",
        "https://app.example/cb%3fx",
        "https://app.example/cbx",
        "https://app.example/c",
        "https://app.example/",
        "https://app.example",
        "http://app.example/cb",
        "//app.example/cb",
        "/cb",
        "cb",
        "app.example/cb",
        "https:app.example/cb",
        "https:/app.example/cb",
        "https:///app.example/cb",
        "https:\\\\app.example\\cb",
        "https://app.example\\cb",
        "https://app.example/cb\\",
        "https://evil.example/cb",
        "https://evil.example/https://app.example/cb",
        "https://app.example.evil.example/cb",
        "https://app.exampleevil/cb",
        "https://evilapp.example/cb",
        "https://xapp.example/cb",
        "https://app-example/cb",
        "https://appXexample/cb",
        "https://app.example@evil.example/cb",
        "https://evil.example@app.example/cb",
        "https://user:pass@app.example/cb",
        "https://evil.example#app.example/cb",
        "https://evil.example?app.example/cb",
        "https://evil.example/?https://app.example/cb",
        "https://sub.app.example/cb",
        "https://*.example/cb",
        "https://*/cb",
        "*",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://app.example/cb",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://app.example/cb",
        "about:blank",
        "app:cb",
        "urn:ietf:wg:oauth:2.0:oob",
        "https://127.0.0.1/cb",
        "http://127.0.0.1/cb",
        "http://localhost/cb",
        "http://[::1]/cb",
        " https://app.example/cb",
        "https://app.example/cb ",
        "https://app.example/cb\t",
        "https://app.exa\nmple/cb",
        "https://app.example/cb\u{0}",
        "https://\u{0430}pp.example/cb",
        "https://app.example/cb\u{200b}",
        "https://app\u{3002}example/cb",
        "https://app.example/c\u{0062}\u{0301}",
        "https://xn--pp-7kc.example/cb",
    ]
    .iter()
    .map(|text| (*text).to_owned())
    .collect();
    all.push(format!("https://app.example/cb?{}", "a".repeat(3_000)));
    all
}

#[tokio::test]
async fn no_spelling_of_a_redirect_uri_but_the_registered_one_is_answered() {
    for world in worlds().await {
        let (_, ada, client) = setting(&world, json!({})).await;
        let browser = world.browser().await;
        assert!(variants().len() >= 60);
        for uri in variants() {
            let reply = world.visit(&ada, &browser, &world.request(&client, &[("redirect_uri", &uri)])).await;
            assert_eq!((reply.status.as_u16(), reply.header("location")), (400, None), "{uri}");
            assert!(reply.text().contains(reply.header("x-request-id").unwrap()), "{uri}: {}", reply.text());
        }
        let missing = world.visit(&ada, &browser, &world.request(&client, &[("redirect_uri", "")])).await;
        assert_eq!((missing.status.as_u16(), missing.header("location")), (400, None));
    }
}

#[tokio::test]
async fn of_a_loopback_address_the_port_may_differ_and_nothing_else() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let client = world.client(&admin, json!({"redirectUris": ["http://127.0.0.1/cb"]})).await;
        let ada = world.sign_up("ada@example.com").await;
        let browser = world.browser().await;
        for (uri, good) in [
            ("http://127.0.0.1/cb", true),
            ("http://127.0.0.1:49152/cb", true),
            ("http://127.0.0.1:49152/other", false),
            ("http://localhost:49152/cb", false),
            ("http://127.0.0.2:49152/cb", false),
            ("https://127.0.0.1:49152/cb", false),
            ("http://127.0.0.1:99999/cb", false),
            ("http://127.0.0.1:49152@evil.example/cb", false),
        ] {
            let reply = world.visit(&ada, &browser, &world.request(&client, &[("redirect_uri", uri)])).await;
            assert_eq!(reply.header("location").is_some(), good, "{uri}");
        }
        // A program on the machine may be any program: it is asked about each time.
        let uri = ("redirect_uri", "http://127.0.0.1:49152/cb");
        world.code(&ada, &client, &[uri]).await;
        let again = world.visit(&ada, &browser, &world.request(&client, &[uri])).await;
        assert!(again.header("location").unwrap().starts_with("/consent?"));
    }
}

#[tokio::test]
async fn a_parameter_that_comes_twice_ends_the_request() {
    for world in worlds().await {
        let (_, ada, client) = setting(&world, json!({})).await;
        let browser = world.browser().await;
        for name in [
            "client_id",
            "redirect_uri",
            "response_type",
            "state",
            "scope",
            "code_challenge",
            "nonce",
            "prompt",
        ] {
            let twice = format!("{}&{name}=x&{name}=x", world.request(&client, &[]));
            let reply = world.visit(&ada, &browser, &twice).await;
            assert_eq!((reply.status.as_u16(), reply.header("location")), (400, None), "{name}");
        }
        for name in ["grant_type", "code", "client_id", "code_verifier", "redirect_uri", "refresh_token", "x"]
        {
            let body =
                format!("grant_type=authorization_code&client_id={}&code=x&{name}=1&{name}=2", client.id);
            let reply = world.ask("POST", "/oauth/token").raw(FORM, body).send().await;
            assert_eq!(reply.error(), (400, "invalid_request".to_owned()), "{name}");
        }
        let huge = format!("{}&scope={}", world.request(&client, &[]), "a+".repeat(20_000));
        assert_eq!(world.visit(&ada, &browser, &huge).await.status, 400);
    }
}

#[tokio::test]
async fn without_a_challenge_of_s256_there_is_no_code() {
    for world in worlds().await {
        let (_, ada, client) = setting(&world, json!({"authMethod": "client_secret_post"})).await;
        for changes in [
            &[("code_challenge", "")][..],
            &[("code_challenge_method", "")],
            &[("code_challenge_method", "plain")],
            &[("code_challenge_method", "s256")],
            &[("code_challenge", "short")],
            &[("code_challenge", VERIFIER), ("code_challenge_method", "plain")],
            &[("code_challenge", ""), ("code_challenge_method", "")],
        ] {
            let location = world.let_in(&ada, &client, changes).await;
            let back = parameters(&location);
            assert!(location.starts_with(REDIRECT) && !back.contains_key("code"), "{changes:?}");
            assert_eq!(
                (back["error"].as_str(), back["state"].as_str()),
                ("invalid_request", "st"),
                "{changes:?}"
            );
            assert_eq!(back["iss"], world.kavach.config().public_url);
        }
    }
}

#[tokio::test]
async fn a_code_is_redeemed_with_its_verifier_by_its_client_and_not_spoilt_by_others() {
    for world in worlds().await {
        let (admin, ada, client) = setting(&world, json!({})).await;
        let other = world.client(&admin, json!({})).await;
        let code = world.code(&ada, &client, &[]).await;
        let with = |client: Client, verifier: String, redirect: &'static str| {
            let (world, code) = (&world, code.clone());
            async move {
                let pairs = [
                    ("grant_type", "authorization_code"),
                    ("code", code.as_str()),
                    ("code_verifier", &verifier),
                    ("redirect_uri", redirect),
                ];
                world.token(&client, &pairs).await.error()
            }
        };
        let grant = (400, "invalid_grant".to_owned());
        assert_eq!(with(other.clone(), VERIFIER.to_owned(), REDIRECT).await, grant);
        assert_eq!(with(client.clone(), VERIFIER.replace('a', "b"), REDIRECT).await, grant);
        assert_eq!(with(client.clone(), crate::oauth_flow::challenge(), REDIRECT).await, grant);
        assert_eq!(with(client.clone(), "short".to_owned(), REDIRECT).await, grant);
        assert_eq!(with(client.clone(), "a".repeat(129), REDIRECT).await, grant);
        assert_eq!(with(client.clone(), String::new(), REDIRECT).await, (400, "invalid_request".to_owned()));
        assert_eq!(with(client.clone(), VERIFIER.to_owned(), "https://evil.example/cb").await, grant);
        assert_eq!(world.redeem(&client, &code).await.status, 200, "nobody spoilt it");
        let late = world.code(&ada, &client, &[]).await;
        world.clock.advance(Duration::from_secs(61));
        assert_eq!(world.redeem(&client, &late).await.error(), grant);
    }
}

#[tokio::test]
async fn of_fifty_redemptions_of_one_code_one_gets_tokens_and_a_later_one_ends_them() {
    for world in worlds().await {
        let (_, ada, client) = setting(&world, json!({})).await;
        let code = world.code(&ada, &client, &[]).await;
        let replies = join_all((0..50).map(|_| world.redeem(&client, &code))).await;
        let won: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
        assert_eq!(won.len(), 1);
        let good = |reply: &crate::world::Reply| {
            matches!(reply.status.as_u16(), 200 | 503) || reply.error().1 == "invalid_grant"
        };
        assert!(replies.iter().all(good));
        assert_eq!(world.redeem(&client, &code).await.error().1, "invalid_grant");
        let refresh = text(&won[0].json()["refresh_token"]);
        assert_eq!(world.refresh(&client, &refresh).await.error().1, "invalid_grant");
    }
}

#[tokio::test]
async fn of_fifty_browsers_that_bring_one_pushed_request_one_gets_a_code() {
    for world in worlds().await {
        let (_, ada, client) = setting(&world, json!({"authMethod": "client_secret_basic"})).await;
        world.let_in(&ada, &client, &[]).await;
        let query = parameters(&world.request(&client, &[]));
        let pairs: Vec<(&str, &str)> =
            query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let pushed = world.post_form("/oauth/par", &client, &pairs).await.json();
        let name = text(&pushed["request_uri"]);
        let path = format!("/oauth/authorize?{}", form(&[("client_id", &client.id), ("request_uri", &name)]));
        let browser = world.browser().await;
        let replies = join_all((0..50).map(|_| world.visit(&ada, &browser, &path))).await;
        let codes = replies.iter().filter_map(|reply| reply.header("location"));
        let codes: Vec<&str> = codes.filter(|location| parameters(location).contains_key("code")).collect();
        assert_eq!(codes.len(), 1, "{codes:?}");
        assert_eq!(replies.iter().filter(|reply| reply.status == 400).count(), 49);
    }
}

#[tokio::test]
async fn of_fifty_refreshes_all_get_the_one_successor_and_a_late_one_ends_the_family() {
    for world in worlds().await {
        let (_, ada, client) = setting(&world, json!({})).await;
        let first = text(&world.tokens(&ada, &client, &[]).await["refresh_token"]);
        let mut replies = join_all((0..50).map(|_| world.refresh(&client, &first))).await;
        // Who found no connection to the database asks again, as any client does.
        for reply in replies.iter_mut().filter(|reply| reply.status == 503) {
            *reply = world.refresh(&client, &first).await;
        }
        let successors: std::collections::HashSet<String> =
            replies.iter().map(|reply| text(&reply.json()["refresh_token"])).collect();
        assert_eq!(successors.len(), 1);
        let second = successors.into_iter().next().unwrap();
        world.clock.advance(Duration::from_secs(61));
        let third = text(&world.refresh(&client, &second).await.json()["refresh_token"]);
        assert_eq!(world.refresh(&client, &first).await.error().1, "invalid_grant", "long after");
        assert_eq!(world.refresh(&client, &third).await.error().1, "invalid_grant", "the family ended");
    }
}

#[tokio::test]
async fn a_used_refresh_token_whose_successor_was_used_ends_the_family_even_within_the_grace() {
    for world in worlds().await {
        let (_, ada, client) = setting(&world, json!({})).await;
        let first = text(&world.tokens(&ada, &client, &[]).await["refresh_token"]);
        let second = text(&world.refresh(&client, &first).await.json()["refresh_token"]);
        let third = text(&world.refresh(&client, &second).await.json()["refresh_token"]);
        assert_eq!(world.refresh(&client, &first).await.error().1, "invalid_grant");
        assert_eq!(world.refresh(&client, &third).await.error().1, "invalid_grant");
    }
}

#[tokio::test]
async fn a_refresh_token_is_its_clients_and_only_ever_narrows() {
    for world in worlds().await {
        let (admin, ada, client) = setting(&world, json!({})).await;
        world.resource(&admin, "https://second.example").await;
        let other = world.client(&admin, json!({})).await;
        let tokens = world.tokens(&ada, &client, &[("resource", RESOURCE), ("scope", "read write")]).await;
        let mut refresh = text(&tokens["refresh_token"]);
        assert_eq!(world.refresh(&other, &refresh).await.error().1, "invalid_grant");
        for (name, value, error) in [
            ("scope", "read write openid", "invalid_scope"),
            ("resource", "https://second.example", "invalid_target"),
            ("resource", "https://nowhere.example", "invalid_target"),
            ("resource", "nonsense", "invalid_target"),
        ] {
            let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str()), (name, value)];
            assert_eq!(world.token(&client, &pairs).await.error(), (400, error.to_owned()), "{name}={value}");
        }
        let narrow =
            [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str()), ("scope", "read")];
        let narrowed = world.token(&client, &narrow).await.json();
        assert_eq!(
            (&narrowed["scope"], &claims(&text(&narrowed["access_token"]))["aud"]),
            (&json!("read"), &json!(RESOURCE))
        );
        refresh = text(&narrowed["refresh_token"]);
        assert_eq!(
            world.refresh(&client, &refresh).await.json()["scope"],
            "read write",
            "the grant stays as it was"
        );
        world.clock.advance(Duration::from_secs(31 * 86_400));
        assert_eq!(
            world.refresh(&client, &refresh).await.error().1,
            "invalid_grant",
            "however often it was used"
        );
    }
}

#[tokio::test]
async fn a_client_proves_who_it_is_in_its_own_way_and_in_one() {
    for world in worlds().await {
        let (_, _, client) = setting(&world, json!({"authMethod": "client_secret_basic"})).await;
        let secret = client.secret.clone().unwrap();
        let invalid = (401, "invalid_client".to_owned());
        let ask = |pairs: Vec<(&'static str, String)>, basic: Option<String>| {
            let world = &world;
            async move {
                let pairs: Vec<(&str, &str)> =
                    pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let mut ask = world.ask("POST", "/oauth/token").raw(FORM, form(&pairs));
                if let Some(basic) = basic {
                    ask = ask.header("authorization", basic);
                }
                ask.send().await
            }
        };
        let refresh = || vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", "x".to_owned())];
        let with = |name: &'static str, value: &str| {
            let mut pairs = refresh();
            pairs.push(("client_id", client.id.clone()));
            pairs.push((name, value.to_owned()));
            pairs
        };
        assert_eq!(ask(refresh(), None).await.error(), invalid);
        assert_eq!(ask(with("x", "y"), None).await.error(), invalid, "no secret");
        assert_eq!(ask(with("client_secret", "wrong"), None).await.error(), invalid);
        assert_eq!(
            ask(with("client_secret", &secret), None).await.error().1,
            "invalid_grant",
            "the right one"
        );
        let wrong = ask(refresh(), Some("Basic d3Jvbmc6d3Jvbmc=".to_owned())).await;
        assert_eq!(wrong.error(), invalid);
        assert!(wrong.header("www-authenticate").unwrap().starts_with("Basic"));
        let both = ask(with("client_secret", &secret), Some("Basic d3Jvbmc6d3Jvbmc=".to_owned())).await;
        assert_eq!(both.error(), (400, "invalid_request".to_owned()));
        for unknown in ["clt_01jd3x6n9qk8v2m4c7t0wzr5ab", "nobody", "https://app.example/client"] {
            let mut pairs = refresh();
            pairs.push(("client_id", unknown.to_owned()));
            assert_eq!(ask(pairs, None).await.error(), invalid, "{unknown}");
        }
        let reply = world.get("/oauth/token").send().await;
        assert_eq!((reply.status.as_u16(), reply.header("allow")), (405, Some("POST")));
    }
}

#[tokio::test]
async fn scripts_of_any_site_may_ask_for_tokens_and_none_may_authorize() {
    for world in worlds().await {
        let ask = |path: &str| {
            let ask = world.ask("OPTIONS", path).header("origin", "https://inspector.example");
            ask.header("access-control-request-method", "POST").send()
        };
        for path in ["/oauth/token", "/oauth/jwks", "/oauth/revoke", "/.well-known/openid-configuration"] {
            let reply = ask(path).await;
            assert_eq!(
                (reply.status.as_u16(), reply.header("access-control-allow-origin")),
                (204, Some("*")),
                "{path}"
            );
            assert_eq!(reply.header("access-control-allow-credentials"), None, "{path}");
        }
        for path in ["/oauth/authorize", "/consent", "/api/auth/session"] {
            assert_eq!(ask(path).await.header("access-control-allow-origin"), None, "{path}");
        }
    }
}

/// A token of ours, spoilt in every way somebody tried elsewhere.
fn forgeries(token: &str, jwks: &Value) -> Vec<String> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("{token}") };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let head: Value = serde_json::from_slice(&decode(header)).unwrap();
    let body: Value = serde_json::from_slice(&decode(payload)).unwrap();
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let with = |value: &Value, name: &str, to: Value| {
        let mut changed = value.clone();
        changed[name] = to;
        changed
    };
    let key = &jwks["keys"][0];
    let mut forged = Vec::new();
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "PS256", "EdDSA", "ES384",
        "es256",
    ] {
        let head = encode(&with(&head, "alg", json!(alg)));
        forged.push(format!("{head}.{payload}.{signature}"));
        forged.push(format!("{head}.{payload}."));
        let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key.to_string().as_bytes());
        let tag = ring::hmac::sign(&secret, format!("{head}.{payload}").as_bytes());
        forged.push(format!("{head}.{payload}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref())));
    }
    for (name, value) in [
        ("jwk", key.clone()),
        ("jku", json!("https://evil.example/jwks")),
        ("x5u", json!("https://evil.example/x5u")),
        ("x5c", json!(["AAAA"])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("kid", json!("../../dev/null")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", json!(["x"])),
        ("kid", Value::Null),
        ("typ", json!("JWT")),
        ("typ", json!("dpop+jwt")),
        ("typ", Value::Null),
    ] {
        forged.push(format!("{}.{payload}.{signature}", encode(&with(&head, name, value))));
    }
    for (name, value) in [
        ("sub", json!("usr_01jd3x6n9qk8v2m4c7t0wzr5ab")),
        ("aud", json!("https://other.example")),
        ("scope", json!("openid admin")),
        ("exp", json!(99_999_999_999_i64)),
        ("exp", json!("99999999999")),
        ("iss", json!("https://evil.example")),
        ("grant_id", json!("gnt_01jd3x6n9qk8v2m4c7t0wzr5ab")),
    ] {
        forged.push(format!("{header}.{}.{signature}", encode(&with(&body, name, value))));
    }
    let twice = body.to_string().replacen('{', "{\"sub\":\"usr_01jd3x6n9qk8v2m4c7t0wzr5ab\",", 1);
    forged.push(format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(twice)));
    forged.extend([
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
        format!("{header}.{payload}.{}", &signature[..signature.len() - 4]),
        format!("{header}.{payload}.{signature}AAAA"),
        format!("{header}.{payload}.{signature}.{signature}"),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{payload}.{header}.{signature}"),
        format!("{header}==.{payload}.{signature}"),
        "..".to_owned(),
        json!({"payload": payload, "protected": header, "signature": signature}).to_string(),
        "a".repeat(15_000),
    ]);
    forged
}

#[tokio::test]
async fn no_forged_token_is_taken() {
    for world in worlds().await {
        let (_, ada, client) = setting(&world, json!({"authMethod": "client_secret_basic"})).await;
        let tokens = world.tokens(&ada, &client, &[("scope", "openid")]).await;
        let token = text(&tokens["access_token"]);
        let jwks = world.get("/oauth/jwks").send().await.json();
        let forged = forgeries(&token, &jwks);
        assert!(forged.len() >= 40, "{}", forged.len());
        for forged in forged {
            let told = world.get("/oauth/userinfo").bearer(&forged).send().await;
            assert_eq!(told.status, 401, "{forged}: {}", told.text());
            assert_eq!(world.introspect(&client, &forged).await, json!({"active": false}), "{forged}");
        }
        // Whole, but of another kind or too old.
        let id = text(&tokens["id_token"]);
        assert_eq!(world.introspect(&client, &id).await, json!({"active": false}));
        for wrong in [&id, &client.id, &ada.token, client.secret.as_ref().unwrap()] {
            assert_eq!(world.get("/oauth/userinfo").bearer(wrong).send().await.status, 401);
            assert_eq!(world.get("/api/auth/session").bearer(&token).send().await.status, 401, "no session");
        }
        assert_eq!(world.get("/oauth/userinfo").bearer(&token).send().await.status, 200);
        world.clock.advance(Duration::from_secs(601));
        assert_eq!(world.get("/oauth/userinfo").bearer(&token).send().await.status, 401);
    }
}

#[tokio::test]
async fn a_session_whose_second_factor_is_due_lets_nobody_in() {
    for world in worlds().await {
        let (_, ada, client) = setting(&world, json!({})).await;
        let browser = world.browser().await;
        world.tokens(&ada, &client, &[]).await;
        let enroll = world.ask("POST", "/api/auth/totp/enroll").bearer(&ada.token).send().await.expect(200);
        let app = totp_rs::Builder::new()
            .with_secret(totp_rs::Secret::try_from_base32(text(&enroll["secret"])).unwrap())
            .with_account_name("ada")
            .build()
            .unwrap();
        let code = app.generate(world.clock.now().as_millis() as u64 / 1_000).to_string();
        world
            .post("/api/auth/totp/confirm", json!({"code": code}))
            .bearer(&ada.token)
            .send()
            .await
            .expect(200);
        let body = json!({"email": "ada@example.com", "password": crate::world::PASSWORD});
        let half = world.post("/api/auth/sign-in/email", body).send().await.expect(200);
        let half = Person { id: ada.id.clone(), token: text(&half["token"]) };
        let asked = world.visit(&half, &browser, &world.request(&client, &[])).await;
        assert!(asked.header("location").unwrap().starts_with("/sign-in?"), "{:?}", asked.header("location"));
        let quiet = world.visit(&half, &browser, &world.request(&client, &[("prompt", "none")])).await;
        assert_eq!(parameters(quiet.header("location").unwrap())["error"], "login_required");
    }
}

#[tokio::test]
async fn nobody_answers_somebody_elses_question() {
    for world in worlds().await {
        let (_, ada, client) = setting(&world, json!({})).await;
        let bob = world.sign_up("bob@example.com").await;
        let browser = world.browser().await;
        let asked = world.visit(&ada, &browser, &world.request(&client, &[])).await;
        let request = asked.header("location").unwrap().strip_prefix("/consent?request=").unwrap().to_owned();
        // Another browser, whoever sits before it.
        for (person, browser) in [(&bob, world.browser().await), (&ada, world.browser().await)] {
            let pressed = world.press(person, &browser, "/_fn/consent/allow", &[("request", &request)]).await;
            assert!(
                pressed.header("location").unwrap().starts_with("/consent?"),
                "{:?}",
                pressed.header("location")
            );
        }
        // A form of another site.
        let form = form(&[("request", request.as_str())]);
        let ask = world.ask("POST", "/_fn/consent/allow").cookie(&ada.token).header("cookie", &browser);
        assert_eq!(ask.header("origin", "https://evil.example").raw(FORM, form).send().await.status, 403);
        let done = world.press(&ada, &browser, "/_fn/consent/allow", &[("request", &request)]).await;
        assert!(done.header("location").unwrap().starts_with(REDIRECT));
    }
}

#[tokio::test]
async fn what_was_used_stays_used_after_a_restart() {
    for world in worlds().await {
        let (_, ada, client) = setting(&world, json!({})).await;
        let code = world.code(&ada, &client, &[]).await;
        let first = text(&world.redeem(&client, &code).await.json()["refresh_token"]);
        let second = text(&world.refresh(&client, &first).await.json()["refresh_token"]);
        world.refresh(&client, &second).await;
        let world = world.restarted().await;
        assert_eq!(world.refresh(&client, &first).await.error().1, "invalid_grant");
        assert_eq!(world.redeem(&client, &code).await.error().1, "invalid_grant");
    }
}

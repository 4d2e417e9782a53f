//! What clients are for: finding out, being let in, getting tokens, and losing them.

use crate::oauth_flow::{REDIRECT, RESOURCE, claims, form, parameters};
use crate::world::{text, worlds, worlds_with};
use serde_json::json;
use std::time::Duration;

const SECRET: fn() -> serde_json::Value = || json!({"authMethod": "client_secret_basic"});

#[tokio::test]
async fn discovery_is_the_same_to_the_letter_wherever_clients_look() {
    for world in worlds().await {
        let first = world.get("/.well-known/oauth-authorization-server").send().await;
        let document = first.json();
        assert_eq!(document["issuer"], world.kavach.config().public_url);
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(document["authorization_response_iss_parameter_supported"], true);
        assert_eq!(document["client_id_metadata_document_supported"], true);
        for path in [
            "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server/mcp",
            "/.well-known/openid-configuration/a/b",
            "/tenant/.well-known/openid-configuration",
            "/tenant/.well-known/oauth-authorization-server",
        ] {
            let other = world.get(path).header("origin", "https://inspector.example").send().await;
            assert_eq!(other.body, first.body, "{path}");
            assert_eq!(other.header("access-control-allow-origin"), Some("*"), "{path}");
            assert_eq!(other.header("access-control-allow-credentials"), None, "{path}");
        }
        let keys = world.get("/oauth/jwks").send().await.json();
        let algorithms: Vec<_> =
            keys["keys"].as_array().unwrap().iter().map(|key| text(&key["alg"])).collect();
        assert_eq!(algorithms.len(), 3, "{keys}");
        assert!(keys.to_string().find("\"d\"").is_none());
        assert_eq!(world.get("/oauth/jwks").send().await.json(), keys, "made once");
    }
}

#[tokio::test]
async fn nothing_is_issued_under_an_address_that_is_not_safe() {
    for world in worlds_with(|config| config.public_url = "http://id.example.com".to_owned()).await {
        let reply = world.get("/.well-known/oauth-authorization-server").send().await;
        assert_eq!(reply.status, 404);
        let page = world.get("/oauth/authorize?client_id=x").header("accept", "text/html").send().await;
        assert_eq!((page.status.as_u16(), page.header("location")), (400, None));
    }
}

#[tokio::test]
async fn a_person_lets_a_client_in_and_it_gets_what_was_agreed_to() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let client = world.client(&admin, json!({"name": "Reader"})).await;
        let ada = world.sign_up("ada@example.com").await;
        let asked = [("scope", "openid email read offline_access"), ("resource", RESOURCE), ("nonce", "n1")];
        let location = world.let_in(&ada, &client, &asked).await;
        assert!(location.starts_with(&format!("{REDIRECT}?code=kv_code_")), "{location}");
        let back = parameters(&location);
        assert_eq!(
            (back["state"].as_str(), back["iss"].as_str()),
            ("st", world.kavach.config().public_url.as_str())
        );
        let reply = world.redeem(&client, &back["code"]).await;
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let tokens = reply.json();
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(600)));
        let access = claims(&text(&tokens["access_token"]));
        assert_eq!((&access["aud"], &access["sub"]), (&json!(RESOURCE), &json!(ada.id)));
        assert_eq!(
            (&access["client_id"], &access["scope"]),
            (&json!(client.id), &json!("email offline_access openid read"))
        );
        let id = claims(&text(&tokens["id_token"]));
        assert_eq!(
            (&id["aud"], &id["nonce"], &id["email"]),
            (&json!(client.id), &json!("n1"), &json!("ada@example.com"))
        );
        // The record of the token is found by its jti, and was there before the answer.
        let record = world
            .get(&format!("/api/auth/audit/{}", text(&access["jti"])))
            .bearer(&ada.token)
            .send()
            .await
            .expect(200);
        assert_eq!(record["kind"], "oauth.token_issued");
        let next = world.refresh(&client, &text(&tokens["refresh_token"])).await.json();
        assert_eq!(claims(&text(&next["access_token"]))["aud"], RESOURCE);
        assert_ne!(next["refresh_token"], tokens["refresh_token"]);
    }
}

#[tokio::test]
async fn a_client_that_names_no_scope_gets_what_the_server_gives_by_default() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let client = world.client(&admin, json!({})).await;
        let ada = world.sign_up("ada@example.com").await;
        // Written in another way, it is the same server.
        let tokens = world.tokens(&ada, &client, &[("resource", "HTTPS://MCP.example:443/mcp")]).await;
        assert_eq!(tokens["scope"], "read");
        assert_eq!(claims(&text(&tokens["access_token"]))["aud"], RESOURCE);
        let location = world.let_in(&ada, &client, &[("resource", "https://other.example")]).await;
        assert_eq!(parameters(&location)["error"], "invalid_target");
        // Scopes nobody knows are passed over.
        let tokens =
            world.tokens(&ada, &client, &[("resource", RESOURCE), ("scope", "write nonsense")]).await;
        assert_eq!(tokens["scope"], "write");
    }
}

#[tokio::test]
async fn a_registered_site_is_let_in_again_without_asking_and_asked_about_for_more() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let client = world.client(&admin, json!({})).await;
        let ada = world.sign_up("ada@example.com").await;
        let browser = world.browser().await;
        let ask = |scope: &'static str, prompt: &'static str| {
            world.request(&client, &[("resource", RESOURCE), ("scope", scope), ("prompt", prompt)])
        };
        let quiet = world.visit(&ada, &browser, &ask("read", "none")).await;
        assert_eq!(parameters(quiet.header("location").unwrap())["error"], "consent_required");
        world.tokens(&ada, &client, &[("resource", RESOURCE), ("scope", "read")]).await;
        let quiet = world.visit(&ada, &browser, &ask("read", "none")).await;
        assert!(parameters(quiet.header("location").unwrap()).contains_key("code"));
        let more = world.visit(&ada, &browser, &ask("read write", "")).await;
        let page = world.visit(&ada, &browser, more.header("location").unwrap()).await.text();
        assert!(
            page.contains("new") && page.contains("Read your repositories") && page.contains("app.example"),
            "{page}"
        );
        let forced = world.visit(&ada, &browser, &ask("read", "consent")).await;
        assert!(forced.header("location").unwrap().starts_with("/consent?"));
        // Let out again on the account page, it has to ask.
        let out = world.press(&ada, &browser, "/_fn/account/apps/revoke", &[("client", &client.id)]).await;
        assert_eq!(out.header("location"), Some("/account/apps"));
        let quiet = world.visit(&ada, &browser, &ask("read", "none")).await;
        assert_eq!(parameters(quiet.header("location").unwrap())["error"], "consent_required");
    }
}

#[tokio::test]
async fn who_is_not_signed_in_signs_in_and_comes_back_to_the_question() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let client = world.client(&admin, json!({})).await;
        let browser = world.browser().await;
        let nobody =
            |path: String| world.get(&path).header("cookie", &browser).header("accept", "text/html").send();
        let asked = nobody(world.request(&client, &[("login_hint", "ada@example.com")])).await;
        let location = asked.header("location").unwrap().to_owned();
        let detour = parameters(&location);
        assert!(location.starts_with("/sign-in?") && detour["login_hint"] == "ada@example.com", "{location}");
        let ada = world.sign_up("ada@example.com").await;
        let page = world.visit(&ada, &browser, &detour["return_to"]).await;
        assert_eq!(page.status, 200, "{}", page.text());
        // In another browser the question does not exist.
        let elsewhere = world.visit(&ada, &world.browser().await, &detour["return_to"]).await;
        assert_eq!(elsewhere.status, 410);
        let quiet = nobody(world.request(&client, &[("prompt", "none")])).await;
        assert_eq!(parameters(quiet.header("location").unwrap())["error"], "login_required");
        // Somebody posts the request from their own site.
        let posted = world.ask("POST", "/oauth/authorize").header("origin", "https://app.example");
        let posted =
            posted.raw("application/x-www-form-urlencoded", form(&[("client_id", &client.id)])).send().await;
        assert_eq!(
            (posted.status.as_u16(), posted.header("location").unwrap().split('?').next()),
            (303, Some("/oauth/authorize"))
        );
    }
}

#[tokio::test]
async fn a_proof_that_is_too_old_is_made_again_before_anything_is_given() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let client = world.client(&admin, json!({})).await;
        let ada = world.sign_up("ada@example.com").await;
        let browser = world.browser().await;
        world.tokens(&ada, &client, &[]).await;
        world.clock.advance(Duration::from_secs(120));
        for (name, value) in [("prompt", "login"), ("max_age", "60")] {
            let reply = world.visit(&ada, &browser, &world.request(&client, &[(name, value)])).await;
            let to = reply.header("location").unwrap();
            assert!(to.starts_with("/account/confirm?return_to="), "{name}: {to}");
            let question = parameters(to)["return_to"].clone();
            let early = world.visit(&ada, &browser, &question).await;
            assert!(early.header("location").unwrap().starts_with("/account/confirm?"), "{name}");
        }
        let recent = world.visit(&ada, &browser, &world.request(&client, &[("max_age", "10000")])).await;
        assert!(recent.header("location").unwrap().starts_with(REDIRECT));
        let strong =
            world.visit(&ada, &browser, &world.request(&client, &[("acr_values", "urn:kavach:acr:2")])).await;
        let error = parameters(strong.header("location").unwrap())["error"].clone();
        assert_eq!(error, "unmet_authentication_requirements");
        let both = world.request(&client, &[("max_age", "60"), ("prompt", "none")]);
        let quiet = world.visit(&ada, &browser, &both).await;
        assert_eq!(parameters(quiet.header("location").unwrap())["error"], "login_required");
    }
}

#[tokio::test]
async fn denying_tells_the_client_and_gives_it_nothing() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let client = world.client(&admin, json!({})).await;
        let ada = world.sign_up("ada@example.com").await;
        let browser = world.browser().await;
        let asked = world.visit(&ada, &browser, &world.request(&client, &[])).await;
        let request = asked.header("location").unwrap().strip_prefix("/consent?request=").unwrap().to_owned();
        let page = world.visit(&ada, &browser, &format!("/consent?request={request}")).await;
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("form-action"), "{policy}");
        let denied = world.press(&ada, &browser, "/_fn/consent/deny", &[("request", &request)]).await;
        let back = parameters(denied.header("location").unwrap());
        assert_eq!(
            (back["error"].as_str(), back["state"].as_str(), back.contains_key("iss")),
            ("access_denied", "st", true)
        );
        let again = world.press(&ada, &browser, "/_fn/consent/allow", &[("request", &request)]).await;
        assert!(again.header("location").unwrap().starts_with("/consent?"), "answered once");
    }
}

#[tokio::test]
async fn a_token_is_good_until_it_is_taken_back_and_whoever_may_not_know_learns_nothing() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let client = world.client(&admin, SECRET()).await;
        let other = world.client(&admin, SECRET()).await;
        let mut guard = SECRET();
        guard["introspects"] = json!([RESOURCE]);
        guard["grantTypes"] = json!(["client_credentials"]);
        let guard = world.client(&admin, guard).await;
        let ada = world.sign_up("ada@example.com").await;
        let tokens = world.tokens(&ada, &client, &[("resource", RESOURCE), ("scope", "openid read")]).await;
        let access = text(&tokens["access_token"]);
        let seen = world.introspect(&guard, &access).await;
        assert_eq!(
            (&seen["active"], &seen["sub"], &seen["scope"]),
            (&json!(true), &json!(ada.id), &json!("openid read"))
        );
        assert_eq!(world.introspect(&client, &access).await["active"], true);
        assert_eq!(world.introspect(&other, &access).await, json!({"active": false}));
        assert_eq!(world.introspect(&client, "nonsense").await, json!({"active": false}));
        let public = world.client(&admin, json!({})).await;
        let refused = world.post_form("/oauth/introspect", &public, &[("token", &access)]).await;
        assert_eq!(refused.error(), (401, "invalid_client".to_owned()));
        // Somebody else's client takes nothing back.
        let reply = world.post_form("/oauth/revoke", &other, &[("token", &access)]).await;
        assert_eq!(reply.status, 200);
        assert_eq!(world.introspect(&guard, &access).await["active"], true);
        let reply =
            world.post_form("/oauth/revoke", &client, &[("token", &text(&tokens["refresh_token"]))]).await;
        assert_eq!(reply.status, 200);
        assert_eq!(world.introspect(&guard, &access).await, json!({"active": false}));
        assert_eq!(
            world.refresh(&client, &text(&tokens["refresh_token"])).await.error(),
            (400, "invalid_grant".to_owned())
        );
        assert_eq!(world.post_form("/oauth/revoke", &client, &[("token", "unknown")]).await.status, 200);
    }
}

#[tokio::test]
async fn userinfo_tells_what_was_agreed_to_by_get_and_by_post() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let client = world.client(&admin, json!({})).await;
        let ada = world.sign_up("ada@example.com").await;
        let tokens = world.tokens(&ada, &client, &[("scope", "openid email profile")]).await;
        let access = text(&tokens["access_token"]);
        let told = world.get("/oauth/userinfo").bearer(&access).send().await.json();
        assert_eq!(
            (&told["sub"], &told["email"], &told["name"]),
            (&json!(ada.id), &json!("ada@example.com"), &json!("Somebody"))
        );
        assert_eq!(world.ask("POST", "/oauth/userinfo").bearer(&access).send().await.json(), told);
        let body = form(&[("access_token", &access)]);
        let posted =
            world.ask("POST", "/oauth/userinfo").raw("application/x-www-form-urlencoded", body).send().await;
        assert_eq!(posted.json(), told);
        // One for another server is not for us, and an ID token is no access token.
        let elsewhere =
            world.tokens(&ada, &client, &[("scope", "openid read"), ("resource", RESOURCE)]).await;
        for wrong in [&text(&elsewhere["access_token"]), &text(&tokens["id_token"]), "x", &ada.token] {
            let reply = world.get("/oauth/userinfo").bearer(wrong).send().await;
            assert_eq!(reply.error(), (401, "invalid_token".to_owned()));
            assert!(reply.header("www-authenticate").unwrap().starts_with("Bearer error="));
        }
        assert_eq!(world.get("/oauth/userinfo").send().await.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn what_was_pushed_is_asked_by_its_name_once_by_its_client() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let mut strict = SECRET();
        strict["requirePushedAuthorizationRequests"] = json!(true);
        let client = world.client(&admin, strict).await;
        let other = world.client(&admin, json!({})).await;
        let ada = world.sign_up("ada@example.com").await;
        let location = world.let_in(&ada, &client, &[]).await;
        assert_eq!(parameters(&location)["error"], "invalid_request", "it must push");
        let query = world.request(&client, &[("nonce", "pushed")]);
        let pairs = parameters(&query);
        let pairs: Vec<(&str, &str)> =
            pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let pushed = world.post_form("/oauth/par", &client, &pairs).await;
        assert_eq!(pushed.status, 201, "{}", pushed.text());
        let name = text(&pushed.json()["request_uri"]);
        let of =
            |id: &str| format!("/oauth/authorize?{}", form(&[("client_id", id), ("request_uri", &name)]));
        let browser = world.browser().await;
        let stolen = world.visit(&ada, &browser, &of(&other.id)).await;
        assert_eq!((stolen.status.as_u16(), stolen.header("location")), (400, None));
        let asked = world.visit(&ada, &browser, &of(&client.id)).await;
        let request = asked.header("location").unwrap().strip_prefix("/consent?request=").unwrap().to_owned();
        // Used up by asking, not by the answer: nobody else gets a code while this one waits.
        let used = world.visit(&ada, &browser, &of(&client.id)).await;
        assert_eq!((used.status.as_u16(), used.header("location")), (400, None));
        let done = world.press(&ada, &browser, "/_fn/consent/allow", &[("request", &request)]).await;
        let code = parameters(done.header("location").unwrap())["code"].clone();
        let tokens = world.redeem(&client, &code).await.json();
        assert!(tokens["access_token"].is_string(), "{tokens}");
        let bad = world
            .post_form(
                "/oauth/par",
                &client,
                &[("redirect_uri", "https://evil.example"), ("response_type", "code")],
            )
            .await;
        assert_eq!(bad.error(), (400, "invalid_request".to_owned()));
    }
}

#[tokio::test]
async fn an_agent_gets_the_scopes_its_permissions_allow_and_loses_them_with_its_life() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let mut guard = SECRET();
        guard["introspects"] = json!([RESOURCE]);
        let guard = world.client(&admin, guard).await;
        let ada = world.sign_up("ada@example.com").await;
        let agent = world.agent(&ada).await;
        let as_client = crate::oauth_flow::Client { id: agent.id.clone(), secret: Some(agent.token.clone()) };
        let ask = |scope: &'static str| {
            let pairs = [("grant_type", "client_credentials"), ("resource", RESOURCE), ("scope", scope)];
            let client = as_client.clone();
            let world = &world;
            async move { world.token(&client, &pairs).await }
        };
        let tokens = ask("read write").await.json();
        assert_eq!(tokens["scope"], "read", "{tokens}");
        assert!(tokens["refresh_token"].is_null());
        let access = text(&tokens["access_token"]);
        assert_eq!((&claims(&access)["sub"], &claims(&access)["aud"]), (&json!(agent.id), &json!(RESOURCE)));
        assert_eq!(ask("write").await.error(), (400, "invalid_scope".to_owned()));
        assert_eq!(world.introspect(&guard, &access).await["active"], true);
        world
            .ask("DELETE", &format!("/api/auth/agents/{}", agent.id))
            .bearer(&ada.token)
            .send()
            .await
            .expect(200);
        assert_eq!(world.introspect(&guard, &access).await, json!({"active": false}));
        assert_eq!(ask("read").await.error(), (401, "invalid_client".to_owned()));
    }
}

#[tokio::test]
async fn nobody_keeps_tokens_whose_person_or_client_is_switched_off() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        world.resource(&admin, RESOURCE).await;
        let client = world.client(&admin, SECRET()).await;
        let ada = world.sign_up("ada@example.com").await;
        let bob = world.sign_up("bob@example.com").await;
        let of_ada = world.tokens(&ada, &client, &[("resource", RESOURCE)]).await;
        let of_bob = world.tokens(&bob, &client, &[("resource", RESOURCE)]).await;
        let waiting = world.code(&ada, &client, &[("resource", RESOURCE)]).await;
        world.ask("POST", &format!("/api/auth/users/{}/disable", ada.id)).bearer(&admin.token).send().await;
        assert_eq!(world.introspect(&client, &text(&of_ada["access_token"])).await["active"], false);
        assert_eq!(world.refresh(&client, &text(&of_ada["refresh_token"])).await.error().1, "invalid_grant");
        assert_eq!(world.redeem(&client, &waiting).await.error().1, "invalid_grant");
        assert_eq!(world.introspect(&client, &text(&of_bob["access_token"])).await["active"], true);
        world
            .ask("POST", &format!("/api/auth/clients/{}/disable", client.id))
            .bearer(&admin.token)
            .send()
            .await
            .expect(200);
        assert_eq!(
            world.refresh(&client, &text(&of_bob["refresh_token"])).await.error(),
            (401, "invalid_client".to_owned())
        );
        let page = world.visit(&bob, &world.browser().await, &world.request(&client, &[])).await;
        assert_eq!((page.status.as_u16(), page.header("location")), (400, None));
        world
            .ask("POST", &format!("/api/auth/clients/{}/enable", client.id))
            .bearer(&admin.token)
            .send()
            .await
            .expect(200);
        assert_eq!(
            world.refresh(&client, &text(&of_bob["refresh_token"])).await.error().1,
            "invalid_grant",
            "it stays ended"
        );
    }
}

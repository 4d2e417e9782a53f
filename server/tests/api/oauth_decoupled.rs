//! Asking a person on another device (OpenID Connect CIBA Core 1.0).

use crate::oauth_flow::{Client, RESOURCE, claims};
use crate::world::{Agent, Person, Reply, World, text, worlds, worlds_with};
use serde_json::{Value, json};
use std::time::Duration;

const CIBA: &str = "urn:openid:params:grant-type:ciba";
const SECOND: Duration = Duration::from_secs(1);

fn as_client(agent: &Agent) -> Client {
    Client { id: agent.id.clone(), secret: Some(agent.token.clone()) }
}

async fn asked(world: &World, client: &Client, pairs: &[(&str, &str)]) -> Reply {
    let mut all = vec![("resource", RESOURCE), ("scope", "read")];
    all.retain(|(name, _)| !pairs.iter().any(|(other, _)| other == name));
    all.extend(pairs.iter().filter(|(_, value)| !value.is_empty()));
    world.post_form("/oauth/bc-authorize", client, &all).await
}

async fn poll(world: &World, client: &Client, request: &str) -> Reply {
    world.token(client, &[("grant_type", CIBA), ("auth_req_id", request)]).await
}

async fn waiting(world: &World, person: &Person) -> Vec<Value> {
    let found = world.get("/api/auth/approvals?status=pending").bearer(&person.token).send().await.json();
    found["data"].as_array().unwrap().clone()
}

async fn answer(world: &World, person: &Person, approval: &Value, what: &str) {
    let path = format!("/api/auth/approvals/{}/{what}", text(&approval["id"]));
    world.post(&path, json!({})).bearer(&person.token).send().await.expect(200);
}

/// A server, and an agent of an ordinary person.
async fn setting(world: &World) -> (Person, Person, Agent) {
    let admin = world.admin("admin@example.com").await;
    world.resource(&admin, RESOURCE).await;
    let ada = world.sign_up("ada@example.com").await;
    let agent = world.agent(&ada).await;
    (admin, ada, agent)
}

#[tokio::test]
async fn an_agent_asks_its_person_waits_and_acts_for_them_once_they_agree() {
    for world in worlds().await {
        let (_, ada, agent) = setting(&world).await;
        let client = as_client(&agent);
        let document = world.get("/.well-known/openid-configuration").send().await.json();
        assert_eq!(document["backchannel_token_delivery_modes_supported"], json!(["poll"]));
        assert!(text(&document["backchannel_authentication_endpoint"]).ends_with("/oauth/bc-authorize"));
        assert!(document["grant_types_supported"].as_array().unwrap().contains(&json!(CIBA)));
        let reply = asked(
            &world,
            &client,
            &[("binding_message", "W4-SCT"), ("requested_expiry", "120"), ("scope", "read write")],
        )
        .await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("cache-control")),
            (200, Some("no-store")),
            "{}",
            reply.text()
        );
        let told = reply.json();
        assert_eq!((&told["expires_in"], &told["interval"]), (&json!(120), &json!(5)));
        let request = text(&told["auth_req_id"]);
        assert_eq!(poll(&world, &client, &request).await.error(), (400, "authorization_pending".to_owned()));
        assert_eq!(poll(&world, &client, &request).await.error(), (400, "slow_down".to_owned()));
        world.clock.advance(SECOND * 6);
        assert_eq!(poll(&world, &client, &request).await.error(), (400, "authorization_pending".to_owned()));
        let open = waiting(&world, &ada).await;
        assert_eq!(open.len(), 1);
        let path = format!("/api/auth/approvals/{}", text(&open[0]["id"]));
        let shown = world.get(&path).bearer(&ada.token).send().await.expect(200);
        assert_eq!(shown["arguments"]["scope"], "read", "what the agent may");
        assert_eq!(
            (&shown["arguments"]["message"], &shown["arguments"]["resource"]),
            (&json!("W4-SCT"), &json!([RESOURCE]))
        );
        let standing = json!({"grant": {"uses": 5, "minutes": 60}});
        let refused = world.post(&format!("{path}/approve"), standing).bearer(&ada.token).send().await;
        assert_eq!(refused.field(), "grant", "each is agreed to by itself");
        answer(&world, &ada, &open[0], "approve").await;
        // Of fifty that ask at once one is given it.
        let all = futures::future::join_all((0..50).map(|_| poll(&world, &client, &request))).await;
        let given: Vec<Value> = all.iter().filter(|reply| reply.status == 200).map(Reply::json).collect();
        assert_eq!(given.len(), 1);
        for other in all.iter().filter(|reply| reply.status != 200) {
            // Where the database has too much to do at once, whoever asks is told to come again.
            let error = other.error().1;
            assert!(["invalid_grant", "temporarily_unavailable"].contains(&error.as_str()), "{error}");
        }
        assert_eq!(poll(&world, &client, &request).await.error(), (400, "invalid_grant".to_owned()));
        assert_eq!((given[0].get("refresh_token"), &given[0]["scope"]), (None, &json!("read")));
        let token = text(&given[0]["access_token"]);
        let said = claims(&token);
        assert_eq!((&said["sub"], &said["act"]), (&json!(ada.id), &json!({"sub": agent.id})));
        assert_eq!((&said["aud"], &said["client_id"]), (&json!(RESOURCE), &json!(agent.id)));
        assert_eq!(world.introspect(&client, &token).await["active"], true);
        let used = world.get(&path).bearer(&ada.token).send().await.expect(200);
        assert_eq!(used["status"], "consumed");
        // It ends with the agent.
        let suspend = format!("/api/auth/agents/{}/suspend", agent.id);
        world.ask("POST", &suspend).bearer(&ada.token).send().await.expect(200);
        assert_eq!(poll(&world, &client, &request).await.error(), (401, "invalid_client".to_owned()));
    }
}

#[tokio::test]
async fn only_the_agents_own_person_is_asked_and_only_their_own_yes_counts() {
    for world in worlds().await {
        let (admin, ada, agent) = setting(&world).await;
        let client = as_client(&agent);
        let reader = world.client(&admin, json!({})).await;
        let hint = text(&world.tokens(&ada, &reader, &[("scope", "openid")]).await["id_token"]);
        let theirs = text(&world.tokens(&admin, &reader, &[("scope", "openid")]).await["id_token"]);
        let id = ada.id.clone();
        for (pairs, error) in [
            (vec![("login_hint", "admin@example.com")], "unknown_user_id"),
            (vec![("login_hint", "nobody@example.com")], "unknown_user_id"),
            // It was never shown to be hers.
            (vec![("login_hint", "ada@example.com")], "unknown_user_id"),
            (vec![("id_token_hint", theirs.as_str())], "unknown_user_id"),
            (vec![("id_token_hint", "x")], "unknown_user_id"),
            (vec![("id_token_hint", hint.as_str()), ("login_hint", id.as_str())], "invalid_request"),
            (vec![("login_hint_token", "x")], "invalid_request"),
            (vec![("request", "x")], "invalid_request"),
            (vec![("requested_expiry", "soon")], "invalid_request"),
            (vec![("requested_expiry", "0")], "invalid_request"),
            (vec![("binding_message", "a\u{202e}b")], "invalid_binding_message"),
            (vec![("binding_message", &*"x".repeat(201))], "invalid_binding_message"),
            (vec![("resource", "https://unknown.example")], "invalid_target"),
            (vec![("scope", "write")], "invalid_scope"),
            (vec![("scope", "openid")], "invalid_scope"),
        ] {
            assert_eq!(asked(&world, &client, &pairs).await.error(), (400, error.to_owned()), "{pairs:?}");
        }
        let confidential = world.client(&admin, json!({"authMethod": "client_secret_basic"})).await;
        assert_eq!(asked(&world, &confidential, &[]).await.error(), (400, "unauthorized_client".to_owned()));
        assert_eq!(poll(&world, &confidential, "x").await.error(), (400, "unauthorized_client".to_owned()));
        assert!(waiting(&world, &ada).await.is_empty(), "nobody was asked");
        // An administrator may answer, but not lend the agent somebody else.
        for (who, error) in [(&admin, Some("access_denied")), (&ada, None)] {
            let reply = asked(&world, &client, &[("id_token_hint", &hint)]).await;
            let request = text(&reply.json()["auth_req_id"]);
            answer(&world, who, &waiting(&world, &ada).await[0], "approve").await;
            // Nor is it another agent's.
            let other = world.agent(&ada).await;
            assert_eq!(poll(&world, &as_client(&other), &request).await.error().1, "invalid_grant");
            let reply = poll(&world, &client, &request).await;
            match error {
                Some(error) => assert_eq!(reply.error(), (400, error.to_owned())),
                None => assert_eq!(reply.status, 200, "{}", reply.text()),
            }
        }
    }
}

#[tokio::test]
async fn a_no_is_a_no_and_whoever_does_not_answer_says_nothing() {
    for world in worlds().await {
        let (_, ada, agent) = setting(&world).await;
        let client = as_client(&agent);
        let request = text(&asked(&world, &client, &[]).await.json()["auth_req_id"]);
        answer(&world, &ada, &waiting(&world, &ada).await[0], "deny").await;
        assert_eq!(poll(&world, &client, &request).await.error(), (400, "access_denied".to_owned()));
        // It may ask anew.
        let request =
            text(&asked(&world, &client, &[("requested_expiry", "60")]).await.json()["auth_req_id"]);
        world.clock.advance(SECOND * 61);
        assert_eq!(poll(&world, &client, &request).await.error(), (400, "expired_token".to_owned()));
        assert!(waiting(&world, &ada).await.is_empty());
        // A yes that nobody fetched in time is none any more.
        let request = text(&asked(&world, &client, &[]).await.json()["auth_req_id"]);
        answer(&world, &ada, &waiting(&world, &ada).await[0], "approve").await;
        world.clock.advance(world.kavach.config().approval.redeem_within + SECOND);
        assert_eq!(poll(&world, &client, &request).await.error(), (400, "expired_token".to_owned()));
        assert_eq!(poll(&world, &client, "kv_par_x").await.error(), (400, "invalid_grant".to_owned()));
        assert_eq!(
            world.token(&client, &[("grant_type", CIBA)]).await.error(),
            (400, "invalid_request".to_owned())
        );
    }
}

#[tokio::test]
async fn no_agent_floods_its_person() {
    for world in worlds_with(|config| config.rate_limit.enabled = true).await {
        let (_, ada, agent) = setting(&world).await;
        let second = world.agent(&ada).await;
        let mut open = 0;
        for turn in 0..30 {
            let who = if turn % 2 == 0 { &agent } else { &second };
            let reply = asked(&world, &as_client(who), &[]).await;
            match reply.status.as_u16() {
                200 => open += 1,
                _ => {
                    assert_eq!(reply.error(), (429, "temporarily_unavailable".to_owned()));
                    assert!(reply.header("retry-after").is_some());
                }
            }
        }
        assert_eq!((open, waiting(&world, &ada).await.len()), (10, 10));
    }
}

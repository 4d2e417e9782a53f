//! What an administrator finds when somebody reads them the number of an error page.

use crate::oauth_flow::{Client, REDIRECT, RESOURCE, VERIFIER, form};
use crate::world::{Person, World, text, worlds};
use serde_json::{Value, json};
use std::time::Duration;

impl World {
    /// Tries that match, as the API lists them.
    async fn traces(&self, admin: &Person, query: &str) -> Vec<Value> {
        let reply = self.get(&format!("/api/auth/oauth/traces{query}")).bearer(&admin.token).send().await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["data"].as_array().unwrap().clone()
    }

    /// The steps of the one try that matches.
    async fn steps(&self, admin: &Person, query: &str) -> (String, Vec<Value>) {
        let found = self.traces(admin, query).await;
        assert_eq!(found.len(), 1, "{query}: {found:?}");
        let path = format!("/api/auth/oauth/traces/{}", text(&found[0]["id"]));
        let trace = self.get(&path).bearer(&admin.token).send().await.expect(200);
        (text(&trace["outcome"]), trace["steps"].as_array().unwrap().clone())
    }
}

fn names(steps: &[Value]) -> Vec<String> {
    steps.iter().map(|step| text(&step["step"])).collect()
}

async fn prepared(world: &World) -> (Person, Person, Client) {
    let admin = world.admin("admin@example.com").await;
    world.resource(&admin, RESOURCE).await;
    let client = world.client(&admin, json!({"name": "Reader"})).await;
    (admin, world.sign_up("ada@example.com").await, client)
}

#[tokio::test]
async fn the_number_of_an_error_page_leads_to_the_value_at_fault() {
    for world in worlds().await {
        let (admin, ada, client) = prepared(&world).await;
        let browser = world.browser().await;
        let asked = world.request(&client, &[("redirect_uri", "https://app.example/other")]);
        let page = world.visit(&ada, &browser, &asked).await;
        assert_eq!(page.status, 400);
        let number = page.header("x-request-id").unwrap().to_owned();
        assert!(page.text().contains(&number), "a person can read it out");
        let (outcome, steps) = world.steps(&admin, &format!("?requestId={number}")).await;
        assert_eq!(outcome, "refused");
        assert_eq!(names(&steps), ["request.asked", "client.known", "redirect_uri.foreign"]);
        let fault = &steps[2];
        assert_eq!(fault["result"], "failed");
        assert_eq!(fault["detail"]["redirect_uri"], "https://app.example/other");
        assert_eq!(fault["detail"]["registered"], REDIRECT);
        assert!(text(&fault["sentence"]).contains("redirect URI"));

        for (change, step) in [
            (("client_id", "clt_01jd3x6n9qk8v2m4c7t0wzr5ab"), "client.unknown"),
            (("client_id", "https://127.0.0.1/client.json"), "document.refused"),
            (("request_uri", "urn:ietf:params:oauth:request_uri:kv_par_unknown"), "pushed.over"),
            (("state", "1&state=2"), "request.malformed"),
        ] {
            let path = match change.0 {
                "state" => format!("{}&state=again", world.request(&client, &[])),
                _ => world.request(&client, &[change]),
            };
            let page = world.visit(&ada, &browser, &path).await;
            if step == "pushed.over" && page.status == 303 {
                // A name that no pushed request can have is told to the client.
                continue;
            }
            let number = page.header("x-request-id").unwrap().to_owned();
            let (outcome, steps) = world.steps(&admin, &format!("?requestId={number}")).await;
            assert_eq!((outcome.as_str(), names(&steps).last().unwrap().as_str()), ("refused", step));
        }
    }
}

#[tokio::test]
async fn a_connection_is_traced_from_the_request_to_the_token_and_tells_no_secret() {
    for world in worlds().await {
        let (admin, ada, client) = prepared(&world).await;
        let asked = [("scope", "openid read"), ("resource", RESOURCE), ("nonce", "nonce-of-the-client")];
        let tokens = world.tokens(&ada, &client, &asked).await;
        let (outcome, steps) = world.steps(&admin, &format!("?client={}", client.id)).await;
        assert_eq!(outcome, "completed");
        let walked = [
            "request.asked",
            "client.known",
            "redirect_uri.fits",
            "parameters.hold",
            "person.agree",
            "consent.shown",
            "consent.allowed",
            "code.issued",
            "token.issued",
        ];
        assert_eq!(names(&steps), walked);
        assert_eq!(steps[0]["detail"]["scope"], "openid read");
        assert_ne!(steps[0]["requestId"], steps[8]["requestId"], "each in its own request");
        let written = serde_json::to_string(&steps).unwrap();
        let secrets =
            [text(&tokens["access_token"]), text(&tokens["refresh_token"]), text(&tokens["id_token"])];
        let never = ["kv_code_", "kv_par_", "kv_refresh_", VERIFIER, "nonce-of-the-client", "code_verifier"];
        for secret in secrets.iter().map(String::as_str).chain(never) {
            assert!(!written.contains(secret), "{secret}: {written}");
        }
        // A code that comes again is found at the try it is of.
        let code = world.code(&ada, &client, &[("resource", RESOURCE)]).await;
        assert_eq!(world.redeem(&client, &code).await.status, 200);
        let reply = world.redeem(&client, &code).await;
        let number = reply.header("x-request-id").unwrap();
        let (outcome, steps) = world.steps(&admin, &format!("?requestId={number}")).await;
        assert_eq!(outcome, "refused");
        assert_eq!(names(&steps)[names(&steps).len() - 2..], ["code.reused", "token.refused"]);
    }
}

#[tokio::test]
async fn what_nobody_did_in_time_is_worked_out_from_what_is_missing() {
    for world in worlds().await {
        let (admin, ada, client) = prepared(&world).await;
        let browser = world.browser().await;
        world.visit(&ada, &browser, &world.request(&client, &[("resource", RESOURCE)])).await;
        assert_eq!(world.traces(&admin, "?outcome=waiting").await.len(), 1);
        world.code(&ada, &client, &[("resource", RESOURCE)]).await;
        assert_eq!(world.traces(&admin, "?outcome=code_issued").await.len(), 1);
        assert_eq!(world.traces(&admin, "?outcome=never_redeemed").await.len(), 0);
        world.clock.advance(Duration::from_secs(3_600));
        let never = world.traces(&admin, "?outcome=never_redeemed").await;
        assert_eq!((never.len(), &never[0]["outcome"]), (1, &json!("never_redeemed")));
        assert_eq!(world.traces(&admin, "?outcome=abandoned").await.len(), 1);
        assert_eq!(world.traces(&admin, "?outcome=code_issued").await.len(), 0);
    }
}

#[tokio::test]
async fn a_person_who_says_no_a_wrong_verifier_and_a_wrong_secret_are_traced() {
    for world in worlds().await {
        let (admin, ada, client) = prepared(&world).await;
        let browser = world.browser().await;
        let reply = world.visit(&ada, &browser, &world.request(&client, &[("resource", RESOURCE)])).await;
        let request = reply.header("location").unwrap().strip_prefix("/consent?request=").unwrap().to_owned();
        world.press(&ada, &browser, "/_fn/consent/deny", &[("request", &request)]).await;
        let denied = world.traces(&admin, "?outcome=denied").await;
        assert_eq!(denied[0]["lastStep"], "consent.denied");

        let code = world.code(&ada, &client, &[("resource", RESOURCE)]).await;
        let wrong = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("code_verifier", "another-verifier-that-is-long-enough-to-be-one-1"),
        ];
        let reply = world.token(&client, &wrong).await;
        let (outcome, steps) =
            world.steps(&admin, &format!("?requestId={}", reply.header("x-request-id").unwrap())).await;
        assert_eq!((outcome.as_str(), names(&steps).last().unwrap().as_str()), ("refused", "token.refused"));
        assert_eq!(steps.last().unwrap()["detail"]["why"], "code_verifier does not match");

        let stranger = Client { id: client.id.clone(), secret: Some("kv_secret_wrong".to_owned()) };
        let reply = world.refresh(&stranger, "kv_refresh_x").await;
        assert_eq!(reply.status, 401);
        let (_, steps) =
            world.steps(&admin, &format!("?requestId={}", reply.header("x-request-id").unwrap())).await;
        assert_eq!(names(&steps), ["client.refused"]);
        let reply = world.refresh(&client, "kv_refresh_x").await;
        let (_, steps) =
            world.steps(&admin, &format!("?requestId={}", reply.header("x-request-id").unwrap())).await;
        assert_eq!(names(&steps), ["token.refused"]);
        assert_eq!(steps[0]["detail"]["grant_type"], "refresh_token");
    }
}

#[tokio::test]
async fn registrations_are_traced_with_what_they_wanted() {
    for world in worlds().await {
        let (admin, ..) = prepared(&world).await;
        for (uri, step) in
            [("https://app.example/cb", "registration.done"), ("javascript:alert(1)", "registration.refused")]
        {
            let body = json!({"client_name": "Notebook", "redirect_uris": [uri]});
            let reply = world.post("/oauth/register", body).send().await;
            let number = reply.header("x-request-id").unwrap();
            let (_, steps) = world.steps(&admin, &format!("?requestId={number}")).await;
            assert_eq!(names(&steps), [step]);
            assert_eq!(steps[0]["detail"]["client_name"], "Notebook");
            assert!(text(&steps[0]["detail"]["redirect_uris"]).contains(uri));
        }
        assert_eq!(world.traces(&admin, "?outcome=registered").await.len(), 1);
    }
}

#[tokio::test]
async fn traces_are_for_administrators_and_page_by_key() {
    for world in worlds().await {
        let (admin, ada, client) = prepared(&world).await;
        let browser = world.browser().await;
        for scope in ["read", "write", "nonsense"] {
            let asked = world.request(&client, &[("resource", RESOURCE), ("scope", scope)]);
            world.visit(&ada, &browser, &asked).await;
            world.clock.advance(Duration::from_secs(1));
        }
        world.get("/api/auth/oauth/traces").bearer(&ada.token).send().await.refused(403, "forbidden");
        world.get("/api/auth/oauth/traces").send().await.refused(401, "unauthenticated");
        let first = world.get("/api/auth/oauth/traces?limit=2").bearer(&admin.token).send().await.json();
        assert_eq!(first["data"].as_array().unwrap().len(), 2);
        let cursor = text(&first["nextCursor"]);
        let last = world.traces(&admin, &format!("?limit=2&cursor={cursor}")).await;
        assert_eq!(last.len(), 1);
        assert!(last[0]["createdAt"].as_str() < first["data"][1]["createdAt"].as_str());
        let id = text(&last[0]["id"]);
        let one = format!("/api/auth/oauth/traces/{id}");
        world.get(&one).bearer(&ada.token).send().await.refused(403, "forbidden");
        let odd = world.get("/api/auth/oauth/traces?outcome=lost").bearer(&admin.token).send().await;
        assert_eq!(odd.status, 422);
    }
}

#[tokio::test]
async fn a_flood_of_one_network_leaves_a_bounded_number_of_traces() {
    for world in worlds().await {
        let (admin, _, client) = prepared(&world).await;
        for _ in 0..90 {
            let pairs = [
                ("grant_type", "refresh_token"),
                ("refresh_token", "kv_refresh_x"),
                ("client_id", &client.id),
            ];
            let reply =
                world.ask("POST", "/oauth/token").raw(crate::oauth_flow::FORM, form(&pairs)).send().await;
            assert_eq!(reply.status, 400, "answered as before");
        }
        assert_eq!(world.traces(&admin, "?limit=200").await.len(), 60);
    }
}

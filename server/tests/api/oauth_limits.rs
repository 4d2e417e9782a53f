//! What waits for people, and who may have it wait.

use crate::oauth_flow::{Client, FORM, REDIRECT, challenge, form};
use crate::world::{worlds, worlds_with};
use serde_json::json;

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[tokio::test]
async fn requests_that_wait_for_people_are_limited_by_network() {
    let few = |config: &mut kavach_service::config::Config| {
        config.rate_limit.enabled = true;
        config.oauth.requests_per_ip = 4;
    };
    for world in worlds_with(few).await {
        let admin = world.admin("admin@example.com").await;
        let client = world.client(&admin, json!({})).await;
        let browser = world.browser().await;
        let visit = async |peer: &str| {
            let page = world.get(&world.request(&client, &[])).header("cookie", &browser).peer(peer);
            page.header("accept", "text/html").send().await.status.as_u16()
        };
        let push = async |peer: &str| {
            let challenge = challenge();
            let pairs = [
                ("client_id", client.id.as_str()),
                ("redirect_uri", REDIRECT),
                ("response_type", "code"),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ];
            world.ask("POST", "/oauth/par").peer(peer).raw(FORM, form(&pairs)).send().await
        };
        for _ in 0..2 {
            assert_eq!((visit("192.0.2.1").await, push("192.0.2.1").await.status.as_u16()), (303, 201));
        }
        assert_eq!(visit("192.0.2.1").await, 429);
        let refused = push("192.0.2.1").await;
        assert_eq!(refused.error(), (429, "temporarily_unavailable".to_owned()));
        assert!(refused.header("retry-after").is_some());
        // One network is not in another's way.
        assert_eq!((visit("198.51.100.1").await, push("198.51.100.1").await.status.as_u16()), (303, 201));
    }
}

#[tokio::test]
async fn a_client_that_can_prove_who_it_is_does_so_before_people_see_its_name() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let said = json!({"redirectUris": [], "grantTypes": [DEVICE], "authMethod": "client_secret_basic"});
        let client = world.client(&admin, said).await;
        let public = world.client(&admin, json!({"redirectUris": [], "grantTypes": [DEVICE]})).await;
        let ask = |client: Client| {
            let world = &world;
            async move { world.post_form("/oauth/device_authorization", &client, &[("scope", "openid")]).await }
        };
        assert_eq!(ask(client.clone()).await.status, 200);
        assert_eq!(ask(public.clone()).await.status, 200);
        for bad in [
            Client { secret: None, ..client.clone() },
            Client { secret: Some("kv_secret_x".to_owned()), ..client.clone() },
            Client { secret: client.secret.clone(), ..public.clone() },
            Client { id: "clt_1".to_owned(), secret: None },
        ] {
            assert_eq!(ask(bad.clone()).await.error(), (401, "invalid_client".to_owned()), "{bad:?}");
        }
    }
}

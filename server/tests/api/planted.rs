//! Whatever was in a browser before somebody signed in there is worth nothing afterwards to whoever put it there (security
//! 2.2, session fixation).

use crate::world::{PASSWORD, Person, text, worlds};
use serde_json::json;

#[tokio::test]
async fn a_planted_session_never_becomes_somebody_elses() {
    for world in worlds().await {
        world.sign_up("ada@example.com").await;
        let eve = world.sign_up("eve@example.com").await;
        let guest = world.ask("POST", "/api/auth/anonymous/sign-in").send().await.expect(201);
        let guest = Person::from(guest);
        let made_up = format!("kv_sess_{}", "a".repeat(43));
        for planted in [&eve.token, &guest.token, &made_up] {
            let body = json!({"email": "ada@example.com", "password": PASSWORD});
            let ask = world.post("/api/auth/sign-in/email", body).same_origin().cookie(planted);
            let reply = ask.send().await;
            let done = Person::from(reply.expect(200));
            let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().collect();
            assert!(!format!("{cookies:?}").contains(planted.as_str()));
            assert_ne!(&done.token, planted);
            let after = world.get("/api/auth/session").bearer(planted).send().await;
            let who = after.json()["data"]["user"]["id"].clone();
            assert_ne!(who, json!(done.id), "{}", after.text());
        }
    }
}

#[tokio::test]
async fn every_proof_makes_a_new_token_and_ends_the_one_before() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let body = json!({"password": PASSWORD});
        let again = world.post("/api/auth/reauthenticate", body).bearer(&ada.token).send().await.expect(200);
        let again = text(&again["token"]);
        assert_ne!(again, ada.token);
        world.get("/api/auth/session").bearer(&ada.token).send().await.refused(401, "unauthenticated");
        // Another sign-in in the same browser takes the place of the session there was.
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        let ask = world.post("/api/auth/sign-in/email", body).same_origin().cookie(&again);
        let other = text(&ask.send().await.expect(200)["token"]);
        assert_ne!(other, again);
        world.get("/api/auth/session").bearer(&again).send().await.refused(401, "unauthenticated");
    }
}

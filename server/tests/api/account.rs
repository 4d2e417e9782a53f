//! A person's own account, through the router: its first password, what is connected to it, and its end.

use crate::world::{PASSWORD, World, text, worlds};
use k256::ecdsa::{RecoveryId, Signature, SigningKey};
use serde_json::{Value, json};
use sha3::{Digest as _, Keccak256};
use std::fmt::Write as _;
use std::time::Duration;

const NEW: &str = "nineteen herons do not wade";
/// A key known to everybody: the first account of every development chain.
const KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const WALLET: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

async fn outbox(world: &World) -> Vec<Value> {
    world.get("/dev/outbox.json").send().await.expect(200).as_array().unwrap().clone()
}

/// Somebody who came by a code in a mail, who has no password.
async fn by_code(world: &World, email: &str) -> String {
    let sent = world.post("/api/auth/email-otp/send", json!({"email": email})).send().await.expect(202);
    let mails = outbox(world).await;
    let mail = mails.iter().find(|mail| mail["kind"] == "email_otp" && mail["to"] == email).unwrap();
    let body = json!({"challengeId": sent["challengeId"], "code": mail["code"]});
    text(&world.post("/api/auth/email-otp/verify", body).send().await.expect(200)["token"])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("0x"), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What the wallet answers to a message, in the browser that asked for it.
async fn signed(world: &World, browser: &str) -> Value {
    let ask = world.post("/api/auth/siwe/nonce", json!({"address": WALLET})).header("cookie", browser);
    let message = text(&ask.send().await.expect(200)["message"]);
    let key: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&KEY[2 * at..2 * at + 2], 16).unwrap()).collect();
    let prefix = format!("\x19Ethereum Signed Message:\n{}", message.len());
    let hash = Keccak256::new().chain_update(prefix).chain_update(&message).finalize();
    let (signature, recovery): (Signature, RecoveryId) =
        SigningKey::from_slice(&key).unwrap().sign_prehash_recoverable(&hash).unwrap();
    let mut bytes = signature.to_bytes().to_vec();
    bytes.push(27 + recovery.to_byte());
    json!({"message": message, "signature": hex(&bytes)})
}

/// The cookie of a browser that was here before.
async fn browser(world: &World) -> String {
    let reply = world.post("/api/auth/siwe/nonce", json!({})).send().await;
    reply.expect(200);
    reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_first_password_is_set_once_in_a_fresh_session_and_opens_the_account() {
    for world in worlds().await {
        let stale = by_code(&world, "ada@example.com").await;
        let set = |token: &str, new: &str| {
            world.post("/api/auth/password/set", json!({"new": new})).bearer(token).send()
        };
        world.clock.advance(Duration::from_secs(700));
        set(&stale, NEW).await.refused(403, "reauthentication_required");
        let fresh = by_code(&world, "ada@example.com").await;
        set(&fresh, "too few otters").await.refused(422, "password_too_short");
        let odd = json!({"new": NEW, "userId": "usr_1"});
        let reply = world.post("/api/auth/password/set", odd).bearer(&fresh).send().await;
        reply.refused(422, "validation_failed");
        assert_eq!(set(&fresh, NEW).await.expect(200), json!({"done": true}));
        world.get("/api/auth/session").bearer(&stale).send().await.refused(401, "unauthenticated");
        world.get("/api/auth/session").bearer(&fresh).send().await.expect(200);
        set(&fresh, PASSWORD).await.refused(409, "conflict");
        let body = json!({"email": "ada@example.com", "password": NEW});
        world.post("/api/auth/sign-in/email", body).send().await.expect(200);
        assert!(outbox(&world).await.iter().any(|mail| mail["kind"] == "password_set"));
    }
}

#[tokio::test]
async fn a_wallet_is_connected_seen_and_taken_away_but_not_as_the_last_way_in() {
    for world in worlds().await {
        let cookie = browser(&world).await;
        let list = async |token: &str| {
            world.get("/api/auth/account/identities").bearer(token).send().await.expect(200)
        };
        let link = async |token: &str| {
            let body = signed(&world, &cookie).await;
            let ask = world.post("/api/auth/account/identities/ethereum", body).header("cookie", &cookie);
            ask.bearer(token).send().await
        };
        let remove = |token: &str, id: &Value| {
            let path = format!("/api/auth/account/identities/{}", id.as_str().unwrap());
            world.ask("DELETE", &path).bearer(token).send()
        };
        let elsewhere = world.sign_up("ada@example.com").await;
        world.clock.advance(Duration::from_secs(60));
        let ada = world.sign_in("ada@example.com").await;
        link(&ada.token).await.expect(200);
        let listed = list(&ada.token).await;
        assert_eq!(
            (listed[0]["provider"].as_str(), listed[0]["display"].as_str()),
            (Some("ethereum"), Some(WALLET))
        );
        assert!(listed[0]["createdAt"].is_string() && listed.as_array().unwrap().len() == 1);
        // It is nobody else's from now on, and nobody else's to take away.
        let bob = world.sign_up("bob@example.com").await;
        link(&bob.token).await.refused(409, "identity_conflict");
        remove(&bob.token, &listed[0]["id"]).await.refused(404, "not_found");
        let by_wallet = world.post("/api/auth/siwe/verify", signed(&world, &cookie).await);
        let there = by_wallet.header("cookie", &cookie).send().await.expect(200);
        assert_eq!(there["user"]["id"], ada.id.as_str());

        let records = world.get("/api/auth/account/export").bearer(&ada.token).send().await.expect(200);
        assert_eq!(records["identities"][0]["display"], WALLET);
        remove(&ada.token, &listed[0]["id"]).await.expect(200);
        assert_eq!(list(&ada.token).await, json!([]));
        world.get("/api/auth/session").bearer(&elsewhere.token).send().await.refused(401, "unauthenticated");
        let mails = outbox(&world).await;
        for kind in ["identity_linked", "identity_unlinked"] {
            assert!(
                mails.iter().any(|mail| mail["kind"] == kind && mail["to"] == "ada@example.com"),
                "{kind}"
            );
        }
        let audit = world.get("/api/auth/audit?limit=200").bearer(&ada.token).send().await.text();
        assert!(audit.contains("identity.linked") && audit.contains("identity.unlinked"));

        // An account that has nothing else keeps it, and a session that is not fresh takes nothing away.
        let only = world.post("/api/auth/siwe/verify", signed(&world, &cookie).await);
        let only = text(&only.header("cookie", &cookie).send().await.expect(200)["token"]);
        let id = list(&only).await[0]["id"].clone();
        remove(&only, &id).await.refused(409, "last_way_in");
        world.clock.advance(Duration::from_secs(700));
        remove(&only, &id).await.refused(403, "reauthentication_required");
        link(&only).await.refused(403, "reauthentication_required");
        assert_eq!(list(&only).await.as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_deleted_account_is_told_of_at_the_address_it_had() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let export = world.get("/api/auth/account/export").bearer(&ada.token).send().await;
        assert!(export.header("content-disposition").unwrap().contains("attachment"));
        let export = export.expect(200);
        for part in ["user", "password", "passkeys", "identities", "twoStep", "sessions", "apiKeys", "agents"]
        {
            assert!(!export[part].is_null(), "{part}");
        }
        let body = json!({"account": "ada@example.com"});
        let reply = world.ask("DELETE", "/api/auth/account").json(body).bearer(&ada.token).send().await;
        assert_eq!(reply.status.as_u16(), 204);
        let mails = outbox(&world).await;
        assert_eq!(mails.len(), 1, "what was written before is gone: {mails:?}");
        assert_eq!(
            (mails[0]["kind"].as_str(), mails[0]["to"].as_str()),
            (Some("account_deleted"), Some("ada@example.com"))
        );
        world.get("/api/auth/session").bearer(&ada.token).send().await.refused(401, "unauthenticated");
    }
}

//! Approvals that a passkey signs, and receipts that are checked without a server.

use crate::authenticator::{Authenticator, Says};
use crate::world::{self, World, ask, code, holder, make_agent, person, worlds};
use kavach_model::approval::{Approval, Approve, ApproveOptions, Grant};
use kavach_model::{ApprovalId, ErrorCode};
use kavach_service::approval::{self, verify};
use kavach_service::authn::passkey;
use kavach_service::context::RequestContext;
use serde_json::Value;

const PERMISSIONS: &str =
    r#"[{"resource":"mcp:deploy:*","actions":["execute"],"constraints":{"requireApproval":true}}]"#;

struct Cast {
    ada: RequestContext,
    device: Authenticator,
    agent: String,
}

async fn cast(world: &World) -> Cast {
    let kv = &world.kv;
    let ada = person(kv, "ada@example.com").await;
    let mut device = Authenticator::new();
    let options = passkey::register_options(kv, &ada).await.unwrap();
    passkey::register(kv, &ada, device.create(&options)).await.unwrap();
    let agent = make_agent(kv, &ada, PERMISSIONS).await.token.expose().to_owned();
    Cast { ada, device, agent }
}

impl Cast {
    async fn asked(&self, world: &World, resource: &str) -> ApprovalId {
        ask(&world.kv, &self.agent, "execute", resource).await.approval.unwrap().id
    }

    /// Has the passkey sign an answer, perhaps with one thing wrong.
    async fn sign(&mut self, world: &World, id: ApprovalId, grant: Option<Grant>, says: &Says) -> Approve {
        let options = ApproveOptions { grant };
        let options = approval::approve_options(&world.kv, &self.ada, id, options).await.unwrap();
        Approve { grant, passkey: Some(self.device.get_saying(&options, says)) }
    }
}

#[tokio::test]
async fn a_passkey_approves_exactly_what_it_signed_and_leaves_a_receipt() {
    for world in worlds().await {
        let kv = &world.kv;
        let mut cast = cast(&world).await;
        let id = cast.asked(&world, "mcp:deploy:production").await;
        let answer = cast.sign(&world, id, None, &Says::default()).await;
        let approved = approval::approve(kv, &cast.ada, id, answer.clone()).await.unwrap();
        let report = verify::check(&approved).unwrap();
        assert_eq!((report.problem, report.receipt), (None, true));
        assert_eq!(report.signed_at.as_deref(), Some("http://localhost:3000"));
        assert!(ask(kv, &cast.agent, "execute", "mcp:deploy:production").await.allowed);
        // It is nothing for the next time the same is asked, nor for something else.
        for resource in ["mcp:deploy:production", "mcp:deploy:staging"] {
            let next = cast.asked(&world, resource).await;
            let refused = approval::approve(kv, &cast.ada, next, answer.clone()).await;
            assert_eq!(code(refused), ErrorCode::PasskeyInvalid, "{resource}");
        }
    }
}

#[tokio::test]
async fn a_signature_for_once_is_none_for_a_while() {
    for world in worlds().await {
        let mut cast = cast(&world).await;
        let id = cast.asked(&world, "mcp:deploy:production").await;
        let once = cast.sign(&world, id, None, &Says::default()).await;
        let more = Approve { grant: Some(Grant { uses: 100, minutes: 1_440 }), ..once };
        let refused = approval::approve(&world.kv, &cast.ada, id, more).await;
        assert_eq!(code(refused), ErrorCode::PasskeyInvalid);
        let grant = Some(Grant { uses: 2, minutes: 5 });
        let answer = cast.sign(&world, id, grant, &Says::default()).await;
        let approved = approval::approve(&world.kv, &cast.ada, id, answer).await.unwrap();
        assert_eq!((approved.grant, approved.uses_left), (grant, 2));
        assert_eq!(verify::check(&approved).unwrap().problem, None);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_sign_in_is_wrong_with_an_approval() {
    let world = world::start(None, |_| {}).await;
    let mut cast = cast(&world).await;
    let id = cast.asked(&world, "mcp:deploy:production").await;
    for says in [
        Says { verified: false, ..Says::default() },
        Says { origin: "https://evil.example", ..Says::default() },
        Says { rp_id: "evil.example", ..Says::default() },
        Says { cross_origin: true, ..Says::default() },
        Says { kind: "webauthn.create", ..Says::default() },
    ] {
        let answer = cast.sign(&world, id, None, &says).await;
        let refused = approval::approve(&world.kv, &cast.ada, id, answer).await;
        assert_eq!(code(refused), ErrorCode::PasskeyInvalid);
    }
}

#[tokio::test]
async fn a_signature_needs_no_fresh_session_and_nobody_elses_passkey_will_do() {
    for world in worlds().await {
        let kv = &world.kv;
        let mut cast = cast(&world).await;
        let token = world::sign_in(kv, "ada@example.com", world::PASSWORD).await.unwrap().token;
        world.clock.advance(world.config.session.fresh);
        let stale = holder(kv, token.expose()).await.unwrap();
        let id = cast.asked(&world, "mcp:deploy:production").await;
        let plain = approval::approve(kv, &stale, id, Approve::default()).await;
        assert_eq!(code(plain), ErrorCode::ReauthenticationRequired);
        let admin = world::admin(kv, "root@example.com").await;
        let answer = cast.sign(&world, id, None, &Says::default()).await;
        assert_eq!(code(approval::approve(kv, &admin, id, answer).await), ErrorCode::PasskeyInvalid);
        let answer = cast.sign(&world, id, None, &Says::default()).await;
        approval::approve(kv, &stale, id, answer).await.unwrap();
    }
}

#[tokio::test]
async fn where_a_passkey_is_required_nothing_else_approves() {
    for base in worlds().await {
        let url = if base.config.database.url.is_some() { world::scratch_postgres().await } else { None };
        let world = world::start(url, |config| config.approval.require_passkey = true).await;
        let mut cast = cast(&world).await;
        let id = cast.asked(&world, "mcp:deploy:production").await;
        let plain = approval::approve(&world.kv, &cast.ada, id, Approve::default()).await;
        assert_eq!(code(plain), ErrorCode::PasskeyRequired);
        let answer = cast.sign(&world, id, None, &Says::default()).await;
        approval::approve(&world.kv, &cast.ada, id, answer).await.unwrap();
    }
}

#[tokio::test]
async fn every_altered_part_of_a_receipt_is_found_without_a_server() {
    let world = world::start(None, |_| {}).await;
    let mut cast = cast(&world).await;
    let id = cast.asked(&world, "mcp:deploy:production").await;
    let answer = cast.sign(&world, id, None, &Says::default()).await;
    let approved = approval::approve(&world.kv, &cast.ada, id, answer).await.unwrap();
    let whole = serde_json::to_value(&approved).unwrap();
    let other = cast.asked(&world, "mcp:deploy:staging").await;
    let flip = |text: &Value| {
        let mut text = text.as_str().unwrap().to_owned().into_bytes();
        let last = text.len() / 2;
        text[last] = if text[last] == b'A' { b'B' } else { b'A' };
        Value::from(String::from_utf8(text).unwrap())
    };
    for part in ["publicKey", "authenticatorData", "clientDataJson", "signature"] {
        let mut json = whole.clone();
        json["receipt"][part] = flip(&json["receipt"][part]);
        let altered: Approval = serde_json::from_value(json).unwrap();
        assert!(verify::check(&altered).unwrap().problem.is_some(), "{part}");
    }
    for (part, value) in [
        ("id", Value::from(other.to_string())),
        ("grant", serde_json::json!({"uses": 100, "minutes": 1_440})),
    ] {
        let mut json = whole.clone();
        json[part] = value;
        let altered: Approval = serde_json::from_value(json).unwrap();
        assert!(verify::check(&altered).unwrap().problem.is_some(), "{part}");
    }
}

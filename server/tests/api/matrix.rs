//! Who may call what: every route, asked by every kind of caller, compared with a file that is checked in.
//!
//! The routes come from the OpenAPI document, so a route that is added appears here by itself, and one without a body
//! to ask with fails. `UPDATE_SNAPSHOTS=1` writes the file anew.

use crate::bad_input::right;
use crate::world::{PASSWORD, Person, World, text, worlds, worlds_with};
use kavach_service::clock::Clock as _;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

const CALLERS: [&str; 8] =
    ["anonymous", "stranger", "owner", "admin", "agent", "other-agent", "key-bare", "key-full"];

/// What a row asks about, all of it the owner's.
pub struct Things {
    agent: String,
    other_session: String,
    key: String,
    audit: String,
    user: String,
    borrower: String,
    heir: String,
    delegation: String,
    stop: String,
    approval: String,
}

/// The callers, none of whom anybody else's question has touched.
pub struct Cast {
    pub owner: Person,
    owner_email: String,
    agent_id: String,
    tokens: [Option<String>; 8],
}

pub async fn cast(world: &World, number: usize) -> Cast {
    let owner_email = format!("owner{number}@example.com");
    let admin = world.admin(&format!("admin{number}@example.com")).await;
    let stranger = world.sign_up(&format!("stranger{number}@example.com")).await;
    let owner = world.sign_up(&owner_email).await;
    let agent = world.agent(&owner).await;
    let other_agent = world.agent(&owner).await;
    let bare = world.api_key(&owner, &["metrics"]).await;
    let all =
        ["agents:read", "agents:write", "authorize", "audit:read", "users:read", "keys:write", "metrics"];
    let full = world.api_key(&owner, &all).await;
    let tokens = [
        None,
        Some(stranger.token),
        Some(owner.token.clone()),
        Some(admin.token),
        Some(agent.token),
        Some(other_agent.token),
        Some(bare.token),
        Some(full.token),
    ];
    Cast { owner, owner_email, agent_id: agent.id, tokens }
}

/// Fresh things for one question, so that no answer depends on the one before.
pub async fn things(world: &World, cast: &Cast, caller: usize, operation: &str) -> Things {
    let made = world.agent(&cast.owner).await.id;
    // An agent is asked about itself.
    let agent = if CALLERS[caller] == "agent" { cast.agent_id.clone() } else { made };
    let ask = json!({"agentId": agent, "action": "read", "resource": "mcp:github:x"});
    let decision = world.post("/api/auth/authorize", ask).bearer(&cast.owner.token).send().await.expect(200);
    let key = world.api_key(&cast.owner, &["metrics"]).await.id;
    let session = world.get("/api/auth/sessions").bearer(&cast.owner.token).send().await.expect(200);
    let (audit, other_session) = (text(&decision["auditId"]), text(&session[0]["id"]));
    let mut things = Things {
        agent,
        other_session,
        key,
        audit,
        user: cast.owner.id.clone(),
        borrower: String::new(),
        heir: String::new(),
        delegation: String::new(),
        stop: String::new(),
        approval: String::new(),
    };
    match operation {
        "createDelegation" | "revokeDelegation" => {
            things.borrower = world.agent(&cast.owner).await.id;
            let lend = world.post("/api/auth/delegations", lend(&things)).bearer(&cast.owner.token);
            if operation == "revokeDelegation" {
                things.delegation = text(&lend.send().await.expect(201)["id"]);
            }
        }
        "liftStop" => {
            let hold = json!({"scope": "resource", "resource": "nothing:asks:for:this"});
            let admin = cast.tokens[3].as_deref().unwrap();
            let held = world.post("/api/auth/kill-switch", hold).bearer(admin).send().await.expect(200);
            things.stop = text(&held["stop"]["id"]);
        }
        "handOverAgents" => things.heir = world.sign_up(&format!("{}@example.com", things.agent)).await.id,
        // Of a question nobody else asks.
        "getApproval"
        | "getApprovalStatus"
        | "approveApproval"
        | "approveApprovalOptions"
        | "denyApproval" => {
            let arguments = json!({"key": things.key});
            things.approval = world.approval(&cast.owner, &things.agent, arguments).await;
        }
        _ => {}
    }
    things
}

fn lend(things: &Things) -> Value {
    json!({
        "fromAgent": things.agent,
        "toAgent": things.borrower,
        "permissions": [{"resource": "mcp:github:*", "actions": ["read"]}],
    })
}

/// There is none with this identifier.
const NO_PASSKEY: &str = "pky_01jd3x6n9qk8v2m4c7t0wzr5ab";

/// A body that is right for a route, and its path with the owner's ids.
pub fn question(operation: &str, path: &str, things: &Things, cast: &Cast) -> (String, Option<Value>) {
    let delivery = format!("msg_{}", "0".repeat(26));
    let id: &str = match path.split('/').nth(3) {
        Some("agents") => &things.agent,
        Some("sessions") => &things.other_session,
        Some("api-keys") => &things.key,
        Some("audit") => &things.audit,
        Some("approvals") => &things.approval,
        Some("delegations") => &things.delegation,
        Some("kill-switch") => &things.stop,
        Some("passkeys") => NO_PASSKEY,
        Some("deliveries") => &delivery,
        Some("clients") => "clt_01jd3x6n9qk8v2m4c7t0wzr5ab",
        Some("oauth") => "trc_01jd3x6n9qk8v2m4c7t0wzr5ab",
        Some("resources") => "res_01jd3x6n9qk8v2m4c7t0wzr5ab",
        Some("account") => "idn_00000000000000000000000000",
        _ => &things.user,
    };
    let decide = json!({"agentId": things.agent, "action": "read", "resource": "mcp:github:x"});
    let body = match operation {
        "signUpEmail" => Some(json!({"email": "new@example.com", "password": PASSWORD})),
        "signInEmail" => Some(json!({"email": cast.owner_email, "password": PASSWORD})),
        "signUpUsername" => Some(json!({"username": things.key, "password": PASSWORD})),
        "signInUsername" => Some(json!({"username": "nobody-here", "password": PASSWORD})),
        "sendMagicLink" | "sendEmailOtp" => Some(json!({"email": cast.owner_email})),
        "verifyMagicLink" => Some(json!({"token": "kv_mail_unknown"})),
        "verifyEmailOtp" | "verifyPhoneOtp" | "confirmPhone" => {
            Some(json!({"challengeId": "chl_unknown", "code": "123456"}))
        }
        "sendPhoneOtp" | "changePhone" => Some(json!({"phone": "+49 1512 3456789"})),
        "changeEmail" => Some(json!({"email": "new@example.com"})),
        "confirmEmailChange" => Some(json!({"token": "kv_mail_unknown"})),
        "testMail" => Some(json!({"to": "ops@example.com"})),
        "testSms" => Some(json!({"to": "+49 1512 3456789"})),
        "reauthenticate" => Some(json!({"password": PASSWORD})),
        "confirmTotp" | "verifyTotp" | "verifyBackupCode" => Some(json!({"code": "000000"})),
        "passkeySignUpOptions" => Some(json!({"name": "New"})),
        // What an authenticator says to a challenge that nobody set: right in form, and nothing else.
        "passkeySignUp" | "registerPasskey" | "passkeySignIn" => Some(json!({
            "id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "e30"},
        })),
        "renamePasskey" => Some(json!({"name": "Renamed"})),
        "changePassword" => Some(json!({"current": PASSWORD, "new": "nineteen herons do not wade"})),
        "setPassword" => Some(json!({"new": "nineteen herons do not wade"})),
        "googleOneTap" | "linkGoogle" => Some(json!({"credential": "a.b.c", "g_csrf_token": "x"})),
        "siweNonce" => Some(json!({})),
        "siweVerify" | "linkWallet" => Some(json!({"message": "x", "signature": "0x00"})),
        "confirmEmail" => Some(json!({"token": "kv_mail_unknown"})),
        "updateAccount" => Some(json!({"name": "Renamed"})),
        "createAgent" => Some(json!({"name": "new"})),
        "updateAgent" => Some(json!({"name": "renamed"})),
        "rotateAgentToken" => Some(json!({"overlapSeconds": 3600})),
        "authorize" | "explain" => Some(decide),
        "replay" => Some(json!({"agentId": things.agent, "stop": true})),
        "evaluate" | "evaluateAll" => Some(json!({
            "subject": {"type": "agent", "id": things.agent},
            "action": {"name": "read"},
            "resource": {"type": "mcp", "id": "github:x"},
        })),
        "authorizeByToken" => Some(json!({"action": "read", "resource": "mcp:github:x"})),
        "authorizeBatch" => Some(json!({"requests": [decide]})),
        "approveApproval" | "approveApprovalOptions" => Some(json!({"grant": {"uses": 2, "minutes": 10}})),
        "denyApproval" => Some(json!({"reason": "not today"})),
        "createDelegation" => Some(lend(things)),
        "pullKillSwitch" => Some(json!({"scope": "agent", "agentId": things.agent})),
        "handOverAgents" => Some(json!({"to": things.heir})),
        "createResource" => {
            Some(json!({"resource": format!("https://{}.example", things.key), "name": "Repositories"}))
        }
        "createApiKey" => Some(json!({"name": "new", "scopes": ["audit:read"]})),
        _ => None,
    };
    let query = match operation {
        "captchaChallenge" => "?action=sign_up".to_owned(),
        "exportAudit" => "?format=jsonl".to_owned(),
        "followAudit" => "?follow=false".to_owned(),
        "proveAuditInclusion" => format!("?id={}", things.audit),
        "proveAuditConsistency" => "?from=1".to_owned(),
        _ => String::new(),
    };
    (path.replace("{id}", id) + &query, body)
}

/// Routes that end sessions (a sign-in ends the one it came with), change passwords or switch accounts off: whoever is signed in gets
/// people of their own to ask them with.
const DRASTIC: [&str; 11] = [
    "disableUser",
    "enableUser",
    "handOverAgents",
    "signUpEmail",
    "signUpUsername",
    "signInEmail",
    "signOut",
    "reauthenticate",
    "changePassword",
    "revokeOtherSessions",
    "revokeSession",
];
const SIGNED_IN: [&str; 3] = ["stranger", "owner", "admin"];

async fn matrix(world: &World) -> String {
    let document = world.get("/api/auth/openapi.json").send().await.json();
    let mut table = format!("{:<32}{}\n", "route", CALLERS.map(|caller| format!("{caller:>12}")).concat());
    let everyday = cast(world, 0).await;
    let mut casts = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, description) in methods.as_object().unwrap() {
            let method = method.to_uppercase();
            let _ = write!(table, "{:<32}", format!("{method} {}", path.trim_start_matches("/api/auth")));
            let operation = description["operationId"].as_str().unwrap();
            for (caller, name) in CALLERS.iter().enumerate() {
                let own = if DRASTIC.contains(&operation) && SIGNED_IN.contains(name) {
                    casts += 1;
                    Some(cast(world, casts).await)
                } else {
                    None
                };
                let cast = own.as_ref().unwrap_or(&everyday);
                let things = things(world, cast, caller, operation).await;
                let (path, body) = question(operation, path, &things, cast);
                // What is not about anybody's things is asked for as elsewhere.
                let is_without = description["requestBody"].is_null();
                let body = body.or_else(|| (!is_without).then(|| Value::Object(right(operation))));
                let mut ask = world.ask(&method, &path);
                if let Some(body) = body {
                    ask = ask.json(body);
                }
                if let Some(token) = &cast.tokens[caller] {
                    ask = ask.bearer(token);
                }
                let reply = ask.send().await;
                assert!(!reply.status.is_server_error(), "{}: {}", reply.asked, reply.text());
                let _ = write!(table, "{:>12}", reply.status.as_u16());
            }
            table.push('\n');
        }
    }
    table
}

#[tokio::test]
async fn who_may_call_what_is_as_written_down() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/matrix.txt");
    for world in worlds().await {
        let found = matrix(&world).await;
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() && world.name == "sqlite" {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &found).unwrap();
        }
        let written = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(found == written, "{}: not as in {}:\n{found}", world.name, file.display());
    }
}

#[tokio::test]
async fn every_route_is_in_the_document_that_people_read() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/api.md");
    let text = std::fs::read_to_string(file).unwrap();
    let world = worlds().await.remove(0);
    let document = world.get("/api/auth/openapi.json").send().await.json();
    let paths = document["paths"].as_object().unwrap().keys();
    let shown = |path: &String| path.trim_start_matches("/api/auth").replace("{id}", ":id");
    let missing: Vec<_> = paths.map(shown).filter(|path| !text.contains(path.as_str())).collect();
    assert_eq!(missing, Vec::<String>::new());
}

/// Routes that a session with one factor proven may use: to bring the second, and to leave.
const FOR_HALF_SIGNED_IN: [&str; 3] = ["verifyTotp", "verifyBackupCode", "signOut"];

/// Security 2.1, half-authenticated session.
#[tokio::test]
async fn a_session_without_its_second_factor_gets_mfa_required_on_every_route() {
    // With everything on: what is off says so before it looks who asks.
    for world in worlds_with(|config| config.google.client_id = Some("client.example".to_owned())).await {
        let cast = cast(&world, 0).await;
        let mut things = things(&world, &cast, 2, "getApproval").await;
        (things.borrower, things.heir) = (things.agent.clone(), cast.owner.id.clone());
        // There are none with these identifiers, and nobody gets far enough to be told.
        things.delegation = things.agent.replace("agt_", "dlg_");
        things.stop = things.agent.replace("agt_", "stp_");
        set_up_app(&world, &cast.owner.token).await;
        let credentials = json!({"email": cast.owner_email, "password": PASSWORD});
        let document = world.get("/api/auth/openapi.json").send().await.json();
        let first = world.post("/api/auth/sign-in/email", credentials).send().await.expect(200);
        assert_eq!(first["pending"], true);
        let pending = text(&first["token"]);
        let mut asked = 0;
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, description) in methods.as_object().unwrap() {
                let operation = description["operationId"].as_str().unwrap();
                let credentials = description["security"].as_array().unwrap();
                let for_people = credentials.iter().any(|one| one.get("session").is_some());
                if !for_people || FOR_HALF_SIGNED_IN.contains(&operation) {
                    continue;
                }
                let (path, body) = question(operation, path, &things, &cast);
                let is_without = description["requestBody"].is_null();
                let body = body.or_else(|| (!is_without).then(|| Value::Object(right(operation))));
                let mut ask = world.ask(&method.to_uppercase(), &path).bearer(&pending);
                if let Some(body) = body {
                    ask = ask.json(body);
                }
                ask.send().await.refused(401, "mfa_required");
                asked += 1;
            }
        }
        assert!(asked > 60, "{asked}");
    }
}

/// Has the person's sign-ins take a code from now on.
async fn set_up_app(world: &World, token: &str) {
    let enroll = world.ask("POST", "/api/auth/totp/enroll").bearer(token).send().await.expect(200);
    let app = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(text(&enroll["secret"])).unwrap())
        .with_account_name("owner")
        .build()
        .unwrap();
    let seconds = world.clock.now().as_millis() as u64 / 1_000;
    let code = json!({"code": app.generate(seconds).to_string()});
    world.post("/api/auth/totp/confirm", code).bearer(token).send().await.expect(200);
}

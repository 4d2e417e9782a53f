//! What people type, at every door that takes it: passwords too long to be hashed, and addresses and names that are more
//! than one, or something else.

use crate::bad_input::right;
use crate::world::{PASSWORD, World, text, worlds};
use kavach_service::health;
use serde_json::{Value, json};

/// The operations of the API whose body has one of these fields.
async fn taking(world: &World, fields: &[&'static str]) -> Vec<(String, String, String, &'static str)> {
    let document = world.get("/api/auth/openapi.json").send().await.json();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, description) in methods.as_object().unwrap() {
            let schema = &description["requestBody"]["content"]["application/json"]["schema"];
            let either = schema["oneOf"].as_array().into_iter().flatten();
            let Some(reference) = either.chain([schema]).find_map(|schema| schema["$ref"].as_str()) else {
                continue;
            };
            let properties = &document.pointer(&reference[1..]).unwrap()["properties"];
            for field in fields.iter().filter(|field| !properties[**field].is_null()) {
                let operation = text(&description["operationId"]);
                found.push((method.to_uppercase(), path.clone(), operation, *field));
            }
        }
    }
    found
}

async fn newest_link(world: &World, kind: &str) -> String {
    let outbox = world.get("/dev/outbox.json").send().await.json();
    let found = outbox["data"].as_array().unwrap().iter().find(|mail| mail["kind"] == kind).cloned();
    text(&found.unwrap()["links"][0]).split_once("token=").unwrap().1.to_owned()
}

/// Security 2.1, password handling: whatever is longer than a password may be costs no hashing, wherever it is typed.
#[tokio::test]
async fn a_password_of_a_megabyte_is_refused_before_it_is_hashed() {
    for world in worlds().await {
        let admin = world.admin("ada@example.com").await;
        let guest = world.ask("POST", "/api/auth/anonymous/sign-in").send().await.expect(201);
        let guest = text(&guest["token"]);
        let forgot = json!({"email": "ada@example.com"});
        world.post("/api/auth/password/forgot", forgot).send().await.expect(202);
        let reset = newest_link(&world, "reset_password").await;
        let bob = world.sign_up("bob@example.com").await.id;
        let enroll = format!("/api/auth/users/{bob}/enrolment-link");
        let enroll = world.ask("POST", &enroll).bearer(&admin.token).send().await.expect(200);
        let enroll = text(&enroll["url"]).split_once("token=").unwrap().1.to_owned();
        let doors = taking(&world, &["password", "current", "new"]).await;
        assert!(doors.len() >= 9, "{doors:?}");
        let before = health::hashes(&world.kavach);
        for (method, path, operation, field) in &doors {
            for length in [1_025, 4_097, 60_000, 1_048_576] {
                let mut body = right(operation);
                body.insert((*field).to_owned(), json!("x".repeat(length)));
                match operation.as_str() {
                    "resetPassword" => drop(body.insert("token".to_owned(), json!(reset))),
                    "redeemEnrolment" => drop(body.insert("token".to_owned(), json!(enroll))),
                    // The current one would be hashed to be compared.
                    "changePassword" if *field == "new" => {
                        body.insert("current".to_owned(), json!("y".repeat(1_025)));
                    }
                    _ => {}
                }
                let token = if operation == "upgradeAnonymous" { &guest } else { &admin.token };
                let reply = world.ask(method, path).bearer(token).json(Value::Object(body)).send().await;
                assert!(reply.status.is_client_error(), "{} {length}: {}", reply.asked, reply.text());
                assert_eq!(reply.status == 413, length > 64 * 1024, "{} {length}", reply.asked);
                assert_eq!(health::hashes(&world.kavach), before, "{} {length}", reply.asked);
            }
        }
        // The pages' forms take more, for lists of permissions.
        let long = "x".repeat(900_000);
        let mut forms = 0;
        for (path, _) in
            leptos::server_fn::axum::server_fn_paths().filter(|(path, _)| !path.ends_with("sign-out"))
        {
            let fields = [
                ("username", "ada@example.com"),
                ("email", "new@example.com"),
                ("name", "New"),
                ("token", &reset),
                ("password", &long),
                ("current", &long),
                ("new", &long),
            ];
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let ask = world.ask("POST", path).same_origin().cookie(&admin.token);
            let reply = ask.raw("application/x-www-form-urlencoded", body).send().await;
            assert!(!reply.status.is_server_error(), "{}: {}", reply.asked, reply.text());
            assert_eq!(health::hashes(&world.kavach), before, "{}", reply.asked);
            forms += 1;
        }
        assert!(forms > 50, "{forms}");
        // Nothing was used up by it.
        let body = json!({"token": reset, "password": "nineteen herons do not wade"});
        world.post("/api/auth/password/reset", body).send().await.expect(200);
        assert!(health::hashes(&world.kavach) > before, "the count counts");
    }
}

/// More than one address, or one that becomes more than one, or another header.
const ADDRESSES: [&str; 18] = [
    "eve@example.com,ada@example.com",
    "eve@example.com, ada@example.com",
    "eve@example.com;ada@example.com",
    "eve@example.com ada@example.com",
    "eve@example.com\nada@example.com",
    "eve@example.com\r\nBcc: ada@example.com",
    "eve@example.com%0d%0aBcc:ada@example.com",
    "eve@example.com\u{ff0c}ada@example.com",
    "Eve <eve@example.com>",
    "<eve@example.com>",
    "eve@example.com\0",
    "eve\u{ff20}example.com",
    "eve@ada@example.com",
    "\"eve@example.com,\"@example.com",
    "eve@[192.0.2.1]",
    "eve\u{202e}@example.com",
    "eve@example.com\u{200b}",
    "eve(ada@example.com)@example.com",
];

/// Security 2.1, e-mail and Unicode: one field, one address, one mail to one recipient.
#[tokio::test]
async fn a_field_for_an_address_takes_one_address() {
    for world in worlds().await {
        let admin = world.admin("ada@example.com").await;
        let guest = text(&world.ask("POST", "/api/auth/anonymous/sign-in").send().await.expect(201)["token"]);
        let doors = taking(&world, &["email", "to"]).await;
        let doors: Vec<_> = doors
            .into_iter()
            .filter(|(_, _, operation, _)| !["testSms", "handOverAgents"].contains(&operation.as_str()))
            .collect();
        assert!(doors.len() >= 8, "{doors:?}");
        let sent =
            async || world.get("/dev/outbox.json").send().await.json()["data"].as_array().unwrap().len();
        let before = sent().await;
        for (method, path, operation, field) in &doors {
            for address in ADDRESSES {
                let mut body = right(operation);
                body.insert((*field).to_owned(), json!(address));
                let token = if operation == "upgradeAnonymous" { &guest } else { &admin.token };
                let reply = world.ask(method, path).bearer(token).json(Value::Object(body)).send().await;
                if operation == "signInEmail" {
                    // Whether there is such a person is not told, not even of what no person can have.
                    assert!(matches!(reply.status.as_u16(), 401 | 422), "{} {address:?}", reply.asked);
                    continue;
                }
                reply.refused(422, "validation_failed");
                assert_eq!(reply.field(), *field, "{} {address:?}", reply.asked);
            }
        }
        assert_eq!(sent().await, before, "nothing was sent");
    }
}

/// What a name may bring into a mail's header, a page or the log.
#[tokio::test]
async fn a_name_brings_no_second_line_and_no_other_direction() {
    for world in worlds().await {
        let admin = world.admin("ada@example.com").await;
        let guest = text(&world.ask("POST", "/api/auth/anonymous/sign-in").send().await.expect(201)["token"]);
        for (method, path, operation, field) in taking(&world, &["name"]).await {
            if path.contains("{id}") {
                continue;
            }
            for name in [
                "A\r\nBcc: eve@example.com",
                "A\nB",
                "A\rB",
                "A\0B",
                "A\u{202e}B",
                "A\u{2028}B",
                "A\u{1b}[2J",
            ] {
                let mut body = right(&operation);
                body.insert(field.to_owned(), json!(name));
                let token = if operation == "upgradeAnonymous" { &guest } else { &admin.token };
                let reply = world.ask(&method, &path).bearer(token).json(Value::Object(body)).send().await;
                reply.refused(422, "validation_failed");
                assert_eq!(reply.field(), field, "{} {name:?}", reply.asked);
            }
        }
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        world.post("/api/auth/sign-in/email", body).send().await.expect(200);
    }
}

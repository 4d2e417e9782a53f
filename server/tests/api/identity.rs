//! Who somebody is follows from their credentials, and from nothing they write: no route does anything to a victim whose
//! identifiers a stranger puts into path, body, query and headers, with no credential or with their own.

use crate::bad_input::right;
use crate::matrix::{cast, question, things};
use crate::world::{World, worlds_with};
use serde_json::{Value, json};

/// Where frameworks and proxies have looked for a person.
const HEADERS: [&str; 6] =
    ["x-user-id", "x-forwarded-user", "x-remote-user", "remote-user", "x-auth-request-email", "x-owner-id"];
const NAMES: [&str; 8] = ["userId", "user_id", "ownerId", "owner_id", "sub", "actor", "sponsorId", "email"];

/// Everything a person has, as they see it; without what changes by looking.
async fn has(world: &World, token: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for path in ["session", "agents", "api-keys", "sessions", "passkeys", "delegations", "approvals", "totp"]
    {
        let reply = world.get(&format!("/api/auth/{path}")).bearer(token).send().await;
        let mut seen = if reply.status == 404 { Value::Null } else { reply.json()["data"].clone() };
        forget_times(&mut seen);
        all.push(seen);
    }
    all
}

fn forget_times(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| {
                !["lastUsedAt", "lastSeenAt", "last_used_at", "ip"].contains(&name.as_str())
            });
            members.values_mut().for_each(forget_times);
        }
        Value::Array(entries) => entries.iter_mut().for_each(forget_times),
        _ => {}
    }
}

#[tokio::test]
async fn nobody_is_whom_they_say_they_are() {
    for world in worlds_with(|config| config.google.client_id = Some("client.example".to_owned())).await {
        let cast = cast(&world, 0).await;
        let document = world.get("/api/auth/openapi.json").send().await.json();
        let mut asked = 0;
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, description) in methods.as_object().unwrap() {
                let operation = description["operationId"].as_str().unwrap();
                let open = description["security"].as_array().unwrap().iter().all(|one| one == &json!({}));
                // Questions to authorize say whom they are about, and write records only.
                if method == "get" || open || path.contains("authorize") || path.starts_with("/access/") {
                    continue;
                }
                asked += 1;
                let victim = cast.owner.clone();
                let things = things(&world, &cast, 2, operation).await;
                let (path, body) = question(operation, path, &things, &cast);
                let is_without = description["requestBody"].is_null();
                let body = body.or_else(|| (!is_without).then(|| Value::Object(right(operation))));
                let before = has(&world, &victim.token).await;
                // One of their own for each: some of what is asked ends what they have.
                let stranger = world.sign_up(&format!("stranger{asked}@example.org")).await;
                let joint = if path.contains('?') { '&' } else { '?' };
                let pairs: Vec<_> = NAMES.iter().map(|name| format!("{name}={}", victim.id)).collect();
                let with_query = format!("{path}{joint}{}", pairs.join("&"));
                let claiming = |body: &Option<Value>| {
                    let mut body = body.clone().unwrap_or_else(|| json!({}));
                    for name in NAMES {
                        body[name] = json!(victim.id);
                    }
                    body
                };
                for (token, path, body) in [
                    (None, &path, body.clone()),
                    (None, &with_query, body.clone()),
                    (None, &path, Some(claiming(&body))),
                    (Some(&stranger.token), &path, body.clone()),
                    (Some(&stranger.token), &with_query, body.clone()),
                    (Some(&stranger.token), &path, Some(claiming(&body))),
                ] {
                    let mut ask = world.ask(&method.to_uppercase(), path);
                    for name in HEADERS {
                        ask = ask.header(name, &victim.id);
                    }
                    if let Some(body) = body {
                        ask = ask.json(body);
                    }
                    if let Some(token) = token {
                        ask = ask.bearer(token);
                    }
                    let reply = ask.send().await;
                    assert!(!reply.status.is_server_error(), "{}: {}", reply.asked, reply.text());
                    if token.is_none() {
                        assert!(reply.status.is_client_error(), "{}: {}", reply.asked, reply.text());
                    }
                }
                assert_eq!(has(&world, &victim.token).await, before, "{operation}");
            }
        }
        assert!(asked > 40, "{asked}");
    }
}

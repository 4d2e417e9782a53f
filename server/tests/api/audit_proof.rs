//! The audit log proven through its API, and its bundle checked by a program that shares no code with what wrote it.

use crate::process::{Server, run};
use crate::world::{PASSWORD, Person, Reply, World, text, worlds};
use kavach_model::Timestamp;
use kavach_service::audit::archive;
use kavach_service::audit::note::VerifierKey;
use kavach_store::{DatabaseUrl, Store};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An administrator, a member, and 300 decisions about the member's agent.
async fn filled(world: &World) -> (Person, Person) {
    let (admin, ada) = (world.admin("root@example.com").await, world.sign_up("ada@example.com").await);
    let agent = world.agent(&ada).await;
    for _ in 0..3 {
        let one = json!({"agentId": agent.id, "action": "read", "resource": "mcp:github:x"});
        let batch = Value::Array(vec![one; 100]);
        world.post("/api/auth/authorize/batch", batch).bearer(&ada.token).send().await.expect(200);
    }
    (admin, ada)
}

async fn get(world: &World, path: &str, person: &Person) -> Reply {
    world.get(&format!("/api/auth/audit/{path}")).bearer(&person.token).send().await
}

/// Another connection to the database of an instance, past all its rules.
async fn tamper(world: &World, deed: &str) {
    let url: DatabaseUrl = world.kavach.config().database_url().expose().parse().unwrap();
    let store = Store::connect(&url, 1).await.unwrap();
    store.tamper(deed).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn the_state_of_the_log_is_given_as_json_and_as_the_note_alone() {
    for world in worlds().await {
        let (admin, ada) = filled(&world).await;
        let data = get(&world, "checkpoint", &admin).await.expect(200);
        let key: VerifierKey = text(&data["key"]).parse().unwrap();
        assert!(text(&data["key"]).starts_with("localhost+"), "{data}");
        let tree = key.open(&text(&data["note"])).unwrap();
        assert_eq!((tree.origin.as_str(), Value::from(tree.size)), ("localhost", data["size"].clone()));
        let ask = world.get("/api/auth/audit/checkpoint").header("accept", "text/plain");
        let note = ask.bearer(&ada.token).send().await;
        assert_eq!(note.header("content-type"), Some("text/plain; charset=utf-8"));
        assert!(key.open(&note.text()).unwrap().size >= tree.size);
        world.get("/api/auth/audit/checkpoint").send().await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn what_cannot_be_proven_is_refused_by_name() {
    for world in worlds().await {
        let (admin, ada) = filled(&world).await;
        let proof = get(&world, "proof/inclusion?seq=3&size=9", &admin).await.expect(200);
        assert_eq!((&proof["seq"], &proof["size"], &proof["note"]), (&3.into(), &9.into(), &Value::Null));
        let id = text(&proof["id"]);
        assert_eq!(get(&world, &format!("proof/inclusion?id={id}"), &admin).await.expect(200)["seq"], 3);
        for (path, field) in [
            ("proof/inclusion", "id"),
            (&format!("proof/inclusion?id={id}&seq=3"), "id"),
            ("proof/inclusion?seq=3&size=2", "size"),
            ("proof/inclusion?seq=3&size=100000", "size"),
            ("proof/inclusion?seq=x", "seq"),
            ("proof/consistency?from=0", "from"),
            ("proof/consistency?from=5&to=4", "from"),
            ("proof/consistency?from=5&to=100000", "to"),
            ("export?format=xml", "format"),
            ("stream?after=-1", "after"),
        ] {
            let reply = get(&world, path, &admin).await;
            assert_eq!((reply.status.as_u16(), reply.field().as_str()), (422, field), "{path}");
        }
        get(&world, "proof/inclusion?seq=1", &ada).await.refused(404, "not_found");
        get(&world, "proof/consistency?from=1&to=5", &ada).await.expect(200);
    }
}

#[tokio::test]
async fn the_stream_is_events_that_go_on_where_they_stopped() {
    for world in worlds().await {
        let (_, ada) = filled(&world).await;
        let all = get(&world, "stream?after=0&follow=false&verdict=allow", &ada).await;
        assert_eq!(all.header("content-type"), Some("text/event-stream"));
        let body = all.text();
        let events: Vec<&str> = body.split("\n\n").filter(|event| !event.is_empty()).collect();
        assert!(events.len() >= 300, "{}", events.len());
        let (id, data) = events[events.len() - 2].split_once('\n').unwrap();
        let record: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        let seq = id.strip_prefix("id: ").unwrap();
        assert_eq!(record["seq"].to_string(), seq);
        assert_eq!(text(&record["leafHash"]).len(), 64);
        let ask = world.get("/api/auth/audit/stream?follow=false&after=0").header("last-event-id", seq);
        let rest = ask.bearer(&ada.token).send().await.text();
        assert_eq!(rest.matches("data: ").count(), 1, "{rest}");
        let ask = world.get("/api/auth/audit/stream").header("last-event-id", "x").bearer(&ada.token);
        assert_eq!(ask.send().await.field(), "Last-Event-ID");
    }
}

#[tokio::test]
async fn a_log_that_was_tampered_with_is_told_and_the_server_goes_on() {
    for world in worlds().await {
        let (admin, ada) = filled(&world).await;
        get(&world, "checkpoint", &admin).await.expect(200);
        assert_eq!(world.get("/readyz").send().await.text(), "ready\n");
        tamper(&world, "edit the action in record 300").await;
        let agent = world.agent(&ada).await;
        get(&world, "checkpoint", &admin).await.expect(200);
        let reply = world.get("/readyz").send().await;
        assert_eq!(reply.status, 200);
        assert!(reply.text().starts_with("ready\naudit: "), "{}", reply.text());
        let ask = json!({"action": "read", "resource": "mcp:github:x"});
        let decision = world.post("/api/auth/authorize/token", ask).bearer(&agent.token).send().await;
        assert_eq!(decision.expect(200)["allowed"], true);
    }
}

fn verifier() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/verify-bundle.mjs")
}

/// What the independent verifier says of a bundle.
fn check(directory: &Path, lines: &[String], more: &[&str]) -> (bool, String) {
    let file = directory.join("bundle.jsonl");
    std::fs::write(&file, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let output: Output = Command::new("node").arg(verifier()).arg(&file).args(more).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (output.status.success(), said)
}

async fn bundle(world: &World, query: &str, person: &Person) -> Vec<String> {
    let reply = get(world, &format!("export?format=bundle{query}"), person).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.text().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_bundle_is_checked_without_kavach_and_every_change_of_it_is_found() {
    for world in worlds().await {
        let directory = tempfile::tempdir().unwrap();
        let (admin, ada) = filled(&world).await;
        let early = get(&world, "checkpoint", &admin).await.expect(200);
        world.agent(&ada).await;
        let whole = bundle(&world, "", &admin).await;
        let (key, kept) = (text(&early["key"]), directory.path().join("kept.txt"));
        std::fs::write(&kept, text(&early["note"])).unwrap();
        let trusted = ["--key", &key, "--checkpoint", kept.to_str().unwrap()];
        let (good, said) = check(directory.path(), &whole, &trusted);
        assert!(good && said.starts_with("ok: all records up to"), "{said}");

        let mut edited = whole.clone();
        edited[200] = edited[200].replace("mcp:github:x", "mcp:github:y");
        let mut renewed = whole.clone();
        renewed[200] = with_own_hash(&edited[200]);
        let mut swapped = whole.clone();
        swapped.swap(50, 51);
        let without = |range: std::ops::Range<usize>| {
            let mut lines = whole.clone();
            lines.drain(range);
            lines
        };
        let last = whole.len() - 1;
        let mut cut_and_closed = without(last - 5..last);
        let shorter = json!({"end": true, "records": cut_and_closed.len() - 2}).to_string();
        *cut_and_closed.last_mut().unwrap() = shorter;
        for (lines, first_bad) in [
            (&edited, "record 200: is not the one whose hash"),
            (&renewed, "record 1: the records from here to"),
            (&without(77..78), "record 77: is missing"),
            (&swapped, "record 50: is missing"),
            (&without(last - 5..last + 1), &format!("record {}: is missing", last - 5)),
            (&cut_and_closed, &format!("record {}: is missing", last - 5)),
        ] {
            let (good, said) = check(directory.path(), lines, &trusted);
            assert!(!good && said.contains(first_bad), "{first_bad}: {said}");
        }

        let some = bundle(&world, "&resource=mcp:github:x&verdict=allow", &ada).await;
        assert_eq!(some.len(), 302);
        let (good, said) = check(directory.path(), &some, &trusted[..2]);
        assert!(good && said.contains("300 of"), "{said}");
        let mut forged = some.clone();
        forged[10] = with_own_hash(&forged[10].replace("mcp:github:x", "mcp:github:y"));
        let (good, said) = check(directory.path(), &forged, &trusted[..2]);
        assert!(!good && said.contains("is not in the log that was signed"), "{said}");

        // A log that is shorter than what was signed before, with a checkpoint of its own.
        tamper(&world, "cut after record 200 with everything that was sealed").await;
        let cut = bundle(&world, "", &admin).await;
        assert!(check(directory.path(), &cut, &trusted[..2]).0, "by itself it looks whole");
        let (good, said) = check(directory.path(), &cut, &trusted);
        assert!(!good && said.contains("kept.txt was signed over"), "{said}");
    }
}

/// A line whose hash was made to fit its changed record.
fn with_own_hash(line: &str) -> String {
    let mut line: Value = serde_json::from_str(line).unwrap();
    let leaf = kavach_model::merkle::leaf_hash(text(&line["body"]).as_bytes());
    let script = format!("process.stdout.write(Buffer.from({leaf:?}).toString('base64'))");
    let encoded = Command::new("node").args(["-e", &script]).output().unwrap().stdout;
    line["leaf"] = String::from_utf8(encoded).unwrap().into();
    line.to_string()
}

/// The command line beside a server that runs.
#[test]
fn k17_the_command_names_the_first_bad_record_and_exits_with_one() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start_with(directory.path(), &[]);
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let (_, made) = server.ask("POST", "/api/auth/sign-up/email", "", Some(&body));
    let token = text(&made["data"]["token"]);
    for name in ["one", "two", "three"] {
        server.ask("POST", "/api/auth/agents", &token, Some(&json!({"name": name})));
    }
    let audit = |arguments: &[&str]| {
        let output = run(directory.path(), &[&["audit"], arguments].concat(), "", &[]);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.code(), said)
    };
    let (code, key) = audit(&["key"]);
    assert!(code == Some(0) && key.starts_with("localhost+"), "{key}");
    let (_, kept) = audit(&["checkpoint"]);
    std::fs::write(directory.path().join("kept.txt"), kept).unwrap();
    let (code, said) = audit(&["verify", "--checkpoint", "kept.txt"]);
    assert!(code == Some(0) && said.contains("records are intact"), "{said}");
    assert_eq!(audit(&["export", "--output", "bundle.jsonl"]).0, Some(0));
    let exported = std::fs::read_to_string(directory.path().join("bundle.jsonl")).unwrap();
    let lines: Vec<String> = exported.lines().map(str::to_owned).collect();
    let (good, said) = check(directory.path(), &lines, &["--key", key.trim()]);
    assert!(good, "{said}");
    let (code, table) = audit(&["export", "--format", "csv", "--kind", "agent.created"]);
    assert!(code == Some(0) && table.lines().count() == 4, "{table}");
    assert_eq!(audit(&["export", "--kind", "nothing"]).0, Some(2));
    assert_eq!(server.stop().0, Some(0));

    let url = DatabaseUrl::SqliteFile(directory.path().join("data/kavach.db"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::connect(&url, 1).await.unwrap();
        store.tamper("delete record 3").await.unwrap();
        store.close().await;
    });
    let (code, said) = audit(&["verify"]);
    assert!(code == Some(1) && said.contains("record 3: the record is missing"), "{said}");
    let (code, said) = audit(&["verify", "--json"]);
    let end = said.rfind('}').unwrap();
    let report: Value = serde_json::from_str(&said[..=end]).unwrap();
    assert_eq!((code, &report["finding"]["seq"], &report["intact"]), (Some(1), &3.into(), &false.into()));
}

#[tokio::test]
async fn an_archive_is_checked_without_kavach_and_so_is_what_is_left() {
    for world in worlds().await {
        let directory = tempfile::tempdir().unwrap();
        let (admin, _) = filled(&world).await;
        let late = Timestamp::from_millis(4_102_444_800_000);
        let go = |_: &archive::Step| ControlFlow::Continue(());
        let made = archive::before(&world.kavach, late, &go).await.unwrap();
        assert_eq!(made.iter().map(|made| (made.first, made.last)).collect::<Vec<_>>(), [(1, 256)]);
        let file = world.kavach.config().archive_dir().join(&made[0].file);
        let lines: Vec<String> = std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect();
        let key = text(&get(&world, "checkpoint", &admin).await.expect(200)["key"]);
        for lines in [lines, bundle(&world, "", &admin).await] {
            let (good, said) = check(directory.path(), &lines, &["--key", &key]);
            assert!(good, "{said}");
        }
        let proof = get(&world, "proof/inclusion?seq=3", &admin).await.expect(200);
        assert_eq!((&proof["seq"], proof.get("id")), (&3.into(), None));
        let listed = world.get("/api/auth/audit?kind=audit.archived").bearer(&admin.token).send().await;
        assert_eq!(listed.status, 200, "{}", listed.text());
        assert!(listed.text().contains(&made[0].digest));
        let subtree = world.get("/api/auth/audit?subtree=agt_x").bearer(&admin.token).send().await;
        assert_eq!(subtree.status, 422, "{}", subtree.text());
    }
}

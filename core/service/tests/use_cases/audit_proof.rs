//! Proofs, exports and following: who gets what, and that everything checks out.

use crate::world::{World, ask, code, holder, make_agent, person, question, sign_in, worlds};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::merkle::{Hash, leaf_hash, verify_consistency, verify_inclusion};
use kavach_model::permission::Verdict;
use kavach_model::{ErrorCode, PageRequest, Secret};
use kavach_service::audit::export::{Format, export};
use kavach_service::audit::follow::{Follow, Followed, follow};
use kavach_service::audit::note::VerifierKey;
use kavach_service::audit::proof::{Which, checkpoint, consistency, inclusion};
use kavach_service::context::RequestContext;
use kavach_service::{audit, authorize, session, setup};

const READER: &str = r#"[{"resource":"mcp:github:*","actions":["read"]}]"#;

fn hash(text: &str) -> Hash {
    STANDARD.decode(text).unwrap().try_into().unwrap()
}

fn hashes(texts: &[String]) -> Vec<Hash> {
    texts.iter().map(|text| hash(text)).collect()
}

async fn admin(world: &World) -> RequestContext {
    let password = Secret::new(crate::world::PASSWORD);
    setup::create_admin_offline(&world.kv, "root@example.com", None, password).await.unwrap();
    let signed_in = sign_in(&world.kv, "root@example.com", crate::world::PASSWORD).await.unwrap();
    holder(&world.kv, signed_in.token.expose()).await.unwrap()
}

#[tokio::test]
async fn every_record_is_proven_in_every_checkpoint_after_it() {
    for world in worlds().await {
        let kv = &world.kv;
        let root = admin(&world).await;
        let ada = person(kv, "ada@example.com").await;
        let agent = make_agent(kv, &ada, READER).await;
        let mut checkpoints = vec![checkpoint(kv, &root).await.unwrap()];
        for round in 0..4 {
            let asks = (0..40 + round * 60).map(|_| ask(kv, agent.token.expose(), "read", "mcp:github:x"));
            futures::future::join_all(asks).await;
            checkpoints.push(checkpoint(kv, &root).await.unwrap());
        }
        let key: VerifierKey = checkpoints[0].key.parse().unwrap();
        for signed in &checkpoints {
            let tree = key.open(&signed.note).unwrap();
            assert_eq!((tree.size, tree.root), (signed.size, hash(&signed.root)));
            for seq in (1..=signed.size).step_by(37) {
                let which = Which::Seq(seq as i64);
                let proof = inclusion(kv, &root, which, Some(signed.size)).await.unwrap();
                let (leaf, top) = (hash(&proof.leaf_hash), hash(&proof.root));
                assert!(verify_inclusion(&leaf, seq - 1, signed.size, &hashes(&proof.proof), &top));
                assert_eq!(proof.note.as_ref(), Some(&signed.note));
            }
        }
        for (earlier, later) in checkpoints.iter().zip(&checkpoints[1..]) {
            let proof = consistency(kv, &root, earlier.size, Some(later.size)).await.unwrap();
            assert_eq!((&proof.from_root, &proof.to_root), (&earlier.root, &later.root));
            let (from, to) = (hash(&earlier.root), hash(&later.root));
            assert!(verify_consistency(earlier.size, later.size, &from, &to, &hashes(&proof.proof)));
        }
        let newest = checkpoints.last().unwrap().size;
        for (from, to) in [(0, None), (2, Some(1)), (1, Some(0)), (1, Some(newest + 1_000))] {
            assert_eq!(code(consistency(kv, &root, from, to).await), ErrorCode::ValidationFailed, "{from}");
        }
        let beyond = inclusion(kv, &root, Which::Seq(5), Some(4)).await;
        assert_eq!(code(beyond), ErrorCode::ValidationFailed);
        assert_eq!(code(inclusion(kv, &root, Which::Seq(1_000_000), None).await), ErrorCode::NotFound);
        assert_eq!(code(inclusion(kv, &root, Which::Seq(-1), None).await), ErrorCode::NotFound);
    }
}

#[tokio::test]
async fn a_member_proves_their_own_records_and_no_others() {
    for world in worlds().await {
        let kv = &world.kv;
        let (ada, bob) = (person(kv, "ada@example.com").await, person(kv, "bob@example.com").await);
        let agent = make_agent(kv, &ada, READER).await;
        let decision = ask(kv, agent.token.expose(), "read", "mcp:github:x").await;
        let which = Which::Id(decision.audit_id);
        let proof = inclusion(kv, &ada, which, None).await.unwrap();
        assert_eq!(proof.id, Some(decision.audit_id));
        assert_eq!(code(inclusion(kv, &bob, which, None).await), ErrorCode::NotFound);
        assert_eq!(code(inclusion(kv, &bob, Which::Seq(proof.seq), None).await), ErrorCode::NotFound);
        let own = holder(kv, agent.token.expose()).await.unwrap();
        assert_eq!(code(inclusion(kv, &own, which, None).await), ErrorCode::Forbidden);
        assert_eq!(code(checkpoint(kv, &own).await), ErrorCode::Forbidden);
    }
}

async fn exported(world: &World, cx: &RequestContext, filter: &AuditFilter, format: Format) -> String {
    let parts = export(&world.kv, cx, filter, format).await.unwrap();
    parts.map(|part| part.unwrap()).collect::<Vec<_>>().await.concat()
}

#[tokio::test]
async fn an_export_holds_what_the_list_holds_in_order() {
    for world in worlds().await {
        let kv = &world.kv;
        let (root, ada) = (admin(&world).await, person(&world.kv, "ada@example.com").await);
        let agent = make_agent(kv, &ada, READER).await;
        // Known from here on: eleven hundred at once would wait for a connection to read the agent with.
        ask(kv, agent.token.expose(), "read", "mcp:github:x").await;
        let asks = (0..1_100).map(|number| {
            let resource = if number % 10 == 0 { "mcp:gitlab:x" } else { "mcp:github:x" };
            ask(kv, agent.token.expose(), "read", resource)
        });
        futures::future::join_all(asks).await;
        let everything = exported(&world, &root, &AuditFilter::default(), Format::Jsonl).await;
        let page = PageRequest::new(Some(1), None).unwrap();
        let newest = &audit::list(kv, &root, &AuditFilter::default(), &page).await.unwrap().data[0];
        let lines: Vec<&str> = everything.lines().collect();
        assert_eq!(lines.len() as i64, newest.seq);
        let last = leaf_hash(lines.last().unwrap().as_bytes());
        assert_eq!(last.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), newest.leaf_hash);
        for (line, seq) in lines.iter().zip(1..) {
            assert!(line.starts_with(&format!("{{\"seq\":{seq},")), "{line}");
        }
        let denied = AuditFilter { verdict: Some(Verdict::Deny), ..AuditFilter::default() };
        assert_eq!(exported(&world, &root, &denied, Format::Jsonl).await.lines().count(), 110);
        let table = exported(&world, &root, &denied, Format::Csv).await;
        assert_eq!(table.lines().count(), 111, "and the header");
        // A member's file has their records and nobody else's.
        let own = exported(&world, &ada, &AuditFilter::default(), Format::Jsonl).await;
        assert!(own.lines().count() < lines.len() && own.lines().count() >= 1_100);
        assert!(!own.contains("admin.created"));
        let bundle = exported(&world, &ada, &AuditFilter::default(), Format::Bundle).await;
        assert!(bundle.lines().nth(1).unwrap().contains("\"proof\":["), "a part is proven record by record");
    }
}

#[tokio::test]
async fn a_formula_in_a_cell_is_text() {
    for world in worlds().await {
        let ada = person(&world.kv, "ada@example.com").await;
        let agent = make_agent(&world.kv, &ada, READER).await;
        let request = question(Some(agent.agent.id.to_string()), "=cmd()", "mcp:github:x");
        authorize::decide(&world.kv, &ada, request).await.unwrap();
        let table = exported(&world, &ada, &AuditFilter::default(), Format::Csv).await;
        assert!(table.contains(",\"'=cmd()\","), "{table}");
    }
}

#[tokio::test]
async fn a_follower_sees_what_comes_and_goes_on_where_it_stopped() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let agent = make_agent(kv, &ada, READER).await;
        let mut stream = follow(kv, &ada, Follow { wait: true, ..Follow::default() }).await.unwrap();
        let decision = ask(kv, agent.token.expose(), "read", "mcp:github:x").await;
        let (seq, json) = next_record(&mut stream).await;
        assert!(json.contains(&decision.audit_id.to_string()), "{json}");
        let record = audit::get(kv, &ada, decision.audit_id).await.unwrap();
        assert_eq!(serde_json::from_str::<kavach_model::audit::AuditRecord>(&json).unwrap(), record);
        drop(stream);
        for _ in 0..3 {
            ask(kv, agent.token.expose(), "write", "mcp:github:x").await;
        }
        let denied = AuditFilter { verdict: Some(Verdict::Deny), ..AuditFilter::default() };
        let again = Follow { after: Some(seq), filter: denied, ..Follow::default() };
        let missed: Vec<Followed> = follow(kv, &ada, again).await.unwrap().collect().await;
        assert_eq!(missed.len(), 3, "{missed:?}");
        // What others do is not seen.
        let bob = person(kv, "bob@example.com").await;
        let all = Follow { after: Some(0), ..Follow::default() };
        let seen: Vec<Followed> = follow(kv, &bob, all).await.unwrap().collect().await;
        assert!(
            seen.iter().all(
                |followed| matches!(followed, Followed::Record { json, .. } if !json.contains("decision"))
            )
        );
    }
}

async fn next_record(stream: &mut (impl futures::Stream<Item = Followed> + Unpin)) -> (u64, String) {
    loop {
        match stream.next().await.unwrap() {
            Followed::Record { seq, json } => return (seq, json),
            Followed::Nothing | Followed::Alive { .. } => {}
            Followed::Ended => panic!("ended"),
        }
    }
}

#[tokio::test]
async fn following_ends_with_the_session() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let stream = follow(kv, &ada, Follow { wait: true, ..Follow::default() }).await.unwrap();
        session::sign_out(kv, &ada).await.unwrap();
        let seen: Vec<Followed> = stream.collect().await;
        assert_eq!(seen.last(), Some(&Followed::Ended), "{seen:?}");
        assert!(seen.iter().all(|followed| match followed {
            Followed::Record { json, .. } => json.contains(AuditKind::UserSignOut.as_str()),
            _ => true,
        }));
    }
}

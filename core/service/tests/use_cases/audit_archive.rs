//! Records that were moved into files: nothing is lost, everything can still be proven, and tampering is still found.

use crate::audit_tamper::{Log, logs};
use crate::world::{START, ask, code, make_agent, person, worlds};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::merkle::{
    Node, Subtrees as _, consistency_proof, inclusion_proof, root, verify_consistency, verify_inclusion,
};
use kavach_model::{ApiError, AuditId, ErrorCode, PageRequest, Timestamp};
use kavach_service::audit;
use kavach_service::audit::archive::{self, Plan, Step, verify_files};
use kavach_service::audit::ledger::Ledger;
use kavach_service::audit::proof::{Which, inclusion};
use kavach_service::clock::{Clock as _, ManualClock};
use kavach_service::rng::SystemRng;
use kavach_service::{Error, Result};
use kavach_store::AuditArchive;
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Records are a millisecond apart.
fn written_before(records: u64) -> Timestamp {
    START + Duration::from_millis(records)
}

async fn archive(log: &Log, before: Timestamp, clock: &ManualClock) -> Result<Vec<AuditArchive>> {
    archive_with(&log.ledger, log, before, clock, &|_| ControlFlow::Continue(())).await
}

async fn archive_with(
    ledger: &Ledger,
    log: &Log,
    before: Timestamp,
    clock: &ManualClock,
    watch: &(dyn Fn(&Step) -> ControlFlow<()> + Send + Sync),
) -> Result<Vec<AuditArchive>> {
    let directory = log.config.archive_dir();
    ledger.archive(&Plan { before, directory: &directory, clock, rng: &SystemRng, watch }).await
}

async fn kept_after(log: &Log) -> u64 {
    log.store.read().await.unwrap().audit_kept_after().await.unwrap()
}

async fn files_are_right(log: &Log) -> u64 {
    let (finding, records) = verify_files(&log.ledger, &log.config.archive_dir(), &[]).await.unwrap();
    assert_eq!(finding, None, "{}", log.name);
    records
}

/// 1,100 records of which the first 512 were archived.
async fn archived(log: Log) -> (Log, ManualClock) {
    let mut log = log.filled().await;
    log.append(400).await;
    log.seal().await;
    let clock = ManualClock::new(START + HOUR);
    let made = archive(&log, written_before(600), &clock).await.unwrap();
    assert_eq!(made.iter().map(|made| (made.first, made.last)).collect::<Vec<_>>(), [(1, 512)]);
    log.appended_elsewhere(1).await;
    (log, clock)
}

#[tokio::test]
async fn whole_segments_that_are_old_enough_go_and_every_proof_stays() {
    for log in logs().await {
        let (mut log, clock) = archived(log).await;
        let report = log.verify(&[]).await;
        assert!(report.intact, "{}: {report:?}", log.name);
        assert_eq!((report.records, report.unsigned), (1_101, 1));
        assert_eq!(report.checkpoints, 6, "four that were there, the end of the archive, and its statement");
        let mut conn = log.store.read().await.unwrap();
        assert_eq!(conn.audit_ends().await.unwrap(), Some((513, 1_101)));
        drop(conn);
        assert_eq!(kept_after(&log).await, 512);
        assert_eq!(files_are_right(&log).await, 512);
        assert!(
            archive(&log, written_before(600), &clock).await.unwrap().is_empty(),
            "nothing is old enough"
        );

        let newest = log.ledger.current(clock.now()).await.unwrap();
        assert_eq!(newest.size, 1_101);
        let mut conn = log.store.read().await.unwrap();
        let mut tree = conn.audit_tree();
        let top = root(&mut tree, newest.size).await.unwrap();
        for seq in [1, 255, 256, 257, 300, 512, 513, 1_101] {
            let proof = inclusion_proof(&mut tree, seq - 1, newest.size).await.unwrap().unwrap();
            let node = [Node { level: 0, index: seq - 1 }];
            let leaf = tree.hashes(&node).await.unwrap()[0];
            assert!(verify_inclusion(&leaf, seq - 1, newest.size, &proof, &top), "{seq}");
        }
        for from in [1, 100, 300, 512, 700, 1_100] {
            let old = root(&mut tree, from).await.unwrap();
            let proof = consistency_proof(&mut tree, from, newest.size).await.unwrap().unwrap();
            assert!(verify_consistency(from, newest.size, &old, &top, &proof), "{from}");
        }
        drop(conn);

        // The log grows, and the next segment follows the last.
        log.append(400).await;
        let made = archive(&log, clock.now() + HOUR, &clock).await.unwrap();
        assert_eq!(made.iter().map(|made| (made.first, made.last)).collect::<Vec<_>>(), [(513, 1_280)]);
        assert!(log.verify(&[]).await.intact);
        assert_eq!(files_are_right(&log).await, 1_280);
        // An export begins with what is left and knows the hashes of what is not.
        let mut conn = log.store.read().await.unwrap();
        let filter = AuditFilter { kind: Some(AuditKind::AuditArchived), ..AuditFilter::default() };
        let told = conn.list_audit(&filter, &PageRequest::default()).await.unwrap().data;
        let context = told[0].event.context.as_ref().unwrap();
        assert_eq!((context["first"].as_u64(), context["last"].as_u64()), (Some(513), Some(1_280)));
        assert_eq!(context["sha256"].as_str(), Some(made[0].digest.as_str()));
    }
}

/// What is done to the database after records were archived, the first position that is wrong, and what is said.
const TAMPERING: [(&str, u64, &str); 14] = [
    ("edit record 650", 650, "not the one whose hash"),
    ("edit records 650 and 690", 650, "not the one whose hash"),
    ("delete record 690", 690, "missing"),
    ("delete record 700", 700, "missing"),
    ("cut after record 600", 601, "ends at record 600"),
    ("set the root of checkpoint 300", 300, "stored checkpoint over 300 records says something else"),
    ("replace the hashes of the first tile", 1, "from here to 100 are not those that were signed"),
    ("clear the root of the first tile", 1, "stored hashes over records 1 to 256 were changed"),
    ("delete the second tile", 257, "archived records 257 to 512 are missing"),
    ("pretend that records up to 768 were archived", 513, "no archive that was signed has it"),
    ("pretend with a row that records up to 768 were archived", 513, "no archive that was signed has it"),
    ("forget the archives", 1, "no archive that was signed has it"),
    ("set the digest of the archive", 1, "no archive that was signed has it"),
    ("copy record 600 to position 5", 5, "stands before the first one"),
];

#[tokio::test]
async fn k17_the_first_bad_record_is_named_after_others_were_archived() {
    for (deed, seq, words) in TAMPERING {
        for log in logs().await {
            let (log, _) = archived(log).await;
            log.tamper(deed).await;
            let report = log.verify(&[]).await;
            let finding = report.finding.unwrap_or_else(|| panic!("{}: {deed} was not noticed", log.name));
            assert_eq!(finding.seq, seq, "{}: {deed}: {}", log.name, finding.problem);
            assert!(finding.problem.contains(words), "{}: {deed}: {}", log.name, finding.problem);
        }
    }
}

#[tokio::test]
async fn an_archived_record_that_was_changed_in_its_file_is_named() {
    for log in logs().await {
        let (log, _) = archived(log).await;
        let directory = log.config.archive_dir();
        let path = directory.join("audit-000000000001-000000000512.jsonl");
        let whole = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.split_inclusive('\n').collect();
        let edited = |place: usize, line: String| {
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            lines[place] = line;
            lines.concat()
        };
        let cases = [
            (edited(217, lines[217].replace("192.0.2.7", "192.0.2.8")), 217, "hash was sealed"),
            (edited(218, String::new()), 218, "missing"),
            (edited(0, lines[0].replace("\"after\":0", "\"after\":1")), 1, "head"),
            (edited(513, String::new()), 512, "does not end"),
            (format!("{whole}more\n"), 512, "does not end"),
            (edited(513, lines[513].replace('}', " }")), 1, "not the file that was signed"),
        ];
        for (text, seq, words) in cases {
            std::fs::write(&path, text).unwrap();
            let finding = verify_files(&log.ledger, &directory, &[]).await.unwrap().0.unwrap();
            assert_eq!(finding.seq, seq, "{}", finding.problem);
            assert!(finding.problem.contains(words), "{}", finding.problem);
        }
        std::fs::write(&path, whole).unwrap();
        assert_eq!(files_are_right(&log).await, 512);
        std::fs::remove_file(&path).unwrap();
        let finding = verify_files(&log.ledger, &directory, &[]).await.unwrap().0.unwrap();
        assert_eq!(finding.seq, 1, "{}", finding.problem);
    }
}

#[tokio::test]
async fn nothing_is_deleted_that_was_not_read_back_as_it_was_sealed() {
    for log in logs().await {
        let log = log.filled().await;
        let clock = ManualClock::new(START + HOUR);
        let spoil = |step: &Step| {
            if let Step::Written(name) = step {
                let path = log.config.archive_dir().join(name);
                let text = std::fs::read_to_string(&path).unwrap();
                std::fs::write(&path, text.replace("request-299", "request-298")).unwrap();
            }
            ControlFlow::Continue(())
        };
        let refused = archive_with(&log.ledger, &log, START + DAY, &clock, &spoil).await.unwrap_err();
        assert!(refused.to_string().contains("nothing is deleted: record 300"), "{refused}");
        let mut conn = log.store.read().await.unwrap();
        assert_eq!(conn.audit_ends().await.unwrap(), Some((1, 700)));
        drop(conn);
        // Nor of a log that is not intact.
        log.tamper("edit record 217").await;
        let refused = archive(&log, START + DAY, &clock).await.unwrap_err();
        assert!(refused.to_string().contains("record 217"), "{refused}");
        assert_eq!(kept_after(&log).await, 0);
    }
}

/// The process dies after each of the steps in turn.
#[tokio::test]
async fn an_archiving_that_dies_at_any_step_is_gone_on_with_and_loses_nothing() {
    for dies_after in 0..5 {
        for log in logs().await {
            let mut log = log;
            log.append(2_100).await;
            log.seal().await;
            let mut before = HashSet::new();
            let mut conn = log.store.read().await.unwrap();
            for (_, body) in conn.audit_bodies(0, 2_100).await.unwrap() {
                before.insert(body);
            }
            drop(conn);
            let clock = ManualClock::new(START + HOUR);
            let steps = Mutex::new(Vec::new());
            let die = |step: &Step| {
                let mut steps = steps.lock().unwrap();
                steps.push(step.clone());
                assert!(steps.len() <= dies_after, "the power failed");
                ControlFlow::Continue(())
            };
            let dying = archive_with(&log.ledger, &log, START + DAY, &clock, &die);
            let died = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(dying)).await;
            assert!(died.is_err());
            assert!(log.verify(&[]).await.intact, "{} {dies_after}", log.name);
            files_are_right(&log).await;

            let other = Ledger::open(&log.config).await.unwrap();
            let go = |_: &Step| ControlFlow::Continue(());
            let busy = archive_with(&other, &log, START + DAY, &clock, &go).await;
            assert_eq!(code(busy), ErrorCode::Conflict, "the dead one still has the lease");
            clock.advance(Duration::from_secs(301));
            archive_with(&other, &log, START + DAY, &clock, &go).await.unwrap();
            assert_eq!(kept_after(&log).await, 2_048, "{} {dies_after}", log.name);
            assert!(log.verify(&[]).await.intact);
            assert_eq!(files_are_right(&log).await, 2_048);
            let mut conn = log.store.read().await.unwrap();
            for (_, body) in conn.audit_bodies(0, 2_100).await.unwrap() {
                before.remove(&body);
            }
            drop(conn);
            let files: Vec<PathBuf> = std::fs::read_dir(log.config.archive_dir())
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            assert_eq!(files.len(), 1, "{files:?}");
            for line in std::fs::read_to_string(&files[0]).unwrap().lines() {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                before.remove(line["body"].as_str().unwrap_or_default());
            }
            assert!(before.is_empty(), "{} {dies_after}: {} records are lost", log.name, before.len());
        }
    }
}

#[tokio::test]
async fn replicas_do_not_archive_at_once() {
    for log in logs().await {
        let log = log.filled().await;
        let other = Ledger::open(&log.config).await.unwrap();
        let clock = ManualClock::new(START + HOUR);
        let go = |_: &Step| ControlFlow::Continue(());
        let (one, two) = tokio::join!(
            archive_with(&log.ledger, &log, START + DAY, &clock, &go),
            archive_with(&other, &log, START + DAY, &clock, &go),
        );
        let made = [one, two].into_iter().map(|done| match done {
            Ok(made) => made.len(),
            Err(Error::Refused(refused)) => {
                assert_eq!(refused.code, ErrorCode::Conflict);
                0
            }
            Err(other) => panic!("{other}"),
        });
        assert_eq!(made.sum::<usize>(), 1);
        assert!(log.verify(&[]).await.intact);
        assert_eq!(files_are_right(&log).await, 512);
    }
}

#[tokio::test]
async fn of_old_checkpoints_one_an_hour_and_then_one_a_day_stays() {
    for mut log in logs().await {
        let mut signed = Vec::new();
        for minutes in [0, 10, 50, 70, 80, 1_430, 1_450] {
            log.append(90).await;
            signed.push(log.ledger.current(START + Duration::from_secs(minutes * 60)).await.unwrap());
        }
        let clock = ManualClock::new(START + DAY);
        archive(&log, written_before(300), &clock).await.unwrap();
        let sizes = async || -> Vec<u64> {
            let all = log.store.read().await.unwrap().audit_checkpoints(0, 100).await.unwrap();
            all.iter().map(|checkpoint| checkpoint.size).collect()
        };
        let hour = |at: Timestamp| at.as_millis() / 3_600_000;
        log.ledger.thin_some(START + DAY + DAY).await.unwrap();
        let mut expected: Vec<u64> = signed
            .iter()
            .filter(|one| signed.iter().all(|other| hour(one.at) != hour(other.at) || other.size <= one.size))
            .map(|one| one.size)
            .chain([256])
            .collect();
        expected.sort_unstable();
        assert_eq!(sizes().await, expected, "{}", log.name);
        assert!(expected.len() < signed.len());
        log.ledger.thin_some(START + 40 * DAY).await.unwrap();
        let left = sizes().await;
        assert!(left.contains(&256) && left.contains(&630) && left.len() <= 4, "{left:?}");
        let report = log.verify(&[]).await;
        assert!(report.intact, "{report:?}");
        // Also between those that are gone.
        let mut conn = log.store.read().await.unwrap();
        let mut tree = conn.audit_tree();
        for pair in signed.windows(2) {
            let (old, new) = (pair[0].size, pair[1].size);
            let proof = consistency_proof(&mut tree, old, new).await.unwrap().unwrap();
            let roots = (root(&mut tree, old).await.unwrap(), root(&mut tree, new).await.unwrap());
            assert!(verify_consistency(old, new, &roots.0, &roots.1, &proof));
        }
    }
}

#[tokio::test]
async fn who_asks_for_an_archived_record_is_told_where_it_went() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let agent = make_agent(kv, &ada, r#"[{"resource":"mcp:github:*","actions":["read"]}]"#).await;
        let first = ask(kv, agent.token.expose(), "read", "mcp:github:x").await.audit_id;
        let asks = (0..300).map(|_| ask(kv, agent.token.expose(), "read", "mcp:github:x"));
        futures::future::join_all(asks).await;
        world.clock.advance(2 * HOUR);
        let admin = crate::world::admin(kv, "root@example.com").await;
        let before = world.clock.now() - HOUR;
        let made = archive::before(kv, before, &|_| ControlFlow::Continue(())).await.unwrap();
        assert_eq!(made.iter().map(|made| made.last).collect::<Vec<_>>(), [256]);
        let told = ApiError::from(audit::get(kv, &admin, first).await.unwrap_err());
        assert_eq!(told.code, ErrorCode::NotFound);
        assert!(told.message.contains("audit-000000000001-000000000256.jsonl"), "{}", told.message);
        let told = ApiError::from(audit::get(kv, &ada, first).await.unwrap_err());
        assert!(!told.message.contains("audit-"), "{}", told.message);
        let never = AuditId::from_parts(world.clock.now(), [9; 10]);
        let told = ApiError::from(audit::get(kv, &admin, never).await.unwrap_err());
        assert!(!told.message.contains("audit-"), "{}", told.message);
        // That it was there can still be shown, to whoever may see every record.
        let proof = inclusion(kv, &admin, Which::Seq(3), None).await.unwrap();
        assert_eq!((proof.id, proof.seq), (None, 3));
        assert_eq!(code(inclusion(kv, &ada, Which::Seq(3), None).await), ErrorCode::NotFound);
    }
}

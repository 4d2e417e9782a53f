//! The audit log after somebody was at the database: verification names the first position that is wrong.

use crate::world::{START, scratch_postgres};
use kavach_model::audit::{AuditEvent, AuditKind};
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::{AgentId, AuditId, PrincipalId, Secret, UserId};
use kavach_service::audit::ledger::Ledger;
use kavach_service::audit::note::VerifierKey;
use kavach_service::audit::verify::{Kept, Report, verify};
use kavach_service::config::Config;
use kavach_store::{AuditDraft, DatabaseUrl, Store};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::time::Duration;

/// A migrated database with nothing but its log.
pub struct Log {
    pub name: &'static str,
    pub store: Store,
    pub ledger: Ledger,
    pub config: Config,
    written: u64,
    _directory: tempfile::TempDir,
}

pub async fn logs() -> Vec<Log> {
    let mut logs = vec![Log::new("sqlite", None).await];
    if let Some(url) = scratch_postgres().await {
        logs.push(Log::new("postgres", Some(url)).await);
    }
    logs
}

impl Log {
    async fn new(name: &'static str, database: Option<String>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut config = Config { data_dir: directory.path().to_owned(), ..Config::default() };
        config.database.url = database.map(Secret::new);
        config.instance_key = Some(Secret::new("00112233445566778899aabbccddeeff".repeat(2)));
        config.validate().unwrap();
        let url: DatabaseUrl = config.database_url().expose().parse().unwrap();
        let store = Store::connect(&url, 4).await.unwrap();
        store.migrate(START).await.unwrap();
        let ledger = Ledger::open(&config).await.unwrap();
        Self { name, store, ledger, config, written: 0, _directory: directory }
    }

    /// A log of 700 records, sealed at 100, 300 and 700.
    pub async fn filled(mut self) -> Self {
        for more in [100, 200, 400] {
            self.append(more).await;
            self.seal().await;
        }
        self
    }

    pub async fn append(&mut self, count: u64) {
        let entries = (self.written..self.written + count).map(|number| draft(number).into_entry().unwrap());
        self.store.append_audit(entries.collect()).await.unwrap();
        self.written += count;
    }

    /// Records somebody else appended.
    pub async fn appended_elsewhere(&mut self, count: u64) {
        self.written += count;
        // A transaction looks again where the log ends.
        self.store.write().await.unwrap().commit().await.unwrap();
    }

    pub async fn seal(&self) -> Kept {
        let note = self.ledger.current(START).await.unwrap().note;
        Kept { name: "kept.txt".to_owned(), note }
    }

    pub async fn verify(&self, kept: &[Kept]) -> Report {
        verify(&self.ledger, kept, &[], &|_, _| {}).await.unwrap()
    }

    pub async fn tamper(&self, deed: &str) {
        self.store.tamper(deed).await.unwrap();
    }
}

fn draft(number: u64) -> AuditDraft {
    let at = START + Duration::from_millis(number);
    let random = |kind: u8| {
        let mut bytes = [kind; 10];
        bytes[2..].copy_from_slice(&number.to_be_bytes());
        bytes
    };
    let (agent, sponsor) = (AgentId::from_parts(at, random(1)), UserId::from_parts(START, [2; 10]));
    let mut event = match number % 3 {
        0 => AuditEvent::new(AuditKind::UserSignIn, at),
        _ => AuditEvent::new(AuditKind::Decision, at),
    };
    if event.kind == AuditKind::Decision {
        event.actor_id = Some(PrincipalId::Agent(agent));
        event.agent_id = Some(agent);
        event.chain = vec![PrincipalId::User(sponsor), PrincipalId::Agent(agent)];
        event.action = Some("read".to_owned());
        event.resource = Some(format!("mcp:github:repo-{number}\u{2028}\"\\\0"));
    } else {
        event.actor_id = Some(PrincipalId::User(sponsor));
        event.user_id = Some(sponsor);
    }
    if number.is_multiple_of(5) {
        (event.verdict, event.reason_code) = (Verdict::Deny, ReasonCode::NoMatchingPermission);
    }
    event.request_id = format!("request-{number}");
    event.ip = Some("192.0.2.7".to_owned());
    AuditDraft { id: AuditId::from_parts(at, random(3)), event, sponsor_id: Some(sponsor) }
}

/// What is done to the database, the first position that is wrong then, and what is said of it.
const TAMPERING: [(&str, u64, &str); 20] = [
    ("edit record 217", 217, "not the one whose hash"),
    ("edit records 650 and 690", 650, "not the one whose hash"),
    ("edit the action in record 218", 218, "not the one whose hash"),
    ("add a space to record 512", 512, "not the one whose hash"),
    ("empty record 700", 700, "not the one whose hash"),
    ("set the action column of record 300", 300, "column action"),
    ("clear the agent column of record 17", 17, "column agent_id"),
    ("give record 18 another sponsor", 18, "column sponsor_id"),
    ("set time and verdict of record 1", 1, "column at, verdict"),
    ("put separators into record 20", 20, "column resource"),
    ("delete records 400 and 450", 400, "missing"),
    ("delete record 1", 1, "missing"),
    ("delete record 700", 700, "ends at record 699"),
    ("swap records 10 and 11", 10, "says that it is number 11"),
    ("swap and renumber records 10 and 11", 10, "not the one whose hash"),
    ("cut after record 600", 601, "ends at record 600"),
    ("delete everything", 1, "ends at record 0"),
    ("set the root of checkpoint 300", 300, "stored checkpoint over 300 records says something else"),
    ("set the size in the note of checkpoint 300", 300, "signature that does not hold"),
    ("replace the hashes of the first tile", 1, "stored hashes that were changed"),
];

#[tokio::test]
async fn k17_the_first_record_that_was_edited_deleted_swapped_or_cut_is_named() {
    for (deed, seq, words) in TAMPERING {
        for log in logs().await {
            let log = log.filled().await;
            assert!(log.verify(&[]).await.intact, "{}", log.name);
            log.tamper(deed).await;
            let report = log.verify(&[]).await;
            let finding = report.finding.unwrap_or_else(|| panic!("{}: {deed} was not noticed", log.name));
            assert_eq!(finding.seq, seq, "{}: {deed}: {}", log.name, finding.problem);
            assert!(finding.problem.contains(words), "{}: {deed}: {}", log.name, finding.problem);
            assert!(!report.intact && report.root.is_none());
        }
    }
}

#[tokio::test]
async fn an_end_that_was_cut_with_everything_over_it_is_found_by_a_checkpoint_kept_elsewhere() {
    for log in logs().await {
        let log = log.filled().await;
        let kept = log.seal().await;
        log.tamper("cut after record 600 with all that was sealed over it").await;
        assert!(log.verify(&[]).await.intact, "nothing in the database tells");
        let finding = log.verify(std::slice::from_ref(&kept)).await.finding.unwrap();
        assert_eq!(finding.seq, 601);
        assert!(finding.problem.contains("kept.txt was signed over 700 records"), "{}", finding.problem);
        // Also when the log has grown beyond it again.
        let mut log = log;
        log.append(200).await;
        log.seal().await;
        let finding = log.verify(std::slice::from_ref(&kept)).await.finding.unwrap();
        assert_eq!(finding.seq, 301, "the last root that holds was signed over 300: {}", finding.problem);
        let forged = Kept { note: kept.note.replace("700", "600"), ..kept };
        assert!(verify(&log.ledger, &[forged], &[], &|_, _| {}).await.is_err());
    }
}

/// Whoever changes a hash along with its record leaves only the signed roots to tell.
#[tokio::test]
async fn a_record_changed_along_with_its_hash_is_narrowed_down_by_the_signed_roots() {
    for log in logs().await {
        let log = log.filled().await;
        log.tamper("edit record 650 and delete its hash").await;
        let finding = log.verify(&[]).await.finding.unwrap();
        assert_eq!(finding.seq, 301, "{}", finding.problem);
        assert!(finding.problem.contains("from here to 700"), "{}", finding.problem);
    }
}

#[tokio::test]
async fn sealing_notices_that_the_past_changed_signs_nothing_more_and_recovers() {
    for deed in
        ["cut after record 600", "edit record 650", "delete record 690", "clear the root of the first tile"]
    {
        for log in logs().await {
            let mut log = log.filled().await;
            assert_eq!(log.ledger.damage(), None);
            log.tamper(deed).await;
            log.written += 10_000;
            log.append(120).await;
            let last = log.ledger.current(START).await.unwrap();
            assert_eq!(last.size, 700, "{}: {deed}", log.name);
            assert!(log.ledger.damage().is_some(), "{}: {deed}", log.name);
        }
    }
}

#[tokio::test]
async fn replicas_that_seal_at_once_agree() {
    for mut log in logs().await {
        let other = Ledger::open(&log.config).await.unwrap();
        for more in [1, 300, 255, 1, 700] {
            log.append(more).await;
            let (one, two) = tokio::join!(log.ledger.current(START), other.current(START));
            assert_eq!((one.unwrap().size, two.unwrap().size), (log.written, log.written));
            assert_eq!((log.ledger.damage(), other.damage()), (None, None));
        }
        let report = log.verify(&[]).await;
        assert!(report.intact, "{report:?}");
        assert_eq!((report.records, report.checkpoints, report.unsigned), (log.written, 5, 0));
    }
}

#[tokio::test]
async fn another_instance_key_verifies_nothing_unless_the_old_key_is_named() {
    for log in logs().await {
        let log = log.filled().await;
        let old: VerifierKey = log.ledger.verifier().to_string().parse().unwrap();
        let mut config = log.config.clone();
        config.instance_key = Some(Secret::new("ffeeddccbbaa99887766554433221100".repeat(2)));
        let renewed = Ledger::open(&config).await.unwrap();
        let finding = verify(&renewed, &[], &[], &|_, _| {}).await.unwrap().finding.unwrap();
        assert_eq!(finding.seq, 100, "{}", finding.problem);
        assert!(finding.problem.contains("no signature of this log's key"), "{}", finding.problem);
        assert!(verify(&renewed, &[], &[old], &|_, _| {}).await.unwrap().intact);
    }
}

/// Any history of appending and sealing verifies, and any one byte that is changed in any record is found.
#[tokio::test]
async fn any_history_verifies_and_any_changed_record_is_found() {
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[17; 32]);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), seed);
    let history = proptest::collection::vec((1u64..400, any::<bool>()), 1..8);
    for _ in 0..6 {
        let steps = history.new_tree(&mut runner).unwrap().current();
        for mut log in logs().await {
            for (more, seal) in &steps {
                log.append(*more).await;
                if *seal {
                    log.seal().await;
                }
            }
            let report = log.verify(&[]).await;
            assert!(report.intact, "{steps:?}: {report:?}");
            assert_eq!(report.records, log.written);
            log.seal().await;
            log.tamper("edit a record two thirds in").await;
            let finding = log.verify(&[]).await.finding.unwrap();
            assert_eq!(finding.seq, log.written * 2 / 3 + 1, "{steps:?}: {}", finding.problem);
        }
    }
}

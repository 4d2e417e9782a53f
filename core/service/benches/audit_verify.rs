//! How many records a second `kavach audit verify` checks, sealed and unsealed records alike.
//!
//! `cargo bench -p kavach-service --bench audit_verify -- [RECORDS]`; a million when none is given. On PostgreSQL when
//! `KAVACH_TEST_POSTGRES_URL` names a server. Printed, never judged: the bar is in the documentation.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench says what it measured, or stops")]

use kavach_model::audit::{AuditEvent, AuditKind};
use kavach_model::{AgentId, AuditId, PrincipalId, Secret, Timestamp, UserId};
use kavach_service::audit::ledger::Ledger;
use kavach_service::audit::verify::verify;
use kavach_service::config::Config;
use kavach_store::{AuditDraft, DatabaseUrl, Store, create_scratch_database};
use std::time::{Duration, Instant};

const NOW: Timestamp = Timestamp::from_millis(1_764_000_000_000);

fn main() {
    let records = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(1_000_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        measure("sqlite", None, records).await;
        if let Ok(server) = std::env::var("KAVACH_TEST_POSTGRES_URL") {
            let number = u128::from(std::process::id()) << 64 | 1;
            measure("postgres", Some(create_scratch_database(&server, number).await.unwrap()), records).await;
        }
    });
}

async fn measure(name: &str, database: Option<String>, records: u64) {
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config { data_dir: directory.path().to_owned(), ..Config::default() };
    config.database.url = database.map(Secret::new);
    config.instance_key = Some(Secret::new("00112233445566778899aabbccddeeff".repeat(2)));
    let url: DatabaseUrl = config.database_url().expose().parse().unwrap();
    let store = Store::connect(&url, 8).await.unwrap();
    store.migrate(NOW).await.unwrap();
    let (began, mut bytes) = (Instant::now(), 0);
    for start in (0..records).step_by(8_192) {
        let drafts = (start..records.min(start + 8_192)).map(draft);
        store.append_audit(drafts.map(|draft| draft.into_entry().unwrap()).collect()).await.unwrap();
    }
    for (_, body) in store.read().await.unwrap().audit_bodies(0, 100).await.unwrap() {
        bytes += body.len();
    }
    println!("{name}: {records} records of {} bytes appended in {:?}", bytes / 100, began.elapsed());
    let ledger = Ledger::open(&config).await.unwrap();
    let began = Instant::now();
    while ledger.current(NOW).await.unwrap().size < records {}
    let sealed = began.elapsed();
    println!("{name}: sealed in {sealed:?}, {:.0} a second", records as f64 / sealed.as_secs_f64());
    for round in 1..=3 {
        let (began, cpu) = (Instant::now(), cpu_micros());
        let report = verify(&ledger, &[], &[], &|_, _| {}).await.unwrap();
        let rate = report.records as f64 / began.elapsed().as_secs_f64();
        let cost = (cpu_micros() - cpu) as f64 / report.records as f64;
        println!(
            "{name}: round {round}: intact {}, {rate:.0} records a second, {cost:.2} us of this process each",
            report.intact
        );
    }
}

/// Processor time this process took so far: on a busy machine it says more than the clock.
fn cpu_micros() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // In hundredths of a second, as Linux counts for programs.
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    ticks * 10_000
}

/// A decision as agents ask for it.
fn draft(number: u64) -> AuditDraft {
    let at = NOW + Duration::from_millis(number);
    let mut random = [7; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    let (agent, sponsor) = (AgentId::from_parts(NOW, [1; 10]), UserId::from_parts(NOW, [2; 10]));
    let mut event = AuditEvent::new(AuditKind::Decision, at);
    event.request_id = format!("{number:016x}");
    event.actor_id = Some(PrincipalId::Agent(agent));
    event.agent_id = Some(agent);
    event.chain = vec![PrincipalId::User(sponsor), PrincipalId::Agent(agent)];
    event.token_id = Some("tok_01jd3x6n9qk8v2m4c7t0wzr5ab".to_owned());
    event.action = Some("read".to_owned());
    event.resource = Some("mcp:github:repos".to_owned());
    event.matched = Some(serde_json::json!({"resource": "mcp:github:*", "actions": ["read"]}));
    event.revision = Some(3);
    event.ip = Some("192.0.2.7".to_owned());
    event.user_agent = Some("an-agent/1.0".to_owned());
    event.latency_us = Some(4);
    AuditDraft { id: AuditId::from_parts(at, random), event, sponsor_id: Some(sponsor) }
}

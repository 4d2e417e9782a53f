//! The doors of Kavach, asked through the router: on SQLite, and on PostgreSQL when `KAVACH_TEST_POSTGRES_URL`
//! names a server (`cargo xtask test` starts one).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "api/account.rs"]
mod account;
#[path = "api/approvals.rs"]
mod approvals;
#[path = "api/audit_proof.rs"]
mod audit_proof;
#[path = "api/authzen.rs"]
mod authzen;
#[path = "api/bad_input.rs"]
mod bad_input;
#[path = "api/browser.rs"]
mod browser;
#[path = "api/closed_doors.rs"]
mod closed_doors;
#[path = "api/connections.rs"]
mod connections;
#[path = "api/disk_full.rs"]
mod disk_full;
#[path = "api/doctor.rs"]
mod doctor;
#[path = "api/doctor_console.rs"]
mod doctor_console;
#[path = "api/envelope.rs"]
mod envelope;
#[path = "api/equal_work.rs"]
mod equal_work;
#[path = "api/headers.rs"]
mod headers;
#[path = "api/idempotency.rs"]
mod idempotency;
#[path = "api/identity.rs"]
mod identity;
#[path = "api/matrix.rs"]
mod matrix;
#[path = "api/oauth.rs"]
mod oauth;
#[path = "api/oauth2_crate.rs"]
mod oauth2_crate;
#[path = "api/oauth_abuse.rs"]
mod oauth_abuse;
#[path = "api/oauth_assertions.rs"]
mod oauth_assertions;
#[path = "api/oauth_decoupled.rs"]
mod oauth_decoupled;
#[path = "api/oauth_flow.rs"]
mod oauth_flow;
#[path = "api/oauth_limits.rs"]
mod oauth_limits;
#[path = "api/oauth_logout.rs"]
mod oauth_logout;
#[path = "api/oauth_more.rs"]
mod oauth_more;
#[path = "api/open_redirects.rs"]
mod open_redirects;
#[path = "api/operations.rs"]
mod operations;
#[path = "api/pages.rs"]
mod pages;
#[path = "api/people.rs"]
mod people;
#[path = "api/planted.rs"]
mod planted;
#[path = "api/process.rs"]
mod process;
#[path = "api/proxies.rs"]
mod proxies;
#[path = "api/quick_start.rs"]
mod quick_start;
#[path = "api/recovery.rs"]
mod recovery;
#[path = "api/shut_out.rs"]
mod shut_out;
#[path = "api/smuggling.rs"]
mod smuggling;
#[path = "api/tokens.rs"]
mod tokens;
#[path = "api/traces.rs"]
mod traces;
#[path = "api/typed.rs"]
mod typed;
#[path = "api/wire.rs"]
mod wire;
#[path = "api/world.rs"]
mod world;

//! Every store method, on SQLite and on PostgreSQL, with the same expectations.
//!
//! PostgreSQL takes part when `KAVACH_TEST_POSTGRES_URL` names a server; `cargo xtask test` starts one.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

#[path = "conformance/agents.rs"]
mod agents;
#[path = "conformance/approvals.rs"]
mod approvals;
#[path = "conformance/audit.rs"]
mod audit;
#[path = "conformance/canopy.rs"]
mod canopy;
#[path = "conformance/contacts.rs"]
mod contacts;
#[path = "conformance/device_grants.rs"]
mod device_grants;
#[path = "conformance/erasure.rs"]
mod erasure;
#[path = "conformance/factors.rs"]
mod factors;
#[path = "conformance/idempotency.rs"]
mod idempotency;
#[path = "conformance/identities.rs"]
mod identities;
#[path = "conformance/limits.rs"]
mod limits;
#[path = "conformance/migrations.rs"]
mod migrations;
#[path = "conformance/oauth.rs"]
mod oauth;
#[path = "conformance/once.rs"]
mod once;
#[path = "conformance/people.rs"]
mod people;
#[path = "conformance/probe.rs"]
mod probe;
#[path = "conformance/recovery.rs"]
mod recovery;
#[path = "conformance/traces.rs"]
mod traces;
#[path = "conformance/usage.rs"]
mod usage;
#[path = "conformance/world.rs"]
mod world;

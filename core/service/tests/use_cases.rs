//! The use cases on SQLite and on PostgreSQL, with a clock moved by hand and no network.
//!
//! PostgreSQL takes part when `KAVACH_TEST_POSTGRES_URL` names a server; `cargo xtask test` starts one.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

#[path = "use_cases/account.rs"]
mod account;
#[path = "use_cases/agents.rs"]
mod agents;
#[path = "use_cases/approval_notices.rs"]
mod approval_notices;
#[path = "use_cases/approvals.rs"]
mod approvals;
#[path = "use_cases/audit_archive.rs"]
mod audit_archive;
#[path = "use_cases/audit_proof.rs"]
mod audit_proof;
#[path = "use_cases/audit_records.rs"]
mod audit_records;
#[path = "use_cases/audit_tamper.rs"]
mod audit_tamper;
#[path = "use_cases/authenticator.rs"]
mod authenticator;
#[path = "use_cases/authorize.rs"]
mod authorize;
#[path = "use_cases/breached.rs"]
mod breached;
#[path = "use_cases/canopy.rs"]
mod canopy;
#[path = "use_cases/captcha.rs"]
mod captcha;
#[path = "use_cases/chains.rs"]
mod chains;
#[path = "use_cases/client_documents.rs"]
mod client_documents;
#[path = "use_cases/codes.rs"]
mod codes;
#[path = "use_cases/constraints.rs"]
mod constraints;
#[path = "use_cases/contact.rs"]
mod contact;
#[path = "use_cases/delegations.rs"]
mod delegations;
#[path = "use_cases/delivery.rs"]
mod delivery;
#[path = "use_cases/delivery_away.rs"]
mod delivery_away;
#[path = "use_cases/devices.rs"]
mod devices;
#[path = "use_cases/explain.rs"]
mod explain;
#[path = "use_cases/factors.rs"]
mod factors;
#[path = "use_cases/guests.rs"]
mod guests;
#[path = "use_cases/history.rs"]
mod history;
#[path = "use_cases/idempotency.rs"]
mod idempotency;
#[path = "use_cases/identities.rs"]
mod identities;
#[path = "use_cases/inbox.rs"]
mod inbox;
#[path = "use_cases/kill_switch.rs"]
mod kill_switch;
#[path = "use_cases/one_tap.rs"]
mod one_tap;
#[path = "use_cases/one_tap_forged.rs"]
mod one_tap_forged;
#[path = "use_cases/outage.rs"]
mod outage;
#[path = "use_cases/part.rs"]
mod part;
#[path = "use_cases/parts_away.rs"]
mod parts_away;
#[path = "use_cases/passkeys.rs"]
mod passkeys;
#[path = "use_cases/people.rs"]
mod people;
#[path = "use_cases/recovery.rs"]
mod recovery;
#[path = "use_cases/setup.rs"]
mod setup;
#[path = "use_cases/shut_out.rs"]
mod shut_out;
#[path = "use_cases/signed_approvals.rs"]
mod signed_approvals;
#[path = "use_cases/siwe.rs"]
mod siwe;
#[path = "use_cases/social.rs"]
mod social;
#[path = "use_cases/text_messages.rs"]
mod text_messages;
#[path = "use_cases/tls_mail.rs"]
mod tls_mail;
#[path = "use_cases/two_step.rs"]
mod two_step;
#[path = "use_cases/used_once.rs"]
mod used_once;
#[path = "use_cases/usernames.rs"]
mod usernames;
#[path = "use_cases/world.rs"]
mod world;

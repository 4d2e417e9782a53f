//! SQLite and PostgreSQL behind one text of SQL.
//!
//! The only crate that names sqlx; `db.rs` and what is below it alone name a driver. Every statement is written
//! once, from static text both databases accept. Transactions begin in the services: [`Store::read`] gives
//! a connection to read with, [`Store::write`] a transaction that ends with [`Conn::commit`] or not at all.

mod agents;
mod api_keys;
mod approvals;
mod audit;
mod audit_archive;
mod audit_pages;
mod audit_scan;
mod audit_tree;
mod backup_codes;
mod canopy;
mod chains;
mod challenges;
mod contacts;
mod data_dir;
mod db;
mod delegations;
mod device_grants;
mod erasure;
mod error;
mod fold;
mod idempotency;
mod identities;
mod migrate;
mod oauth_clients;
mod oauth_grants;
mod oauth_traces;
mod once;
mod outbox;
mod overview;
mod passkeys;
mod probe;
mod rate_limits;
mod recent;
mod second_factors;
mod sessions;
mod signing_keys;
mod stops;
// Not in what is released.
#[cfg(debug_assertions)]
mod tamper;
mod totp;
mod usage;
mod users;

pub use agents::{AgentRow, AgentTokenRow, DecisionAgent, NewAgentToken};
pub use api_keys::ApiKeyRow;
pub use approvals::{ApprovalRow, Decided, Redeem};
pub use audit::{AuditDraft, AuditEntry, MAX_BATCH};
pub use audit_archive::{ArchiveLease, AuditArchive};
pub use audit_scan::{AuditText, StoredRecord};
pub use audit_tree::{AuditCheckpoint, AuditTile, AuditTree};
pub use chains::{Branch, Stopped};
pub use challenges::{ChallengeRow, NewChallenge};
pub use data_dir::DataDirLock;
pub use db::{Backend, Changes, Conn, DatabaseUrl, Store, create_scratch_database};
pub use device_grants::{ClaimedGrant, DeviceGrantRow, NewDeviceGrant, Polled};
pub use error::{Result, StoreError};
pub use idempotency::{Begun, NewAttempt};
pub use identities::{Belongings, NewIdentity};
pub use kavach_model::delivery::Channel;
pub use migrate::LATEST_MIGRATION;
pub use oauth_clients::{ClientRow, ResourceRow};
pub use oauth_grants::{ConsentRow, EndedGrant, GrantRow, RefreshRow};
pub use oauth_traces::{TraceChange, TraceRow, TraceStepRow};
pub use once::{Claimed, NewOnce};
pub use outbox::{MessageRow, NewMessage};
pub use passkeys::{NewPasskey, PasskeyRow, WaysIn};
pub use rate_limits::Allowance;
pub use second_factors::SecondFactors;
pub use sessions::{NewSession, SessionRow};
pub use signing_keys::SigningKeyRow;
pub use totp::TotpRow;
pub use usage::{Charge, Window};
pub use users::{NewUser, PasswordCheck, UserRow};

//! SQLite and PostgreSQL behind one text of SQL.
//!
//! The only crate that names sqlx; `db.rs` is the only file that names a driver. Every statement is written
//! once, from static text both databases accept. Transactions begin in the services: [`Store::read`] gives
//! a connection to read with, [`Store::write`] a transaction that ends with [`Conn::commit`] or not at all.

mod agents;
mod api_keys;
mod audit;
mod data_dir;
mod db;
mod error;
mod idempotency;
mod migrate;
mod once;
mod outbox;
mod overview;
mod rate_limits;
mod sessions;
mod users;

pub use agents::{AgentRow, AgentTokenRow, DecisionAgent, NewAgentToken};
pub use api_keys::ApiKeyRow;
pub use audit::{AuditDraft, MAX_BATCH};
pub use data_dir::DataDirLock;
pub use db::{Backend, Conn, DatabaseUrl, Store, create_scratch_database};
pub use error::{Result, StoreError};
pub use idempotency::Begun;
pub use migrate::LATEST_MIGRATION;
pub use once::{Claimed, NewOnce};
pub use outbox::MessageRow;
pub use sessions::{NewSession, SessionRow};
pub use users::{NewUser, UserRow};

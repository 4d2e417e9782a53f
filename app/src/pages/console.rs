//! The console: which agents exist, what they can do, what they have done, and how to stop them.

mod agent;
mod agent_form;
mod agents;
pub(in crate::pages) mod approval;
mod approvals;
mod audit;
mod audit_entry;
mod audit_rows;
mod chain;
mod edit_agent;
mod keys;
mod kill_switch;
mod lend;
mod mcp;
mod names;
mod new_agent;
mod new_key;
mod overview;
mod permission_words;
mod playground;
mod revoke_agent;
mod rotate_token;
mod token;
mod tree;

pub use agent::Agent;
pub use agents::Agents;
pub use approval::Approval;
pub use approvals::Approvals;
pub use audit::Audit;
pub use audit_entry::AuditEntry;
pub use edit_agent::EditAgent;
pub use keys::Keys;
pub use kill_switch::KillSwitch;
pub use lend::Lend;
pub use mcp::{
    Client, ClientSecret, Clients, Connection, Connections, DeleteClient, Doctor, NewClient, NewServer,
    Servers,
};
pub use new_agent::NewAgent;
pub use new_key::NewKey;
pub use overview::Overview;
pub use playground::Playground;
pub use revoke_agent::RevokeAgent;
pub use rotate_token::RotateToken;
pub use token::{AgentToken, KeyToken};
pub use tree::{Subtree, Tree};

use kavach_model::agent::AgentKind;
use kavach_model::{ApiError, ErrorCode};
use std::str::FromStr;

/// Reads an identifier from an address; anything else is not found.
fn id<T: FromStr>(text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ErrorCode::NotFound.into())
}

const fn kind_name(kind: AgentKind) -> &'static str {
    match kind {
        AgentKind::Autonomous => "Autonomous",
        AgentKind::Delegated => "Delegated",
        AgentKind::Service => "Service",
    }
}

//! A person's own account, in parts.

mod activity;
mod agents;
mod confirm;
mod data;
mod delete;
mod password;
mod profile;
mod security;
mod sessions;

pub use activity::Activity;
pub use agents::Agents;
pub use confirm::Confirm;
pub use data::Data;
pub use delete::Delete;
pub use profile::Account;
pub use security::Security;
pub use sessions::Sessions;

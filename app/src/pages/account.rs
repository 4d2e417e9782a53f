//! A person's own account, in parts.

mod activity;
mod agents;
mod apps;
mod confirm;
mod contact;
mod data;
mod delete;
mod identities;
mod passkeys;
mod password;
mod profile;
mod security;
mod sessions;
mod two_step;

pub use activity::Activity;
pub use agents::Agents;
pub use apps::Apps;
pub use confirm::Confirm;
pub use data::Data;
pub use delete::Delete;
pub(crate) use identities::is_offered;
pub use identities::{ConnectGoogle, ConnectWallet, Identities};
pub use passkeys::Passkeys;
pub use profile::Account;
pub use security::Security;
pub use sessions::Sessions;
pub use two_step::{BackupCodesPage, TwoStepPage};

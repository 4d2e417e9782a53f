//! Ways for people to prove who they are.

pub mod backup_codes;
pub(crate) mod credential_change;
pub mod email_password;
pub mod methods;
pub mod passkey;
mod password;
mod password_recheck;
pub mod reauthenticate;
mod second_factor;
pub mod second_step;
pub(crate) mod sign_in;
pub mod totp;

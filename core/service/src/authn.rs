//! Ways for people to prove who they are.

pub mod anonymous;
pub mod backup_codes;
mod by_email;
mod code;
pub(crate) mod credential_change;
pub mod email_otp;
pub mod email_password;
pub mod first_password;
pub mod magic_link;
pub mod methods;
pub mod passkey;
mod password;
pub(crate) mod password_recheck;
pub mod phone_otp;
pub mod reauthenticate;
mod second_factor;
pub mod second_step;
pub(crate) mod sign_in;
pub mod totp;
pub mod username;
pub mod username_password;

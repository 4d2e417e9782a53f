//! Ways for people to prove who they are.

pub mod email_password;
pub(crate) mod foreign_token;
pub mod google;
pub mod identity;
pub(crate) mod jwks;
pub mod methods;
mod outage;
mod password;
mod password_recheck;
mod second_factor;
pub(crate) mod sign_in;
pub mod siwe;
pub mod social;

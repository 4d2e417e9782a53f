//! Ways for people to prove who they are.

pub mod anonymous;
mod by_email;
mod code;
pub mod email_otp;
pub mod email_password;
pub mod first_password;
pub(crate) mod foreign_token;
pub mod google;
pub mod identity;
pub(crate) mod jwks;
pub mod magic_link;
pub mod methods;
mod outage;
mod password;
pub(crate) mod password_recheck;
pub mod phone_otp;
mod second_factor;
pub(crate) mod sign_in;
pub mod siwe;
pub mod social;
pub mod username;
pub mod username_password;

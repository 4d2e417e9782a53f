//! Ways for people to prove who they are.

pub mod anonymous;
pub mod email_password;
pub mod first_password;
pub mod methods;
mod password;
pub(crate) mod password_recheck;
mod second_factor;
pub(crate) mod sign_in;

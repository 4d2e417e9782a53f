//! Ways for people to prove who they are.

pub mod email_password;
mod password_recheck;

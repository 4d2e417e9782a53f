//! Ways for people to prove who they are.

pub mod anonymous;
mod by_email;
mod code;
pub mod email_otp;
pub mod email_password;
pub mod first_password;
pub mod magic_link;
pub mod methods;
mod password;
pub(crate) mod password_recheck;
pub mod phone_otp;
mod second_factor;
pub(crate) mod sign_in;
pub mod username;
pub mod username_password;

//! Delivering messages to people and programs.

pub mod deliveries;
pub(crate) mod logout;
pub mod mail;
pub mod outbox;
pub mod retry;
pub(crate) mod sms;
mod templates;
mod texts;
pub mod webhook;

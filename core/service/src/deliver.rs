//! Delivering messages to people.

pub mod mail;
pub mod outbox;
pub mod retry;
pub mod templates;

//! Delivering messages to people and programs.

pub mod mail;
pub mod outbox;
pub mod retry;
pub mod templates;
pub mod webhook;

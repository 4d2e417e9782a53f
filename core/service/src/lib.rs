//! Every use case of Kavach, once. No HTTP type and no page comes in here.
//!
//! Each function takes the instance ([`Kavach`]) and the request ([`context::RequestContext`]), checks
//! authorization itself, and records what it did. Identity comes from the request's credentials, never from
//! a body.

pub mod account;
pub mod agent;
pub mod api_key;
pub mod approval;
pub mod audit;
pub mod authn;
pub mod authorize;
pub mod authzen;
pub mod browser;
mod cache;
pub mod clock;
pub mod config;
pub mod contact;
pub mod context;
pub mod crypto;
pub mod delegation;
pub mod deliver;
pub mod demo;
pub mod device;
pub mod email_address;
pub mod email_verification;
mod ends;
mod error;
pub mod guard;
pub mod health;
pub mod i18n;
pub mod idempotency;
mod instance;
mod instance_key;
mod jobs;
pub mod known;
mod names;
pub mod oauth;
pub mod outbound;
pub mod overview;
pub mod phone_number;
pub mod recovery;
pub mod rng;
pub mod seal;
pub mod session;
pub mod setup;
pub mod user;

pub use error::{Error, Result};
pub use instance::{Kavach, Parts};

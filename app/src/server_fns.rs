//! Everything a browser may ask for beyond reading: the complete list, in one folder.
//!
//! Each is a plain form's POST to `/_fn/...`, private to these pages, and refused from another site before it
//! gets here. Each one is extract, one service call, answer. Arguments are texts that may be absent, so that a
//! form that was tampered with is answered like any other wrong form.

pub mod account;
pub mod agents;
pub mod approvals;
pub mod clients;
pub mod codes;
pub mod consent;
pub mod contact;
pub mod delegations;
pub mod device;
pub mod doctor;
pub mod email;
pub mod guest;
pub mod keys;
pub mod kill_switch;
pub mod language;
pub mod outside;
pub mod passkeys;
pub mod recovery;
pub mod resources;
pub mod set_up;
pub mod sign_in;
pub mod sign_up;
pub mod two_step;
pub mod username;

use kavach_model::{ApiError, ErrorCode};

/// The note that the overview shows after signing up or setting up.
pub const WELCOME_NOTE: &str = "welcome";

/// Reads an identifier out of a hidden field; one that was tampered with is of nothing.
fn id<T: std::str::FromStr>(text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ErrorCode::NotFound.into())
}

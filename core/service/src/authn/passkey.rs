//! Passkeys (W3C Web Authentication Level 3): sign-in, sign-up and step-up with a key that never leaves its owner's
//! devices.
//!
//! Keys are discoverable, so nobody has to be named to sign in, and user verification (a fingerprint, a PIN) is always
//! required, so a passkey is two factors at once. Attestation is not asked for: what made a key is the person's business.
//! Whom keys belong to follows from the configured `public_url` alone, never from a request.

mod assertion;
mod ceremony;
mod client_data;
mod manage;
mod registration;
mod relying_party;

pub(crate) use assertion::{PasskeyAgain, Signed, check_signed, options_to_sign};
pub use assertion::{confirm_options, sign_in, sign_in_options};
pub use manage::{Signals, list, remove, rename, signals};
pub use registration::{register, register_options, sign_up, sign_up_options};
pub(crate) use relying_party::is_possible;

/// RFC 8176: a key in hardware, a user who was verified, and so more than one factor.
const HARDWARE: &[&str] = &["hwk", "user", "mfa"];
/// The same with a key that is kept in more than one place.
const SYNCHRONISED: &[&str] = &["swk", "user", "mfa"];

/// What a passkey proves.
const fn proves(backed_up: bool) -> &'static [&'static str] {
    if backed_up { SYNCHRONISED } else { HARDWARE }
}

#[cfg(test)]
mod vectors;

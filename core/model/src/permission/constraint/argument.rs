//! The expression an argument must match.
//!
//! Kept as its text. The services compile it, in linear time and anchored at both ends, when a permission is written
//! and when it is judged; here is only what every reader can check.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Bytes an expression may have.
pub const MAX_PATTERN: usize = 512;

/// An expression that must match all of an argument (RE2 syntax).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct ArgumentPattern(String);

impl ArgumentPattern {
    /// The expression as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ArgumentPattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ArgumentPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.len() {
            1..=MAX_PATTERN => Ok(Self(text)),
            length => Err(serde::de::Error::custom(format_args!(
                "must be an expression of 1 to {MAX_PATTERN} bytes, not {length}"
            ))),
        }
    }
}

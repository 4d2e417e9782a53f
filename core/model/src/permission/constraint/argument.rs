//! The expression an argument must match.
//!
//! Kept as its text. The services compile it, in linear time and anchored at both ends, when a permission is written
//! and when it is judged; here is only what every reader can check.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// Bytes an expression may have.
pub const MAX_PATTERN: usize = 512;
/// Bytes the name of an argument may have.
const MAX_NAME: usize = 128;

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

/// What is wrong with the expression of an argument, or with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidArgument {
    /// The expression is empty or too long.
    #[error("must be an expression of 1 to {MAX_PATTERN} bytes, not {0}")]
    Expression(usize),
    /// The name is empty or too long.
    #[error("has an argument name of {0} bytes instead of 1 to {MAX_NAME}")]
    Name(usize),
}

/// Checks the name of an argument.
pub fn check_argument_name(name: &str) -> Result<(), InvalidArgument> {
    match name.len() {
        1..=MAX_NAME => Ok(()),
        length => Err(InvalidArgument::Name(length)),
    }
}

impl TryFrom<String> for ArgumentPattern {
    type Error = InvalidArgument;

    fn try_from(text: String) -> Result<Self, InvalidArgument> {
        match text.len() {
            1..=MAX_PATTERN => Ok(Self(text)),
            length => Err(InvalidArgument::Expression(length)),
        }
    }
}

impl FromStr for ArgumentPattern {
    type Err = InvalidArgument;

    fn from_str(text: &str) -> Result<Self, InvalidArgument> {
        text.to_owned().try_into()
    }
}

impl<'de> Deserialize<'de> for ArgumentPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}

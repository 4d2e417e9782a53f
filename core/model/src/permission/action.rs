//! Actions: what is done to a resource.
//!
//! An action is one name of 1 to 64 characters of `A-Z a-z 0-9 . _ : -`; in a permission it may also be `*`, any
//! action. Names are compared to the letter: there is no hierarchy and no prefix rule, a colon is a character
//! like any other.

use super::segments::WILDCARD;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// Most characters an action may have.
pub const MAX_ACTION_LENGTH: usize = 64;

/// Why a text is not an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// There is nothing.
    #[error("must not be empty")]
    Empty,
    /// Longer than [`MAX_ACTION_LENGTH`].
    #[error("is longer than {MAX_ACTION_LENGTH} characters")]
    TooLong,
    /// `*` where one action is asked for.
    #[error("is \"*\", which only a permission may have; ask for one action")]
    Wildcard,
    /// A character no action may have; `*` beside others counts as one.
    #[error("has the character {character:?}; allowed are A-Z a-z 0-9 . _ : -, or \"*\" alone")]
    IllegalCharacter {
        /// The first such character.
        character: char,
    },
}

/// Says whether a text is one concrete action, without keeping it.
pub fn check(text: &str) -> Result<(), ActionError> {
    match text.len() {
        0 => return Err(ActionError::Empty),
        1..=MAX_ACTION_LENGTH => {}
        _ => return Err(ActionError::TooLong),
    }
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-')) {
        return Ok(());
    }
    if text == WILDCARD {
        return Err(ActionError::Wildcard);
    }
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
    let character = text.chars().find(|c| !allowed(c)).unwrap_or(char::REPLACEMENT_CHARACTER);
    Err(ActionError::IllegalCharacter { character })
}

/// The name of one concrete action.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Action(Box<str>);

/// What a permission says about actions: one, or any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ActionPattern {
    /// `*`.
    Any,
    /// One name.
    One(Action),
}

impl Action {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ActionPattern {
    /// The name, or `*`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Any => WILDCARD,
            Self::One(action) => action.as_str(),
        }
    }

    /// Whether it speaks of this concrete action.
    pub fn matches(&self, action: &str) -> bool {
        match self {
            Self::Any => true,
            Self::One(name) => name.as_str() == action,
        }
    }

    /// Whether it speaks of everything `other` speaks of.
    pub fn contains(&self, other: &Self) -> bool {
        *self == Self::Any || self == other
    }

    /// Whether there is an action both speak of.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other) || other.contains(self)
    }
}

impl FromStr for Action {
    type Err = ActionError;
    fn from_str(text: &str) -> Result<Self, ActionError> {
        check(text).map(|()| Self(text.into()))
    }
}

impl FromStr for ActionPattern {
    type Err = ActionError;
    fn from_str(text: &str) -> Result<Self, ActionError> {
        if text == WILDCARD { Ok(Self::Any) } else { text.parse().map(Self::One) }
    }
}

impl TryFrom<String> for Action {
    type Error = ActionError;
    fn try_from(text: String) -> Result<Self, ActionError> {
        text.parse()
    }
}

impl TryFrom<String> for ActionPattern {
    type Error = ActionError;
    fn try_from(text: String) -> Result<Self, ActionError> {
        text.parse()
    }
}

impl From<Action> for String {
    fn from(action: Action) -> Self {
        action.0.into()
    }
}

impl From<ActionPattern> for String {
    fn from(pattern: ActionPattern) -> Self {
        pattern.as_str().to_owned()
    }
}

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Display for ActionPattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl utoipa::PartialSchema for Action {
    fn schema() -> RefOr<Schema> {
        schema("^[A-Za-z0-9._:-]{1,64}$", "The name of one action.", "read")
    }
}

impl utoipa::PartialSchema for ActionPattern {
    fn schema() -> RefOr<Schema> {
        schema(r"^(\*|[A-Za-z0-9._:-]{1,64})$", "The name of one action, or `*` for any.", "read")
    }
}

impl utoipa::ToSchema for Action {}
impl utoipa::ToSchema for ActionPattern {}

fn schema(pattern: &str, description: &str, example: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(MAX_ACTION_LENGTH))
        .pattern(Some(pattern))
        .description(Some(description))
        .examples([example])
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_one_name() {
        for good in ["read", "execute", "tools.call", "github:read_all", "A-1", &"x".repeat(64)] {
            assert_eq!(good.parse::<Action>().unwrap().as_str(), good);
        }
        for (bad, error) in [
            ("", ActionError::Empty),
            ("*", ActionError::Wildcard),
            ("read*", ActionError::IllegalCharacter { character: '*' }),
            ("**", ActionError::IllegalCharacter { character: '*' }),
            ("re ad", ActionError::IllegalCharacter { character: ' ' }),
            ("lése", ActionError::IllegalCharacter { character: 'é' }),
            ("a/b", ActionError::IllegalCharacter { character: '/' }),
            (&"x".repeat(65), ActionError::TooLong),
        ] {
            assert_eq!(bad.parse::<Action>().unwrap_err(), error, "{bad}");
        }
    }

    #[test]
    fn only_a_permission_may_say_any_action() {
        let any: ActionPattern = "*".parse().unwrap();
        let read: ActionPattern = "read".parse().unwrap();
        assert!(any.matches("read") && any.matches("write") && read.matches("read"));
        assert!(!read.matches("reads") && !read.matches("Read") && !read.matches("rea"));
        assert!(any.contains(&read) && !read.contains(&any) && read.overlaps(&any));
        assert!(matches!("**".parse::<ActionPattern>(), Err(ActionError::IllegalCharacter { .. })));
    }
}

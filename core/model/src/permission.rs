//! What an agent may do: permissions, and the pure rules that read them.
//!
//! A [`Permission`] is a resource pattern, the actions it allows there, and constraints. This module says
//! what a pattern is ([`pattern`]), which permission decides a question ([`set`], [`decision`]) and whether one
//! list of permissions stays within another ([`subset`]). It does no I/O, knows neither agents nor tokens nor
//! the clock, and compiles to WASM, so that the console previews a permission with the code that decides.

pub mod action;
pub mod constraint;
pub mod decision;
pub mod pattern;
pub mod segments;
pub mod set;
pub mod subset;
mod table;
mod words;

#[cfg(test)]
mod properties;

pub use action::{Action, ActionError, ActionPattern};
pub use constraint::Constraints;
pub use decision::{Matched, Outcome, ReasonCode, Verdict, evaluate};
pub use pattern::{ResourcePath, ResourcePattern};
pub use segments::{PatternError, Segments};
pub use set::{Match, PermissionSet};
pub use subset::{Excess, NotContained, is_subset_of};

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Most actions one permission may list.
pub const MAX_ACTIONS: usize = 64;

/// One thing an agent may do.
///
/// Reading one from JSON checks everything: patterns, number of actions, and that every constraint is one this
/// version honours. A permission made in code is checked by [`Permission::validate`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Permission {
    /// Where.
    pub resource: ResourcePattern,
    /// What: 1 to 64 actions, `*` for any.
    #[serde(deserialize_with = "actions")]
    #[schema(min_items = 1, max_items = 64)]
    pub actions: Vec<ActionPattern>,
    /// On which conditions; none when absent.
    #[serde(default, skip_serializing_if = "Constraints::is_empty")]
    pub constraints: Constraints,
}

impl Permission {
    /// Whether the permission says anything about this action on this resource, constraints aside.
    pub fn matches(&self, resource: &Segments<'_>, action: &str) -> bool {
        self.resource.matches(resource) && self.actions.iter().any(|known| known.matches(action))
    }

    /// Whether everything this permission allows, `parent` allows too: see [`is_subset_of`].
    pub fn is_contained_in(&self, parent: &[Self]) -> bool {
        is_subset_of(std::slice::from_ref(self), parent).is_ok()
    }

    /// Checks what the types alone do not: the number of actions.
    pub fn validate(&self) -> Result<(), InvalidPermission> {
        match self.actions.len() {
            1..=MAX_ACTIONS => Ok(()),
            count => Err(InvalidPermission { field: "actions".to_owned(), reason: ActionCount(count) }),
        }
    }

    /// Checks a whole list; the error's field is a path such as `permissions[1].actions`.
    pub fn validate_all(permissions: &[Self], field: &str) -> Result<(), InvalidPermission> {
        permissions.iter().enumerate().try_for_each(|(index, permission)| {
            permission.validate().map_err(|error| error.under(format_args!("{field}[{index}]")))
        })
    }
}

/// A permission made in code that could not have been read from JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {reason}")]
pub struct InvalidPermission {
    /// The field at fault, as a path.
    pub field: String,
    /// What is wrong with it.
    pub reason: ActionCount,
}

impl InvalidPermission {
    fn under(self, parent: fmt::Arguments<'_>) -> Self {
        Self { field: format!("{parent}.{}", self.field), ..self }
    }
}

/// Not 1 to 64 actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must list 1 to {MAX_ACTIONS} actions, not {0}")]
pub struct ActionCount(pub usize);

fn actions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ActionPattern>, D::Error> {
    let actions = Vec::deserialize(deserializer)?;
    match actions.len() {
        1..=MAX_ACTIONS => Ok(actions),
        count => Err(serde::de::Error::custom(ActionCount(count))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where in a body reading it failed, and why.
    fn refused(json: &str) -> (String, String) {
        let deserializer = &mut serde_json::Deserializer::from_str(json);
        let error = serde_path_to_error::deserialize::<_, Vec<Permission>>(deserializer).unwrap_err();
        (error.path().to_string(), error.inner().to_string())
    }

    #[test]
    fn the_quick_start_permissions_travel_unchanged() {
        let json = r#"[{"resource":"mcp:github:*","actions":["read"]},{"resource":"mcp:deploy:production","actions":["execute"],"constraints":{"requireApproval":true}}]"#;
        let permissions: Vec<Permission> = serde_json::from_str(json).unwrap();
        assert!(!permissions[0].constraints.require_approval);
        assert!(permissions[1].constraints.require_approval);
        assert_eq!(serde_json::to_string(&permissions).unwrap(), json);
    }

    #[test]
    fn a_refusal_names_the_field() {
        let good = r#"{"resource":"a","actions":["read"]}"#;
        for (bad, path, words) in [
            (r#"{"resource":"a::b","actions":["read"]}"#, "[1].resource", "segment 2 is empty"),
            (r#"{"resource":"a","actions":[]}"#, "[1].actions", "1 to 64 actions, not 0"),
            (r#"{"resource":"a","actions":["re ad"]}"#, "[1].actions[0]", "' '"),
            (r#"{"resource":"a"}"#, "[1]", "missing field `actions`"),
            (r#"{"resource":7,"actions":["read"]}"#, "[1].resource", "expected a string"),
            (
                r#"{"resource":"a","actions":["read"],"effect":"deny"}"#,
                "[1].effect",
                "unknown field `effect`",
            ),
            (
                r#"{"resource":"a","actions":["read"],"constraints":{"maxUses":0}}"#,
                "[1].constraints.maxUses",
                "must be 1 to",
            ),
            (
                r#"{"resource":"a","actions":["read"],"constraints":{"moon":1}}"#,
                "[1].constraints.moon",
                "unknown field `moon`",
            ),
        ] {
            let (found_path, message) = refused(&format!("[{good},{bad}]"));
            assert_eq!(found_path, path, "{bad}");
            assert!(message.contains(words), "{bad}: {message}");
        }
        let many = vec!["\"read\""; MAX_ACTIONS + 1].join(",");
        let (_, message) = refused(&format!(r#"[{{"resource":"a","actions":[{many}]}}]"#));
        assert!(message.contains("not 65"), "{message}");
    }

    #[test]
    fn a_permission_made_in_code_is_checked_too() {
        let good = Permission {
            resource: "a".parse().unwrap(),
            actions: vec![ActionPattern::Any],
            constraints: Constraints::default(),
        };
        let empty = Permission { actions: Vec::new(), ..good.clone() };
        let error = Permission::validate_all(&[good, empty], "permissions").unwrap_err();
        assert_eq!(error.to_string(), "permissions[1].actions must list 1 to 64 actions, not 0");
    }
}

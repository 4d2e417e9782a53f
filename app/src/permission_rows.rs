//! Permissions as rows of a form: what the editor edits, and what the form sends.
//!
//! The texts are read by `kavach_model::permission`, here as in the decision itself, so a row that is shown as
//! valid is valid.

use kavach_model::permission::{ActionPattern, Constraints, Permission, ResourcePattern};
use serde::{Deserialize, Serialize};

/// One row: a pattern, a list of actions, a condition, each as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PermissionRow {
    /// The resource pattern.
    pub resource: String,
    /// Actions, separated by spaces or commas.
    pub actions: String,
    /// `true` when a person must approve each use, as a checkbox sends it.
    pub approval: String,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// `resource` or `actions`.
    pub field: &'static str,
    /// Why, in our words.
    pub why: String,
}

impl PermissionRow {
    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        self.resource.trim().is_empty() && self.actions.trim().is_empty()
    }

    /// Reads the row.
    pub fn parse(&self) -> Result<Permission, RowProblem> {
        Ok(Permission {
            resource: parse_resource(&self.resource)?,
            actions: parse_actions(&self.actions)?,
            constraints: Constraints { require_approval: self.approval == "true", ..Constraints::default() },
        })
    }
}

impl From<&Permission> for PermissionRow {
    fn from(permission: &Permission) -> Self {
        let actions: Vec<&str> = permission.actions.iter().map(ActionPattern::as_str).collect();
        Self {
            resource: permission.resource.as_str().to_owned(),
            actions: actions.join(", "),
            approval: if permission.constraints.require_approval { "true" } else { "" }.to_owned(),
        }
    }
}

/// Reads every row that is not blank; the error names the row by its place among them.
pub fn parse_all(rows: &[PermissionRow]) -> Result<Vec<Permission>, (usize, RowProblem)> {
    let typed = rows.iter().filter(|row| !row.is_blank());
    typed.enumerate().map(|(index, row)| row.parse().map_err(|problem| (index, problem))).collect()
}

/// What is wrong with a pattern; None while it is empty, which is only wrong in the end.
pub fn resource_problem(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() { None } else { parse_resource(text).err().map(|problem| problem.why) }
}

/// What is wrong with a list of actions; None while it is empty.
pub fn actions_problem(text: &str) -> Option<String> {
    if text.trim().is_empty() { None } else { parse_actions(text).err().map(|problem| problem.why) }
}

fn parse_resource(text: &str) -> Result<ResourcePattern, RowProblem> {
    let pattern = text.trim().parse::<ResourcePattern>();
    pattern.map_err(|error| RowProblem { field: "resource", why: format!("The pattern {error}.") })
}

fn parse_actions(text: &str) -> Result<Vec<ActionPattern>, RowProblem> {
    let wrong = |why: String| RowProblem { field: "actions", why };
    let names: Vec<&str> = text.split([' ', ',', '\t']).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Err(wrong("List at least one action, like read, or * for any.".to_owned()));
    }
    if names.len() > kavach_model::permission::MAX_ACTIONS {
        return Err(wrong("These are more actions than one permission may have.".to_owned()));
    }
    let read = |name: &str| name.parse().map_err(|error| wrong(format!("\u{201c}{name}\u{201d} {error}.")));
    names.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(resource: &str, actions: &str, approval: &str) -> PermissionRow {
        PermissionRow { resource: resource.into(), actions: actions.into(), approval: approval.into() }
    }

    #[test]
    fn a_permission_survives_its_row() {
        let permission = row("mcp:github:*", "read, list write", "true").parse().unwrap();
        assert_eq!(permission.actions.len(), 3);
        assert!(permission.constraints.require_approval);
        let back = PermissionRow::from(&permission);
        assert_eq!(back, row("mcp:github:*", "read, list, write", "true"));
        assert_eq!(back.parse().unwrap(), permission);
    }

    #[test]
    fn blank_rows_are_left_out_and_the_wrong_one_is_named() {
        let rows = [row("", " ", ""), row("a", "read", ""), row("", "", "true"), row("a::b", "read", "")];
        let (index, problem) = parse_all(&rows).unwrap_err();
        assert_eq!((index, problem.field), (1, "resource"));
        assert_eq!(parse_all(&rows[..3]).unwrap().len(), 1);
    }

    #[test]
    fn half_a_row_is_not_blank() {
        assert_eq!(row("a", "", "").parse().unwrap_err().field, "actions");
        assert_eq!(row("", "read", "").parse().unwrap_err().field, "resource");
        assert!(actions_problem("re*ad").is_some() && actions_problem("").is_none());
        assert!(resource_problem("**").is_some() && resource_problem("a:*").is_none());
    }
}

//! Permissions as rows of a form: what the editor edits, and what the form sends.
//!
//! A row says everything a permission can say, so that a permission which becomes a row and a permission again is the
//! same. The texts are read by `kavach_model::permission`, here as in the decision itself: a row that is shown as valid
//! is valid. Only what needs the time zone database or the expressions compiled is left to the services.

mod conditions;
mod expiry;
mod quoted;
pub mod words;

#[cfg(test)]
mod properties;

pub use expiry::is_local;

use kavach_model::permission::constraint::Day;
use kavach_model::permission::{ActionPattern, Constraints, Permission, ResourcePattern};
use serde::{Deserialize, Serialize};

/// One row: a pattern, a list of actions, conditions, each as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PermissionRow {
    /// The resource pattern.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource: String,
    /// Actions, separated by spaces or commas.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub actions: String,
    /// `true` when a person must approve each use, as a checkbox sends it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub approval: String,
    /// Calls an hour.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub calls: String,
    /// Uses in all.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uses: String,
    /// Units of the budget.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub units: String,
    /// The period of the budget; says nothing without units.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub per: String,
    /// The first minute of the day.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub start: String,
    /// The first minute after the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub end: String,
    /// The zone both are in.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub zone: String,
    /// The days; every day when there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<String>,
    /// The end of it, in UTC.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub expires: String,
    /// Expressions of arguments, one a line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub arguments: String,
    /// Networks, one a line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub networks: String,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The field of [`PermissionRow`].
    pub field: &'static str,
    /// Why, in our words.
    pub why: String,
    /// Nothing is there yet, which is only wrong in the end.
    pub missing: bool,
}

impl RowProblem {
    /// Something is there, and it is wrong.
    pub fn wrong(field: &'static str, why: impl Into<String>) -> Self {
        Self { field, why: why.into(), missing: false }
    }

    fn missing(field: &'static str, why: impl Into<String>) -> Self {
        Self { field, why: why.into(), missing: true }
    }

    /// Whether it is among the conditions.
    pub fn in_conditions(&self) -> bool {
        !matches!(self.field, "resource" | "actions")
    }

    /// Every field that can be wrong, and what people call it.
    pub const FIELDS: [(&'static str, &'static str); 13] = [
        ("resource", "resource pattern"),
        ("actions", "actions"),
        ("calls", "calls per hour"),
        ("uses", "uses in all"),
        ("units", "budget"),
        ("per", "budget period"),
        ("start", "from"),
        ("end", "until"),
        ("zone", "time zone"),
        ("expires", "expires"),
        ("days", "days"),
        ("arguments", "arguments"),
        ("networks", "networks"),
    ];

    /// What people call the field.
    pub fn label(&self) -> &'static str {
        let label = Self::FIELDS.iter().find_map(|(field, label)| (*field == self.field).then_some(*label));
        label.unwrap_or("conditions")
    }
}

impl PermissionRow {
    /// A row whose fields are asked for one by one.
    pub fn from_fields(
        text: impl Fn(&'static str) -> String,
        checked: impl Fn(&'static str) -> bool,
    ) -> Self {
        let days = Day::ALL.into_iter().map(Day::as_str).filter(|day| checked(day));
        Self {
            resource: text("resource"),
            actions: text("actions"),
            approval: if checked("approval") { "true" } else { "" }.to_owned(),
            calls: text("calls"),
            uses: text("uses"),
            units: text("units"),
            per: text("per"),
            start: text("start"),
            end: text("end"),
            zone: text("zone"),
            days: days.map(str::to_owned).collect(),
            expires: text("expires"),
            arguments: text("arguments"),
            networks: text("networks"),
        }
    }

    /// Whether it names neither resources nor actions: nothing is allowed, so there is nothing to set conditions for.
    pub fn is_blank(&self) -> bool {
        self.resource.trim().is_empty() && self.actions.trim().is_empty()
    }

    /// Reads the row.
    pub fn parse(&self) -> Result<Permission, RowProblem> {
        let mut permission = self.parse_but_expiry()?;
        permission.constraints.expires_at = expiry::read(&self.expires)?;
        Ok(permission)
    }

    /// Reads all of it but when it expires: no browser loads a calendar for that.
    pub fn parse_but_expiry(&self) -> Result<Permission, RowProblem> {
        let resource = read_resource(&self.resource)?;
        let actions = read_actions(&self.actions)?;
        let (constraints, problems) = conditions::read(self);
        match problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(Permission { resource, actions, constraints }),
        }
    }

    /// Everything that is wrong with what was typed so far.
    pub fn problems(&self) -> Vec<RowProblem> {
        let patterns = [read_resource(&self.resource).err(), read_actions(&self.actions).err()];
        let (_, conditions) = conditions::read(self);
        patterns.into_iter().flatten().chain(conditions).filter(|problem| !problem.missing).collect()
    }

    /// The conditions in words, as far as they can be read; empty when there is none.
    pub fn conditions(&self) -> String {
        let (constraints, _) = conditions::read(self);
        words::short(&constraints, Some(self.expires.trim()).filter(|text| !text.is_empty()))
    }
}

impl From<&Permission> for PermissionRow {
    fn from(permission: &Permission) -> Self {
        let actions: Vec<&str> = permission.actions.iter().map(ActionPattern::as_str).collect();
        // Spelt out so that a new condition does not compile until a row can say it.
        let Constraints {
            require_approval,
            max_calls_per_hour,
            allowed_arg_patterns,
            time_window,
            ip_allowlist,
            expires_at,
            max_uses,
            budget,
        } = &permission.constraints;
        let text = |count: &Option<u64>| count.map_or_else(String::new, |count| count.to_string());
        let mut row = Self {
            resource: permission.resource.as_str().to_owned(),
            actions: actions.join(", "),
            approval: if *require_approval { "true" } else { "" }.to_owned(),
            calls: text(max_calls_per_hour),
            uses: text(max_uses),
            expires: expires_at.map_or_else(String::new, expiry::write),
            arguments: allowed_arg_patterns.as_ref().map_or_else(String::new, conditions::write_arguments),
            networks: ip_allowlist.as_ref().map_or_else(String::new, |all| conditions::write_networks(all)),
            ..Self::default()
        };
        if let Some(budget) = budget {
            (row.units, row.per) = (budget.units.to_string(), budget.per.as_str().to_owned());
        }
        if let Some(window) = time_window {
            (row.start, row.end) = (window.start.to_string(), window.end.to_string());
            row.zone = quoted::write(&window.time_zone, None);
            row.days = window.days.iter().flatten().map(|day| day.as_str().to_owned()).collect();
        }
        row
    }
}

/// Reads every row that is not blank; the error names the row by its place among them.
pub fn parse_all(rows: &[PermissionRow]) -> Result<Vec<Permission>, (usize, RowProblem)> {
    let typed = rows.iter().filter(|row| !row.is_blank());
    typed.enumerate().map(|(index, row)| row.parse().map_err(|problem| (index, problem))).collect()
}

fn read_resource(text: &str) -> Result<ResourcePattern, RowProblem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(RowProblem::missing("resource", "Enter a pattern, like mcp:github:*."));
    }
    text.parse().map_err(|error| RowProblem::wrong("resource", format!("The pattern {error}.")))
}

fn read_actions(text: &str) -> Result<Vec<ActionPattern>, RowProblem> {
    let names: Vec<&str> = text.split([' ', ',', '\t']).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Err(RowProblem::missing("actions", "List at least one action, like read, or * for any."));
    }
    if names.len() > kavach_model::permission::MAX_ACTIONS {
        let why = "These are more actions than one permission may have.";
        return Err(RowProblem::wrong("actions", why));
    }
    let wrong = |name: &str, error| RowProblem::wrong("actions", format!("\u{201c}{name}\u{201d} {error}."));
    names.into_iter().map(|name| name.parse().map_err(|error| wrong(name, error))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kavach_model::permission::ActionError;

    fn row(resource: &str, actions: &str, approval: &str) -> PermissionRow {
        PermissionRow {
            resource: resource.into(),
            actions: actions.into(),
            approval: approval.into(),
            ..PermissionRow::default()
        }
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
        assert_eq!((index, problem.field, problem.missing), (1, "resource", false));
        assert_eq!(parse_all(&rows[..3]).unwrap().len(), 1);
    }

    #[test]
    fn half_a_row_is_not_blank_and_what_is_missing_is_no_problem_yet() {
        assert_eq!(row("a", "", "").parse().unwrap_err().field, "actions");
        assert_eq!(row("", "read", "").parse().unwrap_err().field, "resource");
        assert_eq!(row("a", "", "").problems(), []);
        let both: Vec<_> = row("**", "re*ad", "").problems().into_iter().map(|wrong| wrong.field).collect();
        assert_eq!(both, ["resource", "actions"]);
        assert!(
            "re*ad".parse::<ActionPattern>().is_err_and(|error: ActionError| !error.to_string().is_empty())
        );
    }
}

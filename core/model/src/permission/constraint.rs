//! Conditions a permission comes with.
//!
//! This version honours `requireApproval`. The other names are reserved: a body that sets one is refused while it
//! is read, at that very field, because [`NotYet`] has no value a field could hold. A constraint can therefore
//! be refused or honoured, never ignored. Giving a reserved field a real type is all it takes to support it here.

use serde::{Deserialize, Deserializer, Serialize};

/// The conditions of one permission; all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Constraints {
    /// A human must approve each use.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub require_approval: bool,
    /// Calls in any sliding hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub max_calls_per_hour: Option<NotYet>,
    /// An anchored expression for each argument.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub allowed_arg_patterns: Option<NotYet>,
    /// Hours and days on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub time_window: Option<NotYet>,
    /// Networks from which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub ip_allowlist: Option<NotYet>,
    /// Until when it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub expires_at: Option<NotYet>,
    /// How often it can be used at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub max_uses: Option<NotYet>,
    /// Units it may spend in a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub budget: Option<NotYet>,
}

impl Constraints {
    /// Whether there is no condition.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether whoever satisfies these satisfies `other`: constraints may only grow on the way down a chain.
    pub fn at_least_as_strict_as(&self, other: &Self) -> bool {
        // Spelt out so that a field that becomes real does not compile until it is compared here.
        let Self {
            require_approval,
            max_calls_per_hour: None,
            allowed_arg_patterns: None,
            time_window: None,
            ip_allowlist: None,
            expires_at: None,
            max_uses: None,
            budget: None,
        } = self.clone();
        require_approval || !other.require_approval
    }
}

/// The value of a constraint this version does not honour: there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum NotYet {}

impl NotYet {
    /// What reading such a constraint answers; callers may look for it to choose an error code.
    pub const MESSAGE: &'static str = "is not supported yet";
}

impl<'de> Deserialize<'de> for NotYet {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom(Self::MESSAGE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESERVED: [&str; 7] = [
        "maxCallsPerHour",
        "allowedArgPatterns",
        "timeWindow",
        "ipAllowlist",
        "expiresAt",
        "maxUses",
        "budget",
    ];

    #[test]
    fn a_reserved_constraint_is_refused_whatever_its_value() {
        for name in RESERVED {
            for value in ["1", "0", "false", "\"x\"", "[]", "{}", "{\"a\":[1]}"] {
                let json = format!(r#"{{"requireApproval":true,"{name}":{value}}}"#);
                let error = serde_json::from_str::<Constraints>(&json).unwrap_err();
                assert!(error.to_string().contains(NotYet::MESSAGE), "{json}: {error}");
            }
            let null = format!(r#"{{"{name}":null}}"#);
            assert!(serde_json::from_str::<Constraints>(&null).unwrap().is_empty());
        }
    }

    #[test]
    fn an_unknown_constraint_is_refused_by_name() {
        for name in ["require_approval", "RequireApproval", "approval", "maxCallsPerMinute", ""] {
            let error = serde_json::from_str::<Constraints>(&format!(r#"{{"{name}":null}}"#)).unwrap_err();
            assert!(error.to_string().contains(&format!("unknown field `{name}`")), "{error}");
        }
        assert!(serde_json::from_str::<Constraints>(r#"{"requireApproval":"yes"}"#).is_err());
        assert!(
            serde_json::from_str::<Constraints>(r#"{"requireApproval":true,"requireApproval":false}"#)
                .is_err()
        );
    }

    #[test]
    fn nothing_is_written_where_nothing_is_asked() {
        assert_eq!(serde_json::to_string(&Constraints::default()).unwrap(), "{}");
        let approval = Constraints { require_approval: true, ..Constraints::default() };
        assert_eq!(serde_json::to_string(&approval).unwrap(), r#"{"requireApproval":true}"#);
    }

    #[test]
    fn constraints_only_grow() {
        let none = Constraints::default();
        let approval = Constraints { require_approval: true, ..Constraints::default() };
        assert!(approval.at_least_as_strict_as(&none) && approval.at_least_as_strict_as(&approval));
        assert!(none.at_least_as_strict_as(&none) && !none.at_least_as_strict_as(&approval));
    }
}

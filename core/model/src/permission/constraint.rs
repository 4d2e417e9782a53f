//! Conditions a permission comes with.
//!
//! All of them must hold, at every link of a chain, and none is ever ignored: a name this version does not know is
//! refused while it is read, at that very field. What is here can be judged or compared without the outside world;
//! the services judge expressions and time zones, and count calls, uses and units.

mod argument;
mod budget;
mod network;
mod time_window;

pub use argument::{ArgumentPattern, InvalidArgument, check_argument_name};
pub use budget::{Budget, Period};
pub use network::{Network, NetworkError};
pub use time_window::{Day, InvalidTime, InvalidWindow, TimeOfDay, TimeWindow};

use crate::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// The largest `maxCallsPerHour`, `maxUses` and `budget.units`.
pub const MAX_COUNT: u64 = 1_000_000_000;
/// Most entries of `allowedArgPatterns` and of `ipAllowlist`.
pub const MAX_ENTRIES: usize = 64;

/// The conditions of one permission; all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Constraints {
    /// A human must approve each use.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub require_approval: bool,
    /// Calls in any sliding hour: 1 to 1,000,000,000.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "count")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub max_calls_per_hour: Option<u64>,
    /// An expression for each argument, which must match all of it (RE2 syntax, linear time). A call without the
    /// argument is denied.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "patterns")]
    pub allowed_arg_patterns: Option<BTreeMap<String, ArgumentPattern>>,
    /// Hours and days on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_window: Option<TimeWindow>,
    /// Networks from which it holds, as CIDR (RFC 4632, RFC 4291). A call whose address is not known is denied.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "networks")]
    pub ip_allowlist: Option<Vec<Network>>,
    /// Until when it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// How often it can be used at all: 1 to 1,000,000,000.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "count")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub max_uses: Option<u64>,
    /// Units it may spend in a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
}

impl Constraints {
    /// Whether there is no condition.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an allowed call leaves something less for the next: a count, a budget, an approval.
    pub fn spends(&self) -> bool {
        self.require_approval || self.counts()
    }

    /// Whether an allowed call is counted.
    pub fn counts(&self) -> bool {
        self.max_calls_per_hour.is_some() || self.max_uses.is_some() || self.budget.is_some()
    }

    /// Whether whoever satisfies these satisfies `other`: constraints may only grow on the way down a chain.
    ///
    /// Sound and not complete: two expressions compare only as text, two time windows only within one zone.
    pub fn at_least_as_strict_as(&self, other: &Self) -> bool {
        // Spelt out so that a new field does not compile until it is compared here.
        let Self {
            require_approval,
            max_calls_per_hour,
            allowed_arg_patterns,
            time_window,
            ip_allowlist,
            expires_at,
            max_uses,
            budget,
        } = other;
        let patterns = |ours: &BTreeMap<_, _>, theirs: &BTreeMap<_, _>| {
            theirs.iter().all(|(name, pattern)| ours.get(name) == Some(pattern))
        };
        let networks = |ours: &Vec<Network>, theirs: &Vec<Network>| {
            ours.iter().all(|network| theirs.iter().any(|other| other.contains(network)))
        };
        (self.require_approval || !require_approval)
            && narrower(&self.max_calls_per_hour, max_calls_per_hour, |ours, theirs| ours <= theirs)
            && narrower(&self.allowed_arg_patterns, allowed_arg_patterns, patterns)
            && narrower(&self.time_window, time_window, TimeWindow::is_within)
            && narrower(&self.ip_allowlist, ip_allowlist, networks)
            && narrower(&self.expires_at, expires_at, |ours, theirs| ours <= theirs)
            && narrower(&self.max_uses, max_uses, |ours, theirs| ours <= theirs)
            && narrower(&self.budget, budget, Budget::is_within)
    }
}

/// What is not limited is within nothing; what is not asked for is always given.
fn narrower<T>(ours: &Option<T>, theirs: &Option<T>, within: impl Fn(&T, &T) -> bool) -> bool {
    match (ours, theirs) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(ours), Some(theirs)) => within(ours, theirs),
    }
}

/// Not 1 to [`MAX_COUNT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_COUNT}")]
pub struct InvalidCount;

/// Checks what limits calls, uses or units.
pub fn check_count(count: u64) -> Result<u64, InvalidCount> {
    if (1..=MAX_COUNT).contains(&count) { Ok(count) } else { Err(InvalidCount) }
}

/// Not 1 to [`MAX_ENTRIES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {MAX_ENTRIES} entries, not {0}")]
pub struct EntryCount(pub usize);

/// Checks how many there are of arguments or of networks.
pub fn check_entries(count: usize) -> Result<(), EntryCount> {
    if (1..=MAX_ENTRIES).contains(&count) { Ok(()) } else { Err(EntryCount(count)) }
}

fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Option::<u64>::deserialize(deserializer)?.map(check_count).transpose().map_err(serde::de::Error::custom)
}

fn patterns<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, ArgumentPattern>>, D::Error> {
    let patterns = Option::<BTreeMap<String, ArgumentPattern>>::deserialize(deserializer)?;
    if let Some(patterns) = &patterns {
        check_entries(patterns.len()).map_err(serde::de::Error::custom)?;
        patterns.keys().try_for_each(|name| check_argument_name(name)).map_err(serde::de::Error::custom)?;
    }
    Ok(patterns)
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Network>>, D::Error> {
    let networks = Option::<Vec<Network>>::deserialize(deserializer)?;
    if let Some(networks) = &networks {
        check_entries(networks.len()).map_err(serde::de::Error::custom)?;
    }
    Ok(networks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Constraints, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    const FULL: &str = r#"{"requireApproval":true,"maxCallsPerHour":10,"allowedArgPatterns":{"path":"/tmp/.*"},"timeWindow":{"start":"09:00","end":"17:00","timeZone":"Europe/Berlin","days":["mon","tue"]},"ipAllowlist":["10.0.0.0/8","2001:db8::/32"],"expiresAt":"2027-01-01T00:00:00.000Z","maxUses":5,"budget":{"units":100,"per":"day"}}"#;

    #[test]
    fn every_constraint_travels_unchanged() {
        let constraints = read(FULL).unwrap();
        assert_eq!(serde_json::to_string(&constraints).unwrap(), FULL);
        assert_eq!(serde_json::to_string(&Constraints::default()).unwrap(), "{}");
    }

    #[test]
    fn an_unknown_constraint_is_refused_by_name() {
        for name in ["require_approval", "RequireApproval", "approval", "maxCallsPerMinute", ""] {
            let error = read(&format!(r#"{{"{name}":null}}"#)).unwrap_err();
            assert!(error.contains(&format!("unknown field `{name}`")), "{error}");
        }
        assert!(read(r#"{"requireApproval":true,"requireApproval":false}"#).is_err());
    }

    #[test]
    fn a_value_out_of_range_is_refused_with_its_reason() {
        for (json, words) in [
            (r#"{"requireApproval":"yes"}"#, "expected a boolean"),
            (r#"{"maxCallsPerHour":0}"#, "must be 1 to"),
            (r#"{"maxCallsPerHour":-1}"#, "invalid value"),
            (r#"{"maxCallsPerHour":1.5}"#, "invalid type"),
            (r#"{"maxUses":1000000001}"#, "must be 1 to"),
            (r#"{"allowedArgPatterns":{}}"#, "1 to 64 entries, not 0"),
            (r#"{"allowedArgPatterns":{"":"x"}}"#, "argument name of 0 bytes"),
            (r#"{"allowedArgPatterns":["x"]}"#, "expected a map"),
            (r#"{"ipAllowlist":[]}"#, "1 to 64 entries, not 0"),
            (r#"{"ipAllowlist":["10.0.0.0/33"]}"#, "not a network"),
            (r#"{"ipAllowlist":["10.0.0.1/8"]}"#, "10.0.0.0/8"),
            (r#"{"ipAllowlist":["example.com"]}"#, "not a network"),
            (r#"{"expiresAt":"tomorrow"}"#, "RFC 3339"),
            (r#"{"budget":{"units":0,"per":"day"}}"#, "must be 1 to"),
            (r#"{"budget":{"units":1,"per":"decade"}}"#, "unknown variant"),
            (r#"{"budget":{"units":1}}"#, "missing field `per`"),
            (r#"{"timeWindow":{"start":"9:00","end":"17:00"}}"#, "HH:MM"),
            (r#"{"timeWindow":{"start":"24:00","end":"17:00"}}"#, "HH:MM"),
            (r#"{"timeWindow":{"start":"09:00","end":"09:00"}}"#, "differ"),
            (r#"{"timeWindow":{"start":"09:00","end":"17:00","days":[]}}"#, "at least one day"),
            (r#"{"timeWindow":{"start":"09:00","end":"17:00","days":["someday"]}}"#, "unknown variant"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(words), "{json}: {error}");
        }
    }

    #[test]
    fn constraints_only_grow() {
        let full = read(FULL).unwrap();
        let none = Constraints::default();
        assert!(full.at_least_as_strict_as(&none) && full.at_least_as_strict_as(&full));
        for (wider, narrower) in [
            ("{}", r#"{"requireApproval":true}"#),
            (r#"{"maxCallsPerHour":10}"#, r#"{"maxCallsPerHour":9}"#),
            (r#"{"maxUses":10}"#, r#"{"maxUses":9}"#),
            (r#"{"allowedArgPatterns":{"a":"x"}}"#, r#"{"allowedArgPatterns":{"a":"x","b":"y"}}"#),
            (r#"{"ipAllowlist":["10.0.0.0/8"]}"#, r#"{"ipAllowlist":["10.1.0.0/16","10.2.3.4"]}"#),
            (r#"{"expiresAt":"2027-01-01T00:00:00Z"}"#, r#"{"expiresAt":"2026-01-01T00:00:00Z"}"#),
            (r#"{"budget":{"units":10,"per":"day"}}"#, r#"{"budget":{"units":9,"per":"day"}}"#),
            (
                r#"{"timeWindow":{"start":"22:00","end":"06:00"}}"#,
                r#"{"timeWindow":{"start":"23:00","end":"05:00","days":["fri"]}}"#,
            ),
        ] {
            let (wider, narrower) = (read(wider).unwrap(), read(narrower).unwrap());
            assert!(narrower.at_least_as_strict_as(&wider), "{narrower:?}");
            assert!(!wider.at_least_as_strict_as(&narrower), "{wider:?}");
            assert!(!none.at_least_as_strict_as(&narrower));
        }
    }

    #[test]
    fn only_what_is_used_up_spends() {
        for (json, spends) in [
            ("{}", false),
            (r#"{"ipAllowlist":["10.0.0.0/8"],"expiresAt":"2027-01-01T00:00:00Z"}"#, false),
            (r#"{"requireApproval":true}"#, true),
            (r#"{"maxUses":1}"#, true),
            (r#"{"maxCallsPerHour":1}"#, true),
            (r#"{"budget":{"units":1,"per":"hour"}}"#, true),
        ] {
            assert_eq!(read(json).unwrap().spends(), spends, "{json}");
        }
    }
}

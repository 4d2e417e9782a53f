//! Conditions that can be judged without spending anything: expiry, hours, networks and arguments.
//!
//! A condition that cannot be judged, because the address is not known or an expression of another version does not
//! compile, does not hold.

use jiff::tz::TimeZone;
use kavach_model::permission::constraint::{Day, TimeOfDay, TimeWindow};
use kavach_model::permission::{Constraints, Permission, ReasonCode};
use kavach_model::{ApiError, Timestamp};
use papaya::HashMap;
use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};
use std::net::IpAddr;

/// Bytes a compiled expression may take.
const MAX_COMPILED: usize = 256 * 1024;
/// Expressions kept compiled; beyond that they are compiled afresh.
const MAX_KEPT: usize = 10_000;

/// What a question says beside action and resource.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) now: Timestamp,
    pub(crate) ip: Option<IpAddr>,
    pub(crate) arguments: Option<&'a Map<String, Value>>,
}

/// Compiled expressions by their text, shared by all permissions that have them.
#[derive(Default)]
pub(crate) struct Expressions(HashMap<String, Option<Regex>>);

impl Expressions {
    /// The condition that does not hold; of several, the one that is first in a fixed order.
    pub(crate) fn unmet(&self, constraints: &Constraints, facts: &Facts<'_>) -> Option<ReasonCode> {
        if constraints.expires_at.is_some_and(|end| end <= facts.now) {
            return Some(ReasonCode::PermissionExpired);
        }
        if let Some(networks) = &constraints.ip_allowlist
            && !facts.ip.is_some_and(|address| networks.iter().any(|network| network.has(address)))
        {
            return Some(ReasonCode::IpNotAllowed);
        }
        if let Some(window) = &constraints.time_window
            && !is_open(window, facts.now)
        {
            return Some(ReasonCode::OutsideTimeWindow);
        }
        let patterns = constraints.allowed_arg_patterns.iter().flatten();
        for (name, pattern) in patterns {
            let value = facts.arguments.and_then(|arguments| arguments.get(name));
            if !value.is_some_and(|value| self.matches(pattern.as_str(), value)) {
                return Some(ReasonCode::ArgumentNotAllowed);
            }
        }
        None
    }

    /// A text is matched as it is, a number or a truth value as JSON writes it; anything else does not match.
    fn matches(&self, pattern: &str, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_match(pattern, text),
            Value::Number(_) | Value::Bool(_) => self.is_match(pattern, &value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        }
    }

    fn is_match(&self, pattern: &str, text: &str) -> bool {
        let kept = self.0.pin();
        if let Some(expression) = kept.get(pattern) {
            return expression.as_ref().is_some_and(|expression| expression.is_match(text));
        }
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        let expression = compile(pattern).ok();
        let matches = expression.as_ref().is_some_and(|expression| expression.is_match(text));
        kept.insert(pattern.to_owned(), expression);
        matches
    }
}

fn is_open(window: &TimeWindow, now: Timestamp) -> bool {
    const DAYS: [Day; 7] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];
    let Ok(zone) = TimeZone::get(&window.time_zone) else { return false };
    let Ok(at) = jiff::Timestamp::from_millisecond(now.as_millis()) else { return false };
    let local = zone.to_datetime(at);
    let day = usize::try_from(local.weekday().to_monday_zero_offset()).ok().and_then(|day| DAYS.get(day));
    let clock = u16::try_from(local.hour()).ok().zip(u16::try_from(local.minute()).ok());
    let time = clock.and_then(|(hour, minute)| TimeOfDay::new(hour, minute));
    day.zip(time).is_some_and(|(day, time)| window.is_open_at(*day, time))
}

/// Anchored at both ends, in linear time, bounded in size.
fn compile(text: &str) -> Result<Regex, regex::Error> {
    // By itself first, so that an unbalanced parenthesis cannot close the group.
    RegexBuilder::new(text).size_limit(MAX_COMPILED).build()?;
    RegexBuilder::new(&format!(r"\A(?:{text})\z")).size_limit(MAX_COMPILED).build()
}

/// Refuses permissions with an expression or a zone that nothing could be judged by.
pub(crate) fn check(permissions: &[Permission]) -> Result<(), ApiError> {
    for (index, permission) in permissions.iter().enumerate() {
        let constraints = &permission.constraints;
        for (name, pattern) in constraints.allowed_arg_patterns.iter().flatten() {
            compile(pattern.as_str()).map_err(|error| {
                let field = format!("permissions[{index}].constraints.allowedArgPatterns.{name}");
                ApiError::invalid(field, explain(&error))
            })?;
        }
        if let Some(window) = &constraints.time_window
            && TimeZone::get(&window.time_zone).is_err()
        {
            let field = format!("permissions[{index}].constraints.timeWindow.timeZone");
            return Err(ApiError::invalid(field, "is not a zone of the IANA time zone database"));
        }
    }
    Ok(())
}

/// The last line of a syntax error says what is wrong; those before it draw where.
fn explain(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "is too large an expression".to_owned(),
        other => {
            let text = other.to_string();
            let what = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("is not an expression: {what}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unmet(constraints: &str, now: &str, ip: Option<&str>, arguments: &str) -> Option<ReasonCode> {
        let arguments: Map<String, Value> = serde_json::from_str(arguments).unwrap();
        let facts = Facts {
            now: now.parse().unwrap(),
            ip: ip.map(|ip| ip.parse().unwrap()),
            arguments: Some(&arguments),
        };
        let constraints: Constraints = serde_json::from_str(constraints).unwrap();
        Expressions::default().unmet(&constraints, &facts)
    }

    const NOON: &str = "2026-11-23T12:00:00Z";

    #[test]
    fn an_expression_must_match_all_of_its_argument() {
        let paths = r#"{"allowedArgPatterns":{"path":"/tmp/[a-z]+|/var/x"}}"#;
        for (arguments, allowed) in [
            (r#"{"path":"/tmp/a"}"#, true),
            (r#"{"path":"/var/x"}"#, true),
            (r#"{"path":"/tmp/a/../../etc"}"#, false),
            (r#"{"path":"/etc/var/x"}"#, false),
            (r#"{"path":"/tmp/a\n"}"#, false),
            (r#"{"path":"x\n/tmp/a"}"#, false),
            (r#"{"path":null}"#, false),
            (r#"{"path":["/tmp/a"]}"#, false),
            (r#"{"Path":"/tmp/a"}"#, false),
            ("{}", false),
        ] {
            let expected = (!allowed).then_some(ReasonCode::ArgumentNotAllowed);
            assert_eq!(unmet(paths, NOON, None, arguments), expected, "{arguments}");
        }
        let amount = r#"{"allowedArgPatterns":{"amount":"[0-9]{1,2}","dry":"true"}}"#;
        assert_eq!(unmet(amount, NOON, None, r#"{"amount":99,"dry":true}"#), None);
        assert!(unmet(amount, NOON, None, r#"{"amount":100,"dry":true}"#).is_some());
    }

    #[test]
    fn flags_in_an_expression_do_not_lift_the_anchors() {
        for pattern in ["(?m)^a$", "(?s).", "(?i)A", "a|b"] {
            let constraints = format!(r#"{{"allowedArgPatterns":{{"x":"{pattern}"}}}}"#);
            assert_eq!(unmet(&constraints, NOON, None, r#"{"x":"a"}"#), None, "{pattern}");
            for text in ["a\\nz", "z\\na", "za"] {
                let arguments = format!(r#"{{"x":"{text}"}}"#);
                assert!(unmet(&constraints, NOON, None, &arguments).is_some(), "{pattern} {text}");
            }
        }
        for pattern in ["a)|(?:b", "(?x) a # ", "(", "a{2,1}", "[z-a]", "(?=a)", "\\1"] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
        assert!(matches!(compile("(?:a{1000}){1000}"), Err(regex::Error::CompiledTooBig(_))));
    }

    #[test]
    fn hours_are_those_of_the_zone_and_follow_its_clocks() {
        let office =
            r#"{"timeWindow":{"start":"09:00","end":"17:00","timeZone":"Europe/Berlin","days":["mon"]}}"#;
        let closed = Some(ReasonCode::OutsideTimeWindow);
        for (now, expected) in [
            ("2026-11-23T07:59:59Z", closed),
            ("2026-11-23T08:00:00Z", None),
            ("2026-11-23T15:59:59Z", None),
            ("2026-11-23T16:00:00Z", closed),
            ("2026-11-24T12:00:00Z", closed),
            // In summer the same clock is an hour earlier in UTC.
            ("2026-07-20T07:00:00Z", None),
            ("2026-07-20T15:00:00Z", closed),
        ] {
            assert_eq!(unmet(office, now, None, "{}"), expected, "{now}");
        }
    }

    #[test]
    fn an_address_that_is_not_known_is_not_allowed() {
        let inside = r#"{"ipAllowlist":["10.0.0.0/8"]}"#;
        assert_eq!(unmet(inside, NOON, Some("10.1.2.3"), "{}"), None);
        for ip in [Some("192.0.2.1"), Some("::1"), None] {
            assert_eq!(unmet(inside, NOON, ip, "{}"), Some(ReasonCode::IpNotAllowed), "{ip:?}");
        }
    }

    #[test]
    fn a_permission_ends_at_its_time() {
        let ends = r#"{"expiresAt":"2026-11-23T12:00:00Z"}"#;
        assert_eq!(unmet(ends, "2026-11-23T11:59:59.999Z", None, "{}"), None);
        assert_eq!(unmet(ends, NOON, None, "{}"), Some(ReasonCode::PermissionExpired));
    }

    #[test]
    fn what_nothing_can_be_judged_by_is_refused_at_its_field() {
        for (constraints, field) in [
            (r#"{"allowedArgPatterns":{"path":"("}}"#, "permissions[0].constraints.allowedArgPatterns.path"),
            (
                r#"{"timeWindow":{"start":"09:00","end":"17:00","timeZone":"Europe/Atlantis"}}"#,
                "permissions[0].constraints.timeWindow.timeZone",
            ),
        ] {
            let json = format!(r#"[{{"resource":"a","actions":["x"],"constraints":{constraints}}}]"#);
            let permissions: Vec<Permission> = serde_json::from_str(&json).unwrap();
            let error = check(&permissions).unwrap_err();
            assert_eq!(error.details.and_then(|details| details.field).as_deref(), Some(field));
        }
    }
}

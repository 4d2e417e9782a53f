//! What a record says of the arguments of a question beside their digest, which is always over the real ones.

use crate::config::{Audit, RecordedArguments};
use serde_json::{Map, Value};

/// In place of a value that is not recorded.
const MARK: &str = "[redacted]";
/// Canonical bytes beyond which arguments are not recorded.
const MAX_BYTES: usize = 4 * 1024;

/// Arguments as they are recorded.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Recorded {
    /// None where only the digest is.
    pub(crate) arguments: Option<Map<String, Value>>,
    /// They would have been recorded and are too long.
    pub(crate) omitted: bool,
}

/// What is recorded of these arguments.
pub(crate) fn recorded(config: &Audit, arguments: &Map<String, Value>) -> Recorded {
    if config.arguments == RecordedArguments::Digest {
        return Recorded::default();
    }
    let names: Vec<Vec<&str>> = config.redact.iter().map(|name| name.split('.').collect()).collect();
    let redactor = Redactor { names, keep_keys: config.arguments == RecordedArguments::Redacted };
    let arguments = redactor.object(arguments, &mut Vec::new());
    let short = serde_json_canonicalizer::to_vec(&arguments).is_ok_and(|text| text.len() <= MAX_BYTES);
    if short {
        Recorded { arguments: Some(arguments), omitted: false }
    } else {
        Recorded { arguments: None, omitted: true }
    }
}

struct Redactor<'a> {
    names: Vec<Vec<&'a str>>,
    keep_keys: bool,
}

impl Redactor<'_> {
    fn object<'v>(&self, object: &'v Map<String, Value>, path: &mut Vec<&'v str>) -> Map<String, Value> {
        let mut kept = Map::new();
        for (key, value) in object {
            path.push(key);
            if !self.names(path) {
                kept.insert(key.clone(), self.value(value, path));
            } else if self.keep_keys {
                kept.insert(key.clone(), MARK.into());
            }
            path.pop();
        }
        kept
    }

    /// Lists are looked through: what is in them is at the place of the list.
    fn value<'v>(&self, value: &'v Value, path: &mut Vec<&'v str>) -> Value {
        match value {
            Value::Object(object) => Value::Object(self.object(object, path)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.value(item, path)).collect()),
            plain => plain.clone(),
        }
    }

    /// Whether one of the names stands for what is at this path. Case does not matter: no client's way of writing a
    /// name may bring its value into the log.
    fn names(&self, path: &[&str]) -> bool {
        let is = |part: &str, key: &str| part == "*" || part.to_lowercase() == key.to_lowercase();
        self.names.iter().any(|name| match name.as_slice() {
            [one] => path.last().is_some_and(|key| is(one, key)),
            parts => parts.len() == path.len() && parts.iter().zip(path).all(|(part, key)| is(part, key)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with(mode: RecordedArguments, names: &[&str], arguments: Value) -> Recorded {
        let redact = names.iter().map(|name| (*name).to_owned()).collect();
        let config = Audit { arguments: mode, redact, ..Audit::default() };
        recorded(&config, arguments.as_object().unwrap())
    }

    fn of(recorded: Recorded) -> Value {
        assert!(!recorded.omitted);
        Value::Object(recorded.arguments.unwrap())
    }

    fn question() -> Value {
        json!({
            "repo": "kavach", "Password": "hunter2",
            "card": {"number": "4111", "owner": {"name": "Ada", "password": 1}},
            "items": [{"sku": "a", "token": "t"}, [{"token": {"deep": true}}]],
        })
    }

    #[test]
    fn names_hold_at_any_depth_and_paths_from_the_top() {
        let names = ["password", "token", "card.number"];
        assert_eq!(
            of(with(RecordedArguments::Redacted, &names, question())),
            json!({
                "repo": "kavach", "Password": MARK,
                "card": {"number": MARK, "owner": {"name": "Ada", "password": MARK}},
                "items": [{"sku": "a", "token": MARK}, [{"token": MARK}]],
            })
        );
        assert_eq!(
            of(with(RecordedArguments::Full, &names, question())),
            json!({
                "repo": "kavach",
                "card": {"owner": {"name": "Ada"}},
                "items": [{"sku": "a"}, [{}]],
            })
        );
    }

    #[test]
    fn a_star_stands_for_one_key_and_alone_for_every_value() {
        assert_eq!(
            of(with(RecordedArguments::Redacted, &["*"], question())),
            json!({"repo": MARK, "Password": MARK, "card": MARK, "items": MARK})
        );
        let inner = of(with(RecordedArguments::Redacted, &["*.*.name", "items.sku"], question()));
        assert_eq!(inner["card"], json!({"number": "4111", "owner": {"name": MARK, "password": 1}}));
        assert_eq!(inner["items"][0]["sku"], MARK);
        assert_eq!(inner["repo"], "kavach");
    }

    #[test]
    fn what_is_too_long_is_left_out_and_said_so() {
        let long = |count: usize| json!({ "x": "y".repeat(count) });
        assert!(with(RecordedArguments::Full, &[], long(4 * 1024 - 8)).arguments.is_some());
        let omitted = Recorded { arguments: None, omitted: true };
        assert_eq!(with(RecordedArguments::Full, &[], long(4 * 1024 - 7)), omitted);
        assert_eq!(of(with(RecordedArguments::Redacted, &["x"], long(9_000))), json!({"x": MARK}));
    }

    #[test]
    fn by_default_nothing_but_the_digest_is_recorded() {
        assert_eq!(recorded(&Audit::default(), question().as_object().unwrap()), Recorded::default());
    }
}

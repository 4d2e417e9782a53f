//! `KAVACH_*` environment variables as a source of configuration.
//!
//! Values stay text, so that a token made of digits is not read as a number; the types they are read into decide.
//! An empty variable counts as not set.

use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};
use std::collections::BTreeMap;

const PREFIX: &str = "KAVACH_";
/// Names with our prefix that are not settings of the server.
const NOT_SETTINGS: [&str; 2] = ["KAVACH_CONFIG", "KAVACH_TEST_"];

/// The variables, by the key they set.
#[derive(Debug, Clone)]
pub(super) struct Environment(BTreeMap<String, (String, String)>);

impl Environment {
    pub(super) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let settings = variables.into_iter().filter_map(|(name, value)| {
            let key = name.strip_prefix(PREFIX)?.to_ascii_lowercase().replace("__", ".");
            let is_setting = !value.is_empty() && !NOT_SETTINGS.iter().any(|other| name.starts_with(other));
            is_setting.then_some((key, (name, value)))
        });
        Self(settings.collect())
    }

    /// The variable that sets this key, or something in this section.
    pub(super) fn variable(&self, key: &str) -> Option<&str> {
        let inside = |known: &str| known.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
        let found =
            self.0.get(key).or_else(|| self.0.iter().find(|(known, _)| inside(known)).map(|(_, v)| v));
        found.map(|(name, _)| name.as_str())
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("environment")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut root = Dict::new();
        for (key, (_, value)) in &self.0 {
            insert(&mut root, key, value);
        }
        Ok(Profile::Default.collect(root))
    }
}

fn insert(dict: &mut Dict, key: &str, value: &str) {
    match key.split_once('.') {
        None => {
            dict.entry(key.to_owned()).or_insert_with(|| Value::from(value));
        }
        Some((section, rest)) => {
            // A variable for a whole section is refused when it is read: it has the wrong type.
            if let Value::Dict(_, inner) =
                dict.entry(section.to_owned()).or_insert_with(|| Value::from(Dict::new()))
            {
                insert(inner, rest, value);
            }
        }
    }
}

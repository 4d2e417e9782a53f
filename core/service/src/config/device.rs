//! `[device]`: device authorization (RFC 8628), and which clients may ask for it.

use super::InvalidConfig;
use super::duration;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::collections::HashSet;
use std::time::Duration;

/// `[device]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Device {
    /// How long a code works.
    #[serde(deserialize_with = "duration::read")]
    pub life: Duration,
    /// How often a device may ask whether somebody answered.
    #[serde(deserialize_with = "duration::read")]
    pub interval: Duration,
    /// `[[device.clients]]`: who may ask. In the environment a list in JSON.
    #[serde(deserialize_with = "clients")]
    pub clients: Vec<DeviceClient>,
}

/// A program on devices.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceClient {
    /// What it calls itself in requests.
    pub id: String,
    /// What people are shown.
    pub name: String,
    /// What it may ask for.
    #[serde(default)]
    pub scopes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ListOrText {
    List(Vec<DeviceClient>),
    Text(String),
}

fn clients<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<DeviceClient>, D::Error> {
    match ListOrText::deserialize(deserializer)? {
        ListOrText::List(clients) => Ok(clients),
        ListOrText::Text(text) => serde_json::from_str(&text).map_err(|error| {
            D::Error::custom(format_args!(
                "write [{{\"id\": \"tv\", \"name\": \"Television\", \"scopes\": []}}] ({error})"
            ))
        }),
    }
}

impl Default for Device {
    fn default() -> Self {
        Self { life: Duration::from_secs(600), interval: Duration::from_secs(5), clients: Vec::new() }
    }
}

impl Device {
    /// A client by its id.
    pub fn client(&self, id: &str) -> Option<&DeviceClient> {
        self.clients.iter().find(|client| client.id == id)
    }

    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        let minute = Duration::from_secs(60);
        if !(minute..=30 * minute).contains(&self.life) {
            return Err(InvalidConfig::new("device.life", "must be one minute to half an hour"));
        }
        if !(Duration::from_secs(1)..=minute).contains(&self.interval) {
            return Err(InvalidConfig::new("device.interval", "must be one second to one minute"));
        }
        let mut seen = HashSet::new();
        for client in &self.clients {
            let plain = |text: &str| {
                !text.is_empty() && text.len() <= 100 && text.bytes().all(|byte| byte.is_ascii_graphic())
            };
            if !plain(&client.id) || !seen.insert(&client.id) {
                return Err(InvalidConfig::new(
                    "device.clients",
                    "each needs an id of its own, of up to 100 printable characters without spaces",
                ));
            }
            let name = client.name.trim();
            if name.is_empty() || name.chars().count() > 100 || name.chars().any(crate::names::is_deceptive) {
                return Err(InvalidConfig::new(
                    "device.clients",
                    "each needs a name of up to 100 characters",
                ));
            }
            if !client.scopes.iter().all(|scope| plain(scope)) {
                return Err(InvalidConfig::new("device.clients", "a scope is a word without spaces"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(id: &str, name: &str, scope: &str) -> DeviceClient {
        DeviceClient { id: id.to_owned(), name: name.to_owned(), scopes: vec![scope.to_owned()] }
    }

    #[test]
    fn clients_have_an_id_of_their_own_and_a_name_that_hides_nothing() {
        let with = |clients| Device { clients, ..Device::default() }.validate();
        assert_eq!(with(vec![client("tv", "Television", "openid"), client("cli", "Shell", "x")]), Ok(()));
        for wrong in [
            vec![client("tv", "A", "x"), client("tv", "B", "x")],
            vec![client("", "A", "x")],
            vec![client("t v", "A", "x")],
            vec![client("tv", "A\u{202e}B", "x")],
            vec![client("tv", "", "x")],
            vec![client("tv", "A", "a b")],
        ] {
            assert_eq!(with(wrong).unwrap_err().key, "device.clients");
        }
    }
}

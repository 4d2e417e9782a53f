//! `[[oauth.trusted_issuers]]`: whose signed word is taken instead of a secret (RFC 7523), and for whom.
//! `[[oauth.assertion_audiences]]`: which authorization servers get our word for a person.

use super::sections::within;
use super::{InvalidConfig, duration};
use kavach_model::AgentId;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// One rule: tokens of this issuer, about these subjects, are good for this agent, this client, or people.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrustedIssuer {
    /// Who signs, to the letter.
    pub issuer: String,
    /// Where its keys are. Fetched like an address of a stranger: https, and no private network unless
    /// `outbound.allow_private_hosts` names the host.
    pub jwks_uri: Option<String>,
    /// Its keys, instead.
    #[serde(deserialize_with = "keys")]
    pub jwks: Option<Value>,
    /// What its tokens name as their audience; `public_url` when absent. Of identity assertions always `public_url`.
    pub audience: Option<String>,
    /// Whom its tokens are about. `*` stands for anything without a colon, and at the end for all that follows.
    pub subject: Option<String>,
    /// What else they must say, in the same way.
    pub claims: BTreeMap<String, String>,
    /// The agent that such a workload is.
    pub agent: Option<AgentId>,
    /// The client that such a workload is.
    pub client: Option<String>,
    /// Whether it speaks for people: an identity provider whose accounts people linked to theirs here (ID-JAG).
    pub identity_assertions: bool,
    /// Whether a token of a workload may come more than once, as those of Kubernetes do.
    pub reusable: bool,
    /// The longest life of a token.
    #[serde(deserialize_with = "duration::read")]
    pub max_life: Duration,
}

impl Default for TrustedIssuer {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            jwks_uri: None,
            jwks: None,
            audience: None,
            subject: None,
            claims: BTreeMap::new(),
            agent: None,
            client: None,
            identity_assertions: false,
            reusable: false,
            max_life: HOUR,
        }
    }
}

/// An authorization server that takes our word for a person.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssertionAudience {
    /// Its issuer, to the letter.
    pub issuer: String,
    /// Which of our clients may ask, and what each is called there.
    pub clients: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ListOrText<T> {
    List(Vec<T>),
    Text(String),
}

/// A list of tables, or in the environment a list in JSON.
pub(super) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    match ListOrText::deserialize(deserializer)? {
        ListOrText::List(list) => Ok(list),
        ListOrText::Text(text) => serde_json::from_str(&text)
            .map_err(|error| D::Error::custom(format_args!("write a list in JSON ({error})"))),
    }
}

/// A key set: a table, or its JSON.
fn keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        Some(Value::String(text)) => serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| D::Error::custom(format_args!("is not a key set ({error})"))),
        other => Ok(other),
    }
}

impl TrustedIssuer {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        let wrong =
            |why: &str| Err(InvalidConfig::new("oauth.trusted_issuers", format!("{}: {why}", self.issuer)));
        if !is_address(&self.issuer) {
            return wrong("issuer must begin with https:// or http://");
        }
        match (&self.jwks, &self.jwks_uri) {
            (Some(set), None) if is_public(set) => {}
            (None, Some(uri)) if uri.starts_with("https://") => {}
            _ => return wrong("needs jwks, a set of public keys, or jwks_uri, an https address"),
        }
        let meant = [self.agent.is_some(), self.client.is_some(), self.identity_assertions];
        if meant.into_iter().filter(|meant| *meant).count() != 1 {
            return wrong("needs one of agent, client and identity_assertions");
        }
        if !self.identity_assertions
            && self.subject.as_deref().is_none_or(|text| text.trim_matches('*').is_empty())
        {
            return wrong("a workload needs a subject that says whose tokens are meant");
        }
        if self.identity_assertions && (self.subject.is_some() || self.audience.is_some() || self.reusable) {
            return wrong("identity assertions take neither subject nor audience, and are good once");
        }
        within("oauth.trusted_issuers", self.max_life, Duration::from_secs(60), 24 * HOUR)
    }
}

impl AssertionAudience {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        if is_address(&self.issuer)
            && self.clients.iter().all(|(ours, theirs)| !ours.is_empty() && !theirs.is_empty())
        {
            return Ok(());
        }
        Err(InvalidConfig::new(
            "oauth.assertion_audiences",
            "each needs an issuer that begins with https:// and clients by their names here and there",
        ))
    }
}

fn is_address(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    plain
        && ["https://", "http://"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
}

fn is_public(set: &Value) -> bool {
    let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    let keys = set["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
    let public = |key: &Value| key.is_object() && private.iter().all(|member| key.get(member).is_none());
    !keys.is_empty() && keys.iter().all(public)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(change: Value) -> TrustedIssuer {
        let mut whole = json!({
            "issuer": "https://ci.example", "jwks": {"keys": [{"kty": "EC"}]},
            "subject": "repo:acme/*:ref:refs/heads/main", "client": "clt_1",
        });
        for (name, value) in change.as_object().unwrap() {
            whole[name] = value.clone();
        }
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn whose_word_is_taken_is_said_in_full() {
        assert_eq!(rule(json!({})).validate(), Ok(()));
        let text = r#"{"keys": [{"kty": "RSA"}]}"#;
        assert_eq!(rule(json!({"jwks": text})).validate(), Ok(()));
        let people = json!({"client": null, "subject": null, "identity_assertions": true});
        assert_eq!(rule(people).validate(), Ok(()));
        for wrong in [
            json!({"issuer": ""}),
            json!({"issuer": "ci.example"}),
            json!({"jwks": null}),
            json!({"jwks": {"keys": []}}),
            json!({"jwks": {"keys": [{"kty": "EC", "d": "x"}]}}),
            json!({"jwks": {"keys": [{"kty": "oct", "k": "x"}]}}),
            json!({"jwks_uri": "https://ci.example/keys"}),
            json!({"jwks": null, "jwks_uri": "http://ci.example/keys"}),
            json!({"client": null}),
            json!({"identity_assertions": true}),
            json!({"subject": null}),
            json!({"subject": "*"}),
            json!({"max_life": "2d"}),
            json!({"client": null, "identity_assertions": true}),
        ] {
            assert_eq!(rule(wrong.clone()).validate().unwrap_err().key, "oauth.trusted_issuers", "{wrong}");
        }
    }
}

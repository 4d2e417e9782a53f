//! What people sign in with that others run: Google One Tap, wallets.

use super::{InvalidConfig, list};
use kavach_model::Secret;
use serde::Deserialize;

/// `[google]`: One Tap, when `client_id` is set.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Google {
    /// Our name at Google: `1234-abc.apps.googleusercontent.com`.
    pub client_id: Option<String>,
    /// Where Google publishes the keys it signs with.
    pub jwks_url: String,
    /// The script that shows One Tap.
    pub script_url: String,
}

impl Default for Google {
    fn default() -> Self {
        Self {
            client_id: None,
            jwks_url: "https://www.googleapis.com/oauth2/v3/certs".to_owned(),
            script_url: "https://accounts.google.com/gsi/client".to_owned(),
        }
    }
}

impl Google {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        if self.client_id.as_ref().is_some_and(|id| id.is_empty() || id.chars().any(char::is_whitespace)) {
            return Err(InvalidConfig::new(
                "google.client_id",
                "is not a client id; copy it from the Google console",
            ));
        }
        is_http("google.jwks_url", &self.jwks_url)?;
        // It stands in a header that says which scripts may run.
        is_source("google.script_url", &self.script_url)
    }

    /// Scheme, host and port of [`Google::script_url`].
    pub fn script_origin(&self) -> &str {
        origin_of(&self.script_url)
    }
}

/// `[siwe]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Siwe {
    /// Chains a wallet may be on (EIP-155).
    #[serde(deserialize_with = "list::numbers")]
    pub chain_ids: Vec<u64>,
    /// A node that answers `eth_call`, for wallets that are contracts (EIP-1271, EIP-6492); without it they cannot sign in.
    /// It serves one chain, and speaks for that one only.
    pub rpc_url: Option<Secret>,
}

impl Default for Siwe {
    fn default() -> Self {
        Self { chain_ids: vec![1], rpc_url: None }
    }
}

impl Siwe {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        if self.chain_ids.is_empty() {
            return Err(InvalidConfig::new("siwe.chain_ids", "is empty; write [1] for Ethereum itself"));
        }
        match &self.rpc_url {
            Some(url) => is_http("siwe.rpc_url", url.expose()),
            None => Ok(()),
        }
    }
}

/// Scheme, host and port of an address.
pub fn origin_of(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let end = url[after_scheme..].find(['/', '?', '#']).map_or(url.len(), |at| after_scheme + at);
    &url[..end]
}

/// Refuses an address that would not be one within a header.
pub(super) fn is_source(key: &'static str, url: &str) -> Result<(), InvalidConfig> {
    is_http(key, url)?;
    if url.contains([';', ',', '\'', '"', ' ']) {
        return Err(InvalidConfig::new(key, "must be an address without quotes, commas or semicolons"));
    }
    Ok(())
}

pub(super) fn is_http(key: &'static str, url: &str) -> Result<(), InvalidConfig> {
    if url.starts_with("https://") || url.starts_with("http://") {
        return Ok(());
    }
    Err(InvalidConfig::new(key, "must begin with https:// or http://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scripts_origin_has_no_path() {
        assert_eq!(Google::default().script_origin(), "https://accounts.google.com");
        let google = Google { script_url: "http://127.0.0.1:9000/gsi/client?x".into(), ..Google::default() };
        assert_eq!(google.script_origin(), "http://127.0.0.1:9000");
    }

    #[test]
    fn what_cannot_work_names_its_key() {
        let google = Google { script_url: "https://a/; script-src *".into(), ..Google::default() };
        assert_eq!(google.validate().unwrap_err().key, "google.script_url");
        assert_eq!(Siwe { chain_ids: vec![], rpc_url: None }.validate().unwrap_err().key, "siwe.chain_ids");
    }
}

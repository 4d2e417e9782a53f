//! For whom passkeys are made.

use super::InvalidConfig;
use serde::Deserialize;
use url::Url;

/// `[passkey]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Passkeys {
    /// The domain that passkeys belong to: the host of `public_url`, which is the default, or a domain above it. Passkeys that
    /// were made for one are worth nothing for another.
    pub rp_id: Option<String>,
}

impl Passkeys {
    pub(super) fn validate(&self, public_url: &str) -> Result<(), InvalidConfig> {
        let Some(rp_id) = &self.rp_id else { return Ok(()) };
        let host = host(public_url);
        let covers = host.as_deref().is_some_and(|host| {
            host == rp_id || host.strip_suffix(rp_id.as_str()).is_some_and(|rest| rest.ends_with('.'))
        });
        if covers && !rp_id.is_empty() {
            return Ok(());
        }
        Err(InvalidConfig::new(
            "passkey.rp_id",
            "must be the host of public_url or a domain above it, such as example.com for https://id.example.com",
        ))
    }

    /// The domain in force; none where `public_url` has a bare address, for which there are no passkeys.
    pub(crate) fn domain(&self, public_url: &str) -> Option<String> {
        let host = host(public_url)?;
        Some(self.rp_id.clone().unwrap_or(host))
    }
}

fn host(public_url: &str) -> Option<String> {
    Url::parse(public_url).ok()?.domain().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_that_of_the_public_url_or_above_it() {
        let with = |rp_id: &str| Passkeys { rp_id: Some(rp_id.to_owned()) };
        let url = "https://id.example.com";
        assert_eq!(Passkeys::default().domain(url).as_deref(), Some("id.example.com"));
        assert_eq!(Passkeys::default().domain("http://localhost:3000").as_deref(), Some("localhost"));
        assert_eq!(Passkeys::default().domain("http://127.0.0.1:3000"), None);
        assert_eq!(with("example.com").domain(url).as_deref(), Some("example.com"));
        for good in ["id.example.com", "example.com"] {
            assert!(with(good).validate(url).is_ok(), "{good}");
        }
        for bad in ["", "ample.com", "evil.com", "https://example.com", "x.id.example.com", ".example.com"] {
            assert!(with(bad).validate(url).is_err(), "{bad}");
        }
    }
}

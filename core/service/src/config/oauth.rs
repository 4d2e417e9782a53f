//! `[oauth]`: how long what is issued lives, which clients may bring themselves, and how keys are replaced.

use super::sections::{between, within};
use super::trusted_issuers::{self, AssertionAudience, TrustedIssuer};
use super::{InvalidConfig, duration};
use serde::Deserialize;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// `[oauth]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OAuth {
    /// How long an authorization code may be redeemed.
    #[serde(deserialize_with = "duration::read")]
    pub code_life: Duration,
    /// How long an access token works, and an ID token.
    #[serde(deserialize_with = "duration::read")]
    pub access_token_life: Duration,
    /// How long a client stays connected without asking the person again.
    #[serde(deserialize_with = "duration::read")]
    pub refresh_life: Duration,
    /// How long a used refresh token is still answered, with the same successor, in case the answer was lost.
    #[serde(deserialize_with = "duration::read")]
    pub refresh_grace: Duration,
    /// Authorization requests that are kept for people, and pushed ones, from one network in an hour.
    pub requests_per_ip: u32,
    /// Whether clients may register themselves (RFC 7591).
    pub dynamic_registration: bool,
    /// Registrations from one address in an hour.
    pub registrations_per_ip: u32,
    /// How long a client that brought itself is kept without being used.
    #[serde(deserialize_with = "duration::read")]
    pub idle_client_life: Duration,
    /// How long an administrator can look at what became of a client's try.
    #[serde(deserialize_with = "duration::read")]
    pub traces_kept: Duration,
    /// Whether the address of a document may be a client_id (Client ID Metadata Documents).
    pub client_documents: bool,
    /// Whether proofs of possession need a nonce of ours.
    pub dpop_nonce: bool,
    /// How long a key signs.
    #[serde(deserialize_with = "duration::read")]
    pub key_life: Duration,
    /// How long a key is published before it signs.
    #[serde(deserialize_with = "duration::read")]
    pub key_ahead: Duration,
    /// `[[oauth.trusted_issuers]]`: whose word is taken instead of a secret. In the environment a list in JSON.
    #[serde(deserialize_with = "trusted_issuers::list")]
    pub trusted_issuers: Vec<TrustedIssuer>,
    /// `[[oauth.assertion_audiences]]`: who takes our word for a person. In the environment a list in JSON.
    #[serde(deserialize_with = "trusted_issuers::list")]
    pub assertion_audiences: Vec<AssertionAudience>,
}

impl Default for OAuth {
    fn default() -> Self {
        Self {
            code_life: MINUTE,
            access_token_life: 10 * MINUTE,
            refresh_life: 30 * DAY,
            refresh_grace: MINUTE,
            requests_per_ip: 600,
            dynamic_registration: true,
            registrations_per_ip: 20,
            idle_client_life: 30 * DAY,
            traces_kept: 7 * DAY,
            client_documents: true,
            dpop_nonce: false,
            key_life: 90 * DAY,
            key_ahead: DAY,
            trusted_issuers: Vec::new(),
            assertion_audiences: Vec::new(),
        }
    }
}

impl OAuth {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        within("oauth.code_life", self.code_life, 5 * SECOND, 10 * MINUTE)?;
        within("oauth.access_token_life", self.access_token_life, 10 * SECOND, DAY)?;
        within("oauth.refresh_life", self.refresh_life, HOUR, 400 * DAY)?;
        within("oauth.refresh_grace", self.refresh_grace, Duration::ZERO, 5 * MINUTE)?;
        between("oauth.requests_per_ip", self.requests_per_ip, 1, 1_000_000)?;
        between("oauth.registrations_per_ip", self.registrations_per_ip, 1, 1_000_000)?;
        within("oauth.idle_client_life", self.idle_client_life, HOUR, 400 * DAY)?;
        within("oauth.traces_kept", self.traces_kept, HOUR, 400 * DAY)?;
        within("oauth.key_life", self.key_life, 30 * SECOND, 400 * DAY)?;
        within("oauth.key_ahead", self.key_ahead, 5 * SECOND, 30 * DAY)?;
        if self.key_ahead * 2 > self.key_life {
            return Err(InvalidConfig::new("oauth.key_ahead", "must be half of oauth.key_life at the most"));
        }
        self.trusted_issuers.iter().try_for_each(TrustedIssuer::validate)?;
        self.assertion_audiences.iter().try_for_each(AssertionAudience::validate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_published_well_before_it_signs() {
        assert_eq!(OAuth::default().validate(), Ok(()));
        let hasty = OAuth { key_life: MINUTE, key_ahead: 40 * SECOND, ..OAuth::default() };
        assert_eq!(hasty.validate().unwrap_err().key, "oauth.key_ahead");
        let endless = OAuth { code_life: HOUR, ..OAuth::default() };
        assert_eq!(endless.validate().unwrap_err().key, "oauth.code_life");
    }
}

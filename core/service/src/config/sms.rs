//! `[sms]`: how text messages leave, to whom, and how many.

use super::{InvalidConfig, list};
use kavach_model::Secret;
use phonenumber::country::Id;
use serde::Deserialize;

/// `[sms]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sms {
    /// Where messages are posted to, for a program that sends them.
    pub webhook_url: Option<Secret>,
    /// The key that signs them: `whsec_` and the base64 of 24 to 64 bytes.
    pub webhook_secret: Option<Secret>,
    /// An interface like Twilio's.
    pub twilio_url: String,
    /// The account there.
    pub twilio_account_sid: Option<String>,
    /// Its password.
    pub twilio_auth_token: Option<Secret>,
    /// The number, or the name, that messages come from there.
    pub from: Option<String>,
    /// The country of numbers that are typed without a country code, as two letters.
    pub default_region: Option<String>,
    /// Countries that messages are sent to, as two letters each; all when empty.
    #[serde(deserialize_with = "list::texts")]
    pub allowed_regions: Vec<String>,
    /// Messages to one number in an hour.
    pub per_number: u32,
    /// Messages in an hour to numbers that differ in their last four digits only.
    pub per_prefix: u32,
    /// Messages asked for from one address (IPv6: from one /64) in an hour.
    pub per_ip: u32,
    /// Messages in a day, to everybody together.
    pub per_day: u32,
}

impl Default for Sms {
    fn default() -> Self {
        Self {
            webhook_url: None,
            webhook_secret: None,
            twilio_url: "https://api.twilio.com".to_owned(),
            twilio_account_sid: None,
            twilio_auth_token: None,
            from: None,
            default_region: None,
            allowed_regions: Vec::new(),
            per_number: 5,
            per_prefix: 20,
            per_ip: 20,
            per_day: 2_000,
        }
    }
}

impl Sms {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        let is_http = |url: &str| url.starts_with("https://") || url.starts_with("http://");
        if self.webhook_url.as_ref().is_some_and(|url| !is_http(url.expose())) {
            return Err(InvalidConfig::new("sms.webhook_url", "must begin with https:// or http://"));
        }
        if self.webhook_secret.as_ref().is_some_and(|secret| crate::deliver::webhook::key(secret).is_none()) {
            return Err(InvalidConfig::new(
                "sms.webhook_secret",
                "must be whsec_ and the base64 of 24 to 64 bytes; make one with `echo whsec_$(openssl rand -base64 32)`",
            ));
        }
        if !is_http(&self.twilio_url) {
            return Err(InvalidConfig::new("sms.twilio_url", "must begin with https:// or http://"));
        }
        self.validate_account()?;
        for (key, regions) in [
            ("sms.default_region", self.default_region.as_slice()),
            ("sms.allowed_regions", self.allowed_regions.as_slice()),
        ] {
            if let Some(unknown) = regions.iter().find(|region| region.to_uppercase().parse::<Id>().is_err())
            {
                return Err(InvalidConfig::new(
                    key,
                    format!("`{unknown}` is not a country; write it like DE"),
                ));
            }
        }
        for (key, count) in [
            ("sms.per_number", self.per_number),
            ("sms.per_prefix", self.per_prefix),
            ("sms.per_ip", self.per_ip),
            ("sms.per_day", self.per_day),
        ] {
            if !(1..=1_000_000).contains(&count) {
                return Err(InvalidConfig::new(key, format!("is {count}; it must be 1 to 1000000")));
            }
        }
        Ok(())
    }

    /// An account is of no use in part, and its name becomes a part of an address.
    fn validate_account(&self) -> Result<(), InvalidConfig> {
        let Some(account) = &self.twilio_account_sid else { return Ok(()) };
        if account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(InvalidConfig::new(
                "sms.twilio_account_sid",
                "must be letters and digits, like AC0123",
            ));
        }
        if self.twilio_auth_token.is_none() {
            return Err(InvalidConfig::new("sms.twilio_auth_token", "is needed with sms.twilio_account_sid"));
        }
        if self.from.is_none() {
            return Err(InvalidConfig::new("sms.from", "is needed with sms.twilio_account_sid"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_in_part_is_refused_by_the_name_of_what_is_missing() {
        let key = |sms: Sms| sms.validate().unwrap_err().key;
        let account = Some("AC1".to_owned());
        assert_eq!(
            key(Sms { twilio_account_sid: account.clone(), ..Sms::default() }),
            "sms.twilio_auth_token"
        );
        let token = Some(Secret::new("t"));
        let whole = Sms { twilio_account_sid: account, twilio_auth_token: token, ..Sms::default() };
        assert_eq!(key(whole.clone()), "sms.from");
        assert_eq!(Sms { from: Some("+15005550006".to_owned()), ..whole }.validate(), Ok(()));
        assert_eq!(key(Sms { allowed_regions: vec!["XX".into()], ..Sms::default() }), "sms.allowed_regions");
        assert_eq!(
            key(Sms { webhook_url: Some(Secret::new("ftp://x")), ..Sms::default() }),
            "sms.webhook_url"
        );
    }
}

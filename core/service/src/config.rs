//! The configuration, typed and with defaults that work: `kavach serve` needs none of it.
//!
//! The structures are what the file and the environment are read into (the server does the reading), so the
//! names here are the names an operator writes. A key that is not here is refused. [`Config::validate`] is
//! called once, before anything starts; nothing is checked again later.

mod audit;
pub mod branding;
mod captcha;
mod device;
pub mod duration;
mod list;
mod methods;
mod oauth;
mod outside;
mod passkey;
pub mod sections;
mod sms;
mod social;
mod trusted_issuers;

use kavach_model::Secret;
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

pub use audit::{Audit, RecordedArguments};
pub use branding::Branding;
pub use captcha::{Captcha, CaptchaMode};
pub use device::{Device, DeviceClient};
pub use methods::Methods;
pub use oauth::OAuth;
pub use outside::{Google, Siwe, origin_of};
pub use passkey::Passkeys;
pub use sections::{
    Agents, Approvals, Database, Hibp, Http, Mail, Metrics, Outbound, PasswordRules, RateLimit, Sessions,
};
pub use sms::Sms;
pub use social::{Preset, Social};
pub use trusted_issuers::{AssertionAudience, TrustedIssuer};

/// Everything an operator can set.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where people and programs reach this instance: scheme, host and, if unusual, port. Links in mails and
    /// every check of the Host and Origin headers come from here, never from a request.
    pub public_url: String,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Where the embedded database, the instance key and the process lock live.
    pub data_dir: PathBuf,
    /// Proxies whose `X-Forwarded-For` is believed, as addresses or CIDR ranges.
    #[serde(deserialize_with = "list::networks")]
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// 32 bytes in hexadecimal or base64 that encrypt what is kept secret in the database and in cookies;
    /// when absent, a key is made once and kept in `instance.key` in the data directory.
    pub instance_key: Option<Secret>,
    /// What is logged: a level, or a filter such as `info,kavach_service=debug`.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// How many connections there may be, and how much time they have.
    pub http: Http,
    /// Where the data is.
    pub database: Database,
    /// What the instance is called and looks like.
    pub branding: Branding,
    /// How mail is sent.
    pub mail: Mail,
    /// How text messages are sent.
    pub sms: Sms,
    /// The check against known breached passwords.
    pub hibp: Hibp,
    /// What outgoing requests may reach.
    pub outbound: Outbound,
    /// Which ways of signing in are on.
    pub methods: Methods,
    /// Google One Tap.
    pub google: Google,
    /// Sign-In With Ethereum.
    pub siwe: Siwe,
    /// Providers people may sign in at.
    pub social: Vec<Social>,
    /// Who tells people from programs.
    pub captcha: Captcha,
    /// Which devices may ask to be let in.
    pub device: Device,
    /// Tokens for apps and servers.
    pub oauth: OAuth,
    /// For whom passkeys are made.
    pub passkey: Passkeys,
    /// Rules for passwords.
    pub password: PasswordRules,
    /// How long sessions live.
    pub session: Sessions,
    /// Limits for agents and their tokens.
    pub agent: Agents,
    /// How long approvals live, and who is told of them.
    pub approval: Approvals,
    /// What the audit log says, and how long it stays in the database.
    pub audit: Audit,
    /// How often things may be tried.
    pub rate_limit: RateLimit,
    /// Who may read the metrics.
    pub metrics: Metrics,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: "http://localhost:3000".to_owned(),
            listen: (Ipv4Addr::LOCALHOST, 3000).into(),
            data_dir: PathBuf::from("./data"),
            trusted_proxies: Vec::new(),
            instance_key: None,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            http: Http::default(),
            database: Database::default(),
            branding: Branding::default(),
            mail: Mail::default(),
            sms: Sms::default(),
            hibp: Hibp::default(),
            outbound: Outbound::default(),
            methods: Methods::default(),
            google: Google::default(),
            siwe: Siwe::default(),
            social: Vec::new(),
            captcha: Captcha::default(),
            device: Device::default(),
            oauth: OAuth::default(),
            passkey: Passkeys::default(),
            password: PasswordRules::default(),
            session: Sessions::default(),
            agent: Agents::default(),
            approval: Approvals::default(),
            audit: Audit::default(),
            rate_limit: RateLimit::default(),
            metrics: Metrics::default(),
        }
    }
}

/// A value that cannot work: which key, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct InvalidConfig {
    /// The key as a path, such as `session.idle`.
    pub key: &'static str,
    /// What is wrong and what to do about it.
    pub problem: String,
}

impl InvalidConfig {
    fn new(key: &'static str, problem: impl Into<String>) -> Self {
        Self { key, problem: problem.into() }
    }
}

impl Config {
    /// Whether people reach this instance over TLS.
    pub fn secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Name of the session cookie. The `__Host-` prefix makes browsers refuse it from any other host or path,
    /// and exists on https only.
    pub fn cookie_name(&self) -> &'static str {
        if self.secure() { "__Host-kavach_session" } else { "kavach_session" }
    }

    /// Host and, if unusual, port of [`Config::public_url`]: what a Host header must say.
    pub fn authority(&self) -> &str {
        self.public_url.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// Whom mails come from: as configured, else the service by its name.
    pub fn sender(&self) -> String {
        if self.mail.from == Mail::default().from {
            return format!("\"{}\" <kavach@localhost>", self.branding.name);
        }
        self.mail.from.clone()
    }

    /// Where the database is: as configured, else a file in the data directory.
    pub fn database_url(&self) -> Secret {
        match &self.database.url {
            Some(url) => url.clone(),
            None => Secret::new(format!("sqlite:{}", self.data_dir.join("kavach.db").display())),
        }
    }

    /// Where the instance key is kept when it is not configured.
    pub fn instance_key_file(&self) -> PathBuf {
        self.data_dir.join("instance.key")
    }

    /// Where records that were moved out of the database are: as configured, else in the data directory.
    pub fn archive_dir(&self) -> PathBuf {
        self.audit.archive_dir.clone().unwrap_or_else(|| self.data_dir.join("archive"))
    }

    /// Checks what the types alone do not, and brings `public_url` into its one form: lower case, without a
    /// trailing slash and without a port that goes without saying.
    pub fn validate(&mut self) -> Result<(), InvalidConfig> {
        self.public_url = canonical_url(&self.public_url)?;
        if self.data_dir == Path::new("") {
            return Err(InvalidConfig::new("data_dir", "is empty; name a directory, such as ./data"));
        }
        if self.instance_key.as_ref().is_some_and(|key| crate::instance_key::parse(key).is_none()) {
            return Err(InvalidConfig::new(
                "instance_key",
                "must be 32 bytes in hexadecimal or base64; make one with `openssl rand -hex 32`",
            ));
        }
        self.http.validate()?;
        self.database.validate()?;
        self.branding.validate()?;
        self.mail.validate()?;
        self.sms.validate()?;
        self.hibp.validate()?;
        self.outbound.validate()?;
        self.google.validate()?;
        self.siwe.validate()?;
        social::validate(&mut self.social)?;
        self.captcha.validate()?;
        self.device.validate()?;
        self.oauth.validate()?;
        self.passkey.validate(&self.public_url)?;
        self.password.validate()?;
        self.session.validate()?;
        self.agent.validate()?;
        self.approval.validate()?;
        self.audit.validate()?;
        self.rate_limit.validate()?;
        self.metrics.validate(self.listen)
    }
}

/// Reads scheme, host and port; refuses everything an origin does not have.
fn canonical_url(text: &str) -> Result<String, InvalidConfig> {
    let refuse = |problem: &str| {
        InvalidConfig::new("public_url", format!("{problem}; write it like https://id.example.com"))
    };
    let lower = text.trim().to_ascii_lowercase();
    let (scheme, rest) = lower.split_once("://").ok_or_else(|| refuse("needs http:// or https://"))?;
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return Err(refuse("needs http:// or https://")),
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains(['/', '?', '#', '@', '\\']) {
        return Err(refuse("must have neither a path nor anything else after the host"));
    }
    let authority = authority.strip_suffix(default_port).unwrap_or(authority);
    let (host, port) = split_port(authority);
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(refuse("has a port that is not a number from 0 to 65535"));
    }
    let is_ipv6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match is_ipv6 {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
            !host.is_empty() && host.bytes().all(known)
        }
    };
    if is_host { Ok(format!("{scheme}://{authority}")) } else { Err(refuse("has no valid host name")) }
}

/// `host:port` taken apart; the brackets of an IPv6 address stay.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    let after_bracket = authority.rfind(']').map_or(0, |end| end + 1);
    match authority[after_bracket..].rfind(':') {
        Some(colon) => {
            let colon = after_bracket + colon;
            (&authority[..colon], Some(&authority[colon + 1..]))
        }
        None => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        let mut config = Config::default();
        assert_eq!(config.validate(), Ok(()));
        assert_eq!(config.cookie_name(), "kavach_session");
        assert_eq!(config.database_url().expose(), "sqlite:./data/kavach.db");
    }

    #[test]
    fn a_public_url_has_one_form() {
        for (written, read) in [
            ("https://ID.Example.com/", "https://id.example.com"),
            ("https://id.example.com:443", "https://id.example.com"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:3000/", "http://[::1]:3000"),
        ] {
            assert_eq!(canonical_url(written).as_deref(), Ok(read));
        }
    }

    #[test]
    fn a_public_url_that_is_no_origin_is_refused() {
        for bad in [
            "",
            "id.example.com",
            "ftp://a",
            "https://",
            "https://a/b",
            "https://a?b",
            "https://u:p@a",
            "https://a:99999",
            "https://a b",
            "https://[::1",
            "https://a\\b",
            "https://a#b",
            "https://",
        ] {
            let error = canonical_url(bad).unwrap_err();
            assert_eq!(error.key, "public_url", "{bad}");
        }
    }

    #[test]
    fn https_hardens_the_cookie() {
        let mut config = Config { public_url: "https://id.example.com".into(), ..Config::default() };
        config.validate().unwrap();
        assert_eq!(config.cookie_name(), "__Host-kavach_session");
        assert_eq!(config.authority(), "id.example.com");
    }

    #[test]
    fn a_weak_instance_key_is_refused() {
        for weak in ["weak", "", &"0".repeat(64), &"ab".repeat(31)] {
            let mut config = Config { instance_key: Some(Secret::new(weak)), ..Config::default() };
            assert_eq!(config.validate().unwrap_err().key, "instance_key", "{weak}");
        }
        let key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let mut config = Config { instance_key: Some(Secret::new(key)), ..Config::default() };
        assert_eq!(config.validate(), Ok(()));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let mut config = Config { instance_key: Some(Secret::new("canary")), ..Config::default() };
        config.database.url = Some(Secret::new("postgres://u:canary@h/d"));
        config.mail.smtp_url = Some(Secret::new("smtp://u:canary@h"));
        config.sms.webhook_url = Some(Secret::new("https://h/canary"));
        config.sms.webhook_secret = Some(Secret::new("canary"));
        config.sms.twilio_auth_token = Some(Secret::new("canary"));
        config.metrics.token = Some(Secret::new("canary"));
        config.captcha.secret = Some(Secret::new("canary"));
        config.social = vec![Social { client_secret: Some(Secret::new("canary")), ..Social::default() }];
        config.siwe.rpc_url = Some(Secret::new("https://h/canary"));
        config.approval.webhook_url = Some(Secret::new("https://h/canary"));
        config.approval.webhook_secret = Some(Secret::new("canary"));
        assert!(!format!("{config:?}").contains("canary"));
    }
}

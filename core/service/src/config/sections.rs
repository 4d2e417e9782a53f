//! The sections of the configuration. A duration is written with its unit: `30m`.

use super::{InvalidConfig, duration, list};
use crate::outbound::roots;
use kavach_model::Secret;
use rustls::pki_types::CertificateDer;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// `[http]`: what one listener gives to whoever connects. A proxy in front should give less.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Connections at once; beyond that new ones wait. The process needs as many file descriptors.
    pub max_connections: u32,
    /// How long the head of a request may take, and how long a connection may wait for the next one.
    #[serde(deserialize_with = "duration::read")]
    pub header_timeout: Duration,
    /// How long the body of a request may take.
    #[serde(deserialize_with = "duration::read")]
    pub body_timeout: Duration,
    /// A connection on which nothing moves for this long is ended.
    #[serde(deserialize_with = "duration::read")]
    pub idle_timeout: Duration,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            idle_timeout: MINUTE,
        }
    }
}

impl Http {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        let (least, most) = (Duration::from_millis(100), 10 * MINUTE);
        between("http.max_connections", self.max_connections, 1, 1_000_000)?;
        within("http.header_timeout", self.header_timeout, least, most)?;
        within("http.body_timeout", self.body_timeout, least, most)?;
        within("http.idle_timeout", self.idle_timeout, least, most)
    }
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://...`; a file in the data directory when absent.
    pub url: Option<Secret>,
    /// Connections kept open at the most.
    pub max_connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, max_connections: 10 }
    }
}

impl Database {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        let known = |url: &Secret| {
            ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.expose().starts_with(scheme))
        };
        if self.url.as_ref().is_some_and(|url| !known(url)) {
            return Err(InvalidConfig::new(
                "database.url",
                "must begin with sqlite: or postgres://, like sqlite:./data/kavach.db or postgres://user:password@host/kavach",
            ));
        }
        between("database.max_connections", self.max_connections, 2, 1_000)
    }
}

/// `[mail]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// `smtp://` or `smtps://`, with user and password where the server wants them. When absent nothing is
    /// sent and every message is shown at /dev/outbox instead.
    pub smtp_url: Option<Secret>,
    /// Whom mails come from: `Kavach <kavach@example.com>`.
    pub from: String,
}

impl Default for Mail {
    fn default() -> Self {
        Self { smtp_url: None, from: "Kavach <kavach@localhost>".to_owned() }
    }
}

impl Mail {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        let known =
            |url: &Secret| ["smtp://", "smtps://"].iter().any(|scheme| url.expose().starts_with(scheme));
        if self.smtp_url.as_ref().is_some_and(|url| !known(url)) {
            return Err(InvalidConfig::new(
                "mail.smtp_url",
                "must begin with smtp:// or smtps://, like smtps://user:password@mail.example.com",
            ));
        }
        if !self.from.contains('@') || self.from.chars().any(char::is_control) {
            return Err(InvalidConfig::new(
                "mail.from",
                "is not an address; write Kavach <kavach@example.com>",
            ));
        }
        Ok(())
    }
}

/// `[hibp]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hibp {
    /// Whether new passwords are looked up. The list that comes with the program is always asked.
    pub enabled: bool,
    /// Where the range API is: five characters of a hash are appended, nothing else ever leaves.
    pub url: String,
    /// How long an answer is waited for.
    #[serde(deserialize_with = "duration::read")]
    pub timeout: Duration,
    /// Whether a new password is refused when there is no answer; otherwise the list that comes with the
    /// program decides alone, and the audit log says so.
    pub fail_closed: bool,
}

impl Default for Hibp {
    fn default() -> Self {
        Self {
            enabled: true,
            url: "https://api.pwnedpasswords.com/range/".to_owned(),
            timeout: Duration::from_millis(800),
            fail_closed: false,
        }
    }
}

impl Hibp {
    /// What five characters of a hash are appended to; a URL without a path gets that of the range API.
    pub(crate) fn range_url(&self) -> String {
        let url = self.url.trim_end_matches('/');
        let host = url.split_once("://").map_or(url, |(_, host)| host);
        if host.contains('/') { format!("{url}/") } else { format!("{url}/range/") }
    }

    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        if !self.url.starts_with("https://") && !self.url.starts_with("http://") {
            return Err(InvalidConfig::new("hibp.url", "must begin with https:// or http://"));
        }
        within("hibp.timeout", self.timeout, Duration::from_millis(50), Duration::from_secs(10))
    }
}

/// `[outbound]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outbound {
    /// Hosts, or hosts with their port, that outgoing requests may reach although they are on a private or
    /// loopback network.
    #[serde(deserialize_with = "list::texts")]
    pub allow_private_hosts: Vec<String>,
    /// A PEM file with authorities that are trusted beside Mozilla's, by every outgoing connection.
    pub extra_ca: Option<PathBuf>,
}

impl Outbound {
    /// The authorities of that file.
    pub(crate) fn extra_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        self.extra_ca.as_deref().map_or_else(|| Ok(Vec::new()), roots::read)
    }

    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        self.extra_roots().map_err(|problem| InvalidConfig::new("outbound.extra_ca", problem))?;
        match self.allow_private_hosts.iter().find(|host| host.contains(['/', '*', ' '])) {
            Some(host) => Err(InvalidConfig::new(
                "outbound.allow_private_hosts",
                format!("`{host}` is not a host name; write it without scheme, path or wildcard"),
            )),
            None => Ok(()),
        }
    }
}

/// `[password]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordRules {
    /// Characters a new password needs at the least.
    pub min_length: u32,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { min_length: 15 }
    }
}

impl PasswordRules {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        between("password.min_length", self.min_length, 8, 128)
    }
}

/// `[session]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// A session that is not used for this long ends.
    #[serde(deserialize_with = "duration::read")]
    pub idle: Duration,
    /// A session ends after this long, used or not.
    #[serde(deserialize_with = "duration::read")]
    pub absolute: Duration,
    /// After proving who they are, people may make sensitive changes for this long.
    #[serde(deserialize_with = "duration::read")]
    pub fresh: Duration,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle: DAY, absolute: 7 * DAY, fresh: 10 * MINUTE }
    }
}

impl Sessions {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        within("session.absolute", self.absolute, MINUTE, 400 * DAY)?;
        within("session.idle", self.idle, MINUTE, 400 * DAY)?;
        within("session.fresh", self.fresh, Duration::from_secs(10), DAY)?;
        if self.idle > self.absolute {
            return Err(InvalidConfig::new("session.idle", "must not be longer than session.absolute"));
        }
        Ok(())
    }
}

/// `[agent]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Agents {
    /// How long a token works.
    #[serde(deserialize_with = "duration::read")]
    pub token_life: Duration,
    /// Levels of sub-agents at the most.
    pub max_depth: u32,
}

impl Default for Agents {
    fn default() -> Self {
        Self { token_life: 30 * DAY, max_depth: 5 }
    }
}

impl Agents {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        within("agent.token_life", self.token_life, MINUTE, 400 * DAY)?;
        between("agent.max_depth", self.max_depth, 0, 32)
    }
}

/// `[approval]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Approvals {
    /// How long a person has to decide.
    #[serde(deserialize_with = "duration::read")]
    pub life: Duration,
    /// How long an agent has to use an approval for one call.
    #[serde(deserialize_with = "duration::read")]
    pub redeem_within: Duration,
    /// Whether only a passkey approves, which signs what it approves.
    pub require_passkey: bool,
    /// Approvals of one agent that may be pending at once.
    pub max_pending: u32,
    /// Where approvals that were opened, approved or denied are told to a program.
    pub webhook_url: Option<Secret>,
    /// The key that signs those messages: `whsec_` and the base64 of 24 to 64 bytes.
    pub webhook_secret: Option<Secret>,
}

impl Default for Approvals {
    fn default() -> Self {
        Self {
            life: 15 * MINUTE,
            redeem_within: 15 * MINUTE,
            require_passkey: false,
            max_pending: 50,
            webhook_url: None,
            webhook_secret: None,
        }
    }
}

impl Approvals {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        within("approval.life", self.life, MINUTE, 7 * DAY)?;
        within("approval.redeem_within", self.redeem_within, MINUTE, DAY)?;
        between("approval.max_pending", self.max_pending, 1, 10_000)?;
        let is_http =
            |url: &Secret| ["https://", "http://"].iter().any(|start| url.expose().starts_with(start));
        if self.webhook_url.as_ref().is_some_and(|url| !is_http(url)) {
            return Err(InvalidConfig::new("approval.webhook_url", "must begin with https:// or http://"));
        }
        if self.webhook_url.is_some() && self.webhook_secret.is_none() {
            return Err(InvalidConfig::new("approval.webhook_secret", "is needed with approval.webhook_url"));
        }
        if self.webhook_secret.as_ref().is_some_and(|secret| crate::deliver::webhook::key(secret).is_none()) {
            return Err(InvalidConfig::new(
                "approval.webhook_secret",
                "must be whsec_ and the base64 of 24 to 64 bytes; make one with `echo whsec_$(openssl rand -base64 32)`",
            ));
        }
        Ok(())
    }
}

/// `[rate_limit]`: what protects passwords from being guessed and mailboxes from being filled.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimit {
    /// Off only where something in front does the same.
    pub enabled: bool,
    /// The time the sign-in limits are counted over.
    #[serde(deserialize_with = "duration::read")]
    pub window: Duration,
    /// Wrong passwords for one account, whoever sends them.
    pub failures_per_account: u32,
    /// Sign-ins from one address (IPv6: from one /64), right or wrong.
    pub sign_ins_per_ip: u32,
    /// New accounts from one address in an hour.
    pub sign_ups_per_ip: u32,
    /// New guests from one address.
    pub guests_per_ip: u32,
    /// Mails to one recipient in an hour.
    pub mails_per_recipient: u32,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self {
            enabled: true,
            window: 15 * MINUTE,
            failures_per_account: 10,
            sign_ins_per_ip: 100,
            sign_ups_per_ip: 30,
            guests_per_ip: 20,
            mails_per_recipient: 5,
        }
    }
}

impl RateLimit {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        within("rate_limit.window", self.window, MINUTE, 24 * HOUR)?;
        between("rate_limit.failures_per_account", self.failures_per_account, 1, 100)?;
        between("rate_limit.sign_ins_per_ip", self.sign_ins_per_ip, 1, 1_000_000)?;
        between("rate_limit.sign_ups_per_ip", self.sign_ups_per_ip, 1, 1_000_000)?;
        between("rate_limit.guests_per_ip", self.guests_per_ip, 1, 1_000_000)?;
        between("rate_limit.mails_per_recipient", self.mails_per_recipient, 1, 1_000)
    }
}

/// `[metrics]`: off unless one of the two is set.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// Who sends this as a bearer token may read /metrics on the main port.
    pub token: Option<Secret>,
    /// A listener of its own for /metrics, without a token.
    pub listen: Option<SocketAddr>,
}

impl Metrics {
    pub(super) fn validate(&self, main: SocketAddr) -> Result<(), InvalidConfig> {
        if self.token.as_ref().is_some_and(|token| token.expose().len() < 16) {
            return Err(InvalidConfig::new(
                "metrics.token",
                "is too easy to guess; use at least 16 characters",
            ));
        }
        if self.listen == Some(main) {
            return Err(InvalidConfig::new("metrics.listen", "is the main listener; choose another port"));
        }
        Ok(())
    }
}

pub(super) fn between(key: &'static str, value: u32, least: u32, most: u32) -> Result<(), InvalidConfig> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(InvalidConfig::new(key, format!("is {value}; it must be {least} to {most}")))
}

pub(super) fn within(
    key: &'static str,
    value: Duration,
    least: Duration,
    most: Duration,
) -> Result<(), InvalidConfig> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(InvalidConfig::new(key, format!("is {value:?}; it must be {least:?} to {most:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_out_of_range_names_its_key() {
        let sessions = Sessions { idle: 8 * DAY, ..Sessions::default() };
        assert_eq!(sessions.validate().unwrap_err().key, "session.idle");
        assert_eq!(PasswordRules { min_length: 4 }.validate().unwrap_err().key, "password.min_length");
        let metrics = Metrics { token: Some(Secret::new("short")), listen: None };
        assert_eq!(metrics.validate(([127, 0, 0, 1], 3000).into()).unwrap_err().key, "metrics.token");
    }
}

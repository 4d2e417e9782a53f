//! Providers people may sign in at.

use super::InvalidConfig;
use super::list;
use super::outside::is_http;
use kavach_model::Secret;
use serde::Deserialize;

/// `[[social]]`: one provider each.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Social {
    /// What it is called in addresses: letters, digits and hyphens. The preset's name when absent.
    pub id: String,
    /// Which well-known provider it is; `oidc` for any other that speaks OpenID Connect, `oauth2` for one that does not.
    pub preset: Preset,
    /// What people call it; the preset's name when absent.
    pub name: Option<String>,
    /// Our name there.
    pub client_id: String,
    /// Our secret there. Apple has none: give the three below.
    pub client_secret: Option<Secret>,
    /// Apple: the team, the key's name, and the key (PKCS #8 in PEM).
    pub team_id: Option<String>,
    /// See `team_id`.
    pub key_id: Option<String>,
    /// See `team_id`.
    pub private_key: Option<Secret>,
    /// OpenID Connect: who signs, to the letter. Everything else is found from here unless given.
    pub issuer: Option<String>,
    /// Where people are sent.
    pub authorize_url: Option<String>,
    /// Where codes are exchanged.
    pub token_url: Option<String>,
    /// Where a person is described.
    pub userinfo_url: Option<String>,
    /// Where addresses are listed, where that is somewhere else.
    pub emails_url: Option<String>,
    /// Where keys are published.
    pub jwks_url: Option<String>,
    /// What is asked for; the preset's when empty.
    #[serde(deserialize_with = "list::texts")]
    pub scopes: Vec<String>,
}

impl Default for Social {
    fn default() -> Self {
        Self {
            id: String::new(),
            preset: Preset::Oidc,
            name: None,
            client_id: String::new(),
            client_secret: None,
            team_id: None,
            key_id: None,
            private_key: None,
            issuer: None,
            authorize_url: None,
            token_url: None,
            userinfo_url: None,
            emails_url: None,
            jwks_url: None,
            scopes: Vec::new(),
        }
    }
}

/// Which well-known provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Any OpenID provider.
    Oidc,
    /// Any OAuth 2.0 server that describes a person at `userinfo_url`.
    Oauth2,
    /// Google.
    Google,
    /// GitHub.
    Github,
    /// Microsoft, work and personal accounts.
    Microsoft,
    /// Apple.
    Apple,
    /// GitLab.
    Gitlab,
    /// Discord.
    Discord,
    /// Slack.
    Slack,
    /// LinkedIn.
    Linkedin,
    /// Facebook.
    Facebook,
    /// X.
    X,
}

impl Preset {
    /// Its name in addresses, and for people.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Oidc => ("oidc", "OpenID Connect"),
            Self::Oauth2 => ("oauth2", "OAuth 2.0"),
            Self::Google => ("google", "Google"),
            Self::Github => ("github", "GitHub"),
            Self::Microsoft => ("microsoft", "Microsoft"),
            Self::Apple => ("apple", "Apple"),
            Self::Gitlab => ("gitlab", "GitLab"),
            Self::Discord => ("discord", "Discord"),
            Self::Slack => ("slack", "Slack"),
            Self::Linkedin => ("linkedin", "LinkedIn"),
            Self::Facebook => ("facebook", "Facebook"),
            Self::X => ("x", "X"),
        }
    }
}

impl Social {
    /// What people call it.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(self.preset.names().1)
    }

    fn validate(&mut self) -> Result<(), InvalidConfig> {
        if self.id.is_empty() {
            self.preset.names().0.clone_into(&mut self.id);
        }
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !self.id.bytes().all(plain) || self.id.len() > 40 {
            return Err(InvalidConfig::new("social.id", "may hold lower-case letters, digits and hyphens"));
        }
        if self.client_id.is_empty() {
            return Err(InvalidConfig::new("social.client_id", "is missing"));
        }
        let apple = self.team_id.is_some() && self.key_id.is_some() && self.private_key.is_some();
        if self.client_secret.is_none() && !apple {
            return Err(InvalidConfig::new(
                "social.client_secret",
                "is missing (Apple: team_id, key_id and private_key instead)",
            ));
        }
        let urls = [
            &self.issuer,
            &self.authorize_url,
            &self.token_url,
            &self.userinfo_url,
            &self.emails_url,
            &self.jwks_url,
        ];
        for url in urls.into_iter().flatten() {
            is_http("social.issuer and the addresses beside it", url)?;
        }
        if self.preset == Preset::Oidc && self.issuer.is_none() {
            return Err(InvalidConfig::new("social.issuer", "is needed for a provider without a preset"));
        }
        let complete =
            self.authorize_url.is_some() && self.token_url.is_some() && self.userinfo_url.is_some();
        if self.preset == Preset::Oauth2 && !(complete && self.issuer.is_some()) {
            return Err(InvalidConfig::new(
                "social.authorize_url",
                "a provider without a preset needs issuer, authorize_url, token_url and userinfo_url",
            ));
        }
        Ok(())
    }
}

/// Checks every provider, and that each has its own name.
pub(super) fn validate(all: &mut [Social]) -> Result<(), InvalidConfig> {
    for provider in all.iter_mut() {
        provider.validate()?;
    }
    let doubled = all.iter().enumerate().any(|(at, one)| all[..at].iter().any(|other| other.id == one.id));
    if doubled { Err(InvalidConfig::new("social.id", "stands twice; give each its own")) } else { Ok(()) }
}

//! What is known of each provider: where to send people, where to exchange codes, who describes them and how.

use crate::config::{Preset, Social};

/// How a person is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Describes {
    /// By an ID token (OpenID Connect).
    IdToken,
    /// By JSON at an address, in these members.
    Userinfo(Members),
}

/// Members of the JSON that describes a person; a dot leads inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Members {
    pub(super) subject: &'static str,
    pub(super) email: &'static str,
    /// Nothing where the provider does not say whether an address is the person's.
    pub(super) verified: Option<&'static str>,
    pub(super) name: &'static str,
    pub(super) display: &'static str,
}

/// How we show the provider who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientAuth {
    /// In the form.
    Post,
    /// HTTP Basic.
    Basic,
    /// A token signed with Apple's key.
    Apple,
}

/// A provider, put together from its preset and what the configuration says instead.
#[derive(Debug, Clone)]
pub(super) struct Provider {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) issuer: String,
    pub(super) authorize_url: String,
    pub(super) token_url: String,
    pub(super) userinfo_url: String,
    pub(super) emails_url: String,
    pub(super) jwks_url: String,
    pub(super) scopes: String,
    pub(super) describes: Describes,
    pub(super) client_auth: ClientAuth,
    /// Whether answers come as a posted form.
    pub(super) form_post: bool,
    /// Whether the issuer names the tenant, as Microsoft's does.
    pub(super) per_tenant: bool,
    /// Whether what it says of addresses can be relied on.
    pub(super) verifies_email: bool,
}

struct Known {
    issuer: &'static str,
    authorize: &'static str,
    token: &'static str,
    userinfo: &'static str,
    jwks: &'static str,
    scopes: &'static str,
    describes: Describes,
}

const fn members(
    subject: &'static str,
    verified: Option<&'static str>,
    name: &'static str,
    display: &'static str,
) -> Describes {
    Describes::Userinfo(Members { subject, email: "email", verified, name, display })
}

const OIDC: &str = "openid email profile";
const STANDARD: Describes = members("sub", Some("email_verified"), "name", "email");

const fn known(preset: Preset) -> Known {
    match preset {
        Preset::Oidc => Known {
            issuer: "",
            authorize: "",
            token: "",
            userinfo: "",
            jwks: "",
            scopes: OIDC,
            describes: Describes::IdToken,
        },
        Preset::Oauth2 => Known {
            issuer: "",
            authorize: "",
            token: "",
            userinfo: "",
            jwks: "",
            scopes: OIDC,
            describes: STANDARD,
        },
        Preset::Google => Known {
            issuer: "https://accounts.google.com",
            authorize: "https://accounts.google.com/o/oauth2/v2/auth",
            token: "https://oauth2.googleapis.com/token",
            userinfo: "",
            jwks: "https://www.googleapis.com/oauth2/v3/certs",
            scopes: OIDC,
            describes: Describes::IdToken,
        },
        Preset::Github => Known {
            issuer: "https://github.com",
            authorize: "https://github.com/login/oauth/authorize",
            token: "https://github.com/login/oauth/access_token",
            userinfo: "https://api.github.com/user",
            jwks: "",
            scopes: "read:user user:email",
            describes: members("id", None, "name", "login"),
        },
        Preset::Microsoft => Known {
            issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
            authorize: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
            token: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
            userinfo: "",
            jwks: "https://login.microsoftonline.com/common/discovery/v2.0/keys",
            scopes: OIDC,
            describes: Describes::IdToken,
        },
        Preset::Apple => Known {
            issuer: "https://appleid.apple.com",
            authorize: "https://appleid.apple.com/auth/authorize",
            token: "https://appleid.apple.com/auth/token",
            userinfo: "",
            jwks: "https://appleid.apple.com/auth/keys",
            scopes: "name email",
            describes: Describes::IdToken,
        },
        Preset::Gitlab => Known {
            issuer: "https://gitlab.com",
            authorize: "https://gitlab.com/oauth/authorize",
            token: "https://gitlab.com/oauth/token",
            userinfo: "",
            jwks: "https://gitlab.com/oauth/discovery/keys",
            scopes: OIDC,
            describes: Describes::IdToken,
        },
        Preset::Slack => Known {
            issuer: "https://slack.com",
            authorize: "https://slack.com/openid/connect/authorize",
            token: "https://slack.com/api/openid.connect.token",
            userinfo: "",
            jwks: "https://slack.com/openid/connect/keys",
            scopes: OIDC,
            describes: Describes::IdToken,
        },
        Preset::Discord => Known {
            issuer: "https://discord.com",
            authorize: "https://discord.com/oauth2/authorize",
            token: "https://discord.com/api/oauth2/token",
            userinfo: "https://discord.com/api/users/@me",
            jwks: "",
            scopes: "identify email",
            describes: members("id", Some("verified"), "global_name", "username"),
        },
        // It sends no nonce back in its ID tokens, so the person is asked for at its own address.
        Preset::Linkedin => Known {
            issuer: "https://www.linkedin.com/oauth",
            authorize: "https://www.linkedin.com/oauth/v2/authorization",
            token: "https://www.linkedin.com/oauth/v2/accessToken",
            userinfo: "https://api.linkedin.com/v2/userinfo",
            jwks: "",
            scopes: OIDC,
            describes: STANDARD,
        },
        Preset::Facebook => Known {
            issuer: "https://www.facebook.com",
            authorize: "https://www.facebook.com/v21.0/dialog/oauth",
            token: "https://graph.facebook.com/v21.0/oauth/access_token",
            userinfo: "https://graph.facebook.com/v21.0/me?fields=id,name,email",
            jwks: "",
            scopes: "email public_profile",
            describes: members("id", None, "name", "name"),
        },
        Preset::X => Known {
            issuer: "https://x.com",
            authorize: "https://x.com/i/oauth2/authorize",
            token: "https://api.x.com/2/oauth2/token",
            userinfo: "https://api.x.com/2/users/me",
            jwks: "",
            scopes: "users.read tweet.read",
            describes: members("data.id", None, "data.name", "data.username"),
        },
    }
}

impl Provider {
    /// What the configuration makes of a preset. Where it names another issuer, nothing of the preset's addresses is
    /// kept: they are found from there.
    pub(super) fn of(config: &Social) -> Self {
        let known = known(config.preset);
        let elsewhere = config.issuer.as_ref().is_some_and(|issuer| issuer != known.issuer);
        let url = |own: &Option<String>, preset: &str| {
            own.clone().unwrap_or_else(|| if elsewhere { String::new() } else { preset.to_owned() })
        };
        let emails = if config.preset == Preset::Github { "https://api.github.com/user/emails" } else { "" };
        Self {
            id: config.id.clone(),
            name: config.shown().to_owned(),
            issuer: config.issuer.clone().unwrap_or_else(|| known.issuer.to_owned()),
            authorize_url: url(&config.authorize_url, known.authorize),
            token_url: url(&config.token_url, known.token),
            userinfo_url: url(&config.userinfo_url, known.userinfo),
            emails_url: url(&config.emails_url, emails),
            jwks_url: url(&config.jwks_url, known.jwks),
            scopes: if config.scopes.is_empty() { known.scopes.to_owned() } else { config.scopes.join(" ") },
            describes: known.describes,
            client_auth: match config.preset {
                Preset::Apple if config.client_secret.is_none() => ClientAuth::Apple,
                Preset::X => ClientAuth::Basic,
                _ => ClientAuth::Post,
            },
            form_post: config.preset == Preset::Apple,
            per_tenant: known.issuer.contains("{tenantid}") && !elsewhere,
            // Anybody who runs a tenant at Microsoft may write any address into it.
            verifies_email: config.preset != Preset::Microsoft,
        }
    }

    /// Whether its own document has to be read to know where everything is.
    pub(super) fn is_incomplete(&self) -> bool {
        self.authorize_url.is_empty()
            || self.token_url.is_empty()
            || self.describes == Describes::IdToken && self.jwks_url.is_empty()
    }

    /// Who may have issued a token that says so of its tenant.
    pub(super) fn issuer_for(&self, tenant: Option<&str>) -> Option<String> {
        if !self.per_tenant {
            return Some(self.issuer.clone());
        }
        let is_guid = |tenant: &&str| {
            tenant.len() == 36 && tenant.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        };
        tenant.filter(is_guid).map(|tenant| self.issuer.replace("{tenantid}", tenant))
    }
}

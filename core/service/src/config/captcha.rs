//! Who tells people from programs.

use super::outside::{is_http, is_source};
use super::{InvalidConfig, duration};
use kavach_model::Secret;
use kavach_model::captcha::CaptchaProvider;
use serde::Deserialize;
use std::time::Duration;

/// `[captcha]`: off unless a provider is named.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Captcha {
    /// Whose: `turnstile`, `recaptcha_v2`, `recaptcha_v3`, `hcaptcha`, or `pow` for nobody else's.
    pub provider: Option<CaptchaProvider>,
    /// Our name there, which everybody sees.
    pub site_key: Option<String>,
    /// Our secret there.
    pub secret: Option<Secret>,
    /// Where answers are checked; the provider's own address when absent.
    pub verify_url: Option<String>,
    /// The script that shows it; the provider's own address when absent.
    pub script_url: Option<String>,
    /// The hosts an answer may come from; that of `public_url` when empty.
    #[serde(deserialize_with = "super::list::texts")]
    pub hostnames: Vec<String>,
    /// What `recaptcha_v3` must think of a person at the least, from 0 to 1.
    pub min_score: f64,
    /// Zero bits asked of `pow`.
    pub difficulty: u32,
    /// When it is due.
    pub mode: CaptchaMode,
    /// `on_risk`: tries at one account, or from one address, that go without.
    pub failures: u32,
    /// `on_risk`: sign-ups from one address in `rate_limit.window` that go without.
    pub sign_ups: u32,
    /// How long the provider's answer is waited for.
    #[serde(deserialize_with = "duration::read")]
    pub timeout: Duration,
}

/// When a captcha is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptchaMode {
    /// After failures, and in a rush.
    #[default]
    OnRisk,
    /// Every time.
    Always,
}

impl Default for Captcha {
    fn default() -> Self {
        Self {
            provider: None,
            site_key: None,
            secret: None,
            verify_url: None,
            script_url: None,
            hostnames: Vec::new(),
            min_score: 0.5,
            difficulty: 18,
            mode: CaptchaMode::OnRisk,
            failures: 3,
            sign_ups: 3,
            timeout: Duration::from_secs(3),
        }
    }
}

impl Captcha {
    /// Where answers are checked.
    pub(crate) fn verify_url(&self, provider: CaptchaProvider) -> &str {
        self.verify_url.as_deref().unwrap_or(match provider {
            CaptchaProvider::Turnstile => "https://challenges.cloudflare.com/turnstile/v0/siteverify",
            CaptchaProvider::RecaptchaV2 | CaptchaProvider::RecaptchaV3 => {
                "https://www.google.com/recaptcha/api/siteverify"
            }
            CaptchaProvider::Hcaptcha => "https://api.hcaptcha.com/siteverify",
            CaptchaProvider::Pow => "",
        })
    }

    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        let Some(provider) = self.provider else { return Ok(()) };
        if provider != CaptchaProvider::Pow && (self.site_key.is_none() || self.secret.is_none()) {
            return Err(InvalidConfig::new(
                "captcha.secret",
                "captcha.site_key and captcha.secret are both needed",
            ));
        }
        if let Some(url) = &self.verify_url {
            is_http("captcha.verify_url", url)?;
        }
        if let Some(url) = &self.script_url {
            is_source("captcha.script_url", url)?;
        }
        if !(0.0..=1.0).contains(&self.min_score) {
            return Err(InvalidConfig::new("captcha.min_score", "must be from 0 to 1"));
        }
        super::sections::between("captcha.difficulty", self.difficulty, 1, 30)?;
        super::sections::between("captcha.failures", self.failures, 1, 1_000)?;
        super::sections::between("captcha.sign_ups", self.sign_ups, 1, 1_000_000)?;
        super::sections::within(
            "captcha.timeout",
            self.timeout,
            Duration::from_millis(100),
            Duration::from_secs(10),
        )
    }
}

//! Telling people from programs, when it matters: after failures, in a rush, or always, as configured.
//!
//! Turnstile, reCAPTCHA and hCaptcha are asked about an answer through the one protocol they share; the built-in
//! proof of work asks nobody. Every answer counts once, from our own host, for the action it was made for. When the
//! provider gives no answer in time, nobody signs up; signing in goes on, because the password and its limits are still
//! there, and the audit log says so.

mod pow;
mod site_verify;

use crate::audit;
use crate::config::CaptchaMode;
use crate::context::RequestContext;
use crate::crypto::token::{hex, sha256};
use crate::error::Result;
use crate::guard::client_ip;
use crate::guard::rate_limit::Limit;
use crate::{Error, Kavach};
use kavach_model::ErrorCode;
use kavach_model::audit::AuditKind;
use kavach_model::captcha::{CaptchaInfo, CaptchaProvider, PowChallenge};
use std::time::Duration;

/// Longer than any provider's.
pub const MAX_TOKEN: usize = 8 * 1024;
/// How long an answer is remembered as used; every provider forgets its own sooner.
const REMEMBERED: Duration = Duration::from_secs(24 * 3_600);
/// Sign-ups from everywhere that go without, for each that one address may make without.
const EVERYWHERE: u32 = 20;
/// Tries from one network that go without, for each that one account may have without.
const NETWORK: u32 = 5;

/// What an answer was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Making an account.
    SignUp,
    /// Signing in with something that can be guessed.
    SignIn,
    /// Having something sent.
    Send,
}

impl Action {
    /// As providers know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::SignIn => "sign_in",
            Self::Send => "send",
        }
    }

    /// Reads the name; None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::SignUp, Self::SignIn, Self::Send].into_iter().find(|action| action.as_str() == text)
    }

    /// Whether people go on when nobody can look at the answer.
    const fn fails_open(self) -> bool {
        matches!(self, Self::SignIn)
    }
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Person,
    Program,
    /// Nobody could tell.
    NoAnswer,
}

/// Which captcha is in use.
pub fn info(kv: &Kavach) -> Option<CaptchaInfo> {
    let config = &kv.config().captcha;
    Some(CaptchaInfo {
        provider: config.provider?,
        site_key: config.site_key.clone(),
        always: config.mode == CaptchaMode::Always,
    })
}

/// A sum to be done for an action; there is one only where the built-in captcha is configured.
pub fn challenge(kv: &Kavach, action: Action) -> Result<PowChallenge> {
    match kv.config().captcha.provider {
        Some(CaptchaProvider::Pow) => Ok(pow::issue(kv, action)),
        _ => Err(ErrorCode::NotFound.into()),
    }
}

/// Refuses a program, where it is time to look. `of` is whose account it is about, if that is known.
///
/// What comes back is given back by a proof that holds.
pub(crate) async fn require(
    kv: &Kavach,
    cx: &RequestContext,
    action: Action,
    of: Option<&str>,
) -> Result<Vec<Limit>> {
    let Some(provider) = kv.config().captcha.provider else { return Ok(Vec::new()) };
    let limits = limits(kv, cx, action, of);
    if kv.config().captcha.mode == CaptchaMode::OnRisk && !is_risky(kv, &limits).await? {
        return Ok(limits);
    }
    let token = cx.meta.captcha.as_deref().filter(|token| !token.is_empty());
    let token = token.ok_or(ErrorCode::CaptchaRequired)?;
    let verdict = if token.len() > MAX_TOKEN || !is_unused(kv, token).await? {
        Verdict::Program
    } else if provider == CaptchaProvider::Pow {
        pow::judge(kv, token, action)
    } else {
        site_verify::judge(kv, cx, provider, token, action).await
    };
    match verdict {
        Verdict::Person => Ok(limits),
        Verdict::Program => Err(ErrorCode::CaptchaFailed.into()),
        Verdict::NoAnswer => {
            note(kv, cx, action).await?;
            if action.fails_open() { Ok(limits) } else { Err(Error::from(ErrorCode::CaptchaFailed)) }
        }
    }
}

/// What goes without a captcha.
fn limits(kv: &Kavach, cx: &RequestContext, action: Action, of: Option<&str>) -> Vec<Limit> {
    let config = &kv.config().captcha;
    let network = client_ip::bucket(cx.meta.client_ip);
    let name = action.as_str();
    let network = network.to_string();
    match action {
        Action::SignUp => vec![
            Limit::unchecked(kv, name, &network, config.sign_ups, false),
            Limit::unchecked(kv, name, "everywhere", config.sign_ups.saturating_mul(EVERYWHERE), false),
        ],
        Action::SignIn | Action::Send => {
            let returns = action == Action::SignIn;
            let whole = config.failures.saturating_mul(NETWORK);
            let mut limits = vec![Limit::unchecked(kv, name, &network, whole, returns)];
            limits.extend(of.map(|of| Limit::unchecked(kv, name, of, config.failures, returns)));
            limits
        }
    }
}

/// Counts this try; whether there were too many.
async fn is_risky(kv: &Kavach, limits: &[Limit]) -> Result<bool> {
    let mut tx = kv.store().write().await?;
    let mut risky = false;
    for limit in limits {
        risky |= !limit.is_left(kv, &mut tx).await?;
    }
    tx.commit().await?;
    Ok(risky)
}

/// Spends an answer, whatever it is worth.
async fn is_unused(kv: &Kavach, token: &str) -> Result<bool> {
    let now = kv.clock().now();
    let spent_as = if kv.config().captcha.provider == Some(CaptchaProvider::Pow) {
        // The same sum has many answers.
        pow::challenge_of(token)
    } else {
        token
    };
    let mut tx = kv.store().write().await?;
    let hash = hex(&sha256(&format!("captcha:{spent_as}")));
    let unused = tx.spend_foreign("captcha", &hash, now, now + REMEMBERED).await?;
    tx.commit().await?;
    Ok(unused)
}

/// Records that nobody could tell.
async fn note(kv: &Kavach, cx: &RequestContext, action: Action) -> Result<()> {
    let mut event = cx.event(AuditKind::CaptchaDegraded, kv.clock().now());
    let outcome = if action.fails_open() { "went_on" } else { "refused" };
    event.context = Some(serde_json::Map::from_iter([
        ("action".to_owned(), action.as_str().into()),
        ("outcome".to_owned(), outcome.into()),
    ]));
    kv.audit().record(vec![audit::draft(kv, event, None)]).await
}

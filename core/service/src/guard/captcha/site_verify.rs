//! The protocol Turnstile, reCAPTCHA and hCaptcha share: a form with our secret and the answer, JSON back.

use super::{Action, Verdict};
use crate::Kavach;
use crate::context::RequestContext;
use crate::outbound::{Request, Trust};
use kavach_model::captcha::CaptchaProvider;
use serde::Deserialize;

const MAX_BODY: usize = 32 * 1024;

/// What is common to all of them; the rest is theirs.
#[derive(Debug, Deserialize)]
struct Answer {
    success: bool,
    #[serde(default)]
    hostname: Option<String>,
    #[serde(default)]
    action: Option<String>,
    #[serde(default)]
    score: Option<f64>,
    #[serde(default, rename = "error-codes")]
    errors: Vec<String>,
}

pub(super) async fn judge(
    kv: &Kavach,
    cx: &RequestContext,
    provider: CaptchaProvider,
    token: &str,
    action: Action,
) -> Verdict {
    let config = &kv.config().captcha;
    let secret = config.secret.as_ref().map_or("", |secret| secret.expose());
    let ip = cx.meta.client_ip.to_canonical().to_string();
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("secret", secret)
        .append_pair("response", token)
        .append_pair("remoteip", &ip)
        .finish();
    let request = Request::post(config.verify_url(provider), Trust::Operator, form.into_bytes())
        .header("content-type", "application/x-www-form-urlencoded")
        .timeout(config.timeout)
        .max_body(MAX_BODY);
    let body = match kv.http().fetch(request).await {
        Ok(response) if response.status < 500 => response.body,
        Ok(_) | Err(_) => return Verdict::NoAnswer,
    };
    let Ok(answer) = serde_json::from_slice::<Answer>(&body) else { return Verdict::NoAnswer };
    if answer.success && !answer.errors.is_empty() {
        // Yes and no at once is neither.
        tracing::warn!(errors = ?answer.errors, "a captcha's provider contradicts itself");
        return Verdict::NoAnswer;
    }
    if !answer.success {
        // Their own fault, or ours with the secret: not the person's.
        let ours = ["internal-error", "missing-input-secret", "invalid-input-secret"];
        let broken = answer.errors.iter().any(|error| ours.contains(&error.as_str()));
        tracing::info!(errors = ?answer.errors, "a captcha's answer was refused");
        return if broken { Verdict::NoAnswer } else { Verdict::Program };
    }
    if is_from_here(kv, &answer) && is_for(&answer, provider, action, config.min_score) {
        Verdict::Person
    } else {
        tracing::info!(hostname = ?answer.hostname, action = ?answer.action, score = ?answer.score, "a captcha's answer was made elsewhere");
        Verdict::Program
    }
}

fn is_from_here(kv: &Kavach, answer: &Answer) -> bool {
    let Some(hostname) = answer.hostname.as_deref() else { return false };
    let config = kv.config();
    let own = url::Url::parse(&config.public_url).ok();
    let own = own.as_ref().and_then(url::Url::host_str).unwrap_or_default();
    let listed = &config.captcha.hostnames;
    if listed.is_empty() {
        hostname.eq_ignore_ascii_case(own)
    } else {
        listed.iter().any(|listed| listed.eq_ignore_ascii_case(hostname))
    }
}

/// reCAPTCHA v2 and hCaptcha have no actions, Turnstile has them when the page names one.
fn is_for(answer: &Answer, provider: CaptchaProvider, action: Action, min_score: f64) -> bool {
    let named = answer.action.as_deref().filter(|named| !named.is_empty());
    let scored = answer.score.is_some_and(|score| score >= min_score);
    match provider {
        CaptchaProvider::RecaptchaV3 => named == Some(action.as_str()) && scored,
        _ => named.is_none_or(|named| named == action.as_str()),
    }
}

//! What a page needs to show a captcha.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// Who tells people from programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptchaProvider {
    /// Cloudflare Turnstile.
    Turnstile,
    /// Google reCAPTCHA v2.
    RecaptchaV2,
    /// Google reCAPTCHA v3, by score.
    RecaptchaV3,
    /// hCaptcha.
    Hcaptcha,
    /// Nobody else: the browser does a sum that takes a moment.
    Pow,
}

/// Which captcha is in use, as `GET /methods` tells it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaptchaInfo {
    /// Whose.
    pub provider: CaptchaProvider,
    /// Our name there; null for the built-in one.
    pub site_key: Option<String>,
    /// Whether it is due every time, and not only after failures or in a rush.
    pub always: bool,
}

/// A sum to be done: find a number so that the SHA-256 of `challenge`, a dot and the number in decimal begins with
/// `difficulty` zero bits. The answer is `challenge`, a dot and the number.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PowChallenge {
    /// Good once.
    pub challenge: String,
    /// Zero bits wanted.
    pub difficulty: u32,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

//! Two-step verification: an authenticator app (RFC 6238) and the codes for when it is lost.

use crate::{Secret, Timestamp};
use serde::{Deserialize, Serialize};

/// Answer to `POST /totp/enroll`: what an authenticator app needs, shown once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TotpEnrolment {
    /// The secret in base 32, to be typed.
    pub secret: String,
    /// The same with everything else, as apps read it.
    pub otpauth_uri: String,
    /// The same as a picture for the app's camera: an SVG document.
    pub qr_svg: String,
}

/// Body of `POST /totp/confirm`, `POST /totp/verify` and `POST /backup-codes/verify`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TypedCode {
    /// Six digits of the app, or a backup code where one is taken. Spaces and hyphens do not matter.
    pub code: Secret,
}

/// Answer to `POST /backup-codes`: ten codes, shown once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackupCodes {
    /// Each is good for one sign-in.
    pub codes: Vec<String>,
}

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TwoStep {
    /// Since when an authenticator app is asked for; null when none is.
    pub totp_since: Option<Timestamp>,
    /// Backup codes that were not used yet.
    pub backup_codes_left: u64,
    /// Passkeys of the account.
    pub passkeys: u64,
}

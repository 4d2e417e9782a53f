//! Ways of signing in, and what a sign-in comes to.

use crate::captcha::CaptchaInfo;
use crate::user::{User, as_text};
use crate::{Timestamp, Token};
use serde::{Deserialize, Serialize};

/// A way of signing in, or a part of one, that can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// E-mail address and password.
    EmailPassword,
    /// User name and password.
    UsernamePassword,
    /// A link in a mail.
    MagicLink,
    /// A code in a mail.
    EmailOtp,
    /// A code in a text message.
    PhoneOtp,
    /// A passkey (WebAuthn).
    Passkey,
    /// Codes of an authenticator app (RFC 6238), as a second factor.
    Totp,
    /// A guest without an account, who may make one later.
    Anonymous,
    /// Google One Tap.
    GoogleOneTap,
    /// Sign-In With Ethereum (EIP-4361).
    Siwe,
    /// Device authorization (RFC 8628).
    Device,
    /// Choosing another password by mail.
    PasswordReset,
    /// Signing in at another provider.
    Social,
}

as_text!(Method {
    EmailPassword = "email_password",
    UsernamePassword = "username_password",
    MagicLink = "magic_link",
    EmailOtp = "email_otp",
    PhoneOtp = "phone_otp",
    Passkey = "passkey",
    Totp = "totp",
    Anonymous = "anonymous",
    GoogleOneTap = "google_one_tap",
    Siwe = "siwe",
    Device = "device",
    PasswordReset = "password_reset",
    Social = "social",
});

/// Answer to `GET /methods`: which ways of signing in are on.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Methods {
    /// E-mail address and password.
    pub email_password: bool,
    /// User name and password.
    pub username_password: bool,
    /// A link in a mail.
    pub magic_link: bool,
    /// A code in a mail.
    pub email_otp: bool,
    /// A code in a text message.
    pub phone_otp: bool,
    /// Passkeys.
    pub passkey: bool,
    /// Codes of an authenticator app as a second factor.
    pub totp: bool,
    /// Guests.
    pub anonymous: bool,
    /// Google One Tap.
    pub google_one_tap: bool,
    /// Sign-In With Ethereum.
    pub siwe: bool,
    /// Device authorization.
    pub device: bool,
    /// Choosing another password by mail.
    pub password_reset: bool,
    /// Signing in at another provider.
    pub social: bool,
    /// Which providers those are.
    pub providers: Vec<SocialProvider>,
    /// The captcha in use; null when there is none.
    pub captcha: Option<CaptchaInfo>,
}

/// A provider people may sign in at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SocialProvider {
    /// Its name in addresses.
    pub id: String,
    /// Its name for people.
    pub name: String,
}

/// What a second factor can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// A code of an authenticator app.
    Totp,
    /// One of the codes that were kept for when the app is lost.
    BackupCode,
    /// A passkey that verifies its user.
    Passkey,
}

/// The session's token, shown once, and the person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// `kv_sess_...`
    pub token: Token,
    /// Who signed in.
    pub user: User,
    /// Present and true when the password is known from a data breach by now: have the person choose another.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub password_breached: bool,
}

/// One factor is proven and a second is due. The token is that of a session that can do nothing but bring it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PendingSignIn {
    /// Always true.
    pub pending: bool,
    /// `kv_sess_...`
    pub token: Token,
    /// What the second factor may be.
    pub factors: Vec<Factor>,
    /// When the sign-in has to begin anew.
    pub expires_at: Timestamp,
}

/// Answer to a sign-in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum SignIn {
    /// Done.
    Complete(SignedIn),
    /// A second factor is due.
    Pending(PendingSignIn),
}

impl SignIn {
    /// The token of the session, whole or pending.
    pub const fn token(&self) -> &Token {
        match self {
            Self::Complete(done) => &done.token,
            Self::Pending(pending) => &pending.token,
        }
    }

    /// The sign-in, if nothing more is due.
    pub fn complete(self) -> Option<SignedIn> {
        match self {
            Self::Complete(done) => Some(done),
            Self::Pending(_) => None,
        }
    }
}

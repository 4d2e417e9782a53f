//! Bodies of signing in by what a mail or a text message holds: a link, or a code that a person types.

use crate::Secret;
use serde::{Deserialize, Serialize};

/// Body of `POST /magic-link/send`.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendMagicLink {
    /// Where to.
    pub email: String,
    /// The page of this site to go to afterwards.
    #[serde(default)]
    pub return_to: Option<String>,
}

/// Body of `POST /magic-link/verify`: the token of the link, or the code that stands beside it with the challenge it
/// belongs to.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyMagicLink {
    /// `kv_mail_...`, from the link.
    #[serde(default)]
    pub token: Option<Secret>,
    /// The challenge that sending answered with.
    #[serde(default)]
    pub challenge_id: Option<String>,
    /// Six digits; spaces and dashes do not matter.
    #[serde(default)]
    pub code: Option<Secret>,
}

/// Body of `POST /email-otp/send`, and of asking for another address of one's account.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendEmail {
    /// Where to.
    pub email: String,
}

/// Body of `POST /phone-otp/send`, and of asking for another number of one's account.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendPhone {
    /// With the country code, like `+49 1512 3456789`.
    pub phone: String,
}

/// A code and what it answers.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyCode {
    /// The challenge that sending answered with.
    pub challenge_id: String,
    /// Six digits; spaces and dashes do not matter.
    pub code: Secret,
}

/// Answer to sending a code: whether one was sent, and to whom, is the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeSent {
    /// What the code is to be brought back with. Whoever has it may try; keep it where the request began.
    pub challenge_id: String,
}

/// Body of `POST /sign-up/username`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUpUsername {
    /// 3 to 32 letters, digits, dots, dashes and underscores of any one script.
    pub username: String,
    /// 15 to 1,024 characters.
    pub password: Secret,
    /// What to call the person; the user name when absent.
    #[serde(default)]
    pub name: Option<String>,
}

/// Body of `POST /sign-in/username`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInUsername {
    /// The user name, in any case.
    pub username: String,
    /// The password.
    pub password: Secret,
}

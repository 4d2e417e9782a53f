//! Getting into an account again: bodies and answers of password reset, of enrolment links, and of a guest who stays.

use crate::{Secret, Timestamp};
use serde::{Deserialize, Serialize};

/// Body of `POST /password/forgot`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForgotPassword {
    /// The address of the account.
    pub email: String,
}

/// Body of `POST /password/reset`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetPassword {
    /// `kv_mail_...`, from the mail.
    pub token: Secret,
    /// The password from now on.
    pub password: Secret,
}

/// Body of `POST /users/:id/enrolment-link`; may be left out.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CreateEnrolmentLink {
    /// Whether using the link also takes the authenticator app and the backup codes away, for a person who lost them.
    pub remove_second_factor: bool,
}

/// Answer to `POST /users/:id/enrolment-link`: shown once.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnrolmentLink {
    /// What to hand to the person.
    pub url: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// Body of `POST /enrolment/redeem`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RedeemEnrolment {
    /// `kv_enroll_...`, from the link.
    pub token: Secret,
    /// The password from now on.
    pub password: Secret,
}

/// Body of `POST /anonymous/upgrade`: an address or a user name, and a password.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpgradeAnonymous {
    /// Where to reach the person; also their identifier.
    #[serde(default)]
    pub email: Option<String>,
    /// What to sign in with instead of an address.
    #[serde(default)]
    pub username: Option<String>,
    /// 15 to 1,024 characters.
    pub password: Secret,
    /// What to call them.
    #[serde(default)]
    pub name: Option<String>,
}

//! People: the account, and the bodies of sign-up, sign-in and the account pages.

use crate::passkey::PasskeyAssertion;
use crate::{Language, Secret, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What a person may do in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees and manages everything.
    Admin,
    /// Sees and manages their own agents.
    Member,
}

/// Whether an account works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// Works.
    Active,
    /// Switched off by an administrator: no sign-in, no session, no agent of theirs.
    Disabled,
}

macro_rules! as_text {
    ($type:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        impl $type {
            /// The name on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
            /// Reads the name; None for anything else.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
pub(crate) use as_text;

as_text!(Role { Admin = "admin", Member = "member" });
as_text!(UserStatus { Active = "active", Disabled = "disabled" });

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Who.
    pub id: UserId,
    /// The address as the person wrote it; null for an account without one.
    pub email: Option<String>,
    /// Whether the person has shown that the address is theirs.
    pub email_verified: bool,
    /// The user name, as the person wrote it.
    pub username: Option<String>,
    /// The verified telephone number in E.164 form.
    pub phone: Option<String>,
    /// Whether this is a guest, who has not shown who they are yet.
    pub anonymous: bool,
    /// What to call them.
    pub name: String,
    /// The language the person chose, as a BCP 47 tag.
    pub locale: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whether the account works.
    pub status: UserStatus,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Body of `POST /users/:id/hand-over`.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HandOver {
    /// The person who answers for the agents from now on.
    pub to: UserId,
}

/// Answer to a hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HandedOver {
    /// Agents that changed hands.
    pub agents: u64,
}

/// Body of `POST /sign-up/email`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUpEmail {
    /// Where to reach the person; also their identifier.
    pub email: String,
    /// 15 to 1,024 characters.
    pub password: Secret,
    /// What to call them; the local part of the address when absent.
    #[serde(default)]
    pub name: Option<String>,
}

/// Body of `POST /sign-in/email`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInEmail {
    /// The address.
    pub email: String,
    /// The password.
    pub password: Secret,
}

/// Body of `POST /verify-email/confirm`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmEmail {
    /// `kv_mail_...`, from the mail.
    pub token: Secret,
}

/// Body of `POST /password/change`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    /// The password now.
    pub current: Secret,
    /// The password from now on.
    pub new: Secret,
}

/// Body of `POST /password/set`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FirstPassword {
    /// The password of an account that has none: 15 to 1,024 characters.
    pub new: Secret,
}

/// Body of `POST /reauthenticate`: one proof.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reauthenticate {
    /// The password.
    #[serde(default)]
    pub password: Option<Secret>,
    /// A code of the authenticator app.
    #[serde(default)]
    pub code: Option<Secret>,
    /// What a passkey signed, for options of `POST /passkey/sign-in/options`.
    #[serde(default)]
    pub passkey: Option<PasskeyAssertion>,
}

/// Body of `PATCH /account`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateProfile {
    /// What to call the person: 1 to 200 characters.
    pub name: String,
    /// The language of pages and mails, as a BCP 47 tag; as it was when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub locale: Option<Language>,
}

/// Body of the set-up page: the first administrator.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetUp {
    /// `kv_setup_...`, from the link on standard output.
    pub token: Secret,
    /// Where to reach the administrator.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// 15 to 1,024 characters.
    pub password: Secret,
}

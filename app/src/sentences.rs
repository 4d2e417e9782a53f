//! Every sentence a page says about an error or a success, chosen by code and field.
//!
//! Codes are all a request can carry; the words are always these.

use crate::i18n::{is_known, tr, tr_of, tr_with};
use kavach_model::ErrorCode;
use serde::{Deserialize, Serialize};

/// What went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// A verification mail is on its way.
    VerificationSent,
    /// The address was shown to be theirs.
    EmailVerified,
    /// A mail is on its way to another address.
    EmailChangeSent,
    /// The address is another now.
    EmailChanged,
    /// The telephone number is another now.
    PhoneChanged,
    /// The telephone number was taken away.
    PhoneRemoved,
    /// A new account, whose address is not verified yet.
    Welcome,
    /// The first administrator was made.
    SetUpDone,
    /// The profile was saved.
    ProfileSaved,
    /// The password was replaced.
    PasswordChanged,
    /// There is a password now.
    PasswordSet,
    /// The account is no more.
    AccountDeleted,
    /// One session was ended.
    SessionEnded,
    /// All other sessions were ended.
    OtherSessionsEnded,
    /// Signed out.
    SignedOut,
    /// An agent was saved.
    AgentSaved,
    /// An agent was stopped for now.
    AgentSuspended,
    /// An agent works again.
    AgentResumed,
    /// An agent was stopped for good.
    AgentRevoked,
    /// An API key was revoked.
    KeyRevoked,
    /// One call was approved.
    ApprovedOnce,
    /// A standing grant was given.
    ApprovedGrant,
    /// A call was denied.
    ApprovalDenied,
    /// Several calls were approved.
    ApprovedSeveral,
    /// Several calls were denied.
    DeniedSeveral,
    /// Of several calls some had been answered before.
    AnsweredSome,
    /// Permissions were lent.
    PermissionsLent,
    /// Lent permissions were taken back.
    PermissionsTakenBack,
    /// The person's agents were stopped.
    AgentsStopped,
    /// A resource is held.
    ResourceHeld,
    /// A resource is held no more.
    ResourceLifted,
    /// Signing in takes two steps from now on.
    TwoStepOn,
    /// Signing in takes one step only.
    TwoStepOff,
    /// A passkey has another name.
    PasskeyRenamed,
    /// A passkey was removed.
    PasskeyRemoved,
    /// An account elsewhere, or a wallet, opens this account.
    IdentityLinked,
    /// It does not any more.
    IdentityUnlinked,
    /// A client was registered that has no secret.
    ClientRegistered,
    /// A client was switched off.
    ClientOff,
    /// A client was switched on.
    ClientOn,
    /// A client was deleted.
    ClientDeleted,
    /// A server was added.
    ServerAdded,
    /// A server was taken out.
    ServerRemoved,
}

impl Notice {
    /// What to say.
    pub fn sentence(self) -> String {
        tr(match self {
            Self::VerificationSent => "notice-verification-sent",
            Self::EmailVerified => "notice-email-verified",
            Self::EmailChangeSent => "notice-email-change-sent",
            Self::EmailChanged => "notice-email-changed",
            Self::PhoneChanged => "notice-phone-changed",
            Self::PhoneRemoved => "notice-phone-removed",
            Self::Welcome => "notice-welcome",
            Self::SetUpDone => "notice-set-up-done",
            Self::ProfileSaved => "notice-profile-saved",
            Self::PasswordChanged => "notice-password-changed",
            Self::PasswordSet => "notice-password-set",
            Self::AccountDeleted => "notice-account-deleted",
            Self::SessionEnded => "notice-session-ended",
            Self::OtherSessionsEnded => "notice-other-sessions-ended",
            Self::SignedOut => "notice-signed-out",
            Self::AgentSaved => "notice-agent-saved",
            Self::AgentSuspended => "notice-agent-suspended",
            Self::AgentResumed => "notice-agent-resumed",
            Self::AgentRevoked => "notice-agent-revoked",
            Self::KeyRevoked => "notice-key-revoked",
            Self::ApprovedOnce => "notice-approved-once",
            Self::ApprovedGrant => "notice-approved-grant",
            Self::ApprovalDenied => "notice-approval-denied",
            Self::ApprovedSeveral => "notice-approved-several",
            Self::DeniedSeveral => "notice-denied-several",
            Self::AnsweredSome => "notice-answered-some",
            Self::PermissionsLent => "notice-permissions-lent",
            Self::PermissionsTakenBack => "notice-permissions-taken-back",
            Self::AgentsStopped => "notice-agents-stopped",
            Self::ResourceHeld => "notice-resource-held",
            Self::ResourceLifted => "notice-resource-lifted",
            Self::TwoStepOn => "two-step-enabled",
            Self::TwoStepOff => "two-step-disabled",
            Self::PasskeyRenamed => "passkeys-renamed",
            Self::PasskeyRemoved => "passkeys-removed",
            Self::IdentityLinked => "identities-linked",
            Self::IdentityUnlinked => "identities-unlinked",
            Self::ClientRegistered => "notice-client-registered",
            Self::ClientOff => "notice-client-off",
            Self::ClientOn => "notice-client-on",
            Self::ClientDeleted => "notice-client-deleted",
            Self::ServerAdded => "notice-server-added",
            Self::ServerRemoved => "notice-server-removed",
        })
    }
}

/// What to say about an error as a whole: `error-` and its code, with hyphens.
pub fn error(code: ErrorCode) -> String {
    let key = format!("error-{}", code.as_str().replace('_', "-"));
    if is_known(&key) { tr_of(&key) } else { tr("error-unknown") }
}

/// What to say to someone who is signed in and mistyped their own password.
pub fn wrong_password() -> String {
    tr("wrong-password")
}

/// What to say at a field, more precise than the code alone allows.
pub fn field_error(code: ErrorCode, field: &str) -> String {
    if code == ErrorCode::InvalidCredentials {
        return wrong_password();
    }
    if !matches!(code, ErrorCode::ValidationFailed | ErrorCode::NotSupported) {
        return error(code);
    }
    tr(match last_name(field) {
        "identifier" => "field-identifier",
        "email" => "field-email",
        "username" => "field-username",
        "phone" => "field-phone",
        "name" => "field-name",
        "password" | "new" | "current" => "field-password",
        "resource" => "field-resource",
        "actions" => "field-actions",
        "permissions" => "field-permissions",
        "expiresAt" | "expires" => "field-expires-at",
        "uses" => "field-uses",
        "minutes" => "field-minutes",
        "reason" => "field-reason",
        "toAgent" => "field-to-agent",
        "account" => "field-account",
        "confirm" => "field-confirm",
        "overlapSeconds" | "overlap" => "field-overlap-seconds",
        "scopes" => "field-scopes",
        "type" => "field-type",
        "since" | "until" => "field-since",
        "address" => "field-address",
        "redirectUris" => "field-redirect-uris",
        "authMethod" | "jwksUri" => "field-jwks-uri",
        "grantTypes" => "field-grant-types",
        "offered" => "field-offered",
        "introspects" => "field-introspects",
        "permissionRoot" => "field-permission-root",
        _ => "field-other",
    })
}

/// What to say when someone tried too often.
pub fn retry_after(seconds: u64) -> String {
    match seconds {
        0..=1 => error(ErrorCode::RateLimited),
        2..=119 => tr_with("retry-after-seconds", &[("seconds", seconds.into())]),
        _ => tr_with("retry-after-minutes", &[("minutes", seconds.div_ceil(60).into())]),
    }
}

/// `permissions[1].actions[0]` is about `actions`.
fn last_name(field: &str) -> &str {
    let name = field.rsplit('.').next().unwrap_or(field);
    name.split('[').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_has_a_sentence_of_its_own() {
        let sentences: HashSet<String> = ErrorCode::ALL.iter().map(|code| error(*code)).collect();
        assert_eq!(sentences.len(), ErrorCode::ALL.len());
        assert!(!sentences.contains(&tr("error-unknown")));
    }

    #[test]
    fn a_field_is_known_by_its_last_name() {
        assert_eq!(last_name("permissions[1].actions[0]"), "actions");
        assert_eq!(last_name("email"), "email");
        assert!(field_error(ErrorCode::ValidationFailed, "permissions[3].resource").contains("mcp:github:*"));
        assert_eq!(field_error(ErrorCode::PasswordBreached, "password"), error(ErrorCode::PasswordBreached));
    }

    #[test]
    fn waiting_times_are_said_in_words() {
        assert_eq!(retry_after(0), "Too many tries. Please wait a moment.");
        assert_eq!(retry_after(45), "Too many tries. Try again in 45 seconds.");
        assert_eq!(retry_after(121), "Too many tries. Try again in 3 minutes.");
    }
}

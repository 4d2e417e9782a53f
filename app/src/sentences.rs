//! Every sentence a page says about an error or a success, chosen by code and field.
//!
//! Codes are all a request can carry; the words are always these.

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
    /// A new account, whose address is not verified yet.
    Welcome,
    /// The first administrator was made.
    SetUpDone,
    /// The profile was saved.
    ProfileSaved,
    /// The password was replaced.
    PasswordChanged,
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
}

impl Notice {
    /// What to say.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::VerificationSent => "We have sent you a mail with a link. It is valid for a short time.",
            Self::EmailVerified => "Your e-mail address is verified.",
            Self::Welcome => "Your account is ready. We have sent you a mail to verify your address.",
            Self::SetUpDone => "You are the first administrator. Create your first agent next.",
            Self::ProfileSaved => "Your profile is saved.",
            Self::PasswordChanged => "Your password is changed. Other sessions were signed out.",
            Self::SessionEnded => "That session is signed out.",
            Self::OtherSessionsEnded => "All other sessions are signed out.",
            Self::SignedOut => "You are signed out.",
            Self::AgentSaved => "The agent is saved. The next check uses the new permissions.",
            Self::AgentSuspended => {
                "The agent is suspended. Every check it makes is denied until you resume it."
            }
            Self::AgentResumed => "The agent works again.",
            Self::AgentRevoked => "The agent is revoked. Its tokens have stopped working for good.",
            Self::KeyRevoked => "The API key is revoked.",
            Self::ApprovedOnce => "Approved. The agent may do exactly this once, when it asks again in time.",
            Self::ApprovedGrant => "Approved as a standing grant. It ends by itself; the log shows each use.",
            Self::ApprovalDenied => "Denied. The agent is told so when it asks again.",
            Self::PermissionsLent => "The permissions are lent from now on.",
            Self::PermissionsTakenBack => {
                "The permissions are taken back. The next check of the agent is without them."
            }
            Self::AgentsStopped => "All your agents are stopped.",
            Self::ResourceHeld => "Stopped. Every check on it is denied until you lift this.",
            Self::ResourceLifted => "Lifted. Checks on it are decided by the permissions again.",
        }
    }
}

/// What to say about an error as a whole.
pub fn error(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidRequest => "The form could not be read. Please try again.",
        ErrorCode::ValidationFailed => "Please check the field that is marked.",
        ErrorCode::NotSupported => "This version of Kavach does not support that yet.",
        ErrorCode::ExceedsParent => "A permission goes beyond what the agent it comes from may do.",
        ErrorCode::Unauthenticated => "Please sign in to go on.",
        ErrorCode::InvalidCredentials => "The e-mail address or password is not right.",
        ErrorCode::Forbidden => "Your account may not do that.",
        ErrorCode::ReauthenticationRequired => "Please confirm your password to go on.",
        ErrorCode::OriginMismatch => "The request came from another site, so nothing was done.",
        ErrorCode::NotFound => "There is nothing here, or nothing you may see.",
        ErrorCode::MethodNotAllowed => "That is not possible here.",
        ErrorCode::Conflict => "That is not possible in the present state. Reload the page and look again.",
        ErrorCode::IdempotencyConflict => "This was sent before with other contents.",
        ErrorCode::LinkInvalid => "This link was used already or has expired. Ask for a new one.",
        ErrorCode::PayloadTooLarge => "That is more than we can take at once. Please shorten it.",
        ErrorCode::UnsupportedMediaType => "The form arrived in a format we do not read.",
        ErrorCode::PasswordTooShort => "The password is too short. Use at least 15 characters.",
        ErrorCode::PasswordTooLong => "The password is too long. Use at most 1,024 characters.",
        ErrorCode::PasswordBreached => "This password is known from a data breach. Please choose another.",
        ErrorCode::PasswordContextual => {
            "The password must not contain your name, your address or the name of this service."
        }
        ErrorCode::MfaRequired => "Finish signing in with your second factor first.",
        ErrorCode::CodeInvalid => "This code is not right, or has expired. Ask for a new one.",
        ErrorCode::MethodDisabled => "This way of signing in is switched off here.",
        ErrorCode::RateLimited => "Too many tries. Please wait a moment.",
        ErrorCode::SlowDown => "That was asked again too soon. Please wait a few seconds.",
        ErrorCode::Internal => "Something went wrong on our side. Please try again.",
        ErrorCode::Unavailable => {
            "The service did not answer in time. Please look whether it was done before you try again."
        }
        // A code newer than this page.
        _ => "That did not work. Please try again.",
    }
}

/// What to say to someone who is signed in and mistyped their own password.
pub const WRONG_PASSWORD: &str = "That is not your password.";

/// What to say at a field, more precise than the code alone allows.
pub fn field_error(code: ErrorCode, field: &str) -> &'static str {
    if code == ErrorCode::InvalidCredentials {
        return WRONG_PASSWORD;
    }
    if !matches!(code, ErrorCode::ValidationFailed | ErrorCode::NotSupported) {
        return error(code);
    }
    match last_name(field) {
        "email" => "Enter an e-mail address, like name@example.com.",
        "name" => "Enter a name of 1 to 100 characters.",
        "password" | "new" | "current" => "Enter a password.",
        "resource" => "Use segments joined by colons, like mcp:github:* (a * stands for a whole segment).",
        "actions" => "List at least one action, like read, or * for any.",
        "permissions" => "These permissions are not valid. Check every row.",
        "expiresAt" | "expires" => "Choose a time in the future.",
        "uses" => "Enter a number from 1 to 100.",
        "minutes" => "Enter a number of minutes from 1 to 1440, which is a day.",
        "reason" => "Enter at most 500 characters on one line.",
        "toAgent" => "Choose another agent of the same person, whose rights this agent does not hang on.",
        "confirm" => "Type the word EVERYTHING in capitals.",
        "overlapSeconds" | "overlap" => "Choose between nothing and seven days.",
        "scopes" => "Choose at least one scope.",
        "type" => "Choose one of the types.",
        "since" | "until" => "Enter a date, like 2026-11-23.",
        _ => "This value is not valid.",
    }
}

/// What to say when someone tried too often.
pub fn retry_after(seconds: u64) -> String {
    match seconds {
        0..=1 => "Too many tries. Please wait a moment.".to_owned(),
        2..=119 => format!("Too many tries. Try again in {seconds} seconds."),
        _ => format!("Too many tries. Try again in {} minutes.", seconds.div_ceil(60)),
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
        let sentences: HashSet<&str> = ErrorCode::ALL.iter().map(|code| error(*code)).collect();
        assert_eq!(sentences.len(), ErrorCode::ALL.len());
        assert!(!sentences.contains("That did not work. Please try again."));
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

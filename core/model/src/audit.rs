//! The audit record: one for every decision and every security event.
//!
//! The record is designed so that explanations, replays, receipts and proofs are views of it. Its body is
//! stored as the exact JSON text that is hashed; the columns beside it are projections to search by.

use crate::permission::{ReasonCode, Verdict};
use crate::{AgentId, ApprovalId, AuditId, DelegationId, PrincipalId, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum AuditKind {
    /// An `authorize` decision.
    #[serde(rename = "decision")]
    Decision,
    /// An account was made.
    #[serde(rename = "user.sign_up")]
    UserSignUp,
    /// A person proved who they are.
    #[serde(rename = "user.sign_in")]
    UserSignIn,
    /// A person proved one factor and owes the second.
    #[serde(rename = "user.sign_in_pending")]
    UserSignInPending,
    /// A proof that did not hold.
    #[serde(rename = "user.sign_in_failed")]
    UserSignInFailed,
    /// A session was ended by its owner.
    #[serde(rename = "user.sign_out")]
    UserSignOut,
    /// A person proved again who they are.
    #[serde(rename = "user.reauthenticate")]
    UserReauthenticate,
    /// An address was shown to be the person's.
    #[serde(rename = "user.email_verified")]
    UserEmailVerified,
    /// Another address was asked for.
    #[serde(rename = "user.email_change_requested")]
    UserEmailChangeRequested,
    /// The address became another.
    #[serde(rename = "user.email_changed")]
    UserEmailChanged,
    /// The telephone number became another.
    #[serde(rename = "user.phone_changed")]
    UserPhoneChanged,
    /// The telephone number was taken away.
    #[serde(rename = "user.phone_removed")]
    UserPhoneRemoved,
    /// What was set on an account before its address was proven was taken away.
    #[serde(rename = "user.unproven_dropped")]
    UserUnprovenDropped,
    /// A password was replaced.
    #[serde(rename = "user.password_changed")]
    UserPasswordChanged,
    /// A profile was changed.
    #[serde(rename = "user.updated")]
    UserUpdated,
    /// An account was ended by its owner, and what it said of them erased.
    #[serde(rename = "user.deleted")]
    UserDeleted,
    /// An administrator was made by the set-up link or the command line.
    #[serde(rename = "admin.created")]
    AdminCreated,
    /// A session was ended from a list.
    #[serde(rename = "session.revoked")]
    SessionRevoked,
    /// An agent was made.
    #[serde(rename = "agent.created")]
    AgentCreated,
    /// An agent was changed.
    #[serde(rename = "agent.updated")]
    AgentUpdated,
    /// An agent got a new token.
    #[serde(rename = "agent.token_rotated")]
    AgentTokenRotated,
    /// An agent was stopped for now.
    #[serde(rename = "agent.suspended")]
    AgentSuspended,
    /// An agent works again.
    #[serde(rename = "agent.resumed")]
    AgentResumed,
    /// An agent was stopped for good.
    #[serde(rename = "agent.revoked")]
    AgentRevoked,
    /// The agents of a person got another to answer for them.
    #[serde(rename = "agent.handed_over")]
    AgentHandedOver,
    /// An agent was lent permissions.
    #[serde(rename = "delegation.created")]
    DelegationCreated,
    /// Lent permissions were taken back.
    #[serde(rename = "delegation.revoked")]
    DelegationRevoked,
    /// The kill switch was used.
    #[serde(rename = "kill_switch.used")]
    KillSwitchUsed,
    /// What the kill switch stopped may go on.
    #[serde(rename = "kill_switch.lifted")]
    KillSwitchLifted,
    /// An account was switched off.
    #[serde(rename = "user.disabled")]
    UserDisabled,
    /// An account was switched on again.
    #[serde(rename = "user.enabled")]
    UserEnabled,
    /// Somebody asked for a link to choose another password, for an account that exists or one that does not.
    #[serde(rename = "user.password_reset_requested")]
    UserPasswordResetRequested,
    /// A person chose another password by a link in a mail.
    #[serde(rename = "user.password_reset")]
    UserPasswordReset,
    /// An administrator made a one-time link for a person who cannot get in.
    #[serde(rename = "user.enrolment_link")]
    UserEnrolmentLink,
    /// A person used such a link.
    #[serde(rename = "user.enrolled")]
    UserEnrolled,
    /// A guest made an account of what they had.
    #[serde(rename = "user.upgraded")]
    UserUpgraded,
    /// A person let a device in.
    #[serde(rename = "device.approved")]
    DeviceApproved,
    /// A person turned a device away.
    #[serde(rename = "device.denied")]
    DeviceDenied,
    /// A device fetched what a person approved.
    #[serde(rename = "device.claimed")]
    DeviceClaimed,
    /// An OAuth client was registered.
    #[serde(rename = "client.created")]
    ClientCreated,
    /// An OAuth client was changed, switched off or on.
    #[serde(rename = "client.updated")]
    ClientUpdated,
    /// An OAuth client was deleted, and what it was granted revoked.
    #[serde(rename = "client.deleted")]
    ClientDeleted,
    /// A server that tokens are for was added.
    #[serde(rename = "resource.added")]
    ResourceAdded,
    /// A server that tokens were for was taken out.
    #[serde(rename = "resource.removed")]
    ResourceRemoved,
    /// An agent asked its person whether it may act for them.
    #[serde(rename = "oauth.asked")]
    OAuthAsked,
    /// An administrator had the doctor look at a server.
    #[serde(rename = "resource.examined")]
    ResourceExamined,
    /// A person let a client in, or had before.
    #[serde(rename = "oauth.granted")]
    OAuthGranted,
    /// A person turned a client away.
    #[serde(rename = "oauth.denied")]
    OAuthDenied,
    /// A token was issued.
    #[serde(rename = "oauth.token_issued")]
    OAuthTokenIssued,
    /// A client that is known was refused a token.
    #[serde(rename = "oauth.token_refused")]
    OAuthTokenRefused,
    /// A grant was revoked, with all its tokens.
    #[serde(rename = "oauth.revoked")]
    OAuthRevoked,
    /// A code or a refresh token was used a second time; what came of it was revoked.
    #[serde(rename = "oauth.reuse_detected")]
    OAuthReuseDetected,
    /// A key that signs tokens was made.
    #[serde(rename = "signing_key.created")]
    SigningKeyCreated,
    /// An API key was made.
    #[serde(rename = "api_key.created")]
    ApiKeyCreated,
    /// An API key was revoked.
    #[serde(rename = "api_key.revoked")]
    ApiKeyRevoked,
    /// A person approved what an agent asked for.
    #[serde(rename = "approval.approved")]
    ApprovalApproved,
    /// A person denied what an agent asked for.
    #[serde(rename = "approval.denied")]
    ApprovalDenied,
    /// The breached-password service did not answer in time; the offline list decided.
    #[serde(rename = "password_check.degraded")]
    PasswordCheckDegraded,
    /// A password in use was found in a breach.
    #[serde(rename = "password_check.breached")]
    PasswordBreached,
    /// An authenticator app was set up.
    #[serde(rename = "totp.enabled")]
    TotpEnabled,
    /// The authenticator app was taken away.
    #[serde(rename = "totp.disabled")]
    TotpDisabled,
    /// Backup codes were made; the ones before are worth nothing.
    #[serde(rename = "backup_codes.created")]
    BackupCodesCreated,
    /// A backup code was used up.
    #[serde(rename = "backup_codes.used")]
    BackupCodeUsed,
    /// A passkey was added.
    #[serde(rename = "passkey.added")]
    PasskeyAdded,
    /// A passkey was given another name.
    #[serde(rename = "passkey.renamed")]
    PasskeyRenamed,
    /// A passkey was removed.
    #[serde(rename = "passkey.removed")]
    PasskeyRemoved,
    /// Who a person is elsewhere became a way into their account.
    #[serde(rename = "identity.linked")]
    IdentityLinked,
    /// Who a person is elsewhere is no way into their account any more.
    #[serde(rename = "identity.unlinked")]
    IdentityUnlinked,
    /// A provider people sign in with, or a chain their wallets live on, did not answer.
    #[serde(rename = "provider.unavailable")]
    ProviderUnavailable,
    /// A captcha could not be checked.
    #[serde(rename = "captcha.degraded")]
    CaptchaDegraded,
    /// Records were moved out of the database into a signed file.
    #[serde(rename = "audit.archived")]
    AuditArchived,
    /// An administrator had a message sent, to try the settings or once more.
    #[serde(rename = "delivery.sent_by_admin")]
    DeliverySentByAdmin,
    /// A message was not taken: for the first time, or for the last.
    #[serde(rename = "delivery.failed")]
    DeliveryFailed,
}

crate::user::as_text!(AuditKind {
    Decision = "decision",
    UserSignUp = "user.sign_up",
    UserSignIn = "user.sign_in",
    UserSignInPending = "user.sign_in_pending",
    UserSignInFailed = "user.sign_in_failed",
    UserSignOut = "user.sign_out",
    UserReauthenticate = "user.reauthenticate",
    UserEmailVerified = "user.email_verified",
    UserEmailChangeRequested = "user.email_change_requested",
    UserEmailChanged = "user.email_changed",
    UserPhoneChanged = "user.phone_changed",
    UserPhoneRemoved = "user.phone_removed",
    UserUnprovenDropped = "user.unproven_dropped",
    UserPasswordChanged = "user.password_changed",
    UserUpdated = "user.updated",
    UserDeleted = "user.deleted",
    AdminCreated = "admin.created",
    SessionRevoked = "session.revoked",
    AgentCreated = "agent.created",
    AgentUpdated = "agent.updated",
    AgentTokenRotated = "agent.token_rotated",
    AgentSuspended = "agent.suspended",
    AgentResumed = "agent.resumed",
    AgentRevoked = "agent.revoked",
    AgentHandedOver = "agent.handed_over",
    DelegationCreated = "delegation.created",
    DelegationRevoked = "delegation.revoked",
    KillSwitchUsed = "kill_switch.used",
    KillSwitchLifted = "kill_switch.lifted",
    UserDisabled = "user.disabled",
    UserEnabled = "user.enabled",
    UserPasswordResetRequested = "user.password_reset_requested",
    UserPasswordReset = "user.password_reset",
    UserEnrolmentLink = "user.enrolment_link",
    UserEnrolled = "user.enrolled",
    UserUpgraded = "user.upgraded",
    DeviceApproved = "device.approved",
    DeviceDenied = "device.denied",
    DeviceClaimed = "device.claimed",
    ClientCreated = "client.created",
    ClientUpdated = "client.updated",
    ClientDeleted = "client.deleted",
    ResourceAdded = "resource.added",
    ResourceRemoved = "resource.removed",
    OAuthAsked = "oauth.asked",
    ResourceExamined = "resource.examined",
    OAuthGranted = "oauth.granted",
    OAuthDenied = "oauth.denied",
    OAuthTokenIssued = "oauth.token_issued",
    OAuthTokenRefused = "oauth.token_refused",
    OAuthRevoked = "oauth.revoked",
    OAuthReuseDetected = "oauth.reuse_detected",
    SigningKeyCreated = "signing_key.created",
    ApiKeyCreated = "api_key.created",
    ApiKeyRevoked = "api_key.revoked",
    ApprovalApproved = "approval.approved",
    ApprovalDenied = "approval.denied",
    PasswordCheckDegraded = "password_check.degraded",
    PasswordBreached = "password_check.breached",
    TotpEnabled = "totp.enabled",
    TotpDisabled = "totp.disabled",
    BackupCodesCreated = "backup_codes.created",
    BackupCodeUsed = "backup_codes.used",
    PasskeyAdded = "passkey.added",
    PasskeyRenamed = "passkey.renamed",
    PasskeyRemoved = "passkey.removed",
    IdentityLinked = "identity.linked",
    IdentityUnlinked = "identity.unlinked",
    ProviderUnavailable = "provider.unavailable",
    CaptchaDegraded = "captcha.degraded",
    AuditArchived = "audit.archived",
    DeliverySentByAdmin = "delivery.sent_by_admin",
    DeliveryFailed = "delivery.failed",
});

/// One record of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditRecord {
    /// Position in the log, from 1, without gaps.
    pub seq: i64,
    /// Which record.
    pub id: AuditId,
    /// What was recorded.
    #[serde(flatten)]
    pub event: AuditEvent,
    /// SHA-256 of 0x00 and the stored body (RFC 6962 leaf hash), in hexadecimal.
    pub leaf_hash: String,
}

/// What is recorded: everything about an event but its place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// The request it belongs to, as the log knows it.
    pub request_id: String,
    /// What it is about.
    pub kind: AuditKind,
    /// Who asked, if anyone was known: a person or an agent.
    pub actor_id: Option<PrincipalId>,
    /// The agent it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// From the person who answers for it down to the agent itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<PrincipalId>,
    /// The person it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The person in whose view of the log it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sponsor_id: Option<UserId>,
    /// The session that asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The agent token or API key that asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
    /// What was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// To what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// SHA-256 of the canonical arguments, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments_digest: Option<String>,
    /// The arguments, as far as the configuration has them recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub arguments: Option<serde_json::Map<String, serde_json::Value>>,
    /// True where they would have been recorded and are longer than 4 KiB.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub arguments_omitted: bool,
    /// What the caller wanted to find again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub context: Option<serde_json::Map<String, serde_json::Value>>,
    /// Allowed or denied; events that succeeded are allowed.
    pub verdict: Verdict,
    /// Why.
    pub reason_code: ReasonCode,
    /// The permission that decided, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub matched: Option<serde_json::Value>,
    /// The agent of the chain at which it failed, where that is not the agent itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied_at: Option<AgentId>,
    /// The delegations through which the agent has the permission, the last first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delegations: Vec<DelegationId>,
    /// Revision of the agent's permissions that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
    /// The approval that was opened, found, used or decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<ApprovalId>,
    /// Where the request came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// What program asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Microseconds the decision took, without the writing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_us: Option<u64>,
}

impl AuditEvent {
    /// An event of `kind` that succeeded, with nothing else known yet.
    pub fn new(kind: AuditKind, at: Timestamp) -> Self {
        Self {
            at,
            request_id: String::new(),
            kind,
            actor_id: None,
            agent_id: None,
            chain: Vec::new(),
            user_id: None,
            sponsor_id: None,
            session_id: None,
            token_id: None,
            action: None,
            resource: None,
            arguments_digest: None,
            arguments: None,
            arguments_omitted: false,
            context: None,
            verdict: Verdict::Allow,
            reason_code: ReasonCode::Allowed,
            matched: None,
            denied_at: None,
            delegations: Vec::new(),
            revision: None,
            approval_id: None,
            ip: None,
            user_agent: None,
            latency_us: None,
        }
    }
}

/// Which records to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditFilter {
    /// Only what this person or agent asked for or is about.
    pub actor: Option<PrincipalId>,
    /// Only what is about this agent and all agents below it.
    pub subtree: Option<AgentId>,
    /// Only what is about this kind of event.
    pub kind: Option<AuditKind>,
    /// Only this action.
    pub action: Option<String>,
    /// Only resources that match: a plain resource, or one that ends in `:*`.
    pub resource: Option<String>,
    /// Only allowed, or only denied.
    pub verdict: Option<Verdict>,
    /// Only this reason.
    pub reason: Option<ReasonCode>,
    /// Only from this time on.
    pub since: Option<Timestamp>,
    /// Only before this time.
    pub until: Option<Timestamp>,
    /// Only what concerns the agents this person answers for, or the person.
    pub visible_to: Option<UserId>,
}

//! What narrows the log, as fields.

use super::asked::{Asked, FIELDS, PATH};
use crate::components::{Choice, FilterBar, FilterField, HiddenField, Select};
use kavach_model::audit::AuditKind;
use kavach_model::permission::ReasonCode;
use leptos::prelude::*;

/// The kinds of events, in the order they are offered.
const KINDS: &[AuditKind] = &[
    AuditKind::Decision,
    AuditKind::AgentCreated,
    AuditKind::AgentUpdated,
    AuditKind::AgentTokenRotated,
    AuditKind::AgentSuspended,
    AuditKind::AgentResumed,
    AuditKind::AgentRevoked,
    AuditKind::AgentHandedOver,
    AuditKind::DelegationCreated,
    AuditKind::DelegationRevoked,
    AuditKind::ApprovalApproved,
    AuditKind::ApprovalDenied,
    AuditKind::KillSwitchUsed,
    AuditKind::KillSwitchLifted,
    AuditKind::UserSignUp,
    AuditKind::UserSignIn,
    AuditKind::UserSignInFailed,
    AuditKind::UserSignOut,
    AuditKind::UserReauthenticate,
    AuditKind::UserEmailVerified,
    AuditKind::UserEmailChangeRequested,
    AuditKind::UserEmailChanged,
    AuditKind::UserPhoneChanged,
    AuditKind::UserPhoneRemoved,
    AuditKind::UserUnprovenDropped,
    AuditKind::UserPasswordChanged,
    AuditKind::UserUpdated,
    AuditKind::UserDeleted,
    AuditKind::UserDisabled,
    AuditKind::UserEnabled,
    AuditKind::AdminCreated,
    AuditKind::SessionRevoked,
    AuditKind::ApiKeyCreated,
    AuditKind::ApiKeyRevoked,
    AuditKind::PasswordCheckDegraded,
    AuditKind::PasswordBreached,
    AuditKind::DeliverySentByAdmin,
    AuditKind::DeliveryFailed,
    AuditKind::TotpEnabled,
    AuditKind::TotpDisabled,
    AuditKind::BackupCodesCreated,
    AuditKind::BackupCodeUsed,
    AuditKind::PasskeyAdded,
    AuditKind::PasskeyRenamed,
    AuditKind::PasskeyRemoved,
];

/// The form. It sets everything but where the list begins.
pub(super) fn filters(asked: &Asked) -> impl IntoView + use<> {
    let kinds = std::iter::once(Choice::new("", "Any event"))
        .chain(KINDS.iter().map(|kind| Choice::new(kind.as_str(), kind.as_str())))
        .collect();
    let verdicts =
        vec![Choice::new("", "Any result"), Choice::new("allow", "Allowed"), Choice::new("deny", "Denied")];
    let reasons = std::iter::once(Choice::new("", "Any reason"))
        .chain(ReasonCode::ALL.iter().map(|reason| Choice::new(reason.as_str(), reason.as_str())))
        .collect();
    let active = asked.is_filtered();
    let [actor, kind, action, resource, verdict, reason, since, until, subtree] =
        FIELDS.map(|name| (asked.value(name).to_owned(), asked.error(name)));
    view! {
        <FilterBar action=PATH label="Filter the audit log" active>
            <HiddenField name="subtree" value=subtree.0 />
            <FilterField
                label="Person or agent"
                name="actor"
                value=actor.0
                example="agt_…"
                error=actor.1
            />
            <Select label="Event" name="kind" choices=kinds value=kind.0 />
            <FilterField label="Action" name="action" value=action.0 example="read" />
            <FilterField label="Resource" name="resource" value=resource.0 example="mcp:github:*" />
            <Select label="Result" name="verdict" choices=verdicts value=verdict.0 />
            <Select label="Reason" name="reason" choices=reasons value=reason.0 />
            <FilterField
                label="From"
                name="since"
                value=since.0
                example="2026-11-23"
                error=since.1
            />
            <FilterField
                label="Before"
                name="until"
                value=until.0
                example="2026-11-24"
                error=until.1
            />
        </FilterBar>
    }
}

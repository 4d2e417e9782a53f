//! What every change of what a person signs in with comes with: a record, a mail, and the end of other sessions where
//! somebody else's may be among them.

use crate::Kavach;
use crate::audit;
use crate::context::{RequestContext, SessionCaller};
use crate::deliver::logout;
use crate::deliver::outbox::{self, Notice};
use crate::error::Result;
use kavach_model::Timestamp;
use kavach_model::audit::AuditKind;
use kavach_store::{AuditDraft, Conn};

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CredentialChange {
    TotpEnabled,
    TotpDisabled,
    BackupCodesCreated,
    BackupCodeUsed,
    PasskeyAdded,
    PasskeyRemoved,
}

impl CredentialChange {
    const fn kind(self) -> AuditKind {
        match self {
            Self::TotpEnabled => AuditKind::TotpEnabled,
            Self::TotpDisabled => AuditKind::TotpDisabled,
            Self::BackupCodesCreated => AuditKind::BackupCodesCreated,
            Self::BackupCodeUsed => AuditKind::BackupCodeUsed,
            Self::PasskeyAdded => AuditKind::PasskeyAdded,
            Self::PasskeyRemoved => AuditKind::PasskeyRemoved,
        }
    }

    /// Whether sessions that began before rest on what is not so any more.
    const fn ends_sessions(self) -> bool {
        matches!(self, Self::TotpEnabled | Self::TotpDisabled | Self::PasskeyRemoved)
    }

    /// The letter that tells of it.
    pub(crate) const fn letter(self) -> &'static str {
        match self {
            Self::TotpEnabled => "totp-enabled",
            Self::TotpDisabled => "totp-disabled",
            Self::BackupCodesCreated => "backup-codes-created",
            Self::BackupCodeUsed => "backup-code-used",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
        }
    }
}

/// Records a change in the caller's transaction, has the person told, and ends what must end.
pub(crate) async fn note(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    caller: &SessionCaller,
    change: CredentialChange,
    now: Timestamp,
) -> Result<()> {
    if change.ends_sessions() {
        tx.revoke_other_sessions(caller.user.id, Some(caller.session.id), now).await?;
        logout::sessions_ended(kv, tx, caller.user.id, now).await?;
    }
    let draft = tell(kv, cx, tx, caller, change, now).await?;
    Ok(tx.append_audit(&[draft]).await?)
}

/// Has the person told; the record is the caller's to append.
pub(crate) async fn tell(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    caller: &SessionCaller,
    change: CredentialChange,
    now: Timestamp,
) -> Result<AuditDraft> {
    // Not an address that is somebody else's.
    if let Some(to) = tx.notice_address(caller.user.id).await? {
        outbox::enqueue(kv, tx, Notice::CredentialChanged { to: &to, change, at: now }, now).await?;
    }
    let mut event = cx.event(change.kind(), now);
    event.user_id = Some(caller.user.id);
    Ok(audit::draft(kv, event, Some(caller.user.id)))
}

/// Makes a change known that was committed.
pub(crate) fn spread(kv: &Kavach) {
    kv.sessions().forget_all();
    kv.outbox_wake().notify_one();
    kv.logout_wake().notify_one();
}

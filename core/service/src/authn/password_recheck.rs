//! Asking again about a password that was chosen while the breach service gave no answer.
//!
//! The password is only at hand when its person types it, so the question is put at their next sign-in, after the
//! password proved right. The sign-in goes on whatever comes out: turning the person away would leave them without the
//! one thing they need to choose another password. What is found is told to the program that signs in, to the person
//! by mail (once), and to the audit log; the account remembers it until the password is changed.

use crate::Kavach;
use crate::audit;
use crate::context::RequestContext;
use crate::crypto::password;
use crate::deliver::outbox::{self, Notice};
use crate::error::Result;
use crate::guard::breached_password::{Breach, Degraded};
use kavach_model::audit::{AuditEvent, AuditKind};
use kavach_model::user::User;
use kavach_model::{Secret, Timestamp, UserId};
use kavach_store::{AuditDraft, Conn, PasswordCheck};

/// What is known of the password that was just proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recheck {
    /// Nothing was due, or it was found harmless before.
    Nothing,
    /// It was due, and this is what the breach service says.
    Answered(PasswordCheck),
    /// It was due and stays so.
    Degraded(Degraded),
    /// It was found in a breach before and not changed since.
    KnownBreached,
}

/// Asks where asking is due; takes as long as the breach service may take, at most.
pub(super) async fn ask(kv: &Kavach, check: PasswordCheck, typed: &Secret) -> Recheck {
    match check {
        PasswordCheck::Settled => Recheck::Nothing,
        PasswordCheck::Breached => Recheck::KnownBreached,
        PasswordCheck::Due => {
            // What proved right was not too long to be normalised.
            let Some(normal) = password::normalize(typed) else { return Recheck::Nothing };
            match kv.password_policy().breached.check(&normal).await {
                Breach::Unknown => Recheck::Answered(PasswordCheck::Settled),
                Breach::Known(_) => Recheck::Answered(PasswordCheck::Breached),
                Breach::Degraded(cause) => Recheck::Degraded(cause),
            }
        }
    }
}

impl Recheck {
    /// Whether the person should choose another password.
    pub(super) fn is_breached(self) -> bool {
        matches!(self, Self::KnownBreached | Self::Answered(PasswordCheck::Breached))
    }

    /// Remembers the answer, and tells the person when it is a bad one; what is to be appended to the audit log.
    pub(super) async fn note(
        self,
        kv: &Kavach,
        cx: &RequestContext,
        tx: &mut Conn,
        user: &User,
        now: Timestamp,
    ) -> Result<Option<AuditDraft>> {
        match self {
            Self::Nothing | Self::KnownBreached => Ok(None),
            Self::Degraded(cause) => Ok(Some(degraded(kv, cx, cause, user.id, now))),
            Self::Answered(outcome) => {
                // Of two sign-ins at once one notes it, and one mail is written.
                let first = tx.settle_password_check(user.id, outcome).await?;
                if !first || outcome != PasswordCheck::Breached {
                    return Ok(None);
                }
                if let Some(to) = &user.email {
                    outbox::enqueue(kv, tx, Notice::PasswordBreached { to }, now).await?;
                }
                let event = event_about(cx, AuditKind::PasswordBreached, user.id, now);
                Ok(Some(audit::draft(kv, event, Some(user.id))))
            }
        }
    }
}

/// The event that the breach service gave no answer.
pub(crate) fn degraded(
    kv: &Kavach,
    cx: &RequestContext,
    cause: Degraded,
    user_id: UserId,
    now: Timestamp,
) -> AuditDraft {
    let mut event = event_about(cx, AuditKind::PasswordCheckDegraded, user_id, now);
    event.context = Some(serde_json::Map::from_iter([("cause".to_owned(), cause.as_str().into())]));
    audit::draft(kv, event, Some(user_id))
}

fn event_about(cx: &RequestContext, kind: AuditKind, user_id: UserId, now: Timestamp) -> AuditEvent {
    let mut event = cx.event(kind, now);
    event.user_id = Some(user_id);
    event
}

/// What is left to do about a password that was accepted just now.
pub(crate) fn due(degraded: Option<Degraded>) -> PasswordCheck {
    if degraded.is_some() { PasswordCheck::Due } else { PasswordCheck::Settled }
}

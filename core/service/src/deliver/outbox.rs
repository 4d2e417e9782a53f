//! The outbox: mail (and what [`super::webhook`] sends) is stored in the transaction that causes it and delivered afterwards.
//!
//! So a request never waits for a mail server, and nothing is promised that did not happen. Bodies carry
//! links that prove things, so they are sealed at rest and forgotten once delivered. Without an SMTP server
//! messages stay, to be looked at on `/dev/outbox` from the machine itself.

use crate::authn::credential_change::CredentialChange;
use crate::config::branding::Branding;
use crate::context::RequestContext;
use crate::deliver::mail::{Mail, MailError};
use crate::deliver::retry::next_attempt;
use crate::deliver::sms;
use crate::deliver::templates::Letter;
use crate::error::Result;
use crate::guard::rate_limit::Limit;
use crate::{Error, Kavach, audit, email_address, seal};
use kavach_model::audit::{AuditEvent, AuditKind};
use kavach_model::id::MessageId;
use kavach_model::outbox::DevMessage;
use kavach_model::{ErrorCode, Language, Timestamp};
use kavach_store::{Channel, Conn, MessageRow, NewMessage, NewOnce};
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub(super) const PURPOSE: &str = "outbox";
/// Longer than any attempt takes.
pub(super) const LEASE: Duration = Duration::from_secs(120);
pub(super) const AT_ONCE: u32 = 20;

/// How an attempt ended: what to note of a failed one, and when to try again, if ever.
pub(super) type Outcome = std::result::Result<(), (String, Option<Duration>)>;

/// A message to a person.
pub(crate) enum Notice<'a> {
    /// Please show that this address is yours.
    VerifyEmail { to: &'a str, link: &'a str, valid_for: Duration },
    /// Somebody signed up with your address.
    SignUpExisting { to: &'a str },
    /// Your password was changed.
    PasswordChanged { to: &'a str, at: Timestamp },
    /// There is a password now.
    PasswordSet { to: &'a str, at: Timestamp },
    /// Your account is no more.
    AccountDeleted { to: &'a str, at: Timestamp },
    /// Choose another password with this link.
    ResetPassword { to: &'a str, link: &'a str, valid_for: Duration },
    /// An administrator made a link with which you, or whoever has it, can get into your account.
    EnrolmentLink { to: &'a str, at: Timestamp },
    /// You let a device in.
    DeviceApproved { to: &'a str, client: &'a str, at: Timestamp },
    /// Your password is known from a breach.
    PasswordBreached { to: &'a str },
    /// What you sign in with is not what it was.
    CredentialChanged { to: &'a str, change: CredentialChange, at: Timestamp },
    /// An agent of yours waits for your answer.
    ApprovalRequired { to: &'a str, link: &'a str, valid_for: Duration },
    /// A link to sign in, and a code for another device.
    MagicLink { to: &'a str, link: &'a str, code: &'a str, valid_for: Duration },
    /// A code to sign in.
    EmailOtp { to: &'a str, code: &'a str, valid_for: Duration },
    /// What was set before your address was proven was taken away.
    UnprovenDropped { to: &'a str },
    /// You can sign in with something else as well.
    IdentityLinked { to: &'a str, what: &'a str, at: Timestamp },
    /// You cannot sign in with that any more.
    IdentityUnlinked { to: &'a str, what: &'a str, at: Timestamp },
    /// Please show that this new address is yours.
    EmailChange { to: &'a str, link: &'a str, valid_for: Duration },
    /// Somebody asked for another address.
    EmailChangeRequested { to: &'a str, at: Timestamp },
    /// Your address is another now.
    EmailChanged { to: &'a str, at: Timestamp },
    /// Your number is another now.
    PhoneChanged { to: &'a str, at: Timestamp },
    /// Your number was taken away.
    PhoneRemoved { to: &'a str, at: Timestamp },
}

impl Notice<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::SignUpExisting { .. } => "sign_up_existing",
            Self::PasswordChanged { .. } => "password_changed",
            Self::PasswordSet { .. } => "password_set",
            Self::AccountDeleted { .. } => "account_deleted",
            Self::ResetPassword { .. } => "reset_password",
            Self::EnrolmentLink { .. } => "enrolment_link",
            Self::DeviceApproved { .. } => "device_approved",
            Self::PasswordBreached { .. } => "password_breached",
            Self::CredentialChanged { .. } => "credential_changed",
            Self::ApprovalRequired { .. } => "approval_required",
            Self::MagicLink { .. } => "magic_link",
            Self::EmailOtp { .. } => "email_otp",
            Self::UnprovenDropped { .. } => "unproven_dropped",
            Self::IdentityLinked { .. } => "identity_linked",
            Self::IdentityUnlinked { .. } => "identity_unlinked",
            Self::EmailChange { .. } => "email_change",
            Self::EmailChangeRequested { .. } => "email_change_requested",
            Self::EmailChanged { .. } => "email_changed",
            Self::PhoneChanged { .. } => "phone_changed",
            Self::PhoneRemoved { .. } => "phone_removed",
        }
    }

    fn to(&self) -> &str {
        match self {
            Self::VerifyEmail { to, .. }
            | Self::SignUpExisting { to }
            | Self::PasswordChanged { to, .. }
            | Self::PasswordSet { to, .. }
            | Self::AccountDeleted { to, .. }
            | Self::ResetPassword { to, .. }
            | Self::EnrolmentLink { to, .. }
            | Self::DeviceApproved { to, .. }
            | Self::PasswordBreached { to }
            | Self::ApprovalRequired { to, .. }
            | Self::CredentialChanged { to, .. }
            | Self::MagicLink { to, .. }
            | Self::EmailOtp { to, .. }
            | Self::UnprovenDropped { to }
            | Self::IdentityLinked { to, .. }
            | Self::IdentityUnlinked { to, .. }
            | Self::EmailChange { to, .. }
            | Self::EmailChangeRequested { to, .. }
            | Self::EmailChanged { to, .. }
            | Self::PhoneChanged { to, .. }
            | Self::PhoneRemoved { to, .. } => to,
        }
    }

    /// Where the button leads, where there is one.
    fn link(&self, public_url: &str) -> Option<String> {
        Some(match self {
            Self::VerifyEmail { link, .. }
            | Self::ResetPassword { link, .. }
            | Self::ApprovalRequired { link, .. }
            | Self::MagicLink { link, .. }
            | Self::EmailChange { link, .. } => (*link).to_owned(),
            Self::SignUpExisting { .. } | Self::EmailChanged { .. } => format!("{public_url}/sign-in"),
            Self::EmailOtp { .. } | Self::AccountDeleted { .. } => return None,
            Self::PasswordChanged { .. }
            | Self::PasswordSet { .. }
            | Self::PasswordBreached { .. }
            | Self::EnrolmentLink { .. }
            | Self::DeviceApproved { .. }
            | Self::CredentialChanged { .. }
            | Self::UnprovenDropped { .. }
            | Self::IdentityLinked { .. }
            | Self::IdentityUnlinked { .. }
            | Self::EmailChangeRequested { .. }
            | Self::PhoneChanged { .. }
            | Self::PhoneRemoved { .. } => format!("{public_url}/account"),
        })
    }

    fn code(&self) -> Option<&str> {
        match self {
            Self::MagicLink { code, .. } | Self::EmailOtp { code, .. } => Some(code),
            _ => None,
        }
    }

    fn valid_for(&self) -> Option<Duration> {
        match self {
            Self::VerifyEmail { valid_for, .. }
            | Self::ResetPassword { valid_for, .. }
            | Self::ApprovalRequired { valid_for, .. }
            | Self::MagicLink { valid_for, .. }
            | Self::EmailOtp { valid_for, .. }
            | Self::EmailChange { valid_for, .. } => Some(*valid_for),
            _ => None,
        }
    }

    fn at(&self) -> Option<Timestamp> {
        match self {
            Self::PasswordChanged { at, .. }
            | Self::PasswordSet { at, .. }
            | Self::AccountDeleted { at, .. }
            | Self::CredentialChanged { at, .. }
            | Self::EnrolmentLink { at, .. }
            | Self::DeviceApproved { at, .. }
            | Self::IdentityLinked { at, .. }
            | Self::IdentityUnlinked { at, .. }
            | Self::EmailChangeRequested { at, .. }
            | Self::EmailChanged { at, .. }
            | Self::PhoneChanged { at, .. }
            | Self::PhoneRemoved { at, .. } => Some(*at),
            _ => None,
        }
    }

    const fn client(&self) -> Option<&str> {
        match self {
            Self::DeviceApproved { client, .. } => Some(client),
            Self::IdentityLinked { what, .. } | Self::IdentityUnlinked { what, .. } => Some(what),
            _ => None,
        }
    }

    /// Its letter in the catalogue is called as its kind is, with dashes.
    fn write(&self, link: Option<&str>, language: Language, branding: &Branding) -> Mail {
        let name = match self {
            Self::CredentialChanged { change, .. } => change.letter().to_owned(),
            _ => self.kind().replace('_', "-"),
        };
        let letter = Letter {
            name: &name,
            link,
            code: self.code(),
            client: self.client(),
            valid_for: self.valid_for(),
            at: self.at(),
        };
        letter.write(self.to(), language, branding)
    }
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Body {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    pub(super) links: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
}

impl Body {
    pub(super) fn seal(&self, kv: &Kavach) -> Result<String> {
        let plain = serde_json::to_vec(self).map_err(|error| Error::Fault(error.to_string()))?;
        Ok(seal::seal(kv, PURPOSE, &plain))
    }
}

/// Puts a message in the outbox, in the language its reader chose. An address that got too many already gets no more for
/// now, silently: whoever caused this message must not learn anything from it.
pub(crate) async fn enqueue(kv: &Kavach, tx: &mut Conn, notice: Notice<'_>, now: Timestamp) -> Result<()> {
    enqueue_in(kv, tx, notice, Language::default(), now).await.map(|_| ())
}

/// The same, in the language of the request where the reader never chose one; whether it was written.
pub(crate) async fn enqueue_in(
    kv: &Kavach,
    tx: &mut Conn,
    notice: Notice<'_>,
    otherwise: Language,
    now: Timestamp,
) -> Result<bool> {
    write(kv, tx, notice, true, otherwise, now).await
}

/// Does all the work of a message without there being one, for a person we do not know: so that how long it takes
/// does not tell who is known.
pub(crate) async fn pretend(kv: &Kavach, tx: &mut Conn, notice: Notice<'_>, now: Timestamp) -> Result<()> {
    pretend_in(kv, tx, notice, Language::default(), now).await.map(|_| ())
}

/// The same, in the language of the request; whether it would have been written.
pub(crate) async fn pretend_in(
    kv: &Kavach,
    tx: &mut Conn,
    notice: Notice<'_>,
    otherwise: Language,
    now: Timestamp,
) -> Result<bool> {
    write(kv, tx, notice, false, otherwise, now).await
}

async fn write(
    kv: &Kavach,
    tx: &mut Conn,
    notice: Notice<'_>,
    real: bool,
    otherwise: Language,
    now: Timestamp,
) -> Result<bool> {
    let limit = match notice {
        Notice::ApprovalRequired { to, .. } => Limit::approval_mail(kv, to),
        _ => Limit::mail(kv, notice.to()),
    };
    if limit.take_in(kv, tx).await?.is_err() {
        tracing::info!(kind = notice.kind(), "a mail was not written: its recipient got too many already");
        return Ok(false);
    }
    let language = language_of(tx, notice.to()).await?.unwrap_or(otherwise);
    let link = notice.link(&kv.config().public_url);
    let mail = notice.write(link.as_deref(), language, &kv.config().branding);
    let body = Body {
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        links: link.into_iter().collect(),
        code: notice.code().map(str::to_owned),
    };
    let sealed = body.seal(kv)?;
    let id = MessageId::from_parts(now, crate::rng::array(kv.rng()));
    if !real {
        insert_nothing(tx, id, &sealed, now).await?;
        return Ok(true);
    }
    let message = NewMessage {
        id,
        channel: Channel::Mail,
        kind: notice.kind(),
        recipient: notice.to(),
        body_sealed: &sealed,
        due: kv.mailer().is_some(),
    };
    tx.insert_message(&message, now).await?;
    Ok(true)
}

/// As long as the message, forgotten with the next round, and nothing anybody could claim.
pub(super) async fn insert_nothing(tx: &mut Conn, id: MessageId, sealed: &str, now: Timestamp) -> Result<()> {
    let hash = id.to_string();
    let never = NewOnce {
        secret_hash: &hash,
        purpose: "pretended",
        user_id: None,
        payload: sealed,
        created_at: now,
        expires_at: now,
    };
    Ok(tx.insert_once(&never).await?)
}

/// The language whoever holds an address chose.
async fn language_of(tx: &mut Conn, address: &str) -> Result<Option<Language>> {
    let Ok(address) = email_address::parse(address) else { return Ok(None) };
    let row = tx.find_user_by_email(&address.key).await?;
    Ok(row.and_then(|row| Language::parse(row.user.locale.as_deref()?)))
}

pub(super) fn open(kv: &Kavach, row: &MessageRow) -> Option<Body> {
    serde_json::from_slice(&seal::open(kv, PURPOSE, &row.body_sealed)?).ok()
}

/// Delivers what is due, until nothing is.
pub(crate) async fn deliver_due(kv: &Kavach) -> Result<()> {
    let Some(mailer) = kv.mailer() else { return Ok(()) };
    loop {
        let now = kv.clock().now();
        let mut tx = kv.store().write().await?;
        let messages = tx.lease_messages(Channel::Mail, now, now + LEASE, AT_ONCE).await?;
        tx.commit().await?;
        if messages.is_empty() {
            return Ok(());
        }
        for row in messages {
            let outcome = match open(kv, &row) {
                Some(body) => {
                    let Body { subject, text, html, .. } = body;
                    let mail = Mail { to: row.recipient.clone(), subject, text, html };
                    mailer.send(&row.id.to_string(), &mail).await.map_err(|error| failure(&row, &error))
                }
                None => Err(("sealed under another instance key".to_owned(), None)),
            };
            settle(kv, &row, outcome, Channel::Mail).await?;
        }
    }
}

/// What to note of a failed attempt, and when to try again, if ever.
fn failure(row: &MessageRow, error: &MailError) -> (String, Option<Duration>) {
    let again = if error.is_permanent() { None } else { next_attempt(row.attempts) };
    (error.to_string(), again)
}

/// Notes how an attempt ended, and counts it. The first failure of a message and its last stand in the audit log: the
/// ones in between are the same outage.
pub(super) async fn settle(kv: &Kavach, row: &MessageRow, outcome: Outcome, channel: Channel) -> Result<()> {
    let counter = match channel {
        Channel::Mail => "kavach_mail_total",
        Channel::Sms => "kavach_sms_total",
        Channel::Webhook => "kavach_webhook_total",
        Channel::Logout => "kavach_backchannel_logout_total",
    };
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    match outcome {
        Ok(()) => {
            tx.settle_message(row.id, now).await?;
            metrics::counter!(counter, "outcome" => "sent").increment(1);
        }
        Err((error, again)) => {
            tracing::warn!(message = %row.id, kind = row.kind, attempts = row.attempts, dead = again.is_none(), error, "a message was not delivered");
            let error = crate::names::printable(&error, 300);
            tx.postpone_message(row.id, &error, again.map(|wait| now + wait), now).await?;
            let outcome = if again.is_none() { "dead" } else { "retried" };
            metrics::counter!(counter, "outcome" => outcome).increment(1);
            if row.attempts <= 1 || again.is_none() {
                let event = failed(row, channel, outcome, now);
                tx.append_audit(&[audit::draft(kv, event, None)]).await?;
            }
        }
    }
    Ok(tx.commit().await?)
}

/// That a message was not taken. Not to whom it went and what the receiver said, which often names them: that stands with
/// the delivery and is forgotten with it.
fn failed(row: &MessageRow, channel: Channel, outcome: &str, now: Timestamp) -> AuditEvent {
    let mut event = AuditEvent::new(AuditKind::DeliveryFailed, now);
    event.resource = Some(row.id.to_string());
    event.action = Some(channel.as_str().to_owned());
    event.context = Some(serde_json::Map::from_iter([
        ("kind".to_owned(), row.kind.clone().into()),
        ("outcome".to_owned(), outcome.into()),
        ("attempts".to_owned(), row.attempts.into()),
    ]));
    event
}

/// Messages that nobody delivers, newest first; only for whoever sits at a development machine.
pub async fn development(kv: &Kavach, cx: &RequestContext) -> Result<Vec<DevMessage>> {
    let local = cx.meta.client_ip.to_canonical().is_loopback();
    if !local || !is_development(kv) {
        return Err(ErrorCode::NotFound.into());
    }
    let mut conn = kv.store().read().await?;
    let mut rows = Vec::new();
    if kv.mailer().is_none() {
        rows.extend(conn.recent_messages(Channel::Mail, 100).await?);
    }
    if !sms::is_configured(kv) {
        rows.extend(conn.recent_messages(Channel::Sms, 100).await?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    let shown = rows.into_iter().take(100).filter_map(|row| {
        let body = open(kv, &row)?;
        Some(DevMessage {
            id: row.id,
            at: row.created_at,
            kind: row.kind,
            to: row.recipient,
            subject: body.subject,
            text: body.text,
            links: body.links,
            code: body.code,
        })
    });
    Ok(shown.collect())
}

/// Whether [`development`] has anything to show to anybody.
pub fn is_development(kv: &Kavach) -> bool {
    !kv.config().secure() && (kv.mailer().is_none() || !sms::is_configured(kv))
}

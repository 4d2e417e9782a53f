//! The outbox: mail (and what [`super::webhook`] sends) is stored in the transaction that causes it and delivered afterwards.
//!
//! So a request never waits for a mail server, and nothing is promised that did not happen. Bodies carry
//! links that prove things, so they are sealed at rest and forgotten once delivered. Without an SMTP server
//! messages stay, to be looked at on `/dev/outbox` from the machine itself.

use crate::context::RequestContext;
use crate::deliver::mail::{Mail, MailError};
use crate::deliver::retry::next_attempt;
use crate::deliver::templates;
use crate::error::Result;
use crate::guard::rate_limit::Limit;
use crate::{Error, Kavach, seal};
use kavach_model::id::MessageId;
use kavach_model::outbox::DevMessage;
use kavach_model::{ErrorCode, Timestamp};
use kavach_store::{Channel, Conn, MessageRow, NewMessage};
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
    /// Your password is known from a breach.
    PasswordBreached { to: &'a str },
    /// You can sign in with something else as well.
    IdentityLinked { to: &'a str, what: &'a str, at: Timestamp },
    /// You cannot sign in with that any more.
    IdentityUnlinked { to: &'a str, what: &'a str, at: Timestamp },
    /// An agent of yours waits for your answer.
    ApprovalRequired { to: &'a str, link: &'a str, valid_for: Duration },
}

impl Notice<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::SignUpExisting { .. } => "sign_up_existing",
            Self::PasswordChanged { .. } => "password_changed",
            Self::PasswordBreached { .. } => "password_breached",
            Self::IdentityLinked { .. } => "identity_linked",
            Self::IdentityUnlinked { .. } => "identity_unlinked",
            Self::ApprovalRequired { .. } => "approval_required",
        }
    }

    fn to(&self) -> &str {
        match self {
            Self::VerifyEmail { to, .. }
            | Self::SignUpExisting { to }
            | Self::PasswordChanged { to, .. }
            | Self::PasswordBreached { to }
            | Self::IdentityLinked { to, .. }
            | Self::IdentityUnlinked { to, .. }
            | Self::ApprovalRequired { to, .. } => to,
        }
    }

    fn links(&self, public_url: &str) -> Vec<String> {
        match self {
            Self::VerifyEmail { link, .. } | Self::ApprovalRequired { link, .. } => vec![(*link).to_owned()],
            Self::SignUpExisting { .. } => vec![format!("{public_url}/sign-in")],
            Self::PasswordChanged { .. }
            | Self::PasswordBreached { .. }
            | Self::IdentityLinked { .. }
            | Self::IdentityUnlinked { .. } => {
                vec![format!("{public_url}/account")]
            }
        }
    }

    fn render(&self, public_url: &str) -> Mail {
        match self {
            Self::VerifyEmail { to, link, valid_for } => templates::verify_email(to, link, *valid_for),
            Self::SignUpExisting { to } => templates::sign_up_existing(to, &format!("{public_url}/sign-in")),
            Self::PasswordChanged { to, at } => {
                templates::password_changed(to, *at, &format!("{public_url}/account"))
            }
            Self::PasswordBreached { to } => {
                templates::password_breached(to, &format!("{public_url}/account"))
            }
            Self::IdentityLinked { to, what, at } => {
                templates::identity_linked(to, what, *at, &format!("{public_url}/account"))
            }
            Self::IdentityUnlinked { to, what, at } => {
                templates::identity_unlinked(to, what, *at, &format!("{public_url}/account"))
            }
            Self::ApprovalRequired { to, link, valid_for } => {
                templates::approval_required(to, link, *valid_for)
            }
        }
    }
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Body {
    subject: String,
    text: String,
    html: String,
    links: Vec<String>,
}

/// Puts a message in the outbox. An address that got too many already gets no more for now, silently:
/// whoever caused this message must not learn anything from it.
pub(crate) async fn enqueue(kv: &Kavach, tx: &mut Conn, notice: Notice<'_>, now: Timestamp) -> Result<()> {
    let limit = match notice {
        Notice::ApprovalRequired { to, .. } => Limit::approval_mail(kv, to),
        _ => Limit::mail(kv, notice.to()),
    };
    if limit.take_in(kv, tx).await?.is_err() {
        tracing::info!(kind = notice.kind(), "a mail was not written: its recipient got too many already");
        return Ok(());
    }
    let public_url = &kv.config().public_url;
    let mail = notice.render(public_url);
    let body =
        Body { subject: mail.subject, text: mail.text, html: mail.html, links: notice.links(public_url) };
    let plain = serde_json::to_vec(&body).map_err(|error| Error::Fault(error.to_string()))?;
    let sealed = seal::seal(kv, PURPOSE, &plain);
    let id = MessageId::from_parts(now, crate::rng::array(kv.rng()));
    let message = NewMessage {
        id,
        channel: Channel::Mail,
        kind: notice.kind(),
        recipient: notice.to(),
        body_sealed: &sealed,
        due: kv.mailer().is_some(),
    };
    Ok(tx.insert_message(&message, now).await?)
}

fn open(kv: &Kavach, row: &MessageRow) -> Option<Body> {
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
            settle(kv, &row, outcome, "kavach_mail_total").await?;
        }
    }
}

/// What to note of a failed attempt, and when to try again, if ever.
fn failure(row: &MessageRow, error: &MailError) -> (String, Option<Duration>) {
    let again = if error.is_permanent() { None } else { next_attempt(row.attempts) };
    (error.to_string(), again)
}

/// Notes how an attempt ended, and counts it under a name.
pub(super) async fn settle(
    kv: &Kavach,
    row: &MessageRow,
    outcome: Outcome,
    counter: &'static str,
) -> Result<()> {
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
        }
    }
    Ok(tx.commit().await?)
}

/// Messages that nobody delivers, newest first; only for whoever sits at a development machine.
pub async fn development(kv: &Kavach, cx: &RequestContext) -> Result<Vec<DevMessage>> {
    let local = cx.meta.client_ip.to_canonical().is_loopback();
    if !local || kv.config().secure() || kv.mailer().is_some() {
        return Err(ErrorCode::NotFound.into());
    }
    let rows = kv.store().read().await?.recent_messages(100).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let body = open(kv, &row)?;
            Some(DevMessage {
                id: row.id,
                at: row.created_at,
                kind: row.kind,
                to: row.recipient,
                subject: body.subject,
                text: body.text,
                links: body.links,
                code: None,
            })
        })
        .collect())
}

/// Whether [`development`] has anything to show to anybody.
pub fn is_development(kv: &Kavach) -> bool {
    !kv.config().secure() && kv.mailer().is_none()
}

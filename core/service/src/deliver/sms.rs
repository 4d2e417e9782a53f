//! Text messages: stored like mail in the transaction that causes them, and handed over by one of two ways.
//!
//! A webhook gets `{"type": "sms", "timestamp", "data": {"id", "kind", "to", "text", "code"}}`, signed as Standard
//! Webhooks has it where a secret is configured. An interface like Twilio's gets the form of its Messages resource. With
//! neither, messages wait in the outbox of development.
//!
//! A message with a code ends with a line `@domain #code`, by which browsers offer it only on our own pages
//! (<https://wicg.github.io/sms-one-time-codes/>).

use crate::config::Sms;
use crate::deliver::outbox::{AT_ONCE, Body, LEASE, Outcome, insert_nothing, open, settle};
use crate::deliver::retry::next_attempt;
use crate::deliver::{texts, webhook};
use crate::error::Result;
use crate::i18n::FluentValue;
use crate::outbound::{FetchError, Request, Trust};
use crate::{Error, Kavach};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kavach_model::id::MessageId;
use kavach_model::{Language, Secret, Timestamp};
use kavach_store::{Channel, Conn, MessageRow, NewMessage};
use serde::Serialize;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);

/// A text message to a person.
pub(crate) enum Text<'a> {
    /// A code to sign in with, or to show that the number is theirs.
    Code { code: &'a str, valid_for: Duration },
    /// The number belongs to no account any more.
    Removed,
    /// A message to try the settings.
    Test,
}

impl Text<'_> {
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Code { .. } => "phone_otp",
            Self::Removed => "phone_removed",
            Self::Test => "test",
        }
    }

    const fn code(&self) -> Option<&str> {
        match self {
            Self::Code { code, .. } => Some(code),
            Self::Removed | Self::Test => None,
        }
    }

    pub(super) fn write(&self, domain: &str, language: Language, product: &str) -> String {
        let product = ("product", FluentValue::from(product));
        match self {
            Self::Code { code, valid_for } => {
                let time = texts::time(language, *valid_for);
                let args = [product, ("code", FluentValue::from(*code)), ("time", FluentValue::from(time))];
                format!("{}\n\n@{domain} #{code}", texts::text(language, "sms-code", &args))
            }
            Self::Removed => texts::text(language, "sms-phone-removed", &[product]),
            Self::Test => texts::text(language, "sms-test", &[product]),
        }
    }
}

/// Whether anybody delivers text messages.
pub(crate) fn is_configured(kv: &Kavach) -> bool {
    Sender::of(&kv.config().sms).is_some()
}

/// Puts a text message in the outbox. How many a number gets is for whoever asks to count.
pub(crate) async fn enqueue(
    kv: &Kavach,
    tx: &mut Conn,
    to: &str,
    text: Text<'_>,
    language: Language,
    now: Timestamp,
) -> Result<()> {
    write(kv, tx, to, text, true, language, now).await
}

/// Does all the work of a message without there being one, so that how long it takes tells nothing.
pub(crate) async fn pretend(
    kv: &Kavach,
    tx: &mut Conn,
    to: &str,
    text: Text<'_>,
    language: Language,
    now: Timestamp,
) -> Result<()> {
    write(kv, tx, to, text, false, language, now).await
}

async fn write(
    kv: &Kavach,
    tx: &mut Conn,
    to: &str,
    text: Text<'_>,
    real: bool,
    language: Language,
    now: Timestamp,
) -> Result<()> {
    let body = Body {
        subject: String::new(),
        text: text.write(domain(kv), language, &kv.config().branding.name),
        html: String::new(),
        links: Vec::new(),
        code: text.code().map(str::to_owned),
    };
    let id = MessageId::from_parts(now, crate::rng::array(kv.rng()));
    let sealed = body.seal(kv)?;
    if !real {
        return insert_nothing(tx, id, &sealed, now).await;
    }
    let message = NewMessage {
        id,
        channel: Channel::Sms,
        kind: text.kind(),
        recipient: to,
        body_sealed: &sealed,
        due: is_configured(kv),
    };
    Ok(tx.insert_message(&message, now).await?)
}

/// The host people see in their browser, without a port.
pub(super) fn domain(kv: &Kavach) -> &str {
    let authority = kv.config().authority();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Sends what is due, until nothing is.
pub(crate) async fn deliver_due(kv: &Kavach) -> Result<()> {
    let Some(sender) = Sender::of(&kv.config().sms) else { return Ok(()) };
    loop {
        let now = kv.clock().now();
        let mut tx = kv.store().write().await?;
        let messages = tx.lease_messages(Channel::Sms, now, now + LEASE, AT_ONCE).await?;
        tx.commit().await?;
        if messages.is_empty() {
            return Ok(());
        }
        let sent = messages.iter().map(|row| attempt(kv, &sender, row));
        for (row, outcome) in messages.iter().zip(futures::future::join_all(sent).await) {
            settle(kv, row, outcome, Channel::Sms).await?;
        }
    }
}

async fn attempt(kv: &Kavach, sender: &Sender<'_>, row: &MessageRow) -> Outcome {
    let Some(body) = open(kv, row) else {
        return Err(("sealed under another instance key".to_owned(), None));
    };
    let outgoing = Outgoing {
        id: row.id.to_string(),
        kind: &row.kind,
        to: &row.recipient,
        text: &body.text,
        code: body.code.as_deref(),
    };
    sender.send(kv, &outgoing).await.map_err(|refused| {
        let again = if refused.for_good { None } else { next_attempt(row.attempts) };
        (refused.why, again)
    })
}

/// A message on its way out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outgoing<'a> {
    pub(super) id: String,
    pub(super) kind: &'a str,
    pub(super) to: &'a str,
    pub(super) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'a str>,
}

/// Why a message was not taken.
pub(super) struct Refused {
    pub(super) why: String,
    pub(super) for_good: bool,
}

/// Who takes text messages.
pub(super) enum Sender<'a> {
    Webhook { url: &'a Secret, secret: Option<&'a Secret> },
    Twilio { url: &'a str, account: &'a str, token: &'a Secret, from: &'a str },
}

impl<'a> Sender<'a> {
    /// The one that is configured; a webhook goes first.
    pub(super) fn of(sms: &'a Sms) -> Option<Self> {
        if let Some(url) = &sms.webhook_url {
            return Some(Self::Webhook { url, secret: sms.webhook_secret.as_ref() });
        }
        match (&sms.twilio_account_sid, &sms.twilio_auth_token, &sms.from) {
            (Some(account), Some(token), Some(from)) => {
                Some(Self::Twilio { url: &sms.twilio_url, account, token, from })
            }
            _ => None,
        }
    }

    pub(super) async fn send(&self, kv: &Kavach, message: &Outgoing<'_>) -> std::result::Result<(), Refused> {
        let request =
            self.request(kv, message).map_err(|error| Refused { why: error.to_string(), for_good: true })?;
        match kv.http().fetch(request.timeout(TIMEOUT)).await {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
            // Too many, and whatever is the server's own fault, passes; a number that cannot be reached does not.
            Ok(answer) => Err(Refused {
                why: format!("the receiver answered {}", answer.status),
                for_good: (400..500).contains(&answer.status) && !matches!(answer.status, 408 | 425 | 429),
            }),
            Err(error) => Err(Refused { why: error.to_string(), for_good: matches!(error, FetchError::Url) }),
        }
    }

    fn request(&self, kv: &Kavach, message: &Outgoing<'_>) -> Result<Request> {
        match self {
            Self::Webhook { url, secret } => {
                let now = kv.clock().now();
                let body =
                    serde_json::to_string(&webhook::Message { kind: "sms", timestamp: now, data: message })
                        .map_err(|error| Error::Fault(error.to_string()))?;
                let seconds = now.as_millis().div_euclid(1_000);
                let request = Request::post(url.expose(), Trust::Operator, body.clone().into_bytes())
                    .header("content-type", "application/json")
                    .header("webhook-id", message.id.as_str())
                    .header("webhook-timestamp", seconds.to_string());
                Ok(match secret.and_then(webhook::key) {
                    Some(key) => {
                        request.header("webhook-signature", webhook::sign(&key, &message.id, seconds, &body))
                    }
                    None => request,
                })
            }
            Self::Twilio { url, account, token, from } => {
                let url =
                    format!("{}/2010-04-01/Accounts/{account}/Messages.json", url.trim_end_matches('/'));
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("To", message.to)
                    .append_pair("From", from)
                    .append_pair("Body", message.text)
                    .finish();
                let basic = STANDARD.encode(format!("{account}:{}", token.expose()));
                Ok(Request::post(url, Trust::Operator, form.into_bytes())
                    .header("content-type", "application/x-www-form-urlencoded")
                    .header("authorization", format!("Basic {basic}")))
            }
        }
    }
}

//! Sending mail: one message to one recipient, over SMTP (RFC 5321) by lettre.
//!
//! The outbox calls this and decides about retries; a request never waits for an SMTP server.
//! The URL: `smtps://user:password@host` speaks TLS from the first byte; `smtp://host` uses STARTTLS where the server
//! offers it, must have it with `?tls=required`, and goes without with `?tls=none`. A password is never sent in
//! clear to another machine unless `?tls=none` says so.

use futures::FutureExt;
use futures::future::BoxFuture;
use kavach_model::Secret;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use reqwest::Url;
use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// For one command and its answer.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);
/// For the whole conversation, against servers that answer a byte at a time.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);

/// A message to one recipient, as plain text and as HTML.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The address, without a name.
    pub to: String,
    /// One line.
    pub subject: String,
    /// For programs and people who read text.
    pub text: String,
    /// The same for everyone else.
    pub html: String,
}

/// Shows nothing: mails carry links that are credentials.
impl fmt::Debug for Mail {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[mail]")
    }
}

/// Why a mail was not accepted. The text is for the log and holds nothing of the mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Another try may succeed.
    #[error("{0}")]
    Transient(String),
    /// No try will ever succeed.
    #[error("{0}")]
    Permanent(String),
}

impl MailError {
    /// Whether there is no point in trying again.
    pub fn is_permanent(&self) -> bool {
        matches!(self, Self::Permanent(_))
    }
}

/// Hands a mail over to somebody who will deliver it.
pub trait Mailer: Send + Sync {
    /// Sends it. `id` names the message and stays the same from one attempt to the next, so that a mail which
    /// arrives twice is recognised as one.
    fn send<'a>(&'a self, id: &'a str, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>>;
}

/// What is wrong with the configured server or sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMailer {
    /// Not a URL as described above.
    #[error("{0}")]
    Url(String),
    /// The sender is not an address.
    #[error("the sender is not an address; write Kavach <kavach@example.com>")]
    From,
}

/// Speaks SMTP.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// Sends over the server of the URL, in the name of `from`: `Kavach <kavach@example.com>`. Does not connect yet.
    pub fn new(url: &Secret, from: &str) -> Result<Self, InvalidMailer> {
        Self::trusting(&[], url, from)
    }

    /// The same, which also trusts a server that these authorities certify.
    pub fn trusting(extra: &[CertificateDer<'_>], url: &Secret, from: &str) -> Result<Self, InvalidMailer> {
        let url = with_tls(url.expose())?;
        let refuse = |error| InvalidMailer::Url(printable(&error));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
            .map_err(refuse)?
            .timeout(Some(COMMAND_TIMEOUT));
        if let Some(host) = url.host_str().filter(|_| !extra.is_empty()) {
            let mut parameters = TlsParameters::builder(host.trim_matches(['[', ']']).to_owned());
            for root in extra {
                parameters =
                    parameters.add_root_certificate(Certificate::from_der(root.to_vec()).map_err(refuse)?);
            }
            let parameters = parameters.build().map_err(refuse)?;
            builder = builder.tls(match (url.scheme(), url.query()) {
                ("smtps", _) => Tls::Wrapper(parameters),
                (_, Some("tls=required")) => Tls::Required(parameters),
                (_, Some(_)) => Tls::Opportunistic(parameters),
                (_, None) => Tls::None,
            });
        }
        Ok(Self { transport: builder.build(), from: from.parse().map_err(|_| InvalidMailer::From)? })
    }

    async fn deliver(&self, id: &str, mail: &Mail) -> Result<(), MailError> {
        let message = self.compose(id, mail)?;
        match tokio::time::timeout(TOTAL_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() => Err(MailError::Permanent(printable(&error))),
            Ok(Err(error)) => Err(MailError::Transient(printable(&error))),
            Err(_) => Err(MailError::Transient("the server took longer than 30 seconds".to_owned())),
        }
    }

    fn compose(&self, id: &str, mail: &Mail) -> Result<Message, MailError> {
        let refuse = |why: &str| MailError::Permanent(why.to_owned());
        // lettre encodes what it writes; a line break in here would still be somebody's attempt, not a mail.
        if [id, &mail.to, &mail.subject].iter().any(|line| line.chars().any(char::is_control)) {
            return Err(refuse("a header contains a control character"));
        }
        let recipient: Address = mail.to.parse().map_err(|_| refuse("the recipient is not an address"))?;
        let message_id = format!("<{id}@{}>", self.from.email.domain());
        // RFC 3834: nobody's holiday notice is wanted in return.
        let automatic = HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject(mail.subject.as_str())
            .message_id(Some(message_id))
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|error| refuse(&printable(&error)))
    }
}

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, id: &'a str, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        self.deliver(id, mail).boxed()
    }
}

/// The URL in lettre's terms, where no `tls` means none.
fn with_tls(url: &str) -> Result<Url, InvalidMailer> {
    let refuse = |why: &str| InvalidMailer::Url(why.to_owned());
    let mut url = Url::parse(url).map_err(|error| InvalidMailer::Url(error.to_string()))?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| refuse("names no host"))?;
    if url.username().is_empty() != url.password().is_none() {
        return Err(refuse("has a user without a password, or a password without a user"));
    }
    let tls = match (url.scheme(), url.query()) {
        ("smtps", None) => None,
        ("smtp", Some("tls=none")) => None,
        ("smtp", Some("tls=required")) => Some("tls=required"),
        ("smtp", None) if url.password().is_some() && !is_this_machine(host) => Some("tls=required"),
        ("smtp", None) => Some("tls=opportunistic"),
        ("smtp" | "smtps", Some(_)) => {
            return Err(refuse("takes ?tls=required or ?tls=none and nothing else"));
        }
        _ => return Err(refuse("must begin with smtp:// or smtps://")),
    };
    // lettre's port for smtp with TLS is 587, without 25; 25 is where a relay without a password listens.
    let port = (tls == Some("tls=opportunistic") && url.port().is_none()).then_some(25);
    url.set_query(tls);
    if port.is_some() {
        url.set_port(port).map_err(|()| refuse("names no host"))?;
    }
    Ok(url)
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse().is_ok_and(|address: std::net::IpAddr| address.to_canonical().is_loopback())
}

/// An error with its causes on one line of bounded length; a server chose part of it.
fn printable(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    crate::names::printable(&text, 300)
}

#[cfg(test)]
mod tests;

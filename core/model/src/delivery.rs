//! What became of messages, for those who run the instance.

use crate::Timestamp;
use crate::id::MessageId;
use crate::user::as_text;
use serde::{Deserialize, Serialize};

/// How a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A mail to a person.
    Mail,
    /// A text message to a person.
    Sms,
    /// To a program.
    Webhook,
    /// To a client: a session is over.
    Logout,
}

as_text!(Channel { Mail = "mail", Sms = "sms", Webhook = "webhook", Logout = "logout" });

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It will be tried, for the first time or again.
    Waiting,
    /// Somebody took it.
    Sent,
    /// It was tried for the last time.
    Dead,
    /// Nobody delivers it: it waits to be looked at in the outbox of development.
    Held,
}

as_text!(DeliveryState { Waiting = "waiting", Sent = "sent", Dead = "dead", Held = "held" });

/// A message and what became of it. What it says is not told: it holds links and codes of other people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Which message.
    pub id: MessageId,
    /// How it leaves.
    pub channel: Channel,
    /// What it is for: `verify_email`, `magic_link`, `phone_otp` ...
    pub kind: String,
    /// To whom.
    pub to: String,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong at the last attempt.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was taken.
    pub sent_at: Option<Timestamp>,
}

/// Body of `POST /admin/test-mail` and `POST /admin/test-sms`.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestSend {
    /// An address, or a telephone number with its country code.
    pub to: String,
}

/// Answer to a message sent to try the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestSent {
    /// `sent`, `dead` when it was refused, or `held` when nothing is configured to send with.
    pub state: DeliveryState,
    /// What the server on the other side said.
    pub error: Option<String>,
}

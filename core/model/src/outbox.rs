//! A message as the development outbox shows it.

use crate::Timestamp;
use crate::id::MessageId;
use serde::{Deserialize, Serialize};

/// A mail that was not sent because no SMTP server is configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DevMessage {
    /// Which message.
    pub id: MessageId,
    /// When it was written.
    pub at: Timestamp,
    /// What it is for: `verify_email`, `sign_up_existing`, `password_changed` ...
    pub kind: String,
    /// To whom.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The links in it, in order.
    pub links: Vec<String>,
    /// The code in it, if there is one.
    pub code: Option<String>,
}

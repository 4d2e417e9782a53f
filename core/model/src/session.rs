//! Sessions of people, as they and administrators see them.

use crate::user::User;
use crate::{SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A signed-in session. Its token is known only to the browser or program that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Which session.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// When the person last proved who they are.
    pub auth_time: Timestamp,
    /// How: RFC 8176 authentication method references.
    pub amr: Vec<String>,
    /// Whether `auth_time` is recent enough for sensitive changes.
    pub fresh: bool,
    /// Whether it is the session that asks.
    pub current: bool,
    /// Present and true while a second factor is due: the session can do nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Where it was last seen.
    pub ip: Option<String>,
    /// What browser or program began it.
    pub user_agent: Option<String>,
}

/// Answer to `GET /session`.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CurrentSession {
    /// The session that asks.
    #[serde(flatten)]
    pub session: Session,
    /// Whose it is.
    pub user: User,
}

//! Device authorization (RFC 8628): what a device asks and is told.

use crate::{Timestamp, Token, UserId};
use serde::Serialize;

/// Answer to a device authorization request (RFC 8628, section 3.2).
#[derive(Debug, Clone, Serialize)]
pub struct DeviceAuthorization {
    /// `kv_device_...`: what the device polls with.
    pub device_code: Token,
    /// What the person types: `XXXX-XXXX`.
    pub user_code: String,
    /// Where to type it.
    pub verification_uri: String,
    /// The same with the code filled in; opening it approves nothing.
    pub verification_uri_complete: String,
    /// Seconds until the codes stop working.
    pub expires_in: u64,
    /// Seconds between two polls at the least.
    pub interval: u64,
}

/// What a person is shown before they answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRequest {
    /// The code, as it is written.
    pub user_code: String,
    /// What the client is called.
    pub client: String,
    /// What it asks for.
    pub scopes: Vec<String>,
    /// Where it is.
    pub ip: String,
    /// What program it runs.
    pub user_agent: Option<String>,
    /// When it asked.
    pub asked_at: Timestamp,
    /// When the code stops working.
    pub expires_at: Timestamp,
}

/// What a device is given, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceGranted {
    /// Who approved.
    pub user_id: UserId,
    /// What was approved.
    pub scopes: Vec<String>,
    /// How the person had proven who they are.
    pub amr: Vec<String>,
    /// When.
    pub auth_time: Timestamp,
}

/// Why a device gets nothing, as RFC 6749 (section 5.2) and RFC 8628 (section 3.5) name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceError {
    /// The request is malformed.
    InvalidRequest,
    /// No such client.
    InvalidClient,
    /// A scope the client may not ask for.
    InvalidScope,
    /// No such code of this client, or one that was used.
    InvalidGrant,
    /// The client may not do this here.
    UnauthorizedClient,
    /// Nobody answered yet.
    AuthorizationPending,
    /// Asked too soon: wait five seconds longer from now on.
    SlowDown,
    /// The person said no, or may not say yes any more.
    AccessDenied,
    /// Nobody answered in time.
    ExpiredToken,
}

impl DeviceError {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::AccessDenied => "access_denied",
            Self::ExpiredToken => "expired_token",
        }
    }
}

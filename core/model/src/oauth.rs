//! What OAuth clients send and are told (RFC 6749, 7591, 7662, 8414), and how administrators see them.

use crate::{ResourceId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal;)*) => {
        /// Why a client gets nothing, as the RFCs name it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Refusal { $($(#[$doc])* $name,)* }

        impl Refusal {
            /// The name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The HTTP status where it is not sent by way of a browser.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }
        }
    };
}

refusals! {
    /// Malformed, or something is missing.
    InvalidRequest = "invalid_request", 400;
    /// Unknown client, or one that did not prove who it is.
    InvalidClient = "invalid_client", 401;
    /// What was granted is unknown, used up, expired, revoked, or somebody else's.
    InvalidGrant = "invalid_grant", 400;
    /// The client may not do this.
    UnauthorizedClient = "unauthorized_client", 400;
    /// No such kind of grant.
    UnsupportedGrantType = "unsupported_grant_type", 400;
    /// No such kind of answer.
    UnsupportedResponseType = "unsupported_response_type", 400;
    /// No such kind of token (RFC 7009).
    UnsupportedTokenType = "unsupported_token_type", 400;
    /// More than was granted, or nothing of what is there.
    InvalidScope = "invalid_scope", 400;
    /// A server that is not known, or that the grant is not for (RFC 8707).
    InvalidTarget = "invalid_target", 400;
    /// The person said no.
    AccessDenied = "access_denied", 400;
    /// Nobody is signed in, and nobody may be asked.
    LoginRequired = "login_required", 400;
    /// Nobody agreed, and nobody may be asked.
    ConsentRequired = "consent_required", 400;
    /// Something must be asked, and nobody may be.
    InteractionRequired = "interaction_required", 400;
    /// How the person proved who they are is not enough (RFC 9470).
    UnmetAuthentication = "unmet_authentication_requirements", 400;
    /// Request objects by value.
    RequestNotSupported = "request_not_supported", 400;
    /// Request objects of others.
    RequestUriNotSupported = "request_uri_not_supported", 400;
    /// A pushed request that is unknown, used or expired.
    InvalidRequestUri = "invalid_request_uri", 400;
    /// A proof of possession that does not hold (RFC 9449).
    InvalidDpopProof = "invalid_dpop_proof", 400;
    /// The proof needs the nonce of this answer.
    UseDpopNonce = "use_dpop_nonce", 400;
    /// An access token that is none, or none any more (RFC 6750).
    InvalidToken = "invalid_token", 401;
    /// The access token does not reach this far.
    InsufficientScope = "insufficient_scope", 403;
    /// A registration that cannot be (RFC 7591).
    InvalidClientMetadata = "invalid_client_metadata", 400;
    /// A redirect URI that may not be registered.
    InvalidRedirectUri = "invalid_redirect_uri", 400;
    /// Nobody answered yet (RFC 8628).
    AuthorizationPending = "authorization_pending", 400;
    /// Asked too soon.
    SlowDown = "slow_down", 400;
    /// Nobody answered in time.
    ExpiredToken = "expired_token", 400;
    /// Nobody who could be asked (OpenID CIBA).
    UnknownUserId = "unknown_user_id", 400;
    /// A message that cannot be shown (OpenID CIBA).
    InvalidBindingMessage = "invalid_binding_message", 400;
    /// Too much at once, or a part is away.
    TemporarilyUnavailable = "temporarily_unavailable", 503;
    /// A fault of ours.
    ServerError = "server_error", 500;
}

/// A refusal with what to say about it to whoever writes the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", .refusal.as_str())]
pub struct OAuthError {
    /// Which.
    pub refusal: Refusal,
    /// A sentence, in printable ASCII.
    pub description: Cow<'static, str>,
}

impl OAuthError {
    /// A refusal with its sentence.
    pub fn new(refusal: Refusal, description: impl Into<Cow<'static, str>>) -> Self {
        Self { refusal, description: description.into() }
    }
}

/// How a client came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// An administrator registered it.
    Registered,
    /// It publishes a document about itself, whose address is its name.
    Document,
    /// It registered itself.
    Dynamic,
}

crate::user::as_text!(ClientKind { Registered = "registered", Document = "document", Dynamic = "dynamic" });

/// How a client proves who it is at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// Not at all: a public client.
    None,
    /// By a secret in the `Authorization` header.
    ClientSecretBasic,
    /// By a secret in the body.
    ClientSecretPost,
    /// By an assertion it signs (RFC 7523).
    PrivateKeyJwt,
}

crate::user::as_text!(AuthMethod {
    None = "none",
    ClientSecretBasic = "client_secret_basic",
    ClientSecretPost = "client_secret_post",
    PrivateKeyJwt = "private_key_jwt",
});

/// What a client says of itself (RFC 7591, section 2; OpenID Connect Registration). Members that are not known here are
/// not looked at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientMetadata {
    /// What to call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Where answers may go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    /// Where people may be sent after signing out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Which grants it uses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grant_types: Vec<String>,
    /// Which answers it takes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response_types: Vec<String>,
    /// How it proves who it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<String>,
    /// What it may ask for, with spaces between; anything where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// `native` or `web`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<String>,
    /// Its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Its picture, which nobody here fetches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Its policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Its terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Whom to write to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    /// Its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<serde_json::Value>,
    /// Where its keys are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// What program it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// Which version of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// How its ID tokens are signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<String>,
    /// Whether it gets no tokens without a proof of possession.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dpop_bound_access_tokens: bool,
    /// Whether it pushes its authorization requests.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub require_pushed_authorization_requests: bool,
    /// Where it is told that a session is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether it must be told which session, which it is in any case.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub backchannel_logout_session_required: bool,
    /// The servers whose tokens it may look into; only administrators say so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub introspects: Vec<String>,
}

/// A client as administrators see it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OAuthClient {
    /// Its `client_id`.
    pub id: String,
    /// How it came to be known.
    pub kind: ClientKind,
    /// What it calls itself.
    pub name: String,
    /// How it proves who it is at the token endpoint.
    pub auth_method: AuthMethod,
    /// Where answers may go.
    pub redirect_uris: Vec<String>,
    /// Which grants it uses.
    pub grant_types: Vec<String>,
    /// What it may ask for; anything where it is not said.
    pub scope: Option<String>,
    /// The servers whose tokens it may look into.
    pub introspects: Vec<String>,
    /// Where it is told that a session is over.
    pub backchannel_logout_uri: Option<String>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// When it last got a token, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Since when it is switched off.
    pub disabled_at: Option<Timestamp>,
}

/// Body of `POST /clients`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateClient {
    /// What people are shown: 1 to 100 characters.
    pub name: String,
    /// Where answers may go.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Where people may be sent after signing out.
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    /// `none`, `client_secret_basic`, `client_secret_post` or `private_key_jwt`; `none` when absent.
    #[serde(default)]
    pub auth_method: Option<AuthMethod>,
    /// `authorization_code` and `refresh_token` when absent.
    #[serde(default)]
    pub grant_types: Vec<String>,
    /// What it may ask for, with spaces between; anything when absent.
    #[serde(default)]
    pub scope: Option<String>,
    /// Its keys, for `private_key_jwt`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub jwks: Option<serde_json::Value>,
    /// Where its keys are, instead.
    #[serde(default)]
    pub jwks_uri: Option<String>,
    /// The servers whose tokens it may look into.
    #[serde(default)]
    pub introspects: Vec<String>,
    /// How its ID tokens are signed: `RS256` when absent.
    #[serde(default)]
    pub id_token_signed_response_alg: Option<String>,
    /// Whether it gets no tokens without a proof of possession.
    #[serde(default)]
    pub dpop_bound_access_tokens: bool,
    /// Whether it pushes its authorization requests.
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
    /// Where it is told that a session is over (OpenID Connect Back-Channel Logout).
    #[serde(default)]
    pub backchannel_logout_uri: Option<String>,
    /// Whether it must be told which session, which it is in any case.
    #[serde(default)]
    pub backchannel_logout_session_required: bool,
}

/// A new client with its secret, shown once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedClient {
    /// The client.
    #[serde(flatten)]
    pub client: OAuthClient,
    /// `kv_secret_...`, for a client that has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub secret: Option<crate::Token>,
}

/// One scope of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceScope {
    /// As clients ask for it.
    pub name: String,
    /// What people are told it allows.
    #[serde(default)]
    pub description: String,
    /// Whether it is given to clients that ask for none.
    #[serde(default)]
    pub default: bool,
}

/// A server that tokens are for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OAuthResource {
    /// Which.
    pub id: ResourceId,
    /// Its address, which is the audience of its tokens.
    pub resource: String,
    /// What people call it.
    pub name: String,
    /// What may be asked for there.
    pub scopes: Vec<ResourceScope>,
    /// What its scopes hang below among permissions: `mcp:github`.
    pub permission_root: String,
    /// When it was added.
    pub created_at: Timestamp,
}

/// Body of `POST /resources`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateResource {
    /// Its address: an absolute http or https URI without a fragment.
    pub resource: String,
    /// What people call it: 1 to 100 characters.
    pub name: String,
    /// What may be asked for there.
    #[serde(default)]
    pub scopes: Vec<ResourceScope>,
    /// What its scopes hang below among permissions; `mcp:` and its host when absent.
    #[serde(default)]
    pub permission_root: Option<String>,
}

/// A successful answer of the token endpoint.
#[derive(Debug, Clone, Serialize)]
pub struct TokenAnswer {
    /// A JWT (RFC 9068).
    pub access_token: String,
    /// `Bearer` or `DPoP`.
    pub token_type: &'static str,
    /// Seconds until it stops working.
    pub expires_in: u64,
    /// What it is good for.
    pub scope: String,
    /// `kv_refresh_...`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<crate::Token>,
    /// Who the person is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What an exchange came to (RFC 8693).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<&'static str>,
}

/// What an agent is told that asks its person (OpenID CIBA).
#[derive(Debug, Clone, Serialize)]
pub struct DecoupledAnswer {
    /// What it asks with whether somebody answered.
    pub auth_req_id: crate::Token,
    /// Seconds until nobody can answer any more.
    pub expires_in: u64,
    /// Seconds to wait between two questions.
    pub interval: u64,
}

/// How a person knows a client: who vouches for its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vouched {
    /// An administrator of this instance.
    Administrator,
    /// Whoever holds this host.
    Host(String),
    /// Nobody.
    Nobody,
}

/// Where an answer goes, as a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Towards {
    /// A web site.
    Site(String),
    /// A program on the person's own machine.
    ThisMachine,
    /// An app that claimed a scheme.
    App(String),
}

/// One thing a client asks for, as a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedScope {
    /// As the client asks for it.
    pub name: String,
    /// What whoever added the server says it allows; empty for those every instance has.
    pub description: String,
    /// Whether it was not agreed to before, where something was.
    pub is_new: bool,
}

/// What a person is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRequest {
    /// What the client calls itself.
    pub client: String,
    /// Who says so.
    pub vouched: Vouched,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it last got a token.
    pub last_used: Option<Timestamp>,
    /// Its page, policy and terms, where it names any.
    pub links: Vec<(&'static str, String)>,
    /// Where the answer goes.
    pub towards: Towards,
    /// Names and addresses of the servers.
    pub resources: Vec<(String, String)>,
    /// What it asks for.
    pub scopes: Vec<AskedScope>,
    /// Days that it stays connected without asking again; none where it has to.
    pub days: Option<u64>,
}

/// A client a person let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectedApp {
    /// Its `client_id`.
    pub client_id: String,
    /// What it calls itself.
    pub name: String,
    /// Where its answers go.
    pub redirect: String,
    /// At which servers.
    pub resource: String,
    /// For what.
    pub scopes: Vec<AskedScope>,
    /// Since when.
    pub given_at: Timestamp,
}

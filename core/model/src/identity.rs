//! Who a person is elsewhere: an account at a provider, or a wallet. What counts is who says so and under which
//! subject, never an address.

use crate::{IdentityId, Secret, Timestamp};
use serde::{Deserialize, Serialize};

/// One identity that is a way into an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Which.
    pub id: IdentityId,
    /// What to sign in with: `google`, `ethereum`, or a configured provider's id.
    pub provider: String,
    /// Who says so: an OpenID issuer, or the chain.
    pub issuer: String,
    /// Under which name there; it never changes.
    pub subject: String,
    /// What a person knows it by, as of when it was linked.
    pub display: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// Body of `POST /google/one-tap`, as Google's script sends it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneTap {
    /// The ID token.
    pub credential: Secret,
    /// What Google's script also put into the cookie of this name.
    pub g_csrf_token: String,
}

/// What to render the One Tap button with.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OneTapNonce {
    /// Hand it to Google's script: the ID token must carry it. Good once, for this browser.
    pub nonce: String,
    /// Our name at Google.
    pub client_id: String,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

/// Body of `POST /siwe/nonce`; with an address the answer holds the whole message.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SiweFor {
    /// The wallet, in any spelling.
    #[serde(default)]
    pub address: Option<String>,
    /// The chain it is on; the first that is configured when absent or not configured.
    #[serde(default)]
    pub chain_id: Option<u64>,
}

/// What an EIP-4361 message must say here.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SiweNonce {
    /// Letters and digits, good once, for this browser.
    pub nonce: String,
    /// Who wants the person to sign in.
    pub domain: String,
    /// What they sign in to.
    pub uri: String,
    /// `1`
    pub version: String,
    /// Chains a wallet may be on.
    pub chain_ids: Vec<u64>,
    /// What the wallet shows.
    pub statement: String,
    /// Now.
    pub issued_at: Timestamp,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
    /// All of it as a message to be signed, for the address that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Body of `POST /siwe/verify`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiweVerify {
    /// The EIP-4361 message, to the letter as it was signed.
    pub message: String,
    /// `0x` and the signature in hexadecimal.
    pub signature: String,
}

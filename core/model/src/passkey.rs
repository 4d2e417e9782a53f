//! Passkeys (W3C Web Authentication Level 3), in the JSON forms of its section 5.1: `PublicKeyCredential.toJSON()` and
//! `parseCreationOptionsFromJSON()` of browsers read and write them.

use crate::{PasskeyId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A passkey of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// Which.
    pub id: PasskeyId,
    /// What its person calls it.
    pub name: String,
    /// The identifier its authenticator gave it, as base64url.
    pub credential_id: String,
    /// Whether it is kept in more than one place, as those in password managers are.
    pub backed_up: bool,
    /// The model of the authenticator, where it says so.
    pub aaguid: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// Body of `POST /passkey/sign-up/options`.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasskeySignUp {
    /// What to call the person, and the account in lists of passkeys.
    #[serde(default)]
    pub name: Option<String>,
    /// Where to reach the person; not needed.
    #[serde(default)]
    pub email: Option<String>,
}

/// Options for `navigator.credentials.create()` or `.get()`, to be handed to
/// `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct PasskeyOptions {
    /// As the specification has them.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// What `navigator.credentials.create()` answered: `RegistrationResponseJSON`, with a name.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasskeyRegistration {
    /// What to call the passkey; something fitting when absent.
    #[serde(default, skip_serializing)]
    pub name: Option<String>,
    /// The credential's identifier, as base64url.
    pub id: String,
    /// The same.
    pub raw_id: String,
    /// `clientDataJSON`, `attestationObject` and what goes with them, as base64url.
    #[schema(value_type = Object)]
    pub response: Map<String, Value>,
    /// Whether the authenticator is a part of the device.
    #[serde(default)]
    pub authenticator_attachment: Option<String>,
    /// Answers of extensions.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub client_extension_results: Map<String, Value>,
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// What `navigator.credentials.get()` answered: `AuthenticationResponseJSON`.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasskeyAssertion {
    /// The credential's identifier, as base64url.
    pub id: String,
    /// The same.
    pub raw_id: String,
    /// `clientDataJSON`, `authenticatorData`, `signature` and `userHandle`, as base64url.
    #[schema(value_type = Object)]
    pub response: Map<String, Value>,
    /// Whether the authenticator is a part of the device.
    #[serde(default)]
    pub authenticator_attachment: Option<String>,
    /// Answers of extensions.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub client_extension_results: Map<String, Value>,
    /// `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Body of `PATCH /passkeys/:id`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RenamePasskey {
    /// 1 to 100 characters.
    pub name: String,
}

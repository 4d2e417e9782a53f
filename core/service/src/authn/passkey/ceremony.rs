//! What is remembered between the options of a ceremony and its answer: under the hash of the challenge, for five minutes,
//! spent once, and bound to the session or the browser it began in.

use super::client_data::ClientData;
use super::relying_party::TIME;
use crate::context::RequestContext;
use crate::crypto::token::{hex, sha256};
use crate::error::Result;
use crate::{Error, Kavach};
use kavach_model::{SessionId, Timestamp, UserId};
use kavach_store::{Conn, NewOnce};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a ceremony is for; an answer to one is nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    SignUp,
    Register,
    SignIn,
    Confirm,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "passkey-sign-up",
            Self::Register => "passkey-register",
            Self::SignIn => "passkey-sign-in",
            Self::Confirm => "passkey-confirm",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Remembered<T> {
    #[serde(default)]
    browser: Option<String>,
    #[serde(default)]
    session: Option<SessionId>,
    state: T,
}

/// A ceremony that was begun and not finished.
pub(super) struct Ceremony<T> {
    /// What was remembered.
    pub(super) state: T,
    purpose: Purpose,
    key: String,
}

/// Begins a ceremony: remembers its state under the challenge of its options.
pub(super) async fn begin<T: Serialize + Sync>(
    kv: &Kavach,
    cx: &RequestContext,
    purpose: Purpose,
    options: &Value,
    user_id: Option<UserId>,
    state: T,
) -> Result<()> {
    let challenge = options["challenge"].as_str().unwrap_or_default();
    let bound_to_session = matches!(purpose, Purpose::Register | Purpose::Confirm);
    let session = if bound_to_session { Some(cx.any_session()?.session.id) } else { None };
    let remembered = Remembered { browser: cx.meta.browser.clone(), session, state };
    let payload = serde_json::to_string(&remembered).map_err(|error| Error::Fault(error.to_string()))?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.insert_once(&NewOnce {
        secret_hash: &key(challenge),
        purpose: purpose.as_str(),
        user_id,
        payload: &payload,
        created_at: now,
        expires_at: now + TIME,
    })
    .await?;
    Ok(tx.commit().await?)
}

/// The ceremony that a response answers; None when there is none such, or it began elsewhere.
pub(super) async fn find<T: DeserializeOwned>(
    kv: &Kavach,
    cx: &RequestContext,
    purpose: Purpose,
    response: &Map<String, Value>,
) -> Result<Option<Ceremony<T>>> {
    let Some(client) = ClientData::of(response).filter(ClientData::is_top) else { return Ok(None) };
    let key = key(&client.challenge);
    let found = kv.store().read().await?.find_once(purpose.as_str(), &key, kv.clock().now()).await?;
    let Some(found) = found else { return Ok(None) };
    let Ok(remembered) = serde_json::from_str::<Remembered<T>>(&found.payload) else { return Ok(None) };
    let here = match remembered.session {
        Some(session) => cx
            .any_session()
            .is_ok_and(|caller| caller.session.id == session && found.user_id == Some(caller.user.id)),
        // Programs hold no cookie, so only what began in a browser must end in it.
        None => remembered.browser.is_none() || remembered.browser == cx.meta.browser,
    };
    Ok(here.then_some(Ceremony { state: remembered.state, purpose, key }))
}

impl<T> Ceremony<T> {
    /// The state, and what is left of the ceremony.
    pub(super) fn split(self) -> (T, Ceremony<()>) {
        (self.state, Ceremony { state: (), purpose: self.purpose, key: self.key })
    }

    /// Spends the challenge; false when it was spent or is too old.
    pub(super) async fn spend(&self, tx: &mut Conn, now: Timestamp) -> Result<bool> {
        Ok(tx.claim_once(self.purpose.as_str(), &self.key, now).await?.is_some())
    }
}

fn key(challenge: &str) -> String {
    hex(&sha256(challenge))
}

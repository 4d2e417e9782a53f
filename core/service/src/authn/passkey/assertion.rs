//! Using passkeys: to sign in, and to prove again who one is.

use super::ceremony::{self, Ceremony, Purpose};
use super::client_data::ClientData;
use super::proves;
use super::relying_party::{handle, relying_party};
use crate::authn::sign_in::{self, AuthMethod, Failed, Proven};
use crate::context::RequestContext;
use crate::error::Result;
use crate::guard::rate_limit::Limit;
use crate::{Error, Kavach};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kavach_model::passkey::{PasskeyAssertion, PasskeyOptions};
use kavach_model::sign_in::{Method, SignIn};
use kavach_model::user::UserStatus;
use kavach_model::{ErrorCode, PageRequest, Timestamp};
use kavach_store::{Conn, PasskeyRow};
use serde_json::{Value, json};
use webauthn_rs::prelude as rp;

/// Options to sign in with: nobody is named, so they tell nothing.
pub async fn sign_in_options(kv: &Kavach, cx: &RequestContext) -> Result<PasskeyOptions> {
    let (options, state) = begin(kv)?;
    ceremony::begin(kv, cx, Purpose::SignIn, &options, None, state).await?;
    Ok(PasskeyOptions { options })
}

/// Options for the person of the session to prove again who they are, with a passkey of theirs.
pub async fn confirm_options(kv: &Kavach, cx: &RequestContext) -> Result<PasskeyOptions> {
    let caller = cx.require_session()?;
    let (mut options, state) = begin(kv)?;
    name_own(kv, cx, &mut options).await?;
    ceremony::begin(kv, cx, Purpose::Confirm, &options, Some(caller.user.id), state).await?;
    Ok(PasskeyOptions { options })
}

fn begin(kv: &Kavach) -> Result<(Value, rp::DiscoverableAuthentication)> {
    let fault = |error: &dyn std::fmt::Display| Error::Fault(format!("passkeys: {error}"));
    let begun = relying_party(kv)?.start_discoverable_authentication();
    let (options, state) = begun.map_err(|error| fault(&error))?;
    let mut options = serde_json::to_value(&options.public_key).map_err(|error| fault(&error))?;
    // Asks for nothing that is looked at.
    if let Some(options) = options.as_object_mut() {
        options.remove("extensions");
    }
    Ok((options, state))
}

/// Options for the person of the session to sign what these bytes stand for, with a passkey of theirs.
pub(crate) async fn options_to_sign(
    kv: &Kavach,
    cx: &RequestContext,
    challenge: &[u8; 32],
) -> Result<PasskeyOptions> {
    let (mut options, _) = begin(kv)?;
    options["challenge"] = URL_SAFE_NO_PAD.encode(challenge).into();
    name_own(kv, cx, &mut options).await?;
    Ok(PasskeyOptions { options })
}

/// Checks that a passkey signed these bytes. They must be good for one use by what they stand for.
pub(crate) async fn check_signed(
    kv: &Kavach,
    answer: &PasskeyAssertion,
    challenge: &[u8; 32],
) -> Result<std::result::Result<Signed, Failed>> {
    let fault = |error: serde_json::Error| Error::Fault(format!("passkeys: {error}"));
    let (_, state) = begin(kv)?;
    let mut state = serde_json::to_value(&state).map_err(fault)?;
    state["ast"]["challenge"] = URL_SAFE_NO_PAD.encode(challenge).into();
    Signed::check(kv, answer, serde_json::from_value(state).map_err(fault)?).await
}

/// Asks for the passkeys of the person of the session only.
async fn name_own(kv: &Kavach, cx: &RequestContext, options: &mut Value) -> Result<()> {
    let user_id = cx.require_session()?.user.id;
    let known = kv.store().read().await?.list_passkeys(user_id, &PageRequest::default()).await?.data;
    options["allowCredentials"] =
        known.iter().map(|row| json!({ "type": "public-key", "id": row.credential_id })).collect();
    Ok(())
}

/// Signs a person in who names nobody: the key tells who it is.
pub async fn sign_in(kv: &Kavach, cx: &RequestContext, answer: PasskeyAssertion) -> Result<SignIn> {
    sign_in::sign_in::<PasskeySignIn>(kv, cx, answer).await
}

/// A signature of a passkey that holds.
pub(crate) struct Signed {
    /// Whose passkey, and which.
    pub(crate) row: PasskeyRow,
    counter: u32,
    backed_up: bool,
}

impl Signed {
    /// Notes the use; false when the counter of the key went back.
    pub(crate) async fn note(&self, tx: &mut Conn, now: Timestamp) -> Result<bool> {
        let forward = tx.use_passkey(self.row.id, self.counter, self.backed_up, now).await?;
        if !forward {
            tracing::warn!(passkey = %self.row.id, "the counter of a passkey went back: there may be a copy of it");
        }
        Ok(forward)
    }

    /// Checks a response against the challenge of a state (section 7.2): the key, its person, type, origin, domain, presence,
    /// verification and signature.
    pub(crate) async fn check(
        kv: &Kavach,
        answer: &PasskeyAssertion,
        state: rp::DiscoverableAuthentication,
    ) -> Result<std::result::Result<Self, Failed>> {
        let refused = |user_id, code| Ok(Err(Failed { user_id, code }));
        let relying_party = relying_party(kv)?;
        let top = ClientData::of(&answer.response).is_some_and(|client| client.is_top());
        if answer.kind != "public-key" || answer.id != answer.raw_id || !top {
            return refused(None, ErrorCode::PasskeyInvalid);
        }
        let Some(row) = kv.store().read().await?.find_passkey(&answer.raw_id).await? else {
            return refused(None, ErrorCode::PasskeyUnknown);
        };
        let user_id = Some(row.user_id);
        let part = |name: &str| answer.response.get(name).cloned().unwrap_or(Value::Null);
        // A key that was found without naming anybody says whose it is; one that was named need not.
        let said = part("userHandle");
        let owner = URL_SAFE_NO_PAD.encode(handle(row.user_id).as_bytes());
        if !said.is_null() && said.as_str() != Some(owner.as_str()) {
            return refused(user_id, ErrorCode::PasskeyInvalid);
        }
        let json = json!({
            "id": answer.id, "rawId": answer.raw_id, "type": answer.kind,
            "response": {
                "clientDataJSON": part("clientDataJSON"), "authenticatorData": part("authenticatorData"),
                "signature": part("signature"), "userHandle": said,
            },
        });
        let Ok(credential) = serde_json::from_value::<rp::PublicKeyCredential>(json) else {
            return refused(user_id, ErrorCode::PasskeyInvalid);
        };
        let passkey: rp::Passkey = serde_json::from_str(&row.credential)
            .map_err(|error| Error::Fault(format!("passkey {}: {error}", row.id)))?;
        match relying_party.finish_discoverable_authentication_v2(&credential, state, &passkey) {
            Ok(result) if result.user_verified() => {
                Ok(Ok(Self { row, counter: result.counter(), backed_up: result.backup_state() }))
            }
            Ok(_) => refused(user_id, ErrorCode::PasskeyInvalid),
            Err(why) => {
                tracing::info!(passkey = %row.id, %why, "a signature of a passkey was refused");
                refused(user_id, ErrorCode::PasskeyInvalid)
            }
        }
    }
}

/// A signature, and the ceremony it answers.
pub(crate) struct Answered {
    signed: Signed,
    ceremony: Ceremony<()>,
}

async fn verify(
    kv: &Kavach,
    cx: &RequestContext,
    purpose: Purpose,
    answer: &PasskeyAssertion,
) -> Result<std::result::Result<Answered, Failed>> {
    let found: Option<Ceremony<rp::DiscoverableAuthentication>> =
        ceremony::find(kv, cx, purpose, &answer.response).await?;
    let Some(found) = found else {
        return Ok(Err(Failed { user_id: None, code: ErrorCode::PasskeyInvalid }));
    };
    let (state, ceremony) = found.split();
    let signed = Signed::check(kv, answer, state).await?;
    Ok(signed.map(|signed| Answered { signed, ceremony }))
}

async fn settle(
    tx: &mut Conn,
    held: Answered,
    now: Timestamp,
) -> Result<std::result::Result<Proven, Failed>> {
    let Answered { signed, ceremony } = held;
    let failed = Failed { user_id: Some(signed.row.user_id), code: ErrorCode::PasskeyInvalid };
    if !ceremony.spend(tx, now).await? || !signed.note(tx, now).await? {
        return Ok(Err(failed));
    }
    let user = tx.find_user(signed.row.user_id).await?.map(|row| row.user);
    let Some(user) = user.filter(|user| user.status == UserStatus::Active) else { return Ok(Err(failed)) };
    Ok(Ok(Proven { multi_factor: true, amr: Some(proves(signed.backed_up)), ..Proven::known(user) }))
}

/// Signing in with a passkey.
struct PasskeySignIn;

impl AuthMethod for PasskeySignIn {
    const METHOD: Method = Method::Passkey;
    const AMR: &'static [&'static str] = super::HARDWARE;
    type Proof = PasskeyAssertion;
    type Held = Answered;

    fn limits(kv: &Kavach, cx: &RequestContext, _: &PasskeyAssertion) -> Result<Vec<Limit>> {
        Ok(vec![Limit::sign_ins_from(kv, cx.meta.client_ip)])
    }

    async fn verify(
        kv: &Kavach,
        cx: &RequestContext,
        proof: PasskeyAssertion,
    ) -> Result<std::result::Result<Answered, Failed>> {
        verify(kv, cx, Purpose::SignIn, &proof).await
    }

    async fn settle(
        _: &Kavach,
        _: &RequestContext,
        tx: &mut Conn,
        held: Answered,
        now: Timestamp,
    ) -> Result<std::result::Result<Proven, Failed>> {
        settle(tx, held, now).await
    }
}

/// A passkey of the person whose session asks.
pub(crate) struct PasskeyAgain;

impl AuthMethod for PasskeyAgain {
    const METHOD: Method = Method::Passkey;
    const AMR: &'static [&'static str] = super::HARDWARE;
    type Proof = PasskeyAssertion;
    type Held = Answered;

    fn limits(kv: &Kavach, cx: &RequestContext, _: &PasskeyAssertion) -> Result<Vec<Limit>> {
        Ok(vec![Limit::account(kv, cx.meta.client_ip, &cx.any_session()?.user.id.to_string())])
    }

    async fn verify(
        kv: &Kavach,
        cx: &RequestContext,
        proof: PasskeyAssertion,
    ) -> Result<std::result::Result<Answered, Failed>> {
        let user_id = cx.any_session()?.user.id;
        let answered = verify(kv, cx, Purpose::Confirm, &proof).await?;
        let failed = Failed { user_id: Some(user_id), code: ErrorCode::PasskeyInvalid };
        Ok(answered.and_then(
            |answered| {
                if answered.signed.row.user_id == user_id { Ok(answered) } else { Err(failed) }
            },
        ))
    }

    async fn settle(
        _: &Kavach,
        _: &RequestContext,
        tx: &mut Conn,
        held: Answered,
        now: Timestamp,
    ) -> Result<std::result::Result<Proven, Failed>> {
        settle(tx, held, now).await
    }
}

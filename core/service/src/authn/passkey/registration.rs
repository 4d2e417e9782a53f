//! Making passkeys: for the account of a session, and for an account that begins with one.

use super::ceremony::{self, Ceremony, Purpose};
use super::proves;
use super::relying_party::{handle, relying_party};
use crate::authn::credential_change::{self, CredentialChange};
use crate::authn::sign_in::{self, Proven};
use crate::context::RequestContext;
use crate::deliver::outbox::{self, Notice};
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::{Error, Kavach, email_address, email_verification, names, rng};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kavach_model::email::EmailAddress;
use kavach_model::passkey::{Passkey, PasskeyOptions, PasskeyRegistration, PasskeySignUp};
use kavach_model::sign_in::{Method, SignIn};
use kavach_model::user::User;
use kavach_model::{ApiError, ErrorCode, PageRequest, PasskeyId, Timestamp, UserId};
use kavach_store::{Conn, NewPasskey, NewUser, PasskeyRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use webauthn_rs::prelude as rp;

/// As many as one page of a list has.
const MOST_PER_ACCOUNT: usize = 50;
const LONGEST_NAME: usize = 100;

/// Options for another passkey of the person of the session.
pub async fn register_options(kv: &Kavach, cx: &RequestContext) -> Result<PasskeyOptions> {
    let relying_party = relying_party(kv)?;
    let user = &cx.require_fresh()?.user;
    let known = kv.store().read().await?.list_passkeys(user.id, &PageRequest::default()).await?.data;
    if known.len() >= MOST_PER_ACCOUNT {
        return Err(ApiError::new(ErrorCode::Conflict)
            .message("Remove a passkey before you add another.")
            .into());
    }
    let known = known.iter().filter_map(|row| URL_SAFE_NO_PAD.decode(&row.credential_id).ok()).collect();
    let account = user.email.as_deref().or(user.username.as_deref()).unwrap_or(&user.name);
    let begun = relying_party.start_passkey_registration(handle(user.id), account, &user.name, Some(known));
    let (options, state) = begun.map_err(fault)?;
    let options = discoverable(&options)?;
    ceremony::begin(kv, cx, Purpose::Register, &options, Some(user.id), state).await?;
    Ok(PasskeyOptions { options })
}

/// Adds a passkey to the account of the session.
pub async fn register(kv: &Kavach, cx: &RequestContext, answer: PasskeyRegistration) -> Result<Passkey> {
    relying_party(kv)?;
    let caller = cx.require_fresh()?;
    let name = named(answer.name.as_deref())?;
    let found: Option<Ceremony<rp::PasskeyRegistration>> =
        ceremony::find(kv, cx, Purpose::Register, &answer.response).await?;
    let ceremony = found.ok_or(ErrorCode::PasskeyInvalid)?;
    let made = Made::check(kv, &answer, &ceremony.state)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    if !ceremony.spend(&mut tx, now).await? {
        return Err(ErrorCode::PasskeyInvalid.into());
    }
    let passkey = made.store(kv, &mut tx, caller.user.id, &name, now).await?;
    credential_change::note(kv, cx, &mut tx, caller, CredentialChange::PasskeyAdded, now).await?;
    tx.commit().await?;
    credential_change::spread(kv);
    Ok(passkey)
}

/// An account that is begun: what is checked before the key is made.
#[derive(Serialize, Deserialize)]
struct NewAccount {
    user_id: UserId,
    name: String,
    email: Option<String>,
    registration: rp::PasskeyRegistration,
}

/// Options for an account that begins with a passkey.
pub async fn sign_up_options(
    kv: &Kavach,
    cx: &RequestContext,
    request: PasskeySignUp,
) -> Result<PasskeyOptions> {
    let relying_party = relying_party(kv)?;
    rate_limit::take(kv, &[Limit::sign_up(kv, cx.meta.client_ip)]).await?;
    let email = request.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
    let email = email.map(parse_email).transpose()?;
    let local = email.as_ref().and_then(|email| email.display.split('@').next());
    let name = request.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).or(local);
    let name = names::parse("name", name.unwrap_or_default(), 200)?;
    let user_id = UserId::from_parts(kv.clock().now(), rng::array(kv.rng()));
    let account = email.as_ref().map_or(name.as_str(), |email| &email.display);
    let begun = relying_party.start_passkey_registration(handle(user_id), account, &name, None);
    let (options, registration) = begun.map_err(fault)?;
    let options = discoverable(&options)?;
    let account = NewAccount { user_id, name, email: email.map(|email| email.display), registration };
    ceremony::begin(kv, cx, Purpose::SignUp, &options, None, account).await?;
    Ok(PasskeyOptions { options })
}

/// Makes the account and signs its person in.
pub async fn sign_up(kv: &Kavach, cx: &RequestContext, answer: PasskeyRegistration) -> Result<SignIn> {
    relying_party(kv)?;
    let name = named(answer.name.as_deref())?;
    let found: Option<Ceremony<NewAccount>> =
        ceremony::find(kv, cx, Purpose::SignUp, &answer.response).await?;
    let ceremony = found.ok_or(ErrorCode::PasskeyInvalid)?;
    let made = Made::check(kv, &answer, &ceremony.state.registration)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    if !ceremony.spend(&mut tx, now).await? {
        return Err(ErrorCode::PasskeyInvalid.into());
    }
    let user = insert_user(kv, &mut tx, &ceremony.state, now).await?;
    made.store(kv, &mut tx, user.id, &name, now).await?;
    let proven = Proven { created: true, multi_factor: true, ..Proven::known(user) };
    let amr = proves(made.backed_up);
    let done = sign_in::complete(kv, cx, &mut tx, proven, Method::Passkey, amr, now).await?;
    tx.commit().await?;
    credential_change::spread(kv);
    Ok(done)
}

/// As for every other sign-up, an address that somebody holds is not claimed, and its holder is told.
async fn insert_user(kv: &Kavach, tx: &mut Conn, account: &NewAccount, now: Timestamp) -> Result<User> {
    let email = account.email.as_deref().map(parse_email).transpose()?;
    let bare = NewUser::named(account.user_id, &account.name, now);
    let display = email.as_ref().map(|email| email.display.as_str());
    let key = email.as_ref().map(|email| email.key.as_str());
    let claimed = tx.insert_user(&NewUser { email: display, email_key: key, ..bare.clone() }).await?;
    if !claimed {
        tx.insert_user(&NewUser { email: display, ..bare }).await?;
        if let Some(to) = display {
            outbox::enqueue(kv, tx, Notice::SignUpExisting { to }, now).await?;
        }
    }
    let row = tx.find_user(account.user_id).await?;
    let user = row.map(|row| row.user).ok_or_else(|| Error::Fault("an account was not stored".to_owned()))?;
    if claimed && display.is_some() {
        email_verification::enqueue(kv, tx, &user, now).await?;
    }
    Ok(user)
}

fn parse_email(text: &str) -> Result<EmailAddress> {
    Ok(email_address::parse(text).map_err(|why| ApiError::invalid("email", why))?)
}

fn named(name: Option<&str>) -> Result<String> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    Ok(names::parse("name", name.unwrap_or("Passkey"), LONGEST_NAME)?)
}

/// A key that was made as it was asked for.
struct Made {
    passkey: rp::Passkey,
    counter: u32,
    backed_up: bool,
    aaguid: Option<String>,
}

impl Made {
    fn check(kv: &Kavach, answer: &PasskeyRegistration, state: &rp::PasskeyRegistration) -> Result<Self> {
        let refused = |why: &dyn std::fmt::Display| {
            tracing::info!(%why, "a passkey was not accepted");
            Error::from(ErrorCode::PasskeyInvalid)
        };
        let json = json!({
            "id": answer.id, "rawId": answer.raw_id, "type": answer.kind,
            "response": {
                "clientDataJSON": answer.response.get("clientDataJSON"),
                "attestationObject": answer.response.get("attestationObject"),
            },
        });
        if answer.kind != "public-key" || answer.id != answer.raw_id {
            return Err(refused(&"not a public key"));
        }
        let credential: rp::RegisterPublicKeyCredential =
            serde_json::from_value(json).map_err(|error| refused(&error))?;
        let passkey = relying_party(kv)?
            .finish_passkey_registration(&credential, state)
            .map_err(|error| refused(&error))?;
        let rp_id = kv.config().passkey.domain(&kv.config().public_url).unwrap_or_default();
        let facts = Facts::of(&credential.response.attestation_object, &rp_id);
        let facts = facts.ok_or_else(|| refused(&"no authenticator data"))?;
        Ok(Self { passkey, counter: facts.counter, backed_up: facts.backed_up, aaguid: facts.aaguid })
    }

    async fn store(
        &self,
        kv: &Kavach,
        tx: &mut Conn,
        user_id: UserId,
        name: &str,
        now: Timestamp,
    ) -> Result<Passkey> {
        let id = PasskeyId::from_parts(now, rng::array(kv.rng()));
        let credential_id = URL_SAFE_NO_PAD.encode(self.passkey.cred_id());
        let credential =
            serde_json::to_string(&self.passkey).map_err(|error| Error::Fault(error.to_string()))?;
        let new = NewPasskey {
            id,
            user_id,
            credential_id: &credential_id,
            name,
            credential: &credential,
            sign_count: self.counter,
            backed_up: self.backed_up,
            aaguid: self.aaguid.as_deref(),
            created_at: now,
        };
        if !tx.insert_passkey(&new).await? {
            return Err(ApiError::new(ErrorCode::Conflict).message("This passkey is known already.").into());
        }
        Ok(Passkey {
            id,
            name: name.to_owned(),
            credential_id,
            backed_up: self.backed_up,
            aaguid: self.aaguid.clone(),
            created_at: now,
            last_used_at: None,
        })
    }
}

/// What the authenticator says of itself beside the key (section 6.1).
struct Facts {
    counter: u32,
    backed_up: bool,
    aaguid: Option<String>,
}

impl Facts {
    /// Reads them where the hash of the domain stands, with which authenticator data begin. Only for what was verified.
    fn of(attestation: &[u8], rp_id: &str) -> Option<Self> {
        let hash = Sha256::digest(rp_id);
        let start = attestation.windows(hash.len()).position(|window| window == hash.as_slice())?;
        let data = attestation.get(start + hash.len()..start + 53)?;
        let (flags, rest) = data.split_first()?;
        let (counter, aaguid) = rest.split_first_chunk::<4>()?;
        let aaguid = rp::Uuid::from_slice(aaguid).ok().filter(|aaguid| !aaguid.is_nil());
        Some(Self {
            counter: u32::from_be_bytes(*counter),
            backed_up: flags & 0x10 != 0,
            aaguid: aaguid.map(|aaguid| aaguid.to_string()),
        })
    }
}

/// The options as browsers parse them, asking for a key that is found without naming anybody.
fn discoverable(options: &rp::CreationChallengeResponse) -> Result<Value> {
    let mut json =
        serde_json::to_value(&options.public_key).map_err(|error| Error::Fault(error.to_string()))?;
    json["authenticatorSelection"] =
        json!({ "residentKey": "required", "requireResidentKey": true, "userVerification": "required" });
    Ok(json)
}

fn fault(error: impl std::fmt::Display) -> Error {
    Error::Fault(format!("passkeys: {error}"))
}

/// A passkey as its person sees it.
pub(super) fn shown(row: PasskeyRow) -> Passkey {
    Passkey {
        id: row.id,
        name: row.name,
        credential_id: row.credential_id,
        backed_up: row.backed_up,
        aaguid: row.aaguid,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
    }
}

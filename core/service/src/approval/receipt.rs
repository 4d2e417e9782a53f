//! Receipts: what a passkey signed when a person approved, and whether it proves that.
//!
//! The challenge is a digest over the approval's identifier, the digest of its question, and the grant that was chosen, so
//! a receipt is nothing for another approval, another question, or more than was agreed to. Checking one needs nothing
//! but the approval: no server, no database, no library for passkeys.

use super::digest;
use crate::authn::passkey::{self, Signed};
use crate::context::{RequestContext, SessionCaller};
use crate::crypto::cose;
use crate::error::Result;
use crate::{Error, Kavach};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kavach_model::approval::{Approval, Grant, Receipt};
use kavach_model::passkey::{PasskeyAssertion, PasskeyOptions};
use kavach_model::{ApprovalId, ErrorCode};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use webauthn_rs::prelude::Passkey;

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;

/// A receipt that holds, and the passkey whose use it is.
pub(super) struct Held {
    pub(super) receipt: Receipt,
    pub(super) signed: Signed,
}

/// What the person of the session signs to approve.
pub(super) async fn options(
    kv: &Kavach,
    cx: &RequestContext,
    id: ApprovalId,
    question: &str,
    grant: Option<Grant>,
) -> Result<PasskeyOptions> {
    passkey::options_to_sign(kv, cx, &digest::consent(id, question, grant)?).await
}

/// Checks what was signed, as a sign-in is checked, and once more as anybody can later.
pub(super) async fn take(
    kv: &Kavach,
    caller: &SessionCaller,
    id: ApprovalId,
    question: &str,
    grant: Option<Grant>,
    answer: &PasskeyAssertion,
) -> Result<Held> {
    let challenge = digest::consent(id, question, grant)?;
    let signed = passkey::check_signed(kv, answer, &challenge).await?;
    let signed = signed.map_err(|failed| Error::from(failed.code))?;
    if signed.row.user_id != caller.user.id {
        return Err(ErrorCode::PasskeyInvalid.into());
    }
    let stored: Passkey = serde_json::from_str(&signed.row.credential)
        .map_err(|error| Error::Fault(format!("passkey {}: {error}", signed.row.id)))?;
    let part = |name: &str| {
        answer.response.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    };
    let receipt = Receipt {
        credential_id: signed.row.credential_id.clone(),
        public_key: URL_SAFE_NO_PAD.encode(cose::encode(stored.get_public_key()).unwrap_or_default()),
        authenticator_data: part("authenticatorData"),
        client_data_json: part("clientDataJSON"),
        signature: part("signature"),
    };
    match problem(&receipt, &challenge) {
        None => Ok(Held { receipt, signed }),
        Some(why) => Err(Error::Fault(format!("approval {id}: a receipt would not verify: {why}"))),
    }
}

/// Why the receipt of an approval does not prove it; None when it does, or there is none.
pub(super) fn problem_of(approval: &Approval) -> Result<Option<&'static str>> {
    let Some(receipt) = &approval.receipt else { return Ok(None) };
    let challenge = digest::consent(approval.id, &approval.digest, approval.grant)?;
    Ok(problem(receipt, &challenge))
}

/// Where a receipt says that it was signed.
pub(super) fn origin(receipt: &Receipt) -> Option<String> {
    client(receipt).map(|client| client.origin)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Client {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origin: Option<String>,
}

fn client(receipt: &Receipt) -> Option<Client> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&receipt.client_data_json).ok()?).ok()
}

fn problem(receipt: &Receipt, challenge: &[u8; 32]) -> Option<&'static str> {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let (Some(client), Some(client_bytes), Some(data), Some(key), Some(signature)) = (
        client(receipt),
        bytes(&receipt.client_data_json),
        bytes(&receipt.authenticator_data),
        bytes(&receipt.public_key),
        bytes(&receipt.signature),
    ) else {
        return Some("the receipt can not be read");
    };
    let Some((domain, [flags, ..])) = data.split_first_chunk::<32>() else {
        return Some("the receipt can not be read");
    };
    let checks = [
        (client.kind == "webauthn.get", "the receipt is not of a passkey's use"),
        (
            client.challenge == URL_SAFE_NO_PAD.encode(challenge),
            "the receipt is of something else that was signed",
        ),
        (
            !client.cross_origin && client.top_origin.is_none(),
            "the receipt was signed in a frame of another site",
        ),
        (covers(domain, &client.origin), "the receipt was signed for another site than where it was asked"),
        (flags & USER_PRESENT != 0, "the receipt was signed with nobody there"),
        (flags & USER_VERIFIED != 0, "the receipt was signed without verifying who was there"),
    ];
    if let Some((_, why)) = checks.into_iter().find(|(holds, _)| !holds) {
        return Some(why);
    }
    let signed = [data.as_slice(), Sha256::digest(&client_bytes).as_slice()].concat();
    (!cose::verifies(&key, &signed, &signature)).then_some("the receipt's signature is not that of its key")
}

/// Whether a hashed domain is the host of an address, or a domain above it.
fn covers(domain: &[u8; 32], origin: &str) -> bool {
    let Some(host) = url::Url::parse(origin).ok().and_then(|url| url.host_str().map(str::to_owned)) else {
        return false;
    };
    let mut rest = host.as_str();
    loop {
        if Sha256::digest(rest).as_slice() == domain {
            return true;
        }
        match rest.split_once('.') {
            Some((_, above)) => rest = above,
            None => return false,
        }
    }
}

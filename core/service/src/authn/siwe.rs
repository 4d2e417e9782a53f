//! Sign-In With Ethereum (EIP-4361): a message that a wallet signed.
//!
//! The nonce is ours, was given to this browser five minutes ago at the most and is spent with the first message that
//! brings it. Domain, URI, chain and times must be ours and now, and the signature must be the wallet's: by its key, or
//! for wallets that are contracts by the chain's word where `siwe.rpc_url` is configured. A key is the same person on
//! every chain; a contract is one on its own chain only, because somebody else may own the same address on another.

mod contract;
mod message;

use crate::Kavach;
use crate::authn::identity::{self, Foreign};
use crate::authn::outage;
use crate::authn::sign_in::{self, AuthMethod, Failed, Proven};
use crate::context::RequestContext;
use crate::crypto::token::{from_hex, hex, sha256};
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use kavach_model::identity::{SiweFor, SiweNonce, SiweVerify};
use kavach_model::sign_in::{Method, SignIn};
use kavach_model::{ErrorCode, Timestamp};
use kavach_store::{Conn, NewOnce};
use message::{BadMessage, Expected};
use std::time::Duration;

const PURPOSE: &str = "siwe";
const LIFE: Duration = Duration::from_secs(300);
const PROVIDER: &str = "ethereum";
const STATEMENT: &str = "Sign in. This costs nothing and moves nothing.";

/// What the message to be signed must say.
pub async fn nonce(kv: &Kavach, cx: &RequestContext, of: SiweFor) -> Result<SiweNonce> {
    kv.require_method(Method::Siwe)?;
    let address = of.address.as_deref().map(message::address).transpose()?;
    rate_limit::take(kv, &[Limit::sign_ins_from(kv, cx.meta.client_ip)]).await?;
    let nonce = hex(&crate::rng::array::<16>(kv.rng()));
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.insert_once(&NewOnce {
        secret_hash: &hash(&nonce),
        purpose: PURPOSE,
        user_id: None,
        payload: cx.meta.browser.as_deref().unwrap_or_default(),
        created_at: now,
        expires_at: now + LIFE,
    })
    .await?;
    tx.commit().await?;
    let config = kv.config();
    let chain_ids = &config.siwe.chain_ids;
    let asked = of.chain_id.filter(|asked| chain_ids.contains(asked));
    let chain_id = asked.or(chain_ids.first().copied()).unwrap_or(1);
    let message = address.map(|address| {
        let (domain, uri) = (config.authority(), &config.public_url);
        let expires_at = now + LIFE;
        format!(
            "{domain} wants you to sign in with your Ethereum account:\n{address}\n\n{STATEMENT}\n\nURI: {uri}\n\
             Version: 1\nChain ID: {chain_id}\nNonce: {nonce}\nIssued At: {now}\nExpiration Time: {expires_at}"
        )
    });
    Ok(SiweNonce {
        message,
        nonce,
        domain: config.authority().to_owned(),
        uri: config.public_url.clone(),
        version: "1".to_owned(),
        chain_ids: config.siwe.chain_ids.clone(),
        statement: STATEMENT.to_owned(),
        issued_at: now,
        expires_at: now + LIFE,
    })
}

fn hash(nonce: &str) -> String {
    hex(&sha256(&format!("{PURPOSE}:{nonce}")))
}

/// Signs a person in.
pub async fn verify(kv: &Kavach, cx: &RequestContext, request: SiweVerify) -> Result<SignIn> {
    sign_in::sign_in::<Wallet>(kv, cx, request).await
}

/// Makes the wallet a way into the account that is signed in.
pub async fn link(kv: &Kavach, cx: &RequestContext, request: SiweVerify) -> Result<()> {
    cx.require_fresh()?;
    kv.require_method(Method::Siwe)?;
    rate_limit::take(kv, &Wallet::limits(kv, cx, &request)?).await?;
    let held = Wallet::verify(kv, cx, request).await?.map_err(|failed| failed.code)?;
    let mut tx = kv.store().write().await?;
    let spent = spend(cx, &mut tx, &held.nonce, kv.clock().now()).await?;
    tx.commit().await?;
    if !spent {
        return Err(ErrorCode::ProofInvalid.into());
    }
    identity::link_here(kv, cx, &held.foreign).await
}

/// Whether the nonce was this browser's; it is spent either way.
async fn spend(cx: &RequestContext, tx: &mut Conn, nonce: &str, now: Timestamp) -> Result<bool> {
    let claimed = tx.claim_once(PURPOSE, &hash(nonce), now).await?;
    let browser = cx.meta.browser.as_deref().unwrap_or_default();
    Ok(claimed.is_some_and(|claimed| claimed.payload == browser))
}

struct Held {
    foreign: Foreign,
    nonce: String,
}

struct Wallet;

impl AuthMethod for Wallet {
    const METHOD: Method = Method::Siwe;
    const AMR: &'static [&'static str] = &["swk"];
    type Proof = SiweVerify;
    type Held = Held;

    fn limits(kv: &Kavach, cx: &RequestContext, _: &SiweVerify) -> Result<Vec<Limit>> {
        Ok(vec![Limit::sign_ins_from(kv, cx.meta.client_ip)])
    }

    async fn verify(
        kv: &Kavach,
        cx: &RequestContext,
        proof: SiweVerify,
    ) -> Result<std::result::Result<Held, Failed>> {
        let failed = Failed { user_id: None, code: ErrorCode::ProofInvalid };
        let config = kv.config();
        let expected = Expected {
            domain: config.authority(),
            origin: &config.public_url,
            chain_ids: &config.siwe.chain_ids,
            now: kv.clock().now().as_millis(),
            max_age: LIFE.as_millis() as i64,
        };
        let read = message::parse(&proof.message)
            .and_then(|message| message::judge(&message, &expected).map(|()| message));
        let message = match read {
            Ok(message) => message,
            Err(reason) => return Ok(Err(refused(reason, failed))),
        };
        let Some(signature) = proof.signature.strip_prefix("0x").and_then(from_hex) else {
            return Ok(Err(refused(BadMessage::Signature, failed)));
        };
        let hash = message::personal_hash(&proof.message);
        let by_key = signature.len() == 65 && message::is_signed_by(&message.address, &hash, &signature);
        let issuer = if by_key {
            "eip155".to_owned()
        } else {
            if !is_contracts(kv, cx, message.chain_id, &message.address, &hash, &signature).await? {
                return Ok(Err(refused(BadMessage::Signature, failed)));
            }
            format!("eip155:{}", message.chain_id)
        };
        let shown = siwe::eip55(&message.address);
        let foreign = Foreign {
            provider: PROVIDER.to_owned(),
            issuer,
            subject: shown.to_ascii_lowercase(),
            name: format!("{}…{}", &shown[..6], &shown[38..]),
            display: shown,
            email: None,
            email_verified: false,
            only_with_session: true,
        };
        Ok(Ok(Held { foreign, nonce: message.nonce }))
    }

    async fn settle(
        kv: &Kavach,
        cx: &RequestContext,
        tx: &mut Conn,
        held: Held,
        now: Timestamp,
    ) -> Result<std::result::Result<Proven, Failed>> {
        if !spend(cx, tx, &held.nonce, now).await? {
            let failed = Failed { user_id: None, code: ErrorCode::ProofInvalid };
            return Ok(Err(refused(BadMessage::Nonce, failed)));
        }
        identity::settle(kv, cx, tx, &held.foreign, now).await
    }
}

fn refused(reason: BadMessage, failed: Failed) -> Failed {
    tracing::info!(%reason, "a wallet's message was refused");
    failed
}

/// Whether a contract takes the signature for its own; no contract does where no node is configured.
async fn is_contracts(
    kv: &Kavach,
    cx: &RequestContext,
    chain_id: u64,
    address: &[u8; 20],
    hash: &[u8; 32],
    signature: &[u8],
) -> Result<bool> {
    let Some(url) = &kv.config().siwe.rpc_url else { return Ok(false) };
    if signature.len() > contract::MAX_SIGNATURE {
        return Ok(false);
    }
    match contract::accepts(kv, url.expose(), chain_id, address, hash, signature).await {
        Ok(accepted) => Ok(accepted),
        Err(contract::NoAnswer) => Err(outage::note(kv, cx, PROVIDER, "The chain").await?),
    }
}

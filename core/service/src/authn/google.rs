//! Google One Tap: an ID token that Google's script hands to the page, posted to us.
//!
//! The token must be signed by Google (RS256, keys from `google.jwks_url`), issued to us, in time, and carry a nonce that
//! we made for this browser and that nobody used yet. The double-submitted cookie (`g_csrf_token`) shows that it was
//! this browser's page that posted it. The person is Google's `sub`; what their address decides is
//! [`super::identity`]'s.

use crate::authn::foreign_token::{BadToken, Claims, Expected, Unverified};
use crate::authn::identity::{self, Foreign};
use crate::authn::jwks::{self, NoKey};
use crate::authn::outage;
use crate::authn::sign_in::{self, AuthMethod, Failed, Proven};
use crate::context::RequestContext;
use crate::crypto::token::{hex, sha256};
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::outbound::Trust;
use crate::{Error, Kavach, seal};
use jsonwebtoken::Algorithm;
use kavach_model::identity::{OneTap, OneTapNonce};
use kavach_model::sign_in::{Method, SignIn};
use kavach_model::{ErrorCode, Secret, Timestamp};
use kavach_store::Conn;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// The two ways Google writes its name.
const ISSUERS: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];
const PURPOSE: &str = "google-nonce";
const NONCE_LIFE: Duration = Duration::from_secs(3_600);
const PROVIDER: &str = "google";

/// What a nonce says to us; to everybody else it is a text.
#[derive(Serialize, Deserialize)]
struct Nonce {
    browser: Option<String>,
    expires_at: Timestamp,
}

/// A nonce for this browser. Nothing is stored until it is used.
pub fn nonce(kv: &Kavach, cx: &RequestContext) -> Result<OneTapNonce> {
    let client_id = configured(kv)?.to_owned();
    let expires_at = kv.clock().now() + NONCE_LIFE;
    let plain = serde_json::to_vec(&Nonce { browser: cx.meta.browser.clone(), expires_at })
        .map_err(|error| Error::Fault(error.to_string()))?;
    Ok(OneTapNonce { nonce: seal::seal(kv, PURPOSE, &plain), client_id, expires_at })
}

/// Our name at Google, where One Tap is on.
pub fn configured(kv: &Kavach) -> Result<&str> {
    kv.require_method(Method::GoogleOneTap)?;
    kv.config().google.client_id.as_deref().ok_or_else(|| ErrorCode::MethodDisabled.into())
}

/// Signs a person in. `cookie` is the value of the cookie `g_csrf_token`.
pub async fn one_tap(
    kv: &Kavach,
    cx: &RequestContext,
    request: OneTap,
    cookie: Option<String>,
) -> Result<SignIn> {
    configured(kv)?;
    sign_in::sign_in::<GoogleOneTap>(kv, cx, Posted { request, cookie }).await
}

/// Makes the person's Google account a way into the account that is signed in.
pub async fn link(kv: &Kavach, cx: &RequestContext, request: OneTap, cookie: Option<String>) -> Result<()> {
    cx.require_fresh()?;
    configured(kv)?;
    let posted = Posted { request, cookie };
    rate_limit::take(kv, &GoogleOneTap::limits(kv, cx, &posted)?).await?;
    let refused = |_| Error::from(ErrorCode::ProofInvalid);
    let held = GoogleOneTap::verify(kv, cx, posted).await?.map_err(refused)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    if !tx.spend_foreign(PURPOSE, &held.nonce_hash, now, now + NONCE_LIFE).await? {
        return Err(ErrorCode::ProofInvalid.into());
    }
    tx.commit().await?;
    identity::link_here(kv, cx, &held.foreign).await
}

struct Posted {
    request: OneTap,
    cookie: Option<String>,
}

struct Held {
    foreign: Foreign,
    nonce_hash: String,
}

struct GoogleOneTap;

impl AuthMethod for GoogleOneTap {
    const METHOD: Method = Method::GoogleOneTap;
    const AMR: &'static [&'static str] = &["fed"];
    type Proof = Posted;
    type Held = Held;

    fn limits(kv: &Kavach, cx: &RequestContext, _: &Posted) -> Result<Vec<Limit>> {
        Ok(vec![Limit::sign_ins_from(kv, cx.meta.client_ip)])
    }

    async fn verify(
        kv: &Kavach,
        cx: &RequestContext,
        posted: Posted,
    ) -> Result<std::result::Result<Held, Failed>> {
        let failed = Failed { user_id: None, code: ErrorCode::ProofInvalid };
        let token = &posted.request.g_csrf_token;
        let doubled = posted
            .cookie
            .as_ref()
            .is_some_and(|cookie| !token.is_empty() && bool::from(cookie.as_bytes().ct_eq(token.as_bytes())));
        if !doubled {
            return Ok(Err(failed));
        }
        let claims = match claims(kv, cx, &posted.request.credential).await? {
            Ok(claims) => claims,
            Err(reason) => {
                tracing::info!(%reason, "a Google ID token was refused");
                return Ok(Err(failed));
            }
        };
        let Some(nonce) = claims.nonce.clone().filter(|nonce| is_of_this_browser(kv, cx, nonce)) else {
            tracing::info!(reason = %BadToken::Nonce, "a Google ID token was refused");
            return Ok(Err(failed));
        };
        let email = claims.text("email").map(str::to_owned);
        let foreign = Foreign {
            provider: PROVIDER.to_owned(),
            issuer: ISSUERS[0].to_owned(),
            display: email.clone().unwrap_or_else(|| claims.subject.clone()),
            name: claims.text("name").or(email.as_deref()).unwrap_or("Google").to_owned(),
            email_verified: claims.says_yes("email_verified"),
            email,
            subject: claims.subject,
            only_with_session: false,
        };
        Ok(Ok(Held { foreign, nonce_hash: hex(&sha256(&format!("{PURPOSE}:{nonce}"))) }))
    }

    async fn settle(
        kv: &Kavach,
        cx: &RequestContext,
        tx: &mut Conn,
        held: Held,
        now: Timestamp,
    ) -> Result<std::result::Result<Proven, Failed>> {
        if !tx.spend_foreign(PURPOSE, &held.nonce_hash, now, now + NONCE_LIFE).await? {
            return Ok(Err(Failed { user_id: None, code: ErrorCode::ProofInvalid }));
        }
        identity::settle(kv, cx, tx, &held.foreign, now).await
    }
}

/// What Google says in the token; why it is not Google, or not to us.
async fn claims(
    kv: &Kavach,
    cx: &RequestContext,
    credential: &Secret,
) -> Result<std::result::Result<Claims, BadToken>> {
    let google = &kv.config().google;
    let token = match Unverified::parse(credential.expose(), &[Algorithm::RS256]) {
        Ok(token) => token,
        Err(reason) => return Ok(Err(reason)),
    };
    // Google always names its key.
    let Some(kid) = token.kid.as_deref() else { return Ok(Err(BadToken::Header)) };
    let keys = match jwks::find(kv, &google.jwks_url, Trust::Operator, Some(kid), token.algorithm).await {
        Ok(keys) => keys,
        Err(NoKey::Unknown) => return Ok(Err(BadToken::Signature)),
        Err(NoKey::Unavailable) => return Err(outage::note(kv, cx, PROVIDER, "Google").await?),
    };
    let Some(all) = keys.iter().find_map(|key| token.verify(key).ok()) else {
        return Ok(Err(BadToken::Signature));
    };
    let expected = Expected {
        issuers: &ISSUERS,
        audience: google.client_id.as_deref().unwrap_or_default(),
        now: kv.clock().now(),
    };
    Ok(Claims::read(all, &expected))
}

fn is_of_this_browser(kv: &Kavach, cx: &RequestContext, nonce: &str) -> bool {
    let opened = seal::open(kv, PURPOSE, nonce);
    let nonce: Option<Nonce> = opened.and_then(|plain| serde_json::from_slice(&plain).ok());
    nonce.is_some_and(|nonce| nonce.expires_at > kv.clock().now() && nonce.browser == cx.meta.browser)
}

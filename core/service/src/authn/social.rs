//! Signing in at another provider: OpenID Connect, and OAuth 2.0 where that is all there is.
//!
//! A flow begins with a form, never with a link. Its state is kept here under a random name that is good once, for ten
//! minutes and for this browser; PKCE (S256), the nonce and the name of the provider hang on it, and so does where the
//! person wanted to go. An answer that names another issuer (RFC 9207) is refused. Who the person is decides
//! [`super::identity`]; an account that exists is only linked when its own fresh session asks.

mod discovery;
mod exchange;
mod provider;

pub(crate) use discovery::Documents;

use crate::authn::identity::{self, Foreign};
use crate::authn::outage;
use crate::authn::sign_in::{self, AuthMethod, Failed, Proven};
use crate::config::Social;
use crate::context::RequestContext;
use crate::crypto::token::{hex, sha256};
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::{Error, Kavach, seal};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use exchange::{Begun, Unknown};
use kavach_model::sign_in::{Method, SignIn, SocialProvider};
use kavach_model::{ErrorCode, Timestamp, UserId};
use kavach_store::{Conn, NewOnce};
use provider::Provider;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;
use url::form_urlencoded::Serializer;

const PURPOSE: &str = "social";
const LIFE: Duration = Duration::from_secs(600);
const LONGEST: usize = 4 * 1024;

/// What is kept of a flow until the person comes back.
#[derive(Serialize, Deserialize)]
struct Flow {
    provider: String,
    browser: Option<String>,
    nonce: String,
    verifier: String,
    return_to: String,
    /// Whose account asks to be linked.
    link: Option<UserId>,
}

/// What the provider sends the person back with.
#[derive(Debug, Default, Clone)]
pub struct Callback {
    /// The code, if all went well.
    pub code: String,
    /// Our name for the flow.
    pub state: String,
    /// What went wrong, if something did.
    pub error: String,
    /// Who answers (RFC 9207), where the provider says so.
    pub iss: String,
}

/// How a flow ended, and where the person wanted to go; the latter is known even when it went wrong.
pub struct Finished {
    /// Where to go.
    pub return_to: String,
    /// Whether an account was to be linked.
    pub linking: bool,
    /// The sign-in; nothing where an account was linked.
    pub result: Result<Option<SignIn>>,
}

/// Providers people may sign in at.
pub fn providers(kv: &Kavach) -> Vec<SocialProvider> {
    if !kv.config().methods.is_on(Method::Social) {
        return Vec::new();
    }
    let shown = |one: &Social| SocialProvider { id: one.id.clone(), name: one.shown().to_owned() };
    kv.config().social.iter().map(shown).collect()
}

/// One of them, by its id.
fn configured<'a>(kv: &'a Kavach, id: &str) -> Result<&'a Social> {
    kv.require_method(Method::Social)?;
    kv.config().social.iter().find(|one| one.id == id).ok_or_else(|| ErrorCode::NotFound.into())
}

/// Begins a flow: the address to send the person to. With `link` the identity becomes a way into the account that is
/// signed in.
pub async fn begin(
    kv: &Kavach,
    cx: &RequestContext,
    id: &str,
    return_to: &str,
    link: bool,
) -> Result<String> {
    let config = configured(kv, id)?;
    let link = if link { Some(cx.require_fresh()?.user.id) } else { None };
    rate_limit::take(kv, &[Limit::sign_ins_from(kv, cx.meta.client_ip)]).await?;
    let provider = found(kv, cx, config).await?;
    let random = || URL_SAFE_NO_PAD.encode(crate::rng::array::<32>(kv.rng()));
    let (state, nonce, verifier) = (random(), random(), random());
    let redirect_uri = redirect_uri(kv, id);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let mut query = vec![
        ("response_type", "code"),
        ("client_id", config.client_id.as_str()),
        ("redirect_uri", &redirect_uri),
        ("scope", &provider.scopes),
        ("state", &state),
        ("nonce", &nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    if provider.form_post {
        query.push(("response_mode", "form_post"));
    }
    let joint = if provider.authorize_url.contains('?') { '&' } else { '?' };
    let query = Serializer::new(String::new()).extend_pairs(query).finish();
    let url = format!("{}{joint}{query}", provider.authorize_url);
    let flow = Flow {
        provider: id.to_owned(),
        browser: cx.meta.browser.clone(),
        nonce,
        verifier,
        return_to: return_to.chars().take(LONGEST).collect(),
        link,
    };
    let plain = serde_json::to_vec(&flow).map_err(|error| Error::Fault(error.to_string()))?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.insert_once(&NewOnce {
        secret_hash: &hash(&state),
        purpose: PURPOSE,
        user_id: link,
        payload: &seal::seal(kv, PURPOSE, &plain),
        created_at: now,
        expires_at: now + LIFE,
    })
    .await?;
    tx.commit().await?;
    Ok(url)
}

fn redirect_uri(kv: &Kavach, id: &str) -> String {
    format!("{}/sign-in/callback/{id}", kv.config().public_url)
}

fn hash(state: &str) -> String {
    hex(&sha256(&format!("{PURPOSE}:{state}")))
}

/// The provider with everything that is needed to go there.
async fn found(kv: &Kavach, cx: &RequestContext, config: &Social) -> Result<Provider> {
    match discovery::complete(kv, Provider::of(config)).await {
        Ok(provider) => Ok(provider),
        Err(discovery::NoAnswer) => Err(outage::note(kv, cx, &config.id, config.shown()).await?),
    }
}

/// Ends a flow: spends its state and signs the person in, or links.
pub async fn finish(kv: &Kavach, cx: &RequestContext, id: &str, callback: Callback) -> Result<Finished> {
    configured(kv, id)?;
    rate_limit::take(kv, &[Limit::sign_ins_from(kv, cx.meta.client_ip)]).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let claimed = tx.claim_once(PURPOSE, &hash(&callback.state), now).await?;
    tx.commit().await?;
    let opened = claimed.and_then(|claimed| seal::open(kv, PURPOSE, &claimed.payload));
    let flow: Option<Flow> = opened.and_then(|plain| serde_json::from_slice(&plain).ok());
    // In another browser nothing is known of the flow, not even where it was to lead.
    let flow = flow.filter(|flow| flow.provider == id && flow.browser == cx.meta.browser);
    let flow = flow.ok_or(ErrorCode::ProofInvalid)?;
    let (return_to, link) = (flow.return_to.clone(), flow.link);
    let answered = Answered { id: id.to_owned(), flow, callback };
    let result = match link {
        None => sign_in::sign_in::<Elsewhere>(kv, cx, answered).await.map(Some),
        Some(user_id) => link_here(kv, cx, user_id, answered).await.map(|()| None),
    };
    Ok(Finished { return_to, linking: link.is_some(), result })
}

async fn link_here(kv: &Kavach, cx: &RequestContext, user_id: UserId, answered: Answered) -> Result<()> {
    if cx.require_fresh()?.user.id != user_id {
        return Err(ErrorCode::ProofInvalid.into());
    }
    let foreign = Elsewhere::verify(kv, cx, answered).await?.map_err(|failed| Error::from(failed.code))?;
    identity::link_here(kv, cx, &foreign).await
}

struct Answered {
    id: String,
    flow: Flow,
    callback: Callback,
}

struct Elsewhere;

impl AuthMethod for Elsewhere {
    const METHOD: Method = Method::Social;
    const AMR: &'static [&'static str] = &["fed"];
    type Proof = Answered;
    type Held = Foreign;

    fn limits(_: &Kavach, _: &RequestContext, _: &Answered) -> Result<Vec<Limit>> {
        // Counted before the state was spent.
        Ok(Vec::new())
    }

    async fn verify(
        kv: &Kavach,
        cx: &RequestContext,
        answered: Answered,
    ) -> Result<std::result::Result<Foreign, Failed>> {
        let Answered { id, flow, callback } = answered;
        let config = configured(kv, &id)?;
        let provider = found(kv, cx, config).await?;
        let refused = |reason: &str| {
            tracing::info!(provider = provider.id, reason, "a sign-in elsewhere was refused");
            Ok(Err(Failed { user_id: None, code: ErrorCode::ProofInvalid }))
        };
        if !callback.iss.is_empty() && !provider.per_tenant && callback.iss != provider.issuer {
            return refused("another issuer answered");
        }
        if !callback.error.is_empty() || callback.code.is_empty() || callback.code.len() > LONGEST {
            return refused("the provider says no");
        }
        let redirect_uri = redirect_uri(kv, &id);
        let begun = Begun {
            code: &callback.code,
            redirect_uri: &redirect_uri,
            verifier: &flow.verifier,
            nonce: &flow.nonce,
        };
        match exchange::person(kv, &provider, config, &begun).await {
            Ok(foreign) => Ok(Ok(foreign)),
            Err(Unknown::Refused(reason)) => refused(&reason),
            Err(Unknown::NoAnswer) => Err(outage::note(kv, cx, &provider.id, &provider.name).await?),
        }
    }

    async fn settle(
        kv: &Kavach,
        cx: &RequestContext,
        tx: &mut Conn,
        foreign: Foreign,
        now: Timestamp,
    ) -> Result<std::result::Result<Proven, Failed>> {
        identity::settle(kv, cx, tx, &foreign, now).await
    }
}

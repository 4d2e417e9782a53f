//! The authorization endpoint (OAuth 2.1 section 4.1, OpenID Connect Core 3.1.2, RFC 9126, RFC 9207): from what a browser
//! brings to a code, or to the page that asks.
//!
//! Until the redirect URI is known to be the client's, everything that is wrong is said on a page of ours and nobody is
//! sent anywhere. From then on it is said to the client, with `iss` and `state`, unless nobody vouches for it. What has to wait for a person waits in
//! the database, bound to the browser that brought it.

mod code;
mod params;
mod traced;

pub(crate) use code::{CODE, CodePayload, issue};
pub use params::Parameters;

use super::client_auth::Party;
use super::clients::{self, Client};
use super::documents::{self, Looked};
use super::metadata::ACR;
use super::redirect_uri::RedirectUri;
use super::scope::Scopes;
use super::trace::{self, Detail, Trail};
use super::{Failure, issuer, keys, pkce, resources};
use crate::Kavach;
use crate::context::{Caller, RequestContext, SessionCaller};
use crate::crypto::token::{self as secrets, TokenHash};
use crate::error::{Error, Result};
use kavach_model::oauth::{AuthMethod, ClientKind, OAuthError, Refusal};
use kavach_model::trace::TraceStepCode;
use kavach_model::{ErrorCode, Timestamp, Token, TokenKind, TraceId};
use kavach_store::NewOnce;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// What the name of a pushed request begins with.
pub const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:";
/// A request that waits for a person.
pub(crate) const WAITING: &str = "oauth_request";
/// A request that was pushed.
pub(crate) const PUSHED: &str = "oauth_pushed";
/// How long a person has, signing in included.
pub(crate) const WAIT: Duration = Duration::from_secs(1_800);
/// How long a pushed request waits for its browser (RFC 9126, section 2.2).
pub(crate) const PUSHED_LIFE: Duration = Duration::from_secs(90);
/// Longest `state`, `nonce` and the like.
const LONGEST: usize = 2_048;

/// Where a browser goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To the client, with a code or an error.
    Client(String),
    /// To a page of ours: signing in, proving it again, agreeing.
    Page(String),
    /// Nowhere: what is wrong is said here.
    Problem(Problem),
}

/// Why a browser is sent nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The request cannot be read: a parameter comes twice, or there is too much of it.
    Malformed,
    /// No such client, or one that is switched off.
    Client,
    /// The document the client's name leads to cannot be had, or says something else.
    Document,
    /// The redirect URI is missing, or is none of the client's.
    Redirect,
    /// The pushed request is unknown, used or over.
    Over,
    /// No tokens are issued here, because the address is not safe.
    Insecure,
    /// The request is refused, and nobody vouches for the site that would be told.
    Refused,
}

impl Problem {
    /// A word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Client => "client",
            Self::Document => "document",
            Self::Redirect => "redirect",
            Self::Over => "over",
            Self::Insecure => "insecure",
            Self::Refused => "refused",
        }
    }
}

/// A request whose client and redirect URI are known and whose parameters hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) scopes: String,
    pub(crate) resources: Vec<String>,
    pub(crate) challenge: String,
    pub(crate) nonce: Option<String>,
    pub(crate) prompt: Vec<String>,
    pub(crate) max_age: Option<u64>,
    pub(crate) login_hint: Option<String>,
    pub(crate) hint_subject: Option<String>,
    pub(crate) jkt: Option<String>,
    /// Whether two kinds of proof are needed (RFC 9470).
    #[serde(default)]
    pub(crate) two_factors: bool,
    pub(crate) asked_at: Timestamp,
    /// Of the pushed request it came by: it is used up with the code.
    pub(crate) pushed: Option<String>,
    /// The browser that waits.
    pub(crate) browser: Option<String>,
    /// What administrators find this try under.
    #[serde(default)]
    pub(crate) trace: Option<TraceId>,
}

impl Asked {
    fn prompts(&self, what: &str) -> bool {
        self.prompt.iter().any(|prompt| prompt == what)
    }
}

/// What stands in the way of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// Nobody is signed in.
    Nobody,
    /// A guest is, who has no account yet.
    Guest,
    /// Somebody else is than was meant.
    Other,
    /// It was too long ago.
    Stale,
    /// It was by one kind of proof, and two are needed.
    Weak,
    /// Nobody agreed to this.
    Consent,
}

/// A browser brings a request.
pub async fn begin(kv: &Kavach, cx: &RequestContext, query: &str) -> Result<Step> {
    let parameters = Parameters::read(query);
    let trail = traced::asked(kv, cx, parameters.as_ref());
    let step = go_on(kv, cx, parameters, trail).await;
    if let Err(error) = &step {
        traced::broke(kv, cx, trail, error);
    }
    step
}

async fn go_on(
    kv: &Kavach,
    cx: &RequestContext,
    parameters: Option<Parameters>,
    trail: Trail,
) -> Result<Step> {
    let problem = |problem, detail| {
        traced::problem(kv, cx, trail, problem, detail);
        Ok(Step::Problem(problem))
    };
    let Some(issuer) = issuer(kv) else { return problem(Problem::Insecure, Detail::new()) };
    let Some(parameters) = parameters else { return problem(Problem::Malformed, Detail::new()) };
    let client = match client_of(kv, cx, &parameters, trail).await? {
        Ok(client) => client,
        Err((what, detail)) => return problem(what, detail),
    };
    let (parameters, pushed) = match unfold(kv, &client, parameters).await? {
        Ok(found) => found,
        Err(what) => return problem(what, Detail::new()),
    };
    if pushed.is_some() {
        trail.note(kv, &cx.meta, TraceStepCode::PushedFound, traced::parameters(&parameters));
    }
    let Some(redirect) = redirect_of(&client, &parameters) else {
        return problem(Problem::Redirect, traced::redirect(&client, &parameters));
    };
    trail.note(kv, &cx.meta, TraceStepCode::RedirectFits, Detail::new());
    let back = Back { issuer, redirect_uri: &redirect, state: parameters.get("state") };
    let refusal = |error: &OAuthError, step, detail| {
        if is_trusted(&client, &redirect) {
            trail.refused(kv, &cx.meta, step, detail);
            Ok(Step::Client(back.error(error)))
        } else {
            problem(Problem::Refused, detail)
        }
    };
    let mut asked = match check(kv, &client, &parameters, pushed).await {
        Ok(asked) => asked,
        Err(Failure::Refused(error)) => {
            let detail = traced::refusal(kv, &error).await;
            return refusal(&error, TraceStepCode::ParametersRefused, detail);
        }
        Err(Failure::Service(error)) => return Err(error),
    };
    asked.trace = trail.0;
    traced::holds(kv, cx, trail, &asked);
    match gap(kv, cx, &client, &asked).await? {
        None => match cx.user().zip(session(cx)) {
            Some((user, caller)) => {
                issue(kv, cx, &client, &asked, user, &caller.session).await.map(Step::Client)
            }
            None => Err(ErrorCode::Unauthenticated.into()),
        },
        Some(gap) if asked.prompts("none") || matches!(gap, Gap::Other | Gap::Weak) => {
            let error = silent(gap);
            refusal(&error, TraceStepCode::Silent, trace::of_error(&error))
        }
        Some(gap) => {
            traced::waits(kv, cx, trail, gap);
            wait(kv, cx, asked, gap).await.map(Step::Page)
        }
    }
}

/// Whether a browser may be sent there before its person has done anything (RFC 9700, section 4.11.2): to an app on their
/// own machine, and to a site that an administrator registered. Anybody else could have registered the site to have
/// people sent to it from here.
fn is_trusted(client: &Client, redirect_uri: &str) -> bool {
    client.kind == ClientKind::Registered || !is_site(redirect_uri)
}

fn is_site(redirect_uri: &str) -> bool {
    RedirectUri::parse(redirect_uri)
        .is_ok_and(|uri| matches!(uri.destination(), super::redirect_uri::Destination::Site(_)))
}

/// Who asks, as far as it can be told.
async fn client_of(
    kv: &Kavach,
    cx: &RequestContext,
    parameters: &Parameters,
    trail: Trail,
) -> Result<std::result::Result<Client, (Problem, Detail)>> {
    let Some(id) = parameters.get("client_id").filter(|id| id.len() <= LONGEST) else {
        return Ok(Err((Problem::Client, Detail::new())));
    };
    let (client, step) = if documents::is_meant(id) {
        match documents::current(kv, cx, id).await? {
            Looked::Fetched(client) => (client, TraceStepCode::DocumentFetched),
            Looked::Kept(client) => (client, TraceStepCode::DocumentKept),
            Looked::Away(why) => return Ok(Err((Problem::Document, trace::detail([("why", &why)])))),
        }
    } else {
        match clients::find(kv, id).await? {
            Some(client) => (client, TraceStepCode::ClientKnown),
            None => return Ok(Err((Problem::Client, Detail::new()))),
        }
    };
    let known = trace::detail([("name", &client.name), ("kind", client.kind.as_str())]);
    trail.note(kv, &cx.meta, step, known);
    Ok(Ok(client))
}

/// The parameters that count: those that were pushed, where the request names such.
async fn unfold(
    kv: &Kavach,
    client: &Client,
    parameters: Parameters,
) -> Result<std::result::Result<(Parameters, Option<String>), Problem>> {
    let Some(hash) = parameters.get("request_uri").and_then(pushed_hash) else {
        return Ok(Ok((parameters, None)));
    };
    let found = kv.store().read().await?.find_once(PUSHED, &hash, kv.clock().now()).await?;
    let pushed = found.and_then(|found| Parameters::read(&found.payload));
    // Pushed by another client, it is nothing to this one.
    let pushed = pushed.filter(|pushed| pushed.get("client_id") == Some(client.id.as_str()));
    Ok(pushed.map(|pushed| (pushed, Some(hash))).ok_or(Problem::Over))
}

fn pushed_hash(request_uri: &str) -> Option<String> {
    let token = Token::parse(TokenKind::Request, request_uri.strip_prefix(REQUEST_URI)?)?;
    Some(TokenHash::of(&token).into_string())
}

fn redirect_of(client: &Client, parameters: &Parameters) -> Option<String> {
    let asked = parameters.get("redirect_uri")?;
    // What is answered is what was asked for: the port of a loopback address is the request's.
    client.redirect(asked).map(|_| asked.to_owned()).filter(|asked| RedirectUri::parse(asked).is_ok())
}

/// Checks everything but the client and where the answer goes.
pub(crate) async fn check(
    kv: &Kavach,
    client: &Client,
    parameters: &Parameters,
    pushed: Option<String>,
) -> super::Answer<Asked> {
    let refuse = super::refuse;
    let invalid = |why: &'static str| super::refuse(Refusal::InvalidRequest, why);
    if parameters.get("request").is_some() {
        return Err(refuse(Refusal::RequestNotSupported, "request objects are not supported"));
    }
    if parameters.get("request_uri").is_some() {
        return Err(refuse(Refusal::RequestUriNotSupported, "only pushed requests may be named"));
    }
    if client.metadata.require_pushed_authorization_requests && pushed.is_none() {
        return Err(invalid("this client pushes its requests (RFC 9126)"));
    }
    match parameters.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(refuse(Refusal::UnsupportedResponseType, "response_type must be code")),
        None => return Err(invalid("response_type is missing")),
    }
    if parameters.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(invalid("response_mode must be query"));
    }
    if !client.uses("authorization_code") {
        return Err(refuse(Refusal::UnauthorizedClient, "this client does not use authorization codes"));
    }
    for name in ["state", "nonce", "login_hint", "acr_values", "ui_locales"] {
        if parameters.get(name).is_some_and(|text| text.len() > LONGEST) {
            return Err(invalid("a parameter is too long"));
        }
    }
    let challenge = parameters.get("code_challenge").ok_or_else(|| invalid("code_challenge is missing"))?;
    let challenge = pkce::Challenge::parse(challenge, parameters.get("code_challenge_method"))
        .ok_or_else(|| invalid("code_challenge_method must be S256, and code_challenge a SHA-256"))?;
    let prompt: Vec<String> =
        parameters.get("prompt").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if prompt.len() > 1 && prompt.iter().any(|prompt| prompt == "none") {
        return Err(invalid("prompt=none goes with no other"));
    }
    let max_age = parameters.get("max_age").map(str::parse::<u64>).transpose();
    let max_age = max_age.map_err(|_| invalid("max_age is a number of seconds"))?;
    let jkt = parameters.get("dpop_jkt").map(str::to_owned);
    if jkt.as_ref().is_some_and(|jkt| jkt.len() != 43) {
        return Err(invalid("dpop_jkt is not the thumbprint of a key"));
    }
    let hint_subject = match parameters.get("id_token_hint") {
        None => None,
        Some(hint) => {
            let claims = keys::read_own(kv, hint, super::grants::ID).await?;
            let subject = claims.and_then(|claims| Some(claims.get("sub")?.as_str()?.to_owned()));
            Some(subject.ok_or_else(|| invalid("id_token_hint is not an ID token of this issuer"))?)
        }
    };
    let may_ask = client.may_ask();
    let wanted =
        resources::wanted(kv, parameters.all("resource"), parameters.get("scope"), may_ask.as_ref()).await?;
    Ok(Asked {
        client_id: client.id.clone(),
        redirect_uri: parameters.get("redirect_uri").unwrap_or_default().to_owned(),
        state: parameters.get("state").map(str::to_owned),
        scopes: wanted.scopes.to_string(),
        resources: wanted.addresses(),
        challenge: challenge.as_str().to_owned(),
        nonce: parameters.get("nonce").map(str::to_owned),
        prompt,
        max_age,
        login_hint: parameters.get("login_hint").map(str::to_owned),
        hint_subject,
        jkt,
        two_factors: needs_two(parameters.get("acr_values")),
        asked_at: kv.clock().now(),
        pushed,
        browser: None,
        trace: None,
    })
}

/// Whether nothing but two kinds of proof will do. Among several contexts a client would like, one will do (OpenID Connect
/// Core, section 3.1.2.1).
fn needs_two(acr_values: Option<&str>) -> bool {
    let mut values = acr_values.unwrap_or_default().split_whitespace().peekable();
    values.peek().is_some() && values.all(|value| value == ACR[1])
}

fn session(cx: &RequestContext) -> Option<&SessionCaller> {
    match &cx.caller {
        Caller::Session(caller) => Some(caller),
        _ => None,
    }
}

/// What stands in the way of a code for whoever is signed in.
pub(crate) async fn gap(
    kv: &Kavach,
    cx: &RequestContext,
    client: &Client,
    asked: &Asked,
) -> Result<Option<Gap>> {
    let Some(caller) = session(cx) else { return Ok(Some(Gap::Nobody)) };
    if caller.user.anonymous {
        return Ok(Some(Gap::Guest));
    }
    if asked.hint_subject.as_ref().is_some_and(|subject| *subject != caller.user.id.to_string()) {
        return Ok(Some(Gap::Other));
    }
    if is_stale(kv, caller, asked) {
        return Ok(Some(Gap::Stale));
    }
    if asked.two_factors && super::grants::acr(&caller.session.amr) != ACR[1] {
        return Ok(Some(Gap::Weak));
    }
    let forced = asked.prompts("consent") || asked.prompts("select_account");
    if forced || !may_be_silent(client, &asked.redirect_uri) {
        return Ok(Some(Gap::Consent));
    }
    let agreed = agreed(kv, caller, client, asked).await?;
    let scopes: Scopes = asked.scopes.parse().unwrap_or_default();
    Ok((!agreed.is_some_and(|agreed| scopes.is_within(&agreed))).then_some(Gap::Consent))
}

fn is_stale(kv: &Kavach, caller: &SessionCaller, asked: &Asked) -> bool {
    let proven = caller.session.auth_time;
    let again = asked.prompts("login") && proven <= asked.asked_at;
    let now = kv.clock().now();
    // Asked for at most no time ago, the proof must come after the question.
    let late =
        asked.max_age.is_some_and(|most| now.since(proven).as_secs() > most && proven <= asked.asked_at);
    again || late
}

/// Whether a client may be let in again without asking: only one that nobody else can pretend to be. A program on the
/// person's machine and one that registered itself are asked about each time.
fn may_be_silent(client: &Client, redirect_uri: &str) -> bool {
    let unique = is_site(redirect_uri) || client.auth_method != AuthMethod::None;
    client.kind == ClientKind::Registered && unique
}

/// What the person agreed to before, with this client, for this place and these servers.
pub(crate) async fn agreed(
    kv: &Kavach,
    caller: &SessionCaller,
    client: &Client,
    asked: &Asked,
) -> Result<Option<Scopes>> {
    let mut conn = kv.store().read().await?;
    let place = place(&asked.redirect_uri);
    let servers = asked.resources.join(" ");
    let found = conn.find_oauth_consent(caller.user.id, &client.id, &place, &servers).await?;
    Ok(found.and_then(|scopes| scopes.parse().ok()))
}

/// Where an answer goes, as consents are kept by it.
pub(crate) fn place(redirect_uri: &str) -> String {
    use super::redirect_uri::Destination;
    match RedirectUri::parse(redirect_uri).map(|uri| uri.destination()) {
        Ok(Destination::Site(host)) => host,
        Ok(Destination::ThisMachine) => "localhost".to_owned(),
        Ok(Destination::App(scheme)) => format!("{scheme}:"),
        Err(_) => String::new(),
    }
}

/// What a client is told that asked not to ask.
fn silent(gap: Gap) -> OAuthError {
    match gap {
        Gap::Nobody | Gap::Stale | Gap::Other => {
            OAuthError::new(Refusal::LoginRequired, "the person must sign in")
        }
        Gap::Guest => OAuthError::new(Refusal::InteractionRequired, "the person has no account yet"),
        Gap::Weak => OAuthError::new(
            Refusal::UnmetAuthentication,
            "the person did not sign in with two kinds of proof",
        ),
        Gap::Consent => OAuthError::new(Refusal::ConsentRequired, "the person must agree"),
    }
}

/// Keeps a request for a person, and says where they go on.
async fn wait(kv: &Kavach, cx: &RequestContext, mut asked: Asked, gap: Gap) -> Result<String> {
    asked.browser = Some(cx.meta.browser.clone().ok_or(ErrorCode::InvalidRequest)?);
    let hint = asked.login_hint.take();
    let token = secrets::issue(TokenKind::Request, kv.rng());
    let payload = serde_json::to_string(&asked).map_err(|error| Error::Fault(error.to_string()))?;
    let mut tx = kv.store().write().await?;
    tx.insert_once(&NewOnce {
        secret_hash: TokenHash::of(&token).as_str(),
        purpose: WAITING,
        user_id: None,
        payload: &payload,
        created_at: asked.asked_at,
        expires_at: asked.asked_at + WAIT,
    })
    .await?;
    tx.commit().await?;
    Ok(page(&token, gap, hint.as_deref()))
}

/// The page that closes a gap, and comes back to the question.
pub(crate) fn page(token: &Token, gap: Gap, login_hint: Option<&str>) -> String {
    let consent = format!("/consent?request={}", token.expose());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("return_to", &consent);
    match gap {
        Gap::Nobody => {
            if let Some(hint) = login_hint {
                query.append_pair("login_hint", hint);
            }
            format!("/sign-in?{}", query.finish())
        }
        Gap::Stale => format!("/account/confirm?{}", query.finish()),
        Gap::Guest | Gap::Other | Gap::Weak | Gap::Consent => consent,
    }
}

/// The way back to a client.
pub(crate) struct Back<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) state: Option<&'a str>,
}

impl Back<'_> {
    /// With an error.
    pub(crate) fn error(&self, error: &OAuthError) -> String {
        self.with(&[("error", error.refusal.as_str()), ("error_description", &error.description)])
    }

    /// With these parameters, `state` and `iss` (RFC 9207). What the redirect URI says already stays as it is.
    pub(crate) fn with(&self, parameters: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        if let Some(state) = self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", self.issuer);
        let joint = match self.redirect_uri {
            uri if uri.ends_with(['?', '&']) => "",
            uri if uri.contains('?') => "&",
            _ => "?",
        };
        format!("{}{joint}{}", self.redirect_uri, query.finish())
    }
}

/// A client pushes a request (RFC 9126): its name, and for how many seconds it may be used.
pub async fn push(
    kv: &Kavach,
    cx: &RequestContext,
    party: &Party,
    parameters: Parameters,
    jkt: Option<&str>,
) -> super::Answer<(String, u64)> {
    let said = traced::parameters(&parameters);
    let answer = keep(kv, party, parameters, jkt).await;
    if let Err(Failure::Refused(error)) = &answer {
        traced::not_pushed(kv, cx, &party.id(), said, error);
    }
    answer
}

async fn keep(
    kv: &Kavach,
    party: &Party,
    mut parameters: Parameters,
    jkt: Option<&str>,
) -> super::Answer<(String, u64)> {
    super::require_issuer(kv)?;
    let unable = || super::refuse(Refusal::UnauthorizedClient, "this client has no one to ask");
    let client = party.client().ok_or_else(unable)?;
    if parameters.get("request_uri").is_some() {
        return Err(super::refuse(Refusal::InvalidRequest, "a pushed request names no other"));
    }
    // A proof that comes along binds the code to its key (RFC 9449, section 10.1).
    if let Some(jkt) = jkt {
        if parameters.get("dpop_jkt").is_some_and(|named| named != jkt) {
            return Err(super::refuse(Refusal::InvalidDpopProof, "dpop_jkt is not of the proof's key"));
        }
        parameters.set("dpop_jkt", jkt);
    }
    parameters.set("client_id", &client.id);
    if redirect_of(client, &parameters).is_none() {
        return Err(super::refuse(Refusal::InvalidRequest, "redirect_uri is none of this client's"));
    }
    let token = secrets::issue(TokenKind::Request, kv.rng());
    check(kv, client, &parameters, Some(String::new())).await?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.insert_once(&NewOnce {
        secret_hash: TokenHash::of(&token).as_str(),
        purpose: PUSHED,
        user_id: None,
        payload: &parameters.written(),
        created_at: now,
        expires_at: now + PUSHED_LIFE,
    })
    .await?;
    tx.commit().await?;
    Ok((format!("{REQUEST_URI}{}", token.expose()), PUSHED_LIFE.as_secs()))
}

/// Reads what waits under a name; None when it is over, used, or another browser's.
pub(crate) async fn waiting(kv: &Kavach, cx: &RequestContext, token: &str) -> Result<Option<(Token, Asked)>> {
    let Some(token) = Token::parse(TokenKind::Request, token) else { return Ok(None) };
    let hash = TokenHash::of(&token);
    let found = kv.store().read().await?.find_once(WAITING, hash.as_str(), kv.clock().now()).await?;
    let asked = found.and_then(|found| serde_json::from_str::<Asked>(&found.payload).ok());
    Ok(asked.filter(|asked| asked.browser == cx.meta.browser).map(|asked| (token, asked)))
}

/// Some JSON, for records.
pub(crate) fn about(asked: &Asked) -> serde_json::Map<String, Value> {
    serde_json::Map::from_iter([
        ("client".to_owned(), asked.client_id.clone().into()),
        ("redirect".to_owned(), place(&asked.redirect_uri).into()),
        ("scope".to_owned(), asked.scopes.clone().into()),
    ])
}

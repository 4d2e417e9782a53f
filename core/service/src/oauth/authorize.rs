//! The authorization endpoint (OAuth 2.1 section 4.1, OpenID Connect Core 3.1.2, RFC 9126, RFC 9207): from what a
//! browser brings to a code, or to the page that asks.
//!
//! Until the redirect URI is known to be the client's, everything that is wrong is said on a page of ours and nobody is
//! sent anywhere. From then on it is said to the client, with `iss` and `state`, unless nobody vouches for it. What has
//! to wait for a person waits in the database, bound to the browser that brought it.

mod asked;
mod back;
mod code;
mod gap;
mod params;
mod push;
mod traced;
mod waiting;

pub(crate) use asked::{Asked, about};
pub(crate) use back::{Back, place};
pub(crate) use code::{CODE, CodePayload, issue};
pub(crate) use gap::{Gap, agreed, gap};
pub use params::Parameters;
pub use push::{REQUEST_URI, push};
pub(crate) use waiting::{WAITING, page, waiting};

use self::asked::check;
use self::back::is_site;
use super::clients::{self, Client};
use super::documents::{self, Looked};
use super::redirect_uri::RedirectUri;
use super::trace::{self, Detail, Trail};
use super::{Failure, issuer};
use crate::Kavach;
use crate::context::{Caller, RequestContext, SessionCaller};
use crate::error::Result;
use kavach_model::ErrorCode;
use kavach_model::oauth::{ClientKind, OAuthError};
use kavach_model::trace::TraceStepCode;

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
    let (parameters, pushed) = match push::unfold(kv, &client, parameters).await? {
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
    let mut asked = match check(kv, &client, &parameters, pushed.is_some()).await {
        Ok(asked) => asked,
        Err(Failure::Refused(error)) => {
            let detail = traced::refusal(kv, &error).await;
            return refusal(&error, TraceStepCode::ParametersRefused, detail);
        }
        Err(Failure::Service(error)) => return Err(error),
    };
    asked.trace = trail.0;
    traced::holds(kv, cx, trail, &asked);
    if let Some(hash) = &pushed
        && !push::spend(kv, hash).await?
    {
        return problem(Problem::Over, Detail::new());
    }
    match gap(kv, cx, &client, &asked).await? {
        None => match cx.user().zip(session(cx)) {
            Some((user, caller)) => {
                issue(kv, cx, &client, &asked, user, &caller.session).await.map(Step::Client)
            }
            None => Err(ErrorCode::Unauthenticated.into()),
        },
        Some(gap) if asked.prompts("none") || matches!(gap, Gap::Other | Gap::Weak) => {
            let error = gap::silent(gap);
            refusal(&error, TraceStepCode::Silent, trace::of_error(&error))
        }
        Some(gap) => {
            traced::waits(kv, cx, trail, gap);
            waiting::wait(kv, cx, asked, gap).await.map(Step::Page)
        }
    }
}

/// Whether a browser may be sent there before its person has done anything (RFC 9700, section 4.11.2): to an app on their
/// own machine, and to a site that an administrator registered. Anybody else could have registered the site to have
/// people sent to it from here.
fn is_trusted(client: &Client, redirect_uri: &str) -> bool {
    client.kind == ClientKind::Registered || !is_site(redirect_uri)
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

fn redirect_of(client: &Client, parameters: &Parameters) -> Option<String> {
    let asked = parameters.get("redirect_uri")?;
    // What is answered is what was asked for: the port of a loopback address is the request's.
    client.redirect(asked).map(|_| asked.to_owned()).filter(|asked| RedirectUri::parse(asked).is_ok())
}

fn session(cx: &RequestContext) -> Option<&SessionCaller> {
    match &cx.caller {
        Caller::Session(caller) => Some(caller),
        _ => None,
    }
}

//! What administrators find about a request at the authorization endpoint. Of its parameters those that are no secrets:
//! not `state`, not `nonce`, not the challenge, not who signs in.

use super::waiting::WAIT;
use super::{Asked, Gap, Parameters, Problem};
use crate::context::RequestContext;
use crate::oauth::clients::Client;
use crate::oauth::trace::{self, Detail, Trail};
use crate::{Error, Kavach};
use kavach_model::oauth::{OAuthError, Refusal};
use kavach_model::trace::{TraceKind, TraceOutcome, TraceStepCode};

/// The parameters that are kept as they came.
const SHOWN: [&str; 11] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "prompt",
    "max_age",
    "acr_values",
    "code_challenge_method",
    "display",
    "ui_locales",
];

/// The request came.
pub(super) fn asked(kv: &Kavach, cx: &RequestContext, asked: Option<&Parameters>) -> Trail {
    let client = asked.and_then(|asked| asked.get("client_id"));
    let detail = asked.map(parameters).unwrap_or_default();
    let (kind, outcome) = (TraceKind::Authorize, TraceOutcome::Refused);
    trace::begin(kv, cx, kind, client, outcome, TraceStepCode::Asked, detail)
}

pub(super) fn parameters(asked: &Parameters) -> Detail {
    let of = |name| trace::detail([(name, asked.get(name).unwrap_or_default())]);
    let mut shown: Detail = SHOWN.into_iter().flat_map(of).collect();
    shown.extend(trace::detail([("resource", &asked.all("resource").join(" "))]));
    if asked.get("code_challenge").is_none() && asked.get("request_uri").is_none() {
        shown.insert("code_challenge".to_owned(), "(missing)".to_owned());
    }
    shown
}

/// What the client asked for and what it may ask for.
pub(super) fn redirect(client: &Client, asked: &Parameters) -> Detail {
    let registered = client.metadata.redirect_uris.join(" ");
    let came = asked.get("redirect_uri").unwrap_or("(missing)");
    trace::detail([("redirect_uri", came), ("registered", &registered)])
}

/// Nobody is sent anywhere.
pub(super) fn problem(kv: &Kavach, cx: &RequestContext, trail: Trail, problem: Problem, detail: Detail) {
    let step = match problem {
        Problem::Malformed => TraceStepCode::Malformed,
        Problem::Client => TraceStepCode::ClientUnknown,
        Problem::Document => TraceStepCode::DocumentRefused,
        Problem::Redirect => TraceStepCode::RedirectForeign,
        Problem::Over => TraceStepCode::PushedOver,
        Problem::Insecure => TraceStepCode::Insecure,
        Problem::Refused => TraceStepCode::NobodyTold,
    };
    trail.refused(kv, &cx.meta, step, detail);
}

/// What the client is told, and where it named a server that is not known, those that are.
pub(super) async fn refusal(kv: &Kavach, error: &OAuthError) -> Detail {
    let mut detail = trace::of_error(error);
    if matches!(error.refusal, Refusal::InvalidTarget | Refusal::InvalidScope)
        && let Ok(known) = crate::oauth::resources::all(kv).await
    {
        let names: Vec<&str> = known.iter().take(10).map(|one| one.resource.as_str()).collect();
        detail.extend(trace::detail([("resources known here", &names.join(" "))]));
    }
    detail
}

/// Everything the client asked for may be asked for.
pub(super) fn holds(kv: &Kavach, cx: &RequestContext, trail: Trail, asked: &Asked) {
    let detail = trace::detail([("scope", &asked.scopes), ("resource", &asked.resources.join(" "))]);
    trail.note(kv, &cx.meta, TraceStepCode::ParametersHold, detail);
}

/// A person has to do something.
pub(super) fn waits(kv: &Kavach, cx: &RequestContext, trail: Trail, gap: Gap) {
    let step = match gap {
        Gap::Nobody => TraceStepCode::SignIn,
        Gap::Stale => TraceStepCode::Confirm,
        Gap::Guest => TraceStepCode::Account,
        Gap::Consent => TraceStepCode::Agree,
        Gap::Other | Gap::Weak => TraceStepCode::Silent,
    };
    trail.comes_to(kv, &cx.meta, step, Detail::new(), TraceOutcome::Waiting, Some(WAIT));
}

/// It was not looked at to the end.
pub(super) fn broke(kv: &Kavach, cx: &RequestContext, trail: Trail, error: &Error) {
    let detail = trace::detail([("error", error.code().as_str())]);
    trail.refused(kv, &cx.meta, TraceStepCode::Broke, detail);
}

/// A client pushed a request that does not do.
pub(super) fn not_pushed(kv: &Kavach, cx: &RequestContext, client: &str, said: Detail, error: &OAuthError) {
    let (kind, outcome) = (TraceKind::Authorize, TraceOutcome::Refused);
    let trail = trace::begin(kv, cx, kind, Some(client), outcome, TraceStepCode::Asked, said);
    trail.refused(kv, &cx.meta, TraceStepCode::PushRefused, trace::of_error(error));
}

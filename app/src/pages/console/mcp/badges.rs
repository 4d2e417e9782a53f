//! Marks and sentences for what clients are and what their tries came to.

use crate::components::{Badge, Tone};
use kavach_model::oauth::{AuthMethod, ClientKind, OAuthClient};
use kavach_model::trace::{TraceKind, TraceOutcome};
use leptos::prelude::*;

/// How a client came to be known.
pub(super) const fn kind_name(kind: ClientKind) -> &'static str {
    match kind {
        ClientKind::Registered => "Registered",
        ClientKind::Document => "Document",
        ClientKind::Dynamic => "Self-registered",
    }
}

/// Who vouches for what a client says of itself.
pub(super) fn vouched(client: &OAuthClient) -> String {
    match client.kind {
        ClientKind::Registered => "An administrator".to_owned(),
        ClientKind::Document => host(&client.id).to_owned(),
        ClientKind::Dynamic => "Nobody".to_owned(),
    }
}

/// The host of a document's address.
fn host(id: &str) -> &str {
    let rest = id.split_once("://").map_or(id, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or(rest)
}

pub(super) const fn auth_name(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::None => "Not at all: a public client, which proves each request with PKCE",
        AuthMethod::ClientSecretBasic => "By a secret in the Authorization header",
        AuthMethod::ClientSecretPost => "By a secret in the body",
        AuthMethod::PrivateKeyJwt => "By signing with its key",
    }
}

/// Counted up to a thousand.
pub(super) fn counted(count: u64) -> String {
    if count >= u64::from(kavach_service::oauth::clients::MOST_COUNTED) {
        "1,000+".to_owned()
    } else {
        count.to_string()
    }
}

/// Whether a client may ask.
pub(super) fn state(client: &OAuthClient) -> impl IntoView + use<> {
    let off = client.disabled_at.is_some();
    let (tone, text) = if off { (Tone::Bad, "Off") } else { (Tone::Good, "On") };
    view! { <Badge tone text /> }
}

pub(super) const fn tried(kind: TraceKind) -> &'static str {
    match kind {
        TraceKind::Authorize => "To be let in",
        TraceKind::Register => "To register itself",
        TraceKind::Token => "To get a token",
    }
}

pub(super) const fn outcome_name(outcome: TraceOutcome) -> &'static str {
    match outcome {
        TraceOutcome::Refused => "Refused",
        TraceOutcome::Waiting => "Waits for a person",
        TraceOutcome::Abandoned => "Abandoned",
        TraceOutcome::Denied => "Denied",
        TraceOutcome::CodeIssued => "Waits for the client",
        TraceOutcome::NeverRedeemed => "Never came back",
        TraceOutcome::Completed => "Connected",
        TraceOutcome::Registered => "Registered",
    }
}

pub(super) const fn outcome_tone(outcome: TraceOutcome) -> Tone {
    match outcome {
        TraceOutcome::Refused => Tone::Bad,
        TraceOutcome::NeverRedeemed | TraceOutcome::Denied | TraceOutcome::Abandoned => Tone::Warn,
        TraceOutcome::Waiting | TraceOutcome::CodeIssued => Tone::Neutral,
        TraceOutcome::Completed | TraceOutcome::Registered => Tone::Good,
    }
}

/// What it came to, as a mark.
pub(super) fn outcome(outcome: TraceOutcome) -> impl IntoView {
    view! { <Badge tone=outcome_tone(outcome) text=outcome_name(outcome) /> }
}

/// What never happened, which is nobody's step.
pub(super) const fn missing(outcome: TraceOutcome) -> Option<&'static str> {
    match outcome {
        TraceOutcome::Abandoned => Some(
            "The person never came back with an answer. They may have closed the page, or could not sign in: look for \
             failed sign-ins at that time in the audit log.",
        ),
        TraceOutcome::NeverRedeemed => Some(
            "The client never came for its code. Its browser tab may have been closed, nothing listened at the redirect \
             URI, or the client does not reach the token endpoint: look into the client's own log.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_document_vouches_for_it() {
        assert_eq!(host("https://app.example:8443/client.json?v=1"), "app.example:8443");
        assert_eq!(host("https://app.example?x"), "app.example");
    }
}

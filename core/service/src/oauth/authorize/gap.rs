//! What stands between a request and its code: who is signed in, how and since when, and whether they agreed.

use super::{Asked, is_site, place};
use crate::Kavach;
use crate::context::{RequestContext, SessionCaller};
use crate::error::Result;
use crate::oauth::clients::Client;
use crate::oauth::grants;
use crate::oauth::metadata::ACR;
use crate::oauth::scope::Scopes;
use kavach_model::oauth::{AuthMethod, ClientKind, OAuthError, Refusal};

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

/// What stands in the way of a code for whoever is signed in.
pub(crate) async fn gap(
    kv: &Kavach,
    cx: &RequestContext,
    client: &Client,
    asked: &Asked,
) -> Result<Option<Gap>> {
    let Some(caller) = super::session(cx) else { return Ok(Some(Gap::Nobody)) };
    if caller.user.anonymous {
        return Ok(Some(Gap::Guest));
    }
    if asked.hint_subject.as_ref().is_some_and(|subject| *subject != caller.user.id.to_string()) {
        return Ok(Some(Gap::Other));
    }
    if is_stale(kv, caller, asked) {
        return Ok(Some(Gap::Stale));
    }
    if asked.two_factors && grants::acr(&caller.session.amr) != ACR[1] {
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

/// What a client is told that asked not to ask.
pub(super) fn silent(gap: Gap) -> OAuthError {
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

//! Asking a person whether a client may have what it asks for: who vouches for the client, where the answer goes, which
//! servers it is for, and what is new.

use super::authorize::{self, Asked, Back, Gap, WAITING};
use super::clients::{self, Client};
use super::redirect_uri::{Destination, RedirectUri};
use super::scope::{STANDARD, Scopes};
use super::trace::{Detail, Trail};
use super::{issuer, resources};
use crate::context::{Caller, RequestContext, SessionCaller};
use crate::crypto::token::TokenHash;
use crate::error::Result;
use crate::{Kavach, audit};
use kavach_model::audit::AuditKind;
use kavach_model::oauth::{
    AskedScope, ClientKind, ConsentRequest, OAuthError, OAuthResource, Refusal, Towards, Vouched,
};
use kavach_model::trace::{TraceOutcome, TraceStepCode};
use kavach_model::{ErrorCode, Token};
use kavach_store::ConsentRow;

/// What a person finds who comes to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// This.
    Ask(Box<ConsentRequest>),
    /// Nothing any more: on to the client, as a step of its own.
    Settled,
    /// Something to do first, on another page of ours.
    First(String),
    /// An account to make first.
    Guest,
}

/// What waits under a name for the person who asks, in their browser.
pub async fn look(kv: &Kavach, cx: &RequestContext, token: &str) -> Result<Question> {
    let (token, asked, client) = found(kv, cx, token).await?;
    let caller = person(cx)?;
    Ok(match authorize::gap(kv, cx, &client, &asked).await? {
        None => Question::Settled,
        Some(Gap::Guest) => Question::Guest,
        Some(gap @ (Gap::Nobody | Gap::Stale)) => Question::First(authorize::page(&token, gap, None)),
        Some(Gap::Other | Gap::Weak) => return Err(ErrorCode::Forbidden.into()),
        Some(Gap::Consent) => {
            let question = shown(kv, caller, &client, &asked).await?;
            Trail(asked.trace).note(kv, &cx.meta, TraceStepCode::ConsentShown, Detail::new());
            Question::Ask(Box::new(question))
        }
    })
}

/// The person says yes, or said so before: where the browser goes.
pub async fn approve(kv: &Kavach, cx: &RequestContext, token: &str) -> Result<String> {
    let (token, asked, client) = found(kv, cx, token).await?;
    let caller = person(cx)?;
    match authorize::gap(kv, cx, &client, &asked).await? {
        None | Some(Gap::Consent) => {}
        Some(Gap::Stale) => return Err(ErrorCode::ReauthenticationRequired.into()),
        Some(_) => return Err(ErrorCode::Forbidden.into()),
    }
    claim(kv, &token).await?;
    keep(kv, caller, &asked).await?;
    Trail(asked.trace).note(kv, &cx.meta, TraceStepCode::Allowed, Detail::new());
    authorize::issue(kv, cx, &client, &asked, &caller.user, &caller.session).await
}

/// What needs no answer any more goes on: where the browser goes.
pub async fn resume(kv: &Kavach, cx: &RequestContext, token: &str) -> Result<String> {
    let (token, asked, client) = found(kv, cx, token).await?;
    let caller = person(cx)?;
    if authorize::gap(kv, cx, &client, &asked).await?.is_some() {
        return Err(ErrorCode::Forbidden.into());
    }
    claim(kv, &token).await?;
    authorize::issue(kv, cx, &client, &asked, &caller.user, &caller.session).await
}

/// The person says no: where the browser goes.
pub async fn deny(kv: &Kavach, cx: &RequestContext, token: &str) -> Result<String> {
    let (token, asked, _) = found(kv, cx, token).await?;
    let caller = person(cx)?;
    claim(kv, &token).await?;
    let now = kv.clock().now();
    let mut event = cx.event(AuditKind::OAuthDenied, now);
    event.user_id = Some(caller.user.id);
    event.context = Some(authorize::about(&asked));
    let mut tx = kv.store().write().await?;
    tx.append_audit(&[audit::draft(kv, event, Some(caller.user.id))]).await?;
    tx.commit().await?;
    let outcome = TraceOutcome::Denied;
    Trail(asked.trace).comes_to(kv, &cx.meta, TraceStepCode::Denied, Detail::new(), outcome, None);
    let issuer = issuer(kv).ok_or(ErrorCode::Internal)?;
    let back = Back { issuer, redirect_uri: &asked.redirect_uri, state: asked.state.as_deref() };
    Ok(back.error(&OAuthError::new(Refusal::AccessDenied, "the person said no")))
}

async fn found(kv: &Kavach, cx: &RequestContext, token: &str) -> Result<(Token, Asked, Client)> {
    let (token, asked) = authorize::waiting(kv, cx, token).await?.ok_or(ErrorCode::LinkInvalid)?;
    // Switched off, deleted or changed meanwhile.
    let client = clients::find(kv, &asked.client_id).await?.ok_or(ErrorCode::LinkInvalid)?;
    if client.redirect(&asked.redirect_uri).is_none() {
        return Err(ErrorCode::LinkInvalid.into());
    }
    Ok((token, asked, client))
}

fn person(cx: &RequestContext) -> Result<&SessionCaller> {
    match &cx.caller {
        Caller::Session(caller) => Ok(caller),
        _ => cx.require_session(),
    }
}

async fn claim(kv: &Kavach, token: &Token) -> Result<()> {
    let mut tx = kv.store().write().await?;
    let claimed = tx.claim_once(WAITING, TokenHash::of(token).as_str(), kv.clock().now()).await?;
    tx.commit().await?;
    claimed.map(|_| ()).ok_or_else(|| ErrorCode::LinkInvalid.into())
}

/// Keeps what was agreed to, together with what was before: a client that asks for more later asks for all of it.
async fn keep(kv: &Kavach, caller: &SessionCaller, asked: &Asked) -> Result<()> {
    let scopes: Scopes = asked.scopes.parse().unwrap_or_default();
    let place = authorize::place(&asked.redirect_uri);
    let resource = asked.resources.join(" ");
    let mut tx = kv.store().write().await?;
    let before = tx.find_oauth_consent(caller.user.id, &asked.client_id, &place, &resource).await?;
    let before: Scopes = before.and_then(|before| before.parse().ok()).unwrap_or_default();
    let row = ConsentRow {
        client_id: asked.client_id.clone(),
        client_name: None,
        redirect: place,
        resource,
        scopes: scopes.together_with(&before).to_string(),
        given_at: kv.clock().now(),
    };
    tx.put_oauth_consent(caller.user.id, &row).await?;
    Ok(tx.commit().await?)
}

async fn shown(
    kv: &Kavach,
    caller: &SessionCaller,
    client: &Client,
    asked: &Asked,
) -> Result<ConsentRequest> {
    let known = resources::all(kv).await?;
    let servers: Vec<&OAuthResource> =
        known.iter().filter(|one| asked.resources.contains(&one.resource)).collect();
    let scopes: Scopes = asked.scopes.parse().unwrap_or_default();
    let before = authorize::agreed(kv, caller, client, asked).await?;
    let towards = match RedirectUri::parse(&asked.redirect_uri).map(|uri| uri.destination()) {
        Ok(Destination::Site(host)) => Towards::Site(host),
        Ok(Destination::ThisMachine) => Towards::ThisMachine,
        Ok(Destination::App(scheme)) => Towards::App(scheme),
        Err(_) => return Err(ErrorCode::LinkInvalid.into()),
    };
    let said = &client.metadata;
    let web = |uri: &Option<String>| uri.clone().filter(|uri| uri.starts_with("https://"));
    let links =
        [("home", web(&said.client_uri)), ("policy", web(&said.policy_uri)), ("terms", web(&said.tos_uri))];
    Ok(ConsentRequest {
        client: client.name.clone(),
        vouched: vouched(client),
        first_seen: client.row.created_at,
        last_used: client.row.last_used_at,
        links: links.into_iter().filter_map(|(kind, uri)| Some((kind, uri?))).collect(),
        towards,
        resources: servers.iter().map(|one| (one.name.clone(), one.resource.clone())).collect(),
        scopes: told(&scopes, &servers, before.as_ref()),
        days: client.uses("refresh_token").then(|| kv.config().oauth.refresh_life.as_secs() / 86_400),
    })
}

/// Scopes as a person reads them: first those about themselves, then what the servers offer.
pub(super) fn told(scopes: &Scopes, servers: &[&OAuthResource], before: Option<&Scopes>) -> Vec<AskedScope> {
    let standard = |name: &str| STANDARD.iter().position(|known| *known == name);
    let offered = |name: &str| servers.iter().flat_map(|one| &one.scopes).find(|scope| scope.name == name);
    let mut told: Vec<AskedScope> = scopes
        .iter()
        .map(|name| AskedScope {
            name: name.to_owned(),
            description: match standard(name) {
                Some(_) => String::new(),
                None => offered(name).map(|scope| scope.description.clone()).unwrap_or_default(),
            },
            is_new: before.is_some_and(|before| !before.contains(name)),
        })
        .collect();
    told.sort_by_key(|scope| standard(&scope.name).unwrap_or(STANDARD.len()));
    told
}

fn vouched(client: &Client) -> Vouched {
    match client.kind {
        ClientKind::Registered => Vouched::Administrator,
        ClientKind::Document => {
            let url = url::Url::parse(&client.id).ok();
            let host = url.and_then(|url| url.host_str().map(str::to_owned));
            host.map_or(Vouched::Nobody, Vouched::Host)
        }
        ClientKind::Dynamic => Vouched::Nobody,
    }
}

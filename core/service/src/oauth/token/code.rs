//! `authorization_code` (OAuth 2.1, section 4.1.3): good once. Used a second time, what came of it ends.

use super::{end_reused, invalid_grant, narrowed_resources, scopes_of};
use crate::Kavach;
use crate::context::RequestContext;
use crate::crypto::token::{self as secrets, TokenHash};
use crate::oauth::authorize::{CODE, CodePayload, Parameters};
use crate::oauth::clients::{self, Client};
use crate::oauth::grants::{self, Issue};
use crate::oauth::pkce::{Challenge, METHOD};
use crate::oauth::trace::{self, Detail, Trail};
use crate::oauth::{Answer, refuse};
use kavach_model::oauth::{Refusal, TokenAnswer};
use kavach_model::trace::{TraceOutcome, TraceStepCode};
use kavach_model::{Secret, Token, TokenKind};

pub(super) async fn redeem(
    kv: &Kavach,
    cx: &RequestContext,
    client: &Client,
    parameters: &Parameters,
    jkt: Option<&str>,
    trail: &mut Trail,
) -> Answer<TokenAnswer> {
    let missing = |what: &'static str| refuse(Refusal::InvalidRequest, what);
    let code = parameters.get("code").ok_or_else(|| missing("code is missing"))?;
    let verifier = parameters.get("code_verifier").ok_or_else(|| missing("code_verifier is missing"))?;
    let unknown = || invalid_grant("the code is unknown, used or over");
    let hash = TokenHash::of(&Token::parse(TokenKind::Code, code).ok_or_else(unknown)?);
    let now = kv.clock().now();
    let mut conn = kv.store().read().await?;
    let payload = match conn.find_once(CODE, hash.as_str(), now).await? {
        Some(found) => read(&found.payload).ok_or_else(unknown)?,
        None => {
            let spent = conn.find_spent_once(CODE, hash.as_str()).await?;
            drop(conn);
            // Whoever holds somebody else's used code must not be able to end their session with it.
            let spent =
                spent.and_then(|spent| read(&spent.payload)).filter(|spent| spent.client_id == client.id);
            if let Some(spent) = spent {
                *trail = Trail(spent.trace);
                trail.note(kv, &cx.meta, TraceStepCode::CodeReused, Detail::new());
                end_reused(kv, cx, spent.grant_id, &client.id, "code").await?;
            }
            return Err(unknown());
        }
    };
    *trail = Trail(payload.trace);
    // What does not fit leaves the code as it was, for whoever it is for.
    if payload.client_id != client.id {
        return Err(unknown());
    }
    if parameters.get("redirect_uri").is_some_and(|uri| uri != payload.redirect_uri) {
        return Err(invalid_grant("redirect_uri is not the one the code was sent to"));
    }
    let challenge = Challenge::parse(&payload.challenge, Some(METHOD)).ok_or_else(unknown)?;
    if !challenge.is_met_by(&Secret::new(verifier)) {
        return Err(invalid_grant("code_verifier does not match"));
    }
    if payload.jkt.is_some() && payload.jkt.as_deref() != jkt {
        return Err(invalid_grant("the code is bound to another key"));
    }
    let mut grant = conn.find_live_oauth_grant(payload.grant_id, now).await?.ok_or_else(unknown)?;
    let user = match grant.user_id {
        Some(id) => conn.find_user(id).await?.map(|row| row.user),
        None => None,
    };
    let user = user.ok_or_else(unknown)?;
    drop(conn);
    let resources = narrowed_resources(&grants::resources(&grant), parameters.all("resource"))?;
    let scopes = scopes_of(&grant);
    grant.expires_at = now + kv.config().oauth.refresh_life;
    let issue = Issue {
        grant: &grant,
        client_id: &client.id,
        scopes: &scopes,
        resources: &resources,
        jkt,
        how: "authorization_code",
    };
    let mut issued = grants::access_token(kv, cx, &issue, now).await?;
    if scopes.contains("openid") {
        let token = &issued.answer.access_token;
        issued.answer.id_token = Some(grants::id_token(kv, client, &grant, &user, token, now).await?);
    }
    let mut tx = kv.store().write().await?;
    if tx.claim_once(CODE, hash.as_str(), now).await?.is_none() {
        drop(tx);
        // Another was faster with the same code: neither may go on.
        end_reused(kv, cx, grant.id, &client.id, "code").await?;
        return Err(unknown());
    }
    // What a public client refreshes with is bound to its key; others prove who they are.
    let bound = jkt.filter(|_| !client.is_confidential());
    tx.extend_oauth_grant(grant.id, now, grant.expires_at, bound).await?.ok_or_else(unknown)?;
    if client.uses("refresh_token") {
        let token = secrets::issue(TokenKind::Refresh, kv.rng());
        tx.insert_refresh_token(TokenHash::of(&token).as_str(), grant.id, now, grant.expires_at).await?;
        issued.answer.refresh_token = Some(token);
    }
    clients::touch(&mut tx, client, now).await?;
    tx.append_audit(&[issued.record]).await?;
    tx.commit().await?;
    let given = trace::detail([("scope", &issued.answer.scope), ("resource", &resources.join(" "))]);
    let outcome = TraceOutcome::Completed;
    trail.comes_to(kv, &cx.meta, TraceStepCode::TokenIssued, given, outcome, None);
    Ok(issued.answer)
}

fn read(payload: &str) -> Option<CodePayload> {
    serde_json::from_str(payload).ok()
}

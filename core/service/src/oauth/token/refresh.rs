//! `refresh_token` (OAuth 2.1, section 4.3): every use gives the next one. A used one that comes again within the grace is
//! answered with the very successor it had, because an answer may be lost or two requests may race; later, or once that
//! successor was used itself, it is somebody else's copy, and the grant ends.

use super::{end_reused, invalid_grant, narrowed_resources, narrowed_scopes, scopes_of};
use crate::Kavach;
use crate::context::RequestContext;
use crate::crypto::token::{self as secrets, TokenHash};
use crate::oauth::authorize::Parameters;
use crate::oauth::clients::{self, Client};
use crate::oauth::grants::{self, Issue};
use crate::oauth::{Answer, refuse};
use kavach_model::oauth::{Refusal, TokenAnswer};
use kavach_model::{Timestamp, Token, TokenKind};
use kavach_store::RefreshRow;

pub(super) async fn redeem(
    kv: &Kavach,
    cx: &RequestContext,
    client: &Client,
    parameters: &Parameters,
    jkt: Option<&str>,
) -> Answer<TokenAnswer> {
    let missing = || refuse(Refusal::InvalidRequest, "refresh_token is missing");
    let unknown = || invalid_grant("the refresh token is unknown, used or over");
    let text = parameters.get("refresh_token").ok_or_else(missing)?;
    let hash = TokenHash::of(&Token::parse(TokenKind::Refresh, text).ok_or_else(unknown)?);
    let now = kv.clock().now();
    let row = kv.store().read().await?.find_refresh_token(hash.as_str(), now).await?.ok_or_else(unknown)?;
    if row.grant.client_id != client.id || row.over || row.expires_at <= now {
        return Err(unknown());
    }
    let bound = row.grant.jkt.as_deref().filter(|_| !client.is_confidential());
    if bound.is_some() && bound != jkt {
        return Err(invalid_grant("the refresh token is bound to another key"));
    }
    let scopes = narrowed_scopes(&scopes_of(&row.grant), parameters.get("scope"))?;
    let resources = narrowed_resources(&grants::resources(&row.grant), parameters.all("resource"))?;
    let issue = Issue {
        grant: &row.grant,
        client_id: &client.id,
        scopes: &scopes,
        resources: &resources,
        jkt,
        how: "refresh_token",
    };
    let mut issued = grants::access_token(kv, cx, &issue, now).await?;
    if scopes.contains("openid")
        && let Some(id) = row.grant.user_id
        && let Some(user) = kv.store().read().await?.find_user(id).await?
    {
        let token = &issued.answer.access_token;
        issued.answer.id_token =
            Some(grants::id_token(kv, client, &row.grant, &user.user, token, now).await?);
    }
    let fresh = secrets::issue(TokenKind::Refresh, kv.rng());
    let mut tx = kv.store().write().await?;
    if tx.claim_refresh_token(hash.as_str(), &grants::seal_successor(kv, &fresh), now).await? {
        tx.insert_refresh_token(TokenHash::of(&fresh).as_str(), row.grant.id, now, row.grant.expires_at)
            .await?;
        issued.answer.refresh_token = Some(fresh);
    } else {
        // It was used: before, or by a request that was faster.
        let row = tx.find_refresh_token(hash.as_str(), now).await?.ok_or_else(unknown)?;
        let successor = match honest(kv, &row, now) {
            Some(successor) => {
                let used = tx.is_refresh_token_used(TokenHash::of(&successor).as_str()).await?;
                Some(successor).filter(|_| !used)
            }
            None => None,
        };
        let Some(successor) = successor else {
            drop(tx);
            end_reused(kv, cx, row.grant.id, &client.id, "refresh_token").await?;
            return Err(unknown());
        };
        issued.answer.refresh_token = Some(successor);
    }
    clients::touch(&mut tx, client, now).await?;
    tx.append_audit(&[issued.record]).await?;
    tx.commit().await?;
    Ok(issued.answer)
}

/// The successor of a token that was used a moment ago.
fn honest(kv: &Kavach, row: &RefreshRow, now: Timestamp) -> Option<Token> {
    let used_at = row.used_at.filter(|_| !row.over)?;
    if now.since(used_at) > kv.config().oauth.refresh_grace {
        return None;
    }
    grants::open_successor(kv, row.successor.as_deref()?)
}

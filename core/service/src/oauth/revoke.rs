//! Revocation (RFC 7009): a client takes back what it was given. Any token ends the whole grant, and what came of it; a
//! token that is not the client's own, or none at all, is left alone and answered the same.

use super::client_auth::Party;
use super::grants::ACCESS;
use super::{Answer, keys};
use crate::context::RequestContext;
use crate::crypto::token::TokenHash;
use crate::{Kavach, audit};
use kavach_model::audit::AuditKind;
use kavach_model::{GrantId, Token, TokenKind};
use serde_json::{Map, Value};

/// Takes a token back.
pub async fn revoke(kv: &Kavach, cx: &RequestContext, party: &Party, token: &str) -> Answer<()> {
    let id = party.id();
    let now = kv.clock().now();
    let grant = match Token::parse(TokenKind::Refresh, token) {
        Some(token) => {
            let hash = TokenHash::of(&token);
            let row = kv.store().read().await?.find_refresh_token(hash.as_str(), now).await?;
            row.filter(|row| row.grant.client_id == id).map(|row| row.grant.id)
        }
        None => {
            let claims = keys::read_own(kv, token, ACCESS).await?;
            let own =
                |claims: &Map<String, Value>| claims.get("client_id").and_then(Value::as_str) == Some(&id);
            let grant =
                claims.filter(own).and_then(|claims| claims.get("grant_id")?.as_str().map(str::to_owned));
            grant.and_then(|grant| grant.parse::<GrantId>().ok())
        }
    };
    let Some(grant) = grant else { return Ok(()) };
    let mut tx = kv.store().write().await?;
    let ended = tx.revoke_oauth_grant(grant, now).await?;
    if ended > 0 {
        let mut event = cx.event(AuditKind::OAuthRevoked, now);
        event.context = Some(Map::from_iter([
            ("client".to_owned(), id.into()),
            ("grantId".to_owned(), grant.to_string().into()),
            ("grants".to_owned(), ended.into()),
        ]));
        tx.append_audit(&[audit::draft(kv, event, None)]).await?;
    }
    Ok(tx.commit().await?)
}

//! What a person let in, and letting it out again.

use super::consent::told;
use super::resources;
use crate::context::RequestContext;
use crate::error::Result;
use crate::{Kavach, audit, names};
use kavach_model::ErrorCode;
use kavach_model::audit::AuditKind;
use kavach_model::oauth::ConnectedApp;
use kavach_store::ConsentRow;
use serde_json::Map;

/// Every client the person of the session let in, newest first.
pub async fn list(kv: &Kavach, cx: &RequestContext) -> Result<Vec<ConnectedApp>> {
    let user = cx.require_session()?.user.id;
    let rows = kv.store().read().await?.list_oauth_consents(user).await?;
    let known = resources::all(kv).await?;
    let scopes = |row: &ConsentRow| {
        let servers =
            known.iter().filter(|one| row.resource.split(' ').any(|address| address == one.resource));
        let servers: Vec<_> = servers.collect();
        told(&row.scopes.parse().unwrap_or_default(), &servers, None)
    };
    Ok(rows
        .into_iter()
        .map(|row| ConnectedApp {
            scopes: scopes(&row),
            name: row.client_name.unwrap_or_else(|| row.client_id.clone()),
            client_id: row.client_id,
            redirect: row.redirect,
            resource: row.resource,
            given_at: row.given_at,
        })
        .collect())
}

/// Ends everything a client has of the person, and has it ask again.
pub async fn revoke(kv: &Kavach, cx: &RequestContext, client_id: &str) -> Result<()> {
    let user = cx.require_session()?.user.id;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let agreed = tx.delete_oauth_consents(user, client_id).await?;
    let grants = tx.revoke_oauth_grants_of(user, Some(client_id), now).await?;
    if agreed + grants == 0 {
        return Err(ErrorCode::NotFound.into());
    }
    let mut event = cx.event(AuditKind::OAuthRevoked, now);
    event.user_id = Some(user);
    event.context = Some(Map::from_iter([
        ("client".to_owned(), names::printable(client_id, 300).into()),
        ("grants".to_owned(), grants.into()),
    ]));
    tx.append_audit(&[audit::draft(kv, event, Some(user))]).await?;
    Ok(tx.commit().await?)
}

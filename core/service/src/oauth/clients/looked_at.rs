//! One client as its page shows it, and what switching it off or deleting it ends.

use super::Client;
use crate::Kavach;
use crate::context::RequestContext;
use crate::error::Result;
use kavach_model::ErrorCode;
use kavach_model::api_key::Scope;
use kavach_model::oauth::{ClientMetadata, OAuthClient};

/// Grants are counted up to here.
pub const MOST_COUNTED: u32 = 1_000;

/// A client with everything that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientDetail {
    /// The client.
    pub client: OAuthClient,
    /// What it says of itself.
    pub metadata: ClientMetadata,
    /// Its grants that live, counted up to [`MOST_COUNTED`].
    pub live_grants: u64,
}

/// One client; for administrators.
pub async fn get(kv: &Kavach, cx: &RequestContext, id: &str) -> Result<ClientDetail> {
    cx.require_admin(Scope::UsersRead)?;
    let now = kv.clock().now();
    let mut conn = kv.store().read().await?;
    let row = conn.find_oauth_client(id).await?.ok_or(ErrorCode::NotFound)?;
    let live_grants = conn.count_live_oauth_grants(id, now, MOST_COUNTED).await?;
    let client = Client::of(row)?;
    Ok(ClientDetail { metadata: client.metadata.clone(), client: client.shown(), live_grants })
}

/// How many grants of each client live, counted up to [`MOST_COUNTED`]; for administrators.
pub async fn live_grants(kv: &Kavach, cx: &RequestContext, clients: &[OAuthClient]) -> Result<Vec<u64>> {
    cx.require_admin(Scope::UsersRead)?;
    let now = kv.clock().now();
    let mut conn = kv.store().read().await?;
    let mut counts = Vec::with_capacity(clients.len());
    for client in clients {
        counts.push(conn.count_live_oauth_grants(&client.id, now, MOST_COUNTED).await?);
    }
    Ok(counts)
}

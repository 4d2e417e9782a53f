//! Programs that ask for tokens, and the servers the tokens are for.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use kavach_model::{ResourceId, Timestamp, UserId};

/// A client as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// Its `client_id`.
    pub id: String,
    /// How it came to be known: `registered`, `document` or `dynamic`.
    pub kind: String,
    /// What it calls itself.
    pub name: String,
    /// How it proves who it is at the token endpoint.
    pub auth_method: String,
    /// SHA-256 of its secret.
    pub secret_hash: Option<String>,
    /// What else it says of itself, as JSON.
    pub metadata: String,
    /// SHA-256 of the token that manages it.
    pub registration_hash: Option<String>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// When it last got a token, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Until when its document need not be fetched again.
    pub fresh_until: Option<Timestamp>,
    /// Since when it is switched off.
    pub disabled_at: Option<Timestamp>,
}

/// A server that tokens are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRow {
    /// Which.
    pub id: ResourceId,
    /// Its address.
    pub resource: String,
    /// What people call it.
    pub name: String,
    /// Its scopes, as JSON.
    pub scopes: String,
    /// What its scopes hang below among permissions.
    pub permission_root: String,
    /// When it was added.
    pub created_at: Timestamp,
}

const COLUMNS: &str =
    "SELECT id, kind, name, auth_method, secret_hash, metadata, registration_hash, created_by,
    created_at, last_used_at, fresh_until, disabled_at FROM oauth_clients";
const RESOURCE: &str = "SELECT id, resource, name, scopes, permission_root, created_at FROM oauth_resources";

fn read(row: &Row) -> Result<ClientRow> {
    Ok(ClientRow {
        id: row.text("id")?,
        kind: row.text("kind")?,
        name: row.text("name")?,
        auth_method: row.text("auth_method")?,
        secret_hash: row.opt_text("secret_hash")?,
        metadata: row.text("metadata")?,
        registration_hash: row.opt_text("registration_hash")?,
        created_by: row.opt_parsed("created_by")?,
        created_at: row.time("created_at")?,
        last_used_at: row.opt_time("last_used_at")?,
        fresh_until: row.opt_time("fresh_until")?,
        disabled_at: row.opt_time("disabled_at")?,
    })
}

fn read_resource(row: &Row) -> Result<ResourceRow> {
    Ok(ResourceRow {
        id: row.parsed("id")?,
        resource: row.text("resource")?,
        name: row.text("name")?,
        scopes: row.text("scopes")?,
        permission_root: row.text("permission_root")?,
        created_at: row.time("created_at")?,
    })
}

impl Conn {
    /// Stores a client. One with the same identifier, which only a document can have, is replaced; who made it, when it
    /// was first seen, and that it is switched off, stay.
    pub async fn put_oauth_client(&mut self, client: &ClientRow, now: Timestamp) -> Result<()> {
        self.execute(
            sql("INSERT INTO oauth_clients
                    (id, kind, name, auth_method, secret_hash, metadata, registration_hash, created_by, created_at,
                     updated_at, fresh_until)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                 ON CONFLICT (id) DO UPDATE
                 SET name = excluded.name, auth_method = excluded.auth_method, metadata = excluded.metadata,
                     secret_hash = excluded.secret_hash, updated_at = excluded.updated_at,
                     fresh_until = excluded.fresh_until")
            .bind(client.id.as_str())
            .bind(client.kind.as_str())
            .bind(client.name.as_str())
            .bind(client.auth_method.as_str())
            .bind(client.secret_hash.clone())
            .bind(client.metadata.as_str())
            .bind(client.registration_hash.clone())
            .bind(client.created_by)
            .bind(client.created_at)
            .bind(now)
            .bind(client.fresh_until),
        )
        .await?;
        Ok(())
    }

    /// The client called so, switched off or not.
    pub async fn find_oauth_client(&mut self, id: &str) -> Result<Option<ClientRow>> {
        self.first(sql(COLUMNS).filter("id = ", id)).await?.as_ref().map(read).transpose()
    }

    /// Clients, newest first. Cursors are times of creation.
    pub async fn list_oauth_clients(&mut self, before: Option<&str>, limit: u32) -> Result<Vec<ClientRow>> {
        let mut query = sql(COLUMNS);
        if let Some(before) = before {
            query = query
                .filter(
                    "(created_at, id) < (SELECT c.created_at, c.id FROM oauth_clients c WHERE c.id = ",
                    before,
                )
                .push(")");
        }
        let query = query.push(" ORDER BY created_at DESC, id DESC LIMIT ").parameter(i64::from(limit));
        self.all(query).await?.iter().map(read).collect()
    }

    /// Switches a client off or on.
    pub async fn set_oauth_client_disabled(
        &mut self,
        id: &str,
        disabled_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool> {
        let query = sql("UPDATE oauth_clients SET disabled_at = $2, updated_at = $3 WHERE id = $1");
        Ok(self.execute(query.bind(id).bind(disabled_at).bind(now)).await? == 1)
    }

    /// Forgets a client; what it was granted is revoked by the caller.
    pub async fn delete_oauth_client(&mut self, id: &str) -> Result<bool> {
        self.execute(sql("DELETE FROM oauth_consents WHERE client_id = $1").bind(id)).await?;
        Ok(self.execute(sql("DELETE FROM oauth_clients WHERE id = $1").bind(id)).await? == 1)
    }

    /// Notes that a client got a token.
    pub async fn touch_oauth_client(&mut self, id: &str, now: Timestamp, since: Timestamp) -> Result<()> {
        let query = sql("UPDATE oauth_clients SET last_used_at = $2
             WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3)");
        self.execute(query.bind(id).bind(now).bind(since)).await?;
        Ok(())
    }

    /// Forgets clients that registered themselves or published a document, were not used since a time, and have no live
    /// grant.
    pub async fn reap_oauth_clients(&mut self, idle_since: Timestamp, now: Timestamp) -> Result<u64> {
        self.execute(
            sql("DELETE FROM oauth_clients
                 WHERE kind <> 'registered' AND disabled_at IS NULL
                   AND created_at < $1 AND (last_used_at IS NULL OR last_used_at < $1)
                   AND NOT EXISTS (SELECT 1 FROM oauth_grants g
                                   WHERE g.client_id = oauth_clients.id AND g.revoked_at IS NULL
                                     AND g.expires_at > $2)")
            .bind(idle_since)
            .bind(now),
        )
        .await
    }

    /// Adds a server; false when its address is there already.
    pub async fn insert_oauth_resource(&mut self, row: &ResourceRow, by: Option<UserId>) -> Result<bool> {
        let made = self
            .execute(
                sql("INSERT INTO oauth_resources (id, resource, name, scopes, permission_root, created_by, created_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)
                     ON CONFLICT DO NOTHING")
                .bind(row.id)
                .bind(row.resource.as_str())
                .bind(row.name.as_str())
                .bind(row.scopes.as_str())
                .bind(row.permission_root.as_str())
                .bind(by)
                .bind(row.created_at),
            )
            .await?;
        Ok(made == 1)
    }

    /// Every server there is, by its address.
    pub async fn list_oauth_resources(&mut self) -> Result<Vec<ResourceRow>> {
        let query = sql(RESOURCE).push(" ORDER BY resource");
        self.all(query).await?.iter().map(read_resource).collect()
    }

    /// Takes a server out; its address, if it was there.
    pub async fn delete_oauth_resource(&mut self, id: ResourceId) -> Result<Option<String>> {
        let row =
            self.first(sql("DELETE FROM oauth_resources WHERE id = $1 RETURNING resource").bind(id)).await?;
        row.map(|row| row.text("resource")).transpose()
    }
}

//! API keys of administrators and services.

use crate::db::{Conn, Row, sql};
use crate::error::{Result, StoreError};
use crate::users::{read_user, user_columns};
use kavach_model::api_key::{ApiKey, Scope};
use kavach_model::user::User;
use kavach_model::{ApiKeyId, Page, PageRequest, Timestamp, UserId};

/// A live key with the person it acts for.
#[derive(Debug, Clone)]
pub struct ApiKeyRow {
    /// The key.
    pub key: ApiKey,
    /// Its owner.
    pub owner: User,
}

fn read(row: &Row) -> Result<ApiKey> {
    let scopes: Vec<String> = row.json("scopes")?;
    Ok(ApiKey {
        id: row.parsed("id")?,
        owner_id: row.parsed("owner_id")?,
        name: row.text("name")?,
        scopes: scopes
            .iter()
            .map(|scope| Scope::parse(scope).ok_or(StoreError::Inconsistent { column: "scopes" }))
            .collect::<Result<_>>()?,
        token_preview: row.text("preview")?,
        expires_at: row.opt_time("expires_at")?,
        last_used_at: row.opt_time("last_used_at")?,
        created_at: row.time("created_at")?,
    })
}

impl Conn {
    /// Stores a new key.
    pub async fn insert_api_key(&mut self, key: &ApiKey, token_hash: &str) -> Result<()> {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        self.execute(
            sql("INSERT INTO api_keys (id, owner_id, name, scopes, token_hash, preview, expires_at, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(key.id)
            .bind(key.owner_id)
            .bind(key.name.as_str())
            .bind(serde_json::Value::from(scopes).to_string())
            .bind(token_hash)
            .bind(key.token_preview.as_str())
            .bind(key.expires_at)
            .bind(key.created_at),
        )
        .await?;
        Ok(())
    }

    /// The live key of a token, if its owner's account works.
    pub async fn find_api_key(&mut self, token_hash: &str, now: Timestamp) -> Result<Option<ApiKeyRow>> {
        let row = self
            .first(
                sql(concat!(
                    "SELECT k.id, k.owner_id, k.name, k.scopes, k.preview, k.expires_at, k.last_used_at, k.created_at, ",
                    user_columns!(),
                    " FROM api_keys k
                     JOIN users u ON u.id = k.owner_id
                     WHERE k.token_hash = $1 AND k.revoked_at IS NULL AND u.status = 'active'
                       AND (k.expires_at IS NULL OR k.expires_at > $2)"
                ))
                .bind(token_hash)
                .bind(now),
            )
            .await?;
        row.map(|row| Ok(ApiKeyRow { key: read(&row)?, owner: read_user(&row)? })).transpose()
    }

    /// Live keys of one owner, or of everybody, newest first.
    pub async fn list_api_keys(
        &mut self,
        owner: Option<UserId>,
        now: Timestamp,
        page: &PageRequest,
    ) -> Result<Page<ApiKey>> {
        let mut query = sql(
            "SELECT id, owner_id, name, scopes, preview, expires_at, last_used_at, created_at FROM api_keys",
        )
        .condition("revoked_at IS NULL")
        .filter("(expires_at IS NULL OR expires_at > ", now)
        .push(")");
        if let Some(owner) = owner {
            query = query.filter("owner_id = ", owner);
        }
        if let Some(cursor) = &page.cursor {
            query = query.filter("id < ", cursor.as_str());
        }
        let rows = self
            .all(query.push(" ORDER BY id DESC LIMIT ").parameter(i64::from(page.limit()) + 1))
            .await?
            .iter()
            .map(read)
            .collect::<Result<Vec<_>>>()?;
        Ok(Page::from_rows(rows, page.limit(), |key| key.id.to_string()))
    }

    /// Ends a key of one owner, or of anybody; the hash of its token, if it was live.
    pub async fn revoke_api_key(
        &mut self,
        owner: Option<UserId>,
        id: ApiKeyId,
        now: Timestamp,
    ) -> Result<Option<String>> {
        let query = sql("UPDATE api_keys SET revoked_at = ").parameter(now).filter("id = ", id);
        let query = query.condition("revoked_at IS NULL");
        let query = match owner {
            Some(owner) => query.filter("owner_id = ", owner),
            None => query,
        };
        self.first(query.push(" RETURNING token_hash")).await?.map(|row| row.text("token_hash")).transpose()
    }

    /// Notes that a key was used.
    pub async fn touch_api_key(&mut self, id: ApiKeyId, now: Timestamp) -> Result<()> {
        self.execute(sql("UPDATE api_keys SET last_used_at = $2 WHERE id = $1").bind(id).bind(now)).await?;
        Ok(())
    }
}

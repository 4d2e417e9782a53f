//! Device grants (RFC 8628): asked for by a device, answered by a person elsewhere, handed over once. Every step is one
//! statement, so that it holds across restarts and replicas.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use kavach_model::{Timestamp, UserId};
use std::time::Duration;

/// A grant to be stored.
#[derive(Debug, Clone)]
pub struct NewDeviceGrant<'a> {
    /// Its identifier.
    pub id: &'a str,
    /// Which client asks.
    pub client_id: &'a str,
    /// What it asks for.
    pub scopes: &'a [String],
    /// SHA-256 of what the device polls with.
    pub device_hash: &'a str,
    /// Keyed hash of what the person types.
    pub code_hash: &'a str,
    /// Where the device is.
    pub ip: &'a str,
    /// What program it runs.
    pub user_agent: Option<&'a str>,
    /// How often it may poll.
    pub poll_every: Duration,
    /// Now.
    pub created_at: Timestamp,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

/// A grant as a person is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceGrantRow {
    /// Its identifier.
    pub id: String,
    /// Which client asks.
    pub client_id: String,
    /// What it asks for.
    pub scopes: Vec<String>,
    /// Where the device is.
    pub ip: String,
    /// What program it runs.
    pub user_agent: Option<String>,
    /// When it asked.
    pub created_at: Timestamp,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

/// What a device finds when it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polled {
    /// No such grant of this client, or one that was handed over.
    Unknown,
    /// Too soon: from now on it must wait longer.
    TooSoon,
    /// Nobody answered in time.
    Expired,
    /// Nobody answered yet.
    Pending,
    /// A person said no.
    Denied,
    /// A person said yes.
    Approved {
        /// Its identifier.
        id: String,
    },
}

/// A grant that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedGrant {
    /// Who approved.
    pub user_id: UserId,
    /// What was asked for and approved.
    pub scopes: Vec<String>,
    /// How the person had proven who they are.
    pub amr: Vec<String>,
    /// When.
    pub auth_time: Timestamp,
}

fn read(row: &Row) -> Result<DeviceGrantRow> {
    Ok(DeviceGrantRow {
        id: row.text("id")?,
        client_id: row.text("client_id")?,
        scopes: row.json("scopes")?,
        ip: row.text("ip")?,
        user_agent: row.opt_text("user_agent")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}

impl Conn {
    /// Stores a grant; false when its code is taken.
    pub async fn insert_device_grant(&mut self, new: &NewDeviceGrant<'_>) -> Result<bool> {
        let interval = i64::try_from(new.poll_every.as_millis()).unwrap_or(i64::MAX);
        let made = self
            .execute(
                sql("INSERT INTO device_grants
                        (id, client_id, scopes, device_hash, code_hash, status, ip, user_agent, poll_every,
                         next_poll_at, created_at, expires_at)
                     VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, $9, $9, $10)
                     ON CONFLICT DO NOTHING")
                .bind(new.id)
                .bind(new.client_id)
                .bind(serde_json::Value::from(new.scopes.to_vec()).to_string())
                .bind(new.device_hash)
                .bind(new.code_hash)
                .bind(new.ip)
                .bind(new.user_agent)
                .bind(interval)
                .bind(new.created_at)
                .bind(new.expires_at),
            )
            .await?;
        Ok(made == 1)
    }

    /// Binds an unanswered grant to the person and the browser that look at its code first; the same ones may look
    /// again. None for everybody else.
    pub async fn view_device_grant(
        &mut self,
        code_hash: &str,
        viewer: &str,
        user_id: UserId,
        now: Timestamp,
    ) -> Result<Option<DeviceGrantRow>> {
        let row = self
            .first(
                sql("UPDATE device_grants
                     SET viewer = $2, user_id = $3
                     WHERE code_hash = $1 AND status = 'pending' AND expires_at > $4
                           AND (viewer IS NULL OR (viewer = $2 AND user_id = $3))
                     RETURNING id, client_id, scopes, ip, user_agent, created_at, expires_at")
                .bind(code_hash)
                .bind(viewer)
                .bind(user_id)
                .bind(now),
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The unanswered grant that is bound to this person and browser.
    pub async fn find_device_grant(
        &mut self,
        code_hash: &str,
        viewer: &str,
        user_id: UserId,
        now: Timestamp,
    ) -> Result<Option<DeviceGrantRow>> {
        let query =
            sql("SELECT id, client_id, scopes, ip, user_agent, created_at, expires_at FROM device_grants")
                .filter("code_hash = ", code_hash)
                .filter("viewer = ", viewer)
                .filter("user_id = ", user_id)
                .condition("status = 'pending'")
                .filter("expires_at > ", now);
        self.first(query).await?.as_ref().map(read).transpose()
    }

    /// Approves an unanswered grant that is bound to this person and browser.
    pub async fn approve_device_grant(
        &mut self,
        code_hash: &str,
        viewer: &str,
        user_id: UserId,
        amr: &[String],
        auth_time: Timestamp,
        now: Timestamp,
    ) -> Result<Option<DeviceGrantRow>> {
        let row = self
            .first(
                sql("UPDATE device_grants
                     SET status = 'approved', amr = $4, auth_time = $5
                     WHERE code_hash = $1 AND viewer = $2 AND user_id = $3 AND status = 'pending' AND expires_at > $6
                     RETURNING id, client_id, scopes, ip, user_agent, created_at, expires_at")
                .bind(code_hash)
                .bind(viewer)
                .bind(user_id)
                .bind(serde_json::Value::from(amr.to_vec()).to_string())
                .bind(auth_time)
                .bind(now),
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Denies an unanswered grant that is bound to this person and browser.
    pub async fn deny_device_grant(
        &mut self,
        code_hash: &str,
        viewer: &str,
        user_id: UserId,
        now: Timestamp,
    ) -> Result<Option<DeviceGrantRow>> {
        let row = self
            .first(
                sql("UPDATE device_grants
                     SET status = 'denied'
                     WHERE code_hash = $1 AND viewer = $2 AND user_id = $3 AND status = 'pending' AND expires_at > $4
                     RETURNING id, client_id, scopes, ip, user_agent, created_at, expires_at")
                .bind(code_hash)
                .bind(viewer)
                .bind(user_id)
                .bind(now),
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Notes that a device asked and tells what it finds. One that asks too soon has to wait `longer` from then on.
    pub async fn poll_device_grant(
        &mut self,
        device_hash: &str,
        client_id: &str,
        longer: Duration,
        now: Timestamp,
    ) -> Result<Polled> {
        let longer = i64::try_from(longer.as_millis()).unwrap_or(i64::MAX);
        let in_time = self
            .first(
                sql("UPDATE device_grants
                     SET next_poll_at = $3 + poll_every
                     WHERE device_hash = $1 AND client_id = $2 AND status <> 'claimed' AND next_poll_at <= $3
                     RETURNING id, status, expires_at")
                .bind(device_hash)
                .bind(client_id)
                .bind(now),
            )
            .await?;
        let Some(row) = in_time else {
            let too_soon = self
                .execute(
                    sql("UPDATE device_grants
                         SET poll_every = poll_every + $4, next_poll_at = $3 + poll_every + $4
                         WHERE device_hash = $1 AND client_id = $2 AND status <> 'claimed'")
                    .bind(device_hash)
                    .bind(client_id)
                    .bind(now)
                    .bind(longer),
                )
                .await?;
            return Ok(if too_soon == 1 { Polled::TooSoon } else { Polled::Unknown });
        };
        Ok(match row.text("status")?.as_str() {
            "denied" => Polled::Denied,
            _ if row.time("expires_at")? <= now => Polled::Expired,
            "approved" => Polled::Approved { id: row.text("id")? },
            _ => Polled::Pending,
        })
    }

    /// Hands an approved grant over: of any number of callers exactly one gets it, and nobody when the account of the
    /// person who approved does not work any more.
    pub async fn claim_device_grant(&mut self, id: &str, now: Timestamp) -> Result<Option<ClaimedGrant>> {
        let row = self
            .first(
                sql("UPDATE device_grants
                     SET status = 'claimed'
                     WHERE id = $1 AND status = 'approved' AND expires_at > $2
                           AND EXISTS (SELECT 1 FROM users u
                                       WHERE u.id = device_grants.user_id AND u.status = 'active')
                     RETURNING user_id, scopes, amr, auth_time")
                .bind(id)
                .bind(now),
            )
            .await?;
        row.map(|row| {
            Ok(ClaimedGrant {
                user_id: row.parsed("user_id")?,
                scopes: row.json("scopes")?,
                amr: row.json("amr")?,
                auth_time: row.time("auth_time")?,
            })
        })
        .transpose()
    }

    /// Denies what a person approved and no device has fetched yet.
    pub async fn revoke_device_grants(&mut self, user_id: UserId) -> Result<u64> {
        let query = sql("UPDATE device_grants SET status = 'denied'
             WHERE user_id = $1 AND status IN ('pending', 'approved')");
        self.execute(query.bind(user_id)).await
    }

    /// Forgets grants that expired before a time.
    pub async fn prune_device_grants(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM device_grants WHERE expires_at < $1").bind(before)).await
    }
}

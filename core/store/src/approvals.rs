//! Approvals: opened once for a question, decided once, used as often as was granted, each by one statement.
//!
//! What time does to an approval is not written down: it is told from its times whenever it is looked at.

use crate::db::{Conn, Query, Row, sql};
use crate::error::{Result, StoreError};
use kavach_model::approval::{ApprovalFilter, ApprovalStatus, Grant, Receipt};
use kavach_model::authorize::MatchedPermission;
use kavach_model::{AgentId, ApprovalId, Page, PageRequest, PrincipalId, SessionId, Timestamp, UserId};

/// An approval as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovalRow {
    /// Which.
    pub id: ApprovalId,
    /// Who asked.
    pub agent_id: AgentId,
    /// The person who answers for the agent.
    pub sponsor_id: UserId,
    /// From that person down to the agent.
    pub chain: Vec<PrincipalId>,
    /// What it wants to do.
    pub action: String,
    /// To what.
    pub resource: String,
    /// The canonical arguments, sealed.
    pub arguments_sealed: Option<String>,
    /// Their SHA-256.
    pub arguments_digest: Option<String>,
    /// Units of a budget it takes.
    pub units: u64,
    /// The permissions that decided.
    pub permissions: Vec<MatchedPermission>,
    /// Their SHA-256.
    pub permissions_digest: String,
    /// SHA-256 of the question.
    pub digest: String,
    /// SHA-256 of the question without arguments and units.
    pub grant_digest: String,
    /// What somebody did to it; see [`ApprovalRow::status`].
    pub stored_status: ApprovalStatus,
    /// When it was asked.
    pub created_at: Timestamp,
    /// Until when it can be decided.
    pub expires_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// Why it was denied.
    pub reason: Option<String>,
    /// The standing grant, if there is one.
    pub grant: Option<Grant>,
    /// Uses that are left.
    pub uses_left: u32,
    /// Until when it can be used.
    pub redeem_by: Option<Timestamp>,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
    /// What a passkey signed.
    pub receipt: Option<Receipt>,
}

impl ApprovalRow {
    /// Where it stands now.
    pub fn status(&self, now: Timestamp) -> ApprovalStatus {
        let over = match self.stored_status {
            ApprovalStatus::Pending => self.expires_at <= now,
            ApprovalStatus::Approved => self.redeem_by.is_none_or(|end| end <= now),
            ApprovalStatus::Denied | ApprovalStatus::Expired | ApprovalStatus::Consumed => false,
        };
        if over { ApprovalStatus::Expired } else { self.stored_status }
    }
}

/// What a person decided.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// Who.
    pub by: UserId,
    /// In which session.
    pub session: SessionId,
    /// Whether they approved.
    pub approved: bool,
    /// Why not.
    pub reason: Option<&'a str>,
    /// The standing grant they chose.
    pub grant: Option<Grant>,
    /// Until when it can be used.
    pub redeem_by: Option<Timestamp>,
    /// What a passkey signed.
    pub receipt: Option<&'a Receipt>,
}

/// What an approval must cover to be used.
#[derive(Debug, Clone, Copy)]
pub struct Redeem<'a> {
    /// The question.
    pub digest: &'a str,
    /// The question without arguments and units.
    pub grant_digest: &'a str,
    /// Units it takes.
    pub units: u64,
}

const INSERT: &str = "INSERT INTO approvals
    (id, agent_id, sponsor_id, chain, action, resource, arguments_sealed, arguments_digest, units, permissions,
     permissions_digest, digest, grant_digest, status, created_at, expires_at, uses_left)
 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'pending', $14, $15, 0)
 ON CONFLICT DO NOTHING";

/// The approval to use of those that cover a question: one for this very call before a standing grant.
macro_rules! covering {
    () => {
        "SELECT id FROM approvals
         WHERE status = 'approved' AND uses_left > 0 AND redeem_by > $1
           AND (digest = $2 OR (grant_digest = $3 AND grant_uses IS NOT NULL AND units >= $4))
         ORDER BY CASE WHEN grant_uses IS NULL THEN 0 ELSE 1 END, redeem_by, id
         LIMIT 1"
    };
}

macro_rules! columns {
    () => {
        "id, agent_id, sponsor_id, chain, action, resource, arguments_sealed, arguments_digest, units, \
         permissions, permissions_digest, digest, grant_digest, status, created_at, expires_at, decided_at, \
         decided_by, reason, grant_uses, grant_minutes, uses_left, redeem_by, used_at, receipt_credential_id, \
         receipt_public_key, receipt_authenticator_data, receipt_client_data, receipt_signature"
    };
}

fn select() -> Query {
    sql(concat!("SELECT ", columns!(), " FROM approvals"))
}

fn read(row: &Row) -> Result<ApprovalRow> {
    let count = |name: &'static str| -> Result<u32> {
        u32::try_from(row.int(name)?).map_err(|_| StoreError::Inconsistent { column: name })
    };
    let grant = match (row.opt_int("grant_uses")?, row.opt_int("grant_minutes")?) {
        (Some(_), Some(_)) => Some(Grant { uses: count("grant_uses")?, minutes: count("grant_minutes")? }),
        _ => None,
    };
    Ok(ApprovalRow {
        id: row.parsed("id")?,
        agent_id: row.parsed("agent_id")?,
        sponsor_id: row.parsed("sponsor_id")?,
        chain: row.json("chain")?,
        action: row.text("action")?,
        resource: row.text("resource")?,
        arguments_sealed: row.opt_text("arguments_sealed")?,
        arguments_digest: row.opt_text("arguments_digest")?,
        units: row.int("units")?.unsigned_abs(),
        permissions: row.json("permissions")?,
        permissions_digest: row.text("permissions_digest")?,
        digest: row.text("digest")?,
        grant_digest: row.text("grant_digest")?,
        stored_status: row.named("status", ApprovalStatus::parse)?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        decided_at: row.opt_time("decided_at")?,
        decided_by: row.opt_parsed("decided_by")?,
        reason: row.opt_text("reason")?,
        grant,
        uses_left: count("uses_left")?,
        redeem_by: row.opt_time("redeem_by")?,
        used_at: row.opt_time("used_at")?,
        receipt: read_receipt(row)?,
    })
}

fn read_receipt(row: &Row) -> Result<Option<Receipt>> {
    let Some(credential_id) = row.opt_text("receipt_credential_id")? else { return Ok(None) };
    Ok(Some(Receipt {
        credential_id,
        public_key: row.text("receipt_public_key")?,
        authenticator_data: row.text("receipt_authenticator_data")?,
        client_data_json: row.text("receipt_client_data")?,
        signature: row.text("receipt_signature")?,
    }))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Driver(error.to_string()))
}

impl Conn {
    /// Opens an approval; false when one for the same question is open already, and then nothing is stored.
    pub async fn open_approval(&mut self, row: &ApprovalRow) -> Result<bool> {
        // One that nobody answered in time stands in the way of the next.
        self.execute(
            sql("UPDATE approvals SET status = 'expired'
                 WHERE digest = $1 AND status = 'pending' AND expires_at <= $2")
            .bind(row.digest.as_str())
            .bind(row.created_at),
        )
        .await?;
        let opened = self
            .execute(
                sql(INSERT)
                    .bind(row.id)
                    .bind(row.agent_id)
                    .bind(row.sponsor_id)
                    .bind(to_json(&row.chain)?)
                    .bind(row.action.as_str())
                    .bind(row.resource.as_str())
                    .bind(row.arguments_sealed.clone())
                    .bind(row.arguments_digest.clone())
                    .bind(i64::try_from(row.units).unwrap_or(i64::MAX))
                    .bind(to_json(&row.permissions)?)
                    .bind(row.permissions_digest.as_str())
                    .bind(row.digest.as_str())
                    .bind(row.grant_digest.as_str())
                    .bind(row.created_at)
                    .bind(row.expires_at),
            )
            .await?;
        Ok(opened == 1)
    }

    /// One approval.
    pub async fn find_approval(&mut self, id: ApprovalId) -> Result<Option<ApprovalRow>> {
        self.first(select().filter("id = ", id)).await?.as_ref().map(read).transpose()
    }

    /// The approval that answers a question which none allows: the one that is pending, or a denial not yet old.
    pub async fn standing_approval(&mut self, digest: &str, now: Timestamp) -> Result<Option<ApprovalRow>> {
        let query = select()
            .filter("digest = ", digest)
            .condition("status IN ('pending', 'denied')")
            .filter("expires_at > ", now)
            .push(" ORDER BY id DESC LIMIT 1");
        self.first(query).await?.as_ref().map(read).transpose()
    }

    /// How many approvals of an agent wait for an answer.
    pub async fn count_pending_approvals(&mut self, agent_id: AgentId, now: Timestamp) -> Result<u64> {
        let row = self
            .first(
                sql("SELECT COUNT(*) AS pending FROM approvals
                     WHERE agent_id = $1 AND status = 'pending' AND expires_at > $2")
                .bind(agent_id)
                .bind(now),
            )
            .await?;
        Ok(row.map_or(Ok(0), |row| row.int("pending"))?.unsigned_abs())
    }

    /// How many approvals wait that were asked after a time, of one person's agents where given; at most 100.
    pub async fn count_waiting_approvals(
        &mut self,
        sponsor: Option<UserId>,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<u64> {
        let mut query = sql("SELECT COUNT(*) AS waiting FROM (SELECT id FROM approvals")
            .filter("created_at > ", since)
            .condition("status = 'pending'")
            .filter("expires_at > ", now);
        if let Some(sponsor) = sponsor {
            query = query.filter("sponsor_id = ", sponsor);
        }
        let row = self.first(query.push(" LIMIT 100) AS newest")).await?;
        Ok(row.map_or(Ok(0), |row| row.int("waiting"))?.unsigned_abs())
    }

    /// Whether some approval covers the question now.
    pub async fn is_approved(&mut self, what: &Redeem<'_>, now: Timestamp) -> Result<bool> {
        let query = bind_redeem(sql(covering!()), what, now);
        Ok(self.first(query).await?.is_some())
    }

    /// Takes one use of an approval that covers the question: of any number of callers no more get one than it has uses.
    pub async fn redeem_approval(
        &mut self,
        what: &Redeem<'_>,
        now: Timestamp,
    ) -> Result<Option<ApprovalRow>> {
        let query = sql(concat!(
            "UPDATE approvals
             SET uses_left = uses_left - 1, used_at = $1,
                 status = CASE WHEN uses_left = 1 THEN 'consumed' ELSE status END
             WHERE status = 'approved' AND uses_left > 0 AND redeem_by > $1 AND id = (",
            covering!(),
            ") RETURNING ",
            columns!(),
        ));
        self.first(bind_redeem(query, what, now)).await?.as_ref().map(read).transpose()
    }

    /// Decides an approval that is pending: of any number of people exactly one does.
    pub async fn decide_approval(
        &mut self,
        id: ApprovalId,
        decided: &Decided<'_>,
        now: Timestamp,
    ) -> Result<Option<ApprovalRow>> {
        let status = if decided.approved { ApprovalStatus::Approved } else { ApprovalStatus::Denied };
        let uses = match (decided.approved, decided.grant) {
            (false, _) => 0,
            (true, None) => 1,
            (true, Some(grant)) => grant.uses,
        };
        self.first(
            sql(concat!(
                "UPDATE approvals
                 SET status = $3, decided_at = $2, decided_by = $4, decided_session = $5, reason = $6,
                     grant_uses = $7, grant_minutes = $8, uses_left = $9, redeem_by = $10,
                     receipt_credential_id = $11, receipt_public_key = $12, receipt_authenticator_data = $13,
                     receipt_client_data = $14, receipt_signature = $15
                 WHERE id = $1 AND status = 'pending' AND expires_at > $2
                 RETURNING ",
                columns!(),
            ))
            .bind(id)
            .bind(now)
            .bind(status.as_str())
            .bind(decided.by)
            .bind(decided.session)
            .bind(decided.reason.map(str::to_owned))
            .bind(decided.grant.map(|grant| i64::from(grant.uses)))
            .bind(decided.grant.map(|grant| i64::from(grant.minutes)))
            .bind(i64::from(uses))
            .bind(decided.redeem_by)
            .bind(decided.receipt.map(|receipt| receipt.credential_id.as_str()))
            .bind(decided.receipt.map(|receipt| receipt.public_key.as_str()))
            .bind(decided.receipt.map(|receipt| receipt.authenticator_data.as_str()))
            .bind(decided.receipt.map(|receipt| receipt.client_data_json.as_str()))
            .bind(decided.receipt.map(|receipt| receipt.signature.as_str())),
        )
        .await?
        .as_ref()
        .map(read)
        .transpose()
    }

    /// Approvals, newest first; of one person's agents where given.
    pub async fn list_approvals(
        &mut self,
        sponsor: Option<UserId>,
        filter: &ApprovalFilter,
        now: Timestamp,
        page: &PageRequest,
    ) -> Result<Page<ApprovalRow>> {
        let mut query = select();
        if let Some(sponsor) = sponsor {
            query = query.filter("sponsor_id = ", sponsor);
        }
        if let Some(agent) = filter.agent {
            query = query.filter("agent_id = ", agent);
        }
        query = match filter.status {
            None => query,
            Some(ApprovalStatus::Pending) => {
                query.condition("status = 'pending'").filter("expires_at > ", now)
            }
            Some(ApprovalStatus::Approved) => {
                query.condition("status = 'approved'").filter("redeem_by > ", now)
            }
            Some(ApprovalStatus::Denied) => query.condition("status = 'denied'"),
            Some(ApprovalStatus::Consumed) => query.condition("status = 'consumed'"),
            Some(ApprovalStatus::Expired) => query
                .filter("(status = 'expired' OR (status = 'pending' AND expires_at <= ", now)
                .push(") OR (status = 'approved' AND redeem_by <= ")
                .parameter(now)
                .push("))"),
        };
        if let Some(cursor) = &page.cursor {
            query = query.filter("id < ", cursor.as_str());
        }
        let rows = self
            .all(query.push(" ORDER BY id DESC LIMIT ").parameter(i64::from(page.limit()) + 1))
            .await?
            .iter()
            .map(read)
            .collect::<Result<Vec<_>>>()?;
        Ok(Page::from_rows(rows, page.limit(), |row| row.id.to_string()))
    }

    /// Forgets approvals asked before a time.
    pub async fn prune_approvals(&mut self, before: Timestamp) -> Result<u64> {
        self.execute(sql("DELETE FROM approvals WHERE created_at < $1").bind(before)).await
    }
}

fn bind_redeem(query: Query, what: &Redeem<'_>, now: Timestamp) -> Query {
    query
        .bind(now)
        .bind(what.digest)
        .bind(what.grant_digest)
        .bind(i64::try_from(what.units).unwrap_or(i64::MAX))
}

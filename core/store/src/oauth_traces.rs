//! What became of the tries of clients. Notes for people, not the audit log: they are bounded, and gone after a while.

use crate::db::{Conn, Query, Row, sql};
use crate::error::Result;
use kavach_model::trace::{TraceFilter, TraceKind, TraceOutcome, TraceStepCode};
use kavach_model::{PageRequest, Timestamp, TraceId};

/// Most steps of one try.
const MOST_STEPS: i64 = 60;

/// A try as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceRow {
    /// Which.
    pub id: TraceId,
    /// What was tried.
    pub kind: TraceKind,
    /// The `client_id` as it came.
    pub client_id: Option<String>,
    /// What that client calls itself, where it is known; not stored with the try.
    pub client_name: Option<String>,
    /// Where it came from.
    pub network: String,
    /// How it came out so far.
    pub outcome: TraceOutcome,
    /// The last step.
    pub step: TraceStepCode,
    /// Until when what is awaited can come.
    pub due_at: Option<Timestamp>,
    /// When it began.
    pub created_at: Timestamp,
    /// When the last step was.
    pub updated_at: Timestamp,
}

/// What a later step changes of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceChange {
    /// How it came out so far; as before where it is not said.
    pub outcome: Option<TraceOutcome>,
    /// The last step.
    pub step: TraceStepCode,
    /// Until when what is awaited can come.
    pub due_at: Option<Timestamp>,
    /// When the step was.
    pub at: Timestamp,
}

/// A step as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceStepRow {
    /// Of which try.
    pub trace_id: TraceId,
    /// When.
    pub at: Timestamp,
    /// Its place among those of the same time.
    pub place: i64,
    /// In which request.
    pub request_id: String,
    /// What it was.
    pub step: TraceStepCode,
    /// The values that matter, as JSON.
    pub detail: String,
}

const COLUMNS: &str =
    "SELECT t.id, t.kind, t.client_id, c.name AS client_name, t.network, t.outcome, t.step, t.due_at,
    t.created_at, t.updated_at
    FROM oauth_traces t LEFT JOIN oauth_clients c ON c.id = t.client_id";

fn read(row: &Row) -> Result<TraceRow> {
    Ok(TraceRow {
        id: row.parsed("id")?,
        kind: row.named("kind", TraceKind::parse)?,
        client_id: row.opt_text("client_id")?,
        client_name: row.opt_text("client_name")?,
        network: row.text("network")?,
        outcome: row.named("outcome", TraceOutcome::parse)?,
        step: row.named("step", TraceStepCode::parse)?,
        due_at: row.opt_time("due_at")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

fn read_step(row: &Row) -> Result<TraceStepRow> {
    Ok(TraceStepRow {
        trace_id: row.parsed("trace_id")?,
        at: row.time("noted_at")?,
        place: row.int("place")?,
        request_id: row.text("request_id")?,
        step: row.named("step", TraceStepCode::parse)?,
        detail: row.text("detail")?,
    })
}

impl Conn {
    /// Stores a try that began.
    pub async fn insert_oauth_trace(&mut self, row: &TraceRow) -> Result<()> {
        self.execute(
            sql("INSERT INTO oauth_traces
                    (id, kind, client_id, network, outcome, step, due_at, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                 ON CONFLICT DO NOTHING")
            .bind(row.id)
            .bind(row.kind.as_str())
            .bind(row.client_id.clone())
            .bind(row.network.as_str())
            .bind(row.outcome.as_str())
            .bind(row.step.as_str())
            .bind(row.due_at)
            .bind(row.created_at)
            .bind(row.updated_at),
        )
        .await?;
        Ok(())
    }

    /// Notes what a later step changed; nothing where the try is not kept.
    pub async fn update_oauth_trace(&mut self, id: TraceId, change: &TraceChange) -> Result<()> {
        self.execute(
            sql("UPDATE oauth_traces
                 SET outcome = COALESCE($2, outcome), step = $3, due_at = COALESCE($4, due_at), updated_at = $5
                 WHERE id = $1")
            .bind(id)
            .bind(change.outcome.map(TraceOutcome::as_str).map(str::to_owned))
            .bind(change.step.as_str())
            .bind(change.due_at)
            .bind(change.at),
        )
        .await?;
        Ok(())
    }

    /// Stores a step of a try that is kept and has room for it.
    pub async fn insert_oauth_trace_step(&mut self, row: &TraceStepRow) -> Result<bool> {
        let made = self
            .execute(
                sql("INSERT INTO oauth_trace_steps (trace_id, noted_at, place, request_id, step, detail)
                     SELECT t.id, $2, $3, $4, $5, $6 FROM oauth_traces t
                     WHERE t.id = $1
                           AND (SELECT COUNT(*) FROM oauth_trace_steps s WHERE s.trace_id = t.id) < $7
                     ON CONFLICT DO NOTHING")
                .bind(row.trace_id)
                .bind(row.at)
                .bind(row.place)
                .bind(row.request_id.as_str())
                .bind(row.step.as_str())
                .bind(row.detail.as_str())
                .bind(MOST_STEPS),
            )
            .await?;
        Ok(made == 1)
    }

    /// Tries, newest first. Cursors are identifiers.
    pub async fn list_oauth_traces(
        &mut self,
        filter: &TraceFilter,
        page: &PageRequest,
        now: Timestamp,
    ) -> Result<Vec<TraceRow>> {
        let mut query = sql(COLUMNS);
        if let Some(request) = &filter.request_id {
            query = query
                .filter(
                    "t.id IN (SELECT s.trace_id FROM oauth_trace_steps s WHERE s.request_id = ",
                    request.as_str(),
                )
                .push(")");
        }
        if let Some(client) = &filter.client {
            query = query.filter("t.client_id = ", client.as_str());
        }
        if let Some(outcome) = filter.outcome {
            query = come_to(query, outcome, now);
        }
        if let Some(since) = filter.since {
            query = query.filter("t.created_at >= ", since);
        }
        if let Some(cursor) = &page.cursor {
            query = query.filter("t.id < ", cursor.as_str());
        }
        let query = query.push(" ORDER BY t.id DESC LIMIT ").parameter(i64::from(page.limit()) + 1);
        self.all(query).await?.iter().map(read).collect()
    }

    /// A try and its steps, in order.
    pub async fn find_oauth_trace(&mut self, id: TraceId) -> Result<Option<(TraceRow, Vec<TraceStepRow>)>> {
        let Some(row) = self.first(sql(COLUMNS).filter("t.id = ", id)).await? else { return Ok(None) };
        let query = sql("SELECT trace_id, noted_at, place, request_id, step, detail FROM oauth_trace_steps")
            .filter("trace_id = ", id)
            .push(" ORDER BY noted_at, place");
        let steps = self.all(query).await?.iter().map(read_step).collect::<Result<_>>()?;
        Ok(Some((read(&row)?, steps)))
    }

    /// Forgets up to `most` tries that began before a time; how many.
    pub async fn prune_oauth_traces(&mut self, before: Timestamp, most: u32) -> Result<u64> {
        let query = sql("DELETE FROM oauth_traces WHERE id IN
             (SELECT t.id FROM oauth_traces t WHERE t.created_at < $1 ORDER BY t.created_at LIMIT $2)");
        self.execute(query.bind(before).bind(i64::from(most))).await
    }

    /// Forgets up to `most` tries beyond the newest `kept` of one client from one network; how many.
    pub async fn thin_oauth_traces(&mut self, kept: u32, most: u32) -> Result<u64> {
        let query = sql("DELETE FROM oauth_traces WHERE id IN
             (SELECT ranked.id FROM
                 (SELECT t.id, ROW_NUMBER() OVER (PARTITION BY t.client_id, t.network ORDER BY t.id DESC) AS place
                  FROM oauth_traces t) AS ranked
              WHERE ranked.place > $1 LIMIT $2)");
        self.execute(query.bind(i64::from(kept)).bind(i64::from(most))).await
    }

    /// How many grants of a client live, counted up to `most`.
    pub async fn count_live_oauth_grants(
        &mut self,
        client_id: &str,
        now: Timestamp,
        most: u32,
    ) -> Result<u64> {
        let query = sql("SELECT COUNT(*) AS live FROM
             (SELECT 1 FROM oauth_grants
              WHERE client_id = $1 AND revoked_at IS NULL AND expires_at > $2 LIMIT $3) AS alive");
        let row = self.first(query.bind(client_id).bind(now).bind(i64::from(most))).await?;
        let live = row.map(|row| row.int("live")).transpose()?.unwrap_or(0);
        Ok(u64::try_from(live).unwrap_or(0))
    }
}

/// Only what has come to this by now: what was due is over, or is not.
fn come_to(query: Query, outcome: TraceOutcome, now: Timestamp) -> Query {
    let (stored, over) = match outcome {
        TraceOutcome::Abandoned => (TraceOutcome::Waiting, true),
        TraceOutcome::NeverRedeemed => (TraceOutcome::CodeIssued, true),
        other => (other, false),
    };
    let query = query.filter("t.outcome = ", stored.as_str());
    match outcome {
        _ if over => query.filter("t.due_at <= ", now),
        TraceOutcome::Waiting | TraceOutcome::CodeIssued => query.filter("t.due_at > ", now),
        _ => query,
    }
}

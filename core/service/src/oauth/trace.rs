//! Traces of clients: what each try came to, step by step, so that an administrator can tell why it did not work.
//!
//! They are notes and not the audit log. Steps wait in memory and are written together, about once a second and before
//! anybody reads, so that no endpoint waits for them; what a process that is killed had not written is lost. What one
//! network and everybody together may begin in a minute is limited, what waits is bounded, and what is kept is forgotten
//! after `oauth.traces_kept`. No secret, code or token is ever a part of one: values are only those named below.

mod read;

pub use read::{get, list};

use crate::Kavach;
use crate::context::{RequestContext, RequestMeta};
use crate::error::Result;
use crate::guard::client_ip;
use crate::names::{address, printable};
use kavach_model::oauth::OAuthError;
use kavach_model::trace::{TraceKind, TraceOutcome, TraceStepCode};
use kavach_model::{Timestamp, TraceId};
use kavach_store::{Conn, TraceChange, TraceRow, TraceStepRow};
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The time in which tries are counted.
const WINDOW: Duration = Duration::from_secs(60);
/// Most tries that are kept of one network in that time.
const MOST_OF_NETWORK: u32 = 60;
/// Most tries that are kept of everybody in that time.
const MOST: u32 = 1_000;
/// Most steps that wait to be written.
const MOST_WAITING: usize = 4_000;
/// Longest value.
const LONGEST: usize = 300;
/// Tries of one client from one network that are kept.
const KEPT: u32 = 500;
/// Rows written by one transaction.
const AT_ONCE: usize = 100;
/// Tries forgotten by one statement, and statements in a row.
const BATCH: u32 = 500;
const BATCHES: u32 = 40;

/// The values that matter to a step.
pub(crate) type Detail = BTreeMap<String, String>;

/// What waits to be written, and what keeps it bounded.
#[derive(Default)]
pub(crate) struct Traces {
    waiting: Mutex<Waiting>,
    /// Held while writing, so that whoever reads finds everything that was noted before.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Waiting {
    begun: Vec<TraceRow>,
    steps: Vec<(TraceStepRow, Option<TraceOutcome>, Option<Timestamp>)>,
    /// Counts steps, so that those of one moment have an order.
    place: i64,
    since: Option<Timestamp>,
    all: u32,
    networks: HashMap<IpAddr, u32>,
}

impl Waiting {
    /// Whether another try from this network may be kept.
    fn admits(&mut self, network: IpAddr, now: Timestamp) -> bool {
        if self.since.is_none_or(|since| now.since(since) >= WINDOW) {
            (self.since, self.all) = (Some(now), 0);
            self.networks.clear();
        }
        if self.all >= MOST || self.steps.len() >= MOST_WAITING {
            return false;
        }
        let count = self.networks.entry(network).or_default();
        if *count >= MOST_OF_NETWORK {
            return false;
        }
        (*count, self.all) = (*count + 1, self.all + 1);
        true
    }
}

/// A try that steps can be noted of; without a try to belong to, they are passed over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trail(pub(crate) Option<TraceId>);

/// A try begins, with its first step; most come to something else with a later one.
pub(crate) fn begin(
    kv: &Kavach,
    cx: &RequestContext,
    kind: TraceKind,
    client_id: Option<&str>,
    outcome: TraceOutcome,
    step: TraceStepCode,
    detail: Detail,
) -> Trail {
    let now = kv.clock().now();
    let network = client_ip::bucket(cx.meta.client_ip);
    let mut waiting = kv.traces().waiting();
    if !waiting.admits(network, now) {
        return Trail(None);
    }
    let id = TraceId::from_parts(now, crate::rng::array(kv.rng()));
    waiting.begun.push(TraceRow {
        id,
        kind,
        client_id: client_id.map(|id| printable(id, 1_024)),
        client_name: None,
        network: address(network),
        outcome,
        step,
        due_at: None,
        created_at: now,
        updated_at: now,
    });
    drop(waiting);
    let trail = Trail(Some(id));
    trail.note(kv, &cx.meta, step, detail);
    trail
}

impl Trail {
    /// Notes a step that changes nothing of how it came out so far.
    pub(crate) fn note(self, kv: &Kavach, meta: &RequestMeta, step: TraceStepCode, detail: Detail) {
        self.push(kv, meta, step, detail, None, None);
    }

    /// Notes a step and what the try has come to with it; `within` is how long what is awaited can take.
    pub(crate) fn comes_to(
        self,
        kv: &Kavach,
        meta: &RequestMeta,
        step: TraceStepCode,
        detail: Detail,
        outcome: TraceOutcome,
        within: Option<Duration>,
    ) {
        let due_at = within.map(|within| kv.clock().now() + within);
        self.push(kv, meta, step, detail, Some(outcome), due_at);
    }

    /// Notes that it ended here.
    pub(crate) fn refused(self, kv: &Kavach, meta: &RequestMeta, step: TraceStepCode, detail: Detail) {
        self.push(kv, meta, step, detail, Some(TraceOutcome::Refused), None);
    }

    fn push(
        self,
        kv: &Kavach,
        meta: &RequestMeta,
        step: TraceStepCode,
        detail: Detail,
        outcome: Option<TraceOutcome>,
        due_at: Option<Timestamp>,
    ) {
        let Some(trace_id) = self.0 else { return };
        let mut waiting = kv.traces().waiting();
        if waiting.steps.len() >= MOST_WAITING {
            return;
        }
        waiting.place += 1;
        let row = TraceStepRow {
            trace_id,
            at: kv.clock().now(),
            place: waiting.place,
            request_id: meta.request_id.clone(),
            step,
            detail: serde_json::to_string(&detail).unwrap_or_else(|_| "{}".to_owned()),
        };
        waiting.steps.push((row, outcome, due_at));
    }
}

/// Values by name, fit to be kept; those that are empty are left out.
pub(crate) fn detail<const N: usize>(values: [(&str, &str); N]) -> Detail {
    let filled = values.into_iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(name, value)| (name.to_owned(), printable(value, LONGEST))).collect()
}

/// What a client was told.
pub(crate) fn of_error(error: &OAuthError) -> Detail {
    detail([("error", error.refusal.as_str()), ("why", &error.description)])
}

impl Traces {
    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what waits.
pub(crate) async fn write(kv: &Kavach) -> Result<()> {
    let _one = kv.traces().writing.lock().await;
    let (begun, steps) = {
        let mut waiting = kv.traces().waiting();
        (std::mem::take(&mut waiting.begun), std::mem::take(&mut waiting.steps))
    };
    if steps.is_empty() {
        return Ok(());
    }
    // In small transactions: decisions are written by the same writer.
    for some in begun.chunks(AT_ONCE) {
        let mut tx = kv.store().write().await?;
        for row in some {
            tx.insert_oauth_trace(row).await?;
        }
        tx.commit().await?;
    }
    for some in steps.chunks(AT_ONCE) {
        let mut tx = kv.store().write().await?;
        for (row, outcome, due_at) in some {
            step(&mut tx, row, *outcome, *due_at).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn step(
    tx: &mut Conn,
    row: &TraceStepRow,
    outcome: Option<TraceOutcome>,
    due_at: Option<Timestamp>,
) -> Result<()> {
    if tx.insert_oauth_trace_step(row).await? {
        let change = TraceChange { outcome, step: row.step, due_at, at: row.at };
        tx.update_oauth_trace(row.trace_id, &change).await?;
    }
    Ok(())
}

/// Forgets what was kept long enough, and what is more than is kept of one client and network: in batches, each a
/// transaction of its own.
pub(crate) async fn prune(kv: &Kavach) -> Result<()> {
    let before = kv.clock().now() - kv.config().oauth.traces_kept;
    for _ in 0..BATCHES {
        let mut tx = kv.store().write().await?;
        let mut gone = tx.prune_oauth_traces(before, BATCH).await?;
        gone += tx.thin_oauth_traces(KEPT, BATCH).await?;
        tx.commit().await?;
        if gone == 0 {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_network_or_of_many_is_kept_in_part_only() {
        let mut waiting = Waiting::default();
        let now = Timestamp::from_millis(1_000_000);
        let network = |number: u32| IpAddr::from(number.to_be_bytes());
        let admitted = (0..500).filter(|_| waiting.admits(network(1), now)).count();
        assert_eq!(admitted, MOST_OF_NETWORK as usize);
        assert!(waiting.admits(network(2), now), "others are still kept");
        let admitted = (3..5_000).filter(|number| waiting.admits(network(*number), now)).count();
        assert_eq!(admitted, (MOST - MOST_OF_NETWORK - 1) as usize);
        assert!(waiting.admits(network(1), now + WINDOW), "a minute later, too");
    }

    #[test]
    fn values_are_bounded_and_hide_nothing() {
        let kept = detail([("a", ""), ("b", "x\u{202e}y"), ("c", &"z".repeat(1_000))]);
        assert_eq!(kept.len(), 2);
        assert_eq!(kept["b"], "x\u{fffd}y");
        assert_eq!(kept["c"].len(), LONGEST);
    }
}

//! The audit log: written by one writer in groups, read in pages.
//!
//! A decision waits until its record is durable. Many decisions share one transaction: the writer takes
//! whatever waits when it is free, up to [`MAX_BATCH`], and never waits to fill a batch. When the queue is
//! full or the database does not take the record, the decision is not given.

pub mod export;
pub mod follow;
pub mod ledger;
pub mod note;
pub mod proof;
pub mod verify;

use crate::context::RequestContext;
use crate::error::Result;
use crate::{Error, Kavach};
use kavach_model::api_key::Scope;
use kavach_model::audit::{AuditFilter, AuditRecord};
use kavach_model::{AuditId, ErrorCode, Page, PageRequest};
use kavach_store::{AuditDraft, AuditEntry, Backend, MAX_BATCH, Store};
use std::sync::{Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// Records that may wait; more are refused at once.
const QUEUE: usize = 8_192;

/// The records of one request and whom to tell.
struct Waiting {
    entries: Vec<AuditEntry>,
    done: oneshot::Sender<bool>,
}

/// The one writer of decisions.
pub(crate) struct AuditWriter {
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
}

impl AuditWriter {
    /// Starts the writer. The task ends when everything accepted is written.
    ///
    /// The embedded database works on a thread beside the writer's, a few steps for each group. Among the server's
    /// tasks every step would wait for its turn behind requests that wait for the writer, so it has a thread of its own.
    /// `committed` moves with every group, for those who follow the log.
    pub(crate) fn start(store: Store, committed: watch::Sender<u64>) -> Result<(Self, JoinHandle<()>)> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let writing = write_all(store.clone(), receiver, committed);
        let task = match store.backend() {
            Backend::Sqlite => on_own_thread(writing)?,
            Backend::Postgres => tokio::spawn(writing),
        };
        Ok((Self { queue: Mutex::new(Some(sender)) }, task))
    }

    /// Writes records and returns when they are durable.
    pub(crate) async fn record(&self, drafts: Vec<AuditDraft>) -> Result<()> {
        let unavailable = || Error::from(ErrorCode::Unavailable);
        let sender = self.sender().ok_or_else(unavailable)?;
        let entries = drafts.into_iter().map(AuditDraft::into_entry).collect::<kavach_store::Result<_>>()?;
        let (done, written) = oneshot::channel();
        sender.try_send(Waiting { entries, done }).map_err(|_| unavailable())?;
        drop(sender);
        if written.await.unwrap_or(false) { Ok(()) } else { Err(unavailable()) }
    }

    /// Takes no more; what was taken is still written.
    pub(crate) fn close(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// How many wait.
    pub(crate) fn queue_len(&self) -> usize {
        self.sender().map_or(0, |sender| sender.max_capacity() - sender.capacity())
    }

    fn sender(&self) -> Option<mpsc::Sender<Waiting>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn on_own_thread(writing: impl Future<Output = ()> + Send + 'static) -> Result<JoinHandle<()>> {
    let fault = |error: std::io::Error| Error::Fault(format!("audit writer: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(fault)?;
    let (done, ended) = oneshot::channel();
    std::thread::Builder::new()
        .name("audit-writer".to_owned())
        .spawn(move || {
            runtime.block_on(writing);
            // Nobody listens any more when the process just ends.
            let _ = done.send(());
        })
        .map_err(fault)?;
    Ok(tokio::spawn(async {
        let _ = ended.await;
    }))
}

async fn write_all(store: Store, mut queue: mpsc::Receiver<Waiting>, committed: watch::Sender<u64>) {
    let mut group = Vec::with_capacity(MAX_BATCH);
    while queue.recv_many(&mut group, MAX_BATCH).await > 0 {
        let entries: Vec<AuditEntry> =
            group.iter_mut().flat_map(|waiting| waiting.entries.drain(..)).collect();
        let records = entries.len();
        let written = match store.append_audit(entries).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, records, "audit records could not be written; their requests are denied");
                metrics::counter!("kavach_audit_failures_total").increment(records as u64);
                false
            }
        };
        metrics::counter!("kavach_audit_records_total").increment(records as u64);
        metrics::counter!("kavach_audit_commits_total").increment(1);
        for waiting in group.drain(..) {
            // Whoever gave up waiting does not need the answer.
            let _ = waiting.done.send(written);
        }
        committed.send_modify(|groups| *groups += 1);
    }
}

/// Records the caller may see, newest first.
pub async fn list(
    kv: &Kavach,
    cx: &RequestContext,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<Page<AuditRecord>> {
    let reach = cx.require_reach(Scope::AuditRead)?;
    let filter = AuditFilter { visible_to: reach.sponsor(), ..filter.clone() };
    if page.cursor.as_ref().is_some_and(|cursor| cursor.parse::<i64>().is_err()) {
        return Err(kavach_model::ApiError::invalid("cursor", "is not a cursor of this list").into());
    }
    Ok(kv.store().read().await?.list_audit(&filter, page).await?)
}

/// One record the caller may see.
pub async fn get(kv: &Kavach, cx: &RequestContext, id: AuditId) -> Result<AuditRecord> {
    let reach = cx.require_reach(Scope::AuditRead)?;
    let found = kv.store().read().await?.find_audit(id, reach.sponsor()).await?;
    found.ok_or_else(|| ErrorCode::NotFound.into())
}

/// A record of an event, to be appended in the transaction that makes it happen.
pub(crate) fn draft(
    kv: &Kavach,
    event: kavach_model::audit::AuditEvent,
    sponsor_id: Option<kavach_model::UserId>,
) -> AuditDraft {
    AuditDraft { id: AuditId::from_parts(event.at, crate::rng::array(kv.rng())), event, sponsor_id }
}

//! The audit log: written by one writer in groups, read in pages.
//!
//! A decision waits until its record is durable. Many decisions share one transaction: the writer takes
//! whatever waits when it is free, up to [`MAX_BATCH`], and never waits to fill a batch. When the queue is
//! full or the database does not take the record, the decision is not given.

pub mod archive;
pub mod export;
pub mod follow;
pub mod hours;
pub mod ledger;
pub mod note;
pub mod proof;
pub(crate) mod redact;
pub mod verify;

use crate::context::RequestContext;
use crate::error::Result;
use crate::{Error, Kavach};
use kavach_model::api_key::Scope;
use kavach_model::audit::{AuditFilter, AuditRecord};
use kavach_model::{ApiError, AuditId, ErrorCode, Page, PageRequest};
use kavach_store::{AuditDraft, AuditEntry, Backend, MAX_BATCH, Store};
use std::sync::{PoisonError, RwLock};
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
    queue: RwLock<Option<mpsc::Sender<Waiting>>>,
}

impl AuditWriter {
    /// Starts the writer. The task ends when everything accepted is written and answered.
    ///
    /// The embedded database works on a thread beside the writer's, a few steps for each group. Among the server's
    /// tasks every step would wait for its turn behind requests that wait for the writer, so it has a thread of its own.
    /// `committed` moves with every group, for those who follow the log.
    pub(crate) fn start(store: Store, committed: watch::Sender<u64>) -> Result<(Self, JoinHandle<()>)> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let (answers, answered) = mpsc::unbounded_channel();
        let writing = write_all(store.clone(), receiver, answers, committed);
        match store.backend() {
            Backend::Sqlite => on_own_thread(writing)?,
            Backend::Postgres => drop(tokio::spawn(writing)),
        }
        Ok((Self { queue: RwLock::new(Some(sender)) }, tokio::spawn(answer_all(answered))))
    }

    /// Writes records and returns when they are durable.
    pub(crate) async fn record(&self, drafts: Vec<AuditDraft>) -> Result<()> {
        let unavailable = || Error::from(ErrorCode::Unavailable);
        let entries = drafts.into_iter().map(AuditDraft::into_entry).collect::<kavach_store::Result<_>>()?;
        let (done, written) = oneshot::channel();
        self.with_queue(|queue| queue.try_send(Waiting { entries, done }).ok())
            .flatten()
            .ok_or_else(unavailable)?;
        if written.await.unwrap_or(false) { Ok(()) } else { Err(unavailable()) }
    }

    /// Takes no more; what was taken is still written.
    pub(crate) fn close(&self) {
        self.queue.write().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// How many wait.
    pub(crate) fn queue_len(&self) -> usize {
        self.with_queue(|queue| queue.max_capacity() - queue.capacity()).unwrap_or_default()
    }

    /// Nothing when it was closed.
    fn with_queue<T>(&self, work: impl FnOnce(&mpsc::Sender<Waiting>) -> T) -> Option<T> {
        self.queue.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(work)
    }
}

fn on_own_thread(writing: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let fault = |error: std::io::Error| Error::Fault(format!("audit writer: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(fault)?;
    let thread = std::thread::Builder::new().name("audit-writer".to_owned());
    thread.spawn(move || runtime.block_on(writing)).map(drop).map_err(fault)
}

/// Whom to tell of a group, and whether it was written.
type Settled = (Vec<oneshot::Sender<bool>>, bool);

async fn write_all(
    store: Store,
    mut queue: mpsc::Receiver<Waiting>,
    answers: mpsc::UnboundedSender<Settled>,
    committed: watch::Sender<u64>,
) {
    let mut group = Vec::with_capacity(MAX_BATCH);
    while queue.recv_many(&mut group, MAX_BATCH).await > 0 {
        let mut entries = Vec::with_capacity(group.len());
        let mut waiting = Vec::with_capacity(group.len());
        for one in group.drain(..) {
            entries.extend(one.entries);
            waiting.push(one.done);
        }
        let records = entries.len();
        let written = match store.append_audit(entries).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, records, "audit records could not be written; their requests are denied");
                metrics::counter!("kavach_audit_failures_total").increment(records as u64);
                false
            }
        };
        // Fails only when the process ends under it, and then nobody waits.
        let _ = answers.send((waiting, written));
        metrics::counter!("kavach_audit_records_total").increment(records as u64);
        metrics::counter!("kavach_audit_commits_total").increment(1);
        committed.send_modify(|groups| *groups += 1);
    }
}

/// Tells those who wait. Among the server's tasks, because waking very many of these from another thread means getting
/// in their way as often; ends when the writer has.
async fn answer_all(mut answers: mpsc::UnboundedReceiver<Settled>) {
    while let Some((waiting, written)) = answers.recv().await {
        for done in waiting {
            // Whoever gave up waiting does not need the answer.
            let _ = done.send(written);
        }
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
        return Err(ApiError::invalid("cursor", "is not a cursor of this list").into());
    }
    Ok(kv.store().read().await?.list_audit(&filter, page).await?)
}

/// One record the caller may see.
pub async fn get(kv: &Kavach, cx: &RequestContext, id: AuditId) -> Result<AuditRecord> {
    let reach = cx.require_reach(Scope::AuditRead)?;
    let mut conn = kv.store().read().await?;
    if let Some(found) = conn.find_audit(id, reach.sponsor()).await? {
        return Ok(found);
    }
    let refused = ApiError::from(ErrorCode::NotFound);
    // Where files are is for administrators, who may have any record of them.
    let archive = match reach.sponsor() {
        None => conn.audit_archive_of(id.at()).await?,
        Some(_) => None,
    };
    Err(match archive {
        Some(archive) => refused.message(format!("Records of that time were moved to {}.", archive.file)),
        None => refused,
    }
    .into())
}

/// A record of an event, to be appended in the transaction that makes it happen.
pub(crate) fn draft(
    kv: &Kavach,
    event: kavach_model::audit::AuditEvent,
    sponsor_id: Option<kavach_model::UserId>,
) -> AuditDraft {
    AuditDraft { id: AuditId::from_parts(event.at, kv.rng().identifier()), event, sponsor_id }
}

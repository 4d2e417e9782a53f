//! Work that goes on beside requests: delivering mail, noting last uses, dropping what expired, and polling
//! a shared database for changes of other replicas.

use crate::Kavach;
use crate::audit::archive;
use crate::deliver::{logout, outbox, sms, webhook};
use crate::error::Result;
use crate::health::Readiness;
use crate::instance::WeakKavach;
use crate::oauth::{keys, trace};
use kavach_model::{AgentId, ApiKeyId, SessionId, Timestamp, TokenId};
use kavach_store::Store;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// Uses are noted to the minute.
const TOUCH_EVERY: Duration = Duration::from_secs(60);
const FLUSH_EVERY: Duration = Duration::from_secs(5);
const COUNT_EVERY: Duration = Duration::from_secs(2);
const FOLD_EVERY: Duration = Duration::from_millis(100);
const SEAL_EVERY: Duration = Duration::from_secs(5);
const ARCHIVE_EVERY: Duration = Duration::from_secs(3_600);
const TRACE_EVERY: Duration = Duration::from_secs(1);
const PRUNE_EVERY: Duration = Duration::from_secs(600);
/// Also where no word of changes comes, nearly every one is seen within a fifth of a second.
const LOOK_EVERY: Duration = Duration::from_millis(150);
/// Until another try to listen to a database that was lost.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);
const OUTBOX_EVERY: Duration = Duration::from_secs(5);
/// Longer than any period of a budget.
const LONGEST_PERIOD: Duration = Duration::from_secs(62 * 86_400);
/// How long approvals are kept; what became of them stays in the audit log.
const KEEP_APPROVALS: Duration = Duration::from_secs(90 * 86_400);
/// How long delivered and dead messages are kept.
const KEEP_MESSAGES: Duration = Duration::from_secs(7 * 86_400);

/// Last uses that wait to be written.
#[derive(Default)]
struct Touches {
    agents: HashMap<AgentId, (Option<TokenId>, Timestamp)>,
    sessions: HashMap<SessionId, (String, Timestamp)>,
    api_keys: HashMap<ApiKeyId, Timestamp>,
}

/// The background loops and what they share with requests.
pub(crate) struct Jobs {
    touches: Mutex<Touches>,
    stop: watch::Sender<bool>,
    loops: Mutex<Vec<JoinHandle<()>>>,
    audit: Mutex<Option<JoinHandle<()>>>,
    readiness: Readiness,
}

impl Jobs {
    pub(crate) fn new(audit: JoinHandle<()>) -> Self {
        Self {
            touches: Mutex::default(),
            stop: watch::Sender::new(false),
            loops: Mutex::default(),
            audit: Mutex::new(Some(audit)),
            readiness: Readiness::default(),
        }
    }

    /// What the last look at the database showed.
    pub(crate) fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// Notes that an agent asked, once a minute at the most.
    pub(crate) fn touch_agent(
        &self,
        id: AgentId,
        touched_at: &AtomicI64,
        token: Option<TokenId>,
        now: Timestamp,
    ) {
        let before = touched_at.load(Ordering::Relaxed);
        let due = now.since(Timestamp::from_millis(before)) >= TOUCH_EVERY;
        let moved = || {
            touched_at.compare_exchange(before, now.as_millis(), Ordering::Relaxed, Ordering::Relaxed).is_ok()
        };
        if due && moved() {
            self.touches().agents.insert(id, (token, now));
        }
    }

    /// Notes that a session was used, once a minute at the most.
    pub(crate) fn touch_session(&self, id: SessionId, before: Timestamp, ip: &str, now: Timestamp) {
        if now.since(before) >= TOUCH_EVERY {
            self.touches().sessions.insert(id, (ip.to_owned(), now));
        }
    }

    /// Notes that a key was used, once a minute at the most.
    pub(crate) fn touch_api_key(&self, id: ApiKeyId, before: Option<Timestamp>, now: Timestamp) {
        if before.is_none_or(|before| now.since(before) >= TOUCH_EVERY) {
            self.touches().api_keys.insert(id, now);
        }
    }

    /// Tells the loops to end and waits until they have.
    pub(crate) async fn stop_loops(&self) {
        self.stop.send_replace(true);
        let loops = std::mem::take(&mut *self.loops.lock().unwrap_or_else(PoisonError::into_inner));
        for handle in loops {
            // A loop that panicked has nothing left to finish.
            let _ = handle.await;
        }
    }

    /// Waits until every accepted record is written; the writer must have been closed.
    pub(crate) async fn join_audit(&self) {
        let handle = self.audit.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(handle) = handle {
            let _ = handle.await;
        }
    }

    fn touches(&self) -> std::sync::MutexGuard<'_, Touches> {
        self.touches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the loops. They hold the instance only while they work, so it can end under them.
pub(crate) fn start(kv: &Kavach) {
    let mut loops = vec![
        every(kv, FLUSH_EVERY, "flush last uses", |kv| async move { flush(&kv).await }),
        every(
            kv,
            COUNT_EVERY,
            "count decisions",
            |kv| async move { Ok(kv.store().count_decisions().await?) },
        ),
        every(kv, FOLD_EVERY, "fold back the write-ahead log", |kv| async move {
            Ok(kv.store().fold_back().await?)
        }),
        every(kv, SEAL_EVERY, "seal the audit log", |kv| async move {
            kv.ledger().seal_some(kv.clock().now()).await
        }),
        every(kv, ARCHIVE_EVERY, "archive the audit log", |kv| async move { retain(&kv).await }),
        every(kv, PRUNE_EVERY, "drop what expired", |kv| async move { prune(&kv).await }),
        every(kv, TRACE_EVERY, "write traces", |kv| async move { trace::write(&kv).await }),
        every(kv, PRUNE_EVERY, "forget old traces", |kv| async move { trace::prune(&kv).await }),
        every(kv, keys::tend_every(kv), "replace signing keys", |kv| async move { keys::tend(&kv).await }),
        deliver(kv, Kavach::logout_wake, |kv| async move { logout::deliver_due(&kv).await }),
    ];
    if kv.mailer().is_some() {
        loops.push(deliver(kv, Kavach::outbox_wake, |kv| async move { outbox::deliver_due(&kv).await }));
    }
    if sms::is_configured(kv) {
        loops.push(deliver(kv, Kavach::sms_wake, |kv| async move { sms::deliver_due(&kv).await }));
    }
    if kv.config().approval.webhook_url.is_some() {
        loops.push(deliver(kv, Kavach::webhook_wake, |kv| async move { webhook::deliver_due(&kv).await }));
    }
    if kv.decisions().is_shared() {
        loops.push(every(kv, LOOK_EVERY, "look for changes", |kv| async move { look(&kv).await }));
        loops.push(listen(kv));
    }
    kv.jobs().loops.lock().unwrap_or_else(PoisonError::into_inner).extend(loops);
}

fn every<F>(
    kv: &Kavach,
    period: Duration,
    what: &'static str,
    work: impl Fn(Kavach) -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = Result<()>> + Send,
{
    let weak = kv.downgrade();
    let mut stop = kv.jobs().stop.subscribe();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(period);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let stopping = tokio::select! {
                _ = ticks.tick() => false,
                _ = stop.wait_for(|stop| *stop) => true,
            };
            let Some(kv) = weak.upgrade() else { return };
            if let Err(error) = work(kv).await {
                tracing::warn!(%error, what, "a background job failed; it will be tried again");
            }
            if stopping {
                return;
            }
        }
    })
}

async fn look(kv: &Kavach) -> Result<()> {
    // Taken before the read: what is remembered is at least as new as this.
    let now = kv.clock().now();
    kv.decisions().look(kv.store(), now).await
}

/// Looks for changes as soon as the database sends word of one.
fn listen(kv: &Kavach) -> JoinHandle<()> {
    let weak = kv.downgrade();
    let store = kv.store().clone();
    let mut stop = kv.jobs().stop.subscribe();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                result = look_on_word(&weak, &store) => {
                    if let Err(error) = result {
                        tracing::debug!(%error, "word of changes cannot be had now; they are looked for all the same");
                    }
                }
                _ = stop.wait_for(|stop| *stop) => return,
            }
            tokio::select! {
                () = tokio::time::sleep(LISTEN_AGAIN) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            if weak.upgrade().is_none() {
                return;
            }
        }
    })
}

/// Until the database is lost or the instance is gone.
async fn look_on_word(weak: &WeakKavach, store: &Store) -> Result<()> {
    let Some(mut changes) = store.changes().await? else { return Ok(()) };
    loop {
        changes.next().await?;
        let Some(kv) = weak.upgrade() else { return Ok(()) };
        look(&kv).await?;
    }
}

fn deliver<F>(
    kv: &Kavach,
    wake: fn(&Kavach) -> &Notify,
    work: impl Fn(Kavach) -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = Result<()>> + Send,
{
    let weak = kv.downgrade();
    let mut stop = kv.jobs().stop.subscribe();
    tokio::spawn(async move {
        loop {
            let Some(kv) = weak.upgrade() else { return };
            if let Err(error) = work(kv.clone()).await {
                tracing::warn!(%error, "messages could not be delivered; it will be tried again");
            }
            if *stop.borrow() || !wait_for_messages(kv, wake, &weak, &mut stop).await {
                return;
            }
        }
    })
}

/// Waits for new messages, the next round, or the end; false when the instance is gone.
async fn wait_for_messages(
    kv: Kavach,
    wake: fn(&Kavach) -> &Notify,
    weak: &WeakKavach,
    stop: &mut watch::Receiver<bool>,
) -> bool {
    tokio::select! {
        () = wake(&kv).notified() => {}
        () = tokio::time::sleep(OUTBOX_EVERY) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    drop(kv);
    weak.upgrade().is_some()
}

async fn flush(kv: &Kavach) -> Result<()> {
    let touches = std::mem::take(&mut *kv.jobs().touches());
    if touches.agents.is_empty() && touches.sessions.is_empty() && touches.api_keys.is_empty() {
        return Ok(());
    }
    let mut tx = kv.store().write().await?;
    if !touches.agents.is_empty() {
        // Else this and a change of many agents could each wait for a row the other has.
        tx.hold_agents().await?;
    }
    for (id, (token, at)) in touches.agents {
        tx.touch_agent(id, token, at).await?;
    }
    for (id, (ip, at)) in touches.sessions {
        tx.touch_session(id, &ip, at).await?;
    }
    for (id, at) in touches.api_keys {
        tx.touch_api_key(id, at).await?;
    }
    Ok(tx.commit().await?)
}

/// Not while the process ends: it takes its time, and the next start goes on with it.
async fn retain(kv: &Kavach) -> Result<()> {
    let stop = kv.jobs().stop.subscribe();
    let go_on = || if *stop.borrow() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    if go_on().is_break() {
        return Ok(());
    }
    kv.ledger().thin_some(kv.clock().now()).await?;
    archive::run_due(kv, &|_| go_on()).await
}

async fn prune(kv: &Kavach) -> Result<()> {
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.prune_once(now).await?;
    tx.prune_challenges(now).await?;
    tx.prune_device_grants(now).await?;
    // While it is still known which sessions they were.
    logout::sessions_expired(kv, &mut tx, now).await?;
    tx.prune_oauth_grants(now).await?;
    tx.reap_oauth_clients(now - kv.config().oauth.idle_client_life, now).await?;
    tx.prune_sessions(now).await?;
    tx.prune_guests(now - kv.config().session.absolute, now).await?;
    tx.prune_rate_limits(now).await?;
    tx.prune_idempotent(now).await?;
    tx.prune_messages(now - KEEP_MESSAGES).await?;
    tx.prune_approvals(now - KEEP_APPROVALS).await?;
    tx.prune_usage(now - LONGEST_PERIOD).await?;
    Ok(tx.commit().await?)
}

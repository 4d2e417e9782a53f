//! Following the log: records as they are written, to whoever may see them.
//!
//! What this process commits wakes its followers at once; what others commit is found by looking every second. A
//! follower that reads slowly gets everything in its own time, because nothing is held for it: it is read from the
//! database when there is room. It ends when the credential it began with is no longer valid.

use crate::Kavach;
use crate::context::{self, Caller, Presented, Reach, RequestContext};
use crate::error::Result;
use futures::stream::{self, BoxStream, StreamExt as _};
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditFilter;
use kavach_model::user::Role;
use kavach_model::{ApiError, Secret};
use kavach_store::Conn;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until, timeout_at};

/// Records read at a time.
const PIECE: u32 = 200;
/// How long something other processes wrote may go unseen, and how long an ended session may listen.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// However often records are committed, nobody looks more often than this.
const REST: Duration = Duration::from_millis(100);
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// What a follower gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// A record: its position, and itself as JSON on one line, with its leaf hash.
    Record {
        /// Where it stands.
        seq: u64,
        /// The record.
        json: String,
    },
    /// Nothing new for a while; everything up to here was looked at.
    Alive {
        /// Up to where.
        seq: u64,
    },
    /// Nothing at all; a moment to see whether anybody wants to stop.
    Nothing,
    /// The credential is no longer valid. Nothing follows.
    Ended,
}

/// What to follow, and from where.
#[derive(Debug, Clone, Default)]
pub struct Follow {
    /// Which records.
    pub filter: AuditFilter,
    /// After which position; when absent, only what is yet to come.
    pub after: Option<u64>,
    /// Whether to wait for more once everything there is was given.
    pub wait: bool,
    /// The bearer token the request came with, if it came with one.
    pub bearer: Option<Secret>,
}

struct Walk {
    kv: Kavach,
    cx: RequestContext,
    reach: Reach,
    follow: Follow,
    after: u64,
    ready: VecDeque<Followed>,
    committed: watch::Receiver<u64>,
    looked_at: Option<Instant>,
    checked_at: Option<Instant>,
    said_at: Instant,
    over: bool,
    _place: OwnedSemaphorePermit,
}

/// Records the caller may see, as they come.
pub async fn follow(
    kv: &Kavach,
    cx: &RequestContext,
    follow: Follow,
) -> Result<BoxStream<'static, Followed>> {
    let reach = cx.require_reach(Scope::AuditRead)?;
    let place = kv.ledger().followers().clone().try_acquire_owned();
    let place = place.map_err(|_| ApiError::rate_limited(5).message("Too many follow the log already."))?;
    let after = match follow.after {
        Some(after) => after,
        None => head(&mut kv.store().read().await?).await?,
    };
    let filter = AuditFilter { visible_to: reach.sponsor(), ..follow.filter };
    let walk = Walk {
        kv: kv.clone(),
        cx: cx.clone(),
        reach,
        follow: Follow { filter, ..follow },
        after,
        ready: VecDeque::new(),
        committed: kv.ledger().committed().subscribe(),
        looked_at: None,
        checked_at: None,
        said_at: Instant::now(),
        over: false,
        _place: place,
    };
    Ok(stream::unfold(walk, Walk::next).boxed())
}

async fn head(conn: &mut Conn) -> Result<u64> {
    Ok(conn.audit_head().await?.max(0).unsigned_abs())
}

impl Walk {
    async fn next(mut self) -> Option<(Followed, Self)> {
        if let Some(next) = self.ready.pop_front() {
            self.said_at = Instant::now();
            return Some((next, self));
        }
        if self.over {
            return None;
        }
        self.rest().await;
        if let Err(error) = self.look().await {
            // Whoever follows comes back and goes on where this ended.
            tracing::debug!(%error, "a follower of the audit log was let go");
            return None;
        }
        let next = match self.ready.pop_front() {
            Some(next) => next,
            None if !self.follow.wait => return None,
            None if self.said_at.elapsed() >= ALIVE_EVERY => Followed::Alive { seq: self.after },
            None => return Some((Followed::Nothing, self)),
        };
        self.said_at = Instant::now();
        Some((next, self))
    }

    /// Waits until there may be something to see.
    async fn rest(&mut self) {
        let Some(looked_at) = self.looked_at.filter(|_| self.follow.wait) else { return };
        // Either it was woken or it is time to look anyhow.
        let _ = timeout_at(looked_at + LOOK_EVERY, self.committed.changed()).await;
        sleep_until(looked_at + REST).await;
    }

    async fn look(&mut self) -> Result<()> {
        self.committed.mark_unchanged();
        self.looked_at = Some(Instant::now());
        if self.checked_at.is_none_or(|at| at.elapsed() >= LOOK_EVERY) {
            if !self.may_still().await? {
                self.over = true;
                self.ready.push_back(Followed::Ended);
                return Ok(());
            }
            self.checked_at = Some(Instant::now());
        }
        let mut conn = self.kv.store().read().await?;
        let head = head(&mut conn).await?;
        if head <= self.after {
            return Ok(());
        }
        let found = conn.filtered_audit_bodies(&self.follow.filter, self.after, head, PIECE).await?;
        drop(conn);
        let more = found.len() == PIECE as usize;
        self.after = found.last().filter(|_| more).map_or(head, |(seq, _)| *seq);
        if more {
            // There is more: no rest before the next look.
            self.looked_at = None;
        }
        self.ready
            .extend(found.into_iter().map(|(seq, body)| Followed::Record { seq, json: with_hash(&body) }));
        Ok(())
    }

    /// Whether the credential still reaches as far as when it began. Looking at a session does not prolong it.
    async fn may_still(&self) -> Result<bool> {
        let now = self.kv.clock().now();
        let reach = match &self.cx.caller {
            Caller::Session(caller) => {
                let idle_since = now - self.kv.config().session.idle;
                let hash = caller.token_hash.as_str();
                let found = self.kv.store().read().await?.find_session(hash, now, idle_since).await?;
                found.map(|(_, user)| match user.role {
                    Role::Admin => Reach::All,
                    Role::Member => Reach::Own(user.id),
                })
            }
            _ => {
                let bearer = self.follow.bearer.as_ref().map(Secret::expose);
                let presented = Presented { cookie: None, bearer };
                let again = context::authenticate(&self.kv, self.cx.meta.clone(), presented).await;
                again.ok().and_then(|cx| cx.require_reach(Scope::AuditRead).ok())
            }
        };
        Ok(reach == Some(self.reach))
    }
}

/// A stored text with its hash, on one line: what a list of records shows.
fn with_hash(body: &str) -> String {
    let hash = crate::audit::ledger::leaf_hex(body);
    let open = body.trim_end().strip_suffix('}').unwrap_or(body).replace(['\r', '\n'], " ");
    format!("{open},\"leafHash\":\"{hash}\"}}")
}

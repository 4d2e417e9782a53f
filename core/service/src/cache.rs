//! What decisions and session checks remember between requests.
//!
//! A change is looked for and what it touched is dropped before its answer leaves (in this process), so a revoked
//! agent is denied from then on, and so is all that hangs on it: a change gives every agent whose rights it may
//! change a new revision, and agents of a newer revision than the last one seen are dropped. A reader that loaded a
//! row before the change cannot put it back: every drop moves the epoch, and a row is only remembered if the epoch
//! did not move while it was read.
//! Over PostgreSQL other replicas change rows too: there the same look is taken whenever the database sends word and
//! twice a second anyway, and nothing remembered is believed when the last look is too old.

use crate::context::SessionCaller;
use crate::crypto::token::TokenHash;
use crate::error::Result;
use crate::known::{Chain, Held, Lent, NEVER, Remembered, Ties};
pub(crate) use crate::known::{KnownAgent, KnownToken};
use futures::future::BoxFuture;
use kavach_model::permission::{PermissionSet, ResourcePattern, Segments};
use kavach_model::user::UserStatus;
use kavach_model::{AgentId, Timestamp};
use kavach_store::{Backend, DecisionAgent, Store};
use papaya::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

/// Entries kept at the most in each map, about.
const MAX_ENTRIES: usize = 1_000_000;
/// How old the last look at a shared database may be.
const MAX_STALENESS: Duration = Duration::from_millis(900);
/// Links of a chain that are followed at the most: far more than any chain may have.
const MOST_LINKS: u32 = 64;

/// Agents and tokens that decisions were asked about.
pub(crate) struct DecisionCache {
    agents: Remembered<KnownAgent>,
    tokens: Remembered<KnownToken>,
    epoch: Mutex<u64>,
    shared: bool,
    seen_revision: AtomicI64,
    polled_at: AtomicI64,
    /// Patterns on which everything is stopped, as of a revision; and whether there are any.
    stops: RwLock<(i64, Box<[ResourcePattern]>)>,
    any_stops: AtomicBool,
    /// A look failed after a change: nothing is believed until one succeeds.
    blind: AtomicBool,
}

impl DecisionCache {
    pub(crate) async fn new(store: &Store) -> Result<Self> {
        let mut conn = store.read().await?;
        let revision = conn.agent_revision().await?;
        let stops: Box<[_]> = conn.list_stops().await?.into_iter().map(|stop| stop.resource).collect();
        Ok(Self {
            agents: Remembered::new(MAX_ENTRIES),
            tokens: Remembered::new(MAX_ENTRIES),
            epoch: Mutex::new(0),
            shared: store.backend() == Backend::Postgres,
            seen_revision: AtomicI64::new(revision),
            polled_at: AtomicI64::new(0),
            any_stops: AtomicBool::new(!stops.is_empty()),
            stops: RwLock::new((revision, stops)),
            blind: AtomicBool::new(false),
        })
    }

    /// An agent, remembered or read; None when there is no such agent.
    pub(crate) async fn agent(
        &self,
        store: &Store,
        id: AgentId,
        now: Timestamp,
    ) -> Result<Option<Held<KnownAgent>>> {
        if self.is_current(now)
            && let Some(known) = self.agents.get(&id)
        {
            return Ok(Some(known));
        }
        self.look_if_due(store, now).await?;
        self.agent_of_chain(store, id, MOST_LINKS).await
    }

    /// Boxed, because every question would carry along, and have copied, what only the first one needs; and because
    /// what an agent hangs on are agents.
    fn agent_of_chain<'a>(
        &'a self,
        store: &'a Store,
        id: AgentId,
        links: u32,
    ) -> BoxFuture<'a, Result<Option<Held<KnownAgent>>>> {
        Box::pin(async move {
            if let Some(known) = self.agents.get(&id) {
                return Ok(Some(known));
            }
            let epoch = self.epoch();
            let Some(row) = store.read().await?.find_decision_agent(id).await? else {
                return Ok(None);
            };
            let permissions = PermissionSet::compile(&row.permissions);
            let known = KnownAgent {
                id,
                sponsor_id: row.sponsor_id,
                sponsor_active: row.sponsor_status == UserStatus::Active,
                status: row.status,
                expires_at: row.expires_at.unwrap_or(NEVER),
                ties: self.chain(store, &row, &permissions, links).await?.map_or(Ties::NONE, Ties::from),
                permissions,
                revision: row.revision,
                touched_at: AtomicI64::new(0),
            };
            Ok(Some(self.remember(epoch, known)))
        })
    }

    async fn chain(
        &self,
        store: &Store,
        row: &DecisionAgent,
        permissions: &PermissionSet,
        links: u32,
    ) -> Result<Option<Chain>> {
        let borrowed = store.read().await?.list_borrowed(row.id).await?;
        if row.parent_id.is_none() && borrowed.is_empty() {
            return Ok(None);
        }
        let Some(links) = links.checked_sub(1) else { return Ok(Some(Chain::broken(row.id))) };
        let parent = match row.parent_id {
            None => None,
            Some(id) => match self.agent_of_chain(store, id, links).await? {
                None => return Ok(Some(Chain::broken(id))),
                found => found,
            },
        };
        let mut lent = Vec::with_capacity(borrowed.len());
        for delegation in borrowed {
            if let Some(from) = self.agent_of_chain(store, delegation.from_agent, links).await? {
                lent.push(Lent {
                    id: delegation.id,
                    permissions: PermissionSet::compile(&delegation.permissions),
                    expires_at: delegation.expires_at,
                    max_depth: delegation.max_depth,
                    from: Arc::new(KnownAgent::clone(&from)),
                });
            }
        }
        Ok(Some(Chain::below(permissions, parent.as_deref(), lent)))
    }

    /// A token and its agent, remembered or read; None when no agent has it.
    ///
    /// Every change of a token moves its agent's revision, so a remembered token is believed only beside an
    /// agent of the revision it was read with: dropping the agent is enough to drop its tokens.
    pub(crate) async fn token(
        &self,
        store: &Store,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<(Held<KnownToken>, Held<KnownAgent>)>> {
        if self.is_current(now)
            && let Some(token) = self.tokens.get(hash)
            && let Some(agent) = self.agent(store, token.agent_id, now).await?
            && agent.revision == token.agent_revision
        {
            return Ok(Some((token, agent)));
        }
        Box::pin(self.read_token(store, hash, now)).await
    }

    async fn read_token(
        &self,
        store: &Store,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<(Held<KnownToken>, Held<KnownAgent>)>> {
        let Some(row) = store.read().await?.find_agent_token(hash.as_str()).await? else { return Ok(None) };
        let token = self.tokens.insert(KnownToken {
            hash: hash.clone(),
            id: row.id,
            agent_id: row.agent_id,
            expires_at: row.expires_at,
            revoked: row.revoked_at.is_some(),
            agent_revision: row.agent_revision,
        });
        let agent = self.agent(store, token.agent_id, now).await?;
        Ok(agent.map(|agent| (token, agent)))
    }

    /// Whether the kill switch holds everything on a resource.
    #[inline]
    pub(crate) fn is_stopped(&self, resource: &Segments<'_>) -> bool {
        self.any_stops.load(Ordering::Acquire)
            && self
                .stops
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .1
                .iter()
                .any(|pattern| pattern.matches(resource))
    }

    /// Drops everything, after a change that may touch any agent.
    pub(crate) fn forget_all(&self) {
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        *epoch += 1;
        self.agents.clear();
    }

    /// Drops what a change touched, after it was committed and before its answer leaves.
    pub(crate) async fn look_after_change(&self, store: &Store, now: Timestamp) {
        if let Err(error) = self.look(store, now).await {
            tracing::warn!(%error, "what changed could not be read; everything remembered is dropped");
            self.blind.store(true, Ordering::Release);
            self.forget_all();
        }
    }

    /// Drops what changed since the last look, here or in another process.
    pub(crate) async fn look(&self, store: &Store, now: Timestamp) -> Result<()> {
        let seen = self.seen_revision.load(Ordering::Acquire);
        let mut conn = store.read().await?;
        let revision = conn.agent_revision().await?;
        // Every change of agents or stops moves it.
        if revision == seen {
            self.looked(now);
            return Ok(());
        }
        let changed = conn.agents_changed_since(seen).await?;
        let stops: Box<[_]> = conn.list_stops().await?.into_iter().map(|stop| stop.resource).collect();
        drop(conn);
        self.remember_stops(revision, stops);
        if changed.len() > 1_000 {
            self.forget_all();
        } else if !changed.is_empty() {
            let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
            *epoch += 1;
            changed.iter().for_each(|(id, _)| self.agents.remove(id));
        }
        self.seen_revision.fetch_max(revision, Ordering::AcqRel);
        self.looked(now);
        Ok(())
    }

    fn looked(&self, now: Timestamp) {
        self.polled_at.fetch_max(now.as_millis(), Ordering::AcqRel);
        self.blind.store(false, Ordering::Release);
    }

    /// Of two looks at the same time, what the later one saw stays.
    fn remember_stops(&self, revision: i64, stops: Box<[ResourcePattern]>) {
        let mut known = self.stops.write().unwrap_or_else(PoisonError::into_inner);
        if known.0 <= revision {
            self.any_stops.store(!stops.is_empty(), Ordering::Release);
            *known = (revision, stops);
        }
    }

    async fn look_if_due(&self, store: &Store, now: Timestamp) -> Result<()> {
        if self.is_current(now) { Ok(()) } else { self.look(store, now).await }
    }

    /// Whether other processes may change what is remembered.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared
    }

    fn is_current(&self, now: Timestamp) -> bool {
        let polled = Timestamp::from_millis(self.polled_at.load(Ordering::Acquire));
        !self.blind.load(Ordering::Acquire) && (!self.shared || now.since(polled) <= MAX_STALENESS)
    }

    fn epoch(&self) -> u64 {
        *self.epoch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, read_at: u64, known: KnownAgent) -> Held<KnownAgent> {
        let epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        if *epoch == read_at { self.agents.insert(known) } else { Held::apart(known) }
    }
}

/// How long a session check is believed.
const SESSION_LIFE: Duration = Duration::from_secs(1);
const MAX_SESSIONS: usize = 100_000;

/// Sessions that were looked up within the last second.
#[derive(Default)]
pub(crate) struct SessionCache {
    known: HashMap<TokenHash, (u64, Timestamp, Arc<SessionCaller>)>,
    epoch: AtomicU64,
}

impl SessionCache {
    /// Read before the database is asked, and handed to [`SessionCache::remember`].
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    pub(crate) fn get(&self, hash: &TokenHash, now: Timestamp) -> Option<Arc<SessionCaller>> {
        let known = self.known.pin();
        let (epoch, at, caller) = known.get(hash)?;
        // A clock that went back must not make an entry live longer.
        let fresh = now >= *at && now.since(*at) < SESSION_LIFE && *epoch == self.epoch();
        fresh.then(|| Arc::clone(caller))
    }

    pub(crate) fn remember(&self, hash: TokenHash, epoch: u64, now: Timestamp, caller: Arc<SessionCaller>) {
        let known = self.known.pin();
        if known.len() >= MAX_SESSIONS {
            known.clear();
        }
        known.insert(hash, (epoch, now, caller));
    }

    /// After any change of a session or of a person.
    pub(crate) fn forget_all(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
    }
}

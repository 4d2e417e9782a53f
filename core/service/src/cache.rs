//! What decisions and session checks remember between requests.
//!
//! A change empties what it touches before its answer leaves (in this process), so a revoked agent is denied
//! from then on. A reader that loaded a row before the change cannot put it back: every change moves the
//! epoch, and a row is only remembered if the epoch did not move while it was read.
//! Over PostgreSQL other replicas change rows too: there a poll every second drops what changed, and nothing
//! remembered is believed when the last poll is too old.

use crate::context::SessionCaller;
use crate::crypto::token::TokenHash;
use crate::error::Result;
use crate::known::{Held, Remembered};
pub(crate) use crate::known::{KnownAgent, KnownToken};
use kavach_model::permission::PermissionSet;
use kavach_model::{AgentId, Timestamp};
use kavach_store::{Backend, Store};
use papaya::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Entries kept at the most in each map, about.
const MAX_ENTRIES: usize = 1_000_000;
/// How old the last poll of a shared database may be.
const MAX_STALENESS: Duration = Duration::from_millis(2_000);

/// Agents and tokens that decisions were asked about.
pub(crate) struct DecisionCache {
    agents: Remembered<KnownAgent>,
    tokens: Remembered<KnownToken>,
    epoch: Mutex<u64>,
    shared: bool,
    seen_revision: AtomicI64,
    polled_at: AtomicI64,
}

impl DecisionCache {
    pub(crate) async fn new(store: &Store) -> Result<Self> {
        let revision = store.read().await?.agent_revision().await?;
        Ok(Self {
            agents: Remembered::new(MAX_ENTRIES),
            tokens: Remembered::new(MAX_ENTRIES),
            epoch: Mutex::new(0),
            shared: store.backend() == Backend::Postgres,
            seen_revision: AtomicI64::new(revision),
            polled_at: AtomicI64::new(0),
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
        // Boxed, because every question would carry along, and have copied, what only the first one needs.
        Box::pin(self.read_agent(store, id)).await
    }

    async fn read_agent(&self, store: &Store, id: AgentId) -> Result<Option<Held<KnownAgent>>> {
        let epoch = self.epoch();
        let Some(row) = store.read().await?.find_decision_agent(id).await? else {
            return Ok(None);
        };
        let known = KnownAgent {
            id,
            sponsor_id: row.sponsor_id,
            sponsor_active: row.sponsor_status == kavach_model::user::UserStatus::Active,
            status: row.status,
            expires_at: row.expires_at,
            permissions: PermissionSet::compile(&row.permissions),
            revision: row.revision,
            touched_at: AtomicI64::new(0),
        };
        Ok(Some(self.remember(epoch, known)))
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

    /// Drops an agent, after a change of it or of its tokens was committed.
    pub(crate) fn forget(&self, id: AgentId) {
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        *epoch += 1;
        self.agents.remove(&id);
    }

    /// Drops everything, after a change that may touch any agent.
    pub(crate) fn forget_all(&self) {
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        *epoch += 1;
        self.agents.clear();
    }

    /// Drops what other processes changed; for shared databases.
    pub(crate) async fn poll(&self, store: &Store, now: Timestamp) -> Result<()> {
        let seen = self.seen_revision.load(Ordering::Acquire);
        let changed = store.read().await?.agents_changed_since(seen).await?;
        if changed.len() > 1_000 {
            self.forget_all();
        } else {
            changed.iter().for_each(|(id, _)| self.forget(*id));
        }
        if let Some((_, newest)) = changed.last() {
            self.seen_revision.fetch_max(*newest, Ordering::AcqRel);
        }
        self.polled_at.fetch_max(now.as_millis(), Ordering::AcqRel);
        Ok(())
    }

    /// Whether other processes may change what is remembered.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared
    }

    fn is_current(&self, now: Timestamp) -> bool {
        let polled = Timestamp::from_millis(self.polled_at.load(Ordering::Acquire));
        !self.shared || now.since(polled) <= MAX_STALENESS
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

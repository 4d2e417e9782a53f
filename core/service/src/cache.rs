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
use kavach_model::agent::AgentStatus;
use kavach_model::permission::PermissionSet;
use kavach_model::{AgentId, Timestamp, TokenId, UserId};
use kavach_store::{Backend, Store};
use papaya::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What decisions know of an agent.
pub(crate) struct KnownAgent {
    pub(crate) id: AgentId,
    pub(crate) sponsor_id: UserId,
    pub(crate) sponsor_active: bool,
    pub(crate) status: AgentStatus,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) permissions: PermissionSet,
    pub(crate) revision: i64,
    /// When use was last noted, in epoch milliseconds.
    pub(crate) touched_at: AtomicI64,
}

/// What decisions know of an agent's token.
#[derive(Debug, Clone)]
pub(crate) struct KnownToken {
    pub(crate) id: TokenId,
    pub(crate) agent_id: AgentId,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked: bool,
    pub(crate) agent_revision: i64,
}

/// Entries kept at the most in each map; beyond that it starts afresh.
const MAX_ENTRIES: usize = 1_000_000;
/// How old the last poll of a shared database may be.
const MAX_STALENESS: Duration = Duration::from_millis(2_000);

/// Agents and tokens that decisions were asked about.
pub(crate) struct DecisionCache {
    agents: HashMap<AgentId, Arc<KnownAgent>>,
    tokens: HashMap<TokenHash, Arc<KnownToken>>,
    epoch: Mutex<u64>,
    shared: bool,
    seen_revision: AtomicI64,
    polled_at: AtomicI64,
}

impl DecisionCache {
    pub(crate) async fn new(store: &Store) -> Result<Self> {
        let revision = store.read().await?.agent_revision().await?;
        Ok(Self {
            agents: HashMap::new(),
            tokens: HashMap::new(),
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
    ) -> Result<Option<Arc<KnownAgent>>> {
        if self.is_current(now)
            && let Some(known) = self.agents.pin().get(&id)
        {
            return Ok(Some(Arc::clone(known)));
        }
        // Boxed, because every question would carry along, and have copied, what only the first one needs.
        Box::pin(self.read_agent(store, id)).await
    }

    async fn read_agent(&self, store: &Store, id: AgentId) -> Result<Option<Arc<KnownAgent>>> {
        let epoch = self.epoch();
        let Some(row) = store.read().await?.find_decision_agent(id).await? else {
            return Ok(None);
        };
        let known = Arc::new(KnownAgent {
            id,
            sponsor_id: row.sponsor_id,
            sponsor_active: row.sponsor_status == kavach_model::user::UserStatus::Active,
            status: row.status,
            expires_at: row.expires_at,
            permissions: PermissionSet::compile(&row.permissions),
            revision: row.revision,
            touched_at: AtomicI64::new(0),
        });
        self.remember(epoch, |cache| {
            if cache.agents.len() >= MAX_ENTRIES {
                cache.agents.pin().clear();
            }
            cache.agents.pin().insert(id, Arc::clone(&known));
        });
        Ok(Some(known))
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
    ) -> Result<Option<(Arc<KnownToken>, Arc<KnownAgent>)>> {
        if self.is_current(now) {
            let remembered = self.tokens.pin().get(hash).map(Arc::clone);
            if let Some(token) = remembered
                && let Some(agent) = self.agent(store, token.agent_id, now).await?
                && agent.revision == token.agent_revision
            {
                return Ok(Some((token, agent)));
            }
        }
        Box::pin(self.read_token(store, hash, now)).await
    }

    async fn read_token(
        &self,
        store: &Store,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<(Arc<KnownToken>, Arc<KnownAgent>)>> {
        let Some(row) = store.read().await?.find_agent_token(hash.as_str()).await? else { return Ok(None) };
        let token = Arc::new(KnownToken {
            id: row.id,
            agent_id: row.agent_id,
            expires_at: row.expires_at,
            revoked: row.revoked_at.is_some(),
            agent_revision: row.agent_revision,
        });
        if self.tokens.len() >= MAX_ENTRIES {
            self.tokens.pin().clear();
        }
        self.tokens.pin().insert(hash.clone(), Arc::clone(&token));
        let agent = self.agent(store, token.agent_id, now).await?;
        Ok(agent.map(|agent| (token, agent)))
    }

    /// Drops an agent, after a change of it or of its tokens was committed.
    pub(crate) fn forget(&self, id: AgentId) {
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        *epoch += 1;
        self.agents.pin().remove(&id);
    }

    /// Drops everything, after a change that may touch any agent.
    pub(crate) fn forget_all(&self) {
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        *epoch += 1;
        self.agents.pin().clear();
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

    fn remember(&self, read_at: u64, insert: impl FnOnce(&Self)) {
        let epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        if *epoch == read_at {
            insert(self);
        }
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

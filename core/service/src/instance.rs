//! The instance: everything the use cases share, put together once at start.

use crate::audit::AuditWriter;
use crate::audit::ledger::Ledger;
use crate::authn::jwks::KeySets;
use crate::authn::social::Documents;
use crate::authorize::condition::Expressions;
use crate::cache::{DecisionCache, SessionCache};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::crypto::password::PasswordHasher;
use crate::crypto::seal::SealKey;
use crate::deliver::mail::{Mailer, SmtpMailer};
use crate::error::{Error, Result};
use crate::guard::breached_password::BreachedPasswords;
use crate::guard::flood::FloodGate;
use crate::guard::password_policy::PasswordPolicy;
use crate::jobs::Jobs;
use crate::oauth::keys::KeyRing;
use crate::oauth::trace::Traces;
use crate::outbound::{GuardedClient, HttpFetch};
use crate::rng::{Rng, SystemRng};
use crate::{instance_key, jobs};
use kavach_model::ErrorCode;
use kavach_model::sign_in::Method;
use kavach_store::{DataDirLock, DatabaseUrl, Store};
use rustls::pki_types::CertificateDer;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Notify;

/// What reaches into the world and tests replace.
pub struct Parts {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Outgoing HTTP.
    pub http: Arc<dyn HttpFetch>,
}

impl Parts {
    /// The real ones.
    pub fn system(config: &Config) -> Result<Self> {
        Ok(Self {
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRng),
            http: Arc::new(
                GuardedClient::trusting(&extra_roots(config)?, &config.outbound.allow_private_hosts)
                    .map_err(|error| Error::Fault(format!("outgoing HTTP: {error}")))?,
            ),
        })
    }
}

fn extra_roots(config: &Config) -> Result<Vec<CertificateDer<'static>>> {
    config.outbound.extra_roots().map_err(|problem| Error::Fault(format!("outbound.extra_ca: {problem}")))
}

fn directory_of(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// A running instance; clones share everything.
#[derive(Clone)]
pub struct Kavach(Arc<Inner>);

struct Inner {
    config: Config,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    store: Store,
    seal_key: SealKey,
    hasher: PasswordHasher,
    breached: BreachedPasswords,
    http: Arc<dyn HttpFetch>,
    mailer: Option<Arc<dyn Mailer>>,
    audit: AuditWriter,
    ledger: Arc<Ledger>,
    decisions: DecisionCache,
    sessions: SessionCache,
    unknown_tokens: FloodGate,
    expressions: Expressions,
    key_sets: KeySets,
    signing_keys: KeyRing,
    traces: Traces,
    provider_documents: Documents,
    outbox_wake: Notify,
    webhook_wake: Notify,
    sms_wake: Notify,
    logout_wake: Notify,
    jobs: Jobs,
    _lock: Option<DataDirLock>,
}

impl Kavach {
    /// Opens the store, brings it to this version, loads the instance key, starts the writer and the jobs.
    pub async fn start(config: Config, parts: Parts) -> Result<Self> {
        let url: DatabaseUrl = config
            .database_url()
            .expose()
            .parse()
            .map_err(|error| Error::Fault(format!("database.url: {error}")))?;
        // The lock comes first: nothing is created or migrated beside a running server.
        let lock = match &url {
            DatabaseUrl::SqliteFile(path) => Some(DataDirLock::acquire(directory_of(path))?),
            DatabaseUrl::SqliteMemory | DatabaseUrl::Postgres(_) => None,
        };
        if config.instance_key.is_none() {
            std::fs::create_dir_all(&config.data_dir)
                .map_err(|error| Error::Fault(format!("data directory: {error}")))?;
        }
        let store = Store::connect(&url, config.database.max_connections).await?;
        store.migrate(parts.clock.now()).await?;
        let instance_key = instance_key::load(&config, parts.rng.as_ref())?;
        let seal_key = SealKey::from_bytes(*instance_key);
        let ledger = Arc::new(Ledger::new(store.clone(), &instance_key, &config));
        let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let hasher = PasswordHasher::new(threads, Arc::clone(&parts.rng))
            .map_err(|error| Error::Fault(format!("password hashing threads: {error}")))?;
        let mailer: Option<Arc<dyn Mailer>> = match &config.mail.smtp_url {
            Some(url) => Some(Arc::new(
                SmtpMailer::trusting(&extra_roots(&config)?, url, &config.sender())
                    .map_err(|error| Error::Fault(format!("mail.smtp_url: {error}")))?,
            )),
            None => None,
        };
        let breached =
            BreachedPasswords::new(&config.hibp, Arc::clone(&parts.http), Arc::clone(&parts.clock));
        let (audit, audit_task) = AuditWriter::start(store.clone(), ledger.committed().clone())?;
        let decisions = DecisionCache::new(&store).await?;
        let kavach = Self(Arc::new(Inner {
            config,
            clock: parts.clock,
            rng: parts.rng,
            store,
            seal_key,
            hasher,
            breached,
            http: parts.http,
            mailer,
            audit,
            ledger,
            decisions,
            sessions: SessionCache::default(),
            unknown_tokens: FloodGate::default(),
            expressions: Expressions::default(),
            key_sets: KeySets::default(),
            signing_keys: KeyRing::default(),
            traces: Traces::default(),
            provider_documents: Documents::default(),
            outbox_wake: Notify::new(),
            webhook_wake: Notify::new(),
            sms_wake: Notify::new(),
            logout_wake: Notify::new(),
            jobs: Jobs::new(audit_task),
            _lock: lock,
        }));
        jobs::start(&kavach);
        Ok(kavach)
    }

    /// Finishes what was accepted, then closes the database.
    pub async fn shutdown(&self) {
        self.0.jobs.stop_loops().await;
        self.0.audit.close();
        self.0.jobs.join_audit().await;
        self.0.store.close().await;
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Refuses what is switched off.
    pub(crate) fn require_method(&self, method: Method) -> Result<()> {
        if self.0.config.methods.is_on(method) { Ok(()) } else { Err(ErrorCode::MethodDisabled.into()) }
    }

    /// What time it is.
    pub fn clock(&self) -> &dyn Clock {
        self.0.clock.as_ref()
    }

    /// Decisions and events that wait to be written.
    pub fn audit_queue_len(&self) -> usize {
        self.0.audit.queue_len()
    }

    pub(crate) fn rng(&self) -> &dyn Rng {
        self.0.rng.as_ref()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn seal_key(&self) -> &SealKey {
        &self.0.seal_key
    }

    pub(crate) fn hasher(&self) -> &PasswordHasher {
        &self.0.hasher
    }

    pub(crate) fn password_policy(&self) -> PasswordPolicy<'_> {
        PasswordPolicy {
            min_chars: self.0.config.password.min_length as usize,
            product_names: &["kavach"],
            breached: &self.0.breached,
            fail_closed: self.0.config.hibp.fail_closed,
        }
    }

    pub(crate) fn mailer(&self) -> Option<&Arc<dyn Mailer>> {
        self.0.mailer.as_ref()
    }

    pub(crate) fn http(&self) -> &dyn HttpFetch {
        self.0.http.as_ref()
    }

    pub(crate) fn audit(&self) -> &AuditWriter {
        &self.0.audit
    }

    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.0.ledger
    }

    pub(crate) fn decisions(&self) -> &DecisionCache {
        &self.0.decisions
    }

    pub(crate) fn sessions(&self) -> &SessionCache {
        &self.0.sessions
    }

    pub(crate) fn unknown_tokens(&self) -> &FloodGate {
        &self.0.unknown_tokens
    }

    pub(crate) fn expressions(&self) -> &Expressions {
        &self.0.expressions
    }

    pub(crate) fn provider_documents(&self) -> &Documents {
        &self.0.provider_documents
    }

    pub(crate) fn signing_keys(&self) -> &KeyRing {
        &self.0.signing_keys
    }

    pub(crate) fn traces(&self) -> &Traces {
        &self.0.traces
    }

    pub(crate) fn key_sets(&self) -> &KeySets {
        &self.0.key_sets
    }

    pub(crate) fn outbox_wake(&self) -> &Notify {
        &self.0.outbox_wake
    }

    pub(crate) fn webhook_wake(&self) -> &Notify {
        &self.0.webhook_wake
    }

    pub(crate) fn sms_wake(&self) -> &Notify {
        &self.0.sms_wake
    }

    pub(crate) fn logout_wake(&self) -> &Notify {
        &self.0.logout_wake
    }

    pub(crate) fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// A handle that does not keep the instance alive; for the background loops.
    pub(crate) fn downgrade(&self) -> WeakKavach {
        WeakKavach(Arc::downgrade(&self.0))
    }
}

/// See [`Kavach::downgrade`].
pub(crate) struct WeakKavach(std::sync::Weak<Inner>);

impl WeakKavach {
    pub(crate) fn upgrade(&self) -> Option<Kavach> {
        self.0.upgrade().map(Kavach)
    }
}

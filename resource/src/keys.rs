//! The keys the authorization server signs with (RFC 7517), remembered.
//!
//! A key nobody has heard of makes one request ask for the keys again, while the others who miss it wait for that one
//! answer. They are asked for at most once in five seconds, so that tokens with invented keys cost the authorization
//! server nothing. What is remembered stays good for a day while the authorization server cannot be reached.

use crate::clock::Clock;
use crate::discovery::AuthorizationServer;
use crate::jwk::{Algorithm, PublicKey};
use crate::outgoing::{self, NoAnswer};
use crate::strict_json;
use reqwest::{Method, Request};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Mutex, MutexGuard};

/// All in milliseconds.
const FRESH: i64 = 10 * 60 * 1_000;
const STALE: i64 = 24 * 60 * 60 * 1_000;
const PAUSE: i64 = 5 * 1_000;
const PAUSE_AFTER_FAILURE: i64 = 1_000;
/// Most keys that are taken from one answer.
const MOST: usize = 100;

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// The authorization server has no such key.
    Unknown,
    /// It could not be asked.
    Unavailable,
}

pub(crate) struct Keys {
    server: Arc<AuthorizationServer>,
    clock: Arc<dyn Clock>,
    known: RwLock<Arc<Known>>,
    asking: Mutex<Asking>,
}

/// One answer of the authorization server.
#[derive(Default)]
struct Known {
    keys: HashMap<(String, Algorithm), Arc<PublicKey>>,
    /// None before the first.
    asked_at: Option<i64>,
}

struct Asking {
    not_before: i64,
    failed: bool,
}

impl Keys {
    pub(crate) fn new(server: Arc<AuthorizationServer>, clock: Arc<dyn Clock>) -> Self {
        let asking = Mutex::new(Asking { not_before: i64::MIN, failed: false });
        Self { server, clock, known: RwLock::default(), asking }
    }

    /// The key of this name for this algorithm.
    pub(crate) async fn find(&self, kid: &str, algorithm: Algorithm) -> Result<Arc<PublicKey>, NoKey> {
        let name = (kid.to_owned(), algorithm);
        let before = self.known();
        let age = before.asked_at.map(|at| self.clock.now_millis() - at);
        if let (Some(key), Some(age)) = (before.keys.get(&name), age.filter(|age| *age < STALE)) {
            if age < FRESH {
                return Ok(key.clone());
            }
            // One asks, the others go on with what there is.
            let Ok(asking) = self.asking.try_lock() else { return Ok(key.clone()) };
            self.ask(asking).await;
            return self.known().keys.get(&name).cloned().ok_or(NoKey::Unknown);
        }
        let asking = self.asking.lock().await;
        let failed = if Arc::ptr_eq(&before, &self.known()) {
            self.ask(asking).await
        } else {
            // Somebody else asked while this one waited.
            asking.failed
        };
        let known = self.known();
        match known.keys.get(&name) {
            Some(key) if self.is_usable(&known) => Ok(key.clone()),
            _ if failed || !self.is_usable(&known) => Err(NoKey::Unavailable),
            _ => Err(NoKey::Unknown),
        }
    }

    fn known(&self) -> Arc<Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_usable(&self, known: &Known) -> bool {
        known.asked_at.is_some_and(|at| self.clock.now_millis() - at < STALE)
    }

    /// Asks, unless it is too early to; returns whether the last time that was done failed.
    async fn ask(&self, mut asking: MutexGuard<'_, Asking>) -> bool {
        let now = self.clock.now_millis();
        if now < asking.not_before {
            return asking.failed;
        }
        match self.fetch().await {
            Ok(keys) => {
                let known = Arc::new(Known { keys, asked_at: Some(now) });
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
                *asking = Asking { not_before: now + PAUSE, failed: false };
            }
            Err(_) => {
                tracing::warn!(
                    issuer = self.server.issuer,
                    "the keys of the authorization server cannot be read"
                );
                self.server.forget();
                *asking = Asking { not_before: now + PAUSE_AFTER_FAILURE, failed: true };
            }
        }
        asking.failed
    }

    async fn fetch(&self) -> Result<HashMap<(String, Algorithm), Arc<PublicKey>>, NoAnswer> {
        let endpoints = self.server.endpoints().await?;
        let request = Request::new(Method::GET, endpoints.keys.clone());
        let answer = outgoing::ask(&self.server.client, request).await?;
        let document =
            strict_json::object(&answer.body).filter(|_| answer.status == 200).ok_or(NoAnswer::default())?;
        let listed = document.get("keys").and_then(Value::as_array).ok_or(NoAnswer::default())?;
        let mut keys = HashMap::new();
        // One that cannot be used takes nothing away from the others.
        for jwk in listed.iter().take(MOST).filter_map(Value::as_object) {
            let Some(kid) = jwk.get("kid").and_then(Value::as_str) else { continue };
            if let Some(key) = PublicKey::from_jwk(jwk) {
                keys.entry((kid.to_owned(), key.algorithm())).or_insert_with(|| Arc::new(key));
            }
        }
        Ok(keys)
    }
}

//! The keys this instance signs with: kept sealed, published before they sign, and published on until nothing they signed
//! is valid any more.
//!
//! Which key signs follows from the times in the database alone, so replicas need not talk to each other: each reads the
//! list more often than a key waits before it signs. The first keys are made when the first one is needed.

use super::jws::{Jws, SKEW, seconds};
use super::signing::{self, Algorithm, SigningKey};
use crate::audit;
use crate::context::RequestContext;
use crate::error::Result;
use crate::{Error, Kavach};
use jsonwebtoken::DecodingKey;
use kavach_model::Timestamp;
use kavach_model::audit::AuditKind;
use kavach_store::SigningKeyRow;
use serde_json::{Map, Value, json};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// What the sealed document is sealed for.
const PURPOSE: &str = "signing key";
/// Longer than any clock is late.
const SLACK: Duration = Duration::from_secs(300);
const MINUTE: Duration = Duration::from_secs(60);

/// The keys as they were last read.
#[derive(Default)]
pub(crate) struct KeyRing(RwLock<Option<Arc<Loaded>>>);

struct Loaded {
    keys: Vec<Key>,
    read_at: Timestamp,
}

struct Key {
    row: SigningKeyRow,
    jwk: Value,
    decoding: DecodingKey,
    signing: SigningKey,
}

/// A key as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// What it is called in tokens.
    pub kid: String,
    /// How it signs.
    pub algorithm: String,
    /// `next`, `signs` or `kept`.
    pub state: &'static str,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub active_from: Timestamp,
}

impl Loaded {
    fn current(&self, algorithm: Algorithm, now: Timestamp) -> Option<&Key> {
        let of = |key: &&Key| key.row.algorithm == algorithm.as_str() && key.row.active_from <= now;
        self.keys.iter().filter(of).max_by_key(|key| key.row.generation)
    }

    fn is_complete(&self, now: Timestamp) -> bool {
        Algorithm::ALL.into_iter().all(|algorithm| self.current(algorithm, now).is_some())
    }
}

/// How long what was read counts: a fraction of what a key waits.
fn reread_every(kv: &Kavach) -> Duration {
    (kv.config().oauth.key_ahead / 4).clamp(Duration::from_secs(1), MINUTE)
}

/// How often keys are looked after.
pub(crate) fn tend_every(kv: &Kavach) -> Duration {
    reread_every(kv)
}

async fn loaded(kv: &Kavach) -> Result<Arc<Loaded>> {
    let now = kv.clock().now();
    let known = kv.signing_keys().0.read().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(known) = known
        && now.since(known.read_at) < reread_every(kv)
        && known.read_at <= now
    {
        return Ok(known);
    }
    let mut found = read(kv, now).await?;
    if !found.is_complete(now) {
        for algorithm in Algorithm::ALL {
            if found.current(algorithm, now).is_none() {
                make(kv, algorithm, 1, now, now).await?;
            }
        }
        found = read(kv, now).await?;
    }
    Ok(remember(kv, found))
}

fn remember(kv: &Kavach, found: Loaded) -> Arc<Loaded> {
    let found = Arc::new(found);
    *kv.signing_keys().0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&found));
    found
}

async fn read(kv: &Kavach, now: Timestamp) -> Result<Loaded> {
    let rows = kv.store().read().await?.list_signing_keys().await?;
    let keys = rows.into_iter().map(|row| open(kv, row)).collect::<Result<_>>()?;
    Ok(Loaded { keys, read_at: now })
}

fn open(kv: &Kavach, row: SigningKeyRow) -> Result<Key> {
    let fault =
        || Error::Fault(format!("the signing key {} cannot be opened with this instance key", row.kid));
    let document = zeroize::Zeroizing::new(kv.seal_key().open(PURPOSE, &row.sealed).ok_or_else(fault)?);
    let algorithm = Algorithm::named(&row.algorithm).ok_or_else(fault)?;
    let signing = SigningKey::from_pkcs8(algorithm, &document).map_err(|_| fault())?;
    let jwk = signing.jwk();
    let parsed = serde_json::from_value(jwk.clone()).map_err(|_| fault())?;
    let decoding = DecodingKey::from_jwk(&parsed).map_err(|_| fault())?;
    Ok(Key { row, jwk, decoding, signing })
}

/// Makes a key; none where another process just made the one of this generation.
async fn make(
    kv: &Kavach,
    algorithm: Algorithm,
    generation: i64,
    now: Timestamp,
    active_from: Timestamp,
) -> Result<Option<String>> {
    let fault = || Error::Fault("a signing key could not be made".to_owned());
    let document = tokio::task::spawn_blocking(move || signing::generate(algorithm))
        .await
        .map_err(|_| fault())?
        .map_err(|_| fault())?;
    let key = SigningKey::from_pkcs8(algorithm, &document).map_err(|_| fault())?;
    let row = SigningKeyRow {
        kid: key.kid().to_owned(),
        algorithm: algorithm.as_str().to_owned(),
        generation,
        public: key.jwk().to_string(),
        sealed: kv.seal_key().seal(kv.rng(), PURPOSE, &document),
        created_at: now,
        active_from,
    };
    let mut tx = kv.store().write().await?;
    if !tx.insert_signing_key(&row).await? {
        return Ok(None);
    }
    let mut event = RequestContext::offline().event(AuditKind::SigningKeyCreated, now);
    event.resource = Some(row.kid.clone());
    event.context = Some(Map::from_iter([("algorithm".to_owned(), row.algorithm.into())]));
    tx.append_audit(&[audit::draft(kv, event, None)]).await?;
    tx.commit().await?;
    Ok(Some(row.kid))
}

/// Makes the keys that are due and forgets those nothing depends on any more. Does nothing before the first was needed.
pub(crate) async fn tend(kv: &Kavach) -> Result<()> {
    let now = kv.clock().now();
    let rows = kv.store().read().await?.list_signing_keys().await?;
    let rules = &kv.config().oauth;
    let mut changed = false;
    for algorithm in Algorithm::ALL {
        let of: Vec<_> = rows.iter().filter(|row| row.algorithm == algorithm.as_str()).collect();
        let Some(newest) = of.last() else { continue };
        if newest.active_from + rules.key_life <= now + rules.key_ahead {
            changed |=
                make(kv, algorithm, newest.generation + 1, now, now + rules.key_ahead).await?.is_some();
        }
        let keep = rules.access_token_life + SLACK;
        for pair in of.windows(2) {
            // What it signed last, it signed when the next one took over.
            if pair[1].active_from + keep < now {
                let mut tx = kv.store().write().await?;
                changed |= tx.delete_signing_key(&pair[0].kid).await?;
                tx.commit().await?;
            }
        }
    }
    if changed {
        let found = read(kv, now).await?;
        remember(kv, found);
    }
    Ok(())
}

/// Makes the next key of each algorithm, ahead of its time. It signs once it was published for long enough, or at once
/// when the key before it must not sign any more.
pub async fn rotate(kv: &Kavach, at_once: bool) -> Result<Vec<KeyState>> {
    let known = loaded(kv).await?;
    let now = kv.clock().now();
    let active_from = if at_once { now } else { now + kv.config().oauth.key_ahead };
    for algorithm in Algorithm::ALL {
        let of = known.keys.iter().filter(|key| key.row.algorithm == algorithm.as_str());
        let newest = of.map(|key| key.row.generation).max().unwrap_or_default();
        make(kv, algorithm, newest + 1, now, active_from).await?;
    }
    let found = read(kv, now).await?;
    remember(kv, found);
    list(kv).await
}

/// Every key there is.
pub async fn list(kv: &Kavach) -> Result<Vec<KeyState>> {
    let known = loaded(kv).await?;
    let now = kv.clock().now();
    let state = |key: &Key| {
        let current =
            Algorithm::named(&key.row.algorithm).and_then(|algorithm| known.current(algorithm, now));
        match current {
            _ if key.row.active_from > now => "next",
            Some(current) if current.row.kid == key.row.kid => "signs",
            _ => "kept",
        }
    };
    Ok(known
        .keys
        .iter()
        .map(|key| KeyState {
            kid: key.row.kid.clone(),
            algorithm: key.row.algorithm.clone(),
            state: state(key),
            created_at: key.row.created_at,
            active_from: key.row.active_from,
        })
        .collect())
}

/// The public halves (RFC 7517), and how many seconds they may be kept: half of what a key waits before it signs.
pub async fn published(kv: &Kavach) -> Result<(Value, u64)> {
    let known = loaded(kv).await?;
    let keys: Vec<&Value> = known.keys.iter().map(|key| &key.jwk).collect();
    let age = (kv.config().oauth.key_ahead / 2).min(Duration::from_secs(3_600));
    Ok((json!({ "keys": keys }), age.as_secs()))
}

/// Signs claims with the present key of an algorithm.
pub(crate) async fn sign(kv: &Kavach, algorithm: Algorithm, typ: &str, claims: &Value) -> Result<String> {
    let known = loaded(kv).await?;
    let key = known.current(algorithm, kv.clock().now());
    let key = key.ok_or_else(|| Error::Fault("there is no key to sign with".to_owned()))?;
    key.signing.sign(typ, claims).map_err(|_| Error::Fault("a token could not be signed".to_owned()))
}

/// What a token of ours says, whenever it was issued; None for any other and for one of another kind.
pub(crate) async fn read_own(kv: &Kavach, token: &str, typ: &str) -> Result<Option<Map<String, Value>>> {
    use jsonwebtoken::Algorithm as Jose;
    let Some(jws) = Jws::parse(token, &[Jose::ES256, Jose::EdDSA, Jose::RS256]) else { return Ok(None) };
    let is_kind = jws.typ.as_deref().is_some_and(|said| said.eq_ignore_ascii_case(typ));
    let Some(kid) = jws.kid.as_deref().filter(|_| is_kind) else { return Ok(None) };
    let known = loaded(kv).await?;
    let key = known.keys.iter().find(|key| key.row.kid == kid);
    // The algorithm is the key's, whatever the token says.
    let key = key.filter(|key| key.row.algorithm == format!("{:?}", jws.algorithm));
    Ok(key
        .and_then(|key| jws.verify(&key.decoding))
        .filter(|claims| claims.get("iss").and_then(Value::as_str) == super::issuer(kv)))
}

/// The same, for one that is valid now.
pub(crate) async fn verify_own(kv: &Kavach, token: &str, typ: &str) -> Result<Option<Map<String, Value>>> {
    let now = kv.clock().now().as_millis() / 1_000;
    let valid = |claims: &Map<String, Value>| {
        let over = seconds(claims, "exp").is_none_or(|exp| exp <= now);
        let early = seconds(claims, "iat").is_none_or(|iat| iat > now + SKEW);
        !over && !early
    };
    Ok(read_own(kv, token, typ).await?.filter(valid))
}

//! Passwords: from what was typed to the stored argon2id hash (RFC 9106) and back to a yes or no.
//!
//! A password is normalised to NFKC (so that one keyboard's composed `é` is another's decomposed one, and a
//! no-break space is a space) and otherwise taken as it is: every character counts, none is cut off, spaces and
//! control characters included. The hash is a PHC string that carries its own parameters; one made with other
//! parameters than today's still verifies and is reported as due for rehashing.
//!
//! Which passwords are good enough is not decided here; see `guard::password_policy`.

mod pool;

use crate::rng::{self, Rng};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use kavach_model::{ApiError, ErrorCode, Secret};
use pool::Pool;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The most characters a password may have, before and after normalisation.
pub const MAX_CHARS: usize = 1_024;
/// The most bytes a password may have as it arrives.
pub const MAX_BYTES: usize = 4_096;

const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// A stored hash that asks for more than this was not made by us and is refused rather than computed.
const MAX_COST: Cost = Cost { memory_kib: 262_144, passes: 10 };

/// What one hash costs. One lane always: the pool runs as many hashes at once as there are cores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
}

impl Cost {
    /// 19 MiB and two passes, about 45 ms of one core.
    pub const STANDARD: Self = Self { memory_kib: 19_456, passes: 2 };
}

/// Why a password could not be hashed or verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// As many hashes are waiting as may wait.
    #[error("too many passwords are being hashed")]
    Busy,
    /// Longer than [`MAX_CHARS`] or [`MAX_BYTES`].
    #[error("the password is too long")]
    TooLong,
    /// The stored hash is not an argon2id PHC string within reason.
    #[error("a stored password hash is malformed")]
    Malformed,
}

impl HashError {
    /// How it is told to whoever asked.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Busy => ErrorCode::Unavailable,
            Self::TooLong => ErrorCode::PasswordTooLong,
            Self::Malformed => ErrorCode::Internal,
        }
    }
}

impl From<HashError> for ApiError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::TooLong => Self::new(error.code()).field("password"),
            HashError::Busy | HashError::Malformed => Self::new(error.code()),
        }
    }
}

/// The answer to "is this the password?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// It is.
    pub ok: bool,
    /// It is, and its hash should be made anew with today's parameters.
    pub rehash: bool,
}

/// Normalises a password to NFKC; None when it is too long to look at.
pub fn normalize(password: &Secret) -> Option<Zeroizing<String>> {
    let typed = password.expose();
    if typed.len() > MAX_BYTES || typed.chars().count() > MAX_CHARS {
        return None;
    }
    let normal: Zeroizing<String> = Zeroizing::new(typed.nfkc().collect());
    (normal.chars().count() <= MAX_CHARS).then_some(normal)
}

/// Room for one whose password is going to be looked at.
#[derive(Debug)]
pub struct Admission<'a>(#[expect(dead_code, reason = "given back when it is dropped")] SemaphorePermit<'a>);

/// Hashes and verifies on threads of its own, so that a flood of sign-ins can neither take the request threads
/// nor more memory than `threads` times 19 MiB. At most [`PasswordHasher::QUEUE`] wait; the rest are told so.
pub struct PasswordHasher {
    pool: Pool,
    cost: Cost,
    rng: Arc<dyn Rng>,
    places: Semaphore,
    waiting_room: Semaphore,
}

impl PasswordHasher {
    /// How many may wait for a thread.
    pub const QUEUE: usize = 32;
    /// How many are let in for each thread: one at work, the others on their way to it or from it.
    const PLACES: usize = 3;
    /// How many may wait to be let in. Each is a connection, and some kilobytes.
    const WAITING_ROOM: usize = 2_048;
    /// How long.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// A hasher with the standard cost. `threads` should be the number of cores.
    pub fn new(threads: usize, rng: Arc<dyn Rng>) -> std::io::Result<Self> {
        Self::with_cost(threads, rng, Cost::STANDARD)
    }

    /// A hasher with another cost, for machines with more to spend and for tests of the rehash.
    pub fn with_cost(threads: usize, rng: Arc<dyn Rng>, cost: Cost) -> std::io::Result<Self> {
        cost.params().map_err(|_| std::io::Error::other("argon2 does not take this cost"))?;
        let places = Semaphore::new(threads.max(1) * Self::PLACES);
        let waiting_room = Semaphore::new(Self::WAITING_ROOM);
        Ok(Self { pool: Pool::new(threads, Self::QUEUE)?, cost, rng, places, waiting_room })
    }

    /// Lets one in who wants a password looked at, in the order of coming: before anything is read or written for them,
    /// so that a flood of sign-ins costs what is hashed and nothing else. [`HashError::Busy`] for who waited too long, and
    /// at once where too many wait.
    pub async fn admit(&self) -> Result<Admission<'_>, HashError> {
        let _seat = self.waiting_room.try_acquire().map_err(|_| HashError::Busy)?;
        let place = tokio::time::timeout(Self::PATIENCE, self.places.acquire()).await;
        place.map_err(|_| HashError::Busy)?.map(Admission).map_err(|_| HashError::Busy)
    }

    /// How many wait to be let in.
    pub fn waiting_outside(&self) -> usize {
        Self::WAITING_ROOM.saturating_sub(self.waiting_room.available_permits())
    }

    /// How many wait for a thread.
    pub fn waiting(&self) -> usize {
        self.pool.waiting()
    }

    /// How many passwords were hashed since the start, to store them or to verify them.
    pub fn hashed(&self) -> u64 {
        self.pool.done()
    }

    /// The PHC string to store.
    pub async fn hash(&self, password: Secret) -> Result<String, HashError> {
        let password = normalize(&password).ok_or(HashError::TooLong)?;
        let salt: [u8; SALT_BYTES] = rng::array(self.rng.as_ref());
        let cost = self.cost;
        self.pool.run(move |memory| cost.hash(&password, &salt, memory)).await.map_err(|_| HashError::Busy)?
    }

    /// The same text for the same secret and salt, always: for codes that are found by their hash. The cost is a part of that
    /// and never changes.
    pub async fn digest(&self, secret: Secret, salt: [u8; SALT_BYTES]) -> Result<String, HashError> {
        let secret = normalize(&secret).ok_or(HashError::TooLong)?;
        let hashed = self.pool.run(move |memory| Cost::STANDARD.hash(&secret, &salt, memory));
        hashed.await.map_err(|_| HashError::Busy)?
    }

    /// Whether this is the password behind the stored hash. `None` stands for an unknown person and takes just
    /// as long, so that the time tells nothing.
    pub async fn verify(&self, password: Secret, phc: Option<String>) -> Result<Verified, HashError> {
        const NO: Verified = Verified { ok: false, rehash: false };
        // No password this long was ever stored; whoever sent it knows its length already.
        let Some(password) = normalize(&password) else {
            return Ok(NO);
        };
        let cost = self.cost;
        let verified = self.pool.run(move |memory| match phc {
            Some(phc) => cost.verify(&password, &phc, memory),
            None => cost.hash(&password, &[0; SALT_BYTES], memory).map(|_| NO),
        });
        verified.await.map_err(|_| HashError::Busy)?
    }

    /// Whether a stored hash was made with other parameters than today's.
    pub fn needs_rehash(&self, phc: &str) -> bool {
        StoredHash::parse(phc).map_or(true, |stored| !stored.is_current(self.cost))
    }
}

impl Cost {
    fn params(self) -> Result<Params, HashError> {
        Params::new(self.memory_kib, self.passes, 1, Some(HASH_BYTES)).map_err(|_| HashError::Malformed)
    }

    fn hash(self, password: &str, salt: &[u8], memory: &mut Vec<Block>) -> Result<String, HashError> {
        let params = self.params()?;
        let mut hash = [0; HASH_BYTES];
        derive(&params, password, salt, &mut hash, memory)?;
        let malformed = |_| HashError::Malformed;
        let phc = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).map_err(|_| HashError::Malformed)?,
            salt: Some(Salt::new(salt).map_err(malformed)?),
            hash: Some(Output::new(&hash).map_err(malformed)?),
        };
        Ok(phc.to_string())
    }

    fn verify(self, password: &str, phc: &str, memory: &mut Vec<Block>) -> Result<Verified, HashError> {
        let stored = StoredHash::parse(phc)?;
        let mut hash = vec![0; stored.hash.len()];
        derive(&stored.params, password, &stored.salt, &mut hash, memory)?;
        // Compared in constant time: `Output` is.
        let ok = Output::new(&hash).is_ok_and(|hash| hash == stored.hash);
        Ok(Verified { ok, rehash: ok && !stored.is_current(self) })
    }
}

/// A PHC string taken apart, known to be argon2id version 1.3 at a cost we are ready to pay.
struct StoredHash {
    params: Params,
    salt: Salt,
    hash: Output,
}

impl StoredHash {
    fn parse(phc: &str) -> Result<Self, HashError> {
        let phc = PasswordHash::new(phc).map_err(|_| HashError::Malformed)?;
        let params = Params::try_from(&phc).map_err(|_| HashError::Malformed)?;
        let affordable = params.m_cost() <= MAX_COST.memory_kib && params.t_cost() <= MAX_COST.passes;
        let version = phc.version == Some(Version::V0x13.into());
        match (phc.salt, phc.hash) {
            (Some(salt), Some(hash)) if affordable && version && phc.algorithm == ARGON2ID_IDENT => {
                Ok(Self { params, salt, hash })
            }
            _ => Err(HashError::Malformed),
        }
    }

    fn is_current(&self, cost: Cost) -> bool {
        let params = &self.params;
        (params.m_cost(), params.t_cost(), params.p_cost()) == (cost.memory_kib, cost.passes, 1)
            && self.hash.len() == HASH_BYTES
            && self.salt.len() == SALT_BYTES
    }
}

fn derive(
    params: &Params,
    password: &str,
    salt: &[u8],
    hash: &mut [u8],
    memory: &mut Vec<Block>,
) -> Result<(), HashError> {
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::new());
    }
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into_with_memory(password.as_bytes(), salt, hash, memory)
        .map_err(|_| HashError::Malformed)
}

#[cfg(test)]
mod tests;

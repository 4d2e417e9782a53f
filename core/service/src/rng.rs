//! Randomness as a parameter: the operating system's for real, a seeded stream for tests.

use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, SeedableRng, TryRng};
use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};

/// A source of unpredictable bytes.
pub trait Rng: Send + Sync {
    /// Overwrites every byte.
    fn fill(&self, bytes: &mut [u8]);

    /// Bytes for an identifier: to be different from all others, not to be kept secret.
    fn identifier(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        bytes
    }
}

/// `N` fresh bytes.
pub fn array<const N: usize>(rng: &dyn Rng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill(&mut bytes);
    bytes
}

/// The operating system's generator, asked each time: no state of ours to leak or to fork.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    #[expect(
        clippy::expect_used,
        reason = "without entropy nothing secret may be made; getrandom fails only before the kernel is seeded"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        SysRng.try_fill_bytes(bytes).expect("the operating system provides randomness");
    }

    /// Every decision wants one, so the operating system is asked for many at a time.
    fn identifier(&self) -> [u8; 10] {
        IDENTIFIERS.with_borrow_mut(|ready| {
            if ready.is_empty() {
                let mut fresh = [[0; 10]; AT_A_TIME];
                self.fill(fresh.as_flattened_mut());
                ready.extend(fresh);
            }
            ready.pop().unwrap_or_default()
        })
    }
}

/// Identifiers made at a time.
const AT_A_TIME: usize = 64;

thread_local! {
    static IDENTIFIERS: RefCell<Vec<[u8; 10]>> = const { RefCell::new(Vec::new()) };
}

/// The same bytes for the same seed. For tests; whoever knows the seed knows every secret made with it.
#[derive(Debug)]
pub struct SeededRng(Mutex<StdRng>);

impl SeededRng {
    /// The stream of this seed, from its beginning.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_seed_gives_one_stream_and_the_system_never_repeats() {
        assert_eq!(array::<32>(&SeededRng::new(7)), array::<32>(&SeededRng::new(7)));
        assert_ne!(array::<32>(&SeededRng::new(7)), array::<32>(&SeededRng::new(8)));
        let seeded = SeededRng::new(7);
        assert_ne!(array::<32>(&seeded), array::<32>(&seeded));
        assert_ne!(array::<32>(&SystemRng), array::<32>(&SystemRng));
    }

    #[test]
    fn no_identifier_is_given_twice() {
        let many: HashSet<[u8; 10]> = (0..3 * AT_A_TIME).map(|_| SystemRng.identifier()).collect();
        assert_eq!(many.len(), 3 * AT_A_TIME);
        assert!(!many.contains(&[0; 10]));
        assert_eq!(SeededRng::new(7).identifier(), array::<10>(&SeededRng::new(7)));
    }
}

//! Randomness as a parameter: the operating system's for real, a seeded stream for tests.

use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, SeedableRng, TryRng};
use std::sync::{Mutex, PoisonError};

/// A source of unpredictable bytes.
pub trait Rng: Send + Sync {
    /// Overwrites every byte.
    fn fill(&self, bytes: &mut [u8]);
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

    #[test]
    fn a_seed_gives_one_stream_and_the_system_never_repeats() {
        assert_eq!(array::<32>(&SeededRng::new(7)), array::<32>(&SeededRng::new(7)));
        assert_ne!(array::<32>(&SeededRng::new(7)), array::<32>(&SeededRng::new(8)));
        let seeded = SeededRng::new(7);
        assert_ne!(array::<32>(&seeded), array::<32>(&seeded));
        assert_ne!(array::<32>(&SystemRng), array::<32>(&SystemRng));
    }
}

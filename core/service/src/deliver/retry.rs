//! When a message that could not be delivered is tried again, and when it is given up.

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Seconds from one attempt to the next. A server that restarts is met within minutes, one that is down over
/// a weekday's night still gets its mail; links would have expired after that.
const DELAYS: [u64; 7] = [30, 2 * MINUTE, 8 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR];

/// How long to wait after so many failed attempts; None when it is a dead letter, which is after the eighth.
pub fn next_attempt(attempts: u32) -> Option<Duration> {
    match attempts.checked_sub(1) {
        None => Some(Duration::ZERO),
        Some(failed) => DELAYS.get(failed as usize).copied().map(Duration::from_secs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_the_eighth_failure_is_the_last() {
        let waits: Vec<_> = (0..8).map(|attempts| next_attempt(attempts).unwrap()).collect();
        assert_eq!(waits[0], Duration::ZERO);
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(next_attempt(8), None);
        assert_eq!(next_attempt(u32::MAX), None);
    }
}

//! How fast a stranger may make us write: questions with tokens that are nobody's are decisions too and each
//! is recorded, so one network gets a few a second and not the whole disk.
//!
//! Kept in memory: nothing is guessed here (a token has 256 bits), so neither a restart nor a second replica
//! gives anything away.

use crate::error::Result;
use crate::guard::client_ip;
use kavach_model::{ApiError, Timestamp};
use papaya::{Compute, HashMap, Operation};
use std::net::IpAddr;
use std::time::Duration;

const INTERVAL: Duration = Duration::from_millis(100);
const BURST: u32 = 200;
const MAX_NETWORKS: usize = 100_000;

/// When each network's next question would be due if it had kept to the rate.
#[derive(Default)]
pub(crate) struct FloodGate {
    due: HashMap<IpAddr, Timestamp>,
}

impl FloodGate {
    /// Lets one question of a network pass, or tells it to wait.
    pub(crate) fn take(&self, ip: IpAddr, now: Timestamp) -> Result<()> {
        let due = self.due.pin();
        if due.len() >= MAX_NETWORKS {
            due.retain(|_, at| *at > now);
        }
        let limit = now + INTERVAL * (BURST - 1);
        let taken = due.compute(client_ip::bucket(ip), |entry| match entry {
            Some((_, at)) if *at > limit => Operation::Abort(*at),
            Some((_, at)) => Operation::Insert((*at).max(now) + INTERVAL),
            None => Operation::Insert(now + INTERVAL),
        });
        match taken {
            Compute::Aborted(at) => Err(ApiError::rate_limited(at.since(limit).as_secs() + 1).into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_slowed_down_alone_and_recovers() {
        let gate = FloodGate::default();
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let now = Timestamp::from_millis(1_000_000);
        assert!((0..BURST).all(|_| gate.take(one, now).is_ok()));
        assert!(gate.take(one, now).is_err());
        assert!(gate.take(other, now).is_ok());
        assert!(gate.take(one, now + INTERVAL).is_ok());
        assert!(gate.take(one, now + INTERVAL).is_err());
    }
}

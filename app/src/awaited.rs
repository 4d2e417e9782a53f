//! A code that a browser waits for: which challenge it answers and where it went, in a sealed cookie that only this
//! server reads. So a code is worth something where it was asked for, and nowhere else.

use crate::context::Here;
use crate::cookies;
use crate::return_to::ReturnTo;
use kavach_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// As long as the longest-lived code.
const LIFE: Duration = Duration::from_secs(15 * 60);

/// How long a message may take before somebody asks for another.
const PAUSE: Duration = Duration::from_secs(30);

/// Which way of signing in, or change, a code is for. The names are those of cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// The code beside a link.
    Link,
    /// A code by mail.
    Email,
    /// A code by text message.
    Phone,
    /// Another number for an account.
    NewPhone,
}

impl For {
    const fn cookie(self) -> &'static str {
        match self {
            Self::Link => "await_link",
            Self::Email => "await_email",
            Self::Phone => "await_phone",
            Self::NewPhone => "await_new_phone",
        }
    }
}

/// A code that is awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// What it is brought back with.
    #[serde(rename = "c")]
    pub challenge_id: String,
    /// Where it went.
    #[serde(rename = "t")]
    pub to: String,
    /// Where to go afterwards.
    #[serde(rename = "r")]
    pub return_to: String,
    #[serde(rename = "u")]
    until: i64,
}

impl Awaited {
    /// Waits from now on.
    pub fn begin(here: &Here, what: For, challenge_id: String, to: &str, return_to: &str) {
        let until = (here.now() + LIFE).as_millis();
        // Only a path of ours is carried: the page with the code shows it in links and forms.
        let return_to = ReturnTo::parse(return_to).map(|path| path.to_string()).unwrap_or_default();
        let awaited = Self { challenge_id, to: to.to_owned(), return_to, until };
        if let Ok(plain) = serde_json::to_vec(&awaited) {
            let sealed = kavach_service::seal::seal(&here.kv, what.cookie(), &plain);
            cookies::put(here, what.cookie(), &sealed, LIFE.as_secs());
        }
    }

    /// Seconds until sending again is worth while: a message takes its time.
    pub fn pause(&self, now: Timestamp) -> u64 {
        pause(self.until, now)
    }

    /// What this browser waits for.
    pub fn find(here: &Here, what: For) -> Option<Self> {
        let sealed = cookies::find(here, what.cookie())?;
        let plain = kavach_service::seal::open(&here.kv, what.cookie(), &sealed)?;
        let awaited: Self = serde_json::from_slice(&plain).ok()?;
        (Timestamp::from_millis(awaited.until) > here.now()).then_some(awaited)
    }

    /// Waits no more.
    pub fn end(here: &Here, what: For) {
        cookies::forget(here, what.cookie());
    }
}

fn pause(until: i64, now: Timestamp) -> u64 {
    let sent = Timestamp::from_millis(until) - LIFE;
    (sent + PAUSE).since(now).as_millis().div_ceil(1_000) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sending_again_is_worth_while_after_half_a_minute() {
        let sent = Timestamp::from_millis(1_764_000_000_000);
        let until = (sent + LIFE).as_millis();
        let left = |millis| pause(until, sent + Duration::from_millis(millis));
        assert_eq!([left(0), left(1), left(29_000), left(29_999)], [30, 30, 1, 1]);
        assert_eq!([left(30_000), left(600_000)], [0, 0]);
    }
}

//! Whether a password is known from a breach: an offline list of the commonest, and the range API of Have I Been
//! Pwned (<https://haveibeenpwned.com/API/v3#PwnedPasswords>).
//!
//! Of the password only the first five hexadecimal digits of its SHA-1 leave the house, and the padded answer hides
//! from an observer which range was asked. The service may be slow or away: the whole question has 800 ms (unless
//! configured otherwise), and after five failures in a row nobody waits for it until 30 seconds have passed. Then
//! the answer is [`Breach::Degraded`], and whether that lets a password through is the caller's decision, to be
//! audited.

pub mod common;

use crate::clock::Clock;
use crate::config::Hibp;
use crate::outbound::{FetchError, HttpFetch, Request, Trust};
use kavach_model::Timestamp;
use sha1::{Digest, Sha1};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const MAX_BODY: usize = 1024 * 1024;
const PREFIX_CHARS: usize = 5;
const FAILURES_TO_OPEN: u32 = 5;
const OPEN_FOR: Duration = Duration::from_secs(30);

/// What is known of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// It was seen so often.
    Known(u64),
    /// It was not seen, or nobody is to be asked.
    Unknown,
    /// Nobody could tell.
    Degraded(Degraded),
}

/// Why nobody could tell. The text is for the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Degraded {
    /// No answer within the budget.
    TimedOut,
    /// No connection, or an answer that makes no sense.
    Failed,
    /// It failed so often lately that it was not asked.
    BreakerOpen,
}

impl Degraded {
    /// As it stands in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::Failed => "failed",
            Self::BreakerOpen => "breaker_open",
        }
    }
}

impl fmt::Display for Degraded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Asks the range API.
pub struct BreachedPasswords {
    http: Arc<dyn HttpFetch>,
    clock: Arc<dyn Clock>,
    /// Five characters of a hash are appended; None asks nobody.
    range_url: Option<String>,
    budget: Duration,
    breaker: Mutex<Breaker>,
}

impl BreachedPasswords {
    /// Asks whom the configuration names, or nobody when it says so.
    pub fn new(config: &Hibp, http: Arc<dyn HttpFetch>, clock: Arc<dyn Clock>) -> Self {
        let range_url = config.enabled.then(|| config.range_url());
        Self { http, clock, range_url, budget: config.timeout, breaker: Mutex::default() }
    }

    /// What the range API knows of a normalised password. Takes the configured time at most.
    pub async fn check(&self, password: &str) -> Breach {
        let Some(range_url) = &self.range_url else {
            return Breach::Unknown;
        };
        if !self.breaker().admits(self.clock.now()) {
            return Breach::Degraded(Degraded::BreakerOpen);
        }
        let answer = match tokio::time::timeout(self.budget, self.ask(range_url, password)).await {
            Ok(answer) => answer,
            Err(_) => Err(Degraded::TimedOut),
        };
        match answer {
            Ok(count) => {
                self.breaker().succeeded();
                if count == 0 { Breach::Unknown } else { Breach::Known(count) }
            }
            Err(reason) => {
                self.breaker().failed(self.clock.now());
                tracing::warn!(%reason, "the breached-password service gave no answer");
                Breach::Degraded(reason)
            }
        }
    }

    async fn ask(&self, range_url: &str, password: &str) -> Result<u64, Degraded> {
        let digest = crate::crypto::token::hex(&Sha1::digest(password.as_bytes())).to_ascii_uppercase();
        let (prefix, suffix) = digest.split_at(PREFIX_CHARS);
        let request = Request::get(format!("{range_url}{prefix}"), Trust::Operator)
            .header("add-padding", "true")
            .timeout(self.budget)
            .max_body(MAX_BODY);
        let response = self.http.fetch(request).await.map_err(|error| match error {
            FetchError::TimedOut => Degraded::TimedOut,
            _ => Degraded::Failed,
        })?;
        let text = std::str::from_utf8(&response.body).map_err(|_| Degraded::Failed)?;
        if response.status != 200 {
            return Err(Degraded::Failed);
        }
        count_of(suffix, text).ok_or(Degraded::Failed)
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often a range's answer names the suffix; 0 for padding and for what is not there; None when the answer is
/// not a range at all (a captive portal's page, say).
fn count_of(suffix: &str, range: &str) -> Option<u64> {
    let mut count = 0;
    for line in range.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (row, seen) = line.split_once(':')?;
        let seen: u64 = seen.trim().parse().ok()?;
        if row.eq_ignore_ascii_case(suffix) {
            // Named twice, the worse of the two counts.
            count = count.max(seen);
        }
    }
    Some(count)
}

/// Stops asking a service that does not answer: open after five failures in a row, and every 30 seconds one
/// question is let through to see.
#[derive(Default)]
struct Breaker {
    failures: u32,
    retry_at: Option<Timestamp>,
}

impl Breaker {
    fn admits(&mut self, now: Timestamp) -> bool {
        match self.retry_at {
            None => true,
            Some(retry_at) if now < retry_at => false,
            Some(_) => {
                // This one is the probe; the others go on waiting until it comes back.
                self.retry_at = Some(now + OPEN_FOR);
                true
            }
        }
    }

    fn succeeded(&mut self) {
        *self = Self::default();
    }

    fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES_TO_OPEN {
            self.retry_at = Some(now + OPEN_FOR);
        }
    }
}

#[cfg(test)]
mod tests;

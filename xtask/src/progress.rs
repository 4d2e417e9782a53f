//! Numbered lines that say what is going on and how long it took.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Counts the steps of one command.
pub struct Steps {
    total: usize,
    done: usize,
    started: Instant,
}

impl Steps {
    /// A command of `total` steps; its clock starts now.
    pub fn new(total: usize) -> Self {
        Self { total, done: 0, started: Instant::now() }
    }

    /// Runs one step between a line that names it and a line with its time. A failure names the step, too.
    pub fn step<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.done += 1;
        let label = format!("[{}/{}] {title}", self.done, self.total);
        println!("{label}");
        let started = Instant::now();
        let result = work().with_context(|| format!("{label} failed"))?;
        println!("{label} ... {}", human(started.elapsed()));
        Ok(result)
    }

    /// Time since the command began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// `0.3 s`, `41 s`, `6 min 14 s`.
pub fn human(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_a_person_says_them() {
        assert_eq!(human(Duration::from_millis(340)), "0.3 s");
        assert_eq!(human(Duration::from_secs(41)), "41 s");
        assert_eq!(human(Duration::from_secs(374)), "6 min 14 s");
    }
}

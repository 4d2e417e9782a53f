//! Counting tests by the summary lines of those who ran them: nextest, `cargo test`, and Node's test runner.

use std::fmt;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Ran and held.
    pub passed: u64,
    /// Ran and did not, or were cut off.
    pub failed: u64,
}

impl Tally {
    /// Adds another count to this one.
    pub fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Adds what `line` says, if it is a summary.
    pub fn read(&mut self, line: &str) {
        let found = nextest(line).or_else(|| cargo_test(line)).or_else(|| node(line));
        self.add(&found.unwrap_or_default());
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// `Summary [   1.2s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 3 skipped`
fn nextest(line: &str) -> Option<Tally> {
    let (_, counts) = line.trim_start().strip_prefix("Summary [")?.split_once(" run: ")?;
    Some(counted(counts.split(',')))
}

/// `test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s`
fn cargo_test(line: &str) -> Option<Tally> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    Some(counted(counts.split(';')))
}

/// `# pass 5` or `ℹ pass 5`, one line a kind.
fn node(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
    let (kind, number) = counts.split_once(' ')?;
    let number = number.parse().ok()?;
    match kind {
        "pass" => Some(Tally { passed: number, failed: 0 }),
        "fail" | "cancelled" => Some(Tally { passed: 0, failed: number }),
        _ => None,
    }
}

/// Items like `3 passed` and `1 timed out`; what was skipped or ignored is in neither count.
fn counted<'a>(items: impl Iterator<Item = &'a str>) -> Tally {
    let mut tally = Tally::default();
    for item in items {
        let Some((number, kind)) = item.trim().split_once(' ') else {
            continue;
        };
        let Ok(number) = number.parse::<u64>() else {
            continue;
        };
        match kind.split(" (").next().unwrap_or_default() {
            "passed" => tally.passed += number,
            "failed" | "timed out" | "exec failed" => tally.failed += number,
            _ => {}
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> (u64, u64) {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        (tally.passed, tally.failed)
    }

    #[test]
    fn nextest_summaries_are_counted() {
        assert_eq!(of(&["     Summary [   1.204s] 12 tests run: 12 passed, 3 skipped"]), (12, 0));
        assert_eq!(
            of(&["     Summary [  61.2s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out"]),
            (3, 2)
        );
        assert_eq!(of(&["     Summary [   0.0s] 2/5 tests run: 1 passed, 1 failed, 0 skipped"]), (1, 1));
        assert_eq!(of(&["     Summary [   0.0s] 1 test run: 1 passed, 0 skipped"]), (1, 0));
    }

    #[test]
    fn cargo_summaries_are_counted_once_a_binary() {
        let line = "test result: FAILED. 4 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.0s";
        assert_eq!(of(&[line, line]), (8, 2));
    }

    #[test]
    fn node_summaries_are_counted() {
        assert_eq!(of(&["# tests 7", "# pass 5", "# fail 1", "# cancelled 1", "# skipped 0"]), (5, 2));
        assert_eq!(of(&["ℹ tests 2", "ℹ pass 2", "ℹ fail 0"]), (2, 0));
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(of(&["5 passed, 0 failed", "running 3 tests", "# pass", "Summary of changes"]), (0, 0));
    }
}

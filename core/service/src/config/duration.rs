//! Durations as people write them: `800ms`, `30s`, `10m`, `12h`, `7d`.

use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// Reads a whole number and its unit.
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let end = text.find(|character: char| !character.is_ascii_digit())?;
    let count: u64 = text[..end].parse().ok()?;
    let millis = match text[end..].trim_start() {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    count.checked_mul(millis).map(Duration::from_millis)
}

/// For `#[serde(deserialize_with = "...")]`.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| {
        serde::de::Error::custom(format_args!(
            "`{text}` is not a duration; write a number and ms, s, m, h or d, like 30m"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_needs_its_unit() {
        assert_eq!(parse("800ms"), Some(Duration::from_millis(800)));
        assert_eq!(parse("30 m"), Some(Duration::from_secs(1800)));
        assert_eq!(parse("7d"), Some(Duration::from_secs(604_800)));
        for bad in ["", "30", "m", "1.5h", "-1s", "1w", "99999999999999999999d", "18446744073709551615d"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}

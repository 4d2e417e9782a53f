//! The passwords attackers try first, known without a network: see `data/README.md` for where they come from.
//!
//! The list is sorted text inside the binary and searched where it lies: nothing to load, nothing to build.

use std::cmp::Ordering;

const LIST: &str = include_str!("../../../data/common-passwords.txt");
/// Longer than two of the list's entries put together.
const MAX_BYTES: usize = 128;

/// Whether a normalised password is on the list, whatever its capitals; or is nothing but one entry repeated, two
/// entries side by side, or one character over and over, which are the first things tried where length is asked.
pub fn is_common(password: &str) -> bool {
    let folded = password.to_lowercase();
    let unit = repeated_unit(&folded);
    if unit.chars().nth(1).is_none() && unit.len() < folded.len() {
        return true;
    }
    contains(&folded) || contains(unit) || is_pair(&folded)
}

fn is_pair(folded: &str) -> bool {
    folded.len() <= MAX_BYTES
        && folded.char_indices().skip(1).any(|(middle, _)| {
            let (left, right) = folded.split_at(middle);
            contains(left) && contains(right)
        })
}

/// The shortest beginning of which the text is a repetition, the last round perhaps cut short:
/// `1234567890` of `123456789012345`. The text itself when it repeats nothing at least once in full.
fn repeated_unit(text: &str) -> &str {
    let bytes = text.as_bytes();
    text.char_indices()
        .map(|(length, _)| length)
        .filter(|length| (1..=MAX_BYTES).contains(length))
        .find(|&length| bytes[length..] == bytes[..bytes.len() - length])
        .map_or(text, |length| &text[..length])
}

fn contains(wanted: &str) -> bool {
    let bytes = LIST.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    // `low` is always the beginning of a line and `high` the beginning of one or the end.
    while low < high {
        let middle = low + (high - low) / 2;
        let start = bytes[low..middle].iter().rposition(|byte| *byte == b'\n').map_or(low, |at| low + at + 1);
        let end = bytes[middle..high].iter().position(|byte| *byte == b'\n').map_or(high, |at| middle + at);
        match bytes[start..end].cmp(wanted.as_bytes()) {
            Ordering::Equal => return true,
            Ordering::Less => low = (end + 1).min(high),
            Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_folded_and_long_enough() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.len() >= 30_000, "{}", lines.len());
        assert!(lines.windows(2).all(|pair| pair[0].as_bytes() < pair[1].as_bytes()));
        assert!(lines.iter().all(|line| !line.is_empty() && line.to_lowercase() == *line));
        assert!(LIST.ends_with('\n'));
    }

    #[test]
    fn every_line_is_found_and_its_neighbours_are_not() {
        for line in LIST.lines() {
            assert!(contains(line), "{line}");
            assert!(!contains(&format!("{line}\u{1}")), "{line}");
        }
        assert!(!contains(""));
        assert!(!contains("\n"));
        assert!(!contains("\u{10ffff}"));
    }

    #[test]
    fn the_commonest_passwords_are_common_in_any_case() {
        for password in
            ["secret123", "Secret123", "123456", "password", "PASSWORD", "qwertyuiop", "letmein", "пароль"]
        {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn padding_a_common_password_to_length_does_not_help() {
        for password in [
            "passwordpassword",
            "passwordPassword",
            "123456789012345",
            "aaaaaaaaaaaaaaa",
            "🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀",
            "secret123secret123secr",
            "qwertyuiopasdfghjkl",
            "Password12345678",
            "iloveyousunshine",
        ] {
            assert!(is_common(password), "{password}");
        }
        for password in
            ["correct horse battery staple", "Zwölf Boxkämpfer jagen", "kX9#vLq2!mWz7@Rt", "a", ""]
        {
            assert!(!is_common(password) || password == "a", "{password}");
        }
        assert!(!is_common(&format!("{}b", "a".repeat(1_023))));
    }
}

//! A name for every request, the same in the answer, the log and the audit record.

use http::{HeaderMap, HeaderName};
use kavach_model::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};

/// The header it comes and goes in.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Makes request ids that are unique across restarts and, by the process id, across replicas.
#[derive(Debug)]
pub struct RequestIds {
    prefix: String,
    next: AtomicU64,
}

impl RequestIds {
    /// Ids of a process that started at this time.
    pub fn starting_at(now: Timestamp) -> Self {
        Self { prefix: format!("{:x}{:x}-", now.as_millis(), std::process::id()), next: AtomicU64::new(1) }
    }

    /// The id the request came with if a proxy gave it a well-formed one, else a new one.
    pub fn of(&self, headers: &HeaderMap) -> String {
        let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
        match given.filter(|text| is_well_formed(text)) {
            Some(text) => text.to_owned(),
            None => self.make(),
        }
    }
}

impl RequestIds {
    fn make(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let digits = (64 - number.leading_zeros()).div_ceil(4);
        let mut id = String::with_capacity(self.prefix.len() + 16);
        id.push_str(&self.prefix);
        id.extend(
            (0..digits).rev().filter_map(|place| char::from_digit((number >> (4 * place)) as u32 & 15, 16)),
        );
        id
    }
}

/// 8 to 64 letters, digits, dots, dashes or underscores: nothing that means anything in a log or a page.
fn is_well_formed(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (8..=64).contains(&text.len()) && text.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_id_is_taken_over() {
        let ids = RequestIds::starting_at(Timestamp::from_millis(1_764_000_000_000));
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-request-id", text.parse().unwrap());
            ids.of(&headers)
        };
        assert_eq!(of("trace-0123.abc_DEF"), "trace-0123.abc_DEF");
        for odd in ["short", "with space", "<script>alert</script>", "a\tbcdefgh", &"x".repeat(65)] {
            assert_ne!(of(odd), odd);
        }
        assert_ne!(ids.of(&HeaderMap::new()), ids.of(&HeaderMap::new()));
        assert!(is_well_formed(&ids.of(&HeaderMap::new())));
    }
}

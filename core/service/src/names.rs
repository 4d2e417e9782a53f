//! Names people give: trimmed, bounded, and free of characters that hide or reorder text.

use kavach_model::ApiError;
use std::net::IpAddr;
use unicode_normalization::UnicodeNormalization;

/// A name of 1 to `longest` characters, in NFC.
pub(crate) fn parse(field: &str, text: &str, longest: usize) -> Result<String, ApiError> {
    let name: String = text.trim().nfc().collect();
    if name.is_empty() {
        return Err(ApiError::invalid(field, "must not be empty"));
    }
    if name.chars().count() > longest {
        return Err(ApiError::invalid(field, format_args!("must have at most {longest} characters")));
    }
    if name.chars().any(is_deceptive) {
        return Err(ApiError::invalid(field, "must not contain control or text-direction characters"));
    }
    Ok(name)
}

/// Control characters, line separators, bidirectional controls and zero-width characters.
pub(crate) fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A text from outside, fit to be kept and shown: bounded, with control characters replaced.
pub(crate) fn printable(text: &str, longest: usize) -> String {
    // What nearly every text is, and then nothing in it hides or reorders.
    if text.len() <= longest && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    text.chars()
        .take(longest)
        .map(|character| if is_deceptive(character) { '\u{fffd}' } else { character })
        .collect()
}

/// An address as everybody writes it. Every record has one, and most are of the old kind.
pub(crate) fn address(ip: IpAddr) -> String {
    let IpAddr::V4(ip) = ip else { return ip.to_string() };
    let mut text = String::with_capacity("255.255.255.255".len());
    for (place, octet) in ip.octets().into_iter().enumerate() {
        if place > 0 {
            text.push('.');
        }
        for (least, unit) in [(100, 100), (10, 10), (0, 1)] {
            if octet >= least {
                text.push(char::from(b'0' + octet / unit % 10));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_the_standard_library_writes_it() {
        for octet in 0..=u8::MAX {
            let ip = IpAddr::from([octet, 255 - octet, octet / 3, 0]);
            assert_eq!(address(ip), ip.to_string());
        }
        assert_eq!(address("2001:db8::1".parse().unwrap()), "2001:db8::1");
    }

    #[test]
    fn a_name_is_trimmed_and_composed() {
        assert_eq!(parse("name", "  Ada Lovelace ", 20).unwrap(), "Ada Lovelace");
        assert_eq!(parse("name", "e\u{301}", 20).unwrap(), "é");
    }

    #[test]
    fn names_that_hide_or_reorder_text_are_refused() {
        for name in ["", "   ", "a\u{202e}b", "a\nb", "a\0b", "a\u{200b}b", "abcdef"] {
            assert!(parse("name", name, 5).is_err(), "{name:?}");
        }
    }

    #[test]
    fn what_is_kept_of_foreign_text_is_bounded_and_printable() {
        assert_eq!(printable("a\0b\u{202e}c", 4), "a\u{fffd}b\u{fffd}");
    }
}

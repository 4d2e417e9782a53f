//! From what a person typed to an address that exists in one spelling only.
//!
//! Normalising comes first and validating second: an address that only becomes dangerous by normalisation (a
//! full-width `＠`, a full-width comma) is judged by what it becomes, and refused when that changes where the
//! address is divided. The domain is brought to ASCII by UTS 46 (IDNA), the key is lower case throughout.
//!
//! Deliberately narrower than RFC 5321: no quoted local parts, no comments, no address literals, no display
//! names. Whether anybody reads the mailbox is for the verification mail to find out.

use email_address::{EmailAddress as Syntax, Options};
use kavach_model::email::EmailAddress;
use unicode_normalization::UnicodeNormalization;

/// The longest path SMTP carries (RFC 5321, 4.5.3.1.3, less the angle brackets).
const MAX_BYTES: usize = 254;

/// Why a text is not one e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// Nothing there.
    #[error("is empty")]
    Empty,
    /// More than 254 bytes.
    #[error("is longer than 254 bytes")]
    TooLong,
    /// Not exactly one `@`.
    #[error("must be one address with one @")]
    NotOne,
    /// A space, control, invisible or direction-changing character, or one that divides addresses.
    #[error("contains a character that has no place in an address")]
    Character,
    /// What stands before the `@`.
    #[error("has an invalid part before the @")]
    Local,
    /// What stands after the `@`.
    #[error("has an invalid domain")]
    Domain,
}

/// Reads one address. `display` keeps the case of the local part; `key` is the same for all its spellings.
pub fn parse(text: &str) -> Result<EmailAddress, InvalidEmail> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidEmail::Empty);
    }
    if text.len() > MAX_BYTES {
        return Err(InvalidEmail::TooLong);
    }
    let normal: String = text.nfkc().collect();
    if text.chars().chain(normal.chars()).any(is_forbidden) {
        return Err(InvalidEmail::Character);
    }
    // Whoever split the address before normalising must have found the same two halves.
    if [text, normal.as_str()].iter().any(|form| form.matches('@').count() != 1) {
        return Err(InvalidEmail::NotOne);
    }
    let (local, domain) = normal.split_once('@').ok_or(InvalidEmail::NotOne)?;
    let domain = ascii_domain(domain)?;
    let display = format!("{local}@{domain}");
    let options = Options::default().without_display_text().without_domain_literal();
    Syntax::parse_with_options(&display, options).map_err(|_| InvalidEmail::Local)?;
    let key = format!("{}@{domain}", fold(local).ok_or(InvalidEmail::Local)?);
    if display.len() > MAX_BYTES || key.len() > MAX_BYTES {
        return Err(InvalidEmail::TooLong);
    }
    Ok(EmailAddress { display, key })
}

/// The domain as DNS knows it. One label alone is a host of the local network; only `localhost` is let through,
/// for trying things out.
fn ascii_domain(domain: &str) -> Result<String, InvalidEmail> {
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| InvalidEmail::Domain)?;
    let top = ascii.rsplit('.').next().unwrap_or_default();
    let named = ascii.contains('.') && !top.bytes().all(|byte| byte.is_ascii_digit());
    (named || ascii == "localhost").then_some(ascii).ok_or(InvalidEmail::Domain)
}

/// Lower case that stays as it is when folded again. Lower-casing may leave NFKC and normalising may bring
/// capitals back, so both are repeated until nothing changes; text that never settles is refused.
fn fold(text: &str) -> Option<String> {
    let mut folded = text.to_owned();
    for _ in 0..4 {
        let next: String = folded.to_lowercase().nfkc().collect();
        if next == folded {
            return Some(folded);
        }
        folded = next;
    }
    None
}

fn is_forbidden(character: char) -> bool {
    character.is_control()
        || character.is_whitespace()
        || matches!(character, ',' | ';' | ':' | '<' | '>' | '(' | ')' | '[' | ']' | '\\' | '"')
        || is_invisible(character)
}

/// Characters that show nothing or turn the text around, so that two addresses look like one.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(text: &str) -> String {
        parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}")).key
    }

    #[test]
    fn spellings_of_one_address_have_one_key() {
        let cases = [
            (" Ada@Example.COM ", "ada@example.com"),
            ("ada+kavach@example.com", "ada+kavach@example.com"),
            ("\u{212a}elvin@example.com", "kelvin@example.com"),
            ("ａｄａ@ｅｘａｍｐｌｅ.com", "ada@example.com"),
            ("cafe\u{301}@example.com", "caf\u{e9}@example.com"),
            ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
            ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
            ("ada@localhost", "ada@localhost"),
        ];
        for (text, expected) in cases {
            assert_eq!(key(text), expected, "{text:?}");
        }
        assert_eq!(parse("Ada@Example.COM").unwrap().display, "Ada@example.com");
    }

    #[test]
    fn a_sign_that_becomes_an_at_is_not_one() {
        for text in ["victim\u{ff20}example.com", "victim\u{fe6b}example.com", "a\u{ff20}b@example.com"] {
            assert_eq!(parse(text).map(|email| email.key), Err(InvalidEmail::NotOne), "{text:?}");
        }
    }

    #[test]
    fn exactly_one_address_is_taken() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long = format!("a@{}.com", "b.".repeat(150));
        let bad = [
            "",
            " ",
            "ada",
            "@",
            "ada@",
            "@example.com",
            "a@x.com,b@y.com",
            "a@x.com\u{ff0c}b@y.com",
            "a@x.com;b@y.com",
            "a@b@c.com",
            "Ada <ada@example.com>",
            "<ada@example.com>",
            "\"a b\"@example.com",
            "a b@example.com",
            "ada@exa mple.com",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "ada@example",
            "ada@example.com.",
            "ada@.com",
            "ada@-x.com",
            "ada@x..com",
            ".ada@example.com",
            "ada.@example.com",
            "a..b@example.com",
            "ada@exa_mple.com",
            "ada\0@example.com",
            "ada@example.com\r\nBcc: b@y.com",
            "ada\n@example.com",
            "\u{202e}ada@example.com",
            "a\u{200b}da@example.com",
            "ada\u{ad}@example.com",
            "a(comment)@example.com",
            "ada@xn--.com",
            "mailto:ada@example.com",
            "ada@example.com%0d%0aBcc:x@y.com",
            long_local.as_str(),
            long.as_str(),
        ];
        for text in bad {
            assert!(parse(text).is_err(), "{text:?} gave {:?}", parse(text).map(|email| email.key));
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(local in "\\PC{1,12}", domain in "[a-zA-Zäößéñ0-9]{1,8}") {
            if let Ok(email) = parse(&format!("{local}@{domain}.example")) {
                prop_assert_eq!(&parse(&email.key).unwrap().key, &email.key);
                prop_assert_eq!(&parse(&email.display).unwrap().key, &email.key);
            }
        }

        #[test]
        fn any_text_is_survived_and_what_passes_is_plain(text in "\\PC{0,20}@?[\\x00-\\x7f]{0,40}") {
            if let Ok(email) = parse(&text) {
                prop_assert_eq!(email.key.matches('@').count(), 1);
                prop_assert!(!email.display.contains(|c: char| c.is_control() || c.is_whitespace() || c == ','));
            }
        }
    }
}

//! From what a person typed to a user name that exists in one spelling only, and that looks like no other.
//!
//! RFC 8265, UsernameCaseMapped: case, width and composition do not matter. Narrower than that: of punctuation only dots,
//! dashes and underscores, and letters of one script (UTS 39, section 5.2, highly restrictive). What makes a name unique
//! is its skeleton (UTS 39, section 4), so two names that look alike cannot both be taken.

use precis_profiles::precis_core::profile::PrecisFastInvocation;
use precis_profiles::{UsernameCaseMapped, UsernameCasePreserved};
use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::{RestrictionLevel, RestrictionLevelDetection as _, skeleton};

const LENGTH: RangeInclusive<usize> = 3..=32;

/// Names that would be taken for the service itself, or for somebody who speaks for it.
const RESERVED: &[&str] = &[
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "anonymous",
    "api",
    "console",
    "contact",
    "everyone",
    "guest",
    "help",
    "helpdesk",
    "hostmaster",
    "info",
    "kavach",
    "login",
    "mail",
    "mailer-daemon",
    "me",
    "moderator",
    "myself",
    "no-reply",
    "nobody",
    "noreply",
    "null",
    "oauth",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "self",
    "service",
    "sign-in",
    "sign-up",
    "signin",
    "signup",
    "staff",
    "superuser",
    "support",
    "sysadmin",
    "system",
    "team",
    "undefined",
    "unknown",
    "user",
    "username",
    "webmaster",
    "www",
    "you",
];

static RESERVED_KEYS: LazyLock<HashSet<String>> =
    LazyLock::new(|| RESERVED.iter().map(|name| look_of(name)).collect());

/// A user name in three forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username {
    /// To show: as the person wrote it.
    pub display: String,
    /// The same for all spellings of one name.
    pub plain: String,
    /// The same for all names that look alike.
    pub key: String,
}

/// Why a text is not a user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUsername {
    /// Too few or too many characters.
    #[error("must have 3 to 32 characters")]
    Length,
    /// A character that has no place in one.
    #[error("must be letters, digits, dots, dashes and underscores, with a letter among them")]
    Character,
    /// Letters of several scripts, which look like those of one.
    #[error("must be written in the letters of one language")]
    Mixed,
}

/// Reads a user name.
pub fn parse(text: &str) -> Result<Username, InvalidUsername> {
    let text = text.trim();
    if text.len() > 4 * LENGTH.end() || text.chars().count() < *LENGTH.start() {
        return Err(InvalidUsername::Length);
    }
    let display = UsernameCasePreserved::enforce(text).map_err(|_| InvalidUsername::Character)?;
    let plain = fold(text).ok_or(InvalidUsername::Character)?;
    if !LENGTH.contains(&plain.chars().count()) {
        return Err(InvalidUsername::Length);
    }
    let allowed = |character: char| character.is_alphanumeric() || matches!(character, '.' | '-' | '_');
    let ends_well = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    let has_letter = plain.chars().any(char::is_alphabetic);
    // A mark is a part of the letter before it.
    let is_mark = |character: char| unicode_normalization::char::is_combining_mark(character);
    let known = plain.chars().all(|character| allowed(character) || is_mark(character));
    if !known || !has_letter || !ends_well(plain.chars().next()) {
        return Err(InvalidUsername::Character);
    }
    if plain.as_str().detect_restriction_level() > RestrictionLevel::HighlyRestrictive {
        return Err(InvalidUsername::Mixed);
    }
    Ok(Username { display: display.into_owned(), key: look_of(&plain), plain })
}

/// Whether a name is kept back, or looks like one that is.
pub fn is_reserved(name: &Username) -> bool {
    RESERVED_KEYS.contains(&name.key)
}

/// Case-mapping may bring something that is mapped again, so it is repeated until nothing changes.
fn fold(text: &str) -> Option<String> {
    let mut folded = text.to_owned();
    for _ in 0..4 {
        let next = UsernameCaseMapped::enforce(folded.as_str()).ok()?.into_owned();
        if next == folded {
            return Some(folded);
        }
        folded = next;
    }
    None
}

/// What a name looks like, whatever its letters are. Capitals look like other letters than small ones do, so the
/// skeleton is folded and taken once more.
fn look_of(plain: &str) -> String {
    let once: String = skeleton(plain).collect::<String>().to_lowercase();
    skeleton(&once).collect::<String>().to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(text: &str) -> String {
        parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}")).key
    }

    #[test]
    fn spellings_of_one_name_are_one_name() {
        for (one, other) in
            [("Ada", "ada"), (" ADA ", "ada"), ("Ａｄａ", "ada"), ("Zoe\u{308}", "zoë"), ("ΑΘΗΝΑ", "αθηνα")]
        {
            assert_eq!(parse(one).unwrap().plain, parse(other).unwrap().plain, "{one}");
            assert_eq!(key(one), key(other), "{one}");
        }
        assert_eq!(parse("AdaL").unwrap().display, "AdaL");
    }

    #[test]
    fn names_that_look_alike_have_one_key() {
        // Cyrillic and Greek letters, digits for letters, and two letters that look like one.
        for (one, other) in [("раура", "paypa"), ("bob1", "bobl"), ("rnary", "mary"), ("ада", "aдa")]
        {
            let other_key = look_of(&fold(other).unwrap());
            assert_eq!(key(one), other_key, "{one} {other}");
        }
        assert_ne!(key("ada"), key("bob"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "ab", &"a".repeat(33), &"a".repeat(1_000_000)] {
            assert_eq!(parse(text), Err(InvalidUsername::Length), "{}", text.len());
        }
        for text in [
            "ada lovelace",
            "ada@example.com",
            "a\u{202e}da",
            "a\u{200b}da",
            "ada\0",
            "<ada>",
            "12345",
            ".ada",
            "-ada",
            "ada/..",
            "ada\r\nx",
            "a\u{feff}da",
            "١٢٣٤٥",
            "ada😀",
        ] {
            assert_eq!(parse(text).unwrap_err(), InvalidUsername::Character, "{text:?}");
        }
        // One Cyrillic letter among Latin ones.
        assert_eq!(parse("pаypal"), Err(InvalidUsername::Mixed));
    }

    #[test]
    fn names_of_the_service_are_kept_back_and_so_is_what_looks_like_them() {
        for text in ["admin", "Administrator", "r00t", "ROOT", "supp0rt", "kavach"] {
            assert!(is_reserved(&parse(text).unwrap()), "{text}");
        }
        assert!(!is_reserved(&parse("ada").unwrap()));
    }

    proptest! {
        #[test]
        fn reading_what_was_read_changes_nothing(text in "\\PC{3,32}") {
            if let Ok(name) = parse(&text) {
                prop_assert_eq!(&parse(&name.display).unwrap().plain, &name.plain);
                prop_assert_eq!(&parse(&name.plain).unwrap().key, &name.key);
            }
        }
    }
}

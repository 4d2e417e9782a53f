//! The code a person carries from one screen to another: eight letters, `XXXX-XXXX`.
//!
//! Twenty consonants, as RFC 8628 (section 6.1) has them: no vowels, so no words, and nothing that looks like something
//! else. 20^8 codes are 34.5 bits; five wrong ones in a quarter of an hour against a few codes that live for ten minutes
//! is nothing to guess. Kept as a keyed hash, because a plain one of so short a text could be tried out.

use crate::Kavach;
use crate::rng::{self, Rng};

const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LETTERS: usize = 8;
/// Bytes from here on would make the first letters of the alphabet likelier.
const FAIR: u8 = 240;

/// A new code, as it is written. Every letter is as likely as any other.
pub(super) fn make(rng: &dyn Rng) -> String {
    let mut letters = String::with_capacity(LETTERS + 1);
    while letters.len() < LETTERS {
        let [byte] = rng::array::<1>(rng);
        if byte < FAIR {
            letters.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
        }
    }
    letters.insert(LETTERS / 2, '-');
    letters
}

/// A code as somebody typed it: in any case, with spaces and dashes anywhere. None for what is none.
pub(super) fn parse(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let is_filling =
        |letter: &char| letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '_' | '.');
    let mut letters: String =
        text.chars().filter(|letter| !is_filling(letter)).map(|letter| letter.to_ascii_uppercase()).collect();
    let known = |letter: u8| ALPHABET.contains(&letter);
    if letters.len() != LETTERS || !letters.bytes().all(known) {
        return None;
    }
    letters.insert(LETTERS / 2, '-');
    Some(letters)
}

/// What is stored of a code.
pub(super) fn hash(kv: &Kavach, code: &str) -> String {
    kv.seal_key().digest("device code", code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let code = make(&SeededRng::new(7));
        assert_eq!(code.len(), 9);
        let letters = code.replace('-', "");
        for typed in [
            code.clone(),
            code.to_lowercase(),
            letters.clone(),
            format!("  {} ", letters.to_lowercase()),
            format!("{} {}", &letters[..4], &letters[4..]),
            letters.chars().map(|letter| format!("{letter} ")).collect(),
            code.replace('-', "\u{2013}"),
        ] {
            assert_eq!(parse(&typed).as_deref(), Some(code.as_str()), "{typed:?}");
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for text in ["", "BCDF", "BCDF-GHJA", "BCDF-GHJ0", "BCDF-GHJKL", "ＢCDF-GHJK", &"B".repeat(10_000)] {
            assert_eq!(parse(text), None);
        }
    }

    #[test]
    fn every_letter_is_as_likely_as_any_other() {
        let rng = SeededRng::new(1);
        let mut seen = [0_u32; 20];
        for _ in 0..5_000 {
            for letter in make(&rng).bytes().filter(|letter| *letter != b'-') {
                seen[ALPHABET.iter().position(|known| *known == letter).unwrap()] += 1;
            }
        }
        // 40,000 letters, 2,000 of each expected, a standard deviation of 44.
        assert!(seen.iter().all(|count| (1_780..2_220).contains(count)), "{seen:?}");
    }
}

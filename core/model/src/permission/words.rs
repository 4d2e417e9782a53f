//! Texts read eight bytes at a time: what they are made of, and their hashes.
//!
//! A decision looks at every character of a question; done one by one that would be a third of its time.

use std::ops::Range;

/// The lowest bit of every byte, and the highest.
pub(super) const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES << 7;
/// Eight characters any segment may have.
const LETTERS: u64 = ONES * b'a' as u64;
/// What hashes are mixed with. Its highest byte is none a text of ASCII has, so no text can cancel it out.
const MIXER: u64 = 0xd6e8_feb8_6659_fd93;

/// Where a text of at most 64 bytes has its colons, the first byte being the lowest bit; None where it has a byte
/// that is neither a colon nor one of `A-Z a-z 0-9 . _ - / @`.
#[inline]
pub(super) fn colons(text: &[u8]) -> Option<u64> {
    let (mut colons, mut fine, mut at) = (0, HIGHS, 0);
    while at < text.len() {
        let word = match text.get(at..).and_then(|rest| rest.first_chunk()) {
            Some(eight) => u64::from_le_bytes(*eight),
            // What is missing of the last word is filled with letters.
            None => word(text, at..text.len()) | LETTERS << (8 * (text.len() - at)),
        };
        let ascii = word & !HIGHS;
        // In the order of the code: `- . / 0-9 :`, then `@ A-Z`, then the others.
        let names = within(ascii, b'-', b':') | within(ascii, b'@', b'Z');
        fine &= !word & (names | within(ascii, b'_', b'_') | within(ascii, b'a', b'z'));
        let found = (within(ascii, b':', b':') & HIGHS) >> 7;
        // Moves the bit of each byte to where the eight lie side by side.
        colons |= found.wrapping_mul(0x0102_0408_1020_4080) >> 56 << at;
        at += 8;
    }
    (fine == HIGHS).then_some(colons)
}

/// The highest bit of each byte says whether it lies between the two; of bytes below 128 only, else of no meaning.
#[inline]
fn within(ascii: u64, low: u8, high: u8) -> u64 {
    (ascii + ONES * u64::from(0x80 - low)) & !(ascii + ONES * u64::from(0x7f - high))
}

/// The first eight bytes of a part of a text, the first of them lowest; 0 where the part has fewer.
#[inline]
pub(super) fn word(text: &[u8], part: Range<usize>) -> u64 {
    let wanted = part.len().min(8);
    if wanted == 0 {
        return 0;
    }
    let wanted = u64::MAX >> (64 - 8 * wanted);
    if let Some(eight) = text.get(part.start..).and_then(|rest| rest.first_chunk()) {
        return u64::from_le_bytes(*eight) & wanted;
    }
    match text.last_chunk::<8>() {
        // The text ends within these eight, so what is wanted are the last of its last eight.
        Some(eight) => {
            let before = 8 - text.len().saturating_sub(part.start).min(8);
            u64::from_le_bytes(*eight).unbounded_shr(8 * before as u32) & wanted
        }
        None => {
            let bytes = text.get(part).unwrap_or_default();
            bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
        }
    }
}

/// The hash of a part of a text. Hashes under different seeds have nothing to do with each other.
#[inline]
pub(super) fn hash(seed: u64, text: &[u8], part: Range<usize>) -> u64 {
    let Range { start, end } = part;
    let seed = (seed << 16 ^ part.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63;
    if part.len() <= 16 {
        let last = if part.len() > 8 { word(text, end - 8..end) } else { 0 };
        return mix(seed ^ word(text, start..end), last ^ MIXER);
    }
    (start..end).step_by(8).fold(seed, |hash, at| mix(hash ^ word(text, at..end), MIXER))
}

/// The hash of a number.
#[inline]
pub(super) fn hash_number(number: u64) -> u64 {
    mix(number | 1 << 63, MIXER)
}

#[inline]
fn mix(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_byte_at_every_place_is_known_for_what_it_is() {
        for length in 1..=64 {
            for at in 0..length {
                for byte in 0..=255 {
                    let mut text = vec![b'x'; length];
                    text[at] = byte;
                    let allowed = byte.is_ascii_alphanumeric() || b"._-/@".contains(&byte);
                    let expected = match byte {
                        b':' => Some(1 << at),
                        _ => allowed.then_some(0),
                    };
                    assert_eq!(colons(&text), expected, "{byte} at {at} of {length}");
                }
            }
        }
        assert_eq!((colons(b""), colons(&[b':'; 64])), (Some(0), Some(u64::MAX)));
    }

    #[test]
    fn a_word_is_what_the_part_begins_with() {
        let text = b"abcdefghijklmnopqrst";
        for end in 0..=text.len() {
            for start in 0..=end {
                let part = &text[start..end];
                let plain = part.iter().take(8).rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
                assert_eq!(word(text, start..end), plain, "{start}..{end}");
                assert_eq!(word(part, 0..part.len()), plain);
            }
        }
    }

    #[test]
    fn a_hash_depends_on_every_byte_the_length_and_the_seed_and_not_on_what_is_around() {
        let text = "x".repeat(40);
        let mut seen = HashSet::new();
        for length in 0..text.len() {
            assert!(seen.insert(hash(1, text.as_bytes(), 0..length)));
            assert!(seen.insert(hash(2, text.as_bytes(), 0..length)));
            for at in 0..length {
                let mut other = text.clone().into_bytes();
                other[at] = b'y';
                assert!(seen.insert(hash(1, &other, 0..length)));
                assert_eq!(hash(1, &other, 0..at), hash(1, text.as_bytes(), 0..at));
            }
        }
    }
}

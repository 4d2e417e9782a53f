//! A language nobody speaks: English with accents on every letter, and longer by two fifths, as German or Finnish
//! can be. A text that shows without them was never translated, and one that is cut off would be cut off in German.

use std::borrow::Cow;

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ACCENTED: &str = "ȧƀƈḓḗƒɠħīĵķŀḿƞǿƥɋřşŧŭṽẇẋẏẑȦƁƇḒḖƑƓĦĪĴĶĿḾȠǾƤɊŘŞŦŬṼẆẊẎẐ";

/// A piece of text between what is filled in.
pub(super) fn transform(text: &str) -> Cow<'_, str> {
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    let mut longer: String = text.chars().map(accented).collect();
    let end = longer.trim_end().len();
    // Before a space at the end, so that words stay apart from what follows.
    longer.insert_str(end, &padding(letters * 2 / 5));
    Cow::Owned(longer)
}

/// In words of at most eight letters, as a language has.
fn padding(length: usize) -> String {
    (0..length).map(|at| if at % 9 == 0 { ' ' } else { 'ȧ' }).collect()
}

fn accented(letter: char) -> char {
    let found = LETTERS.chars().position(|known| known == letter);
    found.and_then(|at| ACCENTED.chars().nth(at)).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_longer_and_has_no_plain_letter() {
        let text = transform("Use another address");
        assert!(text.chars().count() >= 25, "{text}");
        assert!(!text.chars().any(|letter| letter.is_ascii_alphabetic()), "{text}");
        assert_eq!(LETTERS.chars().count(), ACCENTED.chars().count());
    }

    #[test]
    fn a_space_at_the_end_stays_there() {
        assert!(transform("Requests of ").ends_with(' '));
        assert_eq!(transform(", "), ", ");
    }
}

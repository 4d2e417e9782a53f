//! From what a person typed to a telephone number in E.164 form that a text message can reach.
//!
//! The tables of libphonenumber decide which numbers exist and what they cost: numbers of value-added services are
//! refused, because every message to one pays whoever rents it.

use crate::config::Sms;
use phonenumber::country::Id;
use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, Type};
use unicode_normalization::UnicodeNormalization;

/// Longest text that is looked at: fifteen digits, and room for how people group them.
const LONGEST: usize = 40;

/// A number that can be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneNumber {
    /// `+4915123456789`
    pub e164: String,
    /// The number without its last four digits: whoever rents a block of numbers rents all of these.
    pub block: String,
}

/// Why a text is not such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhone {
    /// No number that exists.
    #[error("is not a telephone number; write it with its country code, like +49 1512 3456789")]
    Number,
    /// A number that costs more, or that takes no text messages.
    #[error("is not a number that takes text messages at the usual price")]
    Kind,
    /// A number of a country that is not served.
    #[error("is a number of a country that text messages are not sent to here")]
    Region,
}

/// Reads one number. Without a country code it is one of the configured country, if there is one.
pub fn parse(text: &str, rules: &Sms) -> Result<PhoneNumber, InvalidPhone> {
    let normal: String = text.trim().nfkc().collect();
    let plain = |character: char| character.is_ascii_digit() || "+ -./()".contains(character);
    if normal.len() > LONGEST || !normal.chars().all(plain) {
        return Err(InvalidPhone::Number);
    }
    let home = rules.default_region.as_deref().and_then(|region| region.to_uppercase().parse::<Id>().ok());
    let number = phonenumber::parse(home, &normal).map_err(|_| InvalidPhone::Number)?;
    if !phonenumber::is_valid(&number) {
        return Err(InvalidPhone::Number);
    }
    match number.number_type(&DATABASE) {
        Type::Mobile | Type::FixedLineOrMobile | Type::PersonalNumber | Type::Voip => {}
        _ => return Err(InvalidPhone::Kind),
    }
    let region = number.country().id();
    let served = |region: Id| {
        rules.allowed_regions.iter().any(|allowed| allowed.eq_ignore_ascii_case(region.as_ref()))
    };
    if !rules.allowed_regions.is_empty() && !region.is_some_and(served) {
        return Err(InvalidPhone::Region);
    }
    let e164 = number.format().mode(Mode::E164).to_string();
    let block = e164.get(..e164.len().saturating_sub(4)).unwrap_or_default().to_owned();
    Ok(PhoneNumber { e164, block })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, InvalidPhone> {
        parse(text, &Sms::default()).map(|number| number.e164)
    }

    #[test]
    fn spellings_of_one_number_are_one_number() {
        for text in ["+49 1512 3456789", "+4915123456789", "+49 (1512) 345-67.89", "＋49 1512 3456789"] {
            assert_eq!(read(text).as_deref(), Ok("+4915123456789"), "{text}");
        }
        assert_eq!(read("+1 415 555 2671").as_deref(), Ok("+14155552671"));
        let home = Sms { default_region: Some("DE".to_owned()), ..Sms::default() };
        assert_eq!(parse("01512 3456789", &home).unwrap().e164, "+4915123456789");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "+",
            "12345",
            "01512 3456789",
            "+49",
            "+999 123456789",
            "+1 555 0100",
            "ada@example.com",
            "+49 1512 3456789, +49 1512 3456780",
            "+49 1512 3456789\r\nBcc: x",
            "+4915123456789x99",
            "+491512345678901234567890",
        ] {
            assert_eq!(read(text), Err(InvalidPhone::Number), "{text:?}");
        }
    }

    #[test]
    fn premium_rate_numbers_are_refused() {
        for text in
            ["+1 900 555 2671", "+49 900 1234567", "+44 909 8790000", "+49 30 123456", "+44 800 1111111"]
        {
            assert_eq!(read(text), Err(InvalidPhone::Kind), "{text}");
        }
    }

    #[test]
    fn only_allowed_regions_are_served() {
        let rules = Sms { allowed_regions: vec!["de".to_owned(), "AT".to_owned()], ..Sms::default() };
        assert!(parse("+49 1512 3456789", &rules).is_ok());
        assert_eq!(parse("+1 415 555 2671", &rules), Err(InvalidPhone::Region));
    }

    #[test]
    fn a_block_is_what_is_rented_together() {
        let one = parse("+49 1512 3456789", &Sms::default()).unwrap();
        let two = parse("+49 1512 3450000", &Sms::default()).unwrap();
        assert_eq!(one.block, two.block);
    }
}

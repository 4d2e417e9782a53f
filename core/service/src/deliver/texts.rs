//! What mails and text messages say, in the language of whoever reads them. The texts are in
//! `core/service/locales/<language>/mail.ftl`.

use crate::i18n::{Catalog, FluentValue};
use kavach_model::{Language, Timestamp};
use std::sync::LazyLock;
use std::time::Duration;

macro_rules! sources {
    ($($language:ident = $tag:literal),* $(,)?) => {
        &[$((Language::$language, &[include_str!(concat!("../../locales/", $tag, "/mail.ftl"))])),*]
    };
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(sources!(
        English = "en",
        German = "de",
        Spanish = "es",
        French = "fr",
        Portuguese = "pt",
        Japanese = "ja",
        Chinese = "zh",
        Hindi = "hi",
        Arabic = "ar",
    ))
});

/// A text. Where it names the service, `product` is among what is filled in.
pub(super) fn text(language: Language, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
    CATALOG.text(language, key, args)
}

/// The lines of a text: a paragraph each.
pub(super) fn paragraphs(language: Language, key: &str, args: &[(&str, FluentValue<'_>)]) -> Vec<String> {
    text(language, key, args).lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// `24 hours`, `15 minutes`: the largest unit that gives a whole number.
pub(super) fn time(language: Language, duration: Duration) -> String {
    let minutes = (duration.as_secs() / 60).max(1);
    let (count, unit) = match minutes {
        _ if minutes.is_multiple_of(60) => (minutes / 60, "hour"),
        _ => (minutes, "minute"),
    };
    let args = [("count", FluentValue::from(count)), ("unit", FluentValue::from(unit))];
    text(language, "mail-time", &args)
}

/// `2026-11-23 09:30 UTC`.
pub(super) fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(..16).map_or(text.clone(), |minute| format!("{} UTC", minute.replace('T', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its keys, each with what is filled in, in order.
    fn shape(source: &str) -> std::collections::BTreeMap<&str, std::collections::BTreeSet<&str>> {
        let mut found = std::collections::BTreeMap::new();
        let mut key = "";
        for line in source.lines() {
            if line.starts_with("mail-") || line.starts_with("sms-") {
                key = line.split(" =").next().unwrap();
            }
            let names = line.split('$').skip(1).map(|rest| rest.split([' ', '}']).next().unwrap());
            found.entry(key).or_insert_with(std::collections::BTreeSet::new).extend(names);
        }
        found
    }

    #[test]
    fn every_language_says_everything_english_says() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
        let read = |tag: &str| std::fs::read_to_string(folder.join(tag).join("mail.ftl")).unwrap();
        let mut english = shape(&read("en")).keys().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        english.retain(|key| !key.is_empty());
        for language in Language::ALL {
            let text = read(language.tag());
            let theirs = shape(&text);
            for key in &english {
                assert!(CATALOG.has(*language, key), "{key} in {}", language.tag());
                let source = read("en");
                let ours = shape(&source);
                assert_eq!(theirs.get(key.as_str()), ours.get(key.as_str()), "{key} in {}", language.tag());
            }
        }
    }

    #[test]
    fn times_are_said_in_words() {
        let words = |seconds| time(Language::English, Duration::from_secs(seconds));
        assert_eq!(words(86_400), "24 hours");
        assert_eq!(words(3_600), "one hour");
        assert_eq!(words(900), "15 minutes");
        assert_eq!(words(5), "one minute");
        assert_eq!(minute(Timestamp::from_millis(1_764_000_000_123)), "2025-11-24 16:00 UTC");
    }
}

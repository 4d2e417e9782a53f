//! What mails and text messages say, in the language of whoever reads them. The texts are in
//! `core/service/locales/<language>/mail.ftl`.

use crate::i18n::{Catalog, FluentValue};
use kavach_model::{Language, Timestamp};
use std::sync::LazyLock;
use std::time::Duration;

/// What every mail and message calls this service.
pub(super) const PRODUCT: &str = "Kavach";

macro_rules! sources {
    ($($language:ident = $tag:literal),* $(,)?) => {
        &[$((Language::$language, &[include_str!(concat!("../../locales/", $tag, "/mail.ftl"))])),*]
    };
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(sources!(English = "en")));

/// A text; `product` is always filled in.
pub(super) fn text(language: Language, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
    let mut all = vec![("product", FluentValue::from(PRODUCT))];
    all.extend_from_slice(args);
    CATALOG.text(language, key, &all)
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

//! Texts in several languages, by Project Fluent: which language fits a person, and a text in it.
//!
//! A text that a language lacks is shown in English; the tests of whoever owns a catalogue see to it that none does.

mod pseudo;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_langneg::{NegotiationStrategy, negotiate_languages, parse_accepted_languages};
use kavach_model::Language;
use unic_langid::LanguageIdentifier;

pub use fluent_bundle::FluentValue;

/// The texts of one part of the program, in every language.
pub struct Catalog {
    bundles: Vec<(Language, FluentBundle<FluentResource>)>,
}

impl Catalog {
    /// Reads the Fluent sources of each language; what is malformed is left out and named in the log.
    pub fn new(sources: &[(Language, &[&'static str])]) -> Self {
        let mut bundles: Vec<_> =
            sources.iter().map(|(language, texts)| (*language, bundle(*language, texts))).collect();
        if cfg!(debug_assertions)
            && let Some((_, texts)) = sources.iter().find(|(language, _)| *language == Language::English)
        {
            let mut pseudo = bundle(Language::Pseudo, texts);
            pseudo.set_transform(Some(pseudo::transform));
            bundles.push((Language::Pseudo, pseudo));
        }
        Self { bundles }
    }

    /// A text; its key where there is none at all.
    pub fn text(&self, language: Language, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        [language, Language::English]
            .into_iter()
            .find_map(|language| self.find(language, key, args))
            .unwrap_or_else(|| key.to_owned())
    }

    /// Whether a language has a text of its own.
    pub fn has(&self, language: Language, key: &str) -> bool {
        self.bundle(language).is_some_and(|bundle| bundle.has_message(key))
    }

    fn find(&self, language: Language, key: &str, args: &[(&str, FluentValue<'_>)]) -> Option<String> {
        let bundle = self.bundle(language)?;
        let pattern = bundle.get_message(key)?.value()?;
        let args = FluentArgs::from_iter(args.iter().map(|(name, value)| (*name, value.clone())));
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::warn!(key, language = language.tag(), ?errors, "a text is incomplete");
        }
        Some(text)
    }

    fn bundle(&self, language: Language) -> Option<&FluentBundle<FluentResource>> {
        self.bundles.iter().find(|(known, _)| *known == language).map(|(_, bundle)| bundle)
    }
}

fn bundle(language: Language, texts: &[&'static str]) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![identifier(language)]);
    // Marks around what is filled in keep a Latin name in an Arabic sentence in its place; elsewhere they are noise.
    bundle.set_use_isolating(language.direction() == "rtl");
    for text in texts {
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, errors)| {
            tracing::error!(language = language.tag(), ?errors, "a file of texts is malformed");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(language = language.tag(), ?errors, "a text is there twice");
        }
    }
    bundle
}

fn identifier(language: Language) -> LanguageIdentifier {
    language.tag().parse().unwrap_or_default()
}

/// The language that fits best what a person reads, as `Accept-Language` or `ui_locales` (OpenID Connect Core 1.0,
/// section 3.1.2.1) say it: in order of preference, separated by commas or spaces.
pub fn negotiate(preferred: &str) -> Option<Language> {
    if cfg!(debug_assertions) && preferred == Language::Pseudo.tag() {
        return Some(Language::Pseudo);
    }
    let requested = parse_accepted_languages(&preferred.replace(' ', ","));
    let available: Vec<fluent_langneg::LanguageIdentifier> =
        Language::ALL.iter().filter_map(|language| language.tag().parse().ok()).collect();
    let found = negotiate_languages(&requested, &available, None, NegotiationStrategy::Lookup);
    found.first().and_then(|found| Language::parse(found.language.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_language_is_found() {
        for (preferred, found) in [
            ("de-AT,de;q=0.9,en;q=0.8", Some(Language::German)),
            ("pt-BR", Some(Language::Portuguese)),
            ("tlh, ar;q=0.5", Some(Language::Arabic)),
            ("zh-Hans-CN", Some(Language::Chinese)),
            ("fr en", Some(Language::French)),
            ("tlh", None),
            ("", None),
            (";;;=,,\u{202e}", None),
        ] {
            assert_eq!(negotiate(preferred), found, "{preferred}");
        }
    }

    #[test]
    fn a_text_is_filled_in_and_falls_back_to_english() {
        let catalog = Catalog::new(&[
            (Language::English, &["hello = Hello { $name }\nonly = Only here"]),
            (Language::German, &["hello = Hallo { $name }"]),
        ]);
        let name = [("name", FluentValue::from("Ada"))];
        assert_eq!(catalog.text(Language::German, "hello", &name), "Hallo Ada");
        assert_eq!(catalog.text(Language::Hindi, "hello", &name), "Hello Ada");
        assert_eq!(catalog.text(Language::German, "only", &[]), "Only here");
        assert_eq!(catalog.text(Language::German, "nothing", &[]), "nothing");
        assert!(catalog.has(Language::English, "only") && !catalog.has(Language::German, "only"));
    }
}

//! The languages of pages and mails.

use serde::{Deserialize, Serialize};

/// A language that pages and mails are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// Portuguese.
    #[serde(rename = "pt")]
    Portuguese,
    /// Japanese.
    #[serde(rename = "ja")]
    Japanese,
    /// Chinese, simplified.
    #[serde(rename = "zh")]
    Chinese,
    /// Hindi.
    #[serde(rename = "hi")]
    Hindi,
    /// Arabic.
    #[serde(rename = "ar")]
    Arabic,
    /// English with other letters and half as long again: shows what is not translated and what does not fit. No
    /// release answers in it.
    #[serde(rename = "en-XA", skip_deserializing)]
    Pseudo,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: &'static [Self] = &[
        Self::English,
        Self::German,
        Self::Spanish,
        Self::French,
        Self::Portuguese,
        Self::Japanese,
        Self::Chinese,
        Self::Hindi,
        Self::Arabic,
    ];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Portuguese => "pt",
            Self::Japanese => "ja",
            Self::Chinese => "zh",
            Self::Hindi => "hi",
            Self::Arabic => "ar",
            Self::Pseudo => "en-XA",
        }
    }

    /// What its speakers call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
            Self::French => "Français",
            Self::Portuguese => "Português",
            Self::Japanese => "日本語",
            Self::Chinese => "中文",
            Self::Hindi => "हिन्दी",
            Self::Arabic => "العربية",
            Self::Pseudo => "Ƥşēŭḓǿ",
        }
    }

    /// The direction it is written in, as HTML has it.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Arabic => "rtl",
            _ => "ltr",
        }
    }

    /// Reads a tag of ours; None for anything else. Which of ours fits a foreign tag is for negotiation to say.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.tag() == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_reads_back() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.tag()), Some(*language));
        }
        assert_eq!(Language::parse("tlh"), None);
    }
}

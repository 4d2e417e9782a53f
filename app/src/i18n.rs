//! What pages say, in the language of the person who reads them.
//!
//! Texts live in `app/locales/<language>/<subject>.ftl`. A page names a text by its key; the language is the request's.

use kavach_model::Language;
use kavach_service::i18n::Catalog;
use leptos::prelude::use_context;
use std::sync::LazyLock;

pub use kavach_service::i18n::FluentValue;

macro_rules! sources {
    ($($language:ident = $tag:literal),* => $files:tt) => {
        &[$((Language::$language, sources!(@files $tag $files)),)*]
    };
    (@files $tag:literal [$($file:literal),* $(,)?]) => {
        &[$(include_str!(concat!("../locales/", $tag, "/", $file, ".ftl")),)*]
    };
}

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::new(sources!(English = "en" => ["sign-in", "recover", "guest", "device"])));

/// The language of the page being rendered.
pub fn language() -> Language {
    use_context().unwrap_or_default()
}

/// A text.
pub fn tr(key: &'static str) -> String {
    tr_with(key, &[])
}

/// A text with something filled in.
pub fn tr_with(key: &'static str, args: &[(&str, FluentValue<'_>)]) -> String {
    CATALOG.text(language(), key, args)
}

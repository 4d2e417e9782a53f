//! What pages say, in the language of the person who reads them.
//!
//! Texts live in `app/locales/<language>/<subject>.ftl`. A page names a text by its key; the language is the request's,
//! and for pages that are written in English only it is English whoever reads them.

use crate::cookies;
use http::request::Parts;
use kavach_model::Language;
use kavach_service::context::{RequestContext, RequestMeta};
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

/// Texts in every language.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(sources!(
        English = "en", German = "de", Spanish = "es", French = "fr", Portuguese = "pt", Japanese = "ja",
        Chinese = "zh", Hindi = "hi", Arabic = "ar" => [
            "account", "codes", "common", "consent", "device", "factors", "guest", "identities", "outbox", "outside", "recover", "sentences", "sign-in", "sign-up", "time",
            "verify-email",
        ]
    ))
});

/// Texts that are written in English only.
static ENGLISH: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(sources!(English = "en" => ["console"])));

/// First segments of the pages that are written in English only.
const ENGLISH_ONLY: [&str; 2] = ["console", "approve"];

/// The language of the page being rendered.
pub fn language() -> Language {
    use_context().unwrap_or_default()
}

/// The language of the page asked for: what was asked for or chosen in this browser, else what the person chose for
/// their account, else what the browser prefers.
pub fn of_page(parts: &Parts) -> Language {
    let first = parts.uri.path().split('/').nth(1).unwrap_or_default();
    if ENGLISH_ONLY.contains(&first) {
        return Language::English;
    }
    let of_request = parts.extensions.get::<RequestMeta>().map(|meta| meta.language).unwrap_or_default();
    if cookies::language(&parts.headers).is_some() || asks_for_a_language(parts) {
        return of_request;
    }
    let user = parts.extensions.get::<RequestContext>().and_then(RequestContext::user);
    let of_account = user.and_then(|user| user.locale.as_deref()).and_then(Language::parse);
    of_account.unwrap_or(of_request)
}

fn asks_for_a_language(parts: &Parts) -> bool {
    let parameters = parts.uri.query().unwrap_or_default().split('&');
    parameters.into_iter().any(|parameter| parameter.starts_with("ui_locales="))
}

/// A text.
pub fn tr(key: &'static str) -> String {
    tr_of(key)
}

/// A text with something filled in.
pub fn tr_with(key: &'static str, args: &[(&str, FluentValue<'_>)]) -> String {
    catalog(key).text(language(), key, args)
}

/// A text whose key is put together while the program runs.
pub fn tr_of(key: &str) -> String {
    catalog(key).text(language(), key, &[])
}

/// Whether there is such a text.
pub fn is_known(key: &str) -> bool {
    [&CATALOG, &ENGLISH].iter().any(|catalog| catalog.has(Language::English, key))
}

fn catalog(key: &str) -> &'static Catalog {
    if CATALOG.has(Language::English, key) { &CATALOG } else { &ENGLISH }
}

#[cfg(test)]
mod tests;

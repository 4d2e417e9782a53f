//! The cookies pages set: the session, and short-lived sealed notes from one page to the next.

use crate::context::Here;
use http::HeaderMap;
use http::header::{COOKIE, SET_COOKIE};
use kavach_model::{Language, Token};

/// The language, as the server's middleware knows it.
const LANGUAGE: &str = "kavach_language";
const YEAR: u64 = 365 * 86_400;
/// A browser drops a cookie above 4,096 bytes, name and attributes included.
const CHUNK: usize = 3500;
/// Reverse proxies commonly accept 8 KiB of cookies.
const CHUNKS: usize = 2;

/// Keeps the session's token in the browser for as long as the session may live.
pub fn keep_session(here: &Here, token: &Token) {
    let config = here.kv.config();
    set(here, config.cookie_name(), token.expose(), config.session.absolute.as_secs());
}

/// Forgets the session's token.
pub fn drop_session(here: &Here) {
    set(here, here.kv.config().cookie_name(), "", 0);
}

/// Keeps the language a person chose; the server reads it before any page does.
pub fn keep_language(here: &Here, language: Language) {
    set(here, LANGUAGE, language.tag(), YEAR);
}

/// The language a person chose in this browser.
pub fn language(headers: &HeaderMap) -> Option<Language> {
    Language::parse(value(headers, LANGUAGE)?)
}

/// The value of a cookie among a request's headers.
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// Hands a sealed text to a later page, in as many cookies as it takes; false when it is too long for that.
pub fn put(here: &Here, name: &str, sealed: &str, max_age_seconds: u64) -> bool {
    // Sealed texts are base64url, so every byte is a character.
    let chunks: Vec<&str> =
        sealed.as_bytes().chunks(CHUNK).filter_map(|chunk| str::from_utf8(chunk).ok()).collect();
    if chunks.len() > CHUNKS {
        return false;
    }
    for index in 0..CHUNKS {
        match chunks.get(index) {
            Some(chunk) => set(here, &full_name(here, name, index), chunk, max_age_seconds),
            None if here.cookie(&full_name(here, name, index)).is_some() => {
                set(here, &full_name(here, name, index), "", 0);
            }
            None => {}
        }
    }
    true
}

/// The sealed text a page before left.
pub fn find(here: &Here, name: &str) -> Option<String> {
    let chunks: String = (0..CHUNKS).map_while(|index| here.cookie(&full_name(here, name, index))).collect();
    (!chunks.is_empty()).then_some(chunks)
}

/// Forgets what a page before left.
pub fn forget(here: &Here, name: &str) {
    for index in 0..CHUNKS {
        let name = full_name(here, name, index);
        if here.cookie(&name).is_some() {
            set(here, &name, "", 0);
        }
    }
}

fn full_name(here: &Here, name: &str, index: usize) -> String {
    // `__Host-` ties a cookie to this host and https: no sibling domain can plant one.
    let prefix = if here.kv.config().secure() { "__Host-" } else { "" };
    format!("{prefix}kavach_{name}_{index}")
}

fn set(here: &Here, name: &str, value: &str, max_age_seconds: u64) {
    let secure = if here.kv.config().secure() { "; Secure" } else { "" };
    here.append_header(
        SET_COOKIE,
        &format!("{name}={value}; Path=/; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax{secure}"),
    );
}

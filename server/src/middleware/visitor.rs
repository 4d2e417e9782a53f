//! What a browser is known by before anybody is signed in, and the language its person reads.
//!
//! A browser without it is given a random value in a cookie that only this server reads. Challenges are bound to its
//! hash, so that a code or a link that was asked for in one browser is noticed in another. It says nothing about a
//! person and does not outlive a day.

use crate::credentials;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::header::{ACCEPT_LANGUAGE, SET_COOKIE};
use kavach_model::Language;
use kavach_service::context::RequestMeta;
use kavach_service::{browser, i18n};

/// The cookie with the language a person chose.
pub const LANGUAGE: &str = "kavach_language";
const NAME: &str = "kavach_browser";
const SECURE_NAME: &str = "__Host-kavach_browser";
const DAY: u32 = 86_400;

/// Adds both to the request's facts.
pub async fn meet(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let secure = state.kavach().config().secure();
    let name = if secure { SECURE_NAME } else { NAME };
    let known = credentials::cookie(request.headers(), name).and_then(browser::parse);
    let value = known.clone().unwrap_or_else(|| browser::issue(state.kavach()));
    let language = language(&request);
    if let Some(meta) = request.extensions_mut().get_mut::<RequestMeta>() {
        meta.browser = Some(browser::hash(&value));
        meta.language = language;
    }
    let mut response = next.run(request).await;
    if known.is_none() {
        let secure = if secure { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={DAY}{secure}");
        if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
            cookie.set_sensitive(true);
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}

/// `ui_locales` (OpenID Connect Core 1.0, section 3.1.2.1), else what the person chose, else what the browser prefers.
fn language(request: &Request) -> Language {
    let asked = request.uri().query().and_then(|query| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "ui_locales")
            .map(|(_, value)| value)
    });
    let chosen = || credentials::cookie(request.headers(), LANGUAGE).and_then(Language::parse);
    let preferred = || {
        request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(i18n::negotiate)
    };
    asked.and_then(|asked| i18n::negotiate(&asked)).or_else(chosen).or_else(preferred).unwrap_or_default()
}

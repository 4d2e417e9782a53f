//! The credentials a request carries: a session cookie, a bearer token (RFC 6750 section 2.1), and the cookie an
//! answer sets.
//!
//! Tokens are read from these two places only, never from a query string or a body.

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderValue};
use kavach_model::{ErrorCode, Token};
use kavach_service::config::Config;
use kavach_service::context::Presented;

/// Cookie and bearer token, neither looked up yet.
pub fn presented<'a>(headers: &'a HeaderMap, config: &Config) -> Result<Presented<'a>, ErrorCode> {
    Ok(Presented { cookie: cookie(headers, config.cookie_name()), bearer: bearer(headers)? })
}

/// The bearer token. Another scheme, two headers or unreadable text are refused rather than overlooked.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, ErrorCode> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(ErrorCode::Unauthenticated);
    }
    let text = value.to_str().map_err(|_| ErrorCode::Unauthenticated)?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => {
            Ok(Some(token.trim()))
        }
        _ => Err(ErrorCode::Unauthenticated),
    }
}

/// The value of a cookie; None when it is absent, or there more than once and so of doubtful origin.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'));
    let mut found = pairs.filter_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    });
    let value = found.next()?;
    found.next().is_none().then_some(value)
}

/// A cookie that holds a session for as long as the session can live.
pub fn session_cookie(config: &Config, token: &Token) -> Option<HeaderValue> {
    cookie_header(config, token.expose(), config.session.absolute.as_secs())
}

/// A cookie that takes the session away.
pub fn cleared_cookie(config: &Config) -> Option<HeaderValue> {
    cookie_header(config, "", 0)
}

fn cookie_header(config: &Config, value: &str, max_age: u64) -> Option<HeaderValue> {
    let secure = if config.secure() { "; Secure" } else { "" };
    let name = config.cookie_name();
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kavach_model::TokenKind;

    fn headers(pairs: &[(http::HeaderName, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_bytes(value.as_bytes()).unwrap()))
            .collect()
    }

    #[test]
    fn only_one_well_formed_bearer_token_counts() {
        assert_eq!(bearer(&HeaderMap::new()), Ok(None));
        assert_eq!(bearer(&headers(&[(AUTHORIZATION, "bearer  kv_key_x ")])), Ok(Some("kv_key_x")));
        for bad in ["", "Bearer", "Bearer ", "Basic YTpi", "kv_key_x", "Bearer\tx", "Bearer \u{fe}"] {
            assert_eq!(bearer(&headers(&[(AUTHORIZATION, bad)])), Err(ErrorCode::Unauthenticated), "{bad:?}");
        }
        let mut twice = headers(&[(AUTHORIZATION, "Bearer a")]);
        twice.append(AUTHORIZATION, HeaderValue::from_static("Bearer b"));
        assert_eq!(bearer(&twice), Err(ErrorCode::Unauthenticated));
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name_and_only_once() {
        let found = |text: &str| cookie(&headers(&[(COOKIE, text)]), "kavach_session").map(str::to_owned);
        assert_eq!(found("a=1; kavach_session=x; b=2").as_deref(), Some("x"));
        assert_eq!(found("xkavach_session=x"), None);
        assert_eq!(found("kavach_session"), None);
        assert_eq!(found("kavach_session=x; kavach_session=y"), None);
        assert_eq!(found(";;;=;\u{e9}"), None);
    }

    #[test]
    fn the_cookie_is_closed_to_scripts_and_other_sites() {
        let token = Token::from_entropy(TokenKind::Session, [1; 32]);
        let mut config = Config { public_url: "https://id.example.com".into(), ..Config::default() };
        let header = session_cookie(&config, &token).unwrap();
        let text = header.to_str().unwrap();
        assert!(text.starts_with("__Host-kavach_session=kv_sess_"));
        for flag in ["; Path=/;", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age=604800"] {
            assert!(text.contains(flag), "{text}");
        }
        assert!(!text.to_lowercase().contains("domain"));
        config.public_url = "http://localhost:3000".into();
        assert!(!session_cookie(&config, &token).unwrap().to_str().unwrap().contains("Secure"));
        assert!(
            cleared_cookie(&config)
                .unwrap()
                .to_str()
                .unwrap()
                .contains("kavach_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
        );
    }
}

//! A request of a client: its parameters, and what it says of who it is.

use super::form;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use kavach_model::Secret;
use kavach_model::oauth::{OAuthError, Refusal};
use kavach_service::oauth::client_auth::Presented;
use kavach_service::oauth::token::Parameters;

/// The parameters of a form and what it says of its client.
pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<(Parameters, Presented), OAuthError> {
    let malformed =
        || OAuthError::new(Refusal::InvalidRequest, "the request is not a form with each parameter once");
    let mut parameters = form::text(headers, body).and_then(Parameters::read).ok_or_else(malformed)?;
    let presented = Presented {
        basic: basic(headers)?,
        client_id: parameters.get("client_id").map(str::to_owned),
        client_secret: parameters.take("client_secret").map(Secret::new),
        assertion_type: parameters.take("client_assertion_type"),
        assertion: parameters.take("client_assertion").map(Secret::new),
    };
    Ok((parameters, presented))
}

/// `Authorization: Basic`, both parts form-encoded first (RFC 6749, section 2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<(String, Secret)>, OAuthError> {
    let bad = || OAuthError::new(Refusal::InvalidClient, "the Authorization header cannot be read");
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(bad());
    }
    let (scheme, encoded) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(bad)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(bad());
    }
    let decoded = STANDARD.decode(encoded.trim()).map_err(|_| bad())?;
    let text = String::from_utf8(decoded).map_err(|_| bad())?;
    let (id, secret) = text.split_once(':').ok_or_else(bad)?;
    let plain = |text: &str| {
        // As the only name of a form it is decoded like one.
        let text = text.replace('&', "%26").replace('=', "%3D");
        form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
    };
    Ok(Some((plain(id), Secret::new(plain(secret)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Result<Option<(String, Secret)>, OAuthError> {
        basic(&HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())]))
    }

    #[test]
    fn both_parts_are_decoded_as_forms() {
        let encoded = STANDARD.encode("https%3A%2F%2Fapp.example%2Fid:a%2Bb+c%25");
        let (id, secret) = of(&format!("Basic {encoded}")).unwrap().unwrap();
        assert_eq!((id.as_str(), secret.expose()), ("https://app.example/id", "a+b c%"));
        assert_eq!(basic(&HeaderMap::new()), Ok(None));
        for bad in ["Basic", "Basic !", "Bearer x", &format!("Basic {}", STANDARD.encode("no-colon"))] {
            assert_eq!(of(bad).unwrap_err().refusal, Refusal::InvalidClient, "{bad}");
        }
    }
}

//! Saying no in the words clients understand: status, `WWW-Authenticate`, and a JSON body.
//!
//! RFC 6750, section 3 (Bearer), RFC 9449, section 7.1 (DPoP), RFC 9728, section 5.1 (`resource_metadata`), RFC 9470,
//! section 3 (`insufficient_user_authentication`).

use crate::jwk::ALGORITHMS;
use crate::need::Need;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

/// Why a request is not let through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// 401: there is no token.
    #[error("this resource needs an access token")]
    NoToken,
    /// 400 `invalid_request`: a token in the query, two of them, or something that is none.
    #[error("{0}")]
    Malformed(&'static str),
    /// 401 `invalid_token`
    #[error("the access token is not valid: {0}")]
    InvalidToken(&'static str),
    /// 401 `invalid_dpop_proof`
    #[error("the DPoP proof is not valid: {0}")]
    InvalidProof(&'static str),
    /// 403 `insufficient_scope`: the challenge names every scope the operation needs.
    #[error("the operation needs the scopes of this answer")]
    InsufficientScope,
    /// 401 `insufficient_user_authentication`: the person must sign in again, in the way or as lately as the challenge
    /// asks for.
    #[error("the operation needs the person to sign in again")]
    InsufficientAuthentication,
    /// 413: what was to be looked at before the answer is longer than that is done for.
    #[error("the request is too large")]
    TooLarge,
    /// 503: whether the token is good cannot be told now.
    #[error("the authorization server cannot be asked at the moment")]
    Unavailable,
}

/// Which kinds of token are taken, and so which challenges are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dpop {
    /// Plain tokens, and tokens bound to a key with a proof of it.
    #[default]
    Supported,
    /// Only tokens bound to a key.
    Required,
}

/// The answer to a request that is not let through.
#[derive(Debug, Clone)]
pub struct Refusal {
    reason: Reason,
    challenges: Vec<String>,
}

impl Refusal {
    pub(crate) fn new(reason: Reason, need: &Need, metadata: &str, dpop: Dpop) -> Self {
        let challenges = challenges(&reason, need, metadata, dpop);
        Self { reason, challenges }
    }

    /// Why.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The values of `WWW-Authenticate`.
    pub fn challenges(&self) -> &[String] {
        &self.challenges
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self.reason {
            Reason::NoToken
            | Reason::InvalidToken(_)
            | Reason::InvalidProof(_)
            | Reason::InsufficientAuthentication => StatusCode::UNAUTHORIZED,
            Reason::Malformed(_) => StatusCode::BAD_REQUEST,
            Reason::InsufficientScope => StatusCode::FORBIDDEN,
            Reason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Reason::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({
            "error": error(&self.reason).unwrap_or("unauthorized"),
            "error_description": self.reason.to_string(),
        });
        let mut response = (self.status(), body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.reason == Reason::Unavailable {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        for challenge in self.challenges.iter().filter_map(|text| HeaderValue::from_str(text).ok()) {
            headers.append(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// The code of a reason; none where no token was presented (RFC 6750, section 3.1).
fn error(reason: &Reason) -> Option<&'static str> {
    match reason {
        Reason::NoToken => None,
        Reason::Malformed(_) | Reason::TooLarge => Some("invalid_request"),
        Reason::InvalidToken(_) => Some("invalid_token"),
        Reason::InvalidProof(_) => Some("invalid_dpop_proof"),
        Reason::InsufficientScope => Some("insufficient_scope"),
        Reason::InsufficientAuthentication => Some("insufficient_user_authentication"),
        Reason::Unavailable => Some("temporarily_unavailable"),
    }
}

fn challenges(reason: &Reason, need: &Need, metadata: &str, dpop: Dpop) -> Vec<String> {
    if matches!(reason, Reason::TooLarge | Reason::Unavailable) {
        return Vec::new();
    }
    let mut parameters = Vec::new();
    if let Some(code) = error(reason) {
        parameters.push(quoted("error", code));
        parameters.push(quoted("error_description", &reason.to_string()));
    }
    if !need.scopes.is_empty() {
        parameters.push(quoted("scope", &need.scopes.to_string()));
    }
    if *reason == Reason::InsufficientAuthentication {
        let acr_values = need.acr_values();
        if !acr_values.is_empty() {
            parameters.push(quoted("acr_values", &acr_values.join(" ")));
        }
        if let Some(age) = need.max_age {
            parameters.push(quoted("max_age", &age.as_secs().to_string()));
        }
    }
    parameters.push(quoted("resource_metadata", metadata));
    let algorithms = quoted("algs", &ALGORITHMS.join(" "));
    let bearer = format!("Bearer {}", parameters.join(", "));
    let bound = format!("DPoP {}, {algorithms}", parameters.join(", "));
    match (reason, dpop) {
        (Reason::InvalidProof(_), _) | (_, Dpop::Required) => vec![bound],
        // Bearer first: many clients read the first challenge only.
        (Reason::NoToken | Reason::InvalidToken(_), Dpop::Supported) => {
            vec![bearer, format!("DPoP {algorithms}")]
        }
        _ => vec![bearer],
    }
}

/// A parameter of a challenge; what may not stand in it (RFC 6750, section 3) is left out.
fn quoted(name: &str, value: &str) -> String {
    let value: String = value.chars().filter(|c| matches!(c, ' ' | '!' | '#'..='[' | ']'..='~')).collect();
    format!(r#"{name}="{value}""#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const METADATA: &str = "https://mcp.example/.well-known/oauth-protected-resource/mcp";

    fn challenges_of(reason: Reason, need: &Need, dpop: Dpop) -> Vec<String> {
        Refusal::new(reason, need, METADATA, dpop).challenges().to_vec()
    }

    #[test]
    fn a_request_without_a_token_is_told_where_to_get_one_and_no_error() {
        assert_eq!(
            challenges_of(Reason::NoToken, &Need::scopes(["b", "a"]), Dpop::Supported),
            [
                &format!(r#"Bearer scope="a b", resource_metadata="{METADATA}""#),
                r#"DPoP algs="ES256 EdDSA RS256""#
            ]
        );
    }

    #[test]
    fn a_lack_of_scope_names_all_that_are_needed() {
        let [challenge] =
            challenges_of(Reason::InsufficientScope, &Need::scopes(["read", "write"]), Dpop::Supported)
                .try_into()
                .unwrap();
        assert!(challenge.starts_with(r#"Bearer error="insufficient_scope", "#), "{challenge}");
        assert!(challenge.contains(r#"scope="read write""#) && challenge.contains(METADATA), "{challenge}");
    }

    #[test]
    fn a_step_up_says_how_and_how_lately() {
        let need = Need::scopes(["deploy"]).acr(["mfa", "phr"]).max_age(Duration::from_secs(300));
        let [challenge] =
            challenges_of(Reason::InsufficientAuthentication, &need, Dpop::Required).try_into().unwrap();
        for part in [
            r#"DPoP error="insufficient_user_authentication""#,
            r#"acr_values="mfa phr""#,
            r#"max_age="300""#,
            r#"scope="deploy""#,
            r#"algs="ES256 EdDSA RS256""#,
        ] {
            assert!(challenge.contains(part), "{part} in {challenge}");
        }
    }

    #[test]
    fn nothing_breaks_out_of_a_challenge() {
        assert_eq!(quoted("scope", "a\"b\\c\r\nd\u{e9}"), r#"scope="abcd""#);
    }
}

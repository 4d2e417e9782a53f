//! What this instance says of itself (RFC 8414, OpenID Connect Discovery 1.0): one document, the same to the letter at
//! every address clients look for it.

use super::{dpop, issuer, pkce};
use crate::Kavach;
use crate::oauth::signing::Algorithm;
use kavach_model::Language;
use kavach_model::sign_in::Method;
use serde_json::{Value, json};

/// The grants there are.
pub const GRANTS: [&str; 7] = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    super::token::EXCHANGE,
    super::token::DEVICE,
    super::token::JWT_BEARER,
    super::token::CIBA,
];
/// Identity assertions of other providers are taken (draft-ietf-oauth-identity-assertion-authz-grant).
const ID_JAG_PROFILE: &str = "urn:ietf:params:oauth:grant-profile:id-jag";
/// How clients may prove who they are.
const AUTH_METHODS: [&str; 4] = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];
/// How clients may sign.
pub(crate) const CLIENT_ALGORITHMS: [&str; 4] = ["ES256", "EdDSA", "RS256", "PS256"];
/// One factor, and two.
pub const ACR: [&str; 2] = ["urn:kavach:acr:1", "urn:kavach:acr:2"];

/// The document; None where no tokens may be issued.
pub fn document(kv: &Kavach) -> Option<Value> {
    let issuer = issuer(kv)?;
    let at = |path: &str| format!("{issuer}{path}");
    let rules = &kv.config().oauth;
    let grants: Vec<&str> = GRANTS
        .into_iter()
        .filter(|grant| *grant != super::token::DEVICE || kv.config().methods.is_on(Method::Device))
        .filter(|grant| *grant != super::token::JWT_BEARER || !rules.trusted_issuers.is_empty())
        .collect();
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "jwks_uri": at("/oauth/jwks"),
        "userinfo_endpoint": at("/oauth/userinfo"),
        "introspection_endpoint": at("/oauth/introspect"),
        "revocation_endpoint": at("/oauth/revoke"),
        "pushed_authorization_request_endpoint": at("/oauth/par"),
        "device_authorization_endpoint": at("/oauth/device_authorization"),
        "backchannel_authentication_endpoint": at("/oauth/bc-authorize"),
        "backchannel_token_delivery_modes_supported": ["poll"],
        "backchannel_user_code_parameter_supported": false,
        "end_session_endpoint": at("/oauth/logout"),
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "scopes_supported": super::scope::STANDARD,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": grants,
        "code_challenge_methods_supported": [pkce::METHOD],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::as_str),
        "token_endpoint_auth_methods_supported": AUTH_METHODS,
        "token_endpoint_auth_signing_alg_values_supported": CLIENT_ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": AUTH_METHODS[1..],
        "introspection_endpoint_auth_signing_alg_values_supported": CLIENT_ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": AUTH_METHODS,
        "revocation_endpoint_auth_signing_alg_values_supported": CLIENT_ALGORITHMS,
        "dpop_signing_alg_values_supported": dpop::ALGORITHMS,
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": rules.client_documents,
        "acr_values_supported": ACR,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid", "name",
            "preferred_username", "locale", "updated_at", "email", "email_verified",
        ],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_pushed_authorization_requests": false,
        "ui_locales_supported": Language::ALL.iter().map(|language| language.tag()).collect::<Vec<_>>(),
        "service_documentation": at("/api/auth/docs"),
    });
    if rules.trusted_issuers.iter().any(|rule| rule.identity_assertions) {
        document["authorization_grant_profiles_supported"] = json!([ID_JAG_PROFILE]);
    }
    if !rules.assertion_audiences.is_empty() {
        document["identity_chaining_requested_token_types_supported"] = json!([super::token::ID_JAG]);
    }
    if rules.dynamic_registration {
        document["registration_endpoint"] = at("/oauth/register").into();
    }
    Some(document)
}

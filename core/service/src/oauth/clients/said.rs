//! What a client says of itself (RFC 7591, section 2), checked member by member whatever way it came.

use crate::names;
use crate::oauth::redirect_uri::RedirectUri;
use crate::oauth::resource::Resource;
use crate::oauth::scope::Scopes;
use crate::oauth::signing::Algorithm;
use crate::oauth::{metadata, token};
use kavach_model::oauth::{AuthMethod, ClientMetadata};
use serde_json::Value;

/// Most redirect URIs of one client.
const MOST_URIS: usize = 20;
/// Longest text of any other kind.
const LONGEST: usize = 2_048;

/// What is wrong with what a client says of itself: which member, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadMetadata {
    pub(crate) member: &'static str,
    pub(crate) why: String,
}

fn bad(member: &'static str, why: impl std::fmt::Display) -> BadMetadata {
    BadMetadata { member, why: why.to_string() }
}

impl BadMetadata {
    /// The member as the API spells it.
    pub(super) fn field(&self) -> &'static str {
        match self.member {
            "client_name" => "name",
            "redirect_uris" => "redirectUris",
            "post_logout_redirect_uris" => "postLogoutRedirectUris",
            "grant_types" => "grantTypes",
            "token_endpoint_auth_method" => "authMethod",
            "id_token_signed_response_alg" => "idTokenSignedResponseAlg",
            "jwks_uri" => "jwksUri",
            "backchannel_logout_uri" => "backchannelLogoutUri",
            other => other,
        }
    }
}

/// Checks what a client says of itself, and gives it in one form: its name, how it proves who it is, the rest.
pub(crate) fn check(
    mut said: ClientMetadata,
) -> std::result::Result<(String, AuthMethod, ClientMetadata), BadMetadata> {
    let name = said.client_name.as_deref().unwrap_or_default();
    let name = names::parse("name", name, 100).map_err(|error| bad("client_name", error.message))?;
    said.client_name = Some(name.clone());
    let method = said.token_endpoint_auth_method.as_deref().unwrap_or("client_secret_basic");
    let method =
        AuthMethod::parse(method).ok_or_else(|| bad("token_endpoint_auth_method", "is not supported"))?;
    said.token_endpoint_auth_method = Some(method.as_str().to_owned());
    for (member, uris) in [
        ("redirect_uris", &said.redirect_uris),
        ("post_logout_redirect_uris", &said.post_logout_redirect_uris),
    ] {
        if uris.len() > MOST_URIS {
            return Err(bad(member, format_args!("lists more than {MOST_URIS}")));
        }
        for uri in uris {
            RedirectUri::parse(uri).map_err(|error| bad(member, error))?;
        }
    }
    if said.grant_types.is_empty() {
        said.grant_types = vec!["authorization_code".to_owned()];
    }
    let known = |grant: &String| metadata::GRANTS.contains(&grant.as_str());
    if said.grant_types.len() > 20 || !said.grant_types.iter().any(known) {
        return Err(bad("grant_types", "names no grant that is supported"));
    }
    said.grant_types.retain(known);
    said.grant_types.dedup();
    if said.grant_types.iter().any(|grant| grant == "authorization_code") && said.redirect_uris.is_empty() {
        return Err(bad("redirect_uris", "must name at least one"));
    }
    let own = |grant: &String| {
        ["client_credentials", token::EXCHANGE, token::JWT_BEARER, token::CIBA].contains(&grant.as_str())
    };
    if method == AuthMethod::None && said.grant_types.iter().any(own) {
        return Err(bad("grant_types", "names one for which the client must prove who it is"));
    }
    if said.response_types.iter().any(|kind| kind != "code") {
        return Err(bad("response_types", "must be `code` alone"));
    }
    if let Some(scope) = &said.scope {
        scope.parse::<Scopes>().map_err(|error| bad("scope", error))?;
    }
    check_keys(&said, method)?;
    if said.id_token_signed_response_alg.as_deref().is_some_and(|alg| Algorithm::named(alg).is_none()) {
        return Err(bad("id_token_signed_response_alg", "must be ES256, EdDSA or RS256"));
    }
    if said.application_type.as_deref().is_some_and(|kind| !["native", "web"].contains(&kind)) {
        return Err(bad("application_type", "must be `native` or `web`"));
    }
    for (member, uri) in [
        ("client_uri", &said.client_uri),
        ("logo_uri", &said.logo_uri),
        ("policy_uri", &said.policy_uri),
        ("tos_uri", &said.tos_uri),
        ("jwks_uri", &said.jwks_uri),
        ("backchannel_logout_uri", &said.backchannel_logout_uri),
    ] {
        let web = |uri: &String| {
            let plain = uri.len() <= LONGEST && uri.bytes().all(|byte| byte.is_ascii_graphic());
            plain && Resource::parse(uri).is_ok()
        };
        if uri.as_ref().is_some_and(|uri| !web(uri)) {
            return Err(bad(member, "must be an absolute https or http address"));
        }
    }
    let open = said.backchannel_logout_uri.as_ref().is_some_and(|uri| !uri.starts_with("https://"));
    if open && method == AuthMethod::None {
        return Err(bad(
            "backchannel_logout_uri",
            "must be https for a client that does not prove who it is",
        ));
    }
    let short = |text: &Option<String>| text.as_ref().is_none_or(|text| text.len() <= 200);
    if said.contacts.len() > 10 || said.contacts.iter().any(|contact| contact.len() > 200) {
        return Err(bad("contacts", "is too long"));
    }
    if !short(&said.software_id) || !short(&said.software_version) {
        return Err(bad("software_id", "is too long"));
    }
    Ok((name, method, said))
}

fn check_keys(said: &ClientMetadata, method: AuthMethod) -> std::result::Result<(), BadMetadata> {
    if said.jwks.is_some() && said.jwks_uri.is_some() {
        return Err(bad("jwks", "cannot come with jwks_uri"));
    }
    if method == AuthMethod::PrivateKeyJwt && said.jwks.is_none() && said.jwks_uri.is_none() {
        return Err(bad("jwks", "or jwks_uri is needed for private_key_jwt"));
    }
    let Some(set) = &said.jwks else { return Ok(()) };
    let keys = set["keys"].as_array().ok_or_else(|| bad("jwks", "is not a key set"))?;
    let public = |key: &Value| {
        let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
        key.is_object() && private.iter().all(|member| key.get(member).is_none())
    };
    if keys.is_empty() || keys.len() > 20 || set.to_string().len() > 16 * 1024 || !keys.iter().all(public) {
        return Err(bad("jwks", "must hold one to twenty public keys"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn checked(said: Value) -> std::result::Result<ClientMetadata, &'static str> {
        let mut whole = json!({
            "client_name": "App", "redirect_uris": ["https://app.example/cb"], "token_endpoint_auth_method": "none",
        });
        for (name, value) in said.as_object().unwrap() {
            whole[name] = value.clone();
        }
        check(serde_json::from_value(whole).unwrap()).map(|(_, _, said)| said).map_err(|bad| bad.member)
    }

    #[test]
    fn what_a_client_says_of_itself_is_checked_member_by_member() {
        assert_eq!(checked(json!({})).unwrap().grant_types, ["authorization_code"]);
        let kept =
            checked(json!({"grant_types": ["authorization_code", "implicit", "refresh_token"]})).unwrap();
        assert_eq!(kept.grant_types, ["authorization_code", "refresh_token"]);
        for (said, member) in [
            (json!({"client_name": "a\u{202e}b"}), "client_name"),
            (json!({"client_name": ""}), "client_name"),
            (json!({"redirect_uris": []}), "redirect_uris"),
            (json!({"redirect_uris": ["javascript:alert(1)"]}), "redirect_uris"),
            (json!({"redirect_uris": ["http://evil.example/cb"]}), "redirect_uris"),
            (json!({"post_logout_redirect_uris": ["data:text/html,x"]}), "post_logout_redirect_uris"),
            (json!({"token_endpoint_auth_method": "tls_client_auth"}), "token_endpoint_auth_method"),
            (json!({"grant_types": ["implicit"]}), "grant_types"),
            (json!({"grant_types": ["client_credentials"]}), "grant_types"),
            (json!({"response_types": ["code", "token"]}), "response_types"),
            (json!({"scope": "a  b"}), "scope"),
            (json!({"token_endpoint_auth_method": "private_key_jwt"}), "jwks"),
            (json!({"jwks": {"keys": [{"kty": "EC", "d": "x"}]}}), "jwks"),
            (json!({"logo_uri": "javascript:alert(1)"}), "logo_uri"),
            (json!({"id_token_signed_response_alg": "HS256"}), "id_token_signed_response_alg"),
            (json!({"application_type": "other"}), "application_type"),
            (json!({"backchannel_logout_uri": "https://app.example/out#x"}), "backchannel_logout_uri"),
            (json!({"backchannel_logout_uri": "http://app.example/out"}), "backchannel_logout_uri"),
            (json!({"backchannel_logout_uri": "/out"}), "backchannel_logout_uri"),
        ] {
            assert_eq!(checked(said.clone()).unwrap_err(), member, "{said}");
        }
    }
}

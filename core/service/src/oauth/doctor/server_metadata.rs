//! The metadata of an authorization server (RFC 8414, OpenID Connect Discovery), at every place clients look, and whether
//! a client could go on with it.

use super::Report;
use super::probe::{self, Document, Prober};
use url::Url;

pub(super) async fn examine(prober: &Prober<'_>, issuer: &str, report: &mut Report) {
    let Some(url) = Url::parse(issuer).ok().filter(|url| url.has_host()) else {
        report.problem(
            "server.address",
            format!("{issuer} is no address of an authorization server"),
            "write its issuer into authorization_servers",
        );
        return;
    };
    if !probe::is_safe(&url) {
        report.problem("server.http", format!("{issuer} is plain http"), "serve it over https");
    }
    let mut found = Vec::new();
    for place in places(&url) {
        match prober.document(&place).await {
            Ok(document) => {
                report.fine("server.place", format!("{place} answers"));
                found.push(document);
            }
            Err(problem) => {
                report.warn(
                    "server.place",
                    problem,
                    "serve the metadata here, too: some clients look at one place only",
                );
            }
        }
    }
    let Some(first) = found.first() else {
        report.problem(
            "server.missing",
            format!("the metadata of {issuer} is nowhere"),
            format!("serve it at {}", places(&url).join(" and at ")),
        );
        return;
    };
    if found.iter().any(|other| other.body != first.body) {
        report.warn(
            "server.differs",
            "the metadata differs from place to place",
            "serve the same bytes at every place",
        );
    }
    for document in &found {
        is_of(document, issuer, report);
        has_pkce(document, report);
    }
    endpoints(first, report);
    ways_in(first, report);
    rest(first, report);
}

/// Clients compare to the letter, and throw the document away otherwise (RFC 8414, section 3.3).
fn is_of(document: &Document, issuer: &str, report: &mut Report) {
    match document.text("issuer") {
        Some(named) if named == issuer => {}
        Some(named) if named.trim_end_matches('/') == issuer.trim_end_matches('/') => report.problem(
            "server.issuer",
            format!(
                "{} calls itself {named}, and the resource calls it {issuer}: a slash apart",
                document.url
            ),
            "write both with the slash, or both without; clients compare letter by letter",
        ),
        Some(named) => report.problem(
            "server.issuer",
            format!("{} calls itself {named}, not {issuer}", document.url),
            "write the issuer into authorization_servers exactly as the authorization server does",
        ),
        None => {
            report.problem("server.issuer", format!("{} names no issuer", document.url), "add \"issuer\"")
        }
    }
}

fn has_pkce(document: &Document, report: &mut Report) {
    let methods = document.list("code_challenge_methods_supported").unwrap_or_default();
    if !methods.contains(&"S256") {
        report.problem(
            "server.pkce",
            format!("{} does not offer PKCE with S256", document.url),
            "add \"code_challenge_methods_supported\": [\"S256\"]; without it MCP clients must refuse to go on",
        );
    }
    if methods.contains(&"plain") {
        report.warn(
            "server.pkce_plain",
            format!("{} offers PKCE without a hash", document.url),
            "take \"plain\" away",
        );
    }
}

fn endpoints(document: &Document, report: &mut Report) {
    for (name, grave) in [("authorization_endpoint", true), ("token_endpoint", true), ("jwks_uri", false)] {
        let url = document.text(name).and_then(|text| Url::parse(text).ok());
        match url {
            Some(url) if probe::is_safe(&url) => {}
            Some(url) => report.problem(
                "server.endpoint",
                format!("{name} is plain http: {url}"),
                "serve it over https",
            ),
            None if grave => {
                report.problem("server.endpoint", format!("there is no {name}"), format!("add \"{name}\""));
            }
            None => report.warn("server.endpoint", format!("there is no {name}"), format!("add \"{name}\"")),
        }
    }
    if document.list("response_types_supported").is_none_or(|types| !types.contains(&"code")) {
        report.problem(
            "server.code",
            "the authorization code is not among response_types_supported",
            "add \"response_types_supported\": [\"code\"]",
        );
    }
    let grants = document.list("grant_types_supported");
    if grants.as_ref().is_some_and(|grants| !grants.contains(&"authorization_code")) {
        report.problem("server.code", "grant_types_supported leaves authorization_code out", "add it");
    } else if grants.is_none_or(|grants| !grants.contains(&"refresh_token")) {
        report.warn(
            "server.refresh",
            "nothing says that tokens can be renewed",
            "add \"refresh_token\" to grant_types_supported; without it people sign in each time a token ends",
        );
    }
}

/// How a client that nobody has heard of becomes one.
fn ways_in(document: &Document, report: &mut Report) {
    let by_document = document.says("client_id_metadata_document_supported");
    let by_registration = document.text("registration_endpoint").is_some();
    match (by_document, by_registration) {
        (true, true) => report.fine("server.registration", "clients may bring a metadata document, or register"),
        (false, true) => report.warn(
            "server.registration",
            "clients can register, and cannot bring a metadata document",
            "support Client ID Metadata Documents, which MCP 2026-07-28 puts first; registration is deprecated there",
        ),
        (true, false) => report.warn(
            "server.registration",
            "clients can bring a metadata document, and cannot register",
            "offer dynamic registration, too: every SDK without a document of its own still uses it",
        ),
        (false, false) => report.problem(
            "server.registration",
            "only clients that were set up beforehand can connect",
            "support Client ID Metadata Documents and dynamic registration, or give people a client_id to paste",
        ),
    }
    // Absent, it means client_secret_basic (RFC 8414, section 2).
    if document.list("token_endpoint_auth_methods_supported").is_none_or(|methods| !methods.contains(&"none"))
    {
        report.problem(
            "server.public_clients",
            "programs on people's computers, which can keep no secret, cannot use the token endpoint",
            "add \"none\" to token_endpoint_auth_methods_supported",
        );
    }
}

fn rest(document: &Document, report: &mut Report) {
    if !document.says("authorization_response_iss_parameter_supported") {
        report.warn(
            "server.iss",
            "answers do not say which authorization server they come from",
            "send iss with each answer (RFC 9207) and say \"authorization_response_iss_parameter_supported\": true",
        );
    }
    let symmetric = |algorithm: &&str| algorithm.starts_with("HS") || *algorithm == "none";
    if document.list("dpop_signing_alg_values_supported").is_some_and(|list| list.iter().any(symmetric)) {
        report.problem(
            "server.dpop",
            "proofs of possession may be signed with a shared secret",
            "offer asymmetric algorithms only",
        );
    }
    if !document.for_browsers {
        report.warn(
            "server.cors",
            "programs in browsers cannot read the metadata of the authorization server",
            "send Access-Control-Allow-Origin: * with it",
        );
    }
}

/// In the order clients try them.
fn places(issuer: &Url) -> Vec<String> {
    let origin = issuer.origin().ascii_serialization();
    let path = issuer.path().trim_end_matches('/');
    let mut places = vec![
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{origin}/.well-known/openid-configuration{path}"),
    ];
    if !path.is_empty() {
        places.push(format!("{origin}{path}/.well-known/openid-configuration"));
    }
    places
}

//! The metadata of the resource (RFC 9728), at every place clients look.

use super::Report;
use super::probe::{self, Document, Prober};
use crate::oauth::resource::Resource;
use url::Url;

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// Returns the authorization servers it names.
pub(super) async fn examine(
    prober: &Prober<'_>,
    url: &Url,
    advised: Option<&str>,
    report: &mut Report,
) -> Vec<String> {
    let mut found: Vec<Document> = Vec::new();
    for place in places(url, advised) {
        match prober.document(&place).await {
            Ok(document) => {
                report.fine("metadata.place", format!("{place} answers"));
                found.push(document);
            }
            Err(problem) if advised == Some(place.as_str()) => report.problem(
                "metadata.advised",
                format!("the challenge leads nowhere: {problem}"),
                "serve the metadata where the challenge says it is",
            ),
            Err(problem) => report.warn(
                "metadata.place",
                problem,
                "serve the metadata here, too: clients that read no challenge look here",
            ),
        }
    }
    let Some(document) = found.first() else {
        report.problem(
            "metadata.missing",
            "the metadata of the resource is nowhere",
            format!("serve it at {}", places(url, None).first().map_or(WELL_KNOWN, String::as_str)),
        );
        return Vec::new();
    };
    if found.iter().any(|other| other.members != document.members) {
        report.warn(
            "metadata.differs",
            "the metadata differs from place to place",
            "serve the same at every place",
        );
    }
    read(document, url, report)
}

fn read(document: &Document, url: &Url, report: &mut Report) -> Vec<String> {
    names_this_resource(document, url, report);
    if !document.is_json {
        report.warn("metadata.type", "the metadata is not sent as application/json", "send that type");
    }
    if !document.for_browsers {
        report.warn(
            "metadata.cors",
            "programs in browsers cannot read the metadata",
            "send Access-Control-Allow-Origin: * with it",
        );
    }
    if document.list("bearer_methods_supported").is_some_and(|methods| methods.contains(&"query")) {
        report.problem(
            "metadata.query",
            "tokens are taken from addresses, which end up in logs",
            "take them from the Authorization header only, and say so: \"bearer_methods_supported\": [\"header\"]",
        );
    }
    if document.list("scopes_supported").is_some_and(|scopes| scopes.contains(&"offline_access")) {
        report.warn(
            "metadata.offline_access",
            "scopes_supported names offline_access",
            "leave it out: it is no scope of a resource",
        );
    }
    let servers = document.list("authorization_servers").unwrap_or_default();
    if servers.is_empty() {
        report.problem(
            "metadata.servers",
            "the metadata names no authorization server",
            "add \"authorization_servers\": [\"https://...\"], each exactly as that server writes its issuer",
        );
    }
    servers.into_iter().map(str::to_owned).collect()
}

/// Clients throw the metadata of another resource away (RFC 9728, section 3.3).
fn names_this_resource(document: &Document, url: &Url, report: &mut Report) {
    let Some(named) = document.text("resource") else {
        report.problem(
            "metadata.resource",
            "the metadata does not say whose it is",
            format!("add \"resource\": \"{url}\""),
        );
        return;
    };
    let change = format!("set \"resource\" to the address clients are given: {url}");
    match (Resource::parse(named), Resource::parse(url.as_str())) {
        (Ok(one), Ok(other)) if one == other => {
            report.fine("metadata.resource", format!("the resource calls itself {named}"));
        }
        (Ok(one), Ok(other)) if is_above(one.as_str(), other.as_str()) => {
            report.warn(
                "metadata.resource",
                format!("the resource calls itself {named}, which is above {url}"),
                change,
            );
        }
        _ => report.problem(
            "metadata.resource",
            format!("the resource calls itself {named}, not {url}"),
            change,
        ),
    }
}

/// Some clients are content with a resource that contains theirs.
fn is_above(one: &str, other: &str) -> bool {
    other.strip_prefix(one.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
}

/// What the challenge says, then the path of the resource, then without.
fn places(url: &Url, advised: Option<&str>) -> Vec<String> {
    let origin = url.origin().ascii_serialization();
    let path = if url.path() == "/" { "" } else { url.path() };
    let mut places: Vec<String> = advised.map(str::to_owned).into_iter().collect();
    for place in [format!("{origin}{WELL_KNOWN}{path}"), format!("{origin}{WELL_KNOWN}")] {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    // What a stranger's challenge says is fetched only where a token could be sent as well.
    places.retain(|place| Url::parse(place).is_ok_and(|place| probe::is_safe(&place)));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_those_of_the_clients_each_once() {
        let url = Url::parse("https://mcp.example/a/mcp").unwrap();
        let inserted = "https://mcp.example/.well-known/oauth-protected-resource/a/mcp";
        let root = "https://mcp.example/.well-known/oauth-protected-resource";
        assert_eq!(places(&url, None), [inserted, root]);
        assert_eq!(places(&url, Some(root)), [root, inserted]);
        assert_eq!(
            places(&url, Some("https://elsewhere.example/m")),
            ["https://elsewhere.example/m", inserted, root]
        );
        assert_eq!(places(&url, Some("http://elsewhere.example/m")), [inserted, root]);
    }

    #[test]
    fn above_is_by_whole_segments() {
        assert!(is_above("https://a.example", "https://a.example/mcp"));
        assert!(is_above("https://a.example/x/", "https://a.example/x/mcp"));
        assert!(!is_above("https://a.example/m", "https://a.example/mcp"));
        assert!(!is_above("https://a.example", "https://a.example.evil/mcp"));
    }
}

//! Where the authorization server has its keys and its introspection (RFC 8414, OpenID Connect Discovery).

use crate::outgoing::{self, NoAnswer};
use crate::strict_json;
use reqwest::{Client, Method, Request, Url};
use std::sync::{Arc, PoisonError, RwLock};

/// The authorization server, found by its issuer.
#[derive(Debug)]
pub(crate) struct AuthorizationServer {
    pub(crate) issuer: String,
    pub(crate) client: Client,
    found: RwLock<Option<Arc<Endpoints>>>,
}

/// What its metadata says.
#[derive(Debug)]
pub(crate) struct Endpoints {
    pub(crate) keys: Url,
    pub(crate) introspection: Option<Url>,
}

impl AuthorizationServer {
    pub(crate) fn new(issuer: String, client: Client) -> Self {
        Self { issuer, client, found: RwLock::new(None) }
    }

    /// Its endpoints, asked for once.
    pub(crate) async fn endpoints(&self) -> Result<Arc<Endpoints>, NoAnswer> {
        if let Some(found) = self.found.read().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(found);
        }
        for address in addresses(&self.issuer) {
            if let Some(endpoints) = self.read(address).await {
                let endpoints = Arc::new(endpoints);
                *self.found.write().unwrap_or_else(PoisonError::into_inner) = Some(endpoints.clone());
                return Ok(endpoints);
            }
        }
        Err(NoAnswer::default())
    }

    /// Asks again at the next use: what was found does not answer any more.
    pub(crate) fn forget(&self) {
        *self.found.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn read(&self, address: Url) -> Option<Endpoints> {
        let answer = outgoing::ask(&self.client, Request::new(Method::GET, address)).await.ok()?;
        let document = strict_json::object(&answer.body).filter(|_| answer.status == 200)?;
        // To the letter: a document of another issuer must not be used (RFC 8414, section 3.3).
        if document.get("issuer")?.as_str()? != self.issuer {
            tracing::warn!(
                issuer = self.issuer,
                "the metadata of the authorization server names another issuer"
            );
            return None;
        }
        let url = |name: &str| {
            let url = Url::parse(document.get(name)?.as_str()?).ok()?;
            outgoing::is_safe(&url).then_some(url)
        };
        Some(Endpoints { keys: url("jwks_uri")?, introspection: url("introspection_endpoint") })
    }
}

/// Every place the metadata of an issuer may be at, in the order clients look.
fn addresses(issuer: &str) -> Vec<Url> {
    let Ok(url) = Url::parse(issuer) else { return Vec::new() };
    let origin = url.origin().ascii_serialization();
    let path = url.path().trim_end_matches('/');
    let mut places = vec![
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{origin}/.well-known/openid-configuration{path}"),
    ];
    if !path.is_empty() {
        places.push(format!("{origin}{path}/.well-known/openid-configuration"));
    }
    places.iter().filter_map(|place| Url::parse(place).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_looked_at_in_order() {
        let of = |issuer| addresses(issuer).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            of("https://id.example"),
            [
                "https://id.example/.well-known/oauth-authorization-server",
                "https://id.example/.well-known/openid-configuration",
            ]
        );
        assert_eq!(
            of("https://id.example/t1"),
            [
                "https://id.example/.well-known/oauth-authorization-server/t1",
                "https://id.example/.well-known/openid-configuration/t1",
                "https://id.example/t1/.well-known/openid-configuration",
            ]
        );
    }
}

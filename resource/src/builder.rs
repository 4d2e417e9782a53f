//! Describing a resource.

use crate::clock::{Clock, SystemClock};
use crate::decision::{Asks, Decisions};
use crate::discovery::AuthorizationServer;
use crate::dpop::UsedProofs;
use crate::introspection::Introspection;
use crate::keys::Keys;
use crate::outgoing;
use crate::refusal::Dpop;
use crate::resource_server::{Inner, ResourceServer, Verification};
use crate::scope::{Hierarchy, Scopes};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const DEFAULT_MEMORY: Duration = Duration::from_secs(10);
const LONGEST_MEMORY: Duration = Duration::from_secs(300);

/// The description cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The resource is no absolute URI of https, or http on this machine, without query, fragment and user.
    #[error("the resource must be an https URI (http on this machine) without query, fragment and user: {0}")]
    Resource(String),
    /// The same of the issuer.
    #[error("the issuer must be an https URI (http on this machine) without query, fragment and user: {0}")]
    Issuer(String),
    /// A scope holds white space, a quote, a backslash or something outside ASCII.
    #[error("a scope is printable ASCII without spaces, quotes and backslashes")]
    Scope,
    /// The credentials for introspection cannot be sent, or its memory is longer than five minutes.
    #[error("introspection needs credentials and a memory of at most five minutes")]
    Introspection,
    /// No HTTP client could be made.
    #[error("no HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// Describes a resource; see [`ResourceServer::builder`].
#[must_use]
pub struct Builder {
    resource: String,
    issuer: String,
    name: Option<String>,
    documentation: Option<String>,
    scopes: Scopes,
    hierarchy: Hierarchy,
    dpop: Dpop,
    introspection: Option<(String, String)>,
    memory: Duration,
    asks: Option<Asks>,
    client: Option<reqwest::Client>,
    clock: Arc<dyn Clock>,
}

impl Builder {
    pub(crate) fn new(resource: String, issuer: String) -> Self {
        Self {
            resource,
            issuer,
            name: None,
            documentation: None,
            scopes: Scopes::default(),
            hierarchy: Hierarchy::default(),
            dpop: Dpop::default(),
            introspection: None,
            memory: DEFAULT_MEMORY,
            asks: None,
            client: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// What to call it where people read it: `resource_name`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// A page for developers: `resource_documentation`.
    pub fn documentation(mut self, url: impl Into<String>) -> Self {
        self.documentation = Some(url.into());
        self
    }

    /// The scopes a client should ask for to begin with: `scopes_supported`. Clients often ask for all of them, so name
    /// few; what else is needed, a challenge says. `offline_access` is no scope of a resource.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().collect();
        self
    }

    /// Whoever has the scope `broad` also has all of `narrow`, and what these include.
    pub fn implies<S: Into<String>>(
        mut self,
        broad: impl Into<String>,
        narrow: impl IntoIterator<Item = S>,
    ) -> Self {
        self.hierarchy.imply(broad.into(), narrow.into_iter().collect());
        self
    }

    /// Whether tokens must be bound to a key of the client (RFC 9449). Bound ones are always taken.
    pub fn dpop(mut self, dpop: Dpop) -> Self {
        self.dpop = dpop;
        self
    }

    /// Asks the authorization server about every token instead of checking signatures: what is revoked ends within the
    /// memory (see [`Builder::introspection_memory`]), and opaque tokens work. These are the credentials of a client
    /// that may introspect.
    pub fn introspect(mut self, client_id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.introspection = Some((client_id.into(), secret.into()));
        self
    }

    /// For how long an answer about a token is remembered: ten seconds unless said otherwise, five minutes at most, and
    /// never beyond the end of the token.
    pub fn introspection_memory(mut self, memory: Duration) -> Self {
        self.memory = memory;
        self
    }

    /// How [`ResourceServer::authorize`] presents itself; without this it gives no decision.
    pub fn asks(mut self, asks: Asks) -> Self {
        self.asks = Some(asks);
        self
    }

    /// Another HTTP client, as for an authority of one's own. It should not follow redirects.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.client = Some(client);
        self
    }

    /// Another clock, for tests.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Checks the description. Nothing is fetched before the first token is seen.
    pub fn build(self) -> Result<ResourceServer, ConfigError> {
        let (resource, url) = canonical(&self.resource).ok_or(ConfigError::Resource(self.resource))?;
        if canonical(&self.issuer).is_none() {
            return Err(ConfigError::Issuer(self.issuer));
        }
        if !self.scopes.is_well_formed() {
            return Err(ConfigError::Scope);
        }
        let client = match self.client {
            Some(client) => client,
            None => outgoing::client()?,
        };
        let base = format!("{}/api/auth", self.issuer.trim_end_matches('/'));
        let decisions = Decisions { client: client.clone(), base, asks: self.asks };
        let server = Arc::new(AuthorizationServer::new(self.issuer.clone(), client));
        let verification = match &self.introspection {
            None => Verification::Signature(Keys::new(server, self.clock.clone())),
            Some((id, secret)) if self.memory <= LONGEST_MEMORY => Verification::Introspection(
                Introspection::new(server, self.clock.clone(), (id, secret), self.memory)
                    .ok_or(ConfigError::Introspection)?,
            ),
            Some(_) => return Err(ConfigError::Introspection),
        };
        Ok(ResourceServer(Arc::new(Inner {
            resource,
            url,
            issuer: self.issuer,
            name: self.name,
            documentation: self.documentation,
            scopes: self.scopes,
            hierarchy: self.hierarchy,
            dpop: self.dpop,
            verification,
            used_proofs: UsedProofs::default(),
            decisions,
            clock: self.clock,
        })))
    }
}

/// The one form of an address that Kavach writes into `aud`: host in lower case, no default port, no slash where there
/// is no path.
fn canonical(text: &str) -> Option<(String, Url)> {
    let url = Url::parse(text).ok().filter(outgoing::is_safe)?;
    let segments = url.path_segments()?;
    // Such a path could not be served by axum.
    let is_plain =
        !segments.clone().any(|segment| segment.starts_with([':', '*']) || segment.contains(['{', '}']));
    if url.query().is_some() || url.fragment().is_some() || !is_plain {
        return None;
    }
    let path = if url.path() == "/" { "" } else { url.path() };
    Some((format!("{}{path}", url.origin().ascii_serialization()), url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(text: &str) -> Option<String> {
        canonical(text).map(|(resource, _)| resource)
    }

    #[test]
    fn the_ways_of_writing_one_resource_are_one() {
        for text in ["https://mcp.example", "https://mcp.example/", "https://MCP.example:443"] {
            assert_eq!(resource(text).as_deref(), Some("https://mcp.example"), "{text}");
        }
        assert_eq!(resource("https://mcp.example/mcp/").as_deref(), Some("https://mcp.example/mcp/"));
        assert_eq!(resource("http://127.0.0.1:9000/mcp").as_deref(), Some("http://127.0.0.1:9000/mcp"));
        assert_eq!(resource("http://[::1]:9000/mcp").as_deref(), Some("http://[::1]:9000/mcp"));
    }

    #[test]
    fn what_no_token_should_be_sent_to_is_no_resource() {
        for text in [
            "",
            "mcp.example",
            "http://mcp.example/mcp",
            "http://localhost.example/",
            "ftp://localhost/",
            "https://ada@mcp.example/",
            "https://mcp.example/?x",
            "https://mcp.example/#x",
            "https://mcp.example/:x",
            "https://mcp.example/a/*",
        ] {
            assert_eq!(resource(text), None, "{text}");
        }
    }
}

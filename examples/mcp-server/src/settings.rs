//! Settings, from the environment.

use std::env;

/// Where this server is, and who issues its tokens.
pub struct Settings {
    /// `LISTEN`: address and port.
    pub listen: String,
    /// `RESOURCE`: the address clients are given, and the audience of tokens.
    pub resource: String,
    /// `ISSUER`: where Kavach is.
    pub issuer: String,
    /// `KAVACH_KEY`: an API key with the scope `authorize`; without it nothing is deployed.
    pub api_key: Option<String>,
}

impl Settings {
    /// Reads them; each has a value that fits a Kavach on this machine.
    pub fn from_environment() -> Self {
        let read = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
        Self {
            listen: read("LISTEN", "127.0.0.1:8090"),
            resource: read("RESOURCE", "http://localhost:8090/mcp"),
            issuer: read("ISSUER", "http://localhost:3000"),
            api_key: env::var("KAVACH_KEY").ok(),
        }
    }

    /// The path of the MCP endpoint.
    pub fn path(&self) -> String {
        let rest = self.after_scheme();
        rest.find('/').map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned())
    }

    /// The hosts that may stand in a request: that of the resource, against DNS rebinding.
    pub fn hosts(&self) -> Vec<String> {
        let authority = self.after_scheme().split('/').next().unwrap_or_default();
        vec![authority.to_owned()]
    }

    fn after_scheme(&self) -> &str {
        self.resource.split_once("://").map_or("", |(_, rest)| rest)
    }
}

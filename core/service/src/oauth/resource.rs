//! Resource indicators (RFC 8707): which server a token is for.
//!
//! Clients write the address of a server in their own way: with upper-case letters in scheme or host, with or without the
//! slash at the end of an address that has no path, with the default port. All of these are one server. Everything else
//! about an address is kept as it is, because servers compare what stands in a token's `aud` to the letter.

use std::fmt;
use url::Url;

/// Longest one that is read, in bytes.
const LONGEST: usize = 2_048;

/// The address of a server, in the one form it is compared and stored in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource(String);

/// The text is no absolute URI without a fragment (`invalid_target`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a resource is an absolute http or https URI without a fragment, a user or a password")]
pub struct InvalidResource;

impl Resource {
    /// Reads one in whatever way it is written.
    pub fn parse(text: &str) -> Result<Self, InvalidResource> {
        if text.len() > LONGEST
            || text.contains(['#', '\\'])
            || !text.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(InvalidResource);
        }
        let url = Url::parse(text).map_err(|_| InvalidResource)?;
        let is_web =
            matches!(url.scheme(), "https" | "http") && url.host_str().is_some_and(|host| !host.is_empty());
        let after = text.split_once("://").map_or("", |(_, after)| after);
        if !is_web || after.is_empty() || !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidResource);
        }
        let origin = url.origin().ascii_serialization();
        let path = match (url.path(), url.query()) {
            ("/", None) => "",
            (path, _) => path,
        };
        let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
        Ok(Self(format!("{origin}{path}{query}")))
    }

    /// In that form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        Resource::parse(text).ok().map(|resource| resource.0)
    }

    #[test]
    fn the_ways_of_writing_one_server_are_one() {
        for text in [
            "https://mcp.example",
            "https://mcp.example/",
            "https://MCP.example",
            "HTTPS://mcp.example/",
            "https://mcp.example:443",
        ] {
            assert_eq!(read(text).as_deref(), Some("https://mcp.example"), "{text}");
        }
        assert_eq!(read("https://mcp.example/mcp").as_deref(), Some("https://mcp.example/mcp"));
        assert_eq!(read("http://127.0.0.1:9000/mcp?x=1").as_deref(), Some("http://127.0.0.1:9000/mcp?x=1"));
    }

    #[test]
    fn different_servers_stay_different() {
        let all = [
            "https://a.example/mcp",
            "https://a.example/mcp/",
            "https://a.example/MCP",
            "https://a.example:8443/mcp",
            "http://a.example/mcp",
            "https://b.example/mcp",
            "https://a.example/mcp?x",
        ];
        let read: std::collections::BTreeSet<_> = all.iter().map(|text| read(text).unwrap()).collect();
        assert_eq!(read.len(), all.len());
    }

    #[test]
    fn what_is_no_address_of_a_server_is_no_target() {
        for text in [
            "",
            "mcp.example",
            "/mcp",
            "//mcp.example",
            "https://",
            "https:mcp.example",
            "ftp://mcp.example",
            "urn:x:y",
            "https://mcp.example/#",
            "https://mcp.example/mcp#x",
            "https://ada@mcp.example/",
            "https://mcp.example\\x",
            "https://mcp example/",
            "https://mcp.example/\n",
            "javascript:alert(1)",
            "data:,x",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

//! Fetching for the doctor: what came back, or why nothing did, in words.

use crate::outbound::{FetchError, HttpFetch, Request, Response, Trust};
use serde_json::{Map, Value, json};
use std::net::IpAddr;
use url::Url;

/// What a client of the revisions until 2025-11-25 says first; newer ones are content with its answer, too.
const HELLO: &str = "2025-11-25";

/// Fetches with the care that befits whoever chose the address.
pub(super) struct Prober<'a> {
    http: &'a dyn HttpFetch,
    trust: Trust,
}

impl<'a> Prober<'a> {
    pub(super) fn new(http: &'a dyn HttpFetch, trust: Trust) -> Self {
        Self { http, trust }
    }

    /// The first message of an MCP client, with this token if there is one.
    pub(super) async fn hello(&self, url: &Url, token: Option<&str>) -> Result<Response, String> {
        let message = json!({
            "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": {
                "protocolVersion": HELLO, "capabilities": {}, "clientInfo": {"name": "kavach-doctor", "version": "1"},
            },
        });
        let request = Request::post(url.as_str(), self.trust, message.to_string().into_bytes())
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        let request = match token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        self.http.fetch(request).await.map_err(|error| words(url.as_str(), error))
    }

    /// A document in JSON, as a program in a browser would ask for it.
    pub(super) async fn document(&self, url: &str) -> Result<Document, String> {
        let request = Request::get(url, self.trust)
            .header("accept", "application/json")
            .header("origin", "https://inspector.example");
        let answer = self.http.fetch(request).await.map_err(|error| words(url, error))?;
        if answer.status != 200 {
            return Err(format!("{url} answers {}", answer.status));
        }
        let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
        let is_json = header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        let for_browsers = header("access-control-allow-origin").is_some();
        match serde_json::from_slice(&answer.body) {
            Ok(Value::Object(members)) => {
                Ok(Document { url: url.to_owned(), members, body: answer.body, is_json, for_browsers })
            }
            _ => Err(format!("{url} answers something that is no JSON object")),
        }
    }
}

/// A document and how it came.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) url: String,
    pub(super) members: Map<String, Value>,
    pub(super) body: Vec<u8>,
    pub(super) is_json: bool,
    pub(super) for_browsers: bool,
}

impl Document {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    /// The texts of a list; None where there is no list.
    pub(super) fn list(&self, name: &str) -> Option<Vec<&str>> {
        Some(self.members.get(name)?.as_array()?.iter().filter_map(Value::as_str).collect())
    }

    pub(super) fn says(&self, name: &str) -> bool {
        self.members.get(name) == Some(&Value::Bool(true))
    }
}

/// https, or this machine.
pub(super) fn is_safe(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

fn words(url: &str, error: FetchError) -> String {
    format!("{url}: {error}")
}

//! What the browser says about a ceremony (section 5.8.1 of the specification): read to find the challenge, and for what the
//! library does not look at.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The client data of a response.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClientData {
    /// What the authenticator was asked to do.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The challenge, as base64url.
    pub(crate) challenge: String,
    /// The page that asked.
    pub(crate) origin: String,
    /// Whether that page stood in a frame of another site.
    #[serde(default)]
    pub(crate) cross_origin: bool,
    /// The site whose frame it was.
    #[serde(default)]
    pub(crate) top_origin: Option<String>,
}

impl ClientData {
    /// Reads the client data of a response.
    pub(crate) fn of(response: &Map<String, Value>) -> Option<Self> {
        let text = response.get("clientDataJSON")?.as_str()?;
        Self::parse(&URL_SAFE_NO_PAD.decode(text).ok()?)
    }

    /// Reads client data.
    pub(crate) fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// Whether the page was shown by itself: our pages can not be framed, so whoever says so is not one of them.
    pub(crate) fn is_top(&self) -> bool {
        !self.cross_origin && self.top_origin.is_none()
    }
}

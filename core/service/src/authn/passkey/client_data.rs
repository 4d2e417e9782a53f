//! What the browser says about a ceremony (section 5.8.1 of the specification): read to find the challenge, and for what the
//! library does not look at.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The client data of a response.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientData {
    /// The challenge, as base64url.
    pub(super) challenge: String,
    /// Whether that page stood in a frame of another site.
    #[serde(default)]
    pub(super) cross_origin: bool,
    /// The site whose frame it was.
    #[serde(default)]
    pub(super) top_origin: Option<String>,
}

impl ClientData {
    /// Reads the client data of a response.
    pub(super) fn of(response: &Map<String, Value>) -> Option<Self> {
        let text = response.get("clientDataJSON")?.as_str()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }

    /// Whether the page was shown by itself: our pages can not be framed, so whoever says so is not one of them.
    pub(super) fn is_top(&self) -> bool {
        !self.cross_origin && self.top_origin.is_none()
    }
}

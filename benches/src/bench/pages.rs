//! What a browser waits for and downloads: rendered pages, and the files beside them.

use super::machine::rank;
use crate::http::Request;
use crate::instance::Running;
use anyhow::{Context as _, Result, ensure};
use std::path::Path;
use std::time::Duration;

const WARM_UP: usize = 20;
const VISITS: usize = 200;

/// A page as rendered by the server.
pub struct Page {
    /// Where.
    pub path: &'static str,
    /// First byte: median and 99th percentile.
    pub first_byte: (Duration, Duration),
    /// Bytes of HTML.
    pub html: usize,
    /// Whether it makes the browser fetch WASM.
    pub wasm: bool,
}

/// A file, plain and as it travels.
pub struct Asset {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub plain: u64,
    /// Bytes compressed with brotli.
    pub brotli: u64,
}

/// Pages and files.
pub struct Pages {
    /// Rendered pages.
    pub pages: Vec<Page>,
    /// Downloads.
    pub assets: Vec<Asset>,
}

/// Visits pages one after the other, and weighs the files.
pub async fn measure(server: &Running, session: &str, site: &Path) -> Result<Pages> {
    let mut pages = Vec::new();
    for (path, signed_in) in
        [("/sign-in", false), ("/sign-up", false), ("/console", true), ("/console/audit", true)]
    {
        pages.push(visit(server, path, signed_in.then_some(session)).await?);
    }
    Ok(Pages { pages, assets: assets(site)? })
}

async fn visit(server: &Running, path: &'static str, session: Option<&str>) -> Result<Page> {
    let mut request = Request::new("GET", path);
    if let Some(session) = session {
        request = request.cookie(session);
    }
    let mut connection = server.connect().await?;
    let mut times = Vec::new();
    let mut html = Vec::new();
    for visit in 0..WARM_UP + VISITS {
        let reply = connection.send(&request).await?;
        ensure!(reply.status == 200, "{path} answered {}", reply.status);
        if visit >= WARM_UP {
            times.push(reply.first_byte);
        }
        html = reply.body;
    }
    times.sort_unstable();
    let text = String::from_utf8_lossy(&html);
    Ok(Page {
        path,
        first_byte: (rank(&times, 50), rank(&times, 99)),
        html: html.len(),
        wasm: text.contains(".wasm"),
    })
}

fn assets(site: &Path) -> Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for entry in std::fs::read_dir(site).with_context(|| format!("no built site in {}", site.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Ok(compressed) = site.join(format!("{name}.br")).metadata() {
            assets.push(Asset { name, plain: entry.metadata()?.len(), brotli: compressed.len() });
        }
    }
    assets.sort_by_key(|asset| std::cmp::Reverse(asset.brotli));
    Ok(assets)
}

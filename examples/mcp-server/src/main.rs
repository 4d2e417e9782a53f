//! An MCP server behind Kavach, in three files: this one puts it together, `tools` are the tools, `settings` the surroundings.
//!
//! ```text
//! ISSUER=http://localhost:3000 RESOURCE=http://localhost:8090/mcp cargo run -p example-mcp-server
//! ```

mod settings;
mod tools;

use axum::Router;
use kavach_resource::{Asks, ConfigError, Need, ResourceServer};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use settings::Settings;
use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tools::Notes;

/// Older than this, a sign-in does not do for what cannot be undone.
const LATELY: Duration = Duration::from_secs(300);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_environment();
    let app = app(&settings)?;
    let listener = tokio::net::TcpListener::bind(&settings.listen).await?;
    writeln!(std::io::stdout(), "{} listens on {}", settings.resource, listener.local_addr()?)?;
    axum::serve(listener, app).await?;
    Ok(())
}

/// The MCP endpoint behind its layer, and the metadata that clients without a token are sent to.
fn app(settings: &Settings) -> Result<Router, ConfigError> {
    let mut builder = ResourceServer::builder(&settings.resource, &settings.issuer)
        .name("Notes")
        // What a client asks for to begin with. The rest it learns when it needs it.
        .scopes(["notes:read"])
        .implies("notes:write", ["notes:read"]);
    if let Some(key) = &settings.api_key {
        builder = builder.asks(Asks::WithApiKey(key.clone()));
    }
    let resource = builder.build()?;
    let require = resource
        .require(Need::scopes(["notes:read"]))
        .tool("add_note", Need::scopes(["notes:write"]))
        .tool("delete_notes", Need::scopes(["notes:write"]).max_age(LATELY))
        .tool("deploy", Need::scopes(["deploy"]));
    let notes = Notes::new(resource.clone());
    // No sessions: each request stands for itself, and is verified.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_hosts(settings.hosts());
    let mcp =
        StreamableHttpService::new(move || Ok(notes.clone()), Arc::<LocalSessionManager>::default(), config);
    Ok(Router::new().route_service(&settings.path(), mcp).layer(require).merge(resource.metadata_routes()))
}

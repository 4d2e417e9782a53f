//! Puts an API or an MCP server behind OAuth 2.1: tokens are verified, clients without one are told where to get it.
//!
//! Made for Kavach, and for any authorization server that issues JWT access tokens (RFC 9068) or answers introspection
//! (RFC 7662). It depends on no other package of Kavach.
//!
//! # Five minutes
//!
//! ```no_run
//! use axum::{Router, routing::get};
//! use kavach_resource::{AccessToken, Need, ResourceServer};
//! use std::time::Duration;
//!
//! async fn notes(token: AccessToken) -> String {
//!     format!("notes of {}", token.subject())
//! }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let resource = ResourceServer::builder("https://notes.example/mcp", "https://id.example")
//!     .name("Notes")
//!     .scopes(["notes:read"])
//!     .implies("notes:write", ["notes:read"])
//!     .build()?;
//! let app: Router = Router::new()
//!     .route("/mcp", get(notes))
//!     .layer(
//!         resource
//!             .require(Need::scopes(["notes:read"]))
//!             // Calls of this MCP tool need more.
//!             .tool("delete_all", Need::scopes(["notes:write"]).max_age(Duration::from_secs(300))),
//!     )
//!     .merge(resource.metadata_routes());
//! axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8080").await?, app).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is looked at
//!
//! | | |
//! |---|---|
//! | where the token stands | one `Authorization` header; never the address (RFC 6750, RFC 9700) |
//! | its signature | ES256, EdDSA or RS256, by a key of the issuer's JWKS, `typ` `at+jwt`; keys in the token are ignored |
//! | its claims | `iss` to the letter, `aud` is this resource, `exp`, `nbf`, `iat` with 30 s between clocks |
//! | its key | a token with `cnf.jkt` needs a DPoP proof: `htm`, `htu`, `ath`, `iat` within 5 minutes, used once (RFC 9449) |
//! | its scopes | all that are needed, or broader ones; the challenge names them all (RFC 6750, MCP) |
//! | how the person signed in | `acr` and `auth_time` (RFC 9470) |
//! | what the agent may do now | [`ResourceServer::authorize`] asks Kavach about one call, and a person approves it where that is needed |
//!
//! The keys of the issuer are found by its metadata (RFC 8414, OpenID Connect Discovery) at the first token, remembered,
//! and asked for again when a token names a new one.
//!
//! # Answers
//!
//! | status | `error` | |
//! |---|---|---|
//! | 400 | `invalid_request` | a token in the address, two headers, something that is no token |
//! | 401 | | no token: the challenge has `resource_metadata` and `scope` |
//! | 401 | `invalid_token`, `invalid_dpop_proof` | |
//! | 401 | `insufficient_user_authentication` | with `acr_values` and `max_age` |
//! | 403 | `insufficient_scope` | with every scope the operation needs |
//! | 503 | `temporarily_unavailable` | keys or introspection cannot be reached; nobody is let in |
//!
//! # What it does not do
//!
//! CORS (put a layer of your own outside), limits on requests, DPoP nonces, proofs remembered across replicas, tokens of
//! more than one issuer.

mod builder;
mod clock;
mod decision;
mod discovery;
mod dpop;
mod introspection;
mod jwk;
mod jws;
mod keys;
mod layer;
mod mcp;
mod metadata;
mod need;
mod outgoing;
mod refusal;
mod resource_server;
mod scope;
mod strict_json;
mod token;

pub use builder::{Builder, ConfigError};
pub use clock::{Clock, SystemClock};
pub use decision::{Approval, Asks, Decision, NoDecision, Question};
pub use layer::{Require, Required};
pub use need::Need;
pub use refusal::{Dpop, Reason, Refusal};
pub use resource_server::ResourceServer;
pub use scope::Scopes;
pub use token::AccessToken;

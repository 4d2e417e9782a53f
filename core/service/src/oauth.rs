//! OAuth 2.1 and OpenID Connect: who asks on whose behalf, for what, and where the answer may go.
//!
//! What is decided here is decided without HTTP: the endpoints read forms and write RFC 6749's answers.

pub mod doctor;
pub mod dpop;
pub mod pkce;
pub mod redirect_uri;
pub mod resource;
pub mod scope;
pub mod signing;

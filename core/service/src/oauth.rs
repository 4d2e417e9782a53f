//! OAuth 2.1 and OpenID Connect: who asks on whose behalf, for what, and where the answer may go.
//!
//! What is decided here is decided without HTTP: the endpoints read forms and write RFC 6749's answers. The parts:
//! rules that need nothing but texts ([`redirect_uri`], [`scope`], [`resource`], [`pkce`], [`dpop`], [`jws`]); what is
//! kept ([`keys`], [`clients`], [`resources`], [`grants`]); asking people ([`authorize`], [`consent`], [`apps`]); what
//! programs are given ([`token`], [`introspect`], [`revoke`], [`userinfo`]), and why it did not work ([`trace`], [`doctor`]).

pub mod apps;
mod assertion;
pub mod authorize;
pub mod client_auth;
pub mod clients;
pub mod consent;
pub mod decoupled;
pub mod device_authorization;
pub mod doctor;
mod documents;
pub mod dpop;
mod grants;
pub mod introspect;
pub(crate) mod jws;
pub mod keys;
pub mod logout;
pub mod metadata;
pub mod pkce;
pub mod redirect_uri;
pub mod register;
pub mod resource;
pub mod resources;
pub mod revoke;
pub mod scope;
pub mod signing;
pub mod token;
pub mod trace;
pub mod userinfo;

use crate::{Error, Kavach};
use kavach_model::oauth::{OAuthError, Refusal};
use kavach_store::StoreError;
use std::borrow::Cow;
use std::net::IpAddr;

/// What a client is answered instead of what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Refused, in the words of the RFCs.
    #[error(transparent)]
    Refused(#[from] OAuthError),
    /// Not possible for a reason that is not the client's business alone.
    #[error(transparent)]
    Service(#[from] Error),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// Shorthand for what endpoints of OAuth answer.
pub type Answer<T> = Result<T, Failure>;

/// A refusal as a failure.
pub(crate) fn refuse(refusal: Refusal, description: impl Into<Cow<'static, str>>) -> Failure {
    OAuthError::new(refusal, description).into()
}

/// What this instance calls itself in everything it signs: exactly the configured address. Plain http is refused unless
/// nobody but this machine could listen.
pub fn issuer(kv: &Kavach) -> Option<&str> {
    let config = kv.config();
    let host = config.authority();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| match port.parse::<u16>() {
        Ok(_) => name,
        Err(_) => host,
    });
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let is_here = bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    (config.secure() || is_here).then_some(config.public_url.as_str())
}

/// The same, for endpoints.
pub(crate) fn require_issuer(kv: &Kavach) -> Answer<&str> {
    issuer(kv).ok_or_else(|| refuse(Refusal::ServerError, "public_url must be https to issue tokens"))
}

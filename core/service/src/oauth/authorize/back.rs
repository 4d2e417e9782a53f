//! The way back to a client: where answers go, and how they are written into the address (RFC 9207).

use crate::oauth::redirect_uri::{Destination, RedirectUri};
use kavach_model::oauth::OAuthError;

/// The way back to a client.
pub(crate) struct Back<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) state: Option<&'a str>,
}

impl Back<'_> {
    /// With an error.
    pub(crate) fn error(&self, error: &OAuthError) -> String {
        self.with(&[("error", error.refusal.as_str()), ("error_description", &error.description)])
    }

    /// With these parameters, `state` and `iss` (RFC 9207). What the redirect URI says already stays as it is.
    pub(crate) fn with(&self, parameters: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        if let Some(state) = self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", self.issuer);
        let joint = match self.redirect_uri {
            uri if uri.ends_with(['?', '&']) => "",
            uri if uri.contains('?') => "&",
            _ => "?",
        };
        format!("{}{joint}{}", self.redirect_uri, query.finish())
    }
}

/// Where an answer goes, as consents are kept by it.
pub(crate) fn place(redirect_uri: &str) -> String {
    match RedirectUri::parse(redirect_uri).map(|uri| uri.destination()) {
        Ok(Destination::Site(host)) => host,
        Ok(Destination::ThisMachine) => "localhost".to_owned(),
        Ok(Destination::App(scheme)) => format!("{scheme}:"),
        Err(_) => String::new(),
    }
}

/// Whether answers go to a site, and not to an app.
pub(super) fn is_site(redirect_uri: &str) -> bool {
    RedirectUri::parse(redirect_uri).is_ok_and(|uri| matches!(uri.destination(), Destination::Site(_)))
}

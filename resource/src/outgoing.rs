//! Requests to the authorization server: bounded in time and size, never redirected, no proxy.

use reqwest::{Request, Url};
use std::sync::Arc;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TIMEOUT: Duration = Duration::from_secs(5);
/// Longest answer that is read, in bytes.
const LONGEST: usize = 256 * 1024;

/// The authorization server gave no answer that could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no usable answer from the authorization server")]
pub(crate) struct NoAnswer;

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// The client with rustls, ring and Mozilla's roots. It needs no process-wide choice of a crypto provider.
#[expect(clippy::disallowed_methods, reason = "the one place where this package makes a client")]
pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent("kavach-resource");
    match rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions() {
        Ok(config) => builder
            .tls_backend_preconfigured(config.with_root_certificates(roots).with_no_client_auth())
            .build(),
        // ring has TLS 1.2 and 1.3; without them the client's own choice is as good.
        Err(_) => builder.build(),
    }
}

/// Sends it and reads the whole answer, whatever its status.
pub(crate) async fn send(client: &reqwest::Client, mut request: Request) -> Result<Answer, NoAnswer> {
    *request.timeout_mut() = Some(TIMEOUT);
    let mut answer = client.execute(request).await.map_err(|_| NoAnswer)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| NoAnswer)? {
        if body.len() + chunk.len() > LONGEST {
            return Err(NoAnswer);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status: answer.status().as_u16(), body })
}

/// Whether something may be sent there: https, or this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    let plain = url.username().is_empty() && url.password().is_none();
    let local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    plain && (url.scheme() == "https" || (url.scheme() == "http" && local))
}

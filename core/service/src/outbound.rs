//! The one way out: every HTTP request Kavach makes goes through [`HttpFetch`], and for real through
//! [`GuardedClient`].
//!
//! Two kinds of URL are told apart. The operator's, from the configuration, may lead anywhere. One that a stranger
//! chose must be https, carry no credentials and lead to a public address: literals are checked in the URL, names
//! where they are resolved, and the address that was checked is the one that is connected to, so a second, different
//! answer of the DNS has nothing to change. Nobody is redirected, no proxy is asked, and every answer is bounded
//! in time and size.

mod address;
pub mod roots;

use address::FilteringResolver;
use futures::FutureExt;
use futures::future::BoxFuture;
use reqwest::Url;
use reqwest::header::HeaderMap;
use rustls::pki_types::CertificateDer;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
const DEFAULT_MAX_BODY: usize = 64 * 1024;

/// Fetches. Behind a trait because tests answer for the services of the world.
pub trait HttpFetch: Send + Sync {
    /// Sends one request and reads the whole answer, whatever its status.
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>>;
}

/// Who chose the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It stands in the configuration.
    Operator,
    /// Anybody may have.
    Stranger,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    url: String,
    trust: Trust,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    timeout: Duration,
    max_body: usize,
}

impl Request {
    /// A GET, with five seconds and 64 KiB for the answer.
    pub fn get(url: impl Into<String>, trust: Trust) -> Self {
        Self {
            url: url.into(),
            trust,
            headers: Vec::new(),
            body: None,
            timeout: DEFAULT_TIMEOUT,
            max_body: DEFAULT_MAX_BODY,
        }
    }

    /// A POST of this body; name its type with [`Request::header`].
    pub fn post(url: impl Into<String>, trust: Trust, body: Vec<u8>) -> Self {
        Self { body: Some(body), ..Self::get(url, trust) }
    }

    /// With a header; the name in lower case.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With another limit from the first byte sent to the last byte read.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// With another limit on the bytes of the answer's body.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Where it goes, for those who answer in tests.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What is posted, for those who answer in tests.
    pub fn body(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }
}

/// One answer.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The status, redirects included.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Why there is no answer. Says nothing of what was found at a refused address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Not a URL, or not one of the kind that may be fetched.
    #[error("the URL may not be fetched")]
    Url,
    /// It leads into a private network.
    #[error("the URL does not lead to a public address")]
    Private,
    /// The time was up.
    #[error("no answer in time")]
    TimedOut,
    /// The body is larger than was asked for.
    #[error("the answer is too large")]
    TooLarge,
    /// No connection, or it broke, or its certificate is not valid.
    #[error("the request failed")]
    Failed,
}

/// The client for real: rustls with ring, Mozilla's roots.
pub struct GuardedClient {
    operator: reqwest::Client,
    stranger: reqwest::Client,
    private_hosts: Vec<String>,
}

impl GuardedClient {
    /// `private_hosts` are hosts, or hosts with their port, that strangers' URLs may lead to although they are not
    /// public, as for applications on an intranet.
    pub fn new(private_hosts: &[String]) -> Result<Self, reqwest::Error> {
        Self::trusting(&[], private_hosts)
    }

    /// The same, which also trusts what these authorities certify.
    pub fn trusting(extra: &[CertificateDer<'_>], private_hosts: &[String]) -> Result<Self, reqwest::Error> {
        Ok(Self {
            operator: builder(extra).build()?,
            stranger: builder(extra).https_only(true).dns_resolver(FilteringResolver).build()?,
            private_hosts: private_hosts.to_vec(),
        })
    }

    async fn send(&self, request: Request) -> Result<Response, FetchError> {
        let url = Url::parse(&request.url).map_err(|_| FetchError::Url)?;
        let client = match request.trust {
            Trust::Operator => self.for_operator(&url)?,
            Trust::Stranger => self.for_stranger(&url)?,
        };
        let mut sent = match request.body {
            None => client.get(url),
            Some(body) => client.post(url).body(body),
        };
        for (name, value) in request.headers {
            sent = sent.header(name, value);
        }
        let mut answer = sent.timeout(request.timeout).send().await.map_err(failure)?;
        let too_large = |length: u64| length > request.max_body as u64;
        if answer.content_length().is_some_and(too_large) {
            return Err(FetchError::TooLarge);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failure)? {
            if body.len() + chunk.len() > request.max_body {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status: answer.status().as_u16(), headers: std::mem::take(answer.headers_mut()), body })
    }

    fn for_operator(&self, url: &Url) -> Result<&reqwest::Client, FetchError> {
        matches!(url.scheme(), "http" | "https").then_some(&self.operator).ok_or(FetchError::Url)
    }

    /// Judges what the URL itself shows; names are judged by the client's resolver.
    fn for_stranger(&self, url: &Url) -> Result<&reqwest::Client, FetchError> {
        let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
        let host = url.host_str().filter(|_| plain).ok_or(FetchError::Url)?;
        if self.is_listed(host, url.port_or_known_default()) {
            return Ok(&self.operator);
        }
        // The URL parser has already turned 0x7f.1, 2130706433 and the like into 127.0.0.1.
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(literal) if !address::is_public(literal) => Err(FetchError::Private),
            _ => Ok(&self.stranger),
        }
    }

    fn is_listed(&self, host: &str, port: Option<u16>) -> bool {
        let with_port = port.map(|port| format!("{host}:{port}"));
        self.private_hosts.iter().any(|listed| {
            listed.eq_ignore_ascii_case(host)
                || with_port.as_deref().is_some_and(|host| listed.eq_ignore_ascii_case(host))
        })
    }
}

impl HttpFetch for GuardedClient {
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
        self.send(request).boxed()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the guarded outbound client")]
fn builder(extra: &[CertificateDer<'_>]) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls(extra))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .referer(false)
        .user_agent("kavach")
}

#[expect(clippy::expect_used, reason = "ring supports the protocol versions that rustls takes for safe")]
fn tls(extra: &[CertificateDer<'_>]) -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    // They were read when the configuration was; one that is no authority is passed over.
    roots.add_parsable_certificates(extra.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring and rustls agree on TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

fn failure(error: reqwest::Error) -> FetchError {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(cause) = source {
        if cause.is::<address::NotPublic>() {
            return FetchError::Private;
        }
        source = cause.source();
    }
    if error.is_timeout() {
        FetchError::TimedOut
    } else if error.is_builder() {
        FetchError::Url
    } else {
        FetchError::Failed
    }
}

#[cfg(test)]
mod tests;

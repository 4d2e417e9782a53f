//! Requests to the authorization server: bounded in time and size, never redirected, no proxy.

use reqwest::{Request, Url};
use std::sync::Arc;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TIMEOUT: Duration = Duration::from_secs(5);
/// Longest answer that is read, in bytes.
const LONGEST: usize = 256 * 1024;

/// The authorization server gave no answer that could be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, thiserror::Error)]
#[error("no usable answer from the authorization server")]
pub(crate) struct NoAnswer {
    /// The connection ended before the answer did.
    broke: bool,
}

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

/// Sends what changes nothing, once more if the connection it went out on was being closed at that moment.
pub(crate) async fn ask(client: &reqwest::Client, request: Request) -> Result<Answer, NoAnswer> {
    match request.try_clone() {
        Some(again) => match send(client, request).await {
            Err(NoAnswer { broke: true }) => send(client, again).await,
            answered => answered,
        },
        None => send(client, request).await,
    }
}

/// Sends it and reads the whole answer, whatever its status.
pub(crate) async fn send(client: &reqwest::Client, mut request: Request) -> Result<Answer, NoAnswer> {
    *request.timeout_mut() = Some(TIMEOUT);
    let broke = |error: reqwest::Error| NoAnswer { broke: !error.is_timeout() && !error.is_connect() };
    let mut answer = client.execute(request).await.map_err(broke)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(broke)? {
        if body.len() + chunk.len() > LONGEST {
            return Err(NoAnswer::default());
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

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::Method;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// A server whose first connection ends without an answer.
    async fn hasty() -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move {
            for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"] {
                let (mut stream, _) = listener.accept().await.unwrap();
                assert!(stream.read(&mut [0; 1_024]).await.unwrap() > 0);
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        url
    }

    #[tokio::test]
    async fn what_changes_nothing_is_asked_once_more_when_the_connection_ends() {
        let answer = ask(&client().unwrap(), Request::new(Method::GET, hasty().await)).await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, b"ok".as_slice()));
    }

    #[tokio::test]
    async fn what_may_have_been_done_is_not_sent_again() {
        let answer = send(&client().unwrap(), Request::new(Method::POST, hasty().await)).await;
        assert!(matches!(answer, Err(NoAnswer { broke: true })));
    }
}

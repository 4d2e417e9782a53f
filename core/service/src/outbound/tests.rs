//! The guarded client against a server on this machine, which strangers' URLs must never reach.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that sends `answer` to whoever connects, then waits; returns its port and the count of connections.
async fn serve(answer: &'static str) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let hits = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&hits);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.read(&mut request).await;
            });
        }
    });
    (port, hits)
}

fn client() -> GuardedClient {
    GuardedClient::new(&[]).unwrap()
}

#[tokio::test]
async fn a_stranger_cannot_make_us_call_ourselves() {
    let (port, hits) = serve("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let client = client();
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "169.254.169.254",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "\u{2460}27.0.0.1",
        "127.0.0.1\u{3002}",
    ] {
        let url = format!("https://{host}:{port}/");
        let error = client.fetch(Request::get(&url, Trust::Stranger)).await.unwrap_err();
        assert!(
            matches!(error, FetchError::Private | FetchError::Url | FetchError::Failed),
            "{url}: {error}"
        );
    }
    for url in ["https://127.0.0.1", "https://localhost"] {
        let url = format!("{url}:{port}/");
        let error = client.fetch(Request::get(&url, Trust::Stranger)).await.unwrap_err();
        assert_eq!(error, FetchError::Private, "{url}");
    }
    assert_eq!(hits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_stranger_may_only_name_plain_https() {
    for url in [
        "http://example.com",
        "gopher://example.com",
        "file:///etc/passwd",
        "https://u:p@example.com",
        "x",
        "",
        "https://",
    ] {
        let error = client().fetch(Request::get(url, Trust::Stranger)).await.unwrap_err();
        assert_eq!(error, FetchError::Url, "{url}");
    }
}

#[tokio::test]
async fn a_listed_private_host_is_reached_and_its_other_ports_are_not() {
    let (port, hits) = serve("not TLS at all").await;
    let (other, other_hits) = serve("not TLS at all").await;
    let client = GuardedClient::new(&["localhost".to_owned(), format!("127.0.0.1:{port}")]).unwrap();
    for host in ["localhost", "127.0.0.1"] {
        let request = Request::get(format!("https://{host}:{port}/"), Trust::Stranger);
        assert_eq!(client.fetch(request).await.unwrap_err(), FetchError::Failed);
    }
    let request = Request::get(format!("https://127.0.0.1:{other}/"), Trust::Stranger);
    assert_eq!(client.fetch(request).await.unwrap_err(), FetchError::Private);
    assert_eq!((hits.load(Ordering::SeqCst), other_hits.load(Ordering::SeqCst)), (2, 0));
}

#[tokio::test]
async fn the_operators_url_leads_anywhere_and_redirects_are_not_followed() {
    let (target, target_hits) = serve("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let redirect =
        format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{target}/\r\ncontent-length: 2\r\n\r\nhi");
    let (port, _hits) = serve(redirect.leak()).await;
    let response =
        client().fetch(Request::get(format!("http://127.0.0.1:{port}/"), Trust::Operator)).await.unwrap();
    assert_eq!((response.status, response.body.as_slice()), (302, b"hi".as_slice()));
    assert_eq!(response.headers["content-length"], "2");
    assert_eq!(target_hits.load(Ordering::SeqCst), 0);
    let error = client().fetch(Request::get("file:///etc/passwd", Trust::Operator)).await.unwrap_err();
    assert_eq!(error, FetchError::Url);
}

#[tokio::test]
async fn an_answer_is_bounded_with_and_without_its_length() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\nx",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nhello!\r\n6\r\nhello!\r\n0\r\n\r\n",
    ] {
        let (port, _hits) = serve(answer).await;
        let request = Request::get(format!("http://127.0.0.1:{port}/"), Trust::Operator).max_body(10);
        assert_eq!(client().fetch(request).await.unwrap_err(), FetchError::TooLarge);
    }
}

#[tokio::test]
async fn a_body_that_never_ends_is_cut_off_in_time() {
    let (port, _hits) = serve("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nslow").await;
    let request =
        Request::get(format!("http://127.0.0.1:{port}/"), Trust::Operator).timeout(Duration::from_millis(50));
    assert_eq!(client().fetch(request).await.unwrap_err(), FetchError::TimedOut);
}

//! Connections that are only held: each is given back, and the rest go on.

use crate::process::{Server, read_to_end};
use serde_json::Value;
use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const SETTINGS: [(&str, &str); 4] = [
    ("KAVACH_HTTP__MAX_CONNECTIONS", "4"),
    ("KAVACH_HTTP__HEADER_TIMEOUT", "1s"),
    ("KAVACH_HTTP__BODY_TIMEOUT", "1s"),
    ("KAVACH_HTTP__IDLE_TIMEOUT", "2s"),
];

fn server(directory: &tempfile::TempDir) -> Server {
    Server::start_with(directory.path(), &SETTINGS)
}

#[test]
fn a_connection_beyond_the_most_waits_until_one_is_given_back() {
    let directory = tempfile::tempdir().unwrap();
    let server = server(&directory);
    let began = Instant::now();
    let held: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = server.connect();
            stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: loc").unwrap();
            stream
        })
        .collect();
    assert_eq!(server.ask("GET", "/healthz", "", None).0, 200);
    let waited = began.elapsed();
    assert!(waited >= Duration::from_secs(1), "all four were taken for a second: {waited:?}");
    for stream in held {
        assert_eq!(read_to_end(stream), "");
    }
    let began = Instant::now();
    assert_eq!(server.ask("GET", "/healthz", "", None).0, 200);
    assert!(began.elapsed() < Duration::from_secs(1), "nobody holds any now");
}

#[test]
fn whoever_says_nothing_or_not_enough_is_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let server = server(&directory);
    for begun in ["", "G", "PRI * HTTP/2", "GET / HTTP/1.1\r\nhost: localhost\r\n"] {
        let mut stream = server.connect();
        stream.write_all(begun.as_bytes()).unwrap();
        assert_eq!(read_to_end(stream), "", "{begun}");
    }
    let (status, _) = server.ask("GET", "/healthz", "", None);
    assert_eq!(status, 200);
}

#[test]
fn a_body_that_does_not_arrive_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let server = server(&directory);
    let head = |key: &str| {
        format!(
            "POST /api/auth/sign-up/email HTTP/1.1\r\nhost: localhost:{}\r\ncontent-type: application/json\r\n{key}content-length: 100\r\n\r\n{{",
            server.port
        )
    };
    for key in ["", "idempotency-key: slow\r\n"] {
        let mut stream = server.connect();
        stream.write_all(head(key).as_bytes()).unwrap();
        let answer = read_to_end(stream);
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["error"]["message"], "The body took too long to arrive.");
    }
}

#[test]
fn whoever_asks_and_never_reads_is_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let server = server(&directory);
    let mut stream = server.connect();
    let request = format!("GET /api/auth/openapi.json HTTP/1.1\r\nhost: localhost:{}\r\n\r\n", server.port);
    // The answers fill every buffer on the way, then nothing more is read of the requests.
    let error = (0..1_000_000).find_map(|_| stream.write_all(request.as_bytes()).err()).unwrap();
    assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error}");
    assert_eq!(server.ask("GET", "/healthz", "", None).0, 200);
}

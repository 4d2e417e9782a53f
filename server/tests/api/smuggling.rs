//! Requests that one reader could take for one and another for two (RFC 9112, section 11.2): an answer at the most, and then
//! the connection ends. Nothing that was hidden behind them is answered.

use crate::process::{Server, read_to_end};
use std::io::Write;

/// The request that is hidden. Whoever answers it says 200.
const HIDDEN: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

#[test]
fn a_request_that_could_be_two_is_answered_once_at_the_most() {
    let directory = tempfile::tempdir().unwrap();
    let settings = [("KAVACH_HTTP__HEADER_TIMEOUT", "1s"), ("KAVACH_HTTP__IDLE_TIMEOUT", "2s")];
    let server = Server::start_with(directory.path(), &settings);
    let host = format!("host: localhost:{}\r\n", server.port);
    let post = format!("POST /api/auth/sign-in/email HTTP/1.1\r\n{host}content-type: application/json\r\n");
    let chunked = format!("0\r\n\r\n{HIDDEN}");
    let whole = format!("{{}}{HIDDEN}");
    for (name, request) in [
        ("both lengths", format!("{post}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n{chunked}")),
        (
            "both, the other way",
            format!("{post}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n{chunked}"),
        ),
        ("two lengths", format!("{post}content-length: 2\r\ncontent-length: 40\r\n\r\n{whole}")),
        ("a list of lengths", format!("{post}content-length: 2, 40\r\n\r\n{whole}")),
        ("a length with a sign", format!("{post}content-length: +2\r\n\r\n{whole}")),
        ("a length below nothing", format!("{post}content-length: -2\r\n\r\n{whole}")),
        ("a length that is none", format!("{post}content-length: 0x2\r\n\r\n{whole}")),
        ("a space before the colon", format!("{post}content-length : 2\r\n\r\n{whole}")),
        ("a folded line", format!("{post}x: y\r\n content-length: 2\r\n\r\n{whole}")),
        ("chunked, not last", format!("{post}transfer-encoding: chunked, identity\r\n\r\n{chunked}")),
        ("chunked, misspelt", format!("{post}transfer-encoding: xchunked\r\n\r\n{chunked}")),
        ("a space before chunked's colon", format!("{post}transfer-encoding : chunked\r\n\r\n{chunked}")),
        ("a tab in it", format!("{post}transfer-encoding:\u{b}chunked\r\n\r\n{chunked}")),
        ("a chunk that is no number", format!("{post}transfer-encoding: chunked\r\n\r\nzz\r\n\r\n{HIDDEN}")),
        (
            "a chunk too long to count",
            format!("{post}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{HIDDEN}"),
        ),
        ("a name with a space", format!("{post}content length: 2\r\n\r\n{whole}")),
        ("a version there is not", format!("GET / HTTP/1.2\r\n{host}\r\n{HIDDEN}")),
        ("two hosts", format!("GET / HTTP/1.1\r\n{host}host: evil.example\r\n\r\n")),
    ] {
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let answer = read_to_end(stream);
        let answers = answer.matches("HTTP/1.1 ").count();
        assert!(answers <= 1, "{name}: {answer}");
        assert!(!answer.contains("HTTP/1.1 2"), "{name}: {answer}");
    }
    // What is hidden would be answered if anybody came upon it.
    let mut stream = server.connect();
    let last = HIDDEN.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    stream.write_all(format!("{HIDDEN}{last}").as_bytes()).unwrap();
    assert_eq!(read_to_end(stream).matches("HTTP/1.1 200").count(), 2);
    assert_eq!(server.ask("GET", "/healthz", "", None).0, 200);
}

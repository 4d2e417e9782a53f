//! The Host check (RFC 9110 section 7.2): requests for another host are not answered, which stops DNS rebinding
//! and poisoned links alike.

use axum::extract::Request;
use http::header::HOST;
use kavach_service::config::Config;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether the request names the host of `public_url`; without https also any name of this very machine.
pub fn is_ours(request: &Request, config: &Config) -> bool {
    named(request).is_some_and(|authority| matches(authority, config))
}

/// Host and port the request names: the authority of HTTP/2, the Host header of HTTP/1.1. One of them.
pub fn named(request: &Request) -> Option<&str> {
    let mut headers = request.headers().get_all(HOST).iter();
    let header = headers.next().map(|value| value.to_str());
    match (request.uri().authority(), header, headers.next()) {
        (_, _, Some(_)) | (_, Some(Err(_)), _) => None,
        (Some(authority), None, _) => Some(authority.as_str()),
        (None, Some(Ok(header)), _) => Some(header),
        (Some(authority), Some(Ok(header)), _) => (authority.as_str() == header).then_some(header),
        (None, None, _) => None,
    }
}

fn matches(authority: &str, config: &Config) -> bool {
    let (scheme_port, secure) = if config.secure() { (":443", true) } else { (":80", false) };
    let plain = authority.strip_suffix(scheme_port).unwrap_or(authority);
    plain.eq_ignore_ascii_case(config.authority()) || (!secure && is_loopback(authority))
}

/// `localhost`, `127.0.0.1` and the like, on any port.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback());
    }
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(public_url: &str, host: &str) -> bool {
        let config = Config { public_url: public_url.into(), ..Config::default() };
        let request = Request::builder().uri("/").header(HOST, host).body(axum::body::Body::empty()).unwrap();
        is_ours(&request, &config)
    }

    #[test]
    fn over_https_only_the_public_host_is_served() {
        for host in ["id.example.com", "ID.example.com", "id.example.com:443"] {
            assert!(accepts("https://id.example.com", host), "{host}");
        }
        for host in [
            "evil.example",
            "id.example.com.evil.example",
            "id.example.com:8443",
            "localhost",
            "127.0.0.1",
            "",
            "id.example.com@evil.example",
        ] {
            assert!(!accepts("https://id.example.com", host), "{host}");
        }
    }

    #[test]
    fn without_https_this_machine_is_served_too() {
        for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "localhost:8080", "LOCALHOST"] {
            assert!(accepts("http://localhost:3000", host), "{host}");
        }
        for host in [
            "evil.example:3000",
            "localhost.evil.example:3000",
            "127.0.0.1.evil.example",
            "10.0.0.1:3000",
            "[::2]:3000",
        ] {
            assert!(!accepts("http://localhost:3000", host), "{host}");
        }
    }

    #[test]
    fn a_request_names_one_host() {
        let twice = Request::builder()
            .uri("/")
            .header(HOST, "a")
            .header(HOST, "a")
            .body(axum::body::Body::empty())
            .unwrap();
        assert_eq!(named(&twice), None);
        let differing =
            Request::builder().uri("http://a/").header(HOST, "b").body(axum::body::Body::empty()).unwrap();
        assert_eq!(named(&differing), None);
        let none = Request::builder().uri("/").body(axum::body::Body::empty()).unwrap();
        assert_eq!(named(&none), None);
    }
}

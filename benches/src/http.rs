//! As much of an HTTP/1.1 client as is needed here (RFC 9112): one kept connection, lengths and chunks.
//!
//! Hand-made for two reasons: the load must cost next to nothing beside the server, and a crash must show exactly
//! which answer arrived whole. No redirects, no TLS, no compression.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// A request, ready to be sent as often as one likes.
#[derive(Clone)]
pub struct Request {
    /// `GET`, `POST` ...
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// Names and values, besides Host and the two about the body.
    pub headers: Vec<(&'static str, String)>,
    /// JSON, a form, or nothing.
    pub body: Option<String>,
}

impl Request {
    /// A request without a body.
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: None }
    }

    /// With a token in the `Authorization` header.
    pub fn bearer(mut self, token: &str) -> Self {
        self.headers.push(("authorization", format!("Bearer {token}")));
        self
    }

    /// With a JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.headers.push(("content-type", "application/json".to_owned()));
        self.body = Some(body.to_string());
        self
    }

    /// With the fields of a form, already encoded.
    pub fn form(mut self, fields: String) -> Self {
        self.headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        self.body = Some(fields);
        self
    }

    /// With the session as a browser sends it.
    pub fn cookie(mut self, token: &str) -> Self {
        self.headers.push(("cookie", format!("kavach_session={token}")));
        self
    }

    /// The bytes on the wire.
    pub fn wire(&self, address: SocketAddr) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: {address}\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let body = self.body.as_deref().unwrap_or_default();
        if self.body.is_some() {
            text.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        format!("{text}\r\n{body}").into_bytes()
    }
}

/// An answer that arrived whole.
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
    /// From sending the request to the first byte.
    pub first_byte: Duration,
}

impl Reply {
    /// The `data` of a success; what the server said otherwise.
    pub fn data(&self) -> Result<Value> {
        let text = String::from_utf8_lossy(&self.body);
        ensure!((200..300).contains(&self.status), "the server answered {}: {text}", self.status);
        let mut body: Value = serde_json::from_str(&text).context("the answer is not JSON")?;
        Ok(body["data"].take())
    }

    /// The whole body of a success.
    pub fn json(&self) -> Result<Value> {
        ensure!(self.status == 200, "the server answered {}", self.status);
        Ok(serde_json::from_slice(&self.body)?)
    }
}

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    address: SocketAddr,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, address, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads the answer.
    pub async fn send(&mut self, request: &Request) -> Result<Reply> {
        let wire = request.wire(self.address);
        self.exchange(&wire).await
    }

    /// Sends ready-made bytes and reads the answer.
    pub async fn exchange(&mut self, wire: &[u8]) -> Result<Reply> {
        self.buffer.clear();
        let sent = Instant::now();
        self.stream.write_all(wire).await?;
        self.more().await?;
        let first_byte = sent.elapsed();
        let end = loop {
            match position(&self.buffer, b"\r\n\r\n") {
                Some(end) => break end + 4,
                None => self.more().await?,
            }
        };
        let head = Head::parse(&self.buffer[..end])?;
        let body = match head.length {
            Length::Known(length) => {
                while self.buffer.len() < end + length {
                    self.more().await?;
                }
                self.buffer[end..end + length].to_vec()
            }
            Length::Chunked => loop {
                match chunks(&self.buffer[end..])? {
                    Some(body) => break body,
                    None => self.more().await?,
                }
            },
        };
        Ok(Reply { status: head.status, body, first_byte })
    }

    async fn more(&mut self) -> Result<()> {
        let read = self.stream.read_buf(&mut self.buffer).await?;
        ensure!(read > 0, "the connection ended");
        Ok(())
    }
}

enum Length {
    Known(usize),
    Chunked,
}

struct Head {
    status: u16,
    length: Length,
}

impl Head {
    fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes)?;
        let mut lines = text.split("\r\n");
        let status =
            lines.next().and_then(|line| line.split(' ').nth(1)).context("no status line")?.parse()?;
        let mut length = Length::Known(0);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                length = Length::Known(value.trim().parse()?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                length = Length::Chunked;
            }
        }
        Ok(Self { status, length })
    }
}

/// The body, once the last chunk is there.
fn chunks(mut rest: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(end) = position(rest, b"\r\n") {
        let size = std::str::from_utf8(&rest[..end])?.split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size.trim(), 16).context("a chunk without a size")?;
        let (start, next) = (end + 2, end + 2 + size + 2);
        if rest.len() < next {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some(body));
        }
        if &rest[next - 2..next] != b"\r\n" {
            bail!("a chunk does not end where it said");
        }
        body.extend_from_slice(&rest[start..next - 2]);
        rest = &rest[next..];
    }
    Ok(None)
}

fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_body_is_complete_with_its_last_chunk_and_not_before() {
        let whole = b"4\r\nhell\r\n3;x=y\r\no!\n\r\n0\r\n\r\n";
        for cut in 0..whole.len() {
            assert_eq!(chunks(&whole[..cut]).unwrap(), None, "{cut}");
        }
        assert_eq!(chunks(whole).unwrap().unwrap(), b"hello!\n");
        assert!(chunks(b"2\r\nabc\r\n").is_err());
    }

    #[test]
    fn a_request_says_how_long_its_body_is() {
        let request = Request::new("POST", "/x").bearer("t").json(&serde_json::json!({"a": 1}));
        let wire = String::from_utf8(request.wire("127.0.0.1:1".parse().unwrap())).unwrap();
        assert!(
            wire.starts_with("POST /x HTTP/1.1\r\nhost: 127.0.0.1:1\r\nauthorization: Bearer t\r\n"),
            "{wire}"
        );
        assert!(wire.ends_with("content-length: 7\r\n\r\n{\"a\":1}"), "{wire}");
    }
}

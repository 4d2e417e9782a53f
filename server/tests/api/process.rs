//! The program itself: started, asked over a socket, stopped.

use crate::world::PASSWORD;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// `kavach` with nothing of this environment but what is given.
fn kavach(directory: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kavach"));
    command.args(arguments).current_dir(directory).env_clear().env("KAVACH_HIBP__ENABLED", "false");
    command
        .envs(settings.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub fn run(directory: &Path, arguments: &[&str], input: &str, settings: &[(&str, &str)]) -> Output {
    let mut child = kavach(directory, arguments, settings).spawn().unwrap();
    // A program that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server under way; dropping it kills it.
pub struct Server {
    child: Child,
    pub port: u16,
    greeting: String,
}

impl Server {
    fn start(directory: &Path) -> Self {
        Self::start_with(directory, &[])
    }

    /// The same, configured.
    pub fn start_with(directory: &Path, settings: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let listen = format!("127.0.0.1:{port}");
        let mut command = kavach(directory, &["serve"], settings);
        let mut child = command.env("KAVACH_LISTEN", &listen).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        out.read_line(&mut greeting).unwrap();
        assert!(greeting.contains(&listen), "{greeting}");
        // The set-up link follows, when there is one; the pipe stays open until the server ends.
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        Self { child, port, greeting }
    }

    /// A connection, on which nobody waits for ever.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// One request on a connection of its own; status and body, as JSON if it is JSON.
    pub fn ask(&self, method: &str, path: &str, token: &str, body: Option<&Value>) -> (u16, Value) {
        let body = body.map(Value::to_string).unwrap_or_default();
        let authorization =
            if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
        let mut stream = self.connect();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\ncontent-type: application/json\r\n{authorization}content-length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let text = || Value::from(body);
        (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or_else(|_| text()))
    }

    /// Asks it to stop and waits until it has; what it logged.
    pub fn stop(mut self) -> (Option<i32>, String) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_was_made_is_there_after_a_restart_and_the_log_holds_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path());
    assert!(server.greeting.contains(&format!("http://localhost:{}", server.port)));
    let body = json!({"email": "canary@example.com", "password": PASSWORD, "name": "Canary Person"});
    let (status, made) = server.ask("POST", "/api/auth/sign-up/email", "", Some(&body));
    assert_eq!(status, 201, "{made}");
    let session = made["data"]["token"].as_str().unwrap().to_owned();
    let permissions = json!([{"resource": "mcp:github:*", "actions": ["read"]}]);
    let body = json!({"name": "reader", "permissions": permissions});
    let (_, agent) = server.ask("POST", "/api/auth/agents", &session, Some(&body));
    let token = agent["data"]["token"].as_str().unwrap().to_owned();
    let question = json!({"action": "read", "resource": "mcp:github:repos"});
    let (_, decision) = server.ask("POST", "/api/auth/authorize/token", &token, Some(&question));
    assert_eq!(decision["data"]["allowed"], true, "{decision}");
    let (code, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
    for secret in ["canary", "Canary", PASSWORD, &session, &token, "kv_"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }

    let server = Server::start(directory.path());
    let audit = format!("/api/auth/audit/{}", decision["data"]["auditId"].as_str().unwrap());
    let (status, record) = server.ask("GET", &audit, &session, None);
    assert_eq!((status, &record["data"]["id"]), (200, &decision["data"]["auditId"]));
    let (_, again) = server.ask("POST", "/api/auth/authorize/token", &token, Some(&question));
    assert_eq!(again["data"]["allowed"], true, "{again}");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_second_process_is_refused_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(directory.path());
    let create = ["admin", "create", "--email", "root@example.com", "--password-stdin"];
    let refused = run(directory.path(), &create, PASSWORD, &[]);
    assert_eq!(refused.status.code(), Some(1));
    let said = words(&refused.stderr);
    assert!(
        said.contains("another kavach process uses the data directory") && said.contains("set-up link"),
        "{said}"
    );
    let second = run(directory.path(), &["serve"], "", &[("KAVACH_LISTEN", "127.0.0.1:0")]);
    assert_eq!(second.status.code(), Some(1));
    server.stop();

    let made = run(directory.path(), &create, &format!("{PASSWORD}\n"), &[]);
    assert!(made.status.success(), "{}", words(&made.stderr));
    assert!(words(&made.stdout).starts_with("usr_"), "only the id: {}", words(&made.stdout));
    let key = run(directory.path(), &["admin", "api-key", "--scopes", "users:read"], "", &[]);
    let key = words(&key.stdout).trim().to_owned();
    let server = Server::start(directory.path());
    let (status, users) = server.ask("GET", "/api/auth/users", &key, None);
    assert_eq!((status, users["data"][0]["role"].as_str()), (200, Some("admin")), "{users}");
}

#[test]
fn wrong_settings_and_wrong_calls_are_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    for (name, value, words_said) in [
        (
            "KAVACH_MAIL__SMPT_URL",
            "smtp://x",
            "KAVACH_MAIL__SMPT_URL: mail.smpt_url: there is no such setting",
        ),
        ("KAVACH_PUBLIC_URL", "id.example.com", "KAVACH_PUBLIC_URL: public_url: needs http:// or https://"),
        ("KAVACH_LOG", "loud=very", "log: "),
        ("KAVACH_INSTANCE_KEY", "weak", "KAVACH_INSTANCE_KEY: instance_key: must be 32 bytes"),
        ("KAVACH_CONFIG", "nowhere.toml", "the configuration file nowhere.toml does not exist"),
    ] {
        let refused = run(directory.path(), &["serve"], "", &[(name, value)]);
        assert_eq!(refused.status.code(), Some(1), "{name}");
        assert!(words(&refused.stderr).contains(words_said), "{name}: {}", words(&refused.stderr));
        assert_eq!(words(&refused.stdout), "", "{name}");
    }
    assert!(!directory.path().join("data/kavach.db").exists(), "nothing was made");
    for wrong in
        [&["serve", "--fast"][..], &["admin", "create"], &["admin", "api-key", "--scopes", "root"], &[]]
    {
        assert_eq!(run(directory.path(), wrong, "", &[]).status.code(), Some(2), "{wrong:?}");
    }
    let document = run(directory.path(), &["openapi"], "", &[]);
    let document: Value = serde_json::from_slice(&document.stdout).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn metrics_tell_what_waits() {
    let directory = tempfile::tempdir().unwrap();
    let token = "a-token-of-sixteen-or-more";
    let server = Server::start_with(directory.path(), &[("KAVACH_METRICS__TOKEN", token)]);
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    assert_eq!(server.ask("POST", "/api/auth/sign-up/email", "", Some(&body)).0, 201);
    let (status, text) = server.ask("GET", "/metrics", token, None);
    assert_eq!(status, 200);
    let text = text.as_str().unwrap();
    for line in ["kavach_hash_queue 0", "kavach_audit_queue 0", "kavach_hashes_total 1"] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    // This one, and the one before it while it closes.
    let open = text.lines().find_map(|line| line.strip_prefix("kavach_connections ")?.parse::<u32>().ok());
    assert!(open.is_some_and(|open| (1..=2).contains(&open)), "{text}");
}

/// Everything until the other side ends the connection.
pub fn read_to_end(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

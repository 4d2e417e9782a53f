//! Services of others, as listeners on this machine that can be slow, broken or lying, and then well again; and an
//! instance that really asks them, through the client it uses for real.

use crate::world::{PASSWORD, START, holder};
use kavach_model::api_key::Scope;
use kavach_model::audit::{AuditFilter, AuditKind, AuditRecord};
use kavach_model::{PageRequest, Secret};
use kavach_service::clock::{Clock, ManualClock};
use kavach_service::config::Config;
use kavach_service::context::RequestContext;
use kavach_service::outbound::GuardedClient;
use kavach_service::rng::SystemRng;
use kavach_service::{Kavach, Parts, audit, setup};
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const HUGE: usize = 50 * 1024 * 1024;
/// For hashing passwords on a machine that does other things too; every limit that is looked at is far from it.
const SLACK: Duration = Duration::from_secs(8);

/// What is wrong with a service that speaks HTTP.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Nobody listens.
    Refuses,
    /// It takes the request and says nothing.
    Hangs,
    /// It says everything, a byte at a time.
    Drips,
    /// 500.
    Fails,
    /// It closes in the middle of the body it announced.
    Breaks,
    /// It announces 50 MB and sends them.
    Floods,
    /// It sends 50 MB without having said so.
    FloodsUnannounced,
    /// A page in HTML, as a captive portal has it.
    Portal,
    /// It sends everybody elsewhere.
    Redirects,
    /// An answer that is well-formed and cannot be.
    Says(String),
}

impl Fault {
    /// All but what is particular to a service.
    pub fn all() -> Vec<Self> {
        vec![
            Self::Refuses,
            Self::Hangs,
            Self::Drips,
            Self::Fails,
            Self::Breaks,
            Self::Floods,
            Self::FloodsUnannounced,
            Self::Portal,
            Self::Redirects,
        ]
    }
}

/// The right answer to a request: its first line, and its body.
pub type Well = Arc<dyn Fn(&str, &str) -> String + Send + Sync>;

/// A service on this machine.
pub struct Part {
    pub port: u16,
    fault: Arc<Mutex<Option<Fault>>>,
    well: Well,
    listening: Option<JoinHandle<()>>,
}

impl Part {
    pub async fn with(
        fault: Option<Fault>,
        well: impl Fn(&str, &str) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut part =
            Self { port, fault: Arc::new(Mutex::new(fault.clone())), well: Arc::new(well), listening: None };
        if fault != Some(Fault::Refuses) {
            part.listen(listener);
        }
        part
    }

    fn listen(&mut self, listener: TcpListener) {
        let (fault, well) = (Arc::clone(&self.fault), Arc::clone(&self.well));
        self.listening = Some(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let fault = fault.lock().unwrap().clone();
                let well = Arc::clone(&well);
                tokio::spawn(async move {
                    // Whoever asked may have gone.
                    let _ = converse(stream, fault, well).await;
                });
            }
        }));
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// From now on it answers as it should.
    pub async fn recover(&mut self) {
        *self.fault.lock().unwrap() = None;
        if self.listening.is_none() {
            let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
            self.listen(listener);
        }
    }
}

async fn converse(mut stream: TcpStream, fault: Option<Fault>, well: Well) -> std::io::Result<()> {
    let (mut heard, mut buffer) = (Vec::new(), [0; 8192]);
    let (line, body) = loop {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        heard.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&heard).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            break (head.lines().next().unwrap().to_owned(), body.to_owned());
        }
    };
    let whole = |status: &str, kind: &str, body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
    };
    let json = |body: &str| whole("200 OK", "application/json", body);
    let answer = match fault {
        None => json(&well(&line, &body)),
        Some(Fault::Says(said)) => json(&said),
        Some(Fault::Fails) => whole("500 Internal Server Error", "application/json", &well(&line, &body)),
        Some(Fault::Portal) => {
            whole("200 OK", "text/html", "<html><title>Welcome to our hotel</title></html>")
        }
        Some(Fault::Redirects) => {
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_owned()
        }
        Some(Fault::Breaks) => "HTTP/1.1 200 OK\r\ncontent-length: 4096\r\n\r\n{\"success\":".to_owned(),
        Some(Fault::Refuses | Fault::Hangs) => {
            // Until the other side has had enough.
            return stream.read(&mut buffer).await.map(drop);
        }
        Some(Fault::Drips) => {
            let mut beat = tokio::time::interval(Duration::from_millis(100));
            for byte in json(&" ".repeat(4096)).bytes() {
                beat.tick().await;
                stream.write_all(&[byte]).await?;
            }
            return Ok(());
        }
        Some(fault @ (Fault::Floods | Fault::FloodsUnannounced)) => {
            let length = match fault {
                Fault::Floods => format!("content-length: {HUGE}\r\n"),
                _ => String::new(),
            };
            stream.write_all(format!("HTTP/1.1 200 OK\r\n{length}\r\n").as_bytes()).await?;
            let chunk = vec![b' '; 64 * 1024];
            for _ in 0..HUGE / chunk.len() {
                stream.write_all(&chunk).await?;
            }
            return Ok(());
        }
    };
    stream.write_all(answer.as_bytes()).await
}

/// An instance that asks for real.
pub struct Outward {
    pub kv: Kavach,
    pub clock: Arc<ManualClock>,
    /// An administrator's key, for looking at what became of things.
    pub watch: RequestContext,
    _directory: tempfile::TempDir,
}

/// What a part of the world does is not the database's business: one is enough.
pub async fn outward(change: impl FnOnce(&mut Config)) -> Outward {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config { data_dir: directory.path().to_owned(), ..Config::default() };
    config.instance_key = Some(Secret::new("00112233445566778899aabbccddeeff".repeat(2)));
    config.hibp.enabled = false;
    config.rate_limit.enabled = false;
    let clock = Arc::new(ManualClock::new(START));
    let http = Arc::new(GuardedClient::new(&[]).unwrap());
    let parts = || Parts {
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        rng: Arc::new(SystemRng),
        http: Arc::<GuardedClient>::clone(&http),
    };
    // Whoever looks is there before anything is asked of anybody.
    let before = Kavach::start(config.clone(), parts()).await.unwrap();
    setup::create_admin_offline(&before, "watch@example.com", None, Secret::new(PASSWORD)).await.unwrap();
    let scopes = [Scope::AuditRead, Scope::UsersRead];
    let key = setup::create_api_key_offline(&before, "watch", &scopes).await.unwrap().token;
    before.shutdown().await;
    drop(before);
    change(&mut config);
    config.validate().unwrap();
    let kv = Kavach::start(config, parts()).await.unwrap();
    let watch = holder(&kv, key.expose()).await.unwrap();
    Outward { kv, clock, watch, _directory: directory }
}

/// What something comes to, which takes no longer than this and what the machine needs.
pub async fn within<T>(limit: Duration, what: &str, doing: impl Future<Output = T>) -> T {
    let started = Instant::now();
    let done = doing.await;
    let took = started.elapsed();
    assert!(took < limit + SLACK, "{what} took {took:?}");
    done
}

impl Outward {
    /// The records of a kind.
    pub async fn recorded(&self, kind: AuditKind) -> Vec<AuditRecord> {
        let filter = AuditFilter { kind: Some(kind), ..AuditFilter::default() };
        audit::list(&self.kv, &self.watch, &filter, &PageRequest::default()).await.unwrap().data
    }
}

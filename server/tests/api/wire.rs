//! A wire to PostgreSQL that listens in and breaks when told to.
//!
//! It reads the client's side of the protocol (PostgreSQL manual, "Message Formats"): which statements run, and where a
//! transaction is committed. So a test can count what a request asks of the database, and lose a connection just
//! before a commit arrives or just before its answer does, when nobody on this side can tell which it was.

use crate::world::scratch_database;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Where a connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The commit does not arrive: nothing was done.
    BeforeCommit,
    /// The commit is done and its answer does not arrive.
    AfterCommit,
}

/// A wire to an empty database of its own.
pub struct Wire {
    /// The database, by this wire.
    pub url: String,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    units: Vec<Vec<String>>,
    /// Where to break, and what the transaction must have run.
    fault: Option<(Break, &'static str)>,
}

impl Wire {
    /// None when there is no PostgreSQL to test with.
    pub async fn start() -> Option<Self> {
        let server = std::env::var("KAVACH_TEST_POSTGRES_URL").ok()?;
        let direct = scratch_database(&server).await;
        let (user, place) = direct.rsplit_once('@').unwrap();
        let (address, database) = place.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        // Encrypted it could not be listened to.
        let url = format!("{user}@127.0.0.1:{port}/{database}?sslmode=disable");
        let heard = Arc::<Mutex<Heard>>::default();
        tokio::spawn(accept(listener, address.to_owned(), Arc::clone(&heard)));
        Some(Self { url, heard })
    }

    /// Breaks the connection on which the next transaction that runs such a statement is committed.
    pub fn break_at(&self, place: Break, statement: &'static str) {
        self.heard.lock().unwrap().fault = Some((place, statement));
    }

    /// Whether it broke since it was told to.
    pub fn has_broken(&self) -> bool {
        self.heard.lock().unwrap().fault.is_none()
    }

    /// What was asked since this was last called, in the order it ended: whole transactions, each with its statements,
    /// and statements that stood alone.
    pub fn take_units(&self) -> Vec<Vec<String>> {
        std::mem::take(&mut self.heard.lock().unwrap().units)
    }
}

async fn accept(listener: TcpListener, server: String, heard: Arc<Mutex<Heard>>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = TcpStream::connect(&server).await.unwrap();
        tokio::spawn(carry(client, server, Arc::clone(&heard)));
    }
}

async fn carry(client: TcpStream, server: TcpStream, heard: Arc<Mutex<Heard>>) {
    let (from_client, mut to_client) = client.into_split();
    let (mut from_server, to_server) = server.into_split();
    let (cut, mut is_cut) = watch::channel(false);
    let back = tokio::spawn(async move {
        let cut = tokio::select! {
            _ = copy(&mut from_server, &mut to_client) => false,
            told = is_cut.wait_for(|cut| *cut) => told.is_ok(),
        };
        if cut {
            // The server has done its part once it answers, and nobody hears of it.
            let _ = from_server.read_u8().await;
        }
    });
    let mut ear = Ear { heard, cut, texts: HashMap::new(), transaction: Vec::new() };
    // A connection that ends is as good as one that is closed.
    let _ = ear.listen(from_client, to_server).await;
    let _ = back.await;
}

/// What one connection is heard to do.
struct Ear {
    heard: Arc<Mutex<Heard>>,
    cut: watch::Sender<bool>,
    /// The texts of prepared statements, by name.
    texts: HashMap<String, String>,
    transaction: Vec<String>,
}

impl Ear {
    async fn listen(&mut self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> std::io::Result<()> {
        // The first message has no type.
        let greeting = message(&mut from, Vec::new()).await?;
        to.write_all(&greeting).await?;
        loop {
            let kind = from.read_u8().await?;
            let bytes = message(&mut from, vec![kind]).await?;
            let mut words = bytes[5..].split(|byte| *byte == 0).map(String::from_utf8_lossy);
            let mut word = || words.next().unwrap_or_default().into_owned();
            match kind {
                b'P' => {
                    let (name, text) = (word(), word());
                    self.texts.insert(name, text);
                }
                b'B' => {
                    let name = (word(), word()).1;
                    let text = self.texts.get(&name).cloned().unwrap_or_default();
                    self.note(text);
                }
                b'Q' => {
                    let text = word();
                    if text == "COMMIT" {
                        match self.fault() {
                            Some(Break::BeforeCommit) => return Ok(()),
                            Some(Break::AfterCommit) => {
                                self.cut.send_replace(true);
                                to.write_all(&bytes).await?;
                                return Ok(());
                            }
                            None => {}
                        }
                    }
                    self.note(text);
                }
                _ => {}
            }
            to.write_all(&bytes).await?;
        }
    }

    fn note(&mut self, text: String) {
        let begins = text == "BEGIN";
        let ends = ["COMMIT", "ROLLBACK"].contains(&text.as_str());
        let alone = self.transaction.is_empty() && !begins;
        self.transaction.push(text);
        if ends || alone {
            let unit = std::mem::take(&mut self.transaction);
            self.heard.lock().unwrap().units.push(unit);
        }
    }

    /// Where to break now, if this is the transaction.
    fn fault(&self) -> Option<Break> {
        let mut heard = self.heard.lock().unwrap();
        let (place, statement) = heard.fault?;
        if !self.transaction.iter().any(|text| text.contains(statement)) {
            return None;
        }
        heard.fault = None;
        Some(place)
    }
}

/// A message whose type, if it has one, was read already.
async fn message(from: &mut OwnedReadHalf, mut bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
    let length = from.read_u32().await?;
    bytes.extend(length.to_be_bytes());
    let body = bytes.len();
    bytes.resize(body + length as usize - 4, 0);
    from.read_exact(&mut bytes[body..]).await?;
    Ok(bytes)
}

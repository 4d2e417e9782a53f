//! What stands between a replica and PostgreSQL: passes everything on, and where it is told to, lets the replica listen
//! for a word that nobody sends. The replica notices nothing, which is worse for it than a connection that ends.

use anyhow::Result;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the replica says, and what PostgreSQL hears: as long, so that no length before it is wrong.
const SAID: &[u8] = b"LISTEN \"kavach_agents\"";
const HEARD: &[u8] = b"LISTEN \"kavach_nobody\"";

/// Ends with the runtime.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    cuts: Arc<AtomicUsize>,
}

impl Proxy {
    /// Starts one in front of a server.
    pub async fn start(server: SocketAddr, cut: bool) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let proxy = Self { address: listener.local_addr()?, cuts: Arc::default() };
        let cuts = Arc::clone(&proxy.cuts);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let cuts = cut.then(|| Arc::clone(&cuts));
                tokio::spawn(async move {
                    // However it ends, both sides see their connection close.
                    let _ = pass(client, server, cuts).await;
                });
            }
        });
        Ok(proxy)
    }

    /// How many times a replica was deceived.
    pub fn cuts(&self) -> usize {
        self.cuts.load(Ordering::Acquire)
    }
}

async fn pass(client: TcpStream, server: SocketAddr, cuts: Option<Arc<AtomicUsize>>) -> Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    // A message this short comes in one piece.
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from_client.read(&mut buffer).await?;
        let Some(some) = buffer.get_mut(..read).filter(|some| !some.is_empty()) else { break };
        if let Some(cuts) = &cuts
            && let Some(at) = some.windows(SAID.len()).position(|window| window == SAID)
        {
            some[at..at + SAID.len()].copy_from_slice(HEARD);
            cuts.fetch_add(1, Ordering::AcqRel);
        }
        to_server.write_all(some).await?;
    }
    back.abort();
    Ok(())
}

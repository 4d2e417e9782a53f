//! Taking connections: so many at once, each with bounded time for everything it does.
//!
//! A head has to be complete within `http.header_timeout`, a body within `http.body_timeout`, and a connection on which
//! nothing moves ends after `http.idle_timeout`. So whoever only holds connections gives each back soon; while all
//! `http.max_connections` are taken, new ones wait in the system's queue. HTTP/2 has bounded streams and resets.

use super::body::Timed;
use super::idle::Idle;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use kavach_service::config::Http;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service;

/// How long to wait when no connection can be accepted, for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
const MAX_STREAMS: u32 = 100;
const MAX_RESETS: usize = 20;

/// Takes connections for ever.
pub(super) async fn accept<S>(
    listener: &TcpListener,
    router: S,
    limits: &Http,
    connections: &GracefulShutdown,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let builder = builder(limits);
    let room = Arc::new(Semaphore::new(limits.max_connections as usize));
    loop {
        let permit = wait_for_room(&room).await;
        match listener.accept().await {
            Ok((stream, peer)) => {
                let connection = Connection {
                    stream,
                    peer,
                    router: router.clone(),
                    limits: limits.clone(),
                    _place: Place::taken(permit),
                };
                tokio::spawn(connection.serve(builder.clone(), connections.watcher()));
            }
            // The other side gave up while it waited; everything else is ours and passes.
            Err(error) if is_theirs(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// A place among the connections there may be; counted for as long as it is held.
struct Place {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    fn taken(permit: Option<OwnedSemaphorePermit>) -> Self {
        metrics::gauge!("kavach_connections").increment(1.0);
        Self { _permit: permit }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::gauge!("kavach_connections").decrement(1.0);
    }
}

/// None only if somebody closed the semaphore, and nobody does.
async fn wait_for_room(room: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    if let Ok(permit) = Arc::clone(room).try_acquire_owned() {
        return Some(permit);
    }
    tracing::warn!("every connection is taken (http.max_connections); new ones wait");
    Arc::clone(room).acquire_owned().await.ok()
}

fn is_theirs(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

fn builder(limits: &Http) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_pending_accept_reset_streams(MAX_RESETS)
        .max_header_list_size(32 * 1024)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10));
    builder
}

/// A connection that was taken.
struct Connection<S> {
    stream: TcpStream,
    peer: SocketAddr,
    router: S,
    limits: Http,
    _place: Place,
}

impl<S> Connection<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    async fn serve(self, builder: Builder<TokioExecutor>, watcher: Watcher) {
        let Self { stream, peer, router, limits, _place } = self;
        // Answers are small and complete: waiting to fill a packet only delays them.
        let _ = stream.set_nodelay(true);
        let stream = TokioIo::new(Idle::new(stream, limits.header_timeout, limits.idle_timeout));
        let service = service_fn(move |mut request: http::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().call(request.map(|body| Body::new(Timed::new(body, limits.body_timeout))))
        });
        let connection = builder.serve_connection(stream, service).into_owned();
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(error, "connection ended early");
        }
    }
}

//! `kavach serve`: starts the services, listens, and stops in good order.
//!
//! On SIGTERM or SIGINT the process is not ready at once, takes no new connection, lets what is in flight finish for ten
//! seconds, and closes the database. A second signal ends it on the spot.

pub(crate) mod body;
mod connections;
mod idle;

use crate::state::AppState;
use crate::{metrics, operations, router};
use connections::accept;
use hyper_util::server::graceful::GracefulShutdown;
use kavach_service::config::Config;
use kavach_service::{Kavach, Parts, demo, setup};
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long requests in flight may take at the end.
const GRACE: Duration = Duration::from_secs(10);

/// Why the server did not run, or did not stop well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The services did not start.
    #[error(transparent)]
    Service(#[from] kavach_service::Error),
    /// The address cannot be listened on.
    #[error("{key}: cannot listen on {address}: {error}")]
    Listen {
        /// Which setting.
        key: &'static str,
        /// Where.
        address: SocketAddr,
        /// Why not.
        error: std::io::Error,
    },
    /// Something the operating system refused.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Metrics could not be switched on.
    #[error("metrics: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// A second signal came before everything was finished.
    #[error("stopped before every request was finished")]
    Hurried,
}

/// Runs until told to stop.
pub async fn serve(config: Config, with_demo: bool) -> Result<(), ServeError> {
    let mut stop = StopSignals::new()?;
    let (address, metrics_address) = (config.listen, config.metrics.listen);
    let wants_metrics = metrics_address.is_some() || config.metrics.token.is_some();
    let recorder = if wants_metrics { Some(metrics::install()?) } else { None };
    // Listening comes before starting: a taken port must not leave a migrated database behind.
    let listener = listen("listen", address).await?;
    let metrics_listener = match metrics_address {
        Some(address) => Some(listen("metrics.listen", address).await?),
        None => None,
    };

    let parts = Parts::system(&config)?;
    let kavach = Kavach::start(config, parts).await?;
    if with_demo {
        demo::seed(&kavach).await?;
    }
    let state = AppState::new(kavach.clone(), recorder.clone());
    if let Some(recorder) = recorder {
        tokio::spawn(metrics::upkeep(recorder));
    }
    let setup_link = setup::issue_link(&kavach).await?;
    if let Err(error) = greet(&kavach, address, setup_link.as_deref(), with_demo) {
        tracing::warn!(%error, "nothing can be printed on standard output");
    }

    let connections = GracefulShutdown::new();
    tokio::select! {
        () = accept(&listener, router(state.clone()), &state.kavach().config().http, &connections) => {}
        () = accept_metrics(metrics_listener.as_ref(), &state, &connections) => {}
        () = stop.next() => {}
    }
    tracing::info!("stopping: requests in flight have {} seconds", GRACE.as_secs());
    state.begin_stopping();
    drop((listener, metrics_listener));
    tokio::select! {
        () = connections.shutdown() => {}
        () = tokio::time::sleep(GRACE) => tracing::warn!("some requests did not finish in time"),
        () = stop.next() => return Err(ServeError::Hurried),
    }
    tokio::select! {
        () = kavach.shutdown() => Ok(()),
        () = stop.next() => Err(ServeError::Hurried),
    }
}

/// Says where to go; the set-up link is the one secret that is ever printed.
fn greet(
    kavach: &Kavach,
    address: SocketAddr,
    setup_link: Option<&str>,
    with_demo: bool,
) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Kavach is ready at {} (listening on {address})", kavach.config().public_url)?;
    if with_demo {
        writeln!(out, "\nThe demonstration's administrator: {} / {}", demo::ADMIN_EMAIL, demo::PASSWORD)?;
    }
    if let Some(link) = setup_link {
        writeln!(
            out,
            "\nNobody administers this instance yet. Open this link once to become the first administrator:"
        )?;
        writeln!(out, "\n    {link}\n")?;
    }
    out.flush()
}

async fn listen(key: &'static str, address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|error| ServeError::Listen { key, address, error })
}

async fn accept_metrics(listener: Option<&TcpListener>, state: &AppState, connections: &GracefulShutdown) {
    match listener {
        Some(listener) => {
            let limits = &state.kavach().config().http;
            accept(listener, operations::metrics_routes(state.clone()), limits, connections).await;
        }
        None => std::future::pending().await,
    }
}

/// SIGTERM and SIGINT.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

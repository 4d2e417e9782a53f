//! The server everything is compared with: axum, one route, no state, no body to read.

use anyhow::Result;
use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use clap::Args;
use std::net::SocketAddr;
use std::process::ExitCode;
use tokio::net::TcpListener;

/// Where to say hello.
#[derive(Args)]
pub struct Options {
    #[arg(long)]
    listen: SocketAddr,
}

/// Runs until killed.
pub async fn run(options: &Options) -> Result<ExitCode> {
    let listener = TcpListener::bind(options.listen).await?.tap_io(|stream| {
        // As kavach has it.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, Router::new().route("/", get(|| async { "hello" }))).await?;
    Ok(ExitCode::SUCCESS)
}

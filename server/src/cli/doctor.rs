//! `kavach doctor`: looks at everything the server needs and says in words what is wrong.
//!
//! It changes nothing. The mail server is only connected to; no mail is sent.

use super::{print, text};
use kavach_service::config::Config;
use kavach_store::{DataDirLock, DatabaseUrl, Store};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) async fn examine(config: &Config) -> Result<(), String> {
    let mut sound = true;
    let mut report = |what: &str, finding: Result<String, String>| {
        sound &= finding.is_ok();
        let (mark, words) = match &finding {
            Ok(words) => ("ok     ", words),
            Err(words) => ("PROBLEM", words),
        };
        print(&format!("{mark}  {what}: {words}"))
    };
    report("settings", Ok(format!("people reach this instance at {}", config.public_url)))?;
    report("listen", address(config).await)?;
    report("database", database(config).await)?;
    report("mail", mail(config).await)?;
    if sound { Ok(()) } else { Err("something needs attention; see above".to_owned()) }
}

async fn address(config: &Config) -> Result<String, String> {
    match TcpListener::bind(config.listen).await {
        Ok(_) => Ok(format!("{} is free", config.listen)),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Ok(format!("{} is in use, which is right if the server runs", config.listen))
        }
        Err(error) => Err(format!("{}: {error}", config.listen)),
    }
}

async fn database(config: &Config) -> Result<String, String> {
    let url: DatabaseUrl = config.database_url().expose().parse()?;
    if let DatabaseUrl::SqliteFile(path) = &url {
        if !path.exists() {
            return Ok(format!("{} does not exist yet; `kavach serve` creates it", path.display()));
        }
        // Held while looking; a running server holds it, and then there is nothing to worry about.
        if DataDirLock::acquire(&config.data_dir).is_err() {
            return Ok(format!("{} is in use by a running server", path.display()));
        }
    }
    let store = Store::connect(&url, config.database.max_connections).await.map_err(text)?;
    let answers = store.read().await.map(|_| ()).map_err(text);
    store.close().await;
    answers.map(|()| format!("{url:?} answers"))
}

async fn mail(config: &Config) -> Result<String, String> {
    let Some(url) = &config.mail.smtp_url else {
        return Ok("no server set; messages are shown at /dev/outbox and nothing is sent".to_owned());
    };
    let (scheme, rest) = url.expose().split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let with_port = if host.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok()) {
        host.to_owned()
    } else {
        format!("{host}:{}", if scheme == "smtps" { 465 } else { 587 })
    };
    match tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect(&with_port)).await {
        Ok(Ok(_)) => Ok(format!("{with_port} accepts connections")),
        Ok(Err(error)) => Err(format!("cannot connect to {with_port}: {error}")),
        Err(_) => Err(format!("{with_port} did not answer in {} seconds", CONNECT_TIMEOUT.as_secs())),
    }
}

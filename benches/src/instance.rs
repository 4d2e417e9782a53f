//! A server process on a data directory of its own, and what is needed to ask it something.

use crate::http::{Connection, Reply, Request};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::Instant;

/// Longest wait for a process to answer.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(2);
const EMAIL: &str = "bench@example.com";
const PASSWORD: &str = "four-lanterns-over-quiet-water";

/// Where a kavach keeps its things; may be started many times, one after the other.
pub struct Place {
    kavach: PathBuf,
    folder: PathBuf,
    settings: Vec<(&'static str, String)>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Place {
    /// An empty folder and a free port.
    pub fn new(kavach: &Path, folder: PathBuf) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(Self { kavach: kavach.to_owned(), folder, settings: Vec::new(), address: free_address()? })
    }

    /// With a setting of the environment.
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.settings.push((name, value));
        self
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The program with its settings. The folder holds no kavach.toml, so nothing else is set.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).kill_on_drop(true);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("KAVACH_") {
                command.env_remove(name);
            }
        }
        command
            .env("KAVACH_LISTEN", self.address.to_string())
            .env("KAVACH_DATA_DIR", self.data())
            // Nothing here may depend on a service elsewhere.
            .env("KAVACH_HIBP__ENABLED", "false")
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Makes the administrator everything is done as.
    pub async fn create_admin(&self) -> Result<()> {
        let mut command = self.command(&self.kavach);
        command.args(["admin", "create", "--email", EMAIL, "--password-stdin"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let mut input = child.stdin.take().context("its input is a pipe")?;
        input.write_all(PASSWORD.as_bytes()).await?;
        drop(input);
        ensure!(child.wait().await?.success(), "`kavach admin create` failed");
        Ok(())
    }

    /// Starts the server and waits until it is ready; also says how long that took.
    pub async fn start(&self) -> Result<(Running, Duration)> {
        self.start_under(&[]).await
    }

    /// The same, with another program and its arguments in front.
    pub async fn start_under(&self, before: &[String]) -> Result<(Running, Duration)> {
        let mut command = match before.split_first() {
            None => self.command(&self.kavach),
            Some((program, rest)) => {
                let mut command = self.command(Path::new(program));
                command.args(rest).arg(&self.kavach);
                command
            }
        };
        let log = self.folder.join("log");
        command.arg("serve").stdin(Stdio::null());
        command.stdout(File::options().create(true).append(true).open(&log)?);
        command.stderr(File::options().create(true).append(true).open(&log)?);
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("could not start {}", self.kavach.display()))?;
        let mut running = Running { child, address: self.address };
        running.wait_until_ready("/readyz").await.with_context(|| format!("see {}", log.display()))?;
        Ok((running, started.elapsed()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What is left behind is only in the way.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// An address nobody listens on at the moment.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// A process that answers.
pub struct Running {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Running {
    /// Starts this very program as the hello server.
    pub async fn hello() -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["hello", "--listen", &address.to_string()]).kill_on_drop(true);
        let mut running = Self { child: command.spawn()?, address };
        running.wait_until_ready("/").await?;
        Ok(running)
    }

    /// Starts a script of Node that serves, and says under which address on its first line.
    pub async fn peer(script: &Path) -> Result<Self> {
        let mut command = Command::new("node");
        command.arg(script).env("NODE_ENV", "production").stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("could not start node")?;
        let out = child.stdout.take().context("its output is a pipe")?;
        let line = BufReader::new(out).lines().next_line().await?.context("it said no address")?;
        let address = line.trim().trim_start_matches("http://").parse()?;
        Ok(Self { child, address })
    }

    /// Its process id.
    pub fn pid(&self) -> Result<u32> {
        self.child.id().context("the process has ended")
    }

    /// Ends it without a warning: SIGKILL.
    pub async fn kill(mut self) -> Result<ExitStatus> {
        self.child.start_kill()?;
        Ok(self.child.wait().await?)
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    pub async fn stop(mut self) -> Result<ExitStatus> {
        let pid = self.pid()?.to_string();
        let status = Command::new("kill").args(["-TERM", &pid]).status().await?;
        ensure!(status.success(), "could not signal process {pid}");
        Ok(self.child.wait().await?)
    }

    /// A new connection to it.
    pub async fn connect(&self) -> Result<Connection> {
        Connection::open(self.address).await
    }

    async fn wait_until_ready(&mut self, path: &str) -> Result<()> {
        let started = Instant::now();
        let request = Request::new("GET", path);
        loop {
            if let Ok(mut connection) = self.connect().await
                && connection.send(&request).await.is_ok_and(|reply| reply.status == 200)
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended ({status}) instead of listening");
            }
            ensure!(started.elapsed() < PATIENCE, "the server did not get ready");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// Signs the administrator in; gives the session's token.
pub async fn sign_in(connection: &mut Connection) -> Result<String> {
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let data = connection.send(&Request::new("POST", "/api/auth/sign-in/email").json(&body)).await?.data()?;
    text(&data["token"])
}

/// An agent as it was answered once.
#[derive(Clone)]
pub struct Agent {
    /// Its id.
    pub id: String,
    /// Its token.
    pub token: String,
}

/// Makes an agent that may read GitHub, and has nine other permissions.
pub async fn create_agent(connection: &mut Connection, session: &str, name: &str) -> Result<Agent> {
    created(&connection.send(&create_request(session, name)).await?)
}

/// The request that makes one.
pub fn create_request(session: &str, name: &str) -> Request {
    let body = json!({"name": name, "type": "autonomous", "permissions": permissions()});
    Request::new("POST", "/api/auth/agents").bearer(session).json(&body)
}

/// The agent of an answer to it.
pub fn created(reply: &Reply) -> Result<Agent> {
    let data = reply.data()?;
    Ok(Agent { id: text(&data["id"])?, token: text(&data["token"])? })
}

/// Ten permissions, as they come back from the API.
pub fn permissions() -> Value {
    let mut list = vec![
        json!({"resource": "mcp:github:*", "actions": ["read"]}),
        json!({"resource": "mcp:deploy:production", "actions": ["execute"], "constraints": {"requireApproval": true}}),
    ];
    list.extend(
        (0..8).map(|number| json!({"resource": format!("mcp:tool-{number}:*:list"), "actions": ["*"]})),
    );
    Value::Array(list)
}

/// The question of an agent about itself; allowed for agents made here when `action` is `read`.
pub fn question(agent: &Agent, action: &str) -> Request {
    let body = json!({"action": action, "resource": "mcp:github:repos"});
    Request::new("POST", "/api/auth/authorize/token").bearer(&agent.token).json(&body)
}

/// A JSON string.
pub fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("expected a text instead of {value}"))
}

//! A PostgreSQL of our own for the length of a test run: a fresh cluster in a temporary folder, on loopback only.
//!
//! PostgreSQL refuses to run as root, so under root it runs as another user. A small shell script looks after
//! it and waits for its own input to end. That happens when this process drops it, but also when this
//! process is killed in whatever way, so no cluster and no folder is ever left behind.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use crate::{apt, process};

/// Set by a person who has a server for tests already; tests create and drop databases there.
const OWN_SERVER: &str = "KAVACH_TEST_POSTGRES_URL";

/// Arguments: the folder of PostgreSQL's programs, and the port. Says `ready`, then waits.
/// No durability: what is lost in a crash here is a test.
const KEEPER: &str = r#"
set -eu
umask 077
dir=$(mktemp -d /tmp/kavach-postgres.XXXXXX)
trap 'rm -rf "$dir"' EXIT
"$1/initdb" --pgdata="$dir/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync \
    >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
"$1/postgres" -D "$dir/data" -c listen_addresses=127.0.0.1 -c port="$2" -c unix_socket_directories= \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 \
    >"$dir/log" 2>&1 </dev/null &
server=$!
until "$1/pg_isready" --quiet --host=127.0.0.1 --port="$2"; do
    kill -0 "$server" 2>/dev/null || { cat "$dir/log"; exit 1; }
    sleep 0.1
done
echo ready
read -r _ || true
kill -INT "$server"
wait "$server" || true
"#;

/// A running server; dropping it stops it and removes its folder.
pub struct Postgres {
    url: String,
    keeper: Option<Child>,
}

impl Postgres {
    /// Starts one, installing PostgreSQL first where it is missing.
    pub fn start(workspace: &Workspace) -> Result<Self> {
        if let Ok(url) = env::var(OWN_SERVER) {
            return Ok(Self { url, keeper: None });
        }
        let programs = match programs() {
            Some(folder) => folder,
            None => {
                apt::install(workspace, &["postgresql"], "PostgreSQL, for the tests,")?;
                programs().context("the package postgresql brought no initdb")?
            }
        };
        // Free now; the moment in between is short, and a test machine has few other takers.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut keeper = keeper(&programs, port);
        let mut child = keeper.spawn().context("could not start PostgreSQL")?;
        let mut said = BufReader::new(child.stdout.take().context("the keeper's output is a pipe")?);
        let mut line = String::new();
        said.read_line(&mut line)?;
        if line.trim() != "ready" {
            said.read_to_string(&mut line)?;
            child.wait()?;
            bail!("PostgreSQL did not start:\n{line}");
        }
        println!("PostgreSQL listens on 127.0.0.1:{port}");
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Ok(Self { url, keeper: Some(child) })
    }

    /// Where tests connect to as superuser.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            // Its input ends; it stops the server, removes the folder, and goes.
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }
}

fn keeper(programs: &Path, port: u16) -> Command {
    let mut command = if process::is_root() {
        let user = if has_user("postgres") { "postgres" } else { "nobody" };
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={user}")).arg(format!("--regid={}", group_of(user)));
        command.args(["--clear-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command.args(["-c", KEEPER, "keeper"]).arg(programs).arg(port.to_string());
    command.current_dir("/").env_remove("LD_LIBRARY_PATH");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    // Ctrl-C goes to a whole process group; the keeper has to outlive it to clean up.
    command.process_group(0);
    command
}

/// The newest of Debian's versions, or whatever is on the path.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = versions.map(|version| version.path().join("bin"));
    let newest =
        folders.filter(|folder| folder.join("initdb").is_file()).max_by_key(|folder| version(folder));
    newest.or_else(|| process::find("initdb")?.parent().map(PathBuf::from))
}

fn version(folder: &Path) -> u32 {
    let name = folder.parent().and_then(|parent| parent.file_name());
    name.and_then(|name| name.to_string_lossy().parse().ok()).unwrap_or(0)
}

fn has_user(name: &str) -> bool {
    Command::new("id").arg(name).output().is_ok_and(|output| output.status.success())
}

fn group_of(user: &str) -> String {
    let output = Command::new("id").args(["--group", "--name", user]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

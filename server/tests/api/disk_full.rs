//! The disk runs full under a running server: nothing is allowed that is not recorded, it says so, and when there is
//! room again it goes on by itself.
//!
//! The disk is a small tmpfs. Where none can be mounted (that takes root) the test says so and ends.

use crate::process::Server;
use crate::world::PASSWORD;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A file system of 16 MiB in memory; unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs"])
            .arg(directory.path())
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(directory))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all the room there is, to the last byte.
    fn fill(&self) {
        let mut filler = File::create(self.path().join("filler")).unwrap();
        for size in [64 * 1024, 4 * 1024, 1] {
            while filler.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server may still be ending.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// A server on that disk, and an agent that may read GitHub.
struct World {
    server: Server,
    session: String,
    agent: String,
    /// What was answered.
    audit_ids: Vec<String>,
}

impl World {
    fn start(disk: &SmallDisk) -> Self {
        let server = Server::start_with(disk.path(), &[]);
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        let (_, made) = server.ask("POST", "/api/auth/sign-up/email", "", Some(&body));
        let session = made["data"]["token"].as_str().unwrap().to_owned();
        let permissions = json!([{"resource": "mcp:github:*", "actions": ["read"]}]);
        let body = json!({"name": "reader", "permissions": permissions});
        let (_, made) = server.ask("POST", "/api/auth/agents", &session, Some(&body));
        let agent = made["data"]["token"].as_str().unwrap().to_owned();
        Self { server, session, agent, audit_ids: Vec::new() }
    }

    /// Asks for a decision; whether there was one. There is no third way.
    fn decides(&mut self) -> bool {
        let question = json!({"action": "read", "resource": "mcp:github:repos"});
        match self.server.ask("POST", "/api/auth/authorize/token", &self.agent, Some(&question)) {
            (200, answer) => {
                assert_eq!(answer["data"]["allowed"], true, "{answer}");
                self.audit_ids.push(answer["data"]["auditId"].as_str().unwrap().to_owned());
                true
            }
            (503, answer) => {
                assert_eq!(answer["error"]["code"], "unavailable", "{answer}");
                assert_eq!(answer.pointer("/data/allowed"), None);
                false
            }
            (status, answer) => panic!("{status}: {answer}"),
        }
    }

    fn get(&self, path: &str) -> (u16, Value) {
        self.server.ask("GET", path, &self.session, None)
    }

    fn is_ready(&self) -> bool {
        self.get("/readyz").0 == 200
    }

    /// Every decision that was answered is in the log.
    fn find_all(&self) {
        for id in &self.audit_ids {
            assert_eq!(self.get(&format!("/api/auth/audit/{id}")).0, 200, "{id}");
        }
    }
}

fn until(what: &str, limit: Duration, mut happens: impl FnMut() -> bool) {
    let began = Instant::now();
    while !happens() {
        assert!(began.elapsed() < limit, "{what} took longer than {limit:?}");
    }
}

#[test]
fn nothing_is_allowed_on_a_full_disk_and_it_recovers_by_itself() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: no tmpfs can be mounted here, which takes root");
        return;
    };
    let mut world = World::start(&disk);
    for round in 0..3 {
        assert!(world.decides() && world.is_ready(), "round {round}");
        disk.fill();
        // What the database has room for already may still be used up.
        until("refusing", Duration::from_secs(30), || !(0..10).any(|_| world.decides()));
        until("saying so", Duration::from_secs(5), || !world.is_ready());
        assert!(!world.decides());
        let (status, _) =
            world.server.ask("POST", "/api/auth/agents", &world.session, Some(&json!({"name": "x"})));
        assert_eq!(status, 503);
        assert_eq!(world.get("/healthz").0, 200, "it lives");
        world.find_all();
        disk.free();
        until("deciding again", Duration::from_secs(5), || world.decides());
        until("being ready again", Duration::from_secs(5), || world.is_ready());
    }
    let World { server, session, agent, audit_ids } = world;
    let (code, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
    let server = Server::start_with(disk.path(), &[]);
    let mut world = World { server, session, agent, audit_ids };
    world.find_all();
    assert!(world.decides());
}

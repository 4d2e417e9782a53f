//! A migrated, empty store of each kind, and rows to fill it with.

use kavach_model::{Timestamp, UserId};
use kavach_store::{Allowance, Conn, DatabaseUrl, NewUser, Store, create_scratch_database};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A point in time tests count from.
pub const NOW: Timestamp = Timestamp::from_millis(1_764_000_000_000);

/// A store of its own for one test.
pub struct World {
    pub store: Store,
    pub url: DatabaseUrl,
    _directory: Option<tempfile::TempDir>,
}

/// Ten bytes nobody else has in this process.
pub fn unique() -> [u8; 10] {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    bytes
}

/// One migrated store of each database there is.
pub async fn worlds() -> Vec<World> {
    let worlds = unmigrated().await;
    for world in &worlds {
        world.store.migrate(NOW).await.unwrap();
    }
    worlds
}

/// One empty store of each database there is, before migration.
pub async fn unmigrated() -> Vec<World> {
    let directory = tempfile::tempdir().unwrap();
    let file = DatabaseUrl::SqliteFile(directory.path().join("kavach.db"));
    let mut worlds = vec![World {
        store: Store::connect(&file, 4).await.unwrap(),
        url: file,
        _directory: Some(directory),
    }];
    if let Ok(server) = std::env::var("KAVACH_TEST_POSTGRES_URL") {
        // Random, because a server may outlive the numbers of its processes.
        let number = RandomState::new().hash_one(std::process::id());
        let url = DatabaseUrl::Postgres(create_scratch_database(&server, number.into()).await.unwrap());
        worlds.push(World { store: Store::connect(&url, 4).await.unwrap(), url, _directory: None });
    }
    worlds
}

/// So many requests at once under a key, and one more each interval.
pub fn allowance(key: &str, interval: Duration, burst: u32) -> Allowance<'_> {
    Allowance { key, interval, burst }
}

/// Stores a person and tells who.
pub async fn person(tx: &mut Conn, email: &str) -> UserId {
    let id = UserId::from_parts(NOW, unique());
    let made = tx
        .insert_user(&NewUser {
            email: Some(email),
            email_key: Some(email),
            password_hash: Some("$argon2id$stored"),
            ..NewUser::named(id, "Somebody", NOW)
        })
        .await
        .unwrap();
    assert!(made);
    id
}

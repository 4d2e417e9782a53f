//! Migrations: one set of files for both databases, each applied once, in order, in a transaction.
//!
//! A database that knows a migration this program does not is newer: it is left as it is. So is one whose
//! applied text differs from ours.

use crate::db::{Backend, Conn, Store, sql};
use crate::error::{Result, StoreError};
use kavach_model::Timestamp;
use sha2::{Digest, Sha256};

struct Migration {
    version: i64,
    name: &'static str,
    text: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "initial", text: include_str!("../../../migrations/0001_initial.sql") },
    Migration {
        version: 2,
        name: "audit_tree",
        text: include_str!("../../../migrations/0002_audit_tree.sql"),
    },
    Migration { version: 3, name: "usage", text: include_str!("../../../migrations/0003_usage.sql") },
    Migration { version: 4, name: "chains", text: include_str!("../../../migrations/0004_chains.sql") },
    Migration { version: 5, name: "approvals", text: include_str!("../../../migrations/0005_approvals.sql") },
    Migration { version: 6, name: "retention", text: include_str!("../../../migrations/0006_retention.sql") },
    Migration { version: 7, name: "sign_in", text: include_str!("../../../migrations/0007_sign_in.sql") },
    Migration {
        version: 8,
        name: "device_grants",
        text: include_str!("../../../migrations/0008_device_grants.sql"),
    },
    Migration {
        version: 9,
        name: "audit_reasons",
        text: include_str!("../../../migrations/0009_audit_reasons.sql"),
    },
    Migration { version: 10, name: "two_step", text: include_str!("../../../migrations/0010_two_step.sql") },
    Migration { version: 11, name: "oauth", text: include_str!("../../../migrations/0011_oauth.sql") },
    Migration {
        version: 12,
        name: "audit_actions",
        text: include_str!("../../../migrations/0012_audit_actions.sql"),
    },
    Migration { version: 13, name: "grants", text: include_str!("../../../migrations/0013_grants.sql") },
    Migration {
        version: 14,
        name: "oauth_traces",
        text: include_str!("../../../migrations/0014_oauth_traces.sql"),
    },
];

/// Texts that databases were made with besides those above, by version and checksum. What is different about such a
/// database, a later migration makes up for: 10 for the second text of 7.
const ALSO_APPLIED: [(i64, &str); 1] =
    [(7, "a7f15ad1f21404346715b6937b5c16d16494b09f9069da9dd9da026a3fd4c94d")];

/// The newest migration this program knows.
pub const LATEST_MIGRATION: i64 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// Any number no other program uses for an advisory lock on the same PostgreSQL database.
const ADVISORY_LOCK: &str = "SELECT 1 AS locked FROM pg_advisory_xact_lock(5406218871123)";

impl Store {
    /// Brings the database to this program's version; refuses one that is newer, changing nothing.
    pub async fn migrate(&self, now: Timestamp) -> Result<()> {
        let mut tx = self.write().await?;
        if tx.backend() == Backend::Postgres {
            tx.first(sql(ADVISORY_LOCK)).await?;
        }
        tx.execute(sql("CREATE TABLE IF NOT EXISTS schema_migrations (
                version BIGINT PRIMARY KEY,
                name TEXT NOT NULL,
                checksum TEXT NOT NULL,
                applied_at BIGINT NOT NULL
            )"))
            .await?;
        let applied = applied(&mut tx).await?;
        for (version, name, checksum) in &applied {
            let Some(known) = MIGRATIONS.iter().find(|known| known.version == *version) else {
                return Err(StoreError::Migration(format!(
                    "the database is at migration {version} ({name}), this program knows {LATEST_MIGRATION} at most. \
                     It was written by a newer kavach: start that version, or restore a backup made before the upgrade. \
                     Nothing was changed."
                )));
            };
            if known.checksum() != *checksum && !ALSO_APPLIED.contains(&(*version, checksum.as_str())) {
                return Err(StoreError::Migration(format!(
                    "migration {version} ({name}) was applied with another text than this program carries. Nothing was changed."
                )));
            }
        }
        for migration in
            MIGRATIONS.iter().filter(|known| applied.iter().all(|(version, ..)| *version != known.version))
        {
            tx.script(migration.text).await?;
            tx.execute(
                sql("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)")
                    .bind(migration.version)
                    .bind(migration.name)
                    .bind(migration.checksum())
                    .bind(now),
            )
            .await?;
            tracing::info!(version = migration.version, name = migration.name, "applied migration");
        }
        tx.commit().await
    }

    /// The newest migration the database has.
    pub async fn schema_version(&self) -> Result<i64> {
        let mut conn = self.read().await?;
        let row = conn.first(sql("SELECT MAX(version) AS version FROM schema_migrations")).await?;
        Ok(row.map(|row| row.opt_int("version")).transpose()?.flatten().unwrap_or(0))
    }
}

async fn applied(tx: &mut Conn) -> Result<Vec<(i64, String, String)>> {
    tx.all(sql("SELECT version, name, checksum FROM schema_migrations ORDER BY version"))
        .await?
        .iter()
        .map(|row| Ok((row.int("version")?, row.text("name")?, row.text("checksum")?)))
        .collect()
}

impl Migration {
    fn checksum(&self) -> String {
        Sha256::digest(self.text).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Store {
    /// Notes a migration as applied without applying anything: what a newer version would leave behind.
    #[doc(hidden)]
    pub async fn pretend_migration(&self, version: i64, name: &str) -> Result<()> {
        let mut tx = self.write().await?;
        tx.execute(
            sql("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, '', 0)")
                .bind(version)
                .bind(name),
        )
        .await?;
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of each checksum. A line is added with a migration and never changed: databases that have it
    /// would be refused.
    const WRITTEN: [&str; MIGRATIONS.len()] = [
        "504348c5163287ae",
        "f5a13f81f0a502d7",
        "d2826fd213a63a0d",
        "f747971c14026e47",
        "e1e49a38cc288f90",
        "e03b54ea22904f41",
        "61941d6b7e9e5826",
        "50ad86a4cea51248",
        "28b40a9248e44bdc",
        "9467759ff6a1e1f1",
        "9092513ff85b732d",
        "08657b9e979a30a5",
        "1a3ebc5f8107ad62",
        "1ce1c53432c8538c",
    ];

    #[test]
    fn no_migration_changes_once_databases_have_it() {
        for ((migration, written), place) in MIGRATIONS.iter().zip(WRITTEN).zip(1..) {
            assert_eq!(migration.version, place, "{}", migration.name);
            assert!(
                migration.checksum().starts_with(written),
                "{} is {}",
                migration.name,
                migration.checksum()
            );
        }
    }
}

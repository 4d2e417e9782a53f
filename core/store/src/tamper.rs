//! What somebody with the password of the database could do to the audit log, to approvals and to migrations, by name. For tests, which must not hold
//! SQL; nothing else calls it.

use crate::db::Store;
use crate::error::{Result, StoreError};

const DEEDS: &[(&str, &str)] = &[
    ("edit record 217", "UPDATE audit_log SET body = REPLACE(body, '192.0.2.7', '192.0.2.8') WHERE seq = 217;"),
    ("edit record 650", "UPDATE audit_log SET body = REPLACE(body, '192.0.2.7', '192.0.2.8') WHERE seq = 650;"),
    (
        "edit records 650 and 690",
        "UPDATE audit_log SET body = REPLACE(body, '192.0.2.7', '192.0.2.8') WHERE seq IN (650, 690);",
    ),
    ("edit the action in record 218", "UPDATE audit_log SET body = REPLACE(body, 'read', 'peek') WHERE seq = 218;"),
    ("edit the action in record 300", "UPDATE audit_log SET body = REPLACE(body, 'read', 'peek') WHERE seq = 300;"),
    (
        "edit a record two thirds in",
        "UPDATE audit_log SET body = REPLACE(body, 'request-', 'request+')
         WHERE seq = (SELECT MAX(seq) * 2 / 3 + 1 FROM audit_log);",
    ),
    ("add a space to record 512", "UPDATE audit_log SET body = body || ' ' WHERE seq = 512;"),
    ("empty record 700", "UPDATE audit_log SET body = '{}' WHERE seq = 700;"),
    ("set the action column of record 300", "UPDATE audit_log SET action = 'write' WHERE seq = 300;"),
    ("clear the agent column of record 17", "UPDATE audit_log SET agent_id = NULL WHERE seq = 17;"),
    (
        "give record 18 another sponsor",
        "UPDATE audit_log SET sponsor_id = 'usr_00000000000000000000000000' WHERE seq = 18;",
    ),
    ("set time and verdict of record 1", "UPDATE audit_log SET verdict = 'allow', at = at + 1 WHERE seq = 1;"),
    ("put separators into record 20", "UPDATE audit_log SET resource = 'a\u{1f}b\u{1e}c' WHERE seq = 20;"),
    ("delete records 400 and 450", "DELETE FROM audit_log WHERE seq IN (400, 450);"),
    ("delete record 1", "DELETE FROM audit_log WHERE seq = 1;"),
    ("delete record 3", "DELETE FROM audit_log WHERE seq = 3;"),
    ("delete record 690", "DELETE FROM audit_log WHERE seq = 690;"),
    ("delete record 700", "DELETE FROM audit_log WHERE seq = 700;"),
    ("delete everything", "DELETE FROM audit_log;"),
    (
        "swap records 10 and 11",
        "UPDATE audit_log SET seq = 100000 WHERE seq = 10;
         UPDATE audit_log SET seq = 10 WHERE seq = 11;
         UPDATE audit_log SET seq = 11 WHERE seq = 100000;",
    ),
    (
        "swap and renumber records 10 and 11",
        "UPDATE audit_log SET seq = 100000 WHERE seq = 10;
         UPDATE audit_log SET seq = 10, body = REPLACE(body, '{\"seq\":11,', '{\"seq\":10,') WHERE seq = 11;
         UPDATE audit_log SET seq = 11, body = REPLACE(body, '{\"seq\":10,', '{\"seq\":11,') WHERE seq = 100000;",
    ),
    ("cut after record 600", "DELETE FROM audit_log WHERE seq > 600;"),
    (
        "cut after record 600 with all that was sealed over it",
        "DELETE FROM audit_log WHERE seq > 600;
         DELETE FROM audit_checkpoints WHERE size > 600;
         DELETE FROM audit_tiles WHERE level = 0 AND idx = 2;",
    ),
    (
        "cut after record 200 with everything that was sealed",
        "DELETE FROM audit_log WHERE seq > 200; DELETE FROM audit_checkpoints; DELETE FROM audit_tiles;",
    ),
    (
        "edit record 650 and delete its hash",
        "UPDATE audit_log SET body = REPLACE(body, '192.0.2.7', '192.0.2.8') WHERE seq = 650;
         DELETE FROM audit_tiles WHERE level = 0 AND idx = 2;",
    ),
    ("set the root of checkpoint 300", "UPDATE audit_checkpoints SET root = 'AAAA' WHERE size = 300;"),
    (
        "set the size in the note of checkpoint 300",
        "UPDATE audit_checkpoints SET note = REPLACE(note, '300', '299') WHERE size = 300;",
    ),
    (
        "replace the hashes of the first tile",
        "UPDATE audit_tiles SET hashes = (SELECT hashes FROM audit_tiles WHERE level = 0 AND idx = 1) WHERE idx = 0;",
    ),
    (
        "show another resource in every approval",
        "UPDATE approvals SET resource = REPLACE(resource, 'production', 'staging');",
    ),
    (
        "take the arguments out of every approval",
        "UPDATE approvals SET arguments_sealed = NULL;",
    ),
    (
        "pretend that records up to 768 were archived",
        "DELETE FROM audit_log WHERE seq <= 768; UPDATE counters SET value = 768 WHERE name = 'audit_kept_after';",
    ),
    (
        "pretend with a row that records up to 768 were archived",
        "DELETE FROM audit_log WHERE seq <= 768; UPDATE counters SET value = 768 WHERE name = 'audit_kept_after';
         INSERT INTO audit_archives (last_seq, first_seq, file, digest, statement, at_first, at_last, archived_at)
         SELECT 768, 513, file, digest, statement, at_first, at_last, archived_at FROM audit_archives;",
    ),
    ("forget the archives", "DELETE FROM audit_archives;"),
    ("set the digest of the archive", "UPDATE audit_archives SET digest = REPLACE(digest, 'a', 'b');"),
    ("delete the second tile", "DELETE FROM audit_tiles WHERE level = 0 AND idx = 1;"),
    (
        "copy record 600 to position 5",
        "INSERT INTO audit_log (seq, id, at, kind, actor_id, agent_id, sponsor_id, action, resource, verdict,
             reason_code, body)
         SELECT 5, id, at, kind, actor_id, agent_id, sponsor_id, action, resource, verdict, reason_code, body
         FROM audit_log WHERE seq = 600;",
    ),
    ("change the text of migration 3", "UPDATE schema_migrations SET checksum = 'other' WHERE version = 3;"),
    (
        "take back what came after migration 9",
        "DROP INDEX audit_log_action;
         DROP INDEX audit_log_agent_denied;
         DROP TABLE oauth_trace_steps;
         DROP TABLE oauth_traces;
         DROP TABLE oauth_consents;
         DROP TABLE oauth_refresh_tokens;
         DROP TABLE oauth_grants;
         DROP TABLE oauth_resources;
         DROP TABLE oauth_clients;
         DROP TABLE signing_keys;
         DELETE FROM schema_migrations WHERE version >= 10;",
    ),
    (
        "go back to the first text of migration 7",
        "DROP INDEX audit_log_activity;
         DROP TABLE totp_secrets;
         CREATE TABLE totp_secrets (
             user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
             secret_sealed TEXT NOT NULL,
             last_step BIGINT NOT NULL,
             created_at BIGINT NOT NULL,
             confirmed_at BIGINT
         );",
    ),
    (
        "go back to the second text of migration 7",
        "UPDATE schema_migrations SET checksum = 'a7f15ad1f21404346715b6937b5c16d16494b09f9069da9dd9da026a3fd4c94d'
         WHERE version = 7;",
    ),
    ("clear the root of the first tile", "UPDATE audit_tiles SET root = '' WHERE level = 0 AND idx = 0;"),
];

impl Store {
    /// Does one of the deeds named above.
    #[doc(hidden)]
    pub async fn tamper(&self, deed: &str) -> Result<()> {
        let found = DEEDS.iter().find(|(name, _)| *name == deed);
        let (_, statements) =
            found.ok_or_else(|| StoreError::Driver(format!("nobody knows how to {deed}")))?;
        let mut tx = self.write().await?;
        tx.script(statements).await?;
        tx.commit().await
    }
}

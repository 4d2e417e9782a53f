-- RFC 6238. last_step is the time step of the last code that was accepted: no code counts twice. next_sealed is the secret
-- of an app that was not shown to work yet; the one before it counts until then. (The code_hash of backup_codes is
-- Argon2id with a salt made of the account, so that a code is found by its hash.)
-- There are databases that have this table and the index already, from the second text of migration 7: apps that count
-- are taken along, and whoever was setting one up begins again.
CREATE TABLE totp_secrets_next (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret_sealed TEXT,
    last_step BIGINT NOT NULL,
    confirmed_at BIGINT,
    next_sealed TEXT,
    next_created_at BIGINT
);
INSERT INTO totp_secrets_next (user_id, secret_sealed, last_step, confirmed_at)
SELECT user_id, secret_sealed, last_step, confirmed_at
FROM totp_secrets
WHERE confirmed_at IS NOT NULL;
DROP TABLE totp_secrets;
ALTER TABLE totp_secrets_next RENAME TO totp_secrets;

-- What happened to an account, for its own page: few records among very many decisions.
CREATE INDEX IF NOT EXISTS audit_log_activity ON audit_log (sponsor_id, seq) WHERE kind <> 'decision';

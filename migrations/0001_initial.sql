-- One text for both databases: TEXT identifiers, BIGINT epoch milliseconds, BOOLEAN, JSON as TEXT.
-- Forward only: a migration that has landed is never edited.

-- The last revision of any agent, which must never repeat, and the position in the audit log up to which decisions are
-- counted in decision_hours.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('agent_revision', 0), ('counted_seq', 0);

-- email_key is NULL for an account that was opened with an address somebody else already holds.
-- password_check says what is left to do about the password: 'due' when the breach service gave no answer as it was
-- chosen, 'breached' when it was found in a breach since; NULL when nothing is.
CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT UNIQUE,
    email_verified_at BIGINT,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    password_check TEXT
);
CREATE INDEX users_role ON users (role);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    auth_time BIGINT NOT NULL,
    amr TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ip TEXT,
    user_agent TEXT,
    revoked_at BIGINT
);
CREATE INDEX sessions_user ON sessions (user_id, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Everything that may be spent once: links, and later codes, challenges and nonces.
CREATE TABLE one_time_secrets (
    secret_hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT
);
CREATE INDEX one_time_secrets_user ON one_time_secrets (user_id, purpose);
CREATE INDEX one_time_secrets_expiry ON one_time_secrets (expires_at);

-- owner_id is a person or an agent; sponsor_id is the person at the root; parent_id is the owning agent.
CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    sponsor_id TEXT NOT NULL REFERENCES users (id),
    parent_id TEXT REFERENCES agents (id),
    status TEXT NOT NULL,
    permissions TEXT NOT NULL,
    max_depth BIGINT NOT NULL,
    metadata TEXT NOT NULL,
    revision BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX agents_owner ON agents (owner_id, id);
CREATE INDEX agents_sponsor ON agents (sponsor_id, id);
CREATE INDEX agents_parent ON agents (parent_id);
CREATE INDEX agents_status ON agents (status, id);
CREATE INDEX agents_revision ON agents (revision);

CREATE TABLE agent_tokens (
    id TEXT PRIMARY KEY,
    agent_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    preview TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX agent_tokens_agent ON agent_tokens (agent_id, id);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    preview TEXT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX api_keys_owner ON api_keys (owner_id, id);

-- Generic cell rate: the theoretical arrival time of the next request under a key, in epoch milliseconds.
CREATE TABLE rate_limits (
    key TEXT PRIMARY KEY,
    arrival_at BIGINT NOT NULL
);
CREATE INDEX rate_limits_arrival ON rate_limits (arrival_at);

-- Messages to deliver. The body is sealed under the instance key, since it carries links that sign in.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    body_sealed TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    dead_at BIGINT
);
CREATE INDEX outbox_due ON outbox (next_attempt_at);

-- Creating requests that carried an Idempotency-Key, and their answers: both sealed, because the one may hold a
-- password and the other shows a token once. An answer is written in the transaction that makes what it tells of, and
-- only by the attempt that holds the key.
CREATE TABLE idempotency_keys (
    key_hash TEXT PRIMARY KEY,
    fingerprint_sealed TEXT NOT NULL,
    answer_sealed TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempt TEXT NOT NULL,
    held_until BIGINT NOT NULL
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- Append only and without foreign keys: what happened stays, whatever happens to those it happened to.
-- body is the exact text that is hashed; the other columns are projections of it to search by. A record is found by
-- its id through the time that is a part of it.
CREATE TABLE audit_log (
    seq BIGINT PRIMARY KEY,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor_id TEXT,
    agent_id TEXT,
    sponsor_id TEXT,
    action TEXT,
    resource TEXT,
    verdict TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_agent ON audit_log (agent_id, seq);
CREATE INDEX audit_log_sponsor ON audit_log (sponsor_id, seq);
CREATE INDEX audit_log_resource ON audit_log (resource, seq);
CREATE INDEX audit_log_actor ON audit_log (actor_id, seq) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_log_denied ON audit_log (seq) WHERE verdict = 'deny';
CREATE INDEX audit_log_events ON audit_log (kind, seq) WHERE kind <> 'decision';

-- Decisions by hour and sponsor, so that the overview never counts rows of the log.
CREATE TABLE decision_hours (
    hour BIGINT NOT NULL,
    sponsor_id TEXT NOT NULL,
    allowed BIGINT NOT NULL,
    denied BIGINT NOT NULL,
    PRIMARY KEY (hour, sponsor_id)
);

-- One row that is written to learn whether anything can be.
CREATE TABLE write_probe (
    id BIGINT PRIMARY KEY,
    written_at BIGINT NOT NULL,
    filler TEXT NOT NULL
);
INSERT INTO write_probe (id, written_at, filler) VALUES (1, 0, '');

-- RFC 8628. device_hash is what the device polls with, code_hash what a person types, keyed because a code is short.
-- viewer is the hash of the browser that looked at the code first, and user_id the person in it: nobody else may answer.
-- status is pending, approved, denied or claimed; amr and auth_time are the person's at the moment of the answer.
CREATE TABLE device_grants (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    device_hash TEXT NOT NULL UNIQUE,
    code_hash TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    viewer TEXT,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    amr TEXT,
    auth_time BIGINT,
    ip TEXT NOT NULL,
    user_agent TEXT,
    poll_every BIGINT NOT NULL,
    next_poll_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX device_grants_user ON device_grants (user_id);
CREATE INDEX device_grants_expiry ON device_grants (expires_at);

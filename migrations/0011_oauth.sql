-- Keys that sign tokens. The public half is published from created_at on, signs from active_from to retired_at, and is
-- published until forget_at, when nothing it signed is valid any more. sealed is the PKCS #8 document under the instance key.
CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    algorithm TEXT NOT NULL,
    public TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    active_from BIGINT NOT NULL,
    retired_at BIGINT,
    forget_at BIGINT
);
CREATE INDEX signing_keys_algorithm ON signing_keys (algorithm, active_from);

-- Programs that ask for tokens. id is the client_id: ours, or the address of a document the client publishes itself.
-- metadata is RFC 7591's, as JSON. registration_hash is of the token that manages a dynamic registration (RFC 7592).
CREATE TABLE oauth_clients (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    auth_method TEXT NOT NULL,
    secret_hash TEXT,
    metadata TEXT NOT NULL,
    registration_hash TEXT UNIQUE,
    agent_id TEXT REFERENCES agents (id) ON DELETE CASCADE,
    created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_used_at BIGINT,
    disabled_at BIGINT
);
CREATE INDEX oauth_clients_kind ON oauth_clients (kind, last_used_at);

-- Servers that tokens are for. permission_root is what their scopes hang below: `mcp:github`.
CREATE TABLE oauth_resources (
    id TEXT PRIMARY KEY,
    resource TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    permission_root TEXT NOT NULL,
    created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

-- Authorization requests on their way: pushed (RFC 9126), or waiting for a person. hash is of the request_uri's or the
-- page's secret; browser binds what a person sees to where they began.
CREATE TABLE oauth_requests (
    hash TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    parameters TEXT NOT NULL,
    browser TEXT,
    trace_id TEXT,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX oauth_requests_expires ON oauth_requests (expires_at);

-- What somebody granted a client, once: the family of all codes and tokens that came of it. subject is the person, or the
-- agent that acts for itself; act is the chain of those who act, the nearest first, as RFC 8693 nests it.
CREATE TABLE oauth_grants (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    agent_id TEXT REFERENCES agents (id) ON DELETE CASCADE,
    session_id TEXT,
    parent_id TEXT REFERENCES oauth_grants (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    resources TEXT NOT NULL,
    details TEXT,
    act TEXT,
    amr TEXT NOT NULL,
    auth_time BIGINT,
    nonce TEXT,
    jkt TEXT,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX oauth_grants_user ON oauth_grants (user_id, id);
CREATE INDEX oauth_grants_agent ON oauth_grants (agent_id, id);
CREATE INDEX oauth_grants_client ON oauth_grants (client_id, id);
CREATE INDEX oauth_grants_parent ON oauth_grants (parent_id);
CREATE INDEX oauth_grants_expires ON oauth_grants (expires_at);

CREATE TABLE oauth_codes (
    hash TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX oauth_codes_expires ON oauth_codes (expires_at);

-- successor is the next token, sealed: who asks again within the grace, because an answer was lost, gets the same one.
CREATE TABLE oauth_refresh_tokens (
    hash TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    successor TEXT
);
CREATE INDEX oauth_refresh_tokens_grant ON oauth_refresh_tokens (grant_id);
CREATE INDEX oauth_refresh_tokens_expires ON oauth_refresh_tokens (expires_at);

-- What a person agreed to, so that they are asked again only for more. redirect is the host, or the scheme of an app.
CREATE TABLE oauth_consents (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    redirect TEXT NOT NULL,
    resource TEXT NOT NULL,
    scopes TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id, redirect, resource)
);

-- Identifiers of assertions and proofs that were seen, until they would be refused for their time anyhow.
CREATE TABLE oauth_seen (
    id TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX oauth_seen_expires ON oauth_seen (expires_at);

-- One authorization attempt, for whoever is asked why it went wrong. steps is a JSON list.
CREATE TABLE oauth_traces (
    id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL,
    client_id TEXT,
    steps TEXT NOT NULL,
    outcome TEXT,
    started_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX oauth_traces_request ON oauth_traces (request_id);
CREATE INDEX oauth_traces_started ON oauth_traces (started_at);

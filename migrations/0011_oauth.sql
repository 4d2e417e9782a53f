-- Keys that sign tokens. A key is published from created_at on and signs from active_from until the next one of its
-- algorithm does; it is deleted when nothing it signed is valid any more. sealed is the PKCS #8 document under the
-- instance key. Two replicas that make the next key at once make one, because its generation is taken.
CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    algorithm TEXT NOT NULL,
    generation BIGINT NOT NULL,
    public TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    active_from BIGINT NOT NULL,
    UNIQUE (algorithm, generation)
);

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
    created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_used_at BIGINT,
    fresh_until BIGINT,
    disabled_at BIGINT
);
CREATE INDEX oauth_clients_kind ON oauth_clients (kind, created_at);

-- Servers that tokens are for. permission_root is what their scopes hang below: `mcp:github`.
CREATE TABLE oauth_resources (
    id TEXT PRIMARY KEY,
    resource TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    permission_root TEXT NOT NULL,
    created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL
);

-- What somebody granted a client, once: the family of all codes and tokens that came of it. user_id is the person, or
-- agent_id the agent that acts for itself; act is the chain of those who act, the nearest first, as RFC 8693 nests it.
-- parent_id is the grant whose token was exchanged: it ends with that one.
CREATE TABLE oauth_grants (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    agent_id TEXT REFERENCES agents (id) ON DELETE CASCADE,
    parent_id TEXT REFERENCES oauth_grants (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    resources TEXT NOT NULL,
    act TEXT,
    amr TEXT NOT NULL,
    auth_time BIGINT,
    nonce TEXT,
    jkt TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX oauth_grants_user ON oauth_grants (user_id, client_id);
CREATE INDEX oauth_grants_agent ON oauth_grants (agent_id);
CREATE INDEX oauth_grants_client ON oauth_grants (client_id);
CREATE INDEX oauth_grants_parent ON oauth_grants (parent_id);
CREATE INDEX oauth_grants_expires ON oauth_grants (expires_at);

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

-- What a person agreed to, so that they are asked again only for more. redirect is the host, or the scheme of an app;
-- resource is every server it is for, sorted.
CREATE TABLE oauth_consents (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    redirect TEXT NOT NULL,
    resource TEXT NOT NULL,
    scopes TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id, redirect, resource)
);

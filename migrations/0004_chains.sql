-- Permissions one agent lends to another. revoked_at is set by hand, or with the revocation of one of the two.
CREATE TABLE delegations (
    id TEXT PRIMARY KEY,
    from_agent TEXT NOT NULL REFERENCES agents (id),
    to_agent TEXT NOT NULL REFERENCES agents (id),
    sponsor_id TEXT NOT NULL REFERENCES users (id),
    permissions TEXT NOT NULL,
    max_depth BIGINT NOT NULL,
    expires_at BIGINT,
    created_by TEXT,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX delegations_from ON delegations (from_agent, id);
CREATE INDEX delegations_to ON delegations (to_agent, id);
CREATE INDEX delegations_sponsor ON delegations (sponsor_id, id);

-- Resource patterns on which everything is stopped until lifted.
CREATE TABLE stops (
    id TEXT PRIMARY KEY,
    resource TEXT NOT NULL,
    created_by TEXT,
    created_at BIGINT NOT NULL,
    lifted_at BIGINT
);
CREATE INDEX stops_live ON stops (id) WHERE lifted_at IS NULL;

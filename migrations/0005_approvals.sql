-- What agents asked for and people must answer. digest names the whole question and grant_digest the question without
-- arguments and units; both are described in docs/approvals.md. status is what somebody did; that time ran out shows in
-- expires_at (to decide) and redeem_by (to use) alone, and is written down as 'expired' only to make room for another.
-- arguments_sealed is the canonical text, sealed under the instance key. receipt_* hold what a passkey signed.
CREATE TABLE approvals (
    id TEXT PRIMARY KEY,
    agent_id TEXT NOT NULL,
    sponsor_id TEXT NOT NULL,
    chain TEXT NOT NULL,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    arguments_sealed TEXT,
    arguments_digest TEXT,
    units BIGINT NOT NULL,
    permissions TEXT NOT NULL,
    permissions_digest TEXT NOT NULL,
    digest TEXT NOT NULL,
    grant_digest TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    decided_session TEXT,
    reason TEXT,
    grant_uses BIGINT,
    grant_minutes BIGINT,
    uses_left BIGINT NOT NULL,
    redeem_by BIGINT,
    used_at BIGINT,
    receipt_credential_id TEXT,
    receipt_public_key TEXT,
    receipt_authenticator_data TEXT,
    receipt_client_data TEXT,
    receipt_signature TEXT
);
-- Of one question at most one approval waits.
CREATE UNIQUE INDEX approvals_pending ON approvals (digest) WHERE status = 'pending';
CREATE INDEX approvals_digest ON approvals (digest, id);
CREATE INDEX approvals_grant ON approvals (grant_digest) WHERE status = 'approved';
CREATE INDEX approvals_agent ON approvals (agent_id, id);
CREATE INDEX approvals_sponsor ON approvals (sponsor_id, id);
CREATE INDEX approvals_waiting ON approvals (agent_id, expires_at) WHERE status = 'pending';
CREATE INDEX approvals_created ON approvals (created_at);

-- How a message leaves: as mail, or as a signed webhook.
ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail';

-- Fourteen ways to sign in. An account need not have an address any more: email is then the empty text.
ALTER TABLE users ADD COLUMN username TEXT;
ALTER TABLE users ADD COLUMN username_key TEXT;
ALTER TABLE users ADD COLUMN phone TEXT;
ALTER TABLE users ADD COLUMN phone_verified_at BIGINT;
ALTER TABLE users ADD COLUMN anonymous_since BIGINT;
ALTER TABLE users ADD COLUMN locale TEXT;
CREATE UNIQUE INDEX users_username_key ON users (username_key);
CREATE UNIQUE INDEX users_phone ON users (phone);

-- While this is set the session has one factor proven and waits for the second: it can do nothing but finish, and
-- ends then.
ALTER TABLE sessions ADD COLUMN pending_until BIGINT;

-- Codes that a person types, and links that hold one: tried a few times at most, spent once. binding is the hash of
-- the browser that asked, where one did. recipient is where the code went; payload is what the spender needs to know.
CREATE TABLE challenges (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    link_hash TEXT UNIQUE,
    binding TEXT,
    payload TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT
);
CREATE INDEX challenges_user ON challenges (user_id, purpose);
CREATE INDEX challenges_expiry ON challenges (expires_at);

-- credential is the public key as webauthn-rs writes it; sign_count is kept apart, because it is compared and raised
-- in one statement. backed_up is 1 for a key that is synchronised between devices.
CREATE TABLE passkeys (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    credential TEXT NOT NULL,
    sign_count BIGINT NOT NULL,
    backed_up BIGINT NOT NULL,
    aaguid TEXT,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX passkeys_user ON passkeys (user_id, id);

-- RFC 6238. last_step is the time step of the last code that was accepted: no code counts twice.
CREATE TABLE totp_secrets (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret_sealed TEXT NOT NULL,
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT
);

CREATE TABLE backup_codes (
    code_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    consumed_at BIGINT
);
CREATE INDEX backup_codes_user ON backup_codes (user_id);

-- Who a person is elsewhere: an OpenID provider's (iss, sub), or a wallet. Never an address.
CREATE TABLE identities (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    display TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    UNIQUE (issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id, id);

-- The session in which a person let a client in: the client may want to know when it ends (OpenID Connect Back-Channel
-- Logout 1.0). session_ended_at is set once, by whoever tells it.
ALTER TABLE oauth_grants ADD COLUMN session_id TEXT;
ALTER TABLE oauth_grants ADD COLUMN session_ended_at BIGINT;
CREATE INDEX oauth_grants_session ON oauth_grants (session_id);

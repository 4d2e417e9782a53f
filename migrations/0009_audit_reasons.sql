-- Denials by their reason. What is allowed has one reason, and pays nothing for this.
CREATE INDEX audit_log_reason ON audit_log (reason_code, seq) WHERE verdict = 'deny';

-- A page of a rare action, and of what one agent was denied, however long the log is. The second is written with denials only.
CREATE INDEX audit_log_action ON audit_log (action, seq);
CREATE INDEX audit_log_agent_denied ON audit_log (agent_id, seq) WHERE verdict = 'deny';

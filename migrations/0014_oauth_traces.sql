-- What became of each try of a client to be let in, to register or to get a token, for administrators. network is the
-- address it came from, an IPv6 one by its /64; what one client and network may leave here is limited. step is the last
-- one. due_at is until when a person may answer, or the client come for its code: what nobody did until then is not
-- written down, it follows from the time.
CREATE TABLE oauth_traces (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    client_id TEXT,
    network TEXT NOT NULL,
    outcome TEXT NOT NULL,
    step TEXT NOT NULL,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX oauth_traces_client ON oauth_traces (client_id, id);
CREATE INDEX oauth_traces_outcome ON oauth_traces (outcome, id);
CREATE INDEX oauth_traces_created ON oauth_traces (created_at);

-- The steps of a try, in the order of place. detail is JSON: the values that matter, no secret, no code, no token.
CREATE TABLE oauth_trace_steps (
    trace_id TEXT NOT NULL REFERENCES oauth_traces (id) ON DELETE CASCADE,
    noted_at BIGINT NOT NULL,
    place BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    step TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (trace_id, noted_at, place)
);
CREATE INDEX oauth_trace_steps_request ON oauth_trace_steps (request_id);

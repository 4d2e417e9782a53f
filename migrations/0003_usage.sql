-- What was used up of limits: place is a minute of the last hour, the start of a period, or 0 for all time; the row at
-- place -1 is the one a transaction holds while it counts.
CREATE TABLE usage (
    key TEXT NOT NULL,
    place BIGINT NOT NULL,
    used BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (key, place)
);
CREATE INDEX usage_updated ON usage (updated_at);

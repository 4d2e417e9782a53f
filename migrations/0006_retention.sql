-- Parts of the audit log that were moved into files, in order and without gaps. statement is a checkpoint over the
-- records up to last_seq, signed together with the first of them and the SHA-256 of the file, so that rows of the log
-- cannot be taken away by adding a row here. at_first and at_last are the earliest and the latest time in it.
CREATE TABLE audit_archives (
    last_seq BIGINT PRIMARY KEY,
    first_seq BIGINT NOT NULL,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    statement TEXT NOT NULL,
    at_first BIGINT NOT NULL,
    at_last BIGINT NOT NULL,
    archived_at BIGINT NOT NULL
);

-- The position after which records are still in audit_log, and the time until which one process may archive.
INSERT INTO counters (name, value) VALUES ('audit_kept_after', 0), ('audit_archiving_until', 0);

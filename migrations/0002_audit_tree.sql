-- Hashes of the audit log's Merkle tree, 256 to a tile, in the layout of C2SP tlog-tiles: tile idx of a level holds the
-- roots of the subtrees 256 * idx and on, each over 256^level records. hashes is base64 of all of them one after the
-- other, root the hash over a full tile. A tile that is not full (width below 256) exists on level 0 only, at the end.
CREATE TABLE audit_tiles (
    level BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    width BIGINT NOT NULL,
    root TEXT NOT NULL,
    hashes TEXT NOT NULL,
    PRIMARY KEY (level, idx)
);

-- Signed states of the audit log; note is the exact signed text.
CREATE TABLE audit_checkpoints (
    size BIGINT PRIMARY KEY,
    root TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Version 1 of the hub's tables. Nothing in here knows a feature: records, their look-ups, commands, devices.
-- Ids are hyphenated lower-case UUIDs, instants are milliseconds since 1970.
CREATE TABLE hub (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE studios (
    studio      TEXT PRIMARY KEY,
    hub_epoch   TEXT NOT NULL,
    head        INTEGER NOT NULL,
    hash        TEXT NOT NULL,
    genesis     TEXT NOT NULL,
    series_next INTEGER NOT NULL,
    claimed_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE people (
    studio TEXT NOT NULL REFERENCES studios (studio),
    person TEXT NOT NULL,
    role   TEXT NOT NULL,
    PRIMARY KEY (studio, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    device     TEXT PRIMARY KEY,
    studio     TEXT NOT NULL REFERENCES studios (studio),
    name       TEXT NOT NULL,
    public_key TEXT NOT NULL,
    person     TEXT NOT NULL,
    role       TEXT NOT NULL,
    epoch      INTEGER NOT NULL,
    series     TEXT NOT NULL,
    revoked    INTEGER NOT NULL,
    joined_at  INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    skew_ms    INTEGER
) STRICT, WITHOUT ROWID;

-- One life of a device: the chain of its commands as far as the hub has it.
CREATE TABLE lanes (
    device    TEXT NOT NULL,
    epoch     INTEGER NOT NULL,
    series    TEXT NOT NULL,
    last_seq  INTEGER NOT NULL,
    last_hash TEXT NOT NULL,
    PRIMARY KEY (device, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE commands (
    id           TEXT PRIMARY KEY,
    studio       TEXT NOT NULL REFERENCES studios (studio),
    device       TEXT NOT NULL,
    epoch        INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    -- The life it counts to: another one than its epoch when the device's history forked.
    lane         INTEGER NOT NULL,
    hash         TEXT NOT NULL,
    envelope     TEXT NOT NULL,
    payload      TEXT NOT NULL,
    personal     TEXT,
    received_at  INTEGER NOT NULL,
    effective_at INTEGER NOT NULL,
    hub_seq      INTEGER NOT NULL,
    -- The JSON the device was answered, byte for byte.
    answer       TEXT NOT NULL,
    -- Why there is no outcome yet.
    hold         TEXT,
    was_held     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX commands_by_seq ON commands (studio, hub_seq);
CREATE INDEX commands_by_hash ON commands (device, hash);
CREATE INDEX commands_by_place ON commands (device, epoch, seq);
CREATE INDEX commands_held ON commands (studio, hub_seq) WHERE hold IS NOT NULL;
CREATE INDEX commands_late ON commands (device, hub_seq) WHERE was_held = 1;

-- The history as a chain: each link covers the one before, a command and its answer.
CREATE TABLE links (
    studio  TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    command TEXT NOT NULL,
    digest  TEXT NOT NULL,
    hash    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (studio, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
    studio       TEXT NOT NULL REFERENCES studios (studio),
    kind         TEXT NOT NULL,
    id           TEXT NOT NULL,
    kind_version INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (studio, kind, id)
) STRICT;

CREATE TABLE record_keys (
    studio TEXT NOT NULL,
    kind   TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (studio, kind, name, value, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_keys_of ON record_keys (studio, kind, id);

-- What only one record may hold: the last fence behind the rules.
CREATE TABLE record_claims (
    studio TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (studio, name, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_claims_of ON record_claims (studio, kind, id);

-- A record that left a scope stays here as gone, so that devices hear of it.
CREATE TABLE record_scopes (
    studio TEXT NOT NULL,
    scope  TEXT NOT NULL,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    gone   INTEGER NOT NULL,
    PRIMARY KEY (studio, kind, id, scope)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_scopes_by_seq ON record_scopes (studio, scope, seq);

CREATE TABLE kinds (
    studio       TEXT NOT NULL,
    kind         TEXT NOT NULL,
    keys_version INTEGER NOT NULL,
    PRIMARY KEY (studio, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE due (
    studio TEXT NOT NULL,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    fired  INTEGER NOT NULL,
    PRIMARY KEY (studio, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX due_next ON due (studio, due_at) WHERE fired = 0;

CREATE TABLE blobs (
    studio    TEXT NOT NULL REFERENCES studios (studio),
    blob      TEXT NOT NULL,
    bytes     BLOB NOT NULL,
    stored_at INTEGER NOT NULL,
    PRIMARY KEY (studio, blob)
) STRICT;

CREATE TABLE blob_refs (
    studio TEXT NOT NULL,
    blob   TEXT NOT NULL,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (studio, kind, id, blob)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_refs_by_blob ON blob_refs (studio, blob);

-- Hashes of what opens a session, and of challenges that were used.
CREATE TABLE tokens (
    hash       TEXT PRIMARY KEY,
    purpose    TEXT NOT NULL,
    device     TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_of ON tokens (device);

CREATE TABLE pairings (
    code_hash   TEXT PRIMARY KEY,
    secret_hash TEXT NOT NULL UNIQUE,
    studio      TEXT NOT NULL REFERENCES studios (studio),
    role        TEXT NOT NULL,
    person      TEXT NOT NULL,
    expires_at  INTEGER NOT NULL,
    tries_left  INTEGER NOT NULL,
    used_by     TEXT
) STRICT, WITHOUT ROWID;

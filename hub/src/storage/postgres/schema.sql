-- Version 1 of the hub's tables on PostgreSQL. The same as on SQLite, with types: no table knows a feature.
--
-- Texts that came from a device are bytes, so that no character of theirs can be one the database refuses; so are
-- hashes, which a device may have made up. Texts that are compared by order are compared by their bytes.
-- No sequence numbers a cursor: those commit out of order. A studio's head does.
CREATE TABLE hub (
    key   TEXT COLLATE "C" PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE studios (
    studio      UUID PRIMARY KEY,
    hub_epoch   UUID NOT NULL,
    head        BIGINT NOT NULL,
    hash        BYTEA NOT NULL,
    genesis     BYTEA NOT NULL,
    series_next BIGINT NOT NULL,
    claimed_at  BIGINT NOT NULL
-- Its head moves with every commit: room on the page lets that stay a change in place.
) WITH (fillfactor = 50);

CREATE TABLE people (
    studio UUID NOT NULL,
    person UUID NOT NULL,
    role   TEXT NOT NULL,
    PRIMARY KEY (studio, person)
);

CREATE TABLE devices (
    device     UUID PRIMARY KEY,
    studio     UUID NOT NULL,
    name       TEXT NOT NULL,
    public_key TEXT NOT NULL,
    person     UUID NOT NULL,
    role       TEXT NOT NULL,
    epoch      BIGINT NOT NULL,
    series     TEXT NOT NULL,
    revoked    BOOLEAN NOT NULL,
    joined_at  BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    skew_ms    BIGINT,
    retired    BOOLEAN NOT NULL,
    -- How many commands waited on the device when it last said so.
    waiting    BIGINT
) WITH (fillfactor = 70);
CREATE INDEX devices_of ON devices (studio);

CREATE TABLE lanes (
    device    UUID NOT NULL,
    epoch     BIGINT NOT NULL,
    series    TEXT NOT NULL,
    last_seq  BIGINT NOT NULL,
    last_hash BYTEA NOT NULL,
    PRIMARY KEY (device, epoch)
) WITH (fillfactor = 70);

CREATE TABLE commands (
    studio       UUID NOT NULL,
    id           UUID NOT NULL,
    device       UUID NOT NULL,
    epoch        BIGINT NOT NULL,
    seq          BIGINT NOT NULL,
    lane         BIGINT NOT NULL,
    hash         BYTEA NOT NULL,
    envelope     BYTEA NOT NULL,
    payload      BYTEA NOT NULL,
    personal     BYTEA,
    received_at  BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    hub_seq      BIGINT NOT NULL,
    answer       BYTEA NOT NULL,
    hold         TEXT,
    was_held     BOOLEAN NOT NULL,
    PRIMARY KEY (studio, id)
);
CREATE UNIQUE INDEX commands_by_seq ON commands (studio, hub_seq);
CREATE INDEX commands_by_hash ON commands (device, hash);
CREATE INDEX commands_by_place ON commands (device, epoch, seq);
CREATE INDEX commands_held ON commands (studio, hub_seq) WHERE hold IS NOT NULL;
CREATE INDEX commands_late ON commands (device, hub_seq) WHERE was_held;

CREATE TABLE links (
    studio  UUID NOT NULL,
    seq     BIGINT NOT NULL,
    command UUID NOT NULL,
    digest  BYTEA NOT NULL,
    hash    BYTEA NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (studio, seq)
);

CREATE TABLE records (
    studio       UUID NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    id           UUID NOT NULL,
    kind_version BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    body         BYTEA NOT NULL,
    PRIMARY KEY (studio, kind, id)
);

CREATE TABLE record_keys (
    studio UUID NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    value  BYTEA NOT NULL,
    id     UUID NOT NULL,
    PRIMARY KEY (studio, kind, name, value, id)
);
CREATE INDEX record_keys_of ON record_keys (studio, kind, id);

CREATE TABLE record_claims (
    studio UUID NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    value  BYTEA NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    id     UUID NOT NULL,
    PRIMARY KEY (studio, name, value)
);
CREATE INDEX record_claims_of ON record_claims (studio, kind, id);

CREATE TABLE record_scopes (
    studio UUID NOT NULL,
    scope  TEXT COLLATE "C" NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    id     UUID NOT NULL,
    seq    BIGINT NOT NULL,
    gone   BOOLEAN NOT NULL,
    PRIMARY KEY (studio, kind, id, scope)
);
CREATE INDEX record_scopes_by_seq ON record_scopes (studio, scope, seq);

CREATE TABLE kinds (
    studio       UUID NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    keys_version BIGINT NOT NULL,
    PRIMARY KEY (studio, kind)
);

CREATE TABLE due (
    studio UUID NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    id     UUID NOT NULL,
    due_at BIGINT NOT NULL,
    fired  BOOLEAN NOT NULL,
    PRIMARY KEY (studio, kind, id)
);
CREATE INDEX due_next ON due (studio, due_at) WHERE NOT fired;
CREATE INDEX due_anywhere ON due (due_at, studio) WHERE NOT fired;

CREATE TABLE blobs (
    studio    UUID NOT NULL,
    blob      BYTEA NOT NULL,
    bytes     BYTEA NOT NULL,
    stored_at BIGINT NOT NULL,
    PRIMARY KEY (studio, blob)
);

CREATE TABLE blob_refs (
    studio UUID NOT NULL,
    blob   BYTEA NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    id     UUID NOT NULL,
    PRIMARY KEY (studio, kind, id, blob)
);
CREATE INDEX blob_refs_by_blob ON blob_refs (studio, blob);

CREATE TABLE tokens (
    hash       BYTEA PRIMARY KEY,
    purpose    TEXT NOT NULL,
    device     UUID NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_of ON tokens (device);
CREATE INDEX tokens_by_end ON tokens (expires_at);

CREATE TABLE pairings (
    code_hash   BYTEA PRIMARY KEY,
    secret_hash BYTEA NOT NULL UNIQUE,
    studio      UUID NOT NULL,
    role        TEXT NOT NULL,
    person      UUID NOT NULL,
    expires_at  BIGINT NOT NULL,
    tries_left  BIGINT NOT NULL,
    used_by     UUID
);
CREATE INDEX pairings_of ON pairings (studio);

-- A login name is one person's in the whole hub. Of a password only its argon2id hash is kept.
CREATE TABLE logins (
    login  BYTEA PRIMARY KEY,
    studio UUID NOT NULL,
    person UUID NOT NULL,
    hash   TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    UNIQUE (studio, person)
);

-- The row a writer of the house holds, so that there is one at a time.
INSERT INTO hub (key, value) VALUES ('house', '');

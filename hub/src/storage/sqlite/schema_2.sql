-- Version 2: several studios in one file. What a device names is its own studio's; another one's ids never meet it.
CREATE TABLE commands_2 (
    studio       TEXT NOT NULL REFERENCES studios (studio),
    id           TEXT NOT NULL,
    device       TEXT NOT NULL,
    epoch        INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    lane         INTEGER NOT NULL,
    hash         TEXT NOT NULL,
    envelope     TEXT NOT NULL,
    payload      TEXT NOT NULL,
    personal     TEXT,
    received_at  INTEGER NOT NULL,
    effective_at INTEGER NOT NULL,
    hub_seq      INTEGER NOT NULL,
    answer       TEXT NOT NULL,
    hold         TEXT,
    was_held     INTEGER NOT NULL,
    PRIMARY KEY (studio, id)
) STRICT;
INSERT INTO commands_2
    SELECT studio, id, device, epoch, seq, lane, hash, envelope, payload, personal, received_at, effective_at,
           hub_seq, answer, hold, was_held
    FROM commands;
DROP TABLE commands;
ALTER TABLE commands_2 RENAME TO commands;
CREATE UNIQUE INDEX commands_by_seq ON commands (studio, hub_seq);
CREATE INDEX commands_by_hash ON commands (device, hash);
CREATE INDEX commands_by_place ON commands (device, epoch, seq);
CREATE INDEX commands_held ON commands (studio, hub_seq) WHERE hold IS NOT NULL;
CREATE INDEX commands_late ON commands (device, hub_seq) WHERE was_held = 1;

-- What is due is asked for all studios at once; what expired is swept the same way.
CREATE INDEX due_anywhere ON due (due_at, studio) WHERE fired = 0;
CREATE INDEX tokens_by_end ON tokens (expires_at);
CREATE INDEX devices_of ON devices (studio);
CREATE INDEX pairings_of ON pairings (studio);

-- What the last upload was answered is kept per studio.
UPDATE hub SET key = 'uploaded ' || (SELECT studio FROM studios) WHERE key = 'uploaded' AND (SELECT count(*) FROM studios) = 1;

-- Who signs in by name and password, and how devices stand.
ALTER TABLE devices ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;
-- How many commands waited on the device when it last said so.
ALTER TABLE devices ADD COLUMN waiting INTEGER;

-- A login name is one person's in the whole hub. Of a password only its argon2id hash is kept.
CREATE TABLE logins (
    login  TEXT PRIMARY KEY,
    studio TEXT NOT NULL REFERENCES studios (studio),
    person TEXT NOT NULL,
    hash   TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    UNIQUE (studio, person)
) STRICT, WITHOUT ROWID;

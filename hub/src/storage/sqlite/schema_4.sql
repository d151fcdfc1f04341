-- Whom the personal blocks of commands are about, so that an erasure finds them without reading the whole history.
CREATE TABLE command_subjects (
    studio  TEXT NOT NULL,
    subject TEXT NOT NULL,
    command TEXT NOT NULL,
    PRIMARY KEY (studio, subject, command)
) STRICT, WITHOUT ROWID;

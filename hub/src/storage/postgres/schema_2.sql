-- Whom the personal blocks of commands are about, so that an erasure finds them without reading the whole history.
CREATE TABLE command_subjects (
    studio  UUID NOT NULL,
    subject UUID NOT NULL,
    command UUID NOT NULL,
    PRIMARY KEY (studio, subject, command)
);

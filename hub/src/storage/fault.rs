//! Why the database did not do it, and what follows: come again, give way, or look at what was written.

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database's own word.
    #[error("the database failed: {0}")]
    Database(sqlx::Error),
    /// Somebody else was in the way. Nothing was written, and the same again may go through.
    #[error("the database was busy: {0}")]
    Busy(sqlx::Error),
    /// The database cannot be reached. Whether a commit under way went through is not known.
    #[error("the database is away: {0}")]
    Away(sqlx::Error),
    /// No room left.
    #[error("the disk is full")]
    Full,
    /// Two records want what only one may hold.
    #[error("a value that only one record may hold is taken")]
    Claimed,
    /// Written by a newer build: this one would spoil it.
    #[error("the database was written by Rollcall {wrote}; this is {own}. Start that version or a newer one")]
    Newer {
        /// The version that wrote it.
        wrote: String,
        /// This version.
        own: String,
    },
    /// What was here is kept elsewhere now.
    #[error("this data was moved to {0}: start the hub with --database and that address")]
    Moved(String),
    /// A row that no build of ours writes.
    #[error("a stored {0} cannot be read")]
    Damaged(&'static str),
    /// This storage is not copied as a file.
    #[error("a database server is copied by its own tools")]
    NoCopies,
    /// The folder.
    #[error("the data folder: {0}")]
    Folder(#[from] std::io::Error),
}

impl StorageError {
    /// True when the same again may go through, and nobody's command is to blame.
    #[must_use]
    pub const fn passes(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Away(_))
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => return Self::Busy(error),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => return Self::Away(error),
            _ => {}
        }
        let Some(code) = error.as_database_error().and_then(|e| e.code()).map(|code| code.into_owned())
        else {
            return Self::Database(error);
        };
        match code.as_str() {
            // SQLITE_FULL and its kin among the input/output errors; PostgreSQL's disk_full.
            "13" | "3338" | "53100" => Self::Full,
            // SQLITE_CONSTRAINT_PRIMARYKEY and _UNIQUE, unique_violation: only claims are inserted without a way out.
            "1555" | "2067" | "23505" => Self::Claimed,
            // SQLITE_BUSY and its kin; serialization_failure, deadlock_detected, lock_not_available.
            "5" | "261" | "517" | "40001" | "40P01" | "55P03" => Self::Busy(error),
            // Connection exceptions, a server that starts, stops or has no room for another connection, a transaction
            // it gave up, one that turned into a copy.
            "57P01" | "57P02" | "57P03" | "53300" | "25P03" | "25006" => Self::Away(error),
            code if code.len() == 5 && code.starts_with("08") => Self::Away(error),
            _ => Self::Database(error),
        }
    }
}

//! Why a command stopped, as a sentence with what to do next. The one error type of xtask.

use std::fmt;
use std::io;

#[derive(Debug)]
pub(crate) enum Fail {
    /// The command line was wrong.
    Usage { problem: String },
    /// Something is not on this machine and could not be had.
    Missing { what: String, hint: String },
    /// A program ran and said no.
    Program { line: String, status: String },
    /// A program or file could not be reached.
    Io { doing: String, source: io::Error },
    /// A file does not hold what it should.
    Invalid { what: String, why: String },
    /// Checks that did not pass; they were printed already.
    Found { count: usize, what: &'static str },
}

impl Fail {
    /// For `map_err`: names what was being done when the system refused.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }
}

impl fmt::Display for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { problem } => write!(f, "{problem}"),
            Self::Missing { what, hint } => write!(f, "{what} is missing: {hint}"),
            Self::Program { line, status } => write!(f, "`{line}` failed ({status})"),
            Self::Io { doing, source } => write!(f, "{doing}: {source}"),
            Self::Invalid { what, why } => write!(f, "{what}: {why}"),
            Self::Found { count, what } => write!(f, "{count} {what}"),
        }
    }
}

impl std::error::Error for Fail {}

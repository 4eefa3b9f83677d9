//! What stops a run: bad options, bad pattern files, reports that cannot be written. What goes wrong with one
//! document is a [`Gap`](crate::gap::Gap) instead.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A fatal error, with what a person needs to mend it. Never holds content of a scanned document.
#[derive(Debug)]
pub enum Error {
    /// A starting point that cannot be read.
    Root {
        /// As the user gave it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of ours (pattern, key, configuration) that cannot be read.
    Read {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A report that cannot be written.
    Write {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A pattern file that says something wrong.
    Pattern {
        /// Which file, or the built-in name.
        file: String,
        /// Line, from 1; 0 where no one line is at fault.
        line: usize,
        /// What is wrong and, where it can be said, what to do.
        message: String,
    },
    /// A ledger that cannot be used: damaged, of a newer version, in use, on a full disk.
    Ledger {
        /// Which.
        path: PathBuf,
        /// What is wrong and, where it can be said, what to do.
        message: String,
    },
    /// Options that make no sense together, or a name nobody knows.
    Usage(String),
}

/// The result of what can stop a run.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A report at `path` could not be written.
    pub fn write(path: &Path, source: io::Error) -> Error {
        Error::Write { path: path.to_path_buf(), source }
    }

    /// A file of ours at `path` could not be read.
    pub fn read(path: &Path, source: io::Error) -> Error {
        Error::Read { path: path.to_path_buf(), source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Root { path, source } => write!(f, "cannot scan {}: {source}", path.display()),
            Error::Read { path, source } => write!(f, "cannot read {}: {source}", path.display()),
            Error::Write { path, source } => write!(f, "cannot write {}: {source}", path.display()),
            Error::Pattern { file, line: 0, message } => write!(f, "{file}: {message}"),
            Error::Pattern { file, line, message } => write!(f, "{file}:{line}: {message}"),
            Error::Ledger { path, message } => write!(f, "ledger {}: {message}", path.display()),
            Error::Usage(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Root { source, .. } | Error::Read { source, .. } | Error::Write { source, .. } => Some(source),
            Error::Pattern { .. } | Error::Ledger { .. } | Error::Usage(_) => None,
        }
    }
}

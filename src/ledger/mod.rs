//! What sweeps remember: a SQLite database, its owner's alone, with runs, roots, documents, findings, feeds and decisions. In:
//! rows. Out: rows. Refuses a database that is damaged, a newer phisweep's, or something else's. It holds no value of a
//! person: places, counts, names of files, and hashes of content under a key that lies beside it.
//!
//! One process writes it at a time ([`crate::sweep`] sees to that); any number may read. Writes are gathered in one
//! transaction and committed by [`Ledger::commit`]: what was not committed is done again by the next run.

mod key;
pub mod rows;
mod schema;
pub mod standing;
pub mod stored;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

pub use self::key::key_file;
use crate::error::{Error, Result};

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    connection: Connection,
}

/// How long a reader or writer waits for the other.
const BUSY: Duration = Duration::from_secs(30);

impl Ledger {
    /// Opens the ledger at `path` for writing, and makes it where there is none; its parent folder must be there.
    pub fn open(path: &Path) -> Result<Ledger> {
        if !path.exists() {
            private(path)?;
        }
        let mut ledger = Ledger::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF; \
                        PRAGMA cache_size = -32768; PRAGMA temp_store = FILE;";
        ledger.check()?;
        ledger.connection.execute_batch(settings).map_err(|error| ledger.failed(&error))?;
        schema::migrate(&mut ledger.connection).map_err(|message| ledger.refused(message))?;
        Ok(ledger)
    }

    /// Opens the ledger at `path` to read it, which must be there.
    pub fn read(path: &Path) -> Result<Ledger> {
        let ledger = Ledger::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        ledger.check()?;
        let number = |name: &str| {
            let row = ledger.connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
            row.map_err(|error| ledger.failed(&error))
        };
        let (application, version) = (number("application_id")?, number("user_version")?);
        if application != schema::APPLICATION {
            return Err(ledger.refused("this is a database of something else".to_string()));
        }
        if version != schema::VERSION {
            let message = format!(
                "it has version {version}, this phisweep reads {}; a sweep brings older ones up",
                schema::VERSION
            );
            return Err(ledger.refused(message));
        }
        ledger.connection.execute_batch("PRAGMA query_only = ON;").map_err(|error| ledger.failed(&error))?;
        Ok(ledger)
    }

    /// A second handle, to read while the first one writes.
    pub fn reader(&self) -> Result<Ledger> {
        Ledger::read_unchecked(&self.path)
    }

    fn read_unchecked(path: &Path) -> Result<Ledger> {
        let ledger = Ledger::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        ledger.connection.execute_batch("PRAGMA query_only = ON;").map_err(|error| ledger.failed(&error))?;
        Ok(ledger)
    }

    fn connect(path: &Path, mode: OpenFlags) -> Result<Ledger> {
        let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let refused = |error: rusqlite::Error| Error::Ledger { path: path.to_path_buf(), message: said(&error) };
        let connection = Connection::open_with_flags(path, flags).map_err(refused)?;
        connection.busy_timeout(BUSY).map_err(refused)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Ledger { path: path.to_path_buf(), connection })
    }

    /// Whether the database is whole, as far as can be told in a time that does not grow with it for ever: page structure of
    /// all tables up to a million pages, else of the schema.
    fn check(&self) -> Result<()> {
        let pages: i64 = self
            .connection
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .map_err(|error| self.failed(&error))?;
        let check = if pages <= QUICK { "PRAGMA quick_check(1)" } else { "PRAGMA quick_check('sqlite_schema')" };
        let answer: String =
            self.connection.query_row(check, [], |row| row.get(0)).map_err(|error| self.failed(&error))?;
        match answer.as_str() {
            "ok" => Ok(()),
            _ => Err(self.refused(
                "it is damaged (PRAGMA quick_check): restore it from a backup, or move it away; a new one starts from nothing"
                    .to_string(),
            )),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins to gather writes.
    pub fn begin(&self) -> Result<()> {
        self.run("BEGIN IMMEDIATE")
    }

    /// Makes what was written since [`Ledger::begin`] last.
    pub fn commit(&self) -> Result<()> {
        self.run("COMMIT")
    }

    /// Undoes it.
    pub fn roll_back(&self) {
        let _ = self.connection.execute_batch("ROLLBACK");
    }

    fn run(&self, sql: &str) -> Result<()> {
        self.connection.execute_batch(sql).map_err(|error| self.failed(&error))
    }

    /// What went wrong, as a run says it.
    fn failed(&self, error: &rusqlite::Error) -> Error {
        self.refused(said(error))
    }

    fn refused(&self, message: String) -> Error {
        Error::Ledger { path: self.path.clone(), message }
    }
}

/// Pages up to which all tables are checked on opening: 64 MiB, some 40 ms.
const QUICK: i64 = 16_384;

/// What SQLite said. Its messages name tables and codes, and no content.
fn said(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => "the disk is full".to_string(),
        Some(rusqlite::ErrorCode::NotADatabase) => "this is no database".to_string(),
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
            "it is damaged: restore it from a backup, or move it away".to_string()
        }
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            "another process writes it".to_string()
        }
        _ => error.to_string(),
    }
}

/// An empty file that is its owner's alone: SQLite gives the files beside it the same mode.
fn private(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.map(drop).map_err(|error| Error::write(path, error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_ledger_is_private_and_opens_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.db");
        let ledger = Ledger::open(&path).unwrap();
        assert!(ledger.connection.execute("DELETE FROM decisions", []).is_ok(), "there are none");
        drop(ledger);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(Ledger::open(&path).is_ok());
        assert!(Ledger::read(&path).is_ok());
        assert!(Ledger::read(&folder.path().join("none.db")).is_err());
    }

    #[test]
    fn what_is_no_ledger_of_ours_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let message = |name: &str| Ledger::open(&at(name)).unwrap_err().to_string();
        Ledger::open(&at("newer.db")).unwrap().run("PRAGMA user_version = 99").unwrap();
        assert!(message("newer.db").contains("newer phisweep"), "{}", message("newer.db"));
        Connection::open(at("other.db")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
        assert!(message("other.db").contains("something else"), "{}", message("other.db"));
        fs::write(at("text.db"), "name,ssn\n".repeat(1000)).unwrap();
        assert!(message("text.db").contains("no database"), "{}", message("text.db"));
        let damaged = Ledger::open(&at("damaged.db")).unwrap();
        damaged.run("PRAGMA journal_mode = DELETE").unwrap();
        drop(damaged);
        let mut bytes = fs::read(at("damaged.db")).unwrap();
        let half = bytes.len() / 2;
        bytes[half - 4096..half + 8192].fill(0xA5);
        fs::write(at("damaged.db"), bytes).unwrap();
        assert!(message("damaged.db").contains("damaged"), "{}", message("damaged.db"));
    }

    #[test]
    fn decisions_can_only_be_added() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("l.db")).unwrap();
        let row = "INSERT INTO decisions VALUES (1, 'F-1', 'accepted', 'me', 0, 'because', '', '', '')";
        ledger.connection.execute(row, []).unwrap();
        assert!(ledger.connection.execute("DELETE FROM decisions", []).is_err());
        assert!(ledger.connection.execute("UPDATE decisions SET who = 'you'", []).is_err());
    }
}

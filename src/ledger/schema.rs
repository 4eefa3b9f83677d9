//! The tables of a ledger, and how older ones are brought to the present form. In: an open database. Out: one of this
//! version. Refuses what a newer phisweep wrote, and files that are no ledger.

use rusqlite::Connection;

/// `PHSW`: says whose database a file is (SQLite's application id).
pub(super) const APPLICATION: i64 = 0x5048_5357;

/// Each step takes a ledger from the version that is its index to the next. A step that was released is never changed.
const STEPS: &[&str] = &[FIRST, MET, LIMITS, PEOPLE, ASKED];

/// What this program writes.
pub(super) const VERSION: i64 = STEPS.len() as i64;

// Keys of documents are paths below the root, `/` written as a zero byte: so they sort as the walk goes. Times are seconds
// since 1970 but for those of files, which are nanoseconds. No table has a value of a person in it.
const FIRST: &str = "
CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    started INTEGER NOT NULL,
    finished INTEGER,
    version TEXT NOT NULL,
    stand INTEGER NOT NULL,
    status TEXT NOT NULL,
    exit INTEGER,
    folder TEXT NOT NULL DEFAULT '',
    manifest TEXT NOT NULL DEFAULT '',
    counts TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE stands (
    number INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    program TEXT NOT NULL,
    rules TEXT NOT NULL
);
CREATE TABLE roots (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,
    filesystem TEXT NOT NULL,
    mounted INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    completed INTEGER,
    removed INTEGER
);
CREATE TABLE documents (
    root INTEGER NOT NULL,
    key BLOB NOT NULL,
    kind INTEGER NOT NULL,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    ends BLOB,
    content BLOB,
    stand INTEGER NOT NULL,
    again INTEGER NOT NULL,
    tells INTEGER NOT NULL,
    clean INTEGER NOT NULL,
    clean_bytes INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    first_run INTEGER NOT NULL,
    read_run INTEGER NOT NULL,
    blind_run INTEGER,
    gone_run INTEGER,
    gone_why TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (root, key)
) WITHOUT ROWID;
CREATE INDEX documents_content ON documents (content) WHERE tells = 1 AND content IS NOT NULL;
CREATE INDEX documents_gone ON documents (root, gone_run) WHERE gone_run IS NOT NULL;
CREATE INDEX documents_blind ON documents (blind_run) WHERE blind_run IS NOT NULL;
CREATE TABLE records (
    root INTEGER NOT NULL,
    key BLOB NOT NULL,
    part INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (root, key, part)
) WITHOUT ROWID;
CREATE TABLE findings (
    id TEXT PRIMARY KEY,
    root INTEGER NOT NULL,
    key BLOB NOT NULL,
    series_id TEXT NOT NULL,
    path TEXT NOT NULL,
    series TEXT NOT NULL,
    identifier TEXT NOT NULL,
    place TEXT NOT NULL,
    protection TEXT NOT NULL,
    severity TEXT NOT NULL,
    people INTEGER NOT NULL,
    linked TEXT NOT NULL,
    readable_by TEXT NOT NULL,
    content BLOB,
    first_seen INTEGER NOT NULL,
    first_run INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_run INTEGER NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    is_open INTEGER NOT NULL,
    resolved INTEGER,
    provisional INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX findings_document ON findings (root, key);
CREATE INDEX findings_series ON findings (series_id);
CREATE INDEX findings_state ON findings (state_run);
CREATE INDEX findings_provisional ON findings (root) WHERE provisional = 1;
CREATE TABLE feeds (
    root INTEGER NOT NULL,
    series TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    first_run INTEGER NOT NULL,
    last_file INTEGER NOT NULL,
    last_run INTEGER NOT NULL,
    arrivals INTEGER NOT NULL,
    files INTEGER NOT NULL,
    pace REAL NOT NULL,
    identifiers TEXT NOT NULL,
    people INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_run INTEGER NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (root, series)
) WITHOUT ROWID;
CREATE TABLE waiting (
    root INTEGER NOT NULL,
    key BLOB NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (root, key)
) WITHOUT ROWID;
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    verdict TEXT NOT NULL,
    who TEXT NOT NULL,
    decided INTEGER NOT NULL,
    reason TEXT NOT NULL,
    ticket TEXT NOT NULL,
    until TEXT NOT NULL
);
CREATE INDEX decisions_target ON decisions (target);
CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are never deleted'); END;
CREATE TRIGGER decisions_stand BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
";

// What rules could have had to do with in a document, by number, since files of one feed share it; and of rules, what a later
// set can be held against.
const MET: &str = "
CREATE TABLE mets (
    number INTEGER PRIMARY KEY,
    met BLOB NOT NULL UNIQUE
);
ALTER TABLE documents ADD COLUMN met INTEGER;
ALTER TABLE stands ADD COLUMN prints TEXT NOT NULL DEFAULT '';
";

// What was accepted, so that more of it is told anew: JSON, empty where nothing was.
const LIMITS: &str = "
ALTER TABLE decisions ADD COLUMN limits TEXT NOT NULL DEFAULT '';
";

// Marks of people, keyed, so that one person in two documents is one: `sweep/people.rs` says how they are written.
const PEOPLE: &str = "
CREATE TABLE people (
    root INTEGER NOT NULL,
    key BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (root, key)
) WITHOUT ROWID;
";

// What a run was asked, as far as its reports tell by it, so that they can be made again: JSON.
const ASKED: &str = "
ALTER TABLE runs ADD COLUMN asked TEXT NOT NULL DEFAULT '';
";

/// Brings a database to this version; or says why that cannot be.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), String> {
    let failed = |error: rusqlite::Error| super::said(&error);
    let number = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let (application, version) = (number("application_id").map_err(failed)?, number("user_version").map_err(failed)?);
    if application == 0 && version == 0 {
        let tables = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
        if tables.map_err(failed)? > 0 {
            return Err("this is a database of something else".to_string());
        }
    } else if application != APPLICATION {
        return Err("this is a database of something else".to_string());
    }
    if version > VERSION {
        return Err(format!(
            "it was written by a newer phisweep (ledger version {version}; this one knows {VERSION}): use that one, or another ledger"
        ));
    }
    let transaction = connection.transaction().map_err(failed)?;
    for step in STEPS.iter().skip(usize::try_from(version).unwrap_or(0)) {
        transaction.execute_batch(step).map_err(failed)?;
    }
    transaction
        .execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"))
        .map_err(failed)?;
    transaction.commit().map_err(failed)
}

//! Rows of a ledger and how they are read and written. In: values of Rust. Out: the same. Refuses nothing but what the
//! database does. All statements on tables stand here and in `standing.rs`.

use std::path::Path;

use rusqlite::{OptionalExtension, Row, params};

use super::Ledger;
use crate::error::{Error, Result};

/// What a document is to a sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A file that was read, wholly or in part.
    #[default]
    Read,
    /// A file whose kind is not read: no change of a rule touches it.
    Unread,
    /// Something the walk met and left: a folder, a link.
    Gap,
}

/// A file, or a gap of the walk, as it was when last looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentRow {
    /// Number of its root.
    pub root: i64,
    /// Its path below the root, `/` written as a zero byte.
    pub key: Vec<u8>,
    /// See [`Kind`].
    pub kind: Kind,
    /// Bytes.
    pub size: i64,
    /// Nanoseconds since 1970.
    pub modified: i64,
    /// Nanoseconds since 1970.
    pub changed: i64,
    /// As the bits of the file system's number.
    pub inode: i64,
    /// Hash of its first and last 4 KiB where inode and time of change mean nothing; of a gap, of what it says.
    pub ends: Option<[u8; 16]>,
    /// Keyed hash of its content.
    pub content: Option<[u8; 16]>,
    /// By which rules and program it was read.
    pub stand: i64,
    /// It is read again in any case: reading it failed, or it changed meanwhile.
    pub again: bool,
    /// It has records: findings or gaps.
    pub tells: bool,
    /// Documents, itself and its members, that are complete and have neither.
    pub clean: i64,
    /// And their bytes.
    pub clean_bytes: i64,
    /// When it was first met, seconds.
    pub first_seen: i64,
    /// In which run.
    pub first_run: i64,
    /// In which run it was read last.
    pub read_run: i64,
    /// Since which run something of it could not be read.
    pub blind_run: Option<i64>,
    /// In which run it was first missed; negative once a second run has missed it too.
    pub gone_run: Option<i64>,
    /// Why, where it was not deleted.
    pub gone_why: String,
    /// Number of what rules could have had to do with in it; `None` where that is not known.
    pub met: Option<i64>,
}

/// What of a [`DocumentRow`] tells whether a file is as it was, and what it counts for.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct KnownRow {
    pub key: Vec<u8>,
    pub kind: Kind,
    pub size: i64,
    pub modified: i64,
    pub changed: i64,
    pub inode: i64,
    pub stand: i64,
    pub met: Option<i64>,
    pub again: bool,
    pub read_run: i64,
    pub gone_run: Option<i64>,
    pub clean: i64,
    pub clean_bytes: i64,
    pub ends: Option<[u8; 16]>,
}

/// A finding and its history.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct FindingRow {
    pub id: String,
    pub root: i64,
    pub key: Vec<u8>,
    pub series_id: String,
    pub path: String,
    pub series: String,
    pub identifier: String,
    pub place: String,
    pub protection: String,
    pub severity: String,
    pub people: i64,
    /// Names of identifiers on the same records, joined by `+`.
    pub linked: String,
    pub readable_by: String,
    pub content: Option<[u8; 16]>,
    pub first_seen: i64,
    pub first_run: i64,
    /// As `docs/sweeps.md` lists them.
    pub state: String,
    /// In which run it came to that state.
    pub state_run: i64,
    /// What made it so: `+12 % people`, `deleted`.
    pub why: String,
    pub open: bool,
    /// When it was resolved, seconds.
    pub resolved: Option<i64>,
    /// Until a second run has seen the same.
    pub provisional: bool,
}

/// A run.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct RunRow {
    pub number: i64,
    pub run_id: String,
    pub started: i64,
    pub finished: Option<i64>,
    pub version: String,
    pub stand: i64,
    /// `running complete incomplete window stopped`.
    pub status: String,
    pub exit: Option<i64>,
    pub folder: String,
    /// SHA-256 of its manifest.
    pub manifest: String,
    /// What it came to, as JSON.
    pub counts: String,
    /// What it was asked, as JSON.
    pub asked: String,
}

/// Rules and program by which documents were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StandRow {
    /// As documents have it.
    pub number: i64,
    /// What reads and judges, and what it was asked.
    pub program: String,
    /// Names the set of rules: [`crate::rules::RuleSet::hash`].
    pub rules: String,
    /// What another set can be held against: [`crate::rules::prints::Prints::to_text`].
    pub prints: String,
}

/// A root as the ledger knows it.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct RootRow {
    pub number: i64,
    pub name: String,
    pub path: String,
    pub filesystem: String,
    /// Whether it was the top of a file system of its own.
    pub mounted: bool,
    pub first_seen: i64,
    /// The last run that walked all of it.
    pub completed: Option<i64>,
}

const DOCUMENT: &str = "root, key, kind, size, modified, changed, inode, ends, content, stand, again, tells, clean, \
    clean_bytes, first_seen, first_run, read_run, blind_run, gone_run, gone_why, met";

/// All but `key` are numbers, which a row gives for next to nothing.
const KNOWN: &str =
    "key, kind, size, modified, changed, inode, stand, met, again, read_run, gone_run, clean, clean_bytes, ends";

pub(super) const FINDING: &str = "id, root, key, series_id, path, series, identifier, place, protection, severity, people, \
    linked, readable_by, content, first_seen, first_run, state, state_run, why, is_open, resolved, provisional";

pub(super) const DECISION: &str = "target, verdict, who, decided, reason, ticket, until, limits";

const RUN: &str = "number, run_id, started, finished, version, stand, status, exit, folder, manifest, counts, asked";

fn document(row: &Row<'_>) -> rusqlite::Result<DocumentRow> {
    Ok(DocumentRow {
        root: row.get(0)?,
        key: row.get(1)?,
        kind: kind(row.get(2)?),
        size: row.get(3)?,
        modified: row.get(4)?,
        changed: row.get(5)?,
        inode: row.get(6)?,
        ends: row.get(7)?,
        content: row.get(8)?,
        stand: row.get(9)?,
        again: row.get(10)?,
        tells: row.get(11)?,
        clean: row.get(12)?,
        clean_bytes: row.get(13)?,
        first_seen: row.get(14)?,
        first_run: row.get(15)?,
        read_run: row.get(16)?,
        blind_run: row.get(17)?,
        gone_run: row.get(18)?,
        gone_why: row.get(19)?,
        met: row.get(20)?,
    })
}

fn known(row: &Row<'_>) -> rusqlite::Result<KnownRow> {
    Ok(KnownRow {
        key: row.get(0)?,
        kind: kind(row.get(1)?),
        size: row.get(2)?,
        modified: row.get(3)?,
        changed: row.get(4)?,
        inode: row.get(5)?,
        stand: row.get(6)?,
        met: row.get(7)?,
        again: row.get(8)?,
        read_run: row.get(9)?,
        gone_run: row.get(10)?,
        clean: row.get(11)?,
        clean_bytes: row.get(12)?,
        ends: row.get(13)?,
    })
}

fn kind(number: i64) -> Kind {
    match number {
        1 => Kind::Unread,
        2 => Kind::Gap,
        _ => Kind::Read,
    }
}

pub(super) fn decision(row: &Row<'_>) -> rusqlite::Result<DecisionRow> {
    Ok(DecisionRow {
        target: row.get(0)?,
        verdict: row.get(1)?,
        who: row.get(2)?,
        decided: row.get(3)?,
        reason: row.get(4)?,
        ticket: row.get(5)?,
        until: row.get(6)?,
        limits: row.get(7)?,
    })
}

pub(super) fn finding(row: &Row<'_>) -> rusqlite::Result<FindingRow> {
    Ok(FindingRow {
        id: row.get(0)?,
        root: row.get(1)?,
        key: row.get(2)?,
        series_id: row.get(3)?,
        path: row.get(4)?,
        series: row.get(5)?,
        identifier: row.get(6)?,
        place: row.get(7)?,
        protection: row.get(8)?,
        severity: row.get(9)?,
        people: row.get(10)?,
        linked: row.get(11)?,
        readable_by: row.get(12)?,
        content: row.get(13)?,
        first_seen: row.get(14)?,
        first_run: row.get(15)?,
        state: row.get(16)?,
        state_run: row.get(17)?,
        why: row.get(18)?,
        open: row.get(19)?,
        resolved: row.get(20)?,
        provisional: row.get(21)?,
    })
}

fn run(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        number: row.get(0)?,
        run_id: row.get(1)?,
        started: row.get(2)?,
        finished: row.get(3)?,
        version: row.get(4)?,
        stand: row.get(5)?,
        status: row.get(6)?,
        exit: row.get(7)?,
        folder: row.get(8)?,
        manifest: row.get(9)?,
        counts: row.get(10)?,
        asked: row.get(11)?,
    })
}

impl Ledger {
    /// Runs a statement that gives nothing; how many rows it changed.
    pub(super) fn change(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize> {
        let done = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute(values));
        done.map_err(|error| self.failed(&error))
    }

    /// The first row a statement gives.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        let row = self.connection.prepare_cached(sql).and_then(|mut s| s.query_row(values, read).optional());
        row.map_err(|error| self.failed(&error))
    }

    /// All rows a statement gives.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let rows = self.connection.prepare_cached(sql).and_then(|mut s| s.query_map(values, read)?.collect());
        rows.map_err(|error| self.failed(&error))
    }

    /// Tells each row a statement gives, one at a time.
    pub(super) fn each(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        mut tell: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let failed = |error: rusqlite::Error| self.failed(&error);
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.query(values).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            tell(row)?;
        }
        Ok(())
    }

    /// Up to `limit` documents of a root behind `after`, in the order of their keys, as far as is needed to tell whether they
    /// are as they were.
    pub fn known_after(&self, root: i64, after: Option<&[u8]>, limit: i64) -> Result<Vec<KnownRow>> {
        let from = if after.is_some() { "key > ?2" } else { "?2 IS NULL" };
        let sql = format!("SELECT {KNOWN} FROM documents WHERE root = ?1 AND {from} ORDER BY key LIMIT ?3");
        self.all(&sql, params![root, after, limit], known)
    }

    /// As [`Ledger::known_after`], the document of this key.
    pub fn known(&self, root: i64, key: &[u8]) -> Result<Option<KnownRow>> {
        self.one(&format!("SELECT {KNOWN} FROM documents WHERE root = ?1 AND key = ?2"), params![root, key], known)
    }

    /// The document of this key.
    pub fn document(&self, root: i64, key: &[u8]) -> Result<Option<DocumentRow>> {
        let sql = format!("SELECT {DOCUMENT} FROM documents WHERE root = ?1 AND key = ?2");
        self.one(&sql, params![root, key], document)
    }

    /// Documents that tell something and have this content, but for the one of this key.
    pub fn twins(&self, content: &[u8; 16], root: i64, key: &[u8]) -> Result<Vec<DocumentRow>> {
        let sql = format!(
            "SELECT {DOCUMENT} FROM documents WHERE content = ?1 AND tells = 1 AND NOT (root = ?2 AND key = ?3) LIMIT 16"
        );
        self.all(&sql, params![content, root, key], document)
    }

    /// Puts a document in the place of what was there.
    pub fn put_document(&self, row: &DocumentRow) -> Result<()> {
        let sql = format!(
            "INSERT OR REPLACE INTO documents ({DOCUMENT}) VALUES \
             (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21)"
        );
        let values = params![
            row.root,
            row.key,
            row.kind as i64,
            row.size,
            row.modified,
            row.changed,
            row.inode,
            row.ends,
            row.content,
            row.stand,
            row.again,
            row.tells,
            row.clean,
            row.clean_bytes,
            row.first_seen,
            row.first_run,
            row.read_run,
            row.blind_run,
            row.gone_run,
            row.gone_why,
            row.met,
        ];
        self.change(&sql, values).map(drop)
    }

    /// What is told of a document, in its order, in the place of what was.
    pub fn put_records(&self, root: i64, key: &[u8], had: bool, bodies: &[String]) -> Result<()> {
        if had {
            self.change("DELETE FROM records WHERE root = ?1 AND key = ?2", params![root, key])?;
        }
        for (part, body) in (0i64..).zip(bodies) {
            self.change(
                "INSERT INTO records (root, key, part, body) VALUES (?1,?2,?3,?4)",
                params![root, key, part, body],
            )?;
        }
        Ok(())
    }

    /// Findings of a document, resolved ones too.
    pub fn findings_of(&self, root: i64, key: &[u8]) -> Result<Vec<FindingRow>> {
        let sql = format!("SELECT {FINDING} FROM findings WHERE root = ?1 AND key = ?2 ORDER BY id");
        self.all(&sql, params![root, key], finding)
    }

    /// Findings that came to their state after this run.
    pub fn findings_changed(&self, since: i64) -> Result<Vec<FindingRow>> {
        let sql = format!(
            "SELECT {FINDING} FROM findings INDEXED BY findings_state WHERE state_run > ?1 ORDER BY root, path, id"
        );
        self.all(&sql, params![since], finding)
    }

    /// The finding called so.
    pub fn finding(&self, id: &str) -> Result<Option<FindingRow>> {
        self.one(&format!("SELECT {FINDING} FROM findings WHERE id = ?1"), params![id], finding)
    }

    /// The most people a finding of this series ever had, if there was one beside those of this document.
    pub fn series_people(&self, series_id: &str, root: i64, key: &[u8]) -> Result<Option<i64>> {
        let sql = "SELECT max(people) FROM findings WHERE series_id = ?1 AND NOT (root = ?2 AND key = ?3)";
        Ok(self.one(sql, params![series_id, root, key], |row| row.get(0))?.flatten())
    }

    /// Puts a finding in the place of the one with its id.
    pub fn put_finding(&self, row: &FindingRow) -> Result<()> {
        let sql = format!(
            "INSERT OR REPLACE INTO findings ({FINDING}) VALUES \
             (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22)"
        );
        let values = params![
            row.id,
            row.root,
            row.key,
            row.series_id,
            row.path,
            row.series,
            row.identifier,
            row.place,
            row.protection,
            row.severity,
            row.people,
            row.linked,
            row.readable_by,
            row.content,
            row.first_seen,
            row.first_run,
            row.state,
            row.state_run,
            row.why,
            row.open,
            row.resolved,
            row.provisional,
        ];
        self.change(&sql, values).map(drop)
    }

    /// What waits to be read: written to, or not there whole.
    pub fn put_waiting(&self, root: i64, key: &[u8], body: &str) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO waiting (root, key, body) VALUES (?1,?2,?3)";
        self.change(sql, params![root, key, body]).map(drop)
    }

    /// Forgets what waited in a root.
    pub fn clear_waiting(&self, root: i64) -> Result<()> {
        self.change("DELETE FROM waiting WHERE root = ?1", params![root]).map(drop)
    }

    /// Begins a run, whose number this tells.
    pub fn begin_run(&self, run: &RunRow) -> Result<i64> {
        // Whoever begins holds the lock: what still runs by the ledger was killed, or found no room to say how it ended.
        self.change("UPDATE runs SET status = 'incomplete' WHERE status = 'running'", [])?;
        let sql = "INSERT INTO runs (run_id, started, version, stand, asked, status) VALUES (?1,?2,?3,?4,?5,'running')";
        self.change(sql, params![run.run_id, run.started, run.version, run.stand, run.asked])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Marks a run that could not go on, as far as that can be written; what it found is told by the next one.
    pub fn break_off(path: &Path, number: i64) {
        let sql = "UPDATE runs SET status = 'incomplete', exit = 2 WHERE number = ?1 AND finished IS NULL";
        let _ = Ledger::open(path).and_then(|ledger| ledger.change(sql, params![number]));
    }

    /// Ends it.
    pub fn end_run(&self, run: &RunRow) -> Result<()> {
        let sql = "UPDATE runs SET finished=?2, status=?3, exit=?4, folder=?5, manifest=?6, counts=?7 WHERE number=?1";
        let RunRow { number, finished, status, exit, folder, manifest, counts, .. } = run;
        self.change(sql, params![number, finished, status, exit, folder, manifest, counts]).map(drop)
    }

    /// The last runs, the last one first.
    pub fn runs(&self, limit: i64) -> Result<Vec<RunRow>> {
        self.all(&format!("SELECT {RUN} FROM runs ORDER BY number DESC LIMIT ?1"), params![limit], run)
    }

    /// Number of a stand: rules and program.
    pub fn stand(&self, hash: &str, program: &str, rules: &str, prints: &str) -> Result<i64> {
        let sql =
            "INSERT INTO stands (hash, program, rules, prints) VALUES (?1,?2,?3,?4) ON CONFLICT (hash) DO NOTHING";
        self.change(sql, params![hash, program, rules, prints])?;
        let number = self.one("SELECT number FROM stands WHERE hash = ?1", params![hash], |row| row.get(0))?;
        number.ok_or_else(|| Error::Ledger { path: self.path.clone(), message: "a stand is lost".to_string() })
    }

    /// All stands.
    pub fn stands(&self) -> Result<Vec<StandRow>> {
        self.all("SELECT number, program, rules, prints FROM stands ORDER BY number", [], |row| {
            Ok(StandRow { number: row.get(0)?, program: row.get(1)?, rules: row.get(2)?, prints: row.get(3)? })
        })
    }

    /// The number of what was met in a document; one that is not known yet gets one.
    pub fn number_of_met(&self, met: &[u8]) -> Result<i64> {
        let find = || self.one("SELECT number FROM mets WHERE met = ?1", params![met], |row| row.get(0));
        if let Some(number) = find()? {
            return Ok(number);
        }
        self.change("INSERT INTO mets (met) VALUES (?1)", params![met])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// What was met, by its number.
    pub fn met(&self, number: i64) -> Result<Option<Vec<u8>>> {
        self.one("SELECT met FROM mets WHERE number = ?1", params![number], |row| row.get(0))
    }

    /// The roots that were not removed.
    pub fn roots(&self) -> Result<Vec<RootRow>> {
        let sql = "SELECT number, name, path, filesystem, mounted, first_seen, completed FROM roots \
                   WHERE removed IS NULL ORDER BY number";
        self.all(sql, [], |row| {
            Ok(RootRow {
                number: row.get(0)?,
                name: row.get(1)?,
                path: row.get(2)?,
                filesystem: row.get(3)?,
                mounted: row.get(4)?,
                first_seen: row.get(5)?,
                completed: row.get(6)?,
            })
        })
    }

    /// Puts a root, whose number this tells.
    pub fn put_root(&self, root: &RootRow) -> Result<i64> {
        let sql = "INSERT INTO roots (name, path, filesystem, mounted, first_seen) VALUES (?1,?2,?3,?4,?5) \
                   ON CONFLICT (name) DO UPDATE SET path=?2, filesystem=?3, mounted=?4, removed=NULL";
        self.change(sql, params![root.name, root.path, root.filesystem, root.mounted, root.first_seen])?;
        let number = self.one("SELECT number FROM roots WHERE name = ?1", params![root.name], |row| row.get(0))?;
        number.ok_or_else(|| Error::Ledger { path: self.path.clone(), message: "a root is lost".to_string() })
    }

    /// Adds a decision: on a finding or a series, by its id. None is ever changed or taken back: the last one counts.
    pub fn decide(&self, decision: &DecisionRow) -> Result<()> {
        let sql = format!("INSERT INTO decisions ({DECISION}) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)");
        let DecisionRow { target, verdict, who, decided, reason, ticket, until, limits } = decision;
        self.change(&sql, params![target, verdict, who, decided, reason, ticket, until, limits]).map(drop)
    }

    /// The decisions that count: the last one on each finding or series.
    pub fn decisions(&self) -> Result<Vec<DecisionRow>> {
        let sql = format!(
            "SELECT {DECISION} FROM decisions \
             WHERE number IN (SELECT max(number) FROM decisions GROUP BY target) ORDER BY number"
        );
        self.all(&sql, [], decision)
    }
}

/// What somebody has decided.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct DecisionRow {
    /// `F-…` or `S-…`.
    pub target: String,
    /// `accepted`, `fixed-claimed`, …
    pub verdict: String,
    pub who: String,
    /// Seconds since 1970.
    pub decided: i64,
    pub reason: String,
    pub ticket: String,
    /// `YYYY-MM-DD`, or empty.
    pub until: String,
    /// What was accepted: [`crate::decisions::accepted::Limits`] as JSON; empty for a fix.
    pub limits: String,
}

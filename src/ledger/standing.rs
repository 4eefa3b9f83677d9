//! What is asked and done of whole roots: what is missing, feeds, the end of a root, what reports are made of. In: numbers of
//! roots and runs. Out: rows. Refuses nothing but what the database does.

use rusqlite::{Row, params};

use super::Ledger;
use super::rows::{DECISION, DecisionRow, FINDING, FindingRow, decision, finding};
use crate::error::Result;

/// A feed: documents of one series in which something was found.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct FeedRow {
    pub root: i64,
    pub series: String,
    pub first_seen: i64,
    pub first_run: i64,
    /// When a file came last, seconds.
    pub last_file: i64,
    /// And in which run.
    pub last_run: i64,
    /// Runs in which files came.
    pub arrivals: i64,
    pub files: i64,
    /// Seconds between arrivals, the last ones counting most; 0 before there were two.
    pub pace: f64,
    /// Names of identifiers that were ever found in it, joined by `+`.
    pub identifiers: String,
    /// The most people one finding in it ever had.
    pub people: i64,
    pub state: String,
    pub state_run: i64,
    pub why: String,
}

/// What a root holds that tells nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clean {
    /// Documents, complete and without findings and gaps.
    pub documents: u64,
    /// Their bytes.
    pub bytes: u64,
}

const FEED: &str = "root, series, first_seen, first_run, last_file, last_run, arrivals, files, pace, identifiers, \
    people, state, state_run, why";

fn feed(row: &Row<'_>) -> rusqlite::Result<FeedRow> {
    Ok(FeedRow {
        root: row.get(0)?,
        series: row.get(1)?,
        first_seen: row.get(2)?,
        first_run: row.get(3)?,
        last_file: row.get(4)?,
        last_run: row.get(5)?,
        arrivals: row.get(6)?,
        files: row.get(7)?,
        pace: row.get(8)?,
        identifiers: row.get(9)?,
        people: row.get(10)?,
        state: row.get(11)?,
        state_run: row.get(12)?,
        why: row.get(13)?,
    })
}

/// Number of a stand, number of what was met, how many documents, their bytes.
pub type AtStand = (i64, Option<i64>, i64, i64);

impl Ledger {
    /// The feed of this series.
    pub fn feed(&self, root: i64, series: &str) -> Result<Option<FeedRow>> {
        self.one(&format!("SELECT {FEED} FROM feeds WHERE root = ?1 AND series = ?2"), params![root, series], feed)
    }

    /// All feeds of a root.
    pub fn feeds(&self, root: i64) -> Result<Vec<FeedRow>> {
        self.all(&format!("SELECT {FEED} FROM feeds WHERE root = ?1 ORDER BY series"), params![root], feed)
    }

    /// Feeds of all roots that came to their state after this run.
    pub fn feeds_changed(&self, since: i64) -> Result<Vec<FeedRow>> {
        self.all(&format!("SELECT {FEED} FROM feeds WHERE state_run > ?1 ORDER BY root, series"), params![since], feed)
    }

    /// Puts a feed in the place of the one of its series.
    pub fn put_feed(&self, row: &FeedRow) -> Result<()> {
        let sql =
            format!("INSERT OR REPLACE INTO feeds ({FEED}) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)");
        let values = params![
            row.root,
            row.series,
            row.first_seen,
            row.first_run,
            row.last_file,
            row.last_run,
            row.arrivals,
            row.files,
            row.pace,
            row.identifiers,
            row.people,
            row.state,
            row.state_run,
            row.why,
        ];
        self.change(&sql, values).map(drop)
    }

    /// Notes that a document was not met.
    pub fn put_missing(&self, root: i64, key: &[u8], run: i64, why: &str) -> Result<()> {
        let sql = "UPDATE documents SET gone_run = ?3, gone_why = ?4 WHERE root = ?1 AND key = ?2";
        self.change(sql, params![root, key, run, why]).map(drop)
    }

    /// Takes back what this run noted as missing in a root: it turned out that the root itself was.
    pub fn forget_missing(&self, root: i64, run: i64) -> Result<()> {
        let sql = "UPDATE documents SET gone_run = CASE WHEN gone_run < 0 THEN ?2 - 1 ELSE NULL END \
                   WHERE root = ?1 AND (gone_run = ?2 OR gone_run = -?2)";
        self.change(sql, params![root, run]).map(drop)
    }

    /// Findings that are open in documents that this run was the first to miss, and why where these were not deleted.
    pub fn findings_missed(&self, root: i64, run: i64) -> Result<Vec<(FindingRow, String)>> {
        // Said, since the planner would rather go through all findings of the root, and below through all documents.
        let sql = "SELECT f.id, d.gone_why FROM documents d INDEXED BY documents_gone \
                   CROSS JOIN findings f ON f.root = d.root AND f.key = d.key WHERE d.root = ?1 AND d.gone_run = ?2 AND f.is_open = 1 ORDER BY f.id";
        let ids: Vec<(String, String)> = self.all(sql, params![root, run], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut rows = Vec::with_capacity(ids.len());
        for (id, why) in ids {
            rows.extend(self.finding(&id)?.map(|row| (row, why)));
        }
        Ok(rows)
    }

    /// Forgets documents that two runs have missed; their findings stay.
    pub fn drop_missing(&self, root: i64) -> Result<()> {
        for table in ["records", "people"] {
            let gone = format!(
                "DELETE FROM {table} WHERE root = ?1 AND key IN \
                 (SELECT key FROM documents WHERE root = ?1 AND gone_run < 0)"
            );
            self.change(&gone, params![root])?;
        }
        self.change("DELETE FROM documents WHERE root = ?1 AND gone_run < 0", params![root]).map(drop)
    }

    /// What was resolved in runs up to `before` stays so.
    pub fn confirm(&self, root: i64, before: i64) -> Result<()> {
        let sql = "UPDATE findings SET provisional = 0 WHERE root = ?1 AND provisional = 1 AND state_run <= ?2";
        self.change(sql, params![root, before]).map(drop)
    }

    /// A root was walked whole.
    pub fn complete_root(&self, root: i64, run: i64) -> Result<()> {
        self.change("UPDATE roots SET completed = ?2 WHERE number = ?1", params![root, run]).map(drop)
    }

    /// A root is not swept any more: its findings are closed, and that is no fix.
    pub fn remove_root(&self, root: i64, run: i64, now: i64) -> Result<()> {
        let findings = "UPDATE findings SET is_open = 0, state = 'resolved', state_run = ?2, why = 'root-removed', \
                        resolved = ?3, provisional = 0 WHERE root = ?1 AND is_open = 1";
        self.change(findings, params![root, run, now])?;
        for table in ["documents", "records", "people", "waiting", "feeds"] {
            self.change(&format!("DELETE FROM {table} WHERE root = ?1"), params![root])?;
        }
        self.change("UPDATE roots SET removed = ?2, completed = NULL WHERE number = ?1", params![root, run]).map(drop)
    }

    /// Whether the ledger has any document of a root.
    pub fn holds_any(&self, root: i64) -> Result<bool> {
        let any =
            self.one("SELECT 1 FROM documents WHERE root = ?1 AND kind < 2 LIMIT 1", params![root], |_| Ok(()))?;
        Ok(any.is_some())
    }

    /// Whether the ledger has anything of a root, or ever found anything in it.
    pub fn knows_any(&self, root: i64) -> Result<bool> {
        let sql = "SELECT 1 WHERE EXISTS (SELECT 1 FROM documents WHERE root = ?1) \
                   OR EXISTS (SELECT 1 FROM findings WHERE root = ?1)";
        Ok(self.one(sql, params![root], |_| Ok(()))?.is_some())
    }

    /// Numbers and names of all roots, removed ones too.
    pub fn all_roots(&self) -> Result<Vec<(i64, String)>> {
        self.all("SELECT number, name FROM roots ORDER BY number", [], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Documents of a root that tell nothing.
    pub fn clean(&self, root: i64) -> Result<Clean> {
        let sql = "SELECT coalesce(sum(clean), 0), coalesce(sum(clean_bytes), 0) FROM documents \
                   WHERE root = ?1 AND gone_run IS NULL";
        let clean = self.one(sql, params![root], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
        let (documents, bytes) = clean.unwrap_or_default();
        Ok(Clean { documents: documents.max(0) as u64, bytes: bytes.max(0) as u64 })
    }

    /// Documents that were read, by the stand they were read at and what was met in them.
    pub fn bytes_by_stand(&self, root: i64) -> Result<Vec<AtStand>> {
        let sql = "SELECT stand, met, count(*), sum(size) FROM documents WHERE root = ?1 AND kind = 0 AND gone_run IS NULL \
                   GROUP BY stand, met ORDER BY stand, met";
        self.all(sql, params![root], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
    }

    /// Tells what is kept of the documents of a root, in the order of the walk: key, text, keyed hash of the file's content, when it
    /// was first seen. Those that are missing are left out.
    pub fn each_record(
        &self,
        root: i64,
        mut tell: impl FnMut(&[u8], &str, Option<[u8; 16]>, i64) -> Result<()>,
    ) -> Result<()> {
        let sql = "SELECT r.body, d.content, d.first_seen, r.key FROM records r JOIN documents d \
                   ON d.root = r.root AND d.key = r.key \
                   WHERE r.root = ?1 AND d.gone_run IS NULL ORDER BY r.key, r.part";
        self.each(sql, params![root], |row| {
            let get = |error: rusqlite::Error| self.failed(&error);
            let body = row.get_ref(0).map_err(get)?.as_str().map_err(|error| get(error.into()))?;
            let key = row.get_ref(3).map_err(get)?.as_blob().map_err(|error| get(error.into()))?;
            tell(key, body, row.get(1).map_err(get)?, row.get(2).map_err(get)?)
        })
    }

    /// Puts marks of the people of a document in the place of what was; none where there are no people.
    pub fn put_people(&self, root: i64, key: &[u8], had: bool, body: Option<&[u8]>) -> Result<()> {
        if had && body.is_none() {
            self.change("DELETE FROM people WHERE root = ?1 AND key = ?2", params![root, key])?;
        }
        let Some(body) = body else { return Ok(()) };
        let sql = "INSERT OR REPLACE INTO people (root, key, body) VALUES (?1,?2,?3)";
        self.change(sql, params![root, key, body]).map(drop)
    }

    /// Marks of the people of a document.
    pub fn people(&self, root: i64, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.one("SELECT body FROM people WHERE root = ?1 AND key = ?2", params![root, key], |row| row.get(0))
    }

    /// What waits to be read in a root.
    pub fn waiting(&self, root: i64) -> Result<Vec<String>> {
        self.all("SELECT body FROM waiting WHERE root = ?1 ORDER BY key", params![root], |row| row.get(0))
    }

    /// Documents and gaps of the walk that are blind since a run after this one: root, key.
    pub fn newly_blind(&self, since: i64) -> Result<Vec<(i64, Vec<u8>)>> {
        let sql = "SELECT root, key FROM documents INDEXED BY documents_blind WHERE blind_run > ?1 AND gone_run IS NULL ORDER BY root, key";
        self.all(sql, params![since], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// What is kept of one document.
    pub fn records_of(&self, root: i64, key: &[u8]) -> Result<Vec<String>> {
        let sql = "SELECT body FROM records WHERE root = ?1 AND key = ?2 ORDER BY part";
        self.all(sql, params![root, key], |row| row.get(0))
    }

    /// What could not be read is told beside what was known of a document when it could.
    pub fn put_records_beside(&self, root: i64, key: &[u8], bodies: &[String]) -> Result<()> {
        /// Part numbers from here on are of what was told last, of a document that is kept as it was.
        const BESIDE: i64 = 1 << 40;
        self.change("DELETE FROM records WHERE root = ?1 AND key = ?2 AND part >= ?3", params![root, key, BESIDE])?;
        for (part, body) in (BESIDE..).zip(bodies) {
            self.change(
                "INSERT INTO records (root, key, part, body) VALUES (?1,?2,?3,?4)",
                params![root, key, part, body],
            )?;
        }
        Ok(())
    }

    /// Findings of a root: open ones, and all.
    pub fn count_findings(&self, root: i64) -> Result<(i64, i64)> {
        let sql = "SELECT coalesce(sum(is_open), 0), count(*) FROM findings WHERE root = ?1";
        Ok(self.one(sql, params![root], |row| Ok((row.get(0)?, row.get(1)?)))?.unwrap_or_default())
    }

    /// Findings at a path, or at all that begin so where it ends in `*`; those of members of a file are among its own.
    pub fn findings_at(&self, path: &str) -> Result<Vec<FindingRow>> {
        let (from, star) = path.strip_suffix('*').map_or((path, false), |from| (from, true));
        let sql = format!(
            "SELECT {FINDING} FROM findings WHERE path = ?1 OR substr(path, 1, length(?2)) = ?2 ORDER BY path, id LIMIT 10000"
        );
        let begins = if star { from.to_string() } else { format!("{from}!") };
        self.all(&sql, params![from, begins], finding)
    }

    /// Tells all findings, resolved ones too.
    pub fn each_finding(&self, mut tell: impl FnMut(FindingRow) -> Result<()>) -> Result<()> {
        self.each(&format!("SELECT {FINDING} FROM findings ORDER BY id"), [], |row| {
            tell(finding(row).map_err(|error| self.failed(&error))?)
        })
    }

    /// Whether anything was ever found in a series.
    pub fn knows_series(&self, series_id: &str) -> Result<bool> {
        let sql = "SELECT 1 FROM findings WHERE series_id = ?1 LIMIT 1";
        Ok(self.one(sql, params![series_id], |_| Ok(()))?.is_some())
    }

    /// All decisions on a finding or its series, the first one first.
    pub fn decisions_on(&self, id: &str, series_id: &str) -> Result<Vec<DecisionRow>> {
        let sql = format!("SELECT {DECISION} FROM decisions WHERE target IN (?1, ?2) ORDER BY number");
        self.all(&sql, params![id, series_id], decision)
    }

    /// All decisions, the first one first.
    pub fn all_decisions(&self) -> Result<Vec<DecisionRow>> {
        self.all(&format!("SELECT {DECISION} FROM decisions ORDER BY number"), [], decision)
    }

    /// Forgets what is older than `before` (seconds): findings that were resolved then, and runs that ended then. Decisions are kept.
    pub fn forget(&self, before: i64) -> Result<(usize, usize)> {
        let findings = self.change("DELETE FROM findings WHERE is_open = 0 AND resolved < ?1", params![before])?;
        let runs = self.change("DELETE FROM runs WHERE finished < ?1", params![before])?;
        self.change("DELETE FROM mets WHERE number NOT IN (SELECT met FROM documents WHERE met IS NOT NULL)", [])?;
        Ok((findings, runs))
    }

    /// Gives unused pages back to the system.
    pub fn vacuum(&self) -> Result<()> {
        self.run("VACUUM")
    }
}

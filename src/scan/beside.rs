//! Files that belong together: a database of SQLite and the write-ahead log beside it, a table of dBASE and the file of its memos. In: one of the two as the walk met it. Out: the
//! other one, open, where the same run reads both as that. Refuses members of archives, files of sweeps, and files that the user
//! left out or called something else: then each is read for itself.
//!
//! What the last commit left in a log is found in the database, and the log gives what no page says any more. So it matters that
//! both are read: a sweep passes over a database that is as it was, while its log has grown.

use std::path::{Path, PathBuf};

use super::document::Scanner;
use crate::error::Result;
use crate::locator::{self, Locator};
use crate::open::{FileSource, ReadAt};
use crate::options::WalkOptions;
use crate::walk::STREAM;
use crate::walk::globs::Globs;

/// What SQLite appends to the name of a database for its log.
pub(crate) const LOG: &str = "-wal";

/// What holds the texts of a table, and how such a file ends (dBASE, FoxPro).
pub(crate) const MEMOS: &str = "memo";
const MEMO_ENDINGS: [&str; 4] = ["dbt", "fpt", "DBT", "FPT"];

/// How a database begins (SQLite file format 1.3.1), and how a log does (4.1).
const DATABASE: &[u8] = b"SQLite format 3\0";
const LOGS: [&[u8]; 2] = [b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"];

/// Which files of a folder a run reads.
#[derive(Debug, Default)]
pub(super) struct Choice {
    include: Globs,
    exclude: Globs,
}

impl Choice {
    /// As the walk is told.
    pub(super) fn new(options: &WalkOptions) -> Result<Choice> {
        let include = Globs::new("--include", &options.include)?;
        Ok(Choice { include, exclude: Globs::new("--exclude", &options.exclude)? })
    }

    fn takes(&self, below: &Path, whole: &Path) -> bool {
        !self.exclude.matches(below, whole, false)
            && (self.include.is_empty() || self.include.matches(below, whole, false))
    }
}

impl Scanner<'_> {
    /// The file that belongs to the document, and the ending that its name has and the document's has not: see
    /// [`crate::rich::Asked::beside`].
    pub(super) fn beside(
        &self,
        root: usize,
        locator: &Locator,
        (format, head): (&str, &[u8]),
    ) -> Option<(&'static str, FileSource)> {
        let [part] = locator.parts() else { return None };
        let root = &self.roots[root].path;
        if root.as_os_str().is_empty() || root == Path::new(STREAM) || self.options.content_key.is_some() {
            return None;
        }
        let below = locator::text_path(part);
        // A root that is one file has its name as locator.
        let single = root.file_name() == Some(below.as_os_str()) && root.is_file();
        let path = if single { root.clone() } else { root.join(&below) };
        let memos = MEMO_ENDINGS.iter().find(|ending| path.with_extension(ending).is_file());
        let other = |path: &Path| -> Option<(&'static str, PathBuf)> {
            let name = path.file_name()?.to_str()?;
            if format == "dbf" {
                return Some((MEMOS, path.with_extension(memos?)));
            }
            if head.starts_with(DATABASE) {
                return Some((LOG, path.with_file_name(format!("{name}{LOG}"))));
            }
            let is_log = LOGS.iter().any(|log| head.starts_with(log));
            let name = name.strip_suffix(LOG).filter(|name| is_log && !name.is_empty())?;
            Some(("", path.with_file_name(name)))
        };
        let (ending, beside) = other(&path)?;
        let below = other(&below)?.1;
        // Another root: that it is read is only certain where it is one itself.
        let named = || self.roots.iter().any(|root| root.path == beside);
        if single && matches!(ending, "" | MEMOS) && !named() {
            return None;
        }
        let locator = Locator::file(&below);
        if !self.choice.takes(&below, &beside) || self.hints.of(&locator).is_some() {
            return None;
        }
        let file = self.opener.file(&beside).ok()?;
        let mut head = [0; DATABASE.len()];
        let got = file.read_at(0, &mut head).ok()?;
        let is_other = match ending {
            MEMOS => true,
            LOG => LOGS.iter().any(|log| head.starts_with(log)),
            _ => got == head.len() && head.starts_with(DATABASE),
        };
        is_other.then_some((ending, file))
    }
}

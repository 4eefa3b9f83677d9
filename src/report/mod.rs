//! What a scan tells → what people and programs read. In: the run, its events one at a time, its summary. Out: findings
//! and gaps as CSV, JSON Lines, SARIF, OCSF, a page, a folder of all that matters, or a summary for the terminal. Refuses report names whose ending it
//! does not know, and holds one document at a time: memory does not grow with the number of findings.
//!
//! To add a format: one file here, one line in `FORMATS`.

pub mod csv;
pub mod dir;
#[cfg(feature = "cli")]
pub mod html;
pub mod jsonl;
pub mod ocsf;
pub mod output;
pub mod read;
mod records;
pub mod sarif;
pub mod schema;
pub mod set;
pub mod text;
pub mod words;
pub mod worklist;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::finding::{Document, Match, Root, Summary};
use crate::scan::{Event, Run};

/// One report being written.
pub trait Report {
    /// The head; called once, before the first event.
    fn begin(&mut self, run: &Run) -> Result<()>;
    /// A document or a gap.
    fn event(&mut self, event: &Event) -> Result<()>;
    /// The end: what is said once all is known. Files get their name only here.
    fn finish(&mut self, summary: &Summary) -> Result<()>;
}

/// What a report file is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Findings, one row each, for a spreadsheet.
    Csv,
    /// Everything, one record a line, for programs.
    Jsonl,
    /// A page for people.
    Html,
    /// Findings for tools that show them beside code.
    Sarif,
    /// Findings for a SIEM, OCSF class 2006.
    Ocsf,
    /// The whole set in a folder.
    Dir,
}

/// Known endings; the longest that fits picks the format.
const FORMATS: &[(&str, Format)] = &[
    (".csv", Format::Csv),
    (".jsonl", Format::Jsonl),
    (".ocsf.jsonl", Format::Ocsf),
    (".sarif", Format::Sarif),
    (".html", Format::Html),
];

/// The format of a report at `path`: a folder if it ends in `/` or is one already, else by its ending.
pub fn format_of(path: &Path) -> Result<Format> {
    let name = path.as_os_str().to_string_lossy();
    if name.ends_with('/') || path.is_dir() {
        return Ok(Format::Dir);
    }
    let lower = name.to_lowercase();
    let known = FORMATS.iter().filter(|(ending, _)| lower.ends_with(ending)).max_by_key(|(ending, _)| ending.len());
    known.map(|(_, format)| *format).ok_or_else(|| {
        Error::Usage(format!(
            "cannot tell the format of {name}: its name should end in .csv, .html, .jsonl, .ocsf.jsonl or .sarif, or in / for a \
             folder with the whole set"
        ))
    })
}

/// The name of root number `index`; empty for an index the run does not know.
pub(crate) fn root_name(roots: &[Root], index: usize) -> &str {
    roots.get(index).map_or("", |root| root.name.as_str())
}

/// The matches of listed findings. A document may hold very many.
fn listed_matches(document: &Document) -> impl Iterator<Item = &Match> {
    let listed = document.findings.iter().filter(|finding| finding.listed).map(|finding| finding.id.as_str());
    let listed: HashSet<&str> = if document.matches.is_empty() { HashSet::new() } else { listed.collect() };
    document.matches.iter().filter(move |one| listed.contains(one.finding_id.as_str()))
}

/// Seconds since 1970 as RFC 3339 in UTC; `None` for times no calendar holds.
pub fn utc(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}

/// A probability as reports write it: four decimals, and 1 only for what is certain by itself.
fn probability(p: f64) -> f64 {
    if p.is_nan() {
        return 0.0;
    }
    let rounded = (p.clamp(0.0, 1.0) * 10_000.0).round() / 10_000.0;
    if rounded >= 1.0 && p < 1.0 { 0.9999 } else { rounded }
}

/// The path of a file beside `path`, with `name` as its last part.
fn sibling(path: &Path, name: &str) -> PathBuf {
    path.with_file_name(name)
}

#[cfg(test)]
pub(crate) mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_known_ending_picks_the_format() {
        let folder = tempfile::tempdir().unwrap();
        for (path, expected) in [
            ("a.csv", Some(Format::Csv)),
            ("A.CSV", Some(Format::Csv)),
            ("a.csv.jsonl", Some(Format::Jsonl)),
            ("out/", Some(Format::Dir)),
            (folder.path().to_str().unwrap(), Some(Format::Dir)),
            ("a.ocsf.jsonl", Some(Format::Ocsf)),
            ("a.sarif", Some(Format::Sarif)),
            ("a.HTML", Some(Format::Html)),
            ("a.txt", None),
            ("a", None),
        ] {
            assert_eq!(format_of(Path::new(path)).ok(), expected, "{path}");
        }
        let message = |path: &str| format_of(Path::new(path)).unwrap_err().to_string();
        assert!(message("a.txt").contains("should end in"));
    }

    #[test]
    fn probabilities_are_short_and_one_only_when_certain() {
        for (p, expected) in
            [(0.99912, 0.9991), (0.99999, 0.9999), (1.0, 1.0), (f64::NAN, 0.0), (-0.1, 0.0), (0.2, 0.2)]
        {
            assert_eq!(probability(p), expected, "{p}");
        }
    }

    #[test]
    fn times_are_utc() {
        assert_eq!(utc(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(utc(i64::MAX), None);
    }
}

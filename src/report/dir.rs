//! The whole set in a folder. In: a run's events. Out: `findings.csv documents.csv gaps.csv worklist.csv findings.jsonl report.html
//! summary.json manifest.json`, and `matches.csv` where matches are asked for. Refuses a folder it cannot make or write in. The
//! manifest comes last and names every file with its size and SHA-256: a set without it did not come to its end.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::finding::Summary;
use crate::locator::path_text;
use crate::report::csv::Tables;
#[cfg(feature = "ledger")]
use crate::report::csv::rows::Closed;
use crate::report::jsonl::Jsonl;
use crate::report::output::{self, Output, Written};
use crate::report::records::{RunRecord, SummaryRecord};
use crate::report::{Report, utc};
use crate::scan::{Event, Run};

/// The names in the folder; `matches.csv` is written only where matches are asked for.
pub const NAMES: &[&str] = &[
    "findings.csv",
    "documents.csv",
    "gaps.csv",
    "worklist.csv",
    "matches.csv",
    "findings.jsonl",
    #[cfg(feature = "cli")]
    "report.html",
    "summary.json",
    "manifest.json",
];

/// A set being written.
pub struct Dir {
    tables: Tables,
    jsonl: Jsonl,
    #[cfg(feature = "cli")]
    html: crate::report::html::Html,
    summary: Option<Output>,
    manifest: Option<Output>,
    run: Option<Run>,
    /// SHA-256 of the manifest of the run before, where there is one.
    previous: Option<String>,
    also: Vec<Written>,
    written: Option<String>,
}

impl Dir {
    /// Opens the set in `folder`, which is made where it is not there; its parent must be.
    pub fn create(folder: &Path, matches: bool) -> Result<Dir> {
        make(folder)?;
        let open = |name: &str| Output::create(&folder.join(name));
        let mut tables = Tables::default()
            .findings(open("findings.csv")?)?
            .documents(open("documents.csv")?)?
            .gaps(open("gaps.csv")?)?
            .worklist(open("worklist.csv")?)?;
        if matches {
            tables = tables.matches(open("matches.csv")?)?;
        }
        let jsonl = Jsonl::new(open("findings.jsonl")?);
        let (summary, manifest) = (Some(open("summary.json")?), Some(open("manifest.json")?));
        #[cfg(feature = "cli")]
        let html = crate::report::html::Html::new(open("report.html")?);
        Ok(Dir {
            tables,
            jsonl,
            #[cfg(feature = "cli")]
            html,
            summary,
            manifest,
            run: None,
            previous: None,
            also: Vec::new(),
            written: None,
        })
    }

    /// The manifest names the one before by its SHA-256, if there is one: a chain, in which none can be left out unseen.
    pub fn follows(&mut self, previous: &str) {
        self.previous = Some(previous.to_string()).filter(|hash| !hash.is_empty());
    }

    /// Another file of the set, which the manifest names.
    pub fn also(&mut self, file: Written) {
        self.also.push(file);
    }

    /// A row of `findings.csv` for a finding that is open no more.
    #[cfg(feature = "ledger")]
    pub(crate) fn closed(&mut self, closed: &Closed<'_>) -> Result<()> {
        self.tables.closed(closed)
    }

    /// How it went from run to run, and what is open no more, for the page.
    #[cfg(all(feature = "ledger", feature = "cli"))]
    pub(crate) fn trend(
        &mut self,
        points: Vec<crate::report::html::trend::Point>,
        closed: crate::report::html::trend::Closed,
    ) {
        self.html.trend(points, closed);
    }

    /// SHA-256 of the manifest, once it is written.
    pub fn manifest_sha256(&self) -> Option<String> {
        self.written.clone()
    }
}

/// Makes the folder, for its owner only; one that is there keeps its permissions.
fn make(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    match builder.create(folder) {
        Err(_) if folder.is_dir() => Ok(()),
        made => made.map_err(|e| Error::write(folder, e)),
    }
}

/// The summary with the head of the run, for one who opens nothing else.
#[derive(Serialize)]
struct Overview<'a> {
    run: RunRecord<'a>,
    summary: SummaryRecord<'a>,
}

#[derive(Serialize)]
struct Manifest<'a> {
    run: RunRecord<'a>,
    finished: Option<String>,
    summary: SummaryRecord<'a>,
    files: Vec<FileRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_manifest_sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct FileRecord {
    name: String,
    bytes: u64,
    sha256: String,
}

impl Report for Dir {
    fn begin(&mut self, run: &Run) -> Result<()> {
        self.run = Some(run.clone());
        self.tables.begin(run)?;
        #[cfg(feature = "cli")]
        self.html.begin(run)?;
        self.jsonl.begin(run)
    }

    fn event(&mut self, event: &Event) -> Result<()> {
        self.tables.event(event)?;
        #[cfg(feature = "cli")]
        self.html.event(event)?;
        self.jsonl.event(event)
    }

    fn finish(&mut self, summary: &Summary) -> Result<()> {
        let mut written = self.tables.close()?;
        written.extend(self.jsonl.close(summary)?);
        #[cfg(feature = "cli")]
        written.extend(self.html.close(summary)?);
        let (Some(run), Some(overview), Some(manifest)) = (&self.run, self.summary.take(), self.manifest.take()) else {
            return Ok(());
        };
        let summary_record = || SummaryRecord::of(summary, &run.roots);
        written.push(json(overview, &Overview { run: RunRecord::of(run), summary: summary_record() })?);
        written.append(&mut self.also);
        self.written = Some(manifest_of(manifest, run, summary, written, self.previous.as_deref())?.sha256);
        Ok(())
    }
}

/// Writes a manifest: what ran, over what, what came of it, and every file with its size and hash.
fn manifest_of(
    output: Output,
    run: &Run,
    summary: &Summary,
    written: Vec<Written>,
    previous: Option<&str>,
) -> Result<Written> {
    let files = written.into_iter().map(|Written { name, bytes, sha256 }| FileRecord { name, bytes, sha256 });
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok();
    let record = Manifest {
        run: RunRecord::of(run),
        finished: now.and_then(|now| i64::try_from(now.as_secs()).ok()).and_then(utc),
        summary: SummaryRecord::of(summary, &run.roots),
        files: files.collect(),
        previous_manifest_sha256: previous,
    };
    json(output, &record)
}

/// A manifest of its own, for reports that stand in no folder of a set. It comes last, and names the files by their paths.
pub struct OwnManifest {
    output: Option<Output>,
    run: Option<Run>,
}

impl OwnManifest {
    /// A manifest at `path`.
    pub fn create(path: &Path) -> Result<OwnManifest> {
        // What was written before is no report of this run.
        drop(output::finished());
        Ok(OwnManifest { output: Some(Output::create(path)?), run: None })
    }

    /// The run it is of.
    pub fn begin(&mut self, run: &Run) {
        self.run = Some(run.clone());
    }

    /// Writes it, once all reports have their names.
    pub fn finish(&mut self, summary: &Summary) -> Result<()> {
        let (Some(output), Some(run)) = (self.output.take(), &self.run) else { return Ok(()) };
        let written =
            output::finished().into_iter().map(|(path, written)| Written { name: path_text(&path), ..written });
        manifest_of(output, run, summary, written.collect(), None).map(drop)
    }
}

/// One JSON document, indented for people.
fn json(mut output: Output, record: &impl Serialize) -> Result<Written> {
    let written = serde_json::to_writer_pretty(&mut output, record)
        .map_err(std::io::Error::from)
        .and_then(|()| output.write_all(b"\n"));
    written.map_err(|e| output.failed(e))?;
    output.finish()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::report::samples;

    #[test]
    fn the_manifest_names_every_file_with_its_hash() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("out");
        let mut dir = Dir::create(&folder, true).unwrap();
        dir.begin(&samples::run()).unwrap();
        dir.event(&Event::Document(Box::new(samples::document()))).unwrap();
        dir.finish(&samples::summary()).unwrap();
        let mut names: Vec<String> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        let mut expected = NAMES.to_vec();
        expected.sort_unstable();
        assert_eq!(names, expected);
        let read = |name: &str| fs::read(folder.join(name)).unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&read("manifest.json")).unwrap();
        assert_eq!(manifest["run"]["ruleset"], "r");
        assert_eq!(manifest["summary"]["documents"]["complete"], 9);
        let files = manifest["files"].as_array().unwrap();
        assert_eq!(files.len(), NAMES.len() - 1, "all but itself");
        for file in files {
            let bytes = read(file["name"].as_str().unwrap());
            let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(file["sha256"], hash);
            assert_eq!(file["bytes"], bytes.len());
        }
        for &name in NAMES {
            // Else the next scan of this folder would find them.
            assert_eq!(crate::open::sniff(name, &read(name)), crate::open::Kind::OwnReport, "{name}");
        }
        let summary: serde_json::Value = serde_json::from_slice(&read("summary.json")).unwrap();
        assert_eq!((&summary["summary"]["exit"], &summary["run"]["host"]), (&1.into(), &"host".into()));
    }

    #[test]
    fn a_set_that_is_given_up_leaves_no_files() {
        let folder = tempfile::tempdir().unwrap();
        drop(Dir::create(folder.path(), false).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(Dir::create(&folder.path().join("no/such"), false).is_err());
    }
}

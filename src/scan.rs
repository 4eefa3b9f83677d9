//! Runs the stages: thread pool, one document at a time, stable order. This is the one file where the stages meet.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64};

use crate::engine::Engine;
use crate::error::Result;
use crate::finding::{Document, Root, Summary};
use crate::gap::Gap;
use crate::options::Options;

/// What a scan tells whoever listens, in the same order for any number of threads.
#[derive(Debug)]
pub enum Event {
    /// A document was read, as far as it could be; it carries its own gaps.
    Document(Box<Document>),
    /// Something that is no document could not be read: a folder, a link.
    Gap(Gap),
}

/// Who listens to a scan: reports, progress, tests.
pub trait Listener {
    /// One document or gap. An error ends the scan.
    fn event(&mut self, event: Event) -> crate::error::Result<()>;
}

/// Facts of a run that stand at the head of reports.
#[derive(Clone, Debug)]
pub struct Run {
    /// Names this run.
    pub run_id: String,
    /// Of phisweep.
    pub version: &'static str,
    /// Of the rules: [`crate::rules::RuleSet::hash`].
    pub ruleset: String,
    /// UTC, RFC 3339 with seconds.
    pub started: String,
    /// This machine.
    pub host: String,
    /// Where it starts.
    pub roots: Vec<Root>,
    /// The options that were given, by long name, for the record.
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// How far a scan is; read by a progress display while the scan writes it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files found so far.
    pub files_found: AtomicU64,
    /// Files done.
    pub files_done: AtomicU64,
    /// Bytes of the files found so far.
    pub bytes_found: AtomicU64,
    /// Bytes read and done, counted inside large files too.
    pub bytes_done: AtomicU64,
    /// The walk is over: the totals are final.
    pub walked: AtomicBool,
    /// Set from outside to end the scan early; documents under way are closed as partial.
    pub stop: AtomicBool,
}

/// The roots as reports name them. A path that cannot be read is [`Error::Root`](crate::error::Error::Root); `-` is
/// standard input. Two roots with the same last part get `#2`, `#3`.
pub fn roots(paths: &[PathBuf]) -> Result<Vec<Root>> {
    let _ = paths;
    Ok(Vec::new())
}

/// Scans the roots and tells `listener` everything, in walk order whatever the number of threads.
///
/// Reports are for the listener, on the calling thread; scanning runs on threads of its own. The result counts what
/// was told; `seconds` and `exit` are for the caller to fill.
pub fn scan(
    engine: &Engine,
    options: &Options,
    roots: &[Root],
    progress: &Progress,
    listener: &mut dyn Listener,
) -> Result<Summary> {
    let _ = (engine, options, roots, progress, listener);
    Ok(Summary::default())
}

/// Scans bytes that are already in memory, as a document called `name` (its ending counts as a file's would).
pub fn scan_bytes(engine: &Engine, options: &Options, name: &str, bytes: &[u8]) -> Document {
    let _ = (engine, options);
    Document {
        root: 0,
        locator: crate::locator::Locator::named(name),
        format: "text",
        bytes: bytes.len() as u64,
        status: crate::finding::Status::Complete,
        class: crate::finding::DocumentClass::None,
        records: 0,
        people: 0,
        people_low: 0,
        people_high: 0,
        people_exact: true,
        linked: Vec::new(),
        severity: crate::finding::Severity::Info,
        access: crate::finding::Access::stream(),
        path_holds_values: false,
        findings: Vec::new(),
        matches: Vec::new(),
        gaps: Vec::new(),
        individuals: crate::judge::people::People::default(),
    }
}

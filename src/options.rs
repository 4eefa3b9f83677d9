//! What a scan is asked to do. Filled by the command line, or by a program that uses the library.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::extract::Cut;
use crate::extract::fixed;
use crate::finding::Confidence;
use crate::identifier::Identifier;
use crate::judge::severity::Table;
use crate::limits::Limits;
use crate::open::content::ContentKey;
use crate::open::lag::Lag;
use crate::open::mounts::Mounts;
use crate::open::offline::Recall;
use crate::spool::Spool;

/// Everything a scan can be told. `Options::default()` is what the command line does without options.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is walked.
    pub walk: WalkOptions,
    /// Worker threads; 0 for all cores the process may use.
    pub threads: usize,
    /// Tell of these only; empty for all. All are looked for, since what stands beside a value says how bad it is.
    pub only: Vec<Identifier>,
    /// Do not tell of these.
    pub skip: Vec<Identifier>,
    /// Findings below are counted, not listed.
    pub min_confidence: Confidence,
    /// What to do with test values.
    pub test_values: TestValues,
    /// What documents are, whatever they look like; the last that matches counts.
    pub format_hints: Vec<FormatHint>,
    /// Make a record for each match.
    pub matches: bool,
    /// How much of a value a match record shows.
    pub reveal: Reveal,
    /// Key for fingerprints, 32 bytes; fresh for each run where none is given.
    pub fingerprint_key: Option<[u8; 32]>,
    /// Fingerprints of values that are known and accepted: treated as test values are, whatever `test_values` says of these.
    pub known_values: Arc<HashSet<[u8; 10]>>,
    /// Keep what is needed to say whether a document may go: see [`crate::release`].
    pub profile: bool,
    /// Hash the content of files with this key, so that a later run can tell them again.
    pub content_key: Option<ContentKey>,
    /// Mask values that stand in file-system paths.
    pub mask_paths: bool,
    /// What a document may cost.
    pub limits: Limits,
    /// The program `phisweep`, which reads in a process of its own what libraries read (Office, PDF, databases, …). Where there
    /// is none, such documents are gaps `disabled`.
    pub worker: Option<PathBuf>,
    /// Where streams go that must be read to and fro and are too large to be held in memory. Without it such documents are
    /// gaps `limit`.
    pub spool: Option<Spool>,
    /// Passwords that are tried on locked documents.
    pub passwords: Passwords,
    /// How severe what is: the published table, or a site's.
    pub severities: Arc<Table>,
    /// What mounts may be asked at once; of a sweep.
    pub mounts: Option<Arc<Mounts>>,
    /// Files whose content is elsewhere are left alone, but for so many bytes; of a sweep.
    pub recall: Option<Arc<Recall>>,
    /// How documents are cut; for tests.
    #[doc(hidden)]
    pub cut: Cut,
    /// How late files answer; for tests.
    #[doc(hidden)]
    pub lag: Option<Arc<Lag>>,
}

/// Passwords, in the order in which they are tried.
#[derive(Clone, Default)]
pub struct Passwords(Arc<[String]>);

impl Passwords {
    /// Of these.
    pub fn new(passwords: Vec<String>) -> Passwords {
        Passwords(passwords.into())
    }

    /// All of them.
    pub fn list(&self) -> &[String] {
        &self.0
    }
}

/// Says how many there are.
impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passwords", self.0.len())
    }
}

/// What is walked.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions {
    /// Only files that match one of these globs; empty for all.
    pub include: Vec<String>,
    /// No file or folder that matches one of these.
    pub exclude: Vec<String>,
    /// How deep below a root; `None` for no limit, 0 for the root itself only.
    pub max_depth: Option<usize>,
    /// Follow symbolic links.
    pub follow: bool,
    /// Stay on the file system of the root.
    pub one_file_system: bool,
    /// Look into filers' snapshot folders too (`.snapshot`, `~snapshot`, `.zfs`).
    pub snapshots: bool,
    /// Files of ours that are not scanned: reports about to be written.
    pub own_files: Vec<PathBuf>,
}

/// What documents with such a path are.
#[derive(Clone, Debug)]
pub struct FormatHint {
    /// As of `--include`: held against the path below the root and its last part.
    pub glob: String,
    /// What they are.
    pub format: HintedFormat,
}

/// A format that a user names.
#[derive(Clone, Debug)]
pub enum HintedFormat {
    /// One of [`HINTED`].
    Named(&'static str),
    /// A fixed-width table with this layout.
    Fixed(Arc<fixed::Layout>),
}

/// The formats that a hint may name. What does not turn out to be of that format is read as text.
pub const HINTED: [&str; 20] = [
    "text",
    "csv",
    "tsv",
    "psv",
    "fixed",
    "json",
    "ndjson",
    "xml",
    "hl7",
    "x12",
    "ncpdp",
    "dicom",
    "sql",
    "html",
    "rtf",
    "yaml",
    "ini",
    "vcard",
    "icalendar",
    "ldif",
];

/// What to do with test values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestValues {
    /// Find and mark them: severity `info`, never people, never an exit code.
    Mark,
    /// Treat them like any other value.
    Live,
    /// Leave them out.
    Drop,
}

/// How much of a value a report shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reveal {
    /// The identifier's fixed mask.
    None,
    /// The mask with the last four characters, where that means something.
    Last4,
    /// The value.
    Full,
}

impl Options {
    /// Whether findings of an identifier are asked for.
    pub fn wants(&self, identifier: Identifier) -> bool {
        (self.only.is_empty() || self.only.contains(&identifier)) && !self.skip.contains(&identifier)
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            walk: WalkOptions::default(),
            threads: 0,
            only: Vec::new(),
            skip: Vec::new(),
            min_confidence: Confidence::Likely,
            test_values: TestValues::Mark,
            format_hints: Vec::new(),
            matches: false,
            reveal: Reveal::None,
            fingerprint_key: None,
            known_values: Arc::default(),
            profile: false,
            content_key: None,
            mask_paths: false,
            passwords: Passwords::default(),
            severities: Arc::default(),
            limits: Limits::default(),
            worker: None,
            spool: None,
            cut: Cut::default(),
            mounts: None,
            recall: None,
            lag: None,
        }
    }
}

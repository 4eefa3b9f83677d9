//! The nouns of a report: documents, findings, matches and the summary, as the contract defines them.
//! Everything here is masked already unless the user asked to reveal; no type here holds a raw value otherwise.

use std::fmt;
use std::path::PathBuf;

use crate::gap::Gap;
use crate::identifier::Identifier;
use crate::judge::people::{Count, Of};
use crate::locator::Locator;
use crate::release::profile::PlaceProfile;

/// A starting point of a scan, with its name in reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    /// The path's last part, unless a sweep names it.
    pub name: String,
    /// Where it is. `-` for standard input.
    pub path: PathBuf,
    /// The kind of file system it lies on (`ext4`, `cifs`, …), where the system tells.
    pub filesystem: String,
    /// Who delivers there; empty but in a sweep that says so.
    pub vendor: String,
    /// Who answers for it; empty but in a sweep that says so.
    pub responsible: String,
}

/// A calibrated probability, in three bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// At least 0.20.
    Possible,
    /// At least 0.70.
    Likely,
    /// At least 0.95.
    Certain,
}

/// How bad a finding is. A different scale from confidence, hence different words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// In what form the value stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Protection {
    Plaintext,
    Masked,
    Hashed,
    Tokenized,
}

/// Whose value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Member, subscriber, dependent, guarantor, next of kin.
    Patient,
    /// A clinician, pharmacy or facility: severity `info`, never counted as people.
    Provider,
    /// An employee of the organisation.
    Workforce,
    /// Nothing says.
    Unknown,
}

/// What the evidence in a document supports; not a legal opinion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum DocumentClass {
    Phi,
    Pii,
    Workforce,
    Payment,
    Provider,
    None,
}

/// How far a document was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Status {
    Complete,
    Partial,
    Skipped,
    Inert,
    Excluded,
}

/// Who can read a file, as far as the system tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum ReadableBy {
    World,
    Group,
    Owner,
    Acl,
    Declared,
    Unknown,
}

macro_rules! names {
    ($type:ident: $($variant:ident $name:literal),*) => {
        impl $type {
            /// The name in reports.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name,)* }
            }
            /// The value called `name`, if there is one.
            pub fn by_name(name: &str) -> Option<$type> {
                match name { $($name => Some($type::$variant),)* _ => None }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.name()) }
        }
    };
}
names!(Confidence: Possible "possible", Likely "likely", Certain "certain");
names!(Severity: Info "info", Low "low", Medium "medium", High "high", Critical "critical");
names!(Protection: Plaintext "plaintext", Masked "masked", Hashed "hashed", Tokenized "tokenized");
names!(Subject: Patient "patient", Provider "provider", Workforce "workforce", Unknown "unknown");
names!(DocumentClass: Phi "phi", Pii "pii", Workforce "workforce", Payment "payment", Provider "provider", None "none");
names!(Status: Complete "complete", Partial "partial", Skipped "skipped", Inert "inert", Excluded "excluded");
names!(ReadableBy: World "world", Group "group", Owner "owner", Acl "acl", Declared "declared", Unknown "unknown");

impl Confidence {
    /// The lowest probability of the band.
    pub fn floor(self) -> f64 {
        match self {
            Confidence::Possible => 0.20,
            Confidence::Likely => 0.70,
            Confidence::Certain => 0.95,
        }
    }

    /// The band of a probability; `None` below `possible`.
    pub fn of(probability: f64) -> Option<Confidence> {
        [Confidence::Certain, Confidence::Likely, Confidence::Possible]
            .into_iter()
            .find(|band| probability >= band.floor())
    }
}

impl ReadableBy {
    /// How many can read, for comparison: what nobody can tell counts as more than a group.
    pub fn width(self) -> u8 {
        match self {
            ReadableBy::Owner => 0,
            ReadableBy::Acl | ReadableBy::Declared => 1,
            ReadableBy::Group => 2,
            ReadableBy::Unknown => 3,
            ReadableBy::World => 4,
        }
    }
}

/// Where in a document values of one kind live.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The document's text.
    Text,
    /// A column of a delimited document.
    Column {
        /// The header, only where it reads as one: a header that may itself be a value is `None`.
        name: Option<String>,
        /// From 1.
        index: u32,
    },
    /// A file, member, sheet, table or key name.
    Name,
    /// A path of keys or elements: `Patient.identifier[].value`.
    Path(String),
    /// A field of a segment: `PID-19`, `2010BA/NM109`.
    Segment(String),
    /// A column of a sheet.
    Cell {
        /// The sheet.
        sheet: String,
        /// The column: its header where it reads as one, else its letters.
        column: String,
    },
    /// A DICOM element: `PatientName`, `(0010,0010)`.
    Tag(String),
    /// What a document says about itself: `author`, `title`.
    Metadata(String),
}

impl Finding {
    /// The letter of 45 CFR 164.514(b)(2)(i); empty where it does not apply. That list is of identifiers of the patient:
    /// a number only a provider has is on it only where the patient is that provider.
    pub fn hipaa(&self) -> &'static str {
        let of_providers = matches!(self.identifier, Identifier::NPI | Identifier::DEA);
        if of_providers && self.subject != Subject::Patient { "" } else { self.identifier.info().letter }
    }
}

impl Place {
    /// The name of its kind in reports.
    pub fn kind(&self) -> &'static str {
        match self {
            Place::Text => "text",
            Place::Column { .. } => "column",
            Place::Name => "name",
            Place::Path(_) => "path",
            Place::Segment(_) => "segment",
            Place::Cell { .. } => "cell",
            Place::Tag(_) => "tag",
            Place::Metadata(_) => "metadata",
        }
    }

    /// As short as a narrow table wants it: `ssn`, `column 5`, and in brackets what is no column: `(text)`, `(name)`.
    pub fn short(&self) -> String {
        match self {
            Place::Text | Place::Name => format!("({})", self.kind()),
            Place::Column { name: Some(name), .. } => name.clone(),
            Place::Column { name: None, index } => format!("column {index}"),
            Place::Path(name) | Place::Segment(name) | Place::Tag(name) | Place::Metadata(name) => name.clone(),
            Place::Cell { sheet, column } => format!("{sheet}!{column}"),
        }
    }
}

/// As people read it: `column: ssn`, `column 5` where it has no name that may be printed, `text`, `name`. A column may
/// be called anything, `name` and `column 5` too; so its name stands behind a mark of its own.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Column { name: Some(name), .. } => write!(f, "column: {name}"),
            Place::Column { name: None, index } => write!(f, "column {index}"),
            Place::Text | Place::Name => f.write_str(self.kind()),
            Place::Cell { sheet, column } => write!(f, "cell: {sheet}!{column}"),
            Place::Path(name) | Place::Segment(name) | Place::Tag(name) | Place::Metadata(name) => {
                write!(f, "{}: {name}", self.kind())
            }
        }
    }
}

/// Where a value stands. All count from 1; columns count characters of the decoded text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The record, where the document has records.
    pub record: u64,
    /// The line.
    pub line: u64,
    /// The character in the line.
    pub column: u64,
}

/// All matches of one identifier with one protection in one place of one document.
#[derive(Clone, Debug)]
pub struct Finding {
    /// `F-…`
    pub id: String,
    /// `S-…`, the same over the series.
    pub series_id: String,
    /// What kind of datum.
    pub identifier: Identifier,
    /// Ids of the rules that contributed, sorted.
    pub rules: Vec<String>,
    /// Where.
    pub place: Place,
    /// Whose.
    pub subject: Subject,
    /// Values accepted, test values included.
    pub matches: u64,
    /// How many of the matches are test values.
    pub test_values: u64,
    /// Distinct values.
    pub distinct: u64,
    /// Whether `distinct` is exact or from a sketch.
    pub distinct_exact: bool,
    /// Records that hold at least one match.
    pub records: u64,
    /// Individuals with this identifier in this place.
    pub people: u64,
    /// The band of `probability`.
    pub confidence: Confidence,
    /// That this finding is what it says.
    pub probability: f64,
    /// How bad, by `docs/severity.md`.
    pub severity: Severity,
    /// Why, in one clause.
    pub severity_reason: String,
    /// In what form.
    pub protection: Protection,
    /// The pieces of evidence, strongest first, without any value.
    pub evidence: Vec<String>,
    /// Where the first match stands.
    pub first: Position,
    /// The form of the first match: digits as `9`, letters as `A`. Empty where the form would tell too much.
    pub picture: String,
    /// Names of the identifiers on the same records, sorted; empty when none.
    pub linked_with: Vec<&'static str>,
    /// One of the contract's closed list.
    pub action_hint: &'static str,
    /// Whether it is listed, or only counted (below `--min-confidence`).
    pub listed: bool,
    /// What people have decided about it.
    pub decision: Decision,
    /// What earlier runs know of it.
    pub history: History,
}

/// What a ledger knows of a finding. Empty in a scan, which has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// `new`, `open`, `widened`, …: `docs/sweeps.md`.
    pub state: &'static str,
    /// When it was first seen, seconds since 1970 UTC.
    pub first_seen: Option<i64>,
    /// Whole days since then.
    pub days_open: Option<u64>,
}

/// What an agreement and a file of accepted findings say about a finding. Empty where neither does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Whether the agreement names its identifier: `agreed`, `not-agreed`, or empty without one.
    pub expected: &'static str,
    /// It is accepted: told, counted apart, and no reason for an exit code.
    pub accepted: bool,
    /// `accepted`, or `re-opened: ` and why; empty where nobody decided.
    pub disposition: String,
    /// Where the decision is written down.
    pub ticket: String,
    /// Until when it holds, `YYYY-MM-DD`.
    pub until: String,
}

/// One value, accepted. Made only under `--matches`.
#[derive(Clone)]
pub struct Match {
    /// The finding it belongs to.
    pub finding_id: String,
    /// What kind of datum.
    pub identifier: Identifier,
    /// The rule that found it.
    pub rule: String,
    /// Where.
    pub place: Place,
    /// Where exactly.
    pub position: Position,
    /// Offsets in bytes of the innermost document. Empty where a library read that, and what it says is no bytes of a file.
    pub bytes: std::ops::Range<u64>,
    /// The band of `probability`.
    pub confidence: Confidence,
    /// That this match is what it says.
    pub probability: f64,
    /// In what form.
    pub protection: Protection,
    /// The value as the user may see it: the identifier's fixed mask unless `--reveal` says otherwise.
    pub value: String,
    /// Keyed hash of the normalised value, base 32.
    pub fingerprint: String,
    /// Whether it is a published sample or carried by synthetic data only.
    pub test_value: bool,
}

/// Leaves the value out: under `--reveal full` it is a person's.
impl fmt::Debug for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Match")
            .field("identifier", &self.identifier)
            .field("place", &self.place)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

/// Who can read a document's file, and on what evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub readable_by: ReadableBy,
    /// How we know: `mode`, or why we do not: `cifs`, `vfat`, `stream`.
    pub basis: String,
    /// Permission bits as `rw-r--r--`; empty where they mean nothing.
    pub mode: String,
    /// Owner and group, where the system has such.
    pub uid: Option<u32>,
    /// See `uid`.
    pub gid: Option<u32>,
    /// Name of the owner, or the number as text where it has no name.
    pub file_owner: String,
    /// Last modification, seconds since 1970 UTC.
    pub modified: Option<i64>,
}

impl Access {
    /// For documents that are not files: standard input, a byte slice.
    pub fn stream() -> Access {
        Access {
            readable_by: ReadableBy::Unknown,
            basis: "stream".to_string(),
            mode: String::new(),
            uid: None,
            gid: None,
            file_owner: String::new(),
            modified: None,
        }
    }
}

/// Identifiers that stand on the same record, and on how many records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Linked {
    /// Sorted by name.
    pub identifiers: Vec<&'static str>,
    /// Records with exactly this set.
    pub records: u64,
}

/// Bytes with a locator, and what was found in them.
#[derive(Clone, Debug)]
pub struct Document {
    /// Index into the run's roots.
    pub root: usize,
    /// Exact place.
    pub locator: Locator,
    /// `csv`, `tsv`, `psv`, `text`, `json`, … as recognised.
    pub format: &'static str,
    /// Size.
    pub bytes: u64,
    /// How far it was read.
    pub status: Status,
    /// What it holds.
    pub class: DocumentClass,
    /// Records, where it has records.
    pub records: u64,
    /// Individuals whose data is here, distinct.
    pub people: u64,
    /// Low end: all that could be one person merged.
    pub people_low: u64,
    /// High end: only what must be one person merged.
    pub people_high: u64,
    /// Whether `people` was counted exactly or from a sketch.
    pub people_exact: bool,
    /// Parts of `people`.
    pub people_of: Of,
    /// Which identifiers stand on the same record; most records first.
    pub linked: Vec<Linked>,
    /// Codes and drugs of categories that other rules treat apart, where somebody's data stand beside them.
    pub sensitive: Vec<(&'static str, u64)>,
    /// The worst severity of its listed findings.
    pub severity: Severity,
    /// Who can read it.
    pub access: Access,
    /// Whether the file-system path itself holds a value.
    pub path_holds_values: bool,
    /// Findings in report order, those not listed among them.
    pub findings: Vec<Finding>,
    /// Findings not listed that are not among `findings`: of a report that is read back only their number is known.
    pub not_listed_before: u64,
    /// Matches in document order; empty without `--matches`.
    pub matches: Vec<Match>,
    /// What of it was not read.
    pub gaps: Vec<Gap>,
    /// What its columns look like, one for each; kept only where a release is asked about.
    pub profiles: Vec<PlaceProfile>,
    /// The individuals, so that a run can count across documents: hashes of their keys, with a seed that is always the
    /// same. They stay in the process.
    pub(crate) individuals: crate::judge::people::People,
    /// What its file was when it was read; only where [`crate::options::Options::content_key`] is given, and not of members.
    pub version: Option<crate::open::content::FileVersion>,
    /// What rules could have had to do with; `None` where that is not known.
    pub(crate) met: Option<crate::judge::met::Met>,
}

impl Document {
    /// Findings below `--min-confidence`.
    pub fn not_listed(&self) -> u64 {
        self.findings.iter().filter(|finding| !finding.listed).count() as u64 + self.not_listed_before
    }
}

/// How many people stand in a root or a series. Never of a run: roots need not belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// Index into the run's roots.
    pub root: usize,
    /// The series; `None` for the root.
    pub series: Option<String>,
    /// See [`Document::people`].
    pub people: u64,
    /// See [`Document::people_low`].
    pub people_low: u64,
    /// See [`Document::people_high`].
    pub people_high: u64,
    /// 500 people or more: the size from which 45 CFR 164.408(b) asks for notice without delay.
    pub is_500_or_more: bool,
    /// The state of more than 500 of them, the most first: the size of 45 CFR 164.406(a).
    pub state_over_500: Option<&'static str>,
}

impl Size {
    /// What must be said beside a size.
    pub const SENTENCE: &'static str = "Size only. A scan does not show that anyone acquired or viewed this; whether there \
                                        was a breach is for the privacy officer (45 CFR 164.402).";

    /// What the marks are called.
    pub const MARKS: [&'static str; 2] = ["500 or more", "more than 500 in one state"];

    /// The size of so many people.
    pub fn of(root: usize, series: Option<String>, count: &Count) -> Size {
        let most = count.of.states.iter().map(|(state, people)| (*people, std::cmp::Reverse(*state))).max();
        Size {
            root,
            series,
            people: count.people,
            people_low: count.low,
            people_high: count.high,
            is_500_or_more: count.people >= 500,
            state_over_500: most.filter(|(people, _)| *people > 500).map(|(_, state)| state.0),
        }
    }

    /// Roots before series, and the most people first.
    pub fn order(&self, other: &Size) -> std::cmp::Ordering {
        let key = |size: &Size, people: u64| (size.series.is_some(), people, size.root);
        let (a, b) = (key(self, other.people), key(other, self.people));
        a.cmp(&b).then_with(|| self.series.cmp(&other.series))
    }

    /// `500 or more`, `more than 500 in one state`; none below.
    pub fn marks(&self) -> Vec<&'static str> {
        let [many, one_state] = Size::MARKS;
        let marks = [(self.is_500_or_more, many), (self.state_over_500.is_some(), one_state)];
        marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect()
    }
}

/// Counts of documents by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct StatusCounts {
    pub complete: u64,
    pub partial: u64,
    pub skipped: u64,
    pub inert: u64,
    pub excluded: u64,
}

impl StatusCounts {
    /// The number of a status.
    pub fn of(&mut self, status: Status) -> &mut u64 {
        match status {
            Status::Complete => &mut self.complete,
            Status::Partial => &mut self.partial,
            Status::Skipped => &mut self.skipped,
            Status::Inert => &mut self.inert,
            Status::Excluded => &mut self.excluded,
        }
    }

    /// All of them.
    pub fn sum(&self) -> u64 {
        let StatusCounts { complete, partial, skipped, inert, excluded } = self;
        complete + partial + skipped + inert + excluded
    }
}

/// What is said at the end of a run.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// False when the run was interrupted.
    pub complete: bool,
    /// Documents by status.
    pub documents: StatusCounts,
    /// Their bytes by status; of those read in part, all of their bytes. What is inside a document counts there and as itself.
    pub sizes_by_status: StatusCounts,
    /// Bytes of documents read, whole or in part.
    pub bytes: u64,
    /// Individuals over all documents, and its range.
    pub people: u64,
    /// See [`Document::people_low`].
    pub people_low: u64,
    /// See [`Document::people_high`].
    pub people_high: u64,
    /// Parts of `people`.
    pub people_of: Of,
    /// The people of each root and of each series that is large enough for a mark, roots first, most people first.
    pub sizes: Vec<Size>,
    /// Listed findings by severity, indexed by [`Severity`] as a number.
    pub findings: [u64; 5],
    /// How many of `findings` are accepted, by severity.
    pub accepted: [u64; 5],
    /// Findings not listed because of their confidence.
    pub unlisted: u64,
    /// Gaps by class, indexed by [`crate::gap::Class`] as a number.
    pub gaps: [u64; 4],
    /// Sum over listed findings of the probability to be wrong.
    pub listed_false: f64,
    /// Sum over findings not listed of the probability to be right.
    pub unlisted_true: f64,
    /// Wall time, seconds.
    pub seconds: f64,
    /// The exit code this run ends with.
    pub exit: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_places_read_alike() {
        let column = |name: Option<&str>, index| Place::Column { name: name.map(str::to_string), index };
        let places = [
            Place::Text,
            Place::Name,
            column(Some("text"), 1),
            column(Some("name"), 2),
            column(Some("5"), 3),
            column(None, 5),
        ];
        let texts: Vec<String> = places.iter().map(Place::to_string).collect();
        assert_eq!(texts, ["text", "name", "column: text", "column: name", "column: 5", "column 5"]);
        let short: Vec<String> = places.iter().map(Place::short).collect();
        assert_eq!(short, ["(text)", "(name)", "text", "name", "5", "column 5"]);
    }
}

//! What a sweep is told. In: a TOML file. Out: roots, folders, limits. Refuses unknown keys with the nearest that is known,
//! what is missing, roots inside each other, and values that make no sense, with file and line. Every key stands in `docs/sweeps.md`.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::decisions::Source;
use crate::decisions::agreement::{Agreement, OTHERS};
use crate::error::{Error, Result};
use crate::finding::{Confidence, Severity};
use crate::gap::Reason;
use crate::identifier::Identifier;
use crate::spelling::nearest;

/// A sweep, as its file describes it.
#[derive(Clone, Debug)]
pub struct Config {
    /// The ledger; its key is beside it, with `.key` behind the name.
    pub ledger: PathBuf,
    /// Where dated reports go.
    pub reports: PathBuf,
    /// More pattern files.
    pub rules: Vec<PathBuf>,
    /// Accepted findings.
    pub suppress: Option<PathBuf>,
    /// Severity from which a new or widened finding gives exit code 1; `None` for never.
    pub fail_on: Option<Severity>,
    /// Findings below are counted, not listed.
    pub min_confidence: Confidence,
    /// Look for these only.
    pub only: Vec<Identifier>,
    /// Do not look for these.
    pub skip: Vec<Identifier>,
    /// Worker threads; 0 for all.
    pub threads: usize,
    /// A file that was written to less than so many seconds ago waits.
    pub settle_seconds: u64,
    /// How fast documents are read again when the rules have changed.
    pub rescan: Rescan,
    /// Share of unchanged documents that are read again each time, 0 to 1.
    pub verify: f64,
    /// Follow symbolic links.
    pub follow: bool,
    /// Stay on the file system of each root.
    pub one_file_system: bool,
    /// Look into filers' snapshot folders too.
    pub snapshots: bool,
    /// List documents without findings and gaps in reports too.
    pub list_clean: bool,
    /// Bytes a second that are read of each mount.
    pub read_rate: Option<u64>,
    /// Requests in flight on each mount.
    pub requests: Option<usize>,
    /// Bytes of files whose content is not on disk that may be fetched in a run.
    pub recall: u64,
    /// When it may run, as minutes of the day, UTC: from and until.
    pub window: Option<(u32, u32)>,
    /// A program that gets the delta on standard input, and its arguments.
    pub notify: Vec<String>,
    /// Where it looks.
    pub roots: Vec<SweptRoot>,
}

/// How fast documents are read again when the rules have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rescan {
    /// All, in the next run.
    Now,
    /// So many bytes a run.
    Gradual(u64),
}

/// A root of a sweep.
#[derive(Clone, Debug)]
pub struct SweptRoot {
    /// Its name in reports and in the ledger: where it lies may change.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Who delivers there.
    pub vendor: String,
    /// Who answers for it.
    pub responsible: String,
    /// Whose data they are.
    pub covered_entity: String,
    /// Within it a medical record number is one person's; its name where nothing else is said.
    pub mrn_space: String,
    /// Who can read there, where the system does not tell.
    pub declared_readers: Vec<String>,
    /// What may lie there.
    pub agreement: Option<Agreement>,
    /// How long a document may lie there, from when it was first seen.
    pub retention_days: Option<u64>,
    /// Gaps that are known and borne.
    pub allowed_gaps: Vec<AllowedGap>,
    /// Only files that match.
    pub include: Vec<String>,
    /// No file or folder that matches.
    pub exclude: Vec<String>,
}

/// A kind of gap that somebody has said is borne.
#[derive(Clone, Debug)]
pub struct AllowedGap {
    /// Which.
    pub reason: Reason,
    /// Its last day, `YYYY-MM-DD`.
    pub ends: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    ledger: Spanned<PathBuf>,
    reports: Spanned<PathBuf>,
    #[serde(default)]
    rules: Vec<PathBuf>,
    suppress: Option<PathBuf>,
    fail_on: Option<Spanned<String>>,
    min_confidence: Option<Spanned<String>>,
    #[serde(default)]
    only: Vec<Spanned<String>>,
    #[serde(default)]
    skip: Vec<Spanned<String>>,
    #[serde(default)]
    threads: usize,
    settle_seconds: Option<u64>,
    rescan: Option<Spanned<String>>,
    rescan_bytes: Option<Spanned<String>>,
    verify: Option<Spanned<String>>,
    #[serde(default)]
    follow: bool,
    #[serde(default)]
    one_file_system: bool,
    #[serde(default)]
    snapshots: bool,
    #[serde(default)]
    list_clean: bool,
    read_rate: Option<Spanned<String>>,
    requests: Option<Spanned<usize>>,
    recall: Option<Spanned<String>>,
    window: Option<WindowTable>,
    notify: Option<NotifyTable>,
    #[serde(default)]
    roots: Vec<Spanned<RootTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowTable {
    from_utc: Spanned<String>,
    until_utc: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NotifyTable {
    command: Spanned<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RootTable {
    name: Spanned<String>,
    path: Spanned<PathBuf>,
    #[serde(default)]
    vendor: String,
    #[serde(default)]
    responsible: String,
    #[serde(default)]
    covered_entity: String,
    mrn_space: Option<Spanned<String>>,
    #[serde(default)]
    declared_readers: Vec<String>,
    agreement: Option<AgreementTable>,
    retention_days: Option<u64>,
    #[serde(default)]
    allowed_gaps: Vec<AllowedTable>,
    #[serde(default)]
    include: Vec<Spanned<String>>,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgreementTable {
    name: Spanned<String>,
    reference: Spanned<String>,
    ends: Spanned<Datetime>,
    allows: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowedTable {
    reason: Spanned<String>,
    why: Spanned<String>,
    ends: Spanned<Datetime>,
}

impl Config {
    /// Reads the file at `path`; relative paths in it are from its folder. `today` as `YYYY-MM-DD`.
    pub fn read(path: &Path, today: &str) -> Result<Config> {
        let (source, file): (Source, File) = Source::read(path).map_err(with_suggestion)?;
        let folder = std::path::absolute(path).map_err(|error| Error::read(path, error))?;
        let folder = folder.parent().unwrap_or(Path::new("/")).to_path_buf();
        let identifiers = |names: &[Spanned<String>]| -> Result<Vec<Identifier>> {
            names.iter().map(|name| identifier(&source, name)).collect()
        };
        let named = |key: &str, name: &Spanned<String>, known: &str| {
            source.wrong(name.span().start, format!("`{key}` is one of {known}"))
        };
        let fail_on = match &file.fail_on {
            None => Some(Severity::Medium),
            Some(name) if name.get_ref() == "never" => None,
            Some(name) => Some(
                Severity::by_name(name.get_ref())
                    .ok_or_else(|| named("fail_on", name, "low, medium, high, critical, never"))?,
            ),
        };
        let min_confidence = match &file.min_confidence {
            None => Confidence::Likely,
            Some(name) => Confidence::by_name(name.get_ref())
                .ok_or_else(|| named("min_confidence", name, "possible, likely, certain"))?,
        };
        let rescan_bytes = file.rescan_bytes.as_ref().map(|text| {
            let message = "`rescan_bytes` is a number with its unit: \"100 GiB\"";
            bytes(text.get_ref()).ok_or_else(|| source.wrong(text.span().start, message))
        });
        let rescan = match (&file.rescan, rescan_bytes.transpose()?) {
            (None, None) => Rescan::Now,
            (Some(name), None) if name.get_ref() == "now" => Rescan::Now,
            (Some(name), Some(bytes)) if name.get_ref() == "gradual" => Rescan::Gradual(bytes),
            (Some(name), None) if name.get_ref() == "gradual" => {
                return Err(source.wrong(name.span().start, "rescan = \"gradual\" needs rescan_bytes, as \"100 GiB\""));
            }
            (Some(name), _) => return Err(named("rescan", name, "now, and gradual with rescan_bytes")),
            (None, Some(_)) => {
                let at = file.rescan_bytes.as_ref().map_or(0, |text| text.span().start);
                return Err(source.wrong(at, "`rescan_bytes` belongs to rescan = \"gradual\""));
            }
        };
        let verify = match &file.verify {
            None => 0.0,
            Some(text) => share(text.get_ref())
                .ok_or_else(|| source.wrong(text.span().start, "`verify` is a share: \"1 %\", at most 100 %"))?,
        };
        let amount = |key: &str, text: &Option<Spanned<String>>, least: u64| {
            let read = |text: &Spanned<String>| {
                let message = format!("`{key}` is a number with its unit: {key} = \"50 MB\"");
                let amount = bytes(text.get_ref()).filter(|amount| *amount >= least);
                amount.ok_or_else(|| source.wrong(text.span().start, message))
            };
            text.as_ref().map(read).transpose()
        };
        let (read_rate, recall) = (amount("read_rate", &file.read_rate, 1)?, amount("recall", &file.recall, 0)?);
        if let Some(none) = file.requests.as_ref().filter(|requests| *requests.get_ref() == 0) {
            return Err(source.wrong(none.span().start, "`requests` is 1 or more"));
        }
        let window = file.window.as_ref().map(|window| {
            let minute = |key: &str, text: &Spanned<String>| {
                let message = format!("`{key}` is a time of the day: {key} = \"22:00\"");
                minute_of_day(text.get_ref()).ok_or_else(|| source.wrong(text.span().start, message))
            };
            let window = (minute("from_utc", &window.from_utc)?, minute("until_utc", &window.until_utc)?);
            Ok::<_, Error>(window)
        });
        if let Some(notify) = file.notify.as_ref().filter(|notify| notify.command.get_ref().is_empty()) {
            return Err(source.wrong(notify.command.span().start, "`command` is a program and its arguments"));
        }
        if file.roots.is_empty() {
            return Err(source.wrong(0, "there are no [[roots]]"));
        }
        let mut roots: Vec<SweptRoot> = Vec::new();
        for table in &file.roots {
            let root = swept(&source, table.get_ref(), &folder, today)?;
            if roots.iter().any(|other| other.name == root.name) {
                return Err(source.wrong(table.get_ref().name.span().start, "two roots have this name"));
            }
            if let Some(other) =
                roots.iter().find(|other| other.path.starts_with(&root.path) || root.path.starts_with(&other.path))
            {
                let message =
                    format!("this root and {} lie in each other: what is in both would count twice", other.name);
                return Err(source.wrong(table.get_ref().path.span().start, message));
            }
            roots.push(root);
        }
        let from_folder = |path: &Path| folder.join(path);
        Ok(Config {
            ledger: from_folder(file.ledger.get_ref()),
            reports: from_folder(file.reports.get_ref()),
            rules: file.rules.iter().map(|path| from_folder(path)).collect(),
            suppress: file.suppress.as_deref().map(from_folder),
            fail_on,
            min_confidence,
            only: identifiers(&file.only)?,
            skip: identifiers(&file.skip)?,
            threads: file.threads,
            settle_seconds: file.settle_seconds.unwrap_or(120),
            rescan,
            verify,
            follow: file.follow,
            one_file_system: file.one_file_system,
            snapshots: file.snapshots,
            list_clean: file.list_clean,
            read_rate,
            requests: file.requests.map(Spanned::into_inner),
            recall: recall.unwrap_or(0),
            window: window.transpose()?,
            notify: file.notify.map(|notify| notify.command.into_inner()).unwrap_or_default(),
            roots,
        })
    }

    /// The key beside the ledger.
    pub fn key_path(&self) -> PathBuf {
        beside(&self.ledger, ".key")
    }

    /// The lock beside the ledger.
    pub fn lock_path(&self) -> PathBuf {
        beside(&self.ledger, ".lock")
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(ending);
    PathBuf::from(name)
}

fn swept(source: &Source, table: &RootTable, folder: &Path, today: &str) -> Result<SweptRoot> {
    let name = source.said("name", &table.name)?;
    if name.contains(['/', '!']) || name.chars().any(char::is_control) {
        return Err(source.wrong(table.name.span().start, "a name of a root stands in front of paths: without / and !"));
    }
    for glob in table.include.iter().chain(&table.exclude) {
        globset::Glob::new(glob.get_ref())
            .map_err(|error| source.wrong(glob.span().start, error.kind().to_string()))?;
    }
    let agreement = table.agreement.as_ref().map(|agreement| {
        let ends = source.day("ends", &agreement.ends)?;
        for name in &agreement.allows {
            if !OTHERS.contains(&name.get_ref().as_str()) {
                identifier(source, name)?;
            }
        }
        Ok::<_, Error>(Agreement {
            name: source.said("name", &agreement.name)?,
            reference: source.said("reference", &agreement.reference)?,
            ended: ends.as_str() < today,
            ends,
            allows: agreement.allows.iter().map(|name| name.get_ref().clone()).collect(),
        })
    });
    let allowed_gaps = table.allowed_gaps.iter().map(|gap| {
        source.said("why", &gap.why)?;
        let reason = Reason::by_name(gap.reason.get_ref()).ok_or_else(|| {
            let names = Reason::ALL.map(Reason::name);
            let near = nearest(gap.reason.get_ref(), names).unwrap_or("denied");
            source.wrong(gap.reason.span().start, format!("no reason is called so; did you mean {near}?"))
        })?;
        Ok(AllowedGap { reason, ends: source.day("ends", &gap.ends)? })
    });
    let path = folder.join(table.path.get_ref());
    let text = |globs: &[Spanned<String>]| globs.iter().map(|glob| glob.get_ref().clone()).collect();
    Ok(SweptRoot {
        path: std::fs::canonicalize(&path).unwrap_or(path),
        vendor: table.vendor.clone(),
        responsible: table.responsible.clone(),
        covered_entity: table.covered_entity.clone(),
        mrn_space: match &table.mrn_space {
            Some(space) => source.said("mrn_space", space)?,
            None => name.clone(),
        },
        name,
        declared_readers: table.declared_readers.clone(),
        agreement: agreement.transpose()?,
        retention_days: table.retention_days,
        allowed_gaps: allowed_gaps.collect::<Result<_>>()?,
        include: text(&table.include),
        exclude: text(&table.exclude),
    })
}

fn identifier(source: &Source, name: &Spanned<String>) -> Result<Identifier> {
    Identifier::by_name(name.get_ref()).ok_or_else(|| {
        let near = Identifier::suggestion(name.get_ref());
        let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        source.wrong(name.span().start, format!("no identifier is called so{near}"))
    })
}

/// Of an unknown key, says the nearest of those that are known.
fn with_suggestion(error: Error) -> Error {
    let Error::Pattern { file, line, message } = error else { return error };
    let mut names = message.split('`').skip(1).step_by(2);
    let near = match (message.starts_with("unknown field"), names.next()) {
        (true, Some(unknown)) => nearest(unknown, names),
        _ => None,
    };
    let message = match near {
        Some(near) => format!("{}; did you mean `{near}`?", message.split(", expected").next().unwrap_or(&message)),
        None => message,
    };
    Error::Pattern { file, line, message }
}

/// `100 GiB`, `5 GB`, `4096`.
pub fn bytes(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 10] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("TiB", 1 << 40),
        ("KB", 1_000),
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("B", 1),
    ];
    let (number, unit) =
        UNITS.iter().find_map(|(unit, size)| Some((text.trim().strip_suffix(unit)?, *size))).unwrap_or((text, 1));
    number.trim().parse::<u64>().ok()?.checked_mul(unit)
}

/// `1 %`, `0.5%`.
fn share(text: &str) -> Option<f64> {
    let percent: f64 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some(percent / 100.0)
}

/// `22:00`.
fn minute_of_day(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, below| text.parse::<u32>().ok().filter(|n| *n < below && text.len() == 2);
    Some(number(hours, 24)? * 60 + number(minutes, 60)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "[[roots]]\nname = \"acme\"\npath = \"in\"\n";

    fn read(head: &str, tail: &str) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sweep.toml");
        std::fs::write(&path, format!("ledger = \"l.db\"\nreports = \"out\"\n{head}\n{ROOT}{tail}")).unwrap();
        Config::read(&path, "2026-11-22")
    }

    #[test]
    fn defaults_and_paths_are_from_the_file() {
        let config = read("", "").unwrap();
        assert_eq!((config.rescan, config.verify, config.settle_seconds), (Rescan::Now, 0.0, 120));
        assert_eq!(config.fail_on, Some(Severity::Medium));
        assert!(config.ledger.is_absolute() && config.key_path().ends_with("l.db.key"));
        assert_eq!(config.roots[0].path.file_name().unwrap(), "in");
    }

    #[test]
    fn all_that_can_be_said_is_understood() {
        let head = "rescan = \"gradual\"\nrescan_bytes = \"5 GiB\"\nverify = \"1 %\"\nfail_on = \"never\"\nskip = [\"url\"]\n\
                    window = { from_utc = \"22:00\", until_utc = \"05:30\" }\nnotify = { command = [\"mail\", \"-s\"] }";
        let tail = "vendor = \"Acme\"\nretention_days = 90\nagreement = { name = \"a\", reference = \"r\", ends = 2026-01-01, \
                    allows = [\"member-id\", \"service-date\"] }\n\
                    [[roots.allowed_gaps]]\nreason = \"image\"\nwhy = \"faxes\"\nends = 2027-01-01\n";
        let config = read(head, tail).unwrap();
        assert_eq!(config.rescan, Rescan::Gradual(5 << 30));
        assert_eq!((config.verify, config.window, config.fail_on), (0.01, Some((1320, 330)), None));
        let root = &config.roots[0];
        assert_eq!((root.vendor.as_str(), root.retention_days), ("Acme", Some(90)));
        let agreement = root.agreement.as_ref().unwrap();
        assert!(agreement.ended && !agreement.allows("member-id"), "it has ended");
        assert_eq!(root.allowed_gaps[0].reason, Reason::Image);
    }

    #[test]
    fn mistakes_are_said_with_their_line() {
        for (head, tail, part) in [
            ("setle_seconds = 5", "", "did you mean `settle_seconds`?"),
            ("", "vendr = \"x\"", "did you mean `vendor`?"),
            ("fail_on = \"hgh\"", "", "`fail_on` is one of"),
            ("rescan = \"gradual\"", "", "needs rescan_bytes"),
            ("rescan_bytes = \"5 GiB\"", "", "belongs to"),
            ("verify = \"101 %\"", "", "`verify` is a share"),
            ("read_rate = \"0 B\"", "", "`read_rate` is a number with its unit"),
            ("requests = 0", "", "1 or more"),
            ("recall = \"lots\"", "", "`recall` is a number"),
            ("skip = [\"snn\"]", "", "did you mean ssn?"),
            ("window = { from_utc = \"25:00\", until_utc = \"05:00\" }", "", "a time of the day"),
            ("notify = { command = [] }", "", "a program"),
            ("", "[[roots]]\nname = \"acme\"\npath = \"b\"", "two roots have this name"),
            ("", "[[roots]]\nname = \"b\"\npath = \"in/deep\"", "lie in each other"),
            ("", "[[roots]]\nname = \"a/b\"\npath = \"b\"", "without / and !"),
            ("", "include = [\"[\"]", "unclosed"),
            ("", "mrn_space = \" \"", "`mrn_space` says nothing"),
            ("", "allowed_gaps = [{ reason = \"imge\", why = \"x\", ends = 2027-01-01 }]", "did you mean image?"),
        ] {
            let message = read(head, tail).unwrap_err().to_string();
            assert!(message.contains(part) && message.contains("sweep.toml:"), "{head} {tail}: {message}");
        }
    }
}

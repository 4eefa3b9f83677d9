//! The options, defined once: help, parsing and the record in reports all come from here. In: arguments. Out: one
//! command. Refuses what it does not know, with the nearest name it does.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use serde_json::{Map, Value};

use crate::cli::hints;
use crate::finding::{Confidence, Severity};
use crate::gap::Reason;
use crate::identifier::Identifier;
use crate::limits::Limits;
use crate::options::{FormatHint, Reveal, TestValues};

/// Finds unprotected health data of persons in files: what, where, how sure, how many people, who can read it.
#[derive(Parser)]
#[command(name = "phisweep", disable_version_flag = true, max_term_width = 100)]
struct Cli {
    /// Print the version; with -v also which matcher this machine uses
    #[arg(short = 'V', long, global = false)]
    version: bool,
    /// More about the version
    #[arg(short, long, requires = "version")]
    verbose: bool,
    #[command(subcommand)]
    command: Option<Sub>,
}

#[derive(Subcommand)]
enum Sub {
    /// Scan files and folders
    Scan(Box<ScanArgs>),
    /// List, show and check the rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Tell why each candidate in a file was accepted or rejected
    Explain(ExplainArgs),
    /// Write reports again from a JSON Lines report, without scanning
    Report(ReportArgs),
}

/// What was asked.
pub(super) enum Parsed {
    /// To do something.
    Command(Box<Command>),
    /// To say the version.
    Version {
        /// And more about it.
        verbose: bool,
    },
}

/// One command with its options.
pub(super) enum Command {
    /// `scan`, and the options that were given, by long name, for the record.
    Scan {
        args: Box<ScanArgs>,
        given: Map<String, Value>,
    },
    Rules(RulesCommand),
    Explain(ExplainArgs),
    Report(ReportArgs),
}

/// Options of `scan`.
#[derive(Args)]
#[command(after_long_help = EXIT_CODES)]
pub(super) struct ScanArgs {
    /// Files and folders to scan; `-` reads standard input
    #[arg(value_name = "PATH", required = true)]
    pub(super) paths: Vec<PathBuf>,

    /// Write a report; its ending picks the format: .csv .html .jsonl .ocsf.jsonl .sarif, or a folder ending in /
    /// for the whole set. Repeatable
    #[arg(short, long, value_name = "FILE", help_heading = "Reports")]
    pub(super) output: Vec<PathBuf>,

    /// What goes to standard output
    #[arg(short, long, value_name = "FMT", default_value = "text", help_heading = "Reports",
        value_parser = PossibleValuesParser::new(formats()).map(|name| Stdout::by_name(&name)))]
    pub(super) format: Stdout,

    /// Also a record for each match (JSON Lines; matches.csv beside a CSV)
    #[arg(long, help_heading = "Reports")]
    pub(super) matches: bool,

    #[command(flatten)]
    pub(super) reveal: RevealArgs,

    /// Findings below are counted, not listed
    #[arg(long, value_name = "BAND", default_value = "likely", help_heading = "Reports",
        value_parser = named(&["possible", "likely", "certain"], Confidence::by_name))]
    pub(super) min_confidence: Confidence,

    /// Mask values that stand in file and folder names
    #[arg(long, help_heading = "Reports")]
    pub(super) mask_paths: bool,

    /// Key for value fingerprints, so that they compare across runs: a file of 32 bytes or 64 hexadecimal digits
    #[arg(long, value_name = "FILE", help_heading = "Reports")]
    pub(super) fingerprint_key: Option<PathBuf>,

    #[command(flatten)]
    pub(super) look_for: LookForArgs,

    /// Only files that match; repeatable
    #[arg(long, value_name = "GLOB", value_parser = glob, help_heading = "What is walked")]
    pub(super) include: Vec<String>,

    /// No file or folder that matches; repeatable
    #[arg(long, value_name = "GLOB", value_parser = glob, help_heading = "What is walked")]
    pub(super) exclude: Vec<String>,

    /// Read files that match as FORMAT, whatever they look like: text, csv, hl7, …, or fixed:LAYOUT.toml for a
    /// fixed-width table; repeatable
    #[arg(long, value_name = "GLOB=FORMAT", value_parser = hints::parse, help_heading = "What is walked")]
    pub(super) format_hint: Vec<FormatHint>,

    /// Passwords to try on locked documents, one on each line of a file; they never show in a report
    #[arg(long, value_name = "FILE", help_heading = "What is walked")]
    pub(super) password_file: Option<PathBuf>,

    /// How many levels of folders: 1 reads only the files right in a folder that is given
    #[arg(long, value_name = "N", help_heading = "What is walked")]
    pub(super) max_depth: Option<usize>,

    /// Follow symbolic links
    #[arg(long, help_heading = "What is walked")]
    pub(super) follow: bool,

    /// Stay on the file system of each starting point
    #[arg(long, help_heading = "What is walked")]
    pub(super) one_file_system: bool,

    /// Look into filers' snapshot folders too
    #[arg(long, help_heading = "What is walked")]
    pub(super) snapshots: bool,

    /// Worker threads [default: all cores the process may use]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Running")]
    pub(super) threads: Option<u16>,

    /// Keep all rights of the user: by default a scan may only read what it scans and write where reports go
    #[arg(long, help_heading = "Running")]
    pub(super) no_sandbox: bool,

    /// Say on standard error what bounds this scan
    #[arg(short, long, help_heading = "Running")]
    pub(super) verbose: bool,

    /// What one document may cost: bytes with K, M or G, seconds, numbers; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = limit, help_heading = "Running",
        long_help = format!("What one document may cost; repeatable. Bytes may be given with K, M or G. Defaults:\n{}", Limits::default().shown()))]
    pub(super) limit: Vec<(String, String)>,

    /// Progress on standard error; auto: where that is a terminal
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Running",
        value_parser = named(&["auto", "always", "never"], ShowProgress::by_name))]
    pub(super) progress: ShowProgress,

    /// Accepted findings, each with reason, who and until (TOML; docs/accepted.md)
    #[arg(long, value_name = "FILE", help_heading = "Exit code")]
    pub(super) suppress: Option<PathBuf>,

    /// May this go? safe-harbor, limited-data-set, or a file that says what an agreement allows (docs/release.md)
    #[arg(long = "for", value_name = "PURPOSE", help_heading = "Exit code")]
    pub(super) purpose: Option<PathBuf>,

    /// Severity from which the exit code is 1
    #[arg(long, value_name = "SEVERITY", default_value = "medium", help_heading = "Exit code",
        value_parser = named(&["low", "medium", "high", "critical", "never"], FailOn::by_name))]
    pub(super) fail_on: FailOn,

    /// Reasons whose gaps do not count
    #[arg(long, value_name = "REASON,...", value_delimiter = ',', value_parser = reason, help_heading = "Exit code")]
    pub(super) allow_gaps: Vec<Reason>,

    /// Gaps of every class count, not only what could hold data
    #[arg(long, help_heading = "Exit code")]
    pub(super) strict: bool,
}

const EXIT_CODES: &str = "\
Exit codes, the first that applies:
  130, 143  interrupted or told to stop; reports are closed properly
  2         could not run, or a report is incomplete
  1         a listed finding at or above --fail-on
  3         no such finding, but something that could hold data was not read
  0         all of it read, nothing at or above --fail-on";

/// What is looked for; the same for every command that scans.
#[derive(Args)]
pub(super) struct LookForArgs {
    /// Look for these identifiers only
    #[arg(long, value_name = "ID,...", value_delimiter = ',', value_parser = identifier, help_heading = "What is found")]
    pub(super) only: Vec<Identifier>,

    /// Do not look for these identifiers
    #[arg(long, value_name = "ID,...", value_delimiter = ',', value_parser = identifier, help_heading = "What is found")]
    pub(super) skip: Vec<Identifier>,

    /// More pattern files, or header synonyms (.csv): a file or a folder; repeatable
    #[arg(long, value_name = "PATH", help_heading = "What is found")]
    pub(super) rules: Vec<PathBuf>,

    /// What to do with published samples and values that only synthetic data carries
    #[arg(long, value_name = "WHAT", default_value = "mark", help_heading = "What is found",
        value_parser = named(&["mark", "live", "drop"], TestValues::by_name))]
    pub(super) test_values: TestValues,
}

/// How much of a value is shown.
#[derive(Args)]
pub(super) struct RevealArgs {
    /// How much of a value is shown; to a file this also needs --i-may-hold-phi
    #[arg(long, value_name = "HOW", default_value = "none", help_heading = "Reports",
        value_parser = named(&["none", "last4", "full"], Reveal::by_name))]
    pub(super) reveal: Reveal,

    /// I may hold health data where these reports are written: needed with --reveal to a file
    #[arg(long, help_heading = "Reports")]
    pub(super) i_may_hold_phi: bool,
}

/// What `rules` can do.
#[derive(Subcommand)]
pub(super) enum RulesCommand {
    /// All rules: id, identifier, HIPAA letter, what it finds
    List(RulesArgs),
    /// One rule, as its file says it
    Show {
        /// Such as us.ssn
        id: String,
        #[command(flatten)]
        rules: RulesArgs,
    },
    /// Write a pattern file from a column that you may hold; no value of it is kept or printed
    Learn(LearnArgs),
    /// Run the examples of all rules, and of those in FILE
    Check {
        /// A pattern file or a folder of them
        file: Option<PathBuf>,
        #[command(flatten)]
        rules: RulesArgs,
    },
}

/// Options of `rules learn`.
#[derive(Args)]
pub(super) struct LearnArgs {
    /// What stands in the column
    #[arg(long, value_name = "ID", value_parser = identifier)]
    pub(super) identifier: Identifier,
    /// A CSV file with a header
    pub(super) roster: PathBuf,
    /// The column's header
    #[arg(long, value_name = "HEADER")]
    pub(super) column: String,
    /// Where to write it [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Show what it would newly find there, by document; repeatable
    #[arg(long, value_name = "DIR")]
    pub(super) against: Vec<PathBuf>,
}

/// Which rules.
#[derive(Args)]
pub(super) struct RulesArgs {
    /// More pattern files, or header synonyms (.csv): a file or a folder; repeatable
    #[arg(long, value_name = "PATH")]
    pub(super) rules: Vec<PathBuf>,
}

/// Options of `explain`.
#[derive(Args)]
pub(super) struct ExplainArgs {
    /// A file, and a line of it if only that one is asked about
    #[arg(value_name = "PATH[:LINE]")]
    pub(super) place: PathBuf,

    #[command(flatten)]
    pub(super) look_for: LookForArgs,

    #[command(flatten)]
    pub(super) reveal: RevealArgs,
}

/// Options of `report`.
#[derive(Args)]
pub(super) struct ReportArgs {
    /// A JSON Lines report (findings.jsonl of a set); `-` reads standard input
    #[arg(value_name = "FINDINGS.jsonl")]
    pub(super) findings: PathBuf,

    /// Write a report, as `scan` does; repeatable
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Vec<PathBuf>,

    /// What goes to standard output
    #[arg(short, long, value_name = "FMT", default_value = "text",
        value_parser = PossibleValuesParser::new(formats()).map(|name| Stdout::by_name(&name)))]
    pub(super) format: Stdout,

    /// Also a report that has no summary, because its run did not come to its end
    #[arg(long)]
    pub(super) fragment: bool,

    /// I may hold health data where these reports are written: needed where FINDINGS.jsonl shows values
    #[arg(long)]
    pub(super) i_may_hold_phi: bool,
}

/// What goes to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stdout {
    Text,
    Csv,
    Jsonl,
    Sarif,
}

/// When progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShowProgress {
    Auto,
    Always,
    Never,
}

/// The threshold of exit code 1; `None` for never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FailOn(pub(super) Option<Severity>);

impl Stdout {
    /// The parser has seen to it that there is no other name.
    fn by_name(name: &str) -> Stdout {
        match name {
            "csv" => Stdout::Csv,
            "jsonl" => Stdout::Jsonl,
            "sarif" => Stdout::Sarif,
            _ => Stdout::Text,
        }
    }
}

impl ShowProgress {
    fn by_name(name: &str) -> Option<ShowProgress> {
        match name {
            "auto" => Some(ShowProgress::Auto),
            "always" => Some(ShowProgress::Always),
            "never" => Some(ShowProgress::Never),
            _ => None,
        }
    }
}

impl FailOn {
    fn by_name(name: &str) -> Option<FailOn> {
        match name {
            "never" => Some(FailOn(None)),
            name => Severity::by_name(name).map(|severity| FailOn(Some(severity))),
        }
    }
}

impl Reveal {
    fn by_name(name: &str) -> Option<Reveal> {
        match name {
            "none" => Some(Reveal::None),
            "last4" => Some(Reveal::Last4),
            "full" => Some(Reveal::Full),
            _ => None,
        }
    }
}

impl TestValues {
    fn by_name(name: &str) -> Option<TestValues> {
        match name {
            "mark" => Some(TestValues::Mark),
            "live" => Some(TestValues::Live),
            "drop" => Some(TestValues::Drop),
            _ => None,
        }
    }
}

/// What `--format` takes.
fn formats() -> [PossibleValue; 4] {
    ["text", "csv", "jsonl", "sarif"].map(PossibleValue::new)
}

/// One of a closed list of names, shown in the help.
fn named<T>(names: &'static [&'static str], by_name: fn(&str) -> Option<T>) -> impl TypedValueParser<Value = T>
where
    T: Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(move |name| by_name(&name).ok_or("no such name"))
}

fn identifier(name: &str) -> Result<Identifier, String> {
    let name = name.trim();
    Identifier::by_name(name).ok_or_else(|| match Identifier::suggestion(name) {
        Some(near) => format!("no identifier has this name; did you mean {near}?"),
        None => "no identifier has this name; `phisweep rules list` shows them".to_string(),
    })
}

fn reason(name: &str) -> Result<Reason, String> {
    Reason::by_name(name.trim()).ok_or_else(|| {
        let names: Vec<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();
        format!("no reason has this name; there are {}", names.join(", "))
    })
}

fn limit(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a name, `=` and a value are needed, such as depth=8")?;
    Limits::default().set(name, value).map(|()| (name.to_string(), value.to_string()))
}

fn glob(pattern: &str) -> Result<String, String> {
    globset::Glob::new(pattern).map(|_| pattern.to_string()).map_err(|e| e.kind().to_string())
}

/// Reads the arguments, the program's name first.
pub(super) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Parsed, clap::Error> {
    let matches = Cli::command().try_get_matches_from(args)?;
    let cli = Cli::from_arg_matches(&matches)?;
    if cli.version {
        return Ok(Parsed::Version { verbose: cli.verbose });
    }
    let command = match cli.command {
        Some(Sub::Scan(args)) => {
            let given = matches.subcommand().map(|(name, matches)| given(name, matches)).unwrap_or_default();
            Command::Scan { args, given }
        }
        Some(Sub::Rules(command)) => Command::Rules(command),
        Some(Sub::Explain(args)) => Command::Explain(args),
        Some(Sub::Report(args)) => Command::Report(args),
        None => {
            let message = "a command is needed, such as: phisweep scan PATH";
            return Err(Cli::command().error(clap::error::ErrorKind::MissingSubcommand, message));
        }
    };
    Ok(Parsed::Command(Box::new(command)))
}

/// The options that were given to a command, by long name, as texts. Starting points are not among them.
fn given(command: &str, matches: &ArgMatches) -> Map<String, Value> {
    let mut given = Map::new();
    let cli = Cli::command();
    for arg in cli.find_subcommand(command).into_iter().flat_map(clap::Command::get_arguments) {
        let (id, Some(name)) = (arg.get_id().as_str(), arg.get_long()) else { continue };
        if matches.try_contains_id(id).is_err() || matches.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        let texts: Vec<Value> = matches
            .get_raw(id)
            .into_iter()
            .flatten()
            .map(|value| Value::String(crate::locator::os_text(value)))
            .collect();
        let value = match arg.get_action() {
            ArgAction::SetTrue => Value::Bool(true),
            ArgAction::Append => Value::Array(texts),
            _ => texts.into_iter().next().unwrap_or(Value::Null),
        };
        given.insert(name.to_string(), value);
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Parsed, clap::Error> {
        parse(line.split(' ').map(OsString::from))
    }

    fn scan(line: &str) -> (Box<ScanArgs>, Map<String, Value>) {
        match parsed(line).map_err(|e| e.to_string()) {
            Ok(Parsed::Command(command)) => match *command {
                Command::Scan { args, given } => (args, given),
                _ => panic!("{line} is no scan"),
            },
            Ok(_) => panic!("{line} is no scan"),
            Err(message) => panic!("{line}: {message}"),
        }
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn defaults_are_those_of_the_contract() {
        let (args, given) = scan("phisweep scan a");
        assert_eq!(args.format, Stdout::Text);
        assert_eq!(args.min_confidence, Confidence::Likely);
        assert_eq!(args.fail_on, FailOn(Some(Severity::Medium)));
        assert_eq!((args.look_for.test_values, args.reveal.reveal), (TestValues::Mark, Reveal::None));
        assert_eq!(args.progress, ShowProgress::Auto);
        assert!(given.is_empty());
    }

    #[test]
    fn what_was_given_is_recorded_by_long_name() {
        let (args, given) = scan("phisweep scan -o a.csv --only ssn,mbi --strict --fail-on never -o b/ x -");
        assert_eq!(args.paths, [PathBuf::from("x"), PathBuf::from("-")]);
        assert_eq!(args.look_for.only, [Identifier::SSN, Identifier::MBI]);
        let expected = serde_json::json!(
            {"output": ["a.csv", "b/"], "only": ["ssn", "mbi"], "strict": true, "fail-on": "never"}
        );
        assert_eq!(Value::Object(given), expected);
    }

    #[test]
    fn mistakes_are_answered_with_the_nearest_name() {
        for (line, part) in [
            ("phisweep scan --only snn x", "did you mean ssn?"),
            ("phisweep scan --skip birthdate x", "did you mean birth-date?"),
            ("phisweep scan --allow-gaps nonsense x", "there are denied, encrypted"),
            ("phisweep scan --min-confidence likly x", "likely"),
            ("phisweep scan --include [ x", "unclosed character class"),
            ("phisweep scan --threads 0 x", "0"),
            ("phisweep scan --matchs x", "--matches"),
            ("phisweep scan", "<PATH>"),
            ("phisweep", "a command is needed"),
            ("phisweep -v", "--version"),
        ] {
            let error = parsed(line).err().unwrap_or_else(|| panic!("{line} is accepted"));
            assert_eq!(error.exit_code(), 2, "{line}");
            assert!(error.to_string().contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn the_version_can_be_asked_for() {
        assert!(matches!(parsed("phisweep --version"), Ok(Parsed::Version { verbose: false })));
        assert!(matches!(parsed("phisweep --version -v"), Ok(Parsed::Version { verbose: true })));
    }
}

//! The options, defined once: help, parsing and the record in reports all come from here. In: arguments. Out: one
//! command. Refuses what it does not know, with the nearest name it does.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use serde_json::{Map, Value};

use crate::cli::{config, hints};
use crate::finding::Confidence;
use crate::gap::Reason;
use crate::identifier::Identifier;
use crate::limits::Limits;
use crate::options::{FormatHint, Reveal, TestValues};

mod evidence;
#[cfg(feature = "ledger")]
mod sweep;
mod values;

pub(super) use evidence::*;
#[cfg(feature = "ledger")]
pub(super) use sweep::*;
pub(super) use values::{FailOn, ShowProgress, Stdout};
use values::{formats, glob, identifier, limit, named, reason};

/// Finds unprotected health data of persons in files: what, where, how sure, how many people, who can read it.
#[derive(Parser)]
#[command(name = "phisweep", disable_version_flag = true, max_term_width = 100, after_help = EXAMPLES)]
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
    /// One run of a scheduled sweep: ledger, what is new and resolved, dated reports (docs/sweeps.md)
    #[cfg(feature = "ledger")]
    Sweep(SweepArgs),
    /// Look into the ledger of sweeps
    #[cfg(feature = "ledger")]
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Write reports again from a JSON Lines report, without scanning
    Report(ReportArgs),
    /// Read decisions on findings back from a spreadsheet
    #[command(subcommand)]
    Triage(TriageCommand),
    /// Draw a sample to check by hand, and say what the verdicts mean
    Sample(SampleArgs),
    /// Make the manual page, completions, or a unit for nightly sweeps
    #[command(subcommand)]
    Generate(GenerateCommand),
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
    /// `sweep`, and the options that were given.
    #[cfg(feature = "ledger")]
    Sweep {
        args: SweepArgs,
        given: Map<String, Value>,
    },
    #[cfg(feature = "ledger")]
    Ledger(LedgerCommand),
    Report(ReportArgs),
    Triage(TriageCommand),
    Sample(SampleArgs),
    Generate(GenerateCommand),
}

const EXAMPLES: &str = "\
Examples:
  phisweep scan export.csv                     what is in this file?
  phisweep scan /srv/drop -o out/              a folder, with the whole set of reports
  phisweep scan export/ --for limited-data-set may this go?
  phisweep explain export.csv:17               why was this found, or not?

`phisweep scan --help` tells all options; exit codes stand at its end.";

/// Options of `scan`.
#[derive(Args)]
#[command(after_help = SCAN_EXAMPLES, after_long_help = EXIT_CODES)]
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

    /// No summary and no progress: reports, errors and the exit code say it all
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Running")]
    pub(super) quiet: bool,

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

    /// What ran, over what and with which options, and the SHA-256 of every report: a JSON file. A folder has one anyway
    #[arg(long, value_name = "FILE", help_heading = "Reports")]
    pub(super) manifest: Option<PathBuf>,

    /// Defaults for these options (TOML; docs/configuration.md) [default: phisweep/config.toml in the user's configuration
    /// folder]
    #[arg(long, value_name = "FILE", help_heading = "Running")]
    pub(super) config: Option<PathBuf>,

    /// No configuration file
    #[arg(long, conflicts_with = "config", help_heading = "Running")]
    pub(super) no_config: bool,

    /// Accepted findings, each with reason, who and until (TOML; docs/accepted.md)
    #[arg(long, value_name = "FILE", help_heading = "Exit code")]
    pub(super) suppress: Option<PathBuf>,

    /// A severity table in place of the published one (TOML; docs/severity.md)
    #[arg(long, value_name = "FILE", help_heading = "Exit code")]
    pub(super) severity: Option<PathBuf>,

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

const SCAN_EXAMPLES: &str = "\
Examples:
  phisweep scan /srv/drop
  phisweep scan /srv/drop -o out/ --progress always
  phisweep scan -f jsonl export.csv | jq 'select(.type == \"finding\") | .identifier'
  unzip -p drop.zip members.csv | phisweep scan -
  phisweep scan export/ --for safe-harbor";

const EXIT_CODES: &str = "\
Examples:
  phisweep scan /srv/drop
  phisweep scan /srv/drop -o out/ --progress always
  phisweep scan -f jsonl export.csv | jq 'select(.type == \"finding\") | .identifier'
  unzip -p drop.zip members.csv | phisweep scan -
  phisweep scan export/ --for safe-harbor

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

const REPORT_EXAMPLES: &str = "\
Examples:
  phisweep report out/findings.jsonl -o again/
  phisweep report --incident drop/in/members.csv out/findings.jsonl
  phisweep report --incident drop/in drop/old.zip out/findings.jsonl -o facts.md
  phisweep report vendors.db -q -o now.sarif";

/// Options of `report`.
#[derive(Args)]
#[command(after_help = REPORT_EXAMPLES)]
pub(super) struct ReportArgs {
    /// A JSON Lines report (findings.jsonl of a set; `-` reads standard input), or the ledger of a sweep: what its last run told.
    /// Behind --incident more paths may stand before it
    #[arg(value_name = "FINDINGS.jsonl|LEDGER", required = true)]
    pub(super) positional: Vec<PathBuf>,

    /// A fact sheet on these paths, as reports or the file system have them: whose data, who could read it, what was not read.
    /// To standard output, or with -o to a .md or .txt file
    #[arg(long, value_name = "PATH...")]
    pub(super) incident: Vec<PathBuf>,

    /// Write a report, as `scan` does; repeatable
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Vec<PathBuf>,

    /// What goes to standard output
    #[arg(short, long, value_name = "FMT", default_value = "text",
        value_parser = PossibleValuesParser::new(formats()).map(|name| Stdout::by_name(&name)))]
    pub(super) format: Stdout,

    /// No summary on standard output
    #[arg(short, long)]
    pub(super) quiet: bool,

    /// Also a report that has no summary, because its run did not come to its end
    #[arg(long)]
    pub(super) fragment: bool,

    /// I may hold health data where these reports are written: needed where FINDINGS.jsonl shows values
    #[arg(long)]
    pub(super) i_may_hold_phi: bool,
}

impl ReportArgs {
    /// The report: what stands last. The parser has seen to it that there is one.
    pub(super) fn findings(&self) -> &std::path::Path {
        self.positional.last().map_or(std::path::Path::new("-"), PathBuf::as_path)
    }

    /// What stands before it.
    pub(super) fn more(&self) -> &[PathBuf] {
        self.positional.split_last().map_or(&[], |(_, more)| more)
    }
}

/// Reads the arguments, the program's name first.
pub(super) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Parsed, clap::Error> {
    let args: Vec<OsString> = args.into_iter().collect();
    let mut matches = definition().try_get_matches_from(&args)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    let mut configured = None;
    if let Some((Sub::Scan(scan), typed)) = cli.command.as_ref().zip(matches.subcommand_matches("scan"))
        && let Some(defaults) = config::defaults(scan, typed).map_err(|why| definition().error(ErrorKind::Io, why))?
    {
        // Behind the command's name: what was typed stands behind them, `--` among it.
        let at = args.iter().skip(1).position(|arg| arg == "scan").map_or(args.len(), |at| at + 2);
        let all = args[..at].iter().chain(&defaults.options).chain(&args[at..]);
        matches = definition().try_get_matches_from(all)?;
        cli = Cli::from_arg_matches(&matches)?;
        configured = Some(defaults.file);
    }
    if cli.version {
        return Ok(Parsed::Version { verbose: cli.verbose });
    }
    let command = match cli.command {
        Some(Sub::Scan(args)) => {
            let mut given = matches.subcommand().map(|(name, matches)| given(name, matches)).unwrap_or_default();
            if let Some(file) = configured {
                given.insert("config".to_string(), Value::String(crate::locator::path_text(&file)));
            }
            Command::Scan { args, given }
        }
        Some(Sub::Rules(command)) => Command::Rules(command),
        Some(Sub::Explain(args)) => Command::Explain(args),
        Some(Sub::Report(args)) => Command::Report(args),
        Some(Sub::Triage(command)) => Command::Triage(command),
        Some(Sub::Sample(args)) => Command::Sample(args),
        #[cfg(feature = "ledger")]
        Some(Sub::Sweep(args)) => {
            let given = matches.subcommand().map(|(name, matches)| given(name, matches)).unwrap_or_default();
            Command::Sweep { args, given }
        }
        #[cfg(feature = "ledger")]
        Some(Sub::Ledger(command)) => Command::Ledger(command),
        Some(Sub::Generate(command)) => Command::Generate(command),
        None => {
            let message = "a command is needed, such as: phisweep scan PATH";
            return Err(Cli::command().error(ErrorKind::MissingSubcommand, message));
        }
    };
    Ok(Parsed::Command(Box::new(command)))
}

/// The whole definition, for what is made from it.
pub(super) fn definition() -> clap::Command {
    Cli::command()
}

/// The definition of `scan`.
pub(super) fn scan_definition() -> clap::Command {
    ScanArgs::augment_args(clap::Command::new("scan"))
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
mod tests;

//! Options of the commands that work on reports and on the program itself: `triage`, `sample`, `generate`. In: arguments, by clap. Out:
//! one struct a command. Refuses what clap refuses.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What `triage` can do.
#[derive(Subcommand)]
pub(in crate::cli) enum TriageCommand {
    /// Read the decisions in a worklist back into a file of accepted findings, or a sweep's ledger; without --apply it only says what
    /// it would do
    Import(ImportArgs),
}

/// Options of `triage import`.
#[derive(Args)]
#[command(after_help = IMPORT_EXAMPLES)]
pub(in crate::cli) struct ImportArgs {
    /// The worklist, as a spreadsheet saved it: its columns disposition, who, until and reason decide, ticket may
    #[arg(value_name = "WORKLIST.csv")]
    pub(in crate::cli) worklist: PathBuf,

    /// The file of accepted findings, as `scan --suppress` reads it, made where it is not there; or the ledger of a sweep
    #[arg(long, value_name = "FILE|LEDGER")]
    pub(in crate::cli) into: Option<PathBuf>,

    /// The JSON Lines report of the same scan [default: findings.jsonl beside the worklist]
    #[arg(long, value_name = "FINDINGS.jsonl")]
    pub(in crate::cli) findings: Option<PathBuf>,

    /// Write it
    #[arg(long, requires = "into")]
    pub(in crate::cli) apply: bool,
}

const IMPORT_EXAMPLES: &str = "\
Dispositions: false-alarm, accepted-risk and agreed accept a finding until that day;
fix-ordered and fixed-claimed are told beside it, and it counts until it is gone.

Examples:
  phisweep triage import out/worklist.csv --into suppress.toml
  phisweep triage import out/worklist.csv --into suppress.toml --apply
  phisweep scan /srv/drop --suppress suppress.toml -o next/
  phisweep triage import reports/latest/worklist.csv --into vendors.db --apply";

/// Options of `sample`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, after_help = SAMPLE_EXAMPLES)]
pub(in crate::cli) struct SampleArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: Option<SampleCommand>,

    /// A JSON Lines report
    #[arg(value_name = "FINDINGS.jsonl", required = true)]
    pub(in crate::cli) findings: Option<PathBuf>,

    /// How many findings
    #[arg(short, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub(in crate::cli) n: u32,

    /// How many documents that were reported clean
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub(in crate::cli) clean: u32,

    /// Another seed draws another sample; the same seed the same
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(in crate::cli) seed: u64,

    /// Where to write the table [default: standard output]
    #[arg(short, long, value_name = "FILE.csv")]
    pub(in crate::cli) output: Option<PathBuf>,
}

/// What else `sample` can do.
#[derive(Subcommand)]
pub(in crate::cli) enum SampleCommand {
    /// Say what the verdicts mean: precision by identifier, misses among documents reported clean, each with its range
    Score {
        /// The table of a sample with its column `verdict` filled in: right, wrong, clean, missed, unclear
        #[arg(value_name = "VERDICTS.csv")]
        verdicts: PathBuf,
    },
}

const SAMPLE_EXAMPLES: &str = "\
Examples:
  phisweep sample out/findings.jsonl -n 60 --clean 30 -o sample.csv
  phisweep sample score sample.csv";

/// What `generate` can make.
#[derive(Subcommand)]
pub(in crate::cli) enum GenerateCommand {
    /// The manual page; with -o one for each command
    Man {
        /// A folder for phisweep.1, phisweep-scan.1 and so on [default: phisweep.1 to standard output]
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
    /// The JSON Schema of a JSON Lines report, to standard output
    Schema,
    /// Completions for a shell, to standard output
    Completions {
        /// Which
        shell: clap_complete::Shell,
    },
    /// A hardened unit and a timer for a nightly sweep
    #[cfg(feature = "ledger")]
    Systemd {
        /// The configuration of the sweep
        config: PathBuf,
        /// The folder to write them to, such as /etc/systemd/system [default: standard output]
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
        /// As whom it runs
        #[arg(long, default_value = "phisweep")]
        user: String,
        /// When, as systemd.time(7) writes it
        #[arg(long, value_name = "TIME", default_value = "*-*-* 02:00:00")]
        on_calendar: String,
    },
}

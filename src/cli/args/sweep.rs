//! Options of the commands that work on what sweeps know: `sweep`, `ledger`. In: arguments, by clap. Out: one struct a command. Refuses
//! what clap refuses.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::{ShowProgress, Stdout, named};
use crate::sweep::config::bytes;

/// Options of `sweep`.
#[derive(Args)]
#[command(after_long_help = SWEEP_EXIT_CODES)]
pub(in crate::cli) struct SweepArgs {
    /// What is swept, and where its ledger and reports are (TOML; docs/sweeps.md)
    pub(in crate::cli) config: PathBuf,

    /// Read everything again
    #[arg(long)]
    pub(in crate::cli) full: bool,

    /// This root lies on another file system than before, or is empty, and that is right; repeatable
    #[arg(long, value_name = "ROOT")]
    pub(in crate::cli) new_filesystem: Vec<String>,

    /// Fetch files that are not on disk (tape, cloud), so many bytes of them at most; else as the configuration says
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(in crate::cli) recall: Option<u64>,

    /// What goes to standard output: what has changed
    #[arg(short, long, value_name = "FMT", default_value = "text",
        value_parser = PossibleValuesParser::new(["text", "jsonl"]).map(|name| Stdout::by_name(&name)))]
    pub(in crate::cli) format: Stdout,

    /// Progress on standard error; auto: where that is a terminal
    #[arg(long, value_name = "WHEN", default_value = "auto",
        value_parser = named(&["auto", "always", "never"], ShowProgress::by_name))]
    pub(in crate::cli) progress: ShowProgress,

    /// The time it is taken to be, seconds since 1970: for tests
    #[arg(long, value_name = "SECONDS", hide = true)]
    pub(in crate::cli) now: Option<i64>,
}

/// `50 GiB`.
fn size(text: &str) -> Result<u64, String> {
    bytes(text).ok_or_else(|| "a size is a number with its unit: 50 GiB".to_string())
}

const SWEEP_EXIT_CODES: &str = "\
Exit codes, the first that applies:
  130, 143  interrupted or told to stop; the books are closed, the next run goes on
  2         could not run, a root could not be swept, a report or a notice failed
  1         a finding at or above fail_on is new, widened or there again
  3         no such finding, but something could not be read that was no gap before
  0         nothing new";

/// What `ledger` can do.
#[derive(Subcommand)]
pub(in crate::cli) enum LedgerCommand {
    /// Roots and the last runs
    Show {
        /// The ledger
        ledger: PathBuf,
    },
    /// What is known of the findings at a path, and what was decided
    History {
        /// The ledger
        ledger: PathBuf,
        /// As reports write it: root/folder/file; with a * at its end, all that begin so
        path: String,
    },
    /// Everything it holds, as JSON Lines on standard output
    Export {
        /// The ledger
        ledger: PathBuf,
    },
    /// Forget what is old and give the room back; decisions and open findings are always kept
    Vacuum {
        /// The ledger
        ledger: PathBuf,
        /// Keep resolved findings and runs for so many days
        #[arg(long, value_name = "DAYS", default_value = "2192")]
        keep_days: u32,
    },
}

//! The command line. In: arguments. Out: an exit code; results on standard output, everything else on standard error.
//! Refuses options that make no sense together before anything is read. One file a command; `args` is the only place
//! where options are defined.

mod apart;
mod args;
mod config;
mod exit;
mod explain;
mod findings;
mod generate;
mod hints;
mod incident;
mod key;
#[cfg(feature = "ledger")]
mod ledger;
mod memory;
mod outputs;
mod passwords;
mod progress;
mod report;
mod rules;
mod sample;
mod scan;
mod signals;
#[cfg(feature = "ledger")]
mod sweep;
#[cfg(feature = "ledger")]
mod systemd;
mod triage;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::args::{Command, Parsed};
use crate::error::{Error, Result};
use crate::report::words::plain;
use crate::worker;

/// Runs phisweep with these arguments, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    quiet_panics();
    let args: Vec<OsString> = args.into_iter().collect();
    if let [_, command, parent] = &args[..]
        && command == worker::COMMAND
    {
        return serve(parent);
    }
    let (args, apart) = apart::stripped(args);
    let code = match args::parse(args.iter().cloned()) {
        Ok(Parsed::Command(command)) => match reports(&command).filter(|_| !apart) {
            Some(reports) => apart::run(&args, reports).map_or_else(|| dispatch(*command), Ok),
            None => dispatch(*command),
        },
        Ok(Parsed::Version { verbose }) => out(&version(verbose)).map(|()| 0),
        Err(usage) => {
            // Help goes to standard output with 0, mistakes to standard error with 2.
            let _ = usage.print();
            Ok(usage.exit_code())
        }
    };
    let code = code.unwrap_or_else(|error| {
        report_error(&error);
        exit::FAILED
    });
    ExitCode::from(u8::try_from(code).unwrap_or(exit::FAILED as u8))
}

/// Reads documents for the scanner that started this process. What goes wrong is for nobody here to hear.
fn serve(parent: &OsString) -> ExitCode {
    let parent = parent.to_str().and_then(|parent| parent.parse().ok());
    match parent.map(worker::serve) {
        Some(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::from(exit::FAILED as u8),
    }
}

/// Makes a panic say where it happened and nothing else: its message may quote the text that was being read.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        say(&format!("internal error{place}; please report it"));
    }));
}

/// The reports of a command that reads documents.
fn reports(command: &Command) -> Option<&[PathBuf]> {
    match command {
        Command::Scan { args, .. } => Some(&args.output),
        #[cfg(feature = "ledger")]
        Command::Sweep { .. } => Some(&[]),
        _ => None,
    }
}

fn dispatch(command: Command) -> Result<i32> {
    match command {
        Command::Scan { args, given } => scan::run(args, given),
        Command::Rules(command) => rules::run(command),
        Command::Explain(args) => explain::run(args),
        Command::Report(args) => report::run(args),
        Command::Triage(command) => triage::run(command),
        Command::Sample(args) => sample::run(args),
        #[cfg(feature = "ledger")]
        Command::Sweep { args, given } => sweep::run(args, given),
        #[cfg(feature = "ledger")]
        Command::Ledger(command) => ledger::run(command),
        Command::Generate(command) => generate::run(command),
    }
}

fn version(verbose: bool) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match verbose {
        true => format!(
            "phisweep {version}\ndetect: {}\nfence: {}\n",
            crate::detect::backend_name(),
            crate::confine::offered()
        ),
        false => format!("phisweep {version}\n"),
    }
}

/// Writes to standard output. A reader that has gone away is no error of ours.
fn out(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.or_else(|e| if e.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(stdout_error(e)) })
}

fn stdout_error(source: io::Error) -> Error {
    Error::write("standard output".as_ref(), source)
}

/// Says on standard error what went wrong. A closed pipe is not worth a word.
fn report_error(error: &Error) {
    if !is_closed_pipe(error) {
        say(&error.to_string());
    }
}

/// One line on standard error; names in it may hold anything, so it is made safe for a terminal.
fn say(message: &str) {
    // Nobody is left to tell where standard error is gone.
    let _ = writeln!(io::stderr(), "phisweep: {}", plain(message));
}

fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Write { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
}

//! `phisweep report`: reports again, without a scan. In: a FINDINGS.jsonl, or the ledger of a sweep. Out: the reports that the
//! scan could have written, the same bytes; of a ledger what its last run told. Refuses what is no such report, a fragment unless one will do, and values
//! into a file without consent.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use crate::cli::args::{ReportArgs, Stdout};
use crate::cli::outputs::{Stdio, Wanted};
use crate::cli::{exit, findings, incident, out, outputs, report_error, say, stdout_error};
use crate::error::{Error, Result};
use crate::finding::Summary;
use crate::report::read::{Reader, read};
use crate::report::set::Reports;
use crate::scan::{Event, Run};

/// Runs the command.
pub(super) fn run(args: ReportArgs) -> Result<i32> {
    if !args.incident.is_empty() {
        return incident::run(&args);
    }
    if !args.more().is_empty() {
        return Err(Error::Usage("reports are read one by one; paths stand behind --incident".to_string()));
    }
    let wanted = outputs::wanted(&args.output)?;
    let source = outputs::resolved(args.findings());
    if wanted.iter().any(|one| one.path == source || one.path.join("findings.jsonl") == source) {
        let message = format!("{} would be written over while it is read", args.findings().display());
        return Err(Error::Usage(message));
    }
    let mut writer = Writer { args: &args, wanted: &wanted, reports: Reports::default(), failed: false };
    if findings::is_ledger(args.findings())? {
        let summary = findings::ledger(args.findings(), &mut writer)?;
        return writer.end(&summary);
    }
    let lines: Box<dyn BufRead> = if args.findings() == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        let file = File::open(args.findings()).map_err(|e| Error::read(args.findings(), e))?;
        Box::new(BufReader::with_capacity(256 << 10, file))
    };
    let done = read(args.findings(), lines, args.fragment, &mut writer)?;
    if done.unknown > 0 {
        say(&format!("note: {} records are of kinds that this version does not know, and are left out", done.unknown));
    }
    writer.end(&done.summary)
}

/// Hands on what is read.
struct Writer<'a> {
    args: &'a ReportArgs,
    wanted: &'a [Wanted],
    reports: Reports,
    failed: bool,
}

impl Writer<'_> {
    /// All was told: the exit code.
    fn end(mut self, summary: &Summary) -> Result<i32> {
        self.reports.finish(summary);
        self.hear_failures();
        let written = self.reports.names();
        if self.args.format == Stdout::Text && !self.args.quiet && !written.is_empty() {
            out(&format!("Written: {}\n", written.join(", ")))?;
        }
        Ok(if self.failed { exit::FAILED } else { 0 })
    }

    fn hear_failures(&mut self) {
        for error in self.reports.take_failures() {
            self.failed = true;
            report_error(&error);
        }
    }
}

impl Reader for Writer<'_> {
    fn run(&mut self, run: Run) -> Result<()> {
        let given = |name: &str| run.options.get(name);
        let matches = given("matches").is_some_and(|given| given == true);
        let shows_values = matches && given("reveal").is_some_and(|given| given != "none");
        let to_stdout = self.args.format == Stdout::Jsonl && super::scan::stdout_is_file();
        let to_file = !self.args.output.is_empty() || to_stdout;
        if shows_values && to_file && !self.args.i_may_hold_phi {
            let message = "this report shows values of persons; if they may lie where these are written, add \
                           --i-may-hold-phi";
            return Err(Error::Usage(message.to_string()));
        }
        let stdout = Stdio { format: self.args.format, matches, quiet: self.args.quiet };
        outputs::open(stdout, self.wanted, &mut self.reports, None)?;
        self.reports.begin(&run);
        self.hear_failures();
        Ok(())
    }

    fn event(&mut self, event: Event) -> Result<()> {
        self.reports.event(&event);
        self.hear_failures();
        match self.reports.open() {
            0 => Err(stdout_error(io::ErrorKind::BrokenPipe.into())),
            _ => Ok(()),
        }
    }
}

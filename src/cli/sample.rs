//! `phisweep sample FINDINGS.jsonl` and `phisweep sample score VERDICTS.csv`. In: a report of ours, or the table of a sample with verdicts.
//! Out: the table, or what the verdicts mean. Refuses verdicts that are none, each with its line.

use std::io;
use std::path::Path;

use crate::cli::args::{SampleArgs, SampleCommand};
use crate::cli::{findings, out, say};
use crate::error::{Error, Result};
use crate::evidence::sample::Sample;
use crate::evidence::score;
use crate::report::output::Output;
use crate::report::root_name;
use crate::report::words::count;
use crate::scan::Event;

/// Runs the command.
pub(super) fn run(args: SampleArgs) -> Result<i32> {
    match (args.command, args.findings) {
        (Some(SampleCommand::Score { verdicts }), _) => score(&verdicts),
        (None, Some(findings)) => {
            let output = match &args.output {
                Some(path) => Output::create(path)?,
                None => Output::stream("standard output", Box::new(io::stdout())),
            };
            draw(&findings, Sample::new(args.seed, args.n as usize, args.clean as usize), args.seed, output)
        }
        (None, None) => {
            Err(Error::Usage("a report is needed, such as: phisweep sample out/findings.jsonl".to_string()))
        }
    }
}

fn draw(findings: &Path, mut sample: Sample, seed: u64, output: Output) -> Result<i32> {
    let run = findings::read(findings, false, |run, event| {
        if let Event::Document(document) = event {
            let root = root_name(&run.roots, document.root);
            sample.document(&document.locator.path(root), document);
        }
    })?;
    let sample = sample.finish();
    let drawn = sample.iter().filter(|drawn| drawn.finding.is_some()).count() as u64;
    let clean = sample.len() as u64 - drawn;
    score::write(output, &sample, seed, &run.run_id)?;
    say(&format!(
        "{} and {} to check: fill in the column verdict, then: phisweep sample score",
        count(drawn, "finding", "findings"),
        count(clean, "document reported clean", "documents reported clean"),
    ));
    Ok(0)
}

fn score(verdicts: &Path) -> Result<i32> {
    let score = score::read(&findings::table(verdicts)?).map_err(|wrong| findings::wrong(verdicts, &wrong))?;
    out(&score.text()).map(|()| 0)
}

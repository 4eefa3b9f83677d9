//! `phisweep report --incident PATH... FINDINGS.jsonl`. In: paths, a report of ours. Out: a fact sheet on them, as text or Markdown. Refuses
//! paths at which the report knows nothing, and files that are neither .md nor .txt.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::cli::args::{ReportArgs, Stdout};
use crate::cli::{findings, out};
use crate::error::{Error, Result};
use crate::evidence::incident::{Incident, Style};
use crate::report::output::Output;
use crate::scan::Event;

/// Runs the command.
pub(super) fn run(args: &ReportArgs) -> Result<i32> {
    if args.format != Stdout::Text {
        return Err(Error::Usage(
            "a fact sheet is text: leave -f away, or write Markdown with -o facts.md".to_string(),
        ));
    }
    let styles: Vec<(&PathBuf, Style)> =
        args.output.iter().map(|path| Ok((path, style(path)?))).collect::<Result<_>>()?;
    let paths: Vec<&PathBuf> = args.incident.iter().chain(args.more()).collect();
    let mut incident = Incident::new(&paths);
    if args.findings() != Path::new("-") && !findings::is_ledger(args.findings())? {
        incident.report(&crate::locator::path_text(args.findings()), &sha256(args.findings())?);
    }
    let mut begun = false;
    findings::read(args.findings(), args.fragment, |run, event| {
        if !begun {
            incident.run(run.clone());
            begun = true;
        }
        match event {
            Event::Document(document) => incident.document(document),
            Event::Gap(gap) => incident.gap(gap),
        }
    })?;
    let unmet = incident.unmet();
    if !unmet.is_empty() {
        let message = format!(
            "{} tells of no document and no gap at {}; paths are as the report writes them (its column path), or as they were scanned",
            args.findings().display(),
            unmet.join(", ")
        );
        return Err(Error::Usage(message));
    }
    if styles.is_empty() {
        return out(&incident.text(Style::Text)).map(|()| 0);
    }
    for (path, style) in styles {
        let mut output = Output::create(path)?;
        output.write_all(incident.text(style).as_bytes()).map_err(|e| output.failed(e))?;
        output.finish()?;
    }
    Ok(0)
}

fn style(path: &Path) -> Result<Style> {
    match path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase).as_deref() {
        Some("md" | "markdown") => Ok(Style::Markdown),
        Some("txt") => Ok(Style::Text),
        _ => Err(Error::Usage(format!("{}: a fact sheet is written to a .md or .txt file", path.display()))),
    }
}

/// The hash of the report the sheet rests on, as `sha256sum` tells it.
fn sha256(path: &Path) -> Result<String> {
    let mut file = std::fs::File::open(path).map_err(|e| Error::read(path, e))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).map_err(|e| Error::read(path, e))? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

//! `phisweep triage import WORKLIST.csv`. In: a worklist with decisions, the report of the same scan, a file of accepted findings. Out:
//! what would be written, or with `--apply` that file. Refuses the whole worklist where one decision in it cannot be, and says
//! every line.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::args::{ImportArgs, TriageCommand};
use crate::cli::{findings, out};
use crate::decisions::triage::{Applied, Import};
use crate::error::{Error, Result};
use crate::report::output::Output;
use crate::report::root_name;
use crate::report::words::{count, plain};
use crate::scan::Event;

/// Runs the command.
pub(super) fn run(command: TriageCommand) -> Result<i32> {
    match command {
        TriageCommand::Import(args) => import(&args),
    }
}

fn import(args: &ImportArgs) -> Result<i32> {
    let worklist = &args.worklist;
    let table = findings::table(worklist)?;
    let mut import = Import::read(&table).map_err(|why| findings::wrong(worklist, &[why]))?;
    let beside = args.findings.clone().unwrap_or_else(|| worklist.with_file_name("findings.jsonl"));
    if args.findings.is_none() && !beside.exists() {
        let message = format!("{} is not there: say with --findings which report the worklist is of", beside.display());
        return Err(Error::Usage(message));
    }
    let run = findings::read(&beside, true, |run, event| {
        if let Event::Document(document) = event {
            import.document(root_name(&run.roots, document.root), document);
        }
    })?;
    import.run(&run.run_id);
    let imported = import.finish();
    if !imported.problems.is_empty() {
        let lines: Vec<String> =
            imported.problems.iter().map(|problem| format!("line {}: {}", problem.line, problem.what)).collect();
        return Err(findings::wrong(worklist, &lines));
    }
    let mut said = String::new();
    for decision in &imported.decisions {
        let _ = writeln!(said, "  {}", plain(decision));
    }
    let _ = writeln!(
        said,
        "{}, {} without one",
        count(imported.decisions.len() as u64, "decision", "decisions"),
        count(imported.open as u64, "row", "rows")
    );
    let Some(into) = &args.into else {
        said.push_str("Nothing is written: say with --into which file these should go into.\n");
        return out(&said).map(|()| 0);
    };
    let (path, old) = there(into)?;
    let applied = imported.into_file(&into.display().to_string(), &old)?;
    let Applied { added, changed, same, .. } = applied;
    let _ = writeln!(
        said,
        "{}: {added} entries new, {changed} changed, {same} there already",
        plain(&into.to_string_lossy())
    );
    match args.apply {
        true if applied.text == old => said.push_str("Nothing to write.\n"),
        true => {
            write(&path, &applied.text)?;
            said.push_str("Written.\n");
        }
        false => said.push_str("Nothing is written without --apply.\n"),
    }
    out(&said).map(|()| 0)
}

/// The file behind a link, so that the link stays; and its text, empty where there is none yet.
fn there(into: &Path) -> Result<(PathBuf, String)> {
    let path = into.canonicalize().unwrap_or_else(|_| into.to_path_buf());
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok((path, text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok((path, String::new())),
        Err(e) => Err(Error::read(into, e)),
    }
}

/// Writes the file whole or not at all; one that was there keeps its permissions.
fn write(path: &Path, text: &str) -> Result<()> {
    let permissions = std::fs::metadata(path).ok().map(|there| there.permissions());
    let mut output = Output::create(path)?;
    output.write_all(text.as_bytes()).map_err(|e| output.failed(e))?;
    output.finish()?;
    permissions.map_or(Ok(()), |there| std::fs::set_permissions(path, there)).map_err(|e| Error::write(path, e))
}

//! `phisweep triage import WORKLIST.csv`. In: a worklist with decisions, the report of the same scan, a file of accepted findings or
//! the ledger of a sweep. Out: what would be written, or with `--apply` that file or rows of that ledger. Refuses the whole worklist where one decision in it cannot be, and says
//! every line.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::args::{ImportArgs, TriageCommand};
use crate::cli::{findings, out};
#[cfg(feature = "ledger")]
use crate::decisions::accepted::Limits;
#[cfg(feature = "ledger")]
use crate::decisions::triage::Entry;
use crate::decisions::triage::{Applied, Import, Imported};
use crate::error::{Error, Result};
#[cfg(feature = "ledger")]
use crate::ledger::{Ledger, rows::DecisionRow};
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
        said.push_str("Nothing is written: say with --into which file or ledger these should go into.\n");
        return out(&said).map(|()| 0);
    };
    if findings::is_ledger(into)? {
        return into_ledger(worklist, into, &imported, args.apply, &said);
    }
    let (path, old) = there(into)?;
    let applied = imported.into_file(&into.display().to_string(), &old)?;
    let Applied { added, changed, same, .. } = applied;
    said.push_str(&counted(into, "entries", added, changed, same));
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

fn counted(into: &Path, what: &str, added: usize, changed: usize, same: usize) -> String {
    let into = into.to_string_lossy();
    format!("{}: {added} {what} new, {changed} changed, {same} there already\n", plain(&into))
}

#[cfg(not(feature = "ledger"))]
fn into_ledger(_: &Path, into: &Path, _: &Imported, _: bool, _: &str) -> Result<i32> {
    Err(Error::Usage(format!("{}: this phisweep was built without ledgers", into.display())))
}

/// Adds decisions to a ledger. None is changed or taken back: of those on one feed and place the last one counts.
#[cfg(feature = "ledger")]
fn into_ledger(worklist: &Path, into: &Path, imported: &Imported, apply: bool, said: &str) -> Result<i32> {
    // No sweep tells its reports meanwhile, which would know half of them.
    let lock = apply.then(|| crate::sweep::lock_of(into)).transpose()?;
    let ledger = if apply { Ledger::open(into)? } else { Ledger::read(into)? };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let decided = i64::try_from(now.as_secs()).unwrap_or(0);
    let mut wrong = Vec::new();
    let (mut fresh, mut changed, mut same) = (Vec::new(), 0, 0);
    for entry in &imported.entries {
        if !ledger.knows_series(&entry.series_id)? {
            let what = format!("the ledger never had a finding of {}: is it another ledger?", entry.series_id);
            wrong.push((entry.line, what));
            continue;
        }
        let row = decision(entry, decided);
        let last = ledger.decisions_on(&entry.series_id, &entry.series_id)?.pop();
        if last.as_ref().is_some_and(|last| DecisionRow { decided, ..last.clone() } == row) {
            same += 1;
        } else {
            changed += usize::from(last.is_some());
            fresh.push(row);
        }
    }
    if !wrong.is_empty() {
        wrong.sort();
        let lines: Vec<String> = wrong.into_iter().map(|(line, what)| format!("line {line}: {what}")).collect();
        return Err(findings::wrong(worklist, &lines));
    }
    let mut said = said.to_string() + &counted(into, "decisions", fresh.len() - changed, changed, same);
    match apply {
        true if fresh.is_empty() => said.push_str("Nothing to write.\n"),
        true => {
            ledger.begin()?;
            fresh.iter().try_for_each(|row| ledger.decide(row))?;
            ledger.commit()?;
            said.push_str("Written. The next sweep goes by them.\n");
        }
        false => said.push_str("Nothing is written without --apply.\n"),
    }
    drop(lock);
    out(&said).map(|()| 0)
}

#[cfg(feature = "ledger")]
fn decision(entry: &Entry, decided: i64) -> DecisionRow {
    let limits = Limits {
        matches: entry.matches,
        people: entry.people,
        identifiers: entry.identifiers.iter().map(|identifier| identifier.name().to_string()).collect(),
        readable_by: entry.readable_by.name().to_string(),
    };
    let limits = entry.disposition.accepts().then(|| serde_json::to_string(&limits).unwrap_or_default());
    DecisionRow {
        target: entry.series_id.clone(),
        verdict: entry.disposition.name().to_string(),
        who: entry.who.clone(),
        decided,
        reason: entry.reason.clone(),
        ticket: entry.ticket.clone(),
        until: entry.until.clone(),
        limits: limits.unwrap_or_default(),
    }
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

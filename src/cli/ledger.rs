//! `phisweep ledger`: looks into a ledger. In: its path. Out: runs and roots, the history of a document, everything as JSON Lines,
//! or a smaller file. Refuses to forget what is younger than six years unless told how young.

use std::time::SystemTime;

use serde_json::json;

use crate::cli::args::LedgerCommand;
use crate::cli::out;
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::ledger::rows::FindingRow;
use crate::ledger::stored;
use crate::report::utc;
use crate::report::words::plain;
use crate::scan::Event;
use crate::sweep;

/// Runs the command.
pub(super) fn run(command: LedgerCommand) -> Result<i32> {
    match command {
        LedgerCommand::Show { ledger } => show(&Ledger::read(&ledger)?),
        LedgerCommand::History { ledger, path } => history(&Ledger::read(&ledger)?, &path),
        LedgerCommand::Export { ledger } => export(&Ledger::read(&ledger)?),
        LedgerCommand::Vacuum { ledger, keep_days } => {
            if !ledger.exists() {
                return Err(Error::Usage(format!("{} is not there", ledger.display())));
            }
            let _lock = sweep::lock_of(&ledger)?;
            let ledger = Ledger::open(&ledger)?;
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let before = i64::try_from(now.as_secs()).unwrap_or(0) - i64::from(keep_days) * 86_400;
            let (findings, runs) = ledger.forget(before)?;
            ledger.vacuum()?;
            out(&format!("Forgotten: {findings} findings resolved and {runs} runs ended before {}\n", day(before)))?;
            Ok(0)
        }
    }
}

fn day(seconds: i64) -> String {
    utc(seconds).unwrap_or_default()
}

/// How many runs are shown.
const SHOWN: i64 = 30;

fn show(ledger: &Ledger) -> Result<i32> {
    let mut text = String::from("Roots\n");
    for root in ledger.roots()? {
        let clean = ledger.clean(root.number)?;
        let (open, all) = ledger.count_findings(root.number)?;
        let last =
            root.completed.map_or_else(|| "never walked whole".to_string(), |run| format!("walked whole in run {run}"));
        text.push_str(&plain(&format!(
            "  {}  {}  {}; {open} findings open of {all}; {} documents clean; {last}",
            root.name, root.path, root.filesystem, clean.documents
        )));
        text.push('\n');
    }
    text.push_str("\nRuns\n");
    for run in ledger.runs(SHOWN)? {
        let exit = run.exit.map_or_else(|| "-".to_string(), |exit| exit.to_string());
        text.push_str(&plain(&format!(
            "  {:>5}  {}  {:<8}  exit {exit:<3}  {}  {}",
            run.number,
            day(run.started),
            run.status,
            run.counts,
            run.folder
        )));
        text.push('\n');
    }
    out(&text)?;
    Ok(0)
}

/// What is known of the findings at a path, as reports write it.
fn history(ledger: &Ledger, path: &str) -> Result<i32> {
    let rows = ledger.findings_at(path)?;
    if rows.is_empty() {
        return Err(Error::Usage(format!("the ledger knows no finding at {path}; paths are as reports write them")));
    }
    let mut text = String::new();
    for row in rows {
        let FindingRow { id, identifier, place, protection, state, why, .. } = &row;
        let resolved = row.resolved.map_or_else(String::new, |resolved| format!(", resolved {}", day(resolved)));
        let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
        let provisional = if row.provisional { ", to be confirmed" } else { "" };
        text.push_str(&plain(&format!(
            "{id}  {}  {identifier}  {place}  {protection}  {} people  first seen {} in run {}; {state}{why} since run {}{resolved}{provisional}",
            row.path,
            row.people,
            day(row.first_seen),
            row.first_run,
            row.state_run
        )));
        text.push('\n');
        for decision in ledger.decisions_on(id, &row.series_id)? {
            text.push_str(&plain(&format!(
                "    {}  {} by {}: {} {} {}",
                day(decision.decided),
                decision.verdict,
                decision.who,
                decision.reason,
                decision.ticket,
                decision.until
            )));
            text.push('\n');
        }
    }
    out(&text)?;
    Ok(0)
}

/// Everything the ledger holds, one record a line.
fn export(ledger: &Ledger) -> Result<i32> {
    let mut text = String::new();
    let mut line = |record: serde_json::Value| -> Result<()> {
        text.push_str(&record.to_string());
        text.push('\n');
        if text.len() > 1 << 16 {
            out(&text)?;
            text.clear();
        }
        Ok(())
    };
    for run in ledger.runs(i64::MAX)? {
        line(json!({"type": "run", "number": run.number, "run_id": run.run_id, "started": utc(run.started),
            "finished": run.finished.and_then(utc), "version": run.version, "status": run.status, "exit": run.exit,
            "folder": run.folder, "manifest_sha256": run.manifest}))?;
    }
    for root in ledger.roots()? {
        line(json!({"type": "root", "name": root.name, "path": root.path, "filesystem": root.filesystem,
            "first_seen": utc(root.first_seen), "completed_run": root.completed}))?;
        ledger.each_record(root.number, |_, body, _, first_seen| {
            let Some(Event::Document(document)) = stored::from_text(body, 0) else { return Ok(()) };
            line(json!({"type": "document", "root": root.name, "locator": document.locator.parts(),
                "status": document.status.name(), "format": document.format, "bytes": document.bytes,
                "people": document.people, "first_seen": utc(first_seen)}))
        })?;
        for feed in ledger.feeds(root.number)? {
            line(
                json!({"type": "feed", "root": root.name, "series": feed.series, "state": feed.state, "why": feed.why,
                "files": feed.files, "identifiers": feed.identifiers, "first_seen": utc(feed.first_seen),
                "last_file": utc(feed.last_file)}),
            )?;
        }
    }
    ledger.each_finding(|row| {
        line(json!({"type": "finding", "id": row.id, "series_id": row.series_id, "path": row.path, "place": row.place,
            "identifier": row.identifier, "protection": row.protection, "severity": row.severity, "people": row.people,
            "readable_by": row.readable_by, "first_seen": utc(row.first_seen), "state": row.state, "why": row.why,
            "state_run": row.state_run, "open": row.open, "resolved": row.resolved.and_then(utc),
            "provisional": row.provisional}))
    })?;
    for decision in ledger.all_decisions()? {
        line(json!({"type": "decision", "target": decision.target, "verdict": decision.verdict, "who": decision.who,
            "decided": utc(decision.decided), "reason": decision.reason, "ticket": decision.ticket,
            "until": decision.until, "limits": serde_json::from_str::<serde_json::Value>(&decision.limits).ok()}))?;
    }
    out(&text)?;
    Ok(0)
}

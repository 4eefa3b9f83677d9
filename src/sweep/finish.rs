//! The end of a run. In: what the walk of each root came to. Out: findings in documents that are gone, resolved until a second run
//! says the same; what moved; feeds that did not come; the exit code. Refuses to resolve anything of a root that is not what it was.

use crate::error::Result;
use crate::gap::Reason;
use crate::ledger::Ledger;
use crate::ledger::rows::FindingRow;
use crate::ledger::stored;
use crate::scan::Event;
use crate::sweep::config::Config;
use crate::sweep::delta::Delta;
use crate::sweep::{RootState, feeds, health};

/// Ends the roots that were walked whole.
pub(super) fn roots(
    ledger: &Ledger,
    config: &Config,
    roots: &mut [RootState],
    run: i64,
    since: i64,
    now: i64,
) -> Result<()> {
    ledger.begin()?;
    for (root, swept) in roots.iter_mut().zip(&config.roots) {
        if root.status() != "complete" {
            continue;
        }
        // A share may have gone while it was walked.
        let known = ledger.roots()?.into_iter().find(|known| known.number == root.booked.number);
        if let Err(problem) = health::ground(&swept.path, known.as_ref(), root.held) {
            ledger.forget_missing(root.booked.number, run)?;
            root.problem = Some(format!("{problem} (while it was swept)"));
        }
    }
    let complete = |root: &&RootState| root.status() == "complete";
    for root in roots.iter().filter(complete) {
        for (finding, why) in ledger.findings_missed(root.booked.number, run)? {
            missed(ledger, finding, &why, (run, since, now))?;
        }
    }
    for root in roots.iter().filter(complete) {
        let number = root.booked.number;
        ledger.drop_missing(number)?;
        ledger.confirm(number, since)?;
        feeds::due(ledger, number, run, now)?;
        ledger.complete_root(number, run)?;
    }
    ledger.commit()
}

/// A finding in a document that is not there any more.
fn missed(ledger: &Ledger, finding: FindingRow, why: &str, (run, since, now): (i64, i64, i64)) -> Result<()> {
    let twins = match &finding.content {
        Some(content) if why.is_empty() => ledger.twins(content, finding.root, &finding.key)?,
        _ => Vec::new(),
    };
    let mut moved = None;
    for twin in twins.iter().filter(|twin| twin.gone_run.is_none()) {
        for other in ledger.findings_of(twin.root, &twin.key)? {
            let same = other.identifier == finding.identifier && other.place == finding.place;
            if same && other.open {
                moved.get_or_insert_with(|| other.path.clone());
                if other.state == "copied" && other.state_run > since {
                    let why = format!("as {}", finding.path);
                    // Open since it was first met, wherever that was.
                    let first_seen = finding.first_seen.min(other.first_seen);
                    ledger.put_finding(&FindingRow { state: "moved".to_string(), why, first_seen, ..other })?;
                }
            }
        }
    }
    let why = match moved {
        Some(path) => format!("moved-to {path}"),
        None if why.is_empty() => "deleted".to_string(),
        None => why.to_string(),
    };
    ledger.put_finding(&FindingRow {
        state: "resolved".to_string(),
        state_run: run,
        why,
        open: false,
        resolved: Some(now),
        provisional: true,
        ..finding
    })
}

/// The exit code, the first of the contract's list that applies.
pub(super) fn exit(
    ledger: &Ledger,
    config: &Config,
    roots: &[RootState],
    delta: &Delta,
    signal: Option<i32>,
    since: i64,
    today: &str,
) -> Result<i32> {
    if let Some(signal) = signal {
        return Ok(128 + signal);
    }
    if roots.iter().any(|root| root.problem.is_some()) {
        return Ok(2);
    }
    if delta.has_more(config.fail_on) {
        return Ok(1);
    }
    let today = today.get(..10).unwrap_or(today);
    for (number, key) in ledger.newly_blind(since)? {
        let swept = roots.iter().zip(&config.roots).find(|(root, _)| root.booked.number == number);
        let allowed = |reason: Reason| {
            swept.is_some_and(|(_, swept)| {
                swept.allowed_gaps.iter().any(|gap| gap.reason == reason && gap.ends.as_str() >= today)
            })
        };
        for body in ledger.records_of(number, &key)? {
            let gaps = match stored::from_text(&body, 0) {
                Some(Event::Document(document)) => document.gaps,
                Some(Event::Gap(gap)) => vec![gap],
                None => continue,
            };
            if gaps.iter().any(|gap| gap.class == crate::gap::Class::Blind && !allowed(gap.reason)) {
                return Ok(3);
            }
        }
    }
    Ok(0)
}

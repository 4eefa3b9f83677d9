//! What has become of findings. In: what a document holds now, and what the ledger knows of it. Out: rows of findings with
//! their new states, and what that says of the feed the document belongs to. Refuses to call anything resolved that
//! merely could not be read.

use crate::error::Result;
use crate::finding::Severity;
use crate::ledger::Ledger;
use crate::ledger::rows::{DocumentRow, FindingRow};
use crate::sweep::feeds;

/// What a document holds now.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) findings: Vec<FindingRow>,
    /// Something of it that could hold data was not read.
    pub(super) blind: bool,
    /// Something of it is encrypted.
    pub(super) encrypted: bool,
    /// It is left out because the user said so.
    pub(super) excluded: bool,
    /// Its series; empty for what is no file.
    pub(super) series: String,
    pub(super) content: Option<[u8; 16]>,
}

/// What was known before.
pub(super) struct Before<'a> {
    pub(super) old: Option<&'a DocumentRow>,
    /// The ledger knew something of the root when the run began.
    pub(super) known: bool,
    pub(super) same_content: bool,
    pub(super) same_stand: bool,
    /// No run has walked all of the root yet.
    pub(super) fresh: bool,
    pub(super) run: i64,
    /// The last run that told what it found.
    pub(super) since: i64,
    /// Seconds since 1970.
    pub(super) now: i64,
    pub(super) fail_on: Option<Severity>,
}

/// How many can read: what nobody can tell counts as more than a group.
fn width(readable_by: &str) -> u8 {
    match readable_by {
        "owner" => 0,
        "acl" | "declared" => 1,
        "group" => 2,
        "unknown" => 3,
        _ => 4,
    }
}

/// More than a tenth more.
fn grown(before: i64, now: i64) -> bool {
    i128::from(now) * 10 > i128::from(before) * 11
}

/// Names that stand in `now` and not in `before`; both joined by `+`.
fn added<'n>(before: &str, now: &'n str) -> Vec<&'n str> {
    now.split('+').filter(|name| !name.is_empty() && !before.split('+').any(|known| known == *name)).collect()
}

/// Puts the findings of the document `(root, key)` in order.
pub(super) fn judge(ledger: &Ledger, before: &Before<'_>, (root, key): (i64, &[u8]), seen: Seen) -> Result<()> {
    // Also of a document that two runs have missed, and that is there again.
    let olds = if before.known { ledger.findings_of(root, key)? } else { Vec::new() };
    let twin = match (&seen.content, before.fresh || olds.iter().any(|old| old.open) || seen.findings.is_empty()) {
        (Some(content), false) => ledger.twins(content, root, key)?.into_iter().next(),
        _ => None,
    };
    let mut first_met = Vec::new();
    for finding in &seen.findings {
        match olds.iter().find(|old| old.id == finding.id) {
            Some(old) => {
                let row = met_again(old, finding, before);
                if row != *old {
                    ledger.put_finding(&row)?;
                }
            }
            None => {
                let row = first(ledger, finding, &olds, &seen, before, twin.as_ref())?;
                ledger.put_finding(&row)?;
                first_met.push(row);
            }
        }
    }
    for old in olds.iter().filter(|old| old.open && !seen.findings.iter().any(|finding| finding.id == old.id)) {
        let row = not_met(old, &seen, before);
        if row != *old {
            ledger.put_finding(&row)?;
        }
    }
    if !seen.series.is_empty() && !seen.findings.is_empty() {
        let known = |row: &FindingRow| matches!(row.state.as_str(), "moved" | "copied");
        let elsewhere = !first_met.is_empty() && first_met.iter().all(known);
        feeds::arrived(ledger, before, root, &seen, elsewhere)?;
    }
    Ok(())
}

/// A finding that the ledger has, met again.
fn met_again(old: &FindingRow, now: &FindingRow, before: &Before<'_>) -> FindingRow {
    let severity = |name: &str| Severity::by_name(name).unwrap_or(Severity::Info);
    let (narrower, wider) =
        (width(&now.readable_by) < width(&old.readable_by), width(&now.readable_by) > width(&old.readable_by));
    let kept = FindingRow {
        first_seen: old.first_seen,
        first_run: old.first_run,
        state: old.state.clone(),
        state_run: old.state_run,
        why: old.why.clone(),
        open: old.open,
        resolved: old.resolved,
        provisional: old.provisional,
        ..now.clone()
    };
    let state = |state: &str, why: String| FindingRow {
        state: state.to_string(),
        state_run: before.run,
        why,
        open: true,
        resolved: None,
        provisional: false,
        ..kept.clone()
    };
    let counts = |row: &FindingRow| before.fail_on.is_some_and(|threshold| severity(&row.severity) >= threshold);
    if !old.open {
        return match old.why.as_str() {
            "access-narrowed" if !counts(now) => kept,
            _ if old.provisional => opened_again(kept, before.run),
            _ => state("re-appeared", String::new()),
        };
    }
    let mut why = Vec::new();
    if grown(old.people, now.people) {
        why.push(format!("{} people, {} before", now.people, old.people));
    }
    let more = added(&old.linked, &now.linked);
    if !more.is_empty() {
        why.push(format!("+{}", more.join(" +")));
    }
    if wider {
        why.push(format!("readable by {}, {} before", now.readable_by, old.readable_by));
    }
    if !why.is_empty() {
        return state("widened", why.join("; "));
    }
    if narrower && counts(old) && !counts(now) {
        return FindingRow {
            open: false,
            resolved: Some(before.now),
            provisional: true,
            ..state("resolved", "access-narrowed".to_string())
        };
    }
    match old.state.as_str() {
        "unknown" => state("open", String::new()),
        // What it had shrunk to is not what it may grow from: ten per cent every night would never be said.
        _ => FindingRow { people: old.people.max(now.people), ..kept },
    }
}

/// A finding that was taken for resolved, and is there.
pub(super) fn opened_again(finding: FindingRow, run: i64) -> FindingRow {
    FindingRow {
        state: "open".to_string(),
        state_run: run,
        why: "not resolved after all".to_string(),
        open: true,
        resolved: None,
        provisional: false,
        ..finding
    }
}

/// A finding that the ledger does not have.
fn first(
    ledger: &Ledger,
    finding: &FindingRow,
    olds: &[FindingRow],
    seen: &Seen,
    before: &Before<'_>,
    twin: Option<&DocumentRow>,
) -> Result<FindingRow> {
    let state = |state: &str, why: String| FindingRow {
        state: state.to_string(),
        state_run: before.run,
        why,
        ..finding.clone()
    };
    if before.fresh {
        return Ok(state("new", String::new()));
    }
    let was_protected = olds.iter().find(|old| {
        let same = old.path == finding.path && old.place == finding.place && old.identifier == finding.identifier;
        let gone = !seen.findings.iter().any(|now| now.id == old.id);
        same && gone && old.protection != "plaintext"
    });
    if let Some(old) = was_protected.filter(|_| finding.protection == "plaintext") {
        return Ok(state("newly-plaintext", format!("{} before", old.protection)));
    }
    if let Some(twin) = twin {
        let known = ledger.findings_of(twin.root, &twin.key)?;
        let same = known.iter().find(|row| {
            row.identifier == finding.identifier && row.place == finding.place && row.protection == finding.protection
        });
        if let Some(same) = same {
            if width(&finding.readable_by) > width(&same.readable_by) {
                let why =
                    format!("as {}, readable by {}, there by {}", same.path, finding.readable_by, same.readable_by);
                return Ok(state("widened", why));
            }
            let why = format!("as {}", same.path);
            // Whether what this run misses is gone is seen at the end of its root: until then it is a copy.
            return Ok(match twin.gone_run.is_some_and(|run| run.abs() <= before.since) {
                true => FindingRow { first_seen: same.first_seen.min(finding.first_seen), ..state("moved", why) },
                false => state("copied", why),
            });
        }
    }
    if before.old.is_some_and(|old| old.blind_run.is_some()) && !seen.blind && olds.is_empty() {
        return Ok(state("newly-readable", String::new()));
    }
    if before.old.is_none() {
        match ledger.series_people(&finding.series_id, finding.root, &finding.key)? {
            Some(most) if grown(most, finding.people) => {
                return Ok(state("widened", format!("{} people, {most} in this feed before", finding.people)));
            }
            Some(_) => return Ok(state("same-feed", String::new())),
            None => {}
        }
    }
    Ok(state("new", String::new()))
}

/// A finding that is open and was not met.
fn not_met(old: &FindingRow, seen: &Seen, before: &Before<'_>) -> FindingRow {
    let state = |state: &str, why: &str, open: bool| FindingRow {
        state: state.to_string(),
        state_run: before.run,
        why: why.to_string(),
        open,
        resolved: if open { None } else { Some(before.now) },
        provisional: !open,
        ..old.clone()
    };
    let here = || seen.findings.iter().filter(|now| now.path == old.path && now.place == old.place);
    if seen.excluded {
        state("resolved", "excluded", false)
    } else if here().any(|now| now.identifier == old.identifier && now.protection != "plaintext") {
        state("resolved", "now-masked", false)
    } else if seen.blind {
        match old.state.as_str() {
            "unknown" => old.clone(),
            _ => state("unknown", "it could not be read", true),
        }
    } else if seen.encrypted {
        state("resolved", "now-encrypted", false)
    } else if here().any(|now| now.protection == old.protection && before.same_content) {
        state("resolved", "reclassified", false)
    } else if before.same_content && !before.same_stand {
        state("resolved", "rule-changed", false)
    } else if before.same_content {
        state("resolved", "reclassified", false)
    } else {
        state("resolved", "content-changed", false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str) -> FindingRow {
        FindingRow {
            id: id.to_string(),
            people: 100,
            linked: "name+ssn".to_string(),
            readable_by: "group".to_string(),
            severity: "high".to_string(),
            protection: "plaintext".to_string(),
            state: "new".to_string(),
            state_run: 1,
            open: true,
            ..FindingRow::default()
        }
    }

    fn before() -> Before<'static> {
        let fail_on = Some(Severity::Medium);
        Before {
            old: None,
            known: true,
            same_content: false,
            same_stand: true,
            fresh: false,
            run: 2,
            since: 1,
            now: 5,
            fail_on,
        }
    }

    #[test]
    fn what_widens_is_said_and_what_stays_is_kept() {
        let old = row("F-1");
        let met = |now: FindingRow| met_again(&old, &now, &before());
        assert_eq!(met(old.clone()), old);
        let more = met(FindingRow { people: 111, ..old.clone() });
        assert_eq!((more.state.as_str(), more.why.as_str(), more.state_run), ("widened", "111 people, 100 before", 2));
        let fewer = met(FindingRow { people: 50, ..old.clone() });
        assert_eq!((fewer.state_run, fewer.people), (1, 100));
        assert_eq!(met(FindingRow { linked: "name+phone+ssn".to_string(), ..old.clone() }).why, "+phone");
        let world = met(FindingRow { readable_by: "world".to_string(), ..old.clone() });
        assert_eq!(world.why, "readable by world, group before");
        let narrow = FindingRow { readable_by: "owner".to_string(), severity: "low".to_string(), ..old.clone() };
        let narrowed = met(narrow.clone());
        assert_eq!((narrowed.open, narrowed.why.as_str()), (false, "access-narrowed"));
        assert_eq!(met_again(&narrowed, &narrow, &before()), narrowed, "and stays so");
        let confirmed = FindingRow { provisional: false, ..narrowed };
        assert_eq!(met_again(&confirmed, &old, &before()).state, "re-appeared");
    }

    #[test]
    fn what_was_not_met_is_resolved_only_if_it_could_have_been() {
        let old = row("F-1");
        let gone = |seen: Seen, before: Before<'_>| {
            let row = not_met(&old, &seen, &before);
            (row.state, row.why, row.open, row.provisional)
        };
        let resolved = |why: &str| ("resolved".to_string(), why.to_string(), false, true);
        assert_eq!(gone(Seen::default(), before()), resolved("content-changed"));
        assert_eq!(gone(Seen { excluded: true, ..Seen::default() }, before()), resolved("excluded"));
        assert_eq!(gone(Seen { encrypted: true, ..Seen::default() }, before()), resolved("now-encrypted"));
        let blind = gone(Seen { blind: true, ..Seen::default() }, before());
        assert_eq!((blind.0.as_str(), blind.2), ("unknown", true));
        let masked = FindingRow { protection: "masked".to_string(), ..row("F-2") };
        assert_eq!(gone(Seen { findings: vec![masked], ..Seen::default() }, before()), resolved("now-masked"));
        let same = |same_stand| Before { same_content: true, same_stand, ..before() };
        assert_eq!(gone(Seen::default(), same(false)), resolved("rule-changed"));
        assert_eq!(gone(Seen::default(), same(true)), resolved("reclassified"));
        let other = FindingRow { identifier: "mbi".to_string(), ..row("F-3") };
        assert_eq!(gone(Seen { findings: vec![other], ..Seen::default() }, same(false)), resolved("reclassified"));
    }
}

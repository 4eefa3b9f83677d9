//! Feeds: series of documents that come again and again. In: documents with findings as they come, and the end of a root. Out:
//! rows that say `new feed`, `same feed, new file`, `feed changed`, `feed late`, `feed ended`. Refuses to call a feed late
//! that has not come often enough to have a pace.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::ledger::Ledger;
use crate::ledger::standing::FeedRow;
use crate::sweep::judged::{Before, Seen};

/// A feed has a pace once it came so often.
const ARRIVALS: i64 = 3;

/// A day, seconds.
const DAY: f64 = 86_400.0;

/// Late is what did not come within so many of its intervals, and a day: weekends and month ends are no news.
const LATE: f64 = 1.5;

/// Ended is what did not come within so many.
const ENDED: f64 = 4.0;

/// How much the last interval counts in the pace.
const NEWEST: f64 = 0.3;

/// A document of a feed was read, and holds something. `elsewhere`: all of that is known from another document: a copy, or the
/// same file by another name, begins no feed.
pub(super) fn arrived(ledger: &Ledger, before: &Before<'_>, root: i64, seen: &Seen, elsewhere: bool) -> Result<()> {
    let found: BTreeSet<&str> = seen.findings.iter().map(|finding| finding.identifier.as_str()).collect();
    let people = seen.findings.iter().map(|finding| finding.people).max().unwrap_or(0);
    let new_file = before.old.is_none();
    let Some(old) = ledger.feed(root, &seen.series)? else {
        if elsewhere {
            return Ok(());
        }
        return ledger.put_feed(&FeedRow {
            root,
            series: seen.series.clone(),
            first_seen: before.now,
            first_run: before.run,
            last_file: before.now,
            last_run: before.run,
            arrivals: 1,
            files: 1,
            pace: 0.0,
            identifiers: found.into_iter().collect::<Vec<_>>().join("+"),
            people,
            state: "new feed".to_string(),
            state_run: before.run,
            why: String::new(),
        });
    };
    let known: BTreeSet<&str> = old.identifiers.split('+').filter(|name| !name.is_empty()).collect();
    let more: Vec<&str> = found.iter().copied().filter(|name| !known.contains(name)).collect();
    let all: Vec<&str> = known.union(&found).copied().collect();
    let mut feed = FeedRow { identifiers: all.join("+"), people: old.people.max(people), ..old.clone() };
    if new_file {
        feed.files += 1;
        if old.last_run != before.run {
            let interval = (before.now - old.last_file).max(0) as f64;
            feed.pace = if old.pace == 0.0 { interval } else { old.pace * (1.0 - NEWEST) + interval * NEWEST };
            feed.arrivals += 1;
            feed.last_run = before.run;
        }
        feed.last_file = before.now;
    }
    // What is loudest stays: in the run in which a feed is new, nothing about it is changed.
    let said = |state: &str| old.state_run == before.run && old.state == state;
    if old.first_run == before.run {
        feed.state_run = before.run;
    } else if !more.is_empty() {
        let already = if said("feed changed") { old.why.as_str() } else { "" };
        let why: Vec<String> = more.iter().map(|name| format!("+{name}")).collect();
        feed.why = [already, &why.join(" ")].join(" ").trim().to_string();
        feed.state = "feed changed".to_string();
        feed.state_run = before.run;
    } else if new_file && !said("feed changed") {
        feed.state = "same feed, new file".to_string();
        feed.why = String::new();
        feed.state_run = before.run;
    }
    if feed != old { ledger.put_feed(&feed) } else { Ok(()) }
}

/// At the end of a root that was walked whole: feeds that should have come.
pub(super) fn due(ledger: &Ledger, root: i64, run: i64, now: i64) -> Result<()> {
    for feed in ledger.feeds(root)? {
        let silent = (now - feed.last_file) as f64;
        if feed.arrivals < ARRIVALS || feed.pace <= 0.0 {
            continue;
        }
        let state = match silent {
            silent if silent > feed.pace * ENDED + DAY => "feed ended",
            silent if silent > feed.pace * LATE + DAY => "feed late",
            _ => continue,
        };
        if feed.state != state && feed.state != "feed ended" {
            let why = format!("{:.0} days; {:.0} between files before", silent / DAY, (feed.pace / DAY).max(1.0));
            ledger.put_feed(&FeedRow { state: state.to_string(), state_run: run, why, ..feed })?;
        }
    }
    Ok(())
}

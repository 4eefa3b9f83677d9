//! What has changed since the last run that told anything. In: a ledger. Out: a delta, as text for people, as JSON Lines, and as
//! one object for a program that is notified. Refuses nothing; no value of a person is in it, since none is in a ledger.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

use serde::Serialize;

use crate::error::Result;
use crate::finding::Severity;
use crate::ledger::Ledger;
use crate::ledger::rows::FindingRow;
use crate::report::utc;
use crate::report::words::plain;
use crate::sweep::stands::AtRules;

/// States of findings that say that there is more than before.
pub(super) const MORE: [&str; 5] = ["new", "re-appeared", "widened", "newly-readable", "newly-plaintext"];

/// What closes a finding and is no fix.
const NO_FIX: [&str; 4] = ["rule-changed", "excluded", "reclassified", "root-removed"];

/// Findings that are told in the text for people, of each state.
const SHOWN: usize = 20;

/// What has changed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Delta {
    /// Names the run.
    pub run_id: String,
    /// UTC.
    pub started: String,
    /// `complete`; `incomplete` where a root could not be swept; `window`, `stopped` where the run ended early.
    pub status: String,
    /// The exit code.
    pub exit: i32,
    /// What happened to each root.
    pub roots: Vec<RootDelta>,
    /// Feeds that came, changed, or did not come.
    pub feeds: Vec<FeedDelta>,
    /// Findings whose state has changed.
    pub findings: Vec<FindingDelta>,
    /// Findings by state; `open` are those that stand as they stood.
    pub states: BTreeMap<String, u64>,
    /// Findings that somebody has accepted: they are told, and give no exit code.
    pub accepted: u64,
    /// Findings that the agreement of their root does not name.
    pub not_agreed: u64,
    /// Findings in documents that lie longer than their root keeps them.
    pub past_retention: u64,
    /// Claims of a fix that did not hold.
    pub claims_refuted: u64,
    /// Paths that could be read before, or were not there, and cannot be read now.
    pub newly_blind: Vec<String>,
    /// How much stands at which rules, those of now first.
    pub rulesets: Vec<AtRules>,
}

/// A root in a run.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct RootDelta {
    pub root: String,
    pub vendor: String,
    pub responsible: String,
    pub covered_entity: String,
    /// `complete`, `unfinished`, `failed`.
    pub status: String,
    /// Why it failed.
    pub message: String,
    pub files: u64,
    /// Files that are as they were, and were not read.
    pub unchanged: u64,
    /// Files that somebody may still write to; they are read in a later run.
    pub waiting: u64,
}

/// A feed.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct FeedDelta {
    pub state: String,
    pub why: String,
    pub root: String,
    pub series: String,
    pub files: i64,
    pub people: i64,
    pub identifiers: Vec<String>,
}

/// A finding.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct FindingDelta {
    pub state: String,
    /// What made it so; of one that is resolved, by what.
    pub why: String,
    pub root: String,
    pub id: String,
    pub series_id: String,
    pub path: String,
    pub place: String,
    pub identifier: String,
    pub protection: String,
    pub severity: String,
    pub people: i64,
    pub readable_by: String,
    pub first_seen: Option<String>,
    pub days_open: u64,
    /// Until a second run has seen that it is resolved.
    #[serde(skip_serializing_if = "is_false")]
    pub provisional: bool,
    /// It is not open any more, and nobody has mended anything.
    #[serde(skip_serializing_if = "is_false")]
    pub no_fix: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub accepted: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// Whole days between two times, seconds.
pub(super) fn days(from: i64, to: i64) -> u64 {
    u64::try_from((to - from) / 86_400).unwrap_or(0)
}

/// Puts into `delta` what has changed after run number `since`; `names` are of roots by number.
pub(super) fn gather(
    delta: &mut Delta,
    ledger: &Ledger,
    (since, now): (i64, i64),
    names: &HashMap<i64, String>,
    accepted: &HashSet<String>,
) -> Result<()> {
    let name = |root: i64| names.get(&root).cloned().unwrap_or_default();
    for feed in ledger.feeds_changed(since)? {
        delta.feeds.push(FeedDelta {
            state: feed.state,
            why: feed.why,
            root: name(feed.root),
            series: feed.series,
            files: feed.files,
            people: feed.people,
            identifiers: feed.identifiers.split('+').map(str::to_string).collect(),
        });
    }
    for row in ledger.findings_changed(since)? {
        let accepted = accepted.contains(&row.id);
        delta.findings.push(finding(row, name, now, accepted));
    }
    let order = |state: &str| ORDER.iter().position(|(known, _)| *known == state).unwrap_or(ORDER.len());
    let severity = |name: &str| std::cmp::Reverse(Severity::by_name(name));
    delta.findings.sort_by(|a, b| {
        (order(&a.state), severity(&a.severity), &a.root, &a.path, &a.id).cmp(&(
            order(&b.state),
            severity(&b.severity),
            &b.root,
            &b.path,
            &b.id,
        ))
    });
    delta.feeds.sort_by_key(|feed| FEEDS.iter().position(|state| *state == feed.state));
    for finding in delta.findings.iter().filter(|finding| finding.state == "resolved") {
        *delta.states.entry("resolved".to_string()).or_default() += 1;
        if finding.no_fix {
            *delta.states.entry("closed, no fix".to_string()).or_default() += 1;
        }
    }
    for (root, key) in ledger.newly_blind(since)? {
        let path = String::from_utf8_lossy(&super::merge::path_of(&key)).into_owned();
        delta.newly_blind.push(format!("{}/{path}", name(root)));
    }
    Ok(())
}

fn finding(row: FindingRow, name: impl Fn(i64) -> String, now: i64, accepted: bool) -> FindingDelta {
    FindingDelta {
        no_fix: !row.open && NO_FIX.contains(&row.why.as_str()),
        days_open: days(row.first_seen, row.resolved.unwrap_or(now)),
        root: name(row.root),
        state: row.state,
        why: row.why,
        id: row.id,
        series_id: row.series_id,
        path: row.path,
        place: row.place,
        identifier: row.identifier,
        protection: row.protection,
        severity: row.severity,
        people: row.people,
        readable_by: row.readable_by,
        first_seen: utc(row.first_seen),
        provisional: row.provisional,
        accepted,
    }
}

/// States as they are told, loudest first.
const ORDER: [(&str, &str); 11] = [
    ("newly-plaintext", "in plain text now"),
    ("new", "new"),
    ("re-appeared", "there again"),
    ("widened", "widened"),
    ("newly-readable", "could not be read before"),
    ("same-feed", "in new files of known feeds"),
    ("copied", "copies of known files"),
    ("moved", "moved"),
    ("unknown", "could not be read now"),
    ("resolved", "resolved"),
    ("open", "open again"),
];

const FEEDS: [&str; 5] = ["feed changed", "new feed", "feed late", "feed ended", "same feed, new file"];

impl Delta {
    /// What concerns the roots that one person answers for.
    pub(super) fn of(&self, responsible: &str) -> Delta {
        let roots: Vec<RootDelta> = self.roots.iter().filter(|root| root.responsible == responsible).cloned().collect();
        let theirs = |name: &str| roots.iter().any(|root| root.root == name);
        let findings: Vec<FindingDelta> =
            self.findings.iter().filter(|finding| theirs(&finding.root)).cloned().collect();
        let mut states: BTreeMap<String, u64> = BTreeMap::new();
        findings.iter().for_each(|finding| *states.entry(finding.state.clone()).or_default() += 1);
        let blind = |path: &&String| roots.iter().any(|root| path.starts_with(&format!("{}/", root.root)));
        Delta {
            feeds: self.feeds.iter().filter(|feed| theirs(&feed.root)).cloned().collect(),
            newly_blind: self.newly_blind.iter().filter(blind).cloned().collect(),
            // Counted over all roots: not theirs to be told.
            accepted: 0,
            not_agreed: 0,
            past_retention: 0,
            claims_refuted: 0,
            rulesets: Vec::new(),
            findings,
            states,
            roots,
            ..self.clone()
        }
    }

    /// Whether anything at or above the threshold is more than before.
    pub(super) fn has_more(&self, fail_on: Option<Severity>) -> bool {
        let counts = |finding: &&FindingDelta| {
            let severity = Severity::by_name(&finding.severity);
            MORE.contains(&finding.state.as_str()) && !finding.accepted && fail_on.is_some_and(|t| severity >= Some(t))
        };
        self.findings.iter().any(|finding| counts(&finding))
    }

    /// One record a line: `sweep`, `root`, `feed`, `change`.
    pub fn lines(&self) -> String {
        #[derive(Serialize)]
        struct Line<'a, T> {
            r#type: &'static str,
            #[serde(flatten)]
            record: &'a T,
        }
        fn line<T: Serialize>(text: &mut String, r#type: &'static str, record: &T) {
            text.push_str(&serde_json::to_string(&Line { r#type, record }).unwrap_or_default());
            text.push('\n');
        }
        let mut text = String::new();
        let head = Delta { roots: Vec::new(), feeds: Vec::new(), findings: Vec::new(), ..self.clone() };
        line(&mut text, "sweep", &head);
        self.roots.iter().for_each(|root| line(&mut text, "root", root));
        self.feeds.iter().for_each(|feed| line(&mut text, "feed", feed));
        self.findings.iter().for_each(|finding| line(&mut text, "change", finding));
        text
    }

    /// For people: the loudest first.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "Sweep {} of {}: {}", self.run_id, self.started, self.status);
        for root in &self.roots {
            let message = if root.message.is_empty() { String::new() } else { format!(": {}", root.message) };
            let waiting = match root.waiting {
                0 => String::new(),
                count => format!(", {count} not read yet: somebody may still write to them"),
            };
            let _ = writeln!(
                text,
                "  {}  {}{message}; {} files, {} unchanged{waiting}",
                root.root, root.status, root.files, root.unchanged
            );
        }
        if !self.feeds.is_empty() {
            let _ = writeln!(text, "\nFeeds");
            for feed in self.feeds.iter().take(SHOWN) {
                let why = if feed.why.is_empty() { String::new() } else { format!(": {}", feed.why) };
                let _ = writeln!(text, "  {}{why}  {} ({} files)", feed.state, plain(&feed.series), feed.files);
            }
            rest(&mut text, self.feeds.len());
        }
        for (state, words) in ORDER {
            let of: Vec<&FindingDelta> = self.findings.iter().filter(|finding| finding.state == state).collect();
            if of.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\nFindings {words}: {}", of.len());
            for finding in of.iter().take(SHOWN) {
                let FindingDelta { severity, identifier, people, path, place, why, .. } = finding;
                let why = if why.is_empty() { String::new() } else { format!("  ({why})") };
                let marks = match (finding.provisional, finding.no_fix, finding.accepted) {
                    (_, true, _) => "  no fix",
                    (true, ..) => "  to be confirmed",
                    (_, _, true) => "  accepted",
                    _ => "",
                };
                let _ = writeln!(
                    text,
                    "  {severity:<8} {identifier:<14} {people:>9}  {}  {}{}{marks}",
                    plain(path),
                    plain(place),
                    plain(&why)
                );
            }
            rest(&mut text, of.len());
        }
        let states: Vec<String> = self.states.iter().map(|(state, n)| format!("{n} {state}")).collect();
        let _ = writeln!(
            text,
            "\nFindings by state: {}",
            if states.is_empty() { "none".to_string() } else { states.join(", ") }
        );
        for (n, words) in [
            (self.accepted, "accepted"),
            (self.not_agreed, "not in the agreement"),
            (self.past_retention, "in documents kept longer than agreed"),
            (self.claims_refuted, "said to be fixed, and still there"),
        ] {
            if n > 0 {
                let _ = writeln!(text, "  {n} {words}");
            }
        }
        if !self.newly_blind.is_empty() {
            let _ = writeln!(text, "Not read now, or only in part, and no gap before: {}", self.newly_blind.len());
            for path in self.newly_blind.iter().take(SHOWN) {
                let _ = writeln!(text, "  {}", plain(path));
            }
            rest(&mut text, self.newly_blind.len());
        }
        if self.rulesets.iter().any(|share| !share.now) {
            let _ = writeln!(text, "\nRead by which rules");
            for share in &self.rulesets {
                let what = match (share.now, share.to_read_again) {
                    (true, _) => ", those of now".to_string(),
                    (false, 0) => ": nothing that has changed since touches them".to_string(),
                    (false, n) => format!(", {n} still to be read again ({} bytes)", share.bytes_to_read_again),
                };
                let _ =
                    writeln!(text, "  {}  {} documents, {} bytes{what}", share.ruleset, share.documents, share.bytes);
            }
        }
        text
    }
}

fn rest(text: &mut String, count: usize) {
    if count > SHOWN {
        let _ = writeln!(text, "  and {} more: delta.jsonl", count - SHOWN);
    }
}

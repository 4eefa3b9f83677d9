//! `worklist.csv`: rows a person decides on. In: groups of findings. Out: one row each, the last columns empty: they are for
//! the decision, which `phisweep triage import` reads back. Refuses nothing.

use crate::report::csv::rows::About;
use crate::report::csv::sheet::Row;
use crate::report::worklist::{Group, names};

/// Columns of `worklist.csv`; the last five are filled in by whoever decides.
pub(super) const WORKLIST: &[&str] = &[
    "worklist_id",
    "severity",
    "confidence",
    "class",
    "root",
    "series",
    "identifiers",
    "protection",
    "documents",
    "findings",
    "matches",
    "people_at_least",
    "people_at_most",
    "readable_by",
    "action_hint",
    "worst_path",
    "example_documents",
    "first_modified_utc",
    "last_modified_utc",
    "decided",
    "note",
    "run_id",
    "disposition",
    "ticket",
    "who",
    "until",
    "reason",
];

/// What stands in `note` where a row stands for more feeds than one.
const MANY: &str = "many feeds: for rows to decide on, scan this folder by itself";

pub(super) fn row(about: &About, group: &Group) -> Row {
    let (worst, others) = match group.examples.split_first() {
        Some((worst, others)) => (worst.as_str(), others.join("; ")),
        None => ("", String::new()),
    };
    let decided = match &group.decided {
        Some((_, decision)) if group.accepted > 0 && !group.is_accepted() => {
            format!("{} of {} findings: {decision}", group.accepted, group.findings)
        }
        Some((_, decision)) => decision.clone(),
        None => String::new(),
    };
    Row::default()
        .text(&group.id)
        .text(group.severity.name())
        .text(group.confidence.name())
        .text(group.class.name())
        .text(&group.root)
        .text(&group.series)
        .text(&names(&group.identifiers))
        .text(group.protection.name())
        .number(group.documents)
        .number(group.findings)
        .number(group.matches)
        .number(group.people_least)
        .number(group.people_most)
        .text(group.readable_by.name())
        .text(group.action_hint)
        .text(worst)
        .text(&others)
        .time(group.modified.map(|(first, _)| first))
        .time(group.modified.map(|(_, last)| last))
        .text(&decided)
        .text(if group.id.is_empty() { MANY } else { "" })
        .text(&about.run_id)
        .empty(5)
}

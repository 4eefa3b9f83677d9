//! What has changed, and how it went from run to run. In: findings by state, those that are open no more, the last runs of a
//! sweep, the oldest first. Out: a list, and a table with a bar for each run. Refuses nothing: after a scan, and of fewer than two
//! runs, nothing is drawn.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::report::html::charts::plain_bar;
use crate::report::words::{count, thousands};

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// When it began, UTC.
    pub(crate) started: String,
    /// Findings that were open.
    pub(crate) open: u64,
    /// People, as its summary has them.
    pub(crate) people: u64,
}

/// Findings that are open no more since the last run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Closed {
    /// Somebody has mended something, as far as that can be seen.
    pub(crate) resolved: u64,
    /// Nobody has: rules, what is swept, or how it is called has changed.
    pub(crate) no_fix: u64,
}

/// States of findings as people say them, the loudest first.
const STATES: [(&str, &str); 10] = [
    ("newly-plaintext", "in plain text now, and were not before"),
    ("new", "new"),
    ("re-appeared", "there again"),
    ("widened", "of more people, with more beside them, or for more readers"),
    ("newly-readable", "in documents that could not be read before"),
    ("same-feed", "in new files of known feeds"),
    ("copied", "in copies of known files"),
    ("moved", "moved"),
    ("unknown", "in documents that could not be read now"),
    ("open", "as before"),
];

fn told(states: &BTreeMap<&'static str, u64>, closed: Closed) -> Vec<(u64, &'static str)> {
    let open = STATES.iter().filter_map(|(state, words)| Some((*states.get(state)?, *words)));
    let closed = [(closed.resolved, "resolved"), (closed.no_fix, "closed, although nobody has mended anything")];
    open.chain(closed.into_iter().filter(|(n, _)| *n > 0)).collect()
}

/// What has changed, in one clause; `None` after a scan.
pub(super) fn changes(states: &BTreeMap<&'static str, u64>, closed: Closed) -> Option<String> {
    let told: Vec<String> =
        told(states, closed).iter().map(|(n, words)| format!("{} {words}", thousands(*n))).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// The section that says what has changed.
pub(super) fn changed(states: &BTreeMap<&'static str, u64>, closed: Closed) -> Markup {
    let told = told(states, closed);
    html! {
        @if !told.is_empty() {
            section aria-labelledby="changed" {
                h2 id="changed" { "What has changed" }
                ul { @for (n, words) in &told { li { (count(*n, "finding", "findings")) " " (words) } } }
            }
        }
    }
}

/// The section of the last runs.
pub(super) fn section(points: &[Point]) -> Markup {
    let most = |value: fn(&Point) -> u64| points.iter().map(value).max().unwrap_or(0);
    let (open, people) = (most(|point| point.open), most(|point| point.people));
    html! {
        @if points.len() > 1 {
            section aria-labelledby="trend" {
                h2 id="trend" { "From run to run" }
                div.scroll tabindex="0" role="region" aria-labelledby="trend" {
                    table {
                        thead { tr { th scope="col" { "Run" } th scope="col" { "Findings open" } th scope="col" {} th scope="col" { "Individuals" } th scope="col" {} } }
                        tbody {
                            @for point in points {
                                tr {
                                    th scope="row" { (point.started) }
                                    td.bar { (plain_bar(point.open, open, &format!("{} findings open", thousands(point.open)))) }
                                    td.n { (thousands(point.open)) }
                                    td.bar { (plain_bar(point.people, people, &format!("{} individuals", thousands(point.people)))) }
                                    td.n { (thousands(point.people)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_changed_is_told_the_loudest_first() {
        assert_eq!(changes(&BTreeMap::new(), Closed::default()), None);
        let states = BTreeMap::from([("open", 75), ("new", 4), ("newly-plaintext", 1)]);
        let closed = Closed { resolved: 2, no_fix: 0 };
        assert_eq!(
            changes(&states, closed).as_deref(),
            Some("1 in plain text now, and were not before; 4 new; 75 as before; 2 resolved")
        );
        let text = changed(&states, closed).into_string();
        assert!(
            text.contains("<li>1 finding in plain text now") && text.contains("<li>75 findings as before"),
            "{text}"
        );
    }

    #[test]
    fn bars_are_drawn_from_two_runs_on() {
        let point = |day: u32, open| Point { started: format!("2026-11-{day}T02:00:00Z"), open, people: open * 100 };
        assert!(section(&[point(20, 3)]).into_string().is_empty());
        let text = section(&[point(20, 4), point(21, 0), point(22, 2)]).into_string();
        assert_eq!(text.matches("<svg").count(), 6);
        assert_eq!(text.matches("<rect").count(), 4, "nothing is no bar: {text}");
        assert!(text.contains("width=\"500.0\"") && text.contains("400"), "{text}");
    }
}

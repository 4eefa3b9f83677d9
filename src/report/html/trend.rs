//! How it went from run to run. In: the last runs of a sweep, the oldest first. Out: a table with a bar for each. Refuses nothing:
//! of fewer than two runs nothing is drawn.

use maud::{Markup, html};

use crate::report::html::charts::plain_bar;
use crate::report::words::thousands;

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

/// The section of the page.
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
    fn bars_are_drawn_from_two_runs_on() {
        let point = |day: u32, open| Point { started: format!("2026-11-{day}T02:00:00Z"), open, people: open * 100 };
        assert!(section(&[point(20, 3)]).into_string().is_empty());
        let text = section(&[point(20, 4), point(21, 0), point(22, 2)]).into_string();
        assert_eq!(text.matches("<svg").count(), 6);
        assert_eq!(text.matches("<rect").count(), 4, "nothing is no bar: {text}");
        assert!(text.contains("width=\"500.0\"") && text.contains("400"), "{text}");
    }
}

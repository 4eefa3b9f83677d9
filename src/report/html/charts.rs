//! Counts → drawings as inline SVG. In: counts and what the longest stands for. Out: markup that takes its colours from
//! the page's style. Refuses nothing: nothing of nothing is an empty drawing.

use maud::{Markup, html};

use crate::finding::Severity;
use crate::report::html::sums::BySeverity;
use crate::report::words::thousands;

/// Severities, the worst first, as charts and lists show them.
pub(super) const WORST_FIRST: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// Units across a drawing.
const WIDTH: f64 = 1000.0;

/// What is drawn at least, so that one of a million is seen.
const LEAST: f64 = 6.0;

/// A bar of counts by severity, as long as its share of `longest`.
pub(super) fn bar(counts: &BySeverity, longest: u64) -> Markup {
    let mut x = 0.0;
    let mut parts = Vec::new();
    for severity in WORST_FIRST {
        let count = counts[severity as usize];
        if count > 0 {
            let width = share(count, longest);
            parts.push((x, width, severity as usize));
            x += width;
        }
    }
    html! {
        svg role="img" aria-label=(in_words(counts)) viewBox={"0 0 " (WIDTH) " 14"} preserveAspectRatio="none" {
            @for (x, width, severity) in parts {
                rect x=(format!("{x:.1}")) y="0" width=(format!("{width:.1}")) height="14" class={"s" (severity)} {}
            }
        }
    }
}

/// A bar of one count.
pub(super) fn plain_bar(count: u64, longest: u64, label: &str) -> Markup {
    html! {
        svg role="img" aria-label=(label) viewBox={"0 0 " (WIDTH) " 14"} preserveAspectRatio="none" {
            @if count > 0 {
                rect x="0" y="0" width=(format!("{:.1}", share(count, longest))) height="14" class="s1" {}
            }
        }
    }
}

/// `2 critical, 1 low`
pub(super) fn in_words(counts: &BySeverity) -> String {
    let words = WORST_FIRST.into_iter().filter(|severity| counts[*severity as usize] > 0);
    let words: Vec<String> =
        words.map(|severity| format!("{} {severity}", thousands(counts[severity as usize]))).collect();
    words.join(", ")
}

fn share(count: u64, longest: u64) -> f64 {
    (count as f64 / longest.max(1) as f64 * WIDTH).clamp(LEAST, WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_shares_of_the_longest() {
        let text = bar(&[0, 0, 10, 0, 30], 40).into_string();
        assert!(
            text.contains("x=\"0.0\" y=\"0\" width=\"750.0\"") && text.contains("x=\"750.0\" y=\"0\" width=\"250.0\"")
        );
        assert!(text.contains("30 critical, 10 medium"));
        assert!(plain_bar(1, 1_000_000, "one").into_string().contains("width=\"6.0\""));
        assert!(!plain_bar(0, 0, "none").into_string().contains("<rect"));
    }
}

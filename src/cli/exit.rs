//! The whole exit-code policy. In: what happened in a run, and what the user said counts. Out: one number. Refuses
//! nothing.

use crate::finding::{Document, Severity};
use crate::gap::{Class, Gap, Reason};
use crate::scan::Event;

/// Could not run, or a requested output is incomplete.
pub(super) const FAILED: i32 = 2;

/// What the user said counts.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    /// Severity from which a listed finding gives 1; `None` for never.
    pub(super) fail_on: Option<Severity>,
    /// Reasons whose gaps do not count.
    pub(super) allow_gaps: Vec<Reason>,
    /// Gaps of every class count, not only blind ones.
    pub(super) strict: bool,
}

/// What happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// The signal that ended the run early.
    pub(super) signal: Option<i32>,
    /// An output that was asked for is not whole.
    pub(super) incomplete_output: bool,
    worst: Option<Severity>,
    gaps: u64,
}

impl Tally {
    pub(super) fn event(&mut self, event: &Event, policy: &Policy) {
        match event {
            Event::Document(document) => self.document(document, policy),
            Event::Gap(gap) => self.gap(gap, policy),
        }
    }

    fn document(&mut self, document: &Document, policy: &Policy) {
        // Test values and a provider's own data have severity `info`, below every threshold there is.
        let worst =
            document.findings.iter().filter(|f| f.listed && !f.decision.accepted).map(|finding| finding.severity).max();
        self.worst = self.worst.max(worst);
        document.gaps.iter().for_each(|gap| self.gap(gap, policy));
    }

    fn gap(&mut self, gap: &Gap, policy: &Policy) {
        let counts = policy.strict || gap.class == Class::Blind;
        if counts && !policy.allow_gaps.contains(&gap.reason) {
            self.gaps += 1;
        }
    }

    /// The exit code: the first of the contract's list that applies.
    pub(super) fn code(&self, policy: &Policy) -> i32 {
        let threshold_reached = match (policy.fail_on, self.worst) {
            (Some(threshold), Some(worst)) => worst >= threshold,
            _ => false,
        };
        match self.signal {
            Some(signal) => 128 + signal,
            None if self.incomplete_output => FAILED,
            None if threshold_reached => 1,
            None if self.gaps > 0 => 3,
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn finding(severity: Severity, listed: bool) -> Event {
        let mut document = samples::document();
        document.findings.truncate(1);
        document.findings[0].severity = severity;
        document.findings[0].listed = listed;
        Event::Document(Box::new(document))
    }

    fn gap(reason: Reason) -> Event {
        Event::Gap(samples::gap("x", reason))
    }

    #[test]
    fn the_first_that_applies_wins() {
        use Severity::*;
        let default = Policy { fail_on: Some(Medium), allow_gaps: Vec::new(), strict: false };
        let never = Policy { fail_on: None, ..default.clone() };
        let critical = Policy { fail_on: Some(Critical), ..default.clone() };
        let low = Policy { fail_on: Some(Low), ..default.clone() };
        let allow = Policy { allow_gaps: vec![Reason::Unsupported], ..default.clone() };
        let strict = Policy { strict: true, ..default.clone() };
        let both = Policy { allow_gaps: vec![Reason::NoRecords], ..strict.clone() };
        for (name, policy, signal, incomplete, events, expected) in [
            ("nothing", &default, None, false, vec![], 0),
            ("a finding at the threshold", &default, None, false, vec![finding(Medium, true)], 1),
            ("one below it", &default, None, false, vec![finding(Low, true)], 0),
            ("one that is not listed", &default, None, false, vec![finding(Critical, false)], 0),
            ("test values and providers", &low, None, false, vec![finding(Info, true)], 0),
            ("--fail-on never", &never, None, false, vec![finding(Critical, true)], 0),
            ("--fail-on critical", &critical, None, false, vec![finding(High, true)], 0),
            ("a blind gap", &default, None, false, vec![gap(Reason::Unsupported)], 3),
            ("a finding before a gap", &default, None, false, vec![gap(Reason::Denied), finding(High, true)], 1),
            ("a gap and --fail-on never", &never, None, false, vec![gap(Reason::Denied), finding(High, true)], 3),
            ("an allowed gap", &allow, None, false, vec![gap(Reason::Unsupported)], 0),
            ("another gap", &allow, None, false, vec![gap(Reason::Denied)], 3),
            ("strong encryption", &default, None, false, vec![gap(Reason::Encrypted)], 0),
            ("no records", &default, None, false, vec![gap(Reason::NoRecords)], 0),
            ("strict about encryption", &strict, None, false, vec![gap(Reason::Encrypted)], 3),
            ("strict about no records", &strict, None, false, vec![gap(Reason::NoRecords)], 3),
            ("strict, but allowed", &both, None, false, vec![gap(Reason::NoRecords)], 0),
            ("a report that is not whole", &default, None, true, vec![finding(High, true)], 2),
            ("interrupted", &default, Some(2), true, vec![finding(High, true)], 130),
            ("told to stop", &default, Some(15), false, vec![], 143),
        ] {
            let mut tally = Tally { signal, incomplete_output: incomplete, ..Tally::default() };
            for event in &events {
                tally.event(event, policy);
            }
            assert_eq!(tally.code(policy), expected, "{name}");
        }
    }

    #[test]
    fn gaps_inside_a_document_count() {
        let policy = Policy { fail_on: None, allow_gaps: Vec::new(), strict: false };
        let mut document = samples::document();
        document.gaps.push(samples::gap("a.zip", Reason::Malformed));
        let mut tally = Tally::default();
        tally.event(&Event::Document(Box::new(document)), &policy);
        assert_eq!(tally.code(&policy), 3);
    }
}

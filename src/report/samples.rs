//! Invented documents for the tests of the reports. No value in them is anybody's.

use std::path::{Path, PathBuf};

use crate::finding::*;
use crate::gap::{Gap, Reason};
use crate::identifier::Identifier;
use crate::judge::people::{Of, People};
use crate::locator::Locator;
use crate::scan::Run;

/// A run over one root called `drop`.
pub(crate) fn run() -> Run {
    Run {
        run_id: "R-20261122T010203Z-00000000".to_string(),
        version: "0.1.0",
        ruleset: "r".to_string(),
        started: "2026-11-22T01:02:03Z".to_string(),
        host: "host".to_string(),
        roots: vec![Root {
            name: "drop".to_string(),
            path: PathBuf::from("/drop"),
            filesystem: "ext4".to_string(),
            ..Root::default()
        }],
        options: serde_json::Map::new(),
    }
}

/// A critical finding of SSNs in a column.
pub(crate) fn finding() -> Finding {
    Finding {
        id: "F-0000000000000001".to_string(),
        series_id: "S-0000000000000001".to_string(),
        identifier: Identifier::SSN,
        rules: vec!["us.ssn".to_string()],
        place: Place::Column { name: Some("ssn".to_string()), index: 5 },
        subject: Subject::Patient,
        matches: 1171,
        test_values: 0,
        distinct: 1171,
        distinct_exact: true,
        records: 1171,
        people: 1171,
        confidence: Confidence::Certain,
        probability: 0.999_94,
        severity: Severity::Critical,
        severity_reason: "name+ssn+birth-date on 1,171 records, plaintext, world-readable".to_string(),
        protection: Protection::Plaintext,
        evidence: vec!["field ssn".to_string(), "column 1171/1171 valid".to_string()],
        first: Position { record: 1, line: 2, column: 40 },
        picture: "999-99-9999".to_string(),
        linked_with: vec!["birth-date", "name"],
        action_hint: "restrict-access",
        listed: true,
        decision: Default::default(),
        history: Default::default(),
    }
}

/// One match of [`finding`].
pub(crate) fn one_match() -> Match {
    Match {
        finding_id: "F-0000000000000001".to_string(),
        identifier: Identifier::SSN,
        rule: "us.ssn".to_string(),
        place: Place::Column { name: Some("ssn".to_string()), index: 5 },
        position: Position { record: 17, line: 18, column: 40 },
        bytes: 1033..1044,
        confidence: Confidence::Certain,
        probability: 0.9991,
        protection: Protection::Plaintext,
        value: "***-**-****".to_string(),
        fingerprint: "0123456789ABCDEF".to_string(),
        test_value: false,
    }
}

/// A roster inside an archive, world-readable, with [`finding`] and a finding that is not listed.
pub(crate) fn document() -> Document {
    let unlisted = Finding {
        id: "F-0000000000000002".to_string(),
        identifier: Identifier::PHONE,
        listed: false,
        severity: Severity::Low,
        confidence: Confidence::Possible,
        ..finding()
    };
    Document {
        root: 0,
        locator: Locator::file(Path::new("a.zip")).member("in/p.csv"),
        format: "csv",
        bytes: 10_000,
        status: Status::Complete,
        class: DocumentClass::Phi,
        records: 1171,
        people: 1171,
        people_of: Default::default(),
        people_low: 1120,
        people_high: 1240,
        people_exact: true,
        sensitive: vec![("substance-use", 12)],
        linked: vec![Linked { identifiers: vec!["birth-date", "name", "ssn"], records: 1171 }],
        severity: Severity::Critical,
        access: Access {
            readable_by: ReadableBy::World,
            basis: "mode".to_string(),
            mode: "rw-r--r--".to_string(),
            uid: Some(0),
            gid: Some(0),
            file_owner: "sftp".to_string(),
            modified: Some(0),
        },
        path_holds_values: false,
        findings: vec![finding(), unlisted],
        not_listed_before: 0,
        matches: vec![one_match()],
        gaps: Vec::new(),
        profiles: Vec::new(),
        individuals: People::default(),
        version: None,
        met: None,
    }
}

/// A gap of this reason at `path`.
pub(crate) fn gap(path: &str, reason: Reason) -> Gap {
    Gap::new(0, Locator::file(Path::new(path)), reason, "as said").with_bytes(200)
}

/// What would be said at the end of a scan of [`document`].
pub(crate) fn summary() -> Summary {
    Summary {
        complete: true,
        documents: StatusCounts { complete: 9, partial: 0, skipped: 1, inert: 4, excluded: 0 },
        sizes_by_status: StatusCounts { complete: 10_000, partial: 0, skipped: 200, inert: 4096, excluded: 0 },
        bytes: 10_000,
        people: 1171,
        people_of: Of { states: [("AL", 700), ("GA", 21)].into(), under_18: 3, over_89: 2, deceased: 1 },
        sizes: vec![Size {
            root: 0,
            series: None,
            people: 1171,
            people_low: 1120,
            people_high: 1240,
            is_500_or_more: true,
            state_over_500: Some("AL"),
        }],
        people_low: 1120,
        people_high: 1240,
        findings: [0, 0, 0, 0, 1],
        accepted: [0; 5],
        unlisted: 1,
        gaps: [1, 0, 0, 0],
        listed_false: 0.06,
        unlisted_true: 0.44,
        seconds: 0.123_456,
        exit: 1,
    }
}

/// Something to write to that can be read afterwards.
#[derive(Clone, Default)]
pub(crate) struct Shared(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

impl Shared {
    /// What was written.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).expect("reports are UTF-8")
    }
}

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

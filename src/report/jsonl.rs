//! JSON Lines: everything, one record a line, for programs. In: a run's events. Out: records `run`, `match`, `finding`,
//! `document`, `gap` and `summary` as the contract shapes them, `"type"` first. Refuses nothing; a file without its
//! `summary` is a fragment.
//!
//! A document's records stand together: its matches, its findings, itself, its gaps. Findings below
//! `--min-confidence` and their matches are left out; the summary counts them.

use std::io::Write;

use serde::Serialize;

use crate::error::Result;
use crate::finding::{Document, Root, Summary};
use crate::gap::Gap;
use crate::report::output::{Output, Written};
use crate::report::records::{
    GapRecord, RunRecord, SummaryRecord, Where, document_record, finding_record, match_record,
};
use crate::report::{Report, listed_matches, root_name};
use crate::scan::{Event, Run};

/// A JSON Lines report being written.
pub struct Jsonl {
    output: Option<Output>,
    roots: Vec<Root>,
}

impl Jsonl {
    /// A report to this output.
    pub fn new(output: Output) -> Jsonl {
        Jsonl { output: Some(output), roots: Vec::new() }
    }

    fn line(&mut self, record: &impl Serialize) -> Result<()> {
        let Some(output) = &mut self.output else { return Ok(()) };
        let written = serde_json::to_writer(&mut *output, record)
            .map_err(std::io::Error::from)
            .and_then(|()| output.write_all(b"\n"));
        written.map_err(|e| output.failed(e))
    }

    fn document(&mut self, document: &Document) -> Result<()> {
        let root = root_name(&self.roots, document.root).to_string();
        let path = document.locator.path(&root);
        let series = document.locator.series(&root);
        let where_ = Where { root: &root, path: &path, series: &series, document };
        for one in listed_matches(document) {
            self.line(&match_record(&where_, one))?;
        }
        for finding in document.findings.iter().filter(|finding| finding.listed) {
            self.line(&finding_record(&where_, finding))?;
        }
        self.line(&document_record(&where_))?;
        document.gaps.iter().try_for_each(|gap| self.gap(gap))
    }

    fn gap(&mut self, gap: &Gap) -> Result<()> {
        let root = root_name(&self.roots, gap.root).to_string();
        self.line(&GapRecord::of(&root, &gap.locator.path(&root), gap))
    }

    /// Like [`Report::finish`], and tells what was written.
    pub fn close(&mut self, summary: &Summary) -> Result<Option<Written>> {
        let roots = std::mem::take(&mut self.roots);
        self.line(&SummaryRecord::of(summary, &roots))?;
        self.output.take().map(Output::finish).transpose()
    }
}

impl Report for Jsonl {
    fn begin(&mut self, run: &Run) -> Result<()> {
        self.roots = run.roots.clone();
        self.line(&RunRecord::of(run))
    }

    fn event(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Document(document) => self.document(document),
            Event::Gap(gap) => self.gap(gap),
        }
    }

    fn finish(&mut self, summary: &Summary) -> Result<()> {
        self.close(summary).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gap::Reason;
    use crate::report::samples::{self, Shared};

    /// The contract's own examples; every record must have these keys in this order, and may have more after them.
    const CONTRACT: &[(&str, &[&str])] = &[
        ("run", &["type", "schema", "run_id", "version", "ruleset", "started", "host", "roots", "options"]),
        (
            "match",
            &[
                "type",
                "finding_id",
                "identifier",
                "rule",
                "path",
                "place",
                "record",
                "line",
                "column",
                "byte_start",
                "byte_end",
                "confidence",
                "probability",
                "protection",
                "value",
                "fingerprint",
            ],
        ),
        (
            "finding",
            &[
                "type",
                "id",
                "series_id",
                "identifier",
                "hipaa",
                "rules",
                "root",
                "locator",
                "path",
                "series",
                "place",
                "subject",
                "matches",
                "test_values",
                "distinct",
                "distinct_exact",
                "records",
                "people",
                "confidence",
                "probability",
                "severity",
                "severity_reason",
                "protection",
                "readable_by",
                "evidence",
                "first",
                "picture",
            ],
        ),
        (
            "document",
            &[
                "type",
                "root",
                "locator",
                "path",
                "series",
                "format",
                "bytes",
                "status",
                "class",
                "records",
                "people",
                "people_low",
                "people_high",
                "people_exact",
                "linked",
                "severity",
                "access",
            ],
        ),
        ("gap", &["type", "root", "locator", "path", "reason", "class", "detail", "bytes"]),
        ("summary", &["type", "complete", "documents", "bytes", "people", "findings", "expected", "seconds", "exit"]),
    ];

    fn written() -> String {
        let shared = Shared::default();
        let mut report = Jsonl::new(Output::stream("memory", Box::new(shared.clone())));
        report.begin(&samples::run()).unwrap();
        report.event(&Event::Document(Box::new(samples::document()))).unwrap();
        report.event(&Event::Gap(samples::gap("b.pdf", Reason::Unsupported))).unwrap();
        report.finish(&samples::summary()).unwrap();
        shared.text()
    }

    /// Keys of the outermost object, in the order they were written.
    fn keys(line: &str) -> Vec<String> {
        let (mut keys, mut depth, mut rest) = (Vec::new(), 0, line);
        while let Some(c) = rest.chars().next() {
            match c {
                '{' | '[' => depth += 1,
                '}' | ']' => depth -= 1,
                '"' => {
                    let end = rest[1..].find('"').unwrap();
                    let text = &rest[1..=end];
                    rest = &rest[end + 1..];
                    if depth == 1 && rest[1..].starts_with(':') {
                        keys.push(text.to_string());
                    }
                }
                _ => {}
            }
            rest = &rest[c.len_utf8().min(rest.len())..];
        }
        keys
    }

    #[test]
    fn records_have_the_shape_of_the_contract() {
        let text = written();
        let lines: Vec<&str> = text.lines().collect();
        let kinds = ["run", "match", "finding", "document", "gap", "summary"];
        assert_eq!(lines.len(), kinds.len(), "{text}");
        for (line, kind) in lines.iter().zip(kinds) {
            assert!(line.starts_with(&format!("{{\"type\":\"{kind}\"")), "{line}");
            serde_json::from_str::<serde_json::Value>(line).unwrap();
            let required = CONTRACT.iter().find(|(name, _)| *name == kind).unwrap().1;
            let keys = keys(line);
            let in_order: Vec<&str> = keys.iter().map(String::as_str).filter(|key| required.contains(key)).collect();
            assert_eq!(in_order, required, "{line}");
        }
    }

    #[test]
    fn values_are_those_of_the_contract() {
        let text = written();
        for part in [
            r#""place":{"kind":"column","name":"ssn","index":5},"record":17,"line":18,"column":40,"byte_start":1033,"byte_end":1044"#,
            r#""hipaa":"G","rules":["us.ssn"],"root":"drop","locator":["a.zip","in/p.csv"],"path":"drop/a.zip!in/p.csv""#,
            r#""probability":0.9999,"severity":"critical""#,
            r#""first":{"record":1,"line":2,"column":40},"picture":"999-99-9999""#,
            r#""linked":[{"identifiers":["birth-date","name","ssn"],"records":1171}]"#,
            r#""access":{"readable_by":"world","basis":"mode","mode":"rw-r--r--","uid":0,"gid":0,"file_owner":"sftp","modified":"1970-01-01T00:00:00Z"}"#,
            r#""findings":{"critical":1}"#,
            r#""expected":{"listed_false":0.06,"unlisted_true":0.44},"seconds":0.123,"exit":1,"people_of":{"states":{"AL":700,"GA":21},"state_unknown":450,"under_18":3,"over_89":2,"deceased":1}"#,
        ] {
            assert!(text.contains(part), "{part}\nin\n{text}");
        }
        assert!(!text.contains("phone"), "findings that are not listed are not written");
    }
}

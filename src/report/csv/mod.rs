//! Tables for spreadsheets. In: a run's events. Out: `findings.csv` (one row a finding, blind and protected gaps among
//! them), `documents.csv`, `gaps.csv`, `matches.csv`, `worklist.csv`. Refuses nothing; columns stand in the contract's order, more may
//! follow, and what only a sweep knows is empty.

mod cell;
mod gaps;
pub(crate) mod rows;
mod saved;
mod sheet;
mod worklist;

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::finding::{Document, Summary};
use crate::gap::{Class, Gap};
use crate::report::csv::gaps::{Count, Group, Many};
#[cfg(feature = "ledger")]
use crate::report::csv::rows::Closed;
use crate::report::csv::rows::{About, DOCUMENTS, FINDINGS, GAPS, MATCHES, Where, match_row};
use crate::report::csv::worklist::WORKLIST;
use crate::report::output::{Output, Written};
use crate::report::worklist::Groups;
use crate::report::{Report, listed_matches, root_name};
use crate::scan::{Event, Run};

pub(crate) use saved::Saved;
pub(crate) use sheet::{Row, Sheet};

/// The tables of a run, each of them only where it is wanted.
#[derive(Default)]
pub struct Tables {
    findings: Option<Sheet>,
    documents: Option<Sheet>,
    gaps: Option<Sheet>,
    matches: Option<Sheet>,
    worklist: Option<Sheet>,
    groups: Groups,
    many: Option<Many>,
    run: About,
}

/// Where part `part` of a table that begins in `first` is written: `findings-2.csv` beside `findings.csv`.
pub fn part(first: &Path, part: u32) -> PathBuf {
    first.with_file_name(sheet::part_name(first, part))
}

impl Tables {
    /// Writes `findings.csv` here.
    pub fn findings(mut self, output: Output) -> Result<Tables> {
        self.findings = Some(Sheet::new(output, FINDINGS, "evidence")?);
        self.many = Some(Many::new());
        Ok(self)
    }

    /// Writes `documents.csv` here.
    pub fn documents(mut self, output: Output) -> Result<Tables> {
        self.documents = Some(Sheet::new(output, DOCUMENTS, "path")?);
        Ok(self)
    }

    /// Writes `gaps.csv` here.
    pub fn gaps(mut self, output: Output) -> Result<Tables> {
        self.gaps = Some(Sheet::new(output, GAPS, "detail")?);
        Ok(self)
    }

    /// Writes `matches.csv` here.
    pub fn matches(mut self, output: Output) -> Result<Tables> {
        self.matches = Some(Sheet::new(output, MATCHES, "path")?);
        Ok(self)
    }

    /// Writes `worklist.csv` here.
    pub fn worklist(mut self, output: Output) -> Result<Tables> {
        self.worklist = Some(Sheet::new(output, WORKLIST, "note")?);
        Ok(self)
    }

    fn sheets(&mut self) -> impl Iterator<Item = &mut Sheet> {
        [&mut self.findings, &mut self.documents, &mut self.gaps, &mut self.matches, &mut self.worklist]
            .into_iter()
            .flatten()
    }

    /// A finding that is open no more.
    #[cfg(feature = "ledger")]
    pub(crate) fn closed(&mut self, closed: &Closed<'_>) -> Result<()> {
        let row = self.run.closed(closed);
        self.findings.as_mut().map_or(Ok(()), |sheet| sheet.row(row))
    }

    fn document(&mut self, document: &Document) -> Result<()> {
        let root = root_name(&self.run.roots, document.root).to_string();
        let path = document.locator.path(&root);
        if self.worklist.is_some() {
            self.groups.add(&root, &path, document);
        }
        let at = Where { root: &root, path: &path, document };
        if let Some(sheet) = &mut self.findings {
            for finding in document.findings.iter().filter(|finding| finding.listed) {
                sheet.row(self.run.finding(&at, finding))?;
            }
        }
        if let Some(sheet) = &mut self.documents {
            sheet.row(self.run.document(&at))?;
        }
        if let Some(sheet) = &mut self.matches {
            for one in listed_matches(document) {
                sheet.row(match_row(&path, one))?;
            }
        }
        document.gaps.iter().try_for_each(|gap| self.gap(gap, Some(document)))
    }

    fn gap(&mut self, gap: &Gap, document: Option<&Document>) -> Result<()> {
        let root = root_name(&self.run.roots, gap.root).to_string();
        let path = gap.locator.path(&root);
        let format = document.map_or("", |document| document.format);
        if let Some(sheet) = &mut self.gaps {
            let row = Row::default().text(&root).text(&path).text(gap.reason.name()).text(gap.class.name());
            let row = row.text(&gap.detail).optional(gap.bytes).text(format);
            sheet.row(row.text(&self.run.run_id).time_text(&self.run.started))?;
        }
        if let (Some(sheet), Some(many)) = (&mut self.findings, &mut self.many)
            && matches!(gap.class, Class::Blind | Class::Protected)
            && many.own_row(gap, format)
        {
            let mut evidence = format!("{}; {}", gap.reason.name(), gap.class.name());
            if !gap.detail.is_empty() {
                evidence.push_str("; ");
                evidence.push_str(&gap.detail);
            }
            sheet.row(self.run.gap(&root, &path, format, gap.bytes, gap.class, &evidence, document))?;
        }
        Ok(())
    }

    /// One row for the gaps of a folder that had none of their own.
    fn many(&mut self, group: &Group, count: Count) -> Result<()> {
        let root = root_name(&self.run.roots, group.root).to_string();
        let path = match (root.as_str(), group.folder.as_str()) {
            ("", folder) => format!("{folder}/"),
            (root, "") => format!("{root}/"),
            (root, folder) => format!("{root}/{folder}/"),
        };
        let evidence = format!(
            "{}; {}; {} more here, each in gaps.csv and JSON Lines",
            group.reason.name(),
            group.class.name(),
            count.gaps
        );
        let row = self.run.gap(&root, &path, group.format, Some(count.bytes), group.class, &evidence, None);
        self.findings.as_mut().map_or(Ok(()), |sheet| sheet.row(row))
    }

    /// Like [`Report::finish`], and tells what was written.
    pub fn close(&mut self) -> Result<Vec<Written>> {
        if let Some(mut many) = self.many.take() {
            for (group, count) in many.take() {
                self.many(&group, count)?;
            }
        }
        if let Some(sheet) = &mut self.worklist {
            for group in self.groups.take() {
                sheet.row(worklist::row(&self.run, &group))?;
            }
        }
        let mut written = Vec::new();
        for sheet in self.sheets() {
            written.extend(sheet.finish()?);
        }
        Ok(written)
    }
}

impl Report for Tables {
    fn begin(&mut self, run: &Run) -> Result<()> {
        self.run = About {
            roots: run.roots.clone(),
            run_id: run.run_id.clone(),
            ruleset: run.ruleset.clone(),
            started: run.started.clone(),
        };
        self.sheets().try_for_each(Sheet::begin)
    }

    fn event(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Document(document) => self.document(document),
            Event::Gap(gap) => self.gap(gap, None),
        }
    }

    fn finish(&mut self, _: &Summary) -> Result<()> {
        self.close().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::gap::Reason;
    use crate::report::samples::{self, Shared};

    type Choose = fn(Tables, Output) -> Result<Tables>;

    /// The rows of one table, by column name.
    fn rows(choose: Choose) -> Vec<HashMap<String, String>> {
        let shared = Shared::default();
        let output = Output::stream("memory", Box::new(shared.clone()));
        let mut tables = choose(Tables::default(), output).unwrap();
        tables.begin(&samples::run()).unwrap();
        tables.event(&Event::Document(Box::new(samples::document()))).unwrap();
        for (path, reason) in
            [("b.pdf", Reason::Unsupported), ("c.zip", Reason::Encrypted), ("d.exe", Reason::NoRecords)]
        {
            tables.event(&Event::Gap(samples::gap(path, reason))).unwrap();
        }
        tables.finish(&samples::summary()).unwrap();
        let text = shared.text();
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        reader.deserialize().map(|row| row.unwrap()).collect()
    }

    #[test]
    fn findings_have_the_columns_of_the_contract() {
        let contract = "finding_id, series_id, state, severity, severity_reason, confidence, probability, class, \
            subject, identifier, hipaa_category, root, vendor, responsible, path, format, bytes, place, first_record, \
            first_line, matches, distinct, records, people, linked_with, expected, protection, readable_by, \
            access_basis, mode, file_owner, modified_utc, first_seen_utc, days_open, action_hint, evidence, picture, \
            rules, ruleset, run_id, scanned_utc, disposition, ticket, until";
        assert_eq!(FINDINGS.join(", "), contract);
        let rows = rows(Tables::findings);
        let cells = |row: usize, names: &[&str]| names.iter().map(|name| rows[row][*name].clone()).collect::<Vec<_>>();
        assert_eq!(rows.len(), 3, "one listed finding, a blind and a protected gap");
        assert_eq!(
            cells(0, &["finding_id", "severity", "confidence", "probability", "class", "identifier", "hipaa_category"]),
            ["F-0000000000000001", "critical", "certain", "0.9999", "phi", "ssn", "G"]
        );
        assert_eq!(
            cells(0, &["path", "bytes", "place", "first_record", "first_line", "people", "linked_with", "protection"]),
            ["drop/a.zip!in/p.csv", "10000", "column: ssn", "1", "2", "1171", "birth-date+name", "plaintext"]
        );
        assert_eq!(
            cells(0, &["readable_by", "mode", "modified_utc", "picture", "rules", "run_id", "scanned_utc", "until"]),
            [
                "world",
                "rw-r--r--",
                "1970-01-01T00:00:00Z",
                "999-99-9999",
                "us.ssn",
                "R-20261122T010203Z-00000000",
                "2026-11-22T01:02:03Z",
                ""
            ]
        );
        assert_eq!(
            cells(1, &["finding_id", "severity", "identifier", "path", "bytes", "action_hint", "evidence"]),
            ["", "gap", "", "drop/b.pdf", "200", "verify-by-hand", "unsupported; blind; as said"]
        );
        assert_eq!(cells(2, &["severity", "evidence"]), ["gap", "encrypted; protected; as said"]);
    }

    #[test]
    fn the_other_tables_are_as_wide_as_their_headers() {
        let documents = rows(Tables::documents);
        assert_eq!(documents.len(), 1);
        assert_eq!(documents[0]["linked"], "birth-date+name+ssn on 1171");
        assert_eq!(documents[0]["findings_not_listed"], "1");
        let gaps = rows(Tables::gaps);
        assert_eq!(gaps.len(), 3, "all classes");
        assert_eq!(gaps[2]["class"], "inert");
        let worklist = rows(Tables::worklist);
        assert_eq!(worklist.len(), 1);
        assert_eq!((worklist[0]["identifiers"].as_str(), worklist[0]["people_at_least"].as_str()), ("ssn", "1171"));
        let matches = rows(Tables::matches);
        assert_eq!(matches.len(), 1);
        assert_eq!((matches[0]["record"].as_str(), matches[0]["value"].as_str()), ("17", "***-**-****"));
    }
}

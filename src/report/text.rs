//! What a person reads at the terminal. In: a run's events. Out, at the end: what was read and what not, how many
//! individuals, the worst documents with their findings, gaps by reason, what to expect of the list, what to do next:
//! eighty columns, plain. Refuses nothing; it shows a bounded number of rows and says what it left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use crate::error::Result;
use crate::finding::{Confidence, Document, DocumentClass, Finding, Protection, Root, Severity, Size, Summary};
use crate::gap::{Class, Gap, Reason};
use crate::report::output::Output;
use crate::report::records::decimals;
use crate::report::words::{about_number, count, cut, plain, size, thousands};
use crate::report::{Report, root_name};
use crate::scan::{Event, Run};

/// Documents shown.
const DOCUMENTS: usize = 10;

/// Findings shown of one document.
const FINDINGS: usize = 8;

/// States named.
const STATES: usize = 12;

/// Roots and series shown whose size is marked.
const SIZES: usize = 8;

/// A summary being collected.
pub struct Text {
    output: Option<Output>,
    colour: bool,
    /// Whether report files are written too.
    files: bool,
    roots: Vec<Root>,
    title: String,
    worst: Vec<Shown>,
    with_findings: u64,
    reopened: u64,
    gaps: BTreeMap<(Class, Reason), Many>,
}

/// One document with findings, cut to what is shown.
struct Shown {
    /// Worst first: severity, then people.
    order: (Severity, u64),
    path: String,
    about: String,
    rows: Vec<Row>,
    more: usize,
}

/// One finding.
struct Row {
    severity: Severity,
    cells: String,
}

/// Gaps of one reason.
#[derive(Default)]
struct Many {
    count: u64,
    first: String,
}

impl Text {
    /// A summary to `output`; `files`: whether report files are written too.
    pub fn new(output: Output, colour: bool, files: bool) -> Text {
        Text {
            output: Some(output),
            colour,
            files,
            roots: Vec::new(),
            title: String::new(),
            worst: Vec::new(),
            with_findings: 0,
            reopened: 0,
            gaps: BTreeMap::new(),
        }
    }

    fn document(&mut self, document: &Document) {
        for gap in &document.gaps {
            self.gap(gap);
        }
        let decisions = document.findings.iter().map(|finding| &finding.decision);
        self.reopened += decisions.filter(|decision| decision.disposition.starts_with("re-opened")).count() as u64;
        let mut listed: Vec<&Finding> =
            document.findings.iter().filter(|finding| finding.listed && !finding.decision.accepted).collect();
        if listed.is_empty() {
            return;
        }
        self.with_findings += 1;
        let order = (document.severity, document.people);
        // Documents come in a fixed order, and the first of equals stays: the same tree gives the same summary.
        let at = self.worst.partition_point(|shown| shown.order >= order);
        if at >= DOCUMENTS {
            return;
        }
        listed.sort_by_key(|finding| std::cmp::Reverse((finding.severity, finding.people)));
        let path = plain(&document.locator.path(root_name(&self.roots, document.root)));
        let rows = listed.iter().take(FINDINGS).map(|finding| row(finding)).collect();
        let more = listed.len().saturating_sub(FINDINGS);
        self.worst.insert(at, Shown { order, path, about: about(document), rows, more });
        self.worst.truncate(DOCUMENTS);
    }

    fn gap(&mut self, gap: &Gap) {
        let many = self.gaps.entry((gap.class, gap.reason)).or_default();
        if many.count == 0 {
            many.first = plain(&gap.locator.path(root_name(&self.roots, gap.root)));
        }
        many.count += 1;
    }

    fn text(&self, summary: &Summary) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "{}", self.title);
        if !summary.complete {
            out.push_str("Interrupted: what follows is only a part.\n");
        }
        out.push('\n');
        self.totals(&mut out, summary);
        self.findings(&mut out, summary);
        self.gap_table(&mut out);
        self.end(&mut out, summary);
        out
    }

    fn totals(&self, out: &mut String, summary: &Summary) {
        let documents = &summary.documents;
        let _ = write!(
            out,
            "Read        {} in full, {}",
            count(documents.complete, "document", "documents"),
            size(summary.bytes)
        );
        if documents.partial > 0 {
            let _ = write!(out, "; {} in part", thousands(documents.partial));
        }
        out.push('\n');
        let [blind, protected, inert, excluded] = summary.gaps;
        let blind_words = match blind {
            0 => "nothing that could hold data".to_string(),
            n => format!("{} that could hold data", count(n, "place", "places")),
        };
        let _ = write!(out, "Not read    {blind_words}");
        if protected > 0 {
            let _ = write!(out, "; {} encrypted", thousands(protected));
        }
        out.push('\n');
        // By gaps and not by documents: a folder or link that was left out is no document, and must be said all the same.
        if inert + excluded > 0 {
            let _ = writeln!(
                out,
                "Left out    {} without records, {} by options, as links or own reports",
                thousands(inert),
                thousands(excluded)
            );
        }
        let _ = write!(out, "People      {}", count(summary.people, "individual", "individuals"));
        if summary.people_low != summary.people_high {
            let _ = write!(out, " (between {} and {})", thousands(summary.people_low), thousands(summary.people_high));
        }
        out.push('\n');
        self.parts(out, summary);
        let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
        let by_severity: Vec<String> = severities
            .into_iter()
            .filter(|severity| summary.findings[*severity as usize] > 0)
            .map(|severity| format!("{} {severity}", thousands(summary.findings[severity as usize])))
            .collect();
        let listed: u64 = summary.findings.iter().sum();
        match listed {
            0 => out.push_str("Findings    none listed\n"),
            n => {
                let _ = writeln!(out, "Findings    {}: {}", thousands(n), by_severity.join(", "));
            }
        }
        let accepted: u64 = summary.accepted.iter().sum();
        if accepted > 0 {
            let _ = writeln!(out, "Accepted    {} of them, not shown below", thousands(accepted));
        }
        if self.reopened > 0 {
            let _ = writeln!(out, "Re-opened   {}; reports say why", count(self.reopened, "finding", "findings"));
        }
    }

    /// By state and age, and the sizes of roots and series. Over several roots the number of people is for scale only: they
    /// need not belong together.
    fn parts(&self, out: &mut String, summary: &Summary) {
        if summary.people == 0 {
            return;
        }
        if self.roots.len() > 1 {
            out.push_str("            over all roots, for scale only\n");
        }
        let of = &summary.people_of;
        let mut states: Vec<(u64, &str)> = of.states.iter().map(|(state, people)| (*people, *state)).collect();
        states.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let mut parts: Vec<String> =
            states.iter().take(STATES).map(|(people, state)| format!("{state} {}", thousands(*people))).collect();
        if states.len() > STATES {
            parts.push(format!("{} more states", states.len() - STATES));
        }
        parts.push(format!("state unknown: {}", thousands(of.state_unknown(summary.people))));
        for (people, what) in [(of.under_18, "under 18"), (of.over_89, "over 89"), (of.deceased, "deceased")] {
            if people > 0 {
                parts.push(format!("{what}: {}", thousands(people)));
            }
        }
        wrapped(out, &parts);
        let marked: Vec<&Size> = summary.sizes.iter().filter(|size| !size.marks().is_empty()).collect();
        for size in marked.iter().take(SIZES) {
            let root = root_name(&self.roots, size.root);
            let name = plain(size.series.as_deref().unwrap_or(root));
            let _ = writeln!(out, "Size        {}: {}", cut(&name, 40), size.marks().join(", "));
        }
        if marked.len() > SIZES {
            let _ = writeln!(out, "            and {} more", thousands((marked.len() - SIZES) as u64));
        }
        if !marked.is_empty() {
            let words: Vec<String> = Size::SENTENCE.split(' ').map(str::to_string).collect();
            let mut line = String::new();
            for word in words {
                if !line.is_empty() && line.len() + 1 + word.len() > 66 {
                    let _ = writeln!(out, "            {line}");
                    line.clear();
                }
                line.push_str(if line.is_empty() { "" } else { " " });
                line.push_str(&word);
            }
            let _ = writeln!(out, "            {line}");
        }
    }

    fn findings(&self, out: &mut String, summary: &Summary) {
        if self.worst.is_empty() {
            return;
        }
        let _ = writeln!(out, "\n{}", self.bold("Worst documents first"));
        let _ = writeln!(out, "  {}", header());
        let mut shown_rows = 0;
        for shown in &self.worst {
            let _ = writeln!(out, "\n{}\n  {}", shown.path, shown.about);
            for row in &shown.rows {
                let severity = self.coloured(row.severity);
                let _ = writeln!(out, "  {severity} {}", row.cells);
            }
            if shown.more > 0 {
                let _ = writeln!(out, "  … and {} more in this document", thousands(shown.more as u64));
            }
            shown_rows += (shown.rows.len() + shown.more) as u64;
        }
        let more_documents = self.with_findings - self.worst.len() as u64;
        if more_documents > 0 {
            let listed = summary.findings.iter().sum::<u64>() - summary.accepted.iter().sum::<u64>();
            let _ = writeln!(
                out,
                "\n… and {} with {}; a report file has them all",
                count(more_documents, "more document", "more documents"),
                count(listed.saturating_sub(shown_rows), "finding", "findings")
            );
        }
    }

    fn gap_table(&self, out: &mut String) {
        let shown = |class: &Class| matches!(class, Class::Blind | Class::Protected);
        if !self.gaps.keys().any(|(class, _)| shown(class)) {
            return;
        }
        let _ = writeln!(out, "\n{}", self.bold("Not read, and why"));
        for ((class, reason), many) in self.gaps.iter().filter(|((class, _), _)| shown(class)) {
            let word = if many.count == 1 { "" } else { "first: " };
            let _ = writeln!(
                out,
                "  {:>9} {:15} {:9} {word}{}",
                thousands(many.count),
                reason.name(),
                class.name(),
                many.first
            );
        }
    }

    fn end(&self, out: &mut String, summary: &Summary) {
        let listed: u64 = summary.findings.iter().sum();
        let found = listed + summary.unlisted > 0;
        if !found && summary.gaps[Class::Blind as usize] == 0 {
            return;
        }
        out.push('\n');
        if found {
            let _ = writeln!(
                out,
                "{} listed, about {} expected wrong; {} not listed, about {} expected real.",
                thousands(listed),
                about_number(decimals(summary.listed_false, 100.0)),
                thousands(summary.unlisted),
                about_number(decimals(summary.unlisted_true, 100.0))
            );
        }
        if summary.people > 0 {
            out.push_str("Counts say whose data lies here, not who has seen it.\n");
        }
        let next = match (self.worst.first(), self.files) {
            (Some(_), false) => "-o findings.csv writes every finding, for a spreadsheet.".to_string(),
            (Some(_), true) => "phisweep explain PATH:LINE shows why a value was accepted or rejected.".to_string(),
            (None, _) if summary.gaps[Class::Blind as usize] > 0 => {
                "look at what was not read: nothing is known about it.".to_string()
            }
            (None, _) if summary.unlisted > 0 => "--min-confidence possible lists the weaker findings.".to_string(),
            (None, _) => return,
        };
        let _ = writeln!(out, "Next: {next}");
    }

    fn bold(&self, text: &str) -> String {
        if self.colour { format!("\x1b[1m{text}\x1b[0m") } else { text.to_string() }
    }

    fn coloured(&self, severity: Severity) -> String {
        let code = match severity {
            Severity::Critical => "1;31",
            Severity::High => "31",
            Severity::Medium => "33",
            Severity::Low | Severity::Info => "0",
        };
        if self.colour { format!("\x1b[{code}m{severity:8}\x1b[0m") } else { format!("{severity:8}") }
    }
}

impl Report for Text {
    fn begin(&mut self, run: &Run) -> Result<()> {
        self.roots = run.roots.clone();
        let names: Vec<String> = run.roots.iter().take(3).map(|root| plain(&root.name)).collect();
        self.title = format!("phisweep {}: {}", run.version, names.join(", "));
        if run.roots.len() > names.len() {
            let _ = write!(self.title, " and {} more", run.roots.len() - names.len());
        }
        Ok(())
    }

    fn event(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Document(document) => self.document(document),
            Event::Gap(gap) => self.gap(gap),
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<()> {
        let Some(mut output) = self.output.take() else { return Ok(()) };
        output.write_all(self.text(summary).as_bytes()).map_err(|e| output.failed(e))?;
        output.finish().map(drop)
    }
}

/// Parts with commas between them, in lines of the summary's width.
fn wrapped(out: &mut String, parts: &[String]) {
    let mut line = String::new();
    for part in parts {
        if !line.is_empty() && line.len() + part.len() > 62 {
            let _ = writeln!(out, "            {line},");
            line.clear();
        }
        line.push_str(if line.is_empty() { "" } else { ", " });
        line.push_str(part);
    }
    let _ = writeln!(out, "            {line}");
}

/// Names of the columns of [`row`].
fn header() -> String {
    cells(["severity", "place", "identifier", "count", "people", "form", "sure"]).trim_end().to_string()
}

fn row(finding: &Finding) -> Row {
    let count = thousands(finding.matches);
    let people = thousands(finding.people);
    let place = plain(&finding.place.short());
    let protection: Protection = finding.protection;
    let confidence: Confidence = finding.confidence;
    let all = cells(["", &place, finding.identifier.name(), &count, &people, protection.name(), confidence.name()]);
    // The severity is put before it in colour.
    let cells = all.get(9..).unwrap_or_default().trim_end().to_string();
    Row { severity: finding.severity, cells }
}

/// Seven cells in 78 columns.
fn cells([severity, place, identifier, count, people, form, sure]: [&str; 7]) -> String {
    let place = cut(place, 16);
    format!("{severity:8} {place:16} {identifier:14} {count:>9} {people:>9} {form:9} {sure:8}")
}

/// One line about a document: class, people, who can read it.
fn about(document: &Document) -> String {
    let mut line = String::new();
    if document.class != DocumentClass::None {
        let _ = write!(line, "{}, ", document.class);
    }
    line.push_str(&count(document.people, "individual", "individuals"));
    if document.people_low != document.people_high {
        let _ = write!(line, " ({} to {})", thousands(document.people_low), thousands(document.people_high));
    }
    let access = &document.access;
    let _ = write!(line, ", readable by {}", access.readable_by);
    if !access.mode.is_empty() {
        let _ = write!(line, " ({})", access.mode);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{self, Shared};

    fn summary_of(documents: usize, colour: bool) -> String {
        let shared = Shared::default();
        let mut report = Text::new(Output::stream("memory", Box::new(shared.clone())), colour, false);
        report.begin(&samples::run()).unwrap();
        for n in 0..documents {
            let mut document = samples::document();
            document.people = n as u64;
            document.locator = crate::locator::Locator::named(&format!("d{n}.csv"));
            report.event(&Event::Document(Box::new(document))).unwrap();
        }
        for path in ["b.pdf", "c\n.pdf"] {
            report.event(&Event::Gap(samples::gap(path, Reason::Unsupported))).unwrap();
        }
        report.finish(&samples::summary()).unwrap();
        shared.text()
    }

    #[test]
    fn the_summary_is_plain_and_fits_eighty_columns() {
        let text = summary_of(2, false);
        for part in [
            "Read        9 documents in full, 10.0 kB\n",
            "Not read    1 place that could hold data\n",
            "People      1,171 individuals (between 1,120 and 1,240)\n",
            "Findings    1: 1 critical\n",
            "critical ssn              ssn                1,171     1,171 plaintext certain\n",
            "1 listed, about 0.1 expected wrong; 1 not listed, about 0.4 expected real.\n",
            "        2 unsupported     blind     first: drop/b.pdf\n",
            "Next: -o findings.csv",
        ] {
            assert!(text.contains(part), "{part}\nin\n{text}");
        }
        assert!(text.find("d1.csv") < text.find("d0.csv"), "worst first\n{text}");
        assert!(!text.contains('\x1b'));
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        assert!(summary_of(1, true).contains("\x1b[1;31mcritical\x1b[0m"));
    }

    #[test]
    fn nothing_is_expected_of_nothing() {
        let shared = Shared::default();
        let mut report = Text::new(Output::stream("memory", Box::new(shared.clone())), false, false);
        report.begin(&samples::run()).unwrap();
        report.finish(&Summary { complete: true, ..Summary::default() }).unwrap();
        let text = shared.text();
        assert!(!text.contains("expected") && text.ends_with('\n') && !text.ends_with("\n\n"), "{text}");
    }

    /// Folders and links that were left out are no documents, and yet nobody may think they were read.
    #[test]
    fn what_is_left_out_is_said() {
        let shared = Shared::default();
        let mut report = Text::new(Output::stream("memory", Box::new(shared.clone())), false, false);
        report.begin(&samples::run()).unwrap();
        report.finish(&Summary { complete: true, gaps: [0, 0, 2, 1_009], ..Summary::default() }).unwrap();
        let text = shared.text();
        let line = "Left out    2 without records, 1,009 by options, as links or own reports\n";
        assert!(text.contains(line), "{text}");
    }

    #[test]
    fn what_is_cut_is_said() {
        let text = summary_of(DOCUMENTS + 3, false);
        assert!(text.contains("… and 3 more documents"), "{text}");
        assert!(text.contains("d12.csv") && !text.contains("d2.csv"), "{text}");
    }
}

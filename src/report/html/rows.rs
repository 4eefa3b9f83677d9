//! Findings → the rows of the page's table, worst first. In: documents. Out: at most a number of rows, those that matter
//! most, and the same as compact JSON for the page's script. Refuses nothing; what has no row is counted.

use std::collections::HashMap;
use std::io::{self, Write};
use std::rc::Rc;

use crate::finding::{Confidence, Document, Finding, Severity};
use crate::report::words::plain;
use crate::report::{probability, utc};

/// Rows of the page; a browser holds so many with ease. `findings.csv` has all.
pub(super) const ROWS: usize = 100_000;

/// What rows say of their document.
pub(super) struct About {
    pub(super) path: String,
    pub(super) root: String,
    pub(super) class: &'static str,
    pub(super) format: &'static str,
    pub(super) readable_by: &'static str,
    pub(super) mode: String,
    pub(super) owner: String,
    pub(super) modified: String,
}

/// One finding.
pub(super) struct Row {
    /// Severity, people, and the number of the row, so that the first of equals stays first.
    order: (std::cmp::Reverse<(bool, Severity, u64)>, u64),
    pub(super) about: Rc<About>,
    pub(super) severity: Severity,
    pub(super) identifier: &'static str,
    pub(super) letter: &'static str,
    pub(super) place: String,
    pub(super) values: u64,
    pub(super) people: u64,
    pub(super) records: u64,
    pub(super) confidence: Confidence,
    pub(super) protection: &'static str,
    probability: f64,
    subject: &'static str,
    at: (u64, u64),
    reason: String,
    evidence: String,
    linked: String,
    hint: &'static str,
    id: String,
    picture: String,
    disposition: String,
}

/// The worst rows so far.
#[derive(Default)]
pub(super) struct Worst {
    rows: Vec<Row>,
    at_most: usize,
    /// Rows met.
    pub(super) all: u64,
}

impl Worst {
    pub(super) fn new(at_most: usize) -> Worst {
        Worst { at_most, ..Worst::default() }
    }

    pub(super) fn document(&mut self, document: &Document, root: &str) {
        let mut about = None;
        for finding in document.findings.iter().filter(|finding| finding.listed) {
            let about = about.get_or_insert_with(|| {
                let access = &document.access;
                Rc::new(About {
                    path: plain(&document.locator.path(root)),
                    root: plain(root),
                    class: document.class.name(),
                    format: document.format,
                    readable_by: access.readable_by.name(),
                    mode: access.mode.clone(),
                    owner: plain(&access.file_owner),
                    modified: access.modified.and_then(utc).unwrap_or_default(),
                })
            });
            let row = Row::of(about.clone(), finding, self.all);
            self.all += 1;
            self.rows.push(row);
        }
        if self.rows.len() > self.at_most + self.at_most / 4 + 1024 {
            self.cut();
        }
    }

    /// The rows, worst first.
    pub(super) fn take(&mut self) -> Vec<Row> {
        self.cut();
        self.rows.sort_by_key(|row| row.order);
        std::mem::take(&mut self.rows)
    }

    fn cut(&mut self) {
        if self.rows.len() > self.at_most {
            self.rows.select_nth_unstable_by_key(self.at_most, |row| row.order);
            self.rows.truncate(self.at_most);
        }
    }
}

impl Row {
    fn of(about: Rc<About>, finding: &Finding, number: u64) -> Row {
        Row {
            order: (std::cmp::Reverse((!finding.decision.accepted, finding.severity, finding.people)), number),
            about,
            severity: finding.severity,
            identifier: finding.identifier.name(),
            letter: finding.hipaa(),
            place: plain(&finding.place.short()),
            values: finding.matches,
            people: finding.people,
            records: finding.records,
            confidence: finding.confidence,
            protection: finding.protection.name(),
            probability: probability(finding.probability),
            subject: finding.subject.name(),
            at: (finding.first.record, finding.first.line),
            reason: plain(&finding.severity_reason),
            evidence: plain(&finding.evidence.join("; ")),
            linked: finding.linked_with.join(", "),
            hint: finding.action_hint,
            id: finding.id.clone(),
            picture: plain(&finding.picture),
            disposition: plain(&finding.decision.disposition),
        }
    }
}

/// Writes the rows as one JSON object that may stand in a `<script>`: `texts`, `documents` and `rows`, in which texts and
/// documents are named by number.
pub(super) fn write_json(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    let mut texts = Texts::default();
    let mut documents: HashMap<*const About, usize> = HashMap::new();
    out.write_all(b"{\"documents\":[")?;
    for row in rows {
        let number = documents.len();
        let known = documents.entry(Rc::as_ptr(&row.about)).or_insert(number);
        if *known < number {
            continue;
        }
        let about = &row.about;
        let separator = if number > 0 { "," } else { "" };
        let path = in_script(&about.path)?;
        let short = [about.root.as_str(), about.class, about.format, about.readable_by, &about.mode, &about.owner];
        let short = short.map(|text| texts.number(text));
        let modified = in_script(&about.modified)?;
        write!(out, "{separator}\n[{path},{},{modified}]", joined(&short))?;
    }
    out.write_all(b"],\n\"rows\":[")?;
    for (n, row) in rows.iter().enumerate() {
        let document = documents.get(&Rc::as_ptr(&row.about)).copied().unwrap_or(0);
        let [identifier, letter, place, protection, subject, reason, evidence, linked, hint, picture, disposition] = [
            row.identifier,
            row.letter,
            &row.place,
            row.protection,
            row.subject,
            &row.reason,
            &row.evidence,
            &row.linked,
            row.hint,
            &row.picture,
            &row.disposition,
        ]
        .map(|text| texts.number(text));
        write!(
            out,
            "{}\n[{document},{},{identifier},{letter},{place},{},{},{},{},{},{protection},{subject},{},{},{reason},\
             {evidence},{linked},{hint},{picture},{disposition},{}]",
            if n > 0 { "," } else { "" },
            row.severity as usize,
            row.values,
            row.people,
            row.records,
            row.confidence as usize,
            row.probability,
            row.at.0,
            row.at.1,
            in_script(&row.id)?,
        )?;
    }
    out.write_all(b"],\n\"texts\":[")?;
    for (n, text) in texts.all.iter().enumerate() {
        write!(out, "{}{}", if n > 0 { ",\n" } else { "\n" }, in_script(text)?)?;
    }
    out.write_all(b"]}")
}

/// Texts by number, in the order in which they are met.
#[derive(Default)]
struct Texts<'a> {
    numbers: HashMap<&'a str, usize>,
    all: Vec<&'a str>,
}

impl<'a> Texts<'a> {
    fn number(&mut self, text: &'a str) -> usize {
        let all = &mut self.all;
        *self.numbers.entry(text).or_insert_with(|| {
            all.push(text);
            all.len() - 1
        })
    }
}

fn joined(numbers: &[usize]) -> String {
    let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
    numbers.join(",")
}

/// A JSON string in which nothing can end a script, or begin a comment of HTML.
fn in_script(text: &str) -> io::Result<String> {
    let json = serde_json::to_string(text).map_err(io::Error::from)?;
    Ok(json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026").replace('\u{2028}', "\\u2028"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn of(people: &[u64], at_most: usize) -> Worst {
        let mut worst = Worst::new(at_most);
        for people in people {
            let mut document = samples::document();
            document.findings[0].people = *people;
            worst.document(&document, "drop");
        }
        worst
    }

    #[test]
    fn the_worst_are_kept_in_order() {
        let many: Vec<u64> = (0..3000).map(|n| n * 7919 % 3000).collect();
        let mut worst = of(&many, 5);
        let people: Vec<u64> = worst.take().iter().map(|row| row.people).collect();
        assert_eq!(people, [2999, 2998, 2997, 2996, 2995]);
        assert_eq!(worst.all, 3000);
    }

    #[test]
    fn the_json_holds_each_text_once_and_ends_no_script() {
        let mut worst = Worst::new(10);
        let mut document = samples::document();
        document.locator = crate::locator::Locator::named("</script><!--\u{2028}&.csv");
        document.findings.push(document.findings[0].clone());
        worst.document(&document, "drop");
        let mut out = Vec::new();
        write_json(&mut out, &worst.take()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            !text.contains('<') && !text.contains('>') && !text.contains('&') && !text.contains('\u{2028}'),
            "{text}"
        );
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["documents"].as_array().unwrap().len(), 1);
        assert_eq!(json["rows"].as_array().unwrap().len(), 2);
        assert_eq!(json["documents"][0][0], "drop/</script><!--\u{2028}&.csv");
        assert_eq!(text.matches("field ssn").count(), 1);
    }
}

//! Verdicts on a sample → how good the findings are. In: the table of a sample, with its column `verdict` filled in. Out: precision by
//! identifier and in all, and how many documents reported clean are not, each with an interval of 95 %. Refuses a table without
//! the columns it needs, and verdicts that are none, with their line.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::evidence::interval::{Share, Verdicts};
use crate::evidence::sample::Drawn;
use crate::report::csv::{Row, Saved, Sheet};
use crate::report::output::Output;
use crate::{error, spelling};

/// Columns of a sample; the last three are for whoever checks.
const SAMPLE: &[&str] = &[
    "sample_id",
    "kind",
    "identifier",
    "confidence",
    "probability",
    "format",
    "path",
    "place",
    "first_record",
    "first_line",
    "matches",
    "protection",
    "picture",
    "evidence",
    "bytes",
    "weight",
    "seed",
    "run_id",
    "verdict",
    "who",
    "remark",
];

/// What a verdict may be: on a finding, on a document reported clean, on both.
const VERDICTS: [&str; 5] = ["right", "wrong", "clean", "missed", "unclear"];

/// Writes the table of a sample.
pub fn write(output: Output, sample: &[Drawn], seed: u64, run_id: &str) -> error::Result<()> {
    let mut sheet = Sheet::new(output, SAMPLE, "remark")?;
    sheet.begin()?;
    for (number, drawn) in sample.iter().enumerate() {
        let row = Row::default().number(number as u64 + 1);
        let row = match &drawn.finding {
            Some(finding) => row
                .text("finding")
                .text(finding.identifier.name())
                .text(finding.confidence.name())
                .probability(finding.probability)
                .text(drawn.format)
                .text(&drawn.path)
                .text(&finding.place.to_string())
                .ordinal(finding.first.record)
                .ordinal(finding.first.line)
                .number(finding.matches)
                .text(finding.protection.name())
                .text(&finding.picture)
                .text(&finding.evidence.join("; ")),
            None => row.text("clean").empty(3).text(drawn.format).text(&drawn.path).empty(7),
        };
        let row = row.number(drawn.bytes).decimal(drawn.weight, 4);
        sheet.row(row.number(seed).text(run_id).empty(3))?;
    }
    sheet.finish().map(drop)
}

/// What verdicts say.
#[derive(Debug, Default)]
pub struct Score {
    by_identifier: BTreeMap<String, Verdicts>,
    all: Verdicts,
    clean: Verdicts,
    expected: (f64, f64),
    unclear: u64,
    open: u64,
}

/// Reads a table of verdicts; an error says what is wrong, line by line.
pub fn read(bytes: &[u8]) -> Result<Score, Vec<String>> {
    let saved = Saved::read(bytes).map_err(|why| vec![why])?;
    let missing = saved.missing(&["kind", "identifier", "weight", "verdict"]);
    if !missing.is_empty() {
        return Err(vec![format!("no sample: it has no column {}", missing.join(", "))]);
    }
    let (mut score, mut wrong) = (Score::default(), Vec::new());
    for row in saved.rows() {
        let verdict = row.get("verdict").to_lowercase();
        let Some(weight) = row.number("weight").filter(|weight| *weight > 0.0) else {
            wrong.push(format!("line {}: weight {:?} is no number above 0", row.line, row.get("weight")));
            continue;
        };
        match (row.get("kind"), verdict.as_str()) {
            ("finding" | "clean", "") => score.open += 1,
            ("finding" | "clean", "unclear") => score.unclear += 1,
            ("finding", "right" | "wrong") => {
                let right = verdict == "right";
                score.all.add(right, weight);
                score.by_identifier.entry(row.get("identifier").to_string()).or_default().add(right, weight);
                if let Some(probability) = row.number("probability") {
                    score.expected.0 += weight * probability;
                    score.expected.1 += weight;
                }
            }
            ("clean", "clean" | "missed") => score.clean.add(verdict == "missed", weight),
            ("finding", _) => wrong.push(unknown(row.line, &verdict, "a finding is right, wrong or unclear")),
            ("clean", _) => wrong.push(unknown(row.line, &verdict, "a document is clean, missed or unclear")),
            (kind, _) => wrong.push(format!("line {}: kind {kind:?} is neither finding nor clean", row.line)),
        }
    }
    if wrong.is_empty() { Ok(score) } else { Err(wrong) }
}

fn unknown(line: u64, verdict: &str, there_is: &str) -> String {
    format!("line {line}: verdict {verdict:?}: {there_is}{}", spelling::hint(verdict, VERDICTS))
}

impl Score {
    /// As people read it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let range =
            |share: Share| format!("{}, 95 %: {} to {}", percent(share.share), percent(share.low), percent(share.high));
        let width = self.by_identifier.keys().map(String::len).max().unwrap_or(0).max("all findings".len());
        let _ = writeln!(text, "Precision: of what was reported, how much is right");
        for (name, verdicts) in &self.by_identifier {
            if let Some(share) = verdicts.share() {
                let _ = writeln!(
                    text,
                    "  {name:width$}  {:>3} of {:>3} right  {}",
                    verdicts.yes,
                    verdicts.count,
                    range(share)
                );
            }
        }
        match self.all.share() {
            Some(share) => {
                let (yes, count) = (self.all.yes, self.all.count);
                let _ = writeln!(text, "  {:width$}  {yes:>3} of {count:>3} right  {}", "all findings", range(share));
            }
            None => text.push_str("  not known: no finding has a verdict\n"),
        }
        if self.expected.1 > 0.0 {
            let _ = writeln!(text, "  phisweep itself expected {}", percent(self.expected.0 / self.expected.1));
        }
        text.push_str("Misses: of documents reported clean, how many are not\n");
        match (self.clean.share(), self.clean.upper()) {
            (Some(share), Some(upper)) => {
                let (missed, count) = (self.clean.yes, self.clean.count);
                let _ = writeln!(
                    text,
                    "  {missed} of {count} missed  {}, with 95 % not more than {}",
                    percent(share.share),
                    percent(upper)
                );
            }
            _ => text.push_str("  not known: no document reported clean has a verdict\n"),
        }
        for (count, what) in [(self.unclear, "unclear, left out"), (self.open, "without a verdict, left out")] {
            if count > 0 {
                let _ = writeln!(text, "{count} {what}");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::sample::Sample;
    use crate::report::samples::{self, Shared};

    #[test]
    fn a_sample_goes_out_and_comes_back() {
        let mut sample = Sample::new(1, 10, 10);
        let found = samples::document();
        let mut clean = samples::document();
        clean.findings.clear();
        sample.document("drop/a.zip!in/p.csv", &found);
        sample.document("drop/clean.csv", &clean);
        let shared = Shared::default();
        let output = Output::stream("memory", Box::new(shared.clone()));
        write(output, &sample.finish(), 1, "R-1").unwrap();
        let text = shared.text();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert_eq!(read(text.as_bytes()).unwrap().open, 2);
        let filled =
            text.replacen(",R-1,,,\r\n", ",R-1,Right,me,\r\n", 1).replacen(",R-1,,,\r\n", ",R-1,clean,me,\r\n", 1);
        let said = read(filled.as_bytes()).unwrap().text();
        for part in [
            "ssn             1 of   1 right  100.0 %",
            "phisweep itself expected 100.0 %",
            "0 of 1 missed  0.0 %, with 95 % not more than 100.0 %",
        ] {
            assert!(said.contains(part), "{part}\nin\n{said}");
        }
    }

    #[test]
    fn scores_are_by_identifier_and_weight() {
        let mut table = "kind;identifier;probability;weight;verdict\n".to_string();
        (0..30).for_each(|n| table += &format!("finding;ssn;0,99;2,5;{}\n", if n < 27 { "right" } else { "wrong" }));
        (0..10).for_each(|_| table += "finding;mbi;0,99;10;right\n");
        (0..30).for_each(|_| table += "clean;;;4;clean\n");
        table += "finding;ssn;;1;unclear\n";
        let said = read(table.as_bytes()).unwrap().text();
        for part in [
            "ssn            27 of  30 right  90.0 %, 95 %: 74.4 % to 96.5 %",
            "all findings   37 of  40 right  95.7 %",
            "0 of 30 missed  0.0 %, with 95 % not more than 10.0 %",
            "1 unclear",
        ] {
            assert!(said.contains(part), "{part}\nin\n{said}");
        }
    }

    #[test]
    fn verdicts_that_are_none_are_refused_with_their_line() {
        let table = "kind,identifier,weight,verdict\nfinding,ssn,1,rigth\nclean,,1,right\nfinding,ssn,x,right\nother,,1,right\n";
        let wrong = read(table.as_bytes()).unwrap_err();
        for (at, part) in [
            (0, "line 2: verdict \"rigth\": a finding is right, wrong or unclear; did you mean right?"),
            (1, "line 3: verdict \"right\": a document is clean, missed or unclear"),
            (2, "line 4: weight \"x\" is no number above 0"),
            (3, "line 5: kind \"other\" is neither"),
        ] {
            assert!(wrong[at].starts_with(part), "{wrong:#?}");
        }
        assert!(read(b"a,b\n1,2\n").is_err());
    }
}

//! Our own JSON Lines → the run, events and summary that were written. In: a FINDINGS.jsonl, line by line. Out: what
//! every report takes, one document at a time. Refuses what is not ours, says in which line, and a file without its
//! `summary` unless a fragment will do.
//!
//! Fields, records, identifiers and values that are not known here come from a newer version: fields are ignored, and
//! findings that cannot be told are counted in [`Read::unknown`].

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};
use std::path::Path;

use crate::error::{Error, Result};
use crate::finding::Summary;
use crate::report::records::{DocumentRecord, FindingRecord, GapRecord, MatchRecord, RunRecord, SummaryRecord};
use crate::scan::{Event, Run};

mod nouns;

use nouns::Nouns;

/// The longest line that is read, bytes: a finding has some 2 kB.
const LONGEST: u64 = 16 << 20;

/// The schema that is read.
const SCHEMA: u32 = 1;

/// What was read.
pub struct Read {
    /// What the report said at its end; of a fragment, what its records add up to.
    pub summary: Summary,
    /// Whether there was an end.
    pub whole: bool,
    /// Findings of identifiers that this version does not know, and records of kinds it does not know.
    pub unknown: u64,
}

/// Whoever takes what is read.
pub trait Reader {
    /// The head.
    fn run(&mut self, run: Run) -> Result<()>;
    /// One document or gap, in the order of the report.
    fn event(&mut self, event: Event) -> Result<()>;
}

/// Reads a report. `name` is for messages.
pub fn read(name: &Path, mut lines: impl BufRead, fragment: bool, reader: &mut impl Reader) -> Result<Read> {
    let mut nouns = Nouns::default();
    let mut sums = Sums::default();
    let mut summary = None;
    let mut begun = false;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let n = lines.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(|e| Error::read(name, e))?;
        if n == 0 {
            break;
        }
        let bad = |what: &str| Err(wrong(name, number, what));
        if n as u64 == LONGEST {
            return bad("a line that is too long for a record");
        }
        let text = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        let Some(kind) = kind(text) else {
            // The last line of a run that was killed.
            if fragment && line.last() != Some(&b'\n') {
                break;
            }
            return bad("no record of phisweep's JSON Lines");
        };
        if summary.is_some() {
            return bad("a record behind the summary; several reports in one file are read one by one");
        }
        if begun == (kind == "run") {
            return bad(if begun {
                "a second run; reports are read one by one"
            } else {
                "it does not begin with a run"
            });
        }
        match kind.as_str() {
            "run" => {
                let record: RunRecord<'_> = parsed(name, number, text)?;
                if record.schema > SCHEMA {
                    return bad("written in a newer schema than this version reads");
                }
                begun = true;
                reader.run(nouns.run(record))?;
            }
            "match" => nouns.push_match(parsed::<MatchRecord<'_>>(name, number, text)?),
            "finding" => {
                let record: FindingRecord<'_> = parsed(name, number, text)?;
                for event in nouns.finding(record) {
                    sums.tell(event, reader)?;
                }
            }
            "document" => {
                let record: DocumentRecord<'_> = parsed(name, number, text)?;
                for event in nouns.document(record) {
                    sums.tell(event, reader)?;
                }
            }
            "gap" => {
                let record: GapRecord<'_> = parsed(name, number, text)?;
                for event in nouns.gap(record) {
                    sums.tell(event, reader)?;
                }
            }
            "summary" => {
                for event in nouns.rest() {
                    sums.tell(event, reader)?;
                }
                summary = Some(nouns.summary(parsed::<SummaryRecord<'_>>(name, number, text)?));
            }
            _ => nouns.unknown += 1,
        }
    }
    for event in nouns.rest() {
        sums.tell(event, reader)?;
    }
    let (whole, unknown) = (summary.is_some(), nouns.unknown);
    if !whole && !fragment {
        let message =
            "it has no summary: a fragment of a run that did not come to its end; --fragment reads it all the same";
        return Err(Error::Usage(format!("{}: {}", name.display(), if begun { message } else { "it is empty" })));
    }
    Ok(Read { summary: summary.unwrap_or(sums.summary), whole, unknown })
}

/// The `type` of a record, if it is one.
fn kind(line: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Kind {
        r#type: String,
    }
    serde_json::from_slice::<Kind>(line).ok().map(|kind| kind.r#type)
}

fn parsed<'a, T: serde::Deserialize<'a>>(name: &Path, number: usize, line: &'a [u8]) -> Result<T> {
    // What serde says of a mistake quotes what it read.
    serde_json::from_slice(line)
        .map_err(|e| wrong(name, number, &format!("a record of another shape, at column {}", e.column())))
}

fn wrong(name: &Path, number: usize, what: &str) -> Error {
    Error::Pattern { file: name.display().to_string(), line: number, message: what.to_string() }
}

/// What the records add up to, for a report that does not say so itself.
#[derive(Default)]
struct Sums {
    summary: Summary,
}

impl Sums {
    fn tell(&mut self, event: Event, reader: &mut impl Reader) -> Result<()> {
        let summary = &mut self.summary;
        let mut gaps: BTreeMap<usize, u64> = BTreeMap::new();
        match &event {
            Event::Document(document) => {
                *summary.documents.of(document.status) += 1;
                *summary.sizes_by_status.of(document.status) += document.bytes;
                summary.bytes += document.bytes;
                // Documents may share people: at least those of the largest, at most all of them.
                summary.people = summary.people.max(document.people);
                summary.people_low = summary.people_low.max(document.people_low);
                summary.people_high += document.people_high;
                for finding in document.findings.iter().filter(|finding| finding.listed) {
                    summary.findings[finding.severity as usize] += 1;
                    summary.accepted[finding.severity as usize] += u64::from(finding.decision.accepted);
                    summary.listed_false += 1.0 - finding.probability;
                }
                summary.unlisted += document.not_listed();
                for gap in &document.gaps {
                    *gaps.entry(gap.class as usize).or_default() += 1;
                }
            }
            Event::Gap(gap) => *gaps.entry(gap.class as usize).or_default() += 1,
        }
        for (class, n) in gaps {
            summary.gaps[class] += n;
        }
        summary.exit = 2;
        reader.event(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Place, Status};
    use crate::gap::Reason;
    use crate::report::Report;
    use crate::report::jsonl::Jsonl;
    use crate::report::output::Output;
    use crate::report::samples::{self, Shared};

    /// Writes again what it reads.
    struct Again(Jsonl);

    impl Reader for Again {
        fn run(&mut self, run: Run) -> Result<()> {
            self.0.begin(&run)
        }
        fn event(&mut self, event: Event) -> Result<()> {
            self.0.event(&event)
        }
    }

    fn jsonl(shared: &Shared) -> Jsonl {
        Jsonl::new(Output::stream("memory", Box::new(shared.clone())))
    }

    fn written() -> String {
        let shared = Shared::default();
        let mut report = jsonl(&shared);
        report.begin(&samples::run()).unwrap();
        let mut second = samples::document();
        second.locator = crate::locator::Locator::named("b\n\"x\".xlsx");
        second.findings[0].place = Place::Cell { sheet: "Sheet1".into(), column: "B".into() };
        second.findings[0].decision.disposition = "accepted".into();
        second.findings[0].decision.accepted = true;
        second.status = Status::Partial;
        second.gaps = vec![crate::gap::Gap::new(0, second.locator.clone(), Reason::Malformed, "x")];
        for event in [
            Event::Document(Box::new(samples::document())),
            Event::Gap(samples::gap("c", Reason::Denied)),
            Event::Document(Box::new(second)),
            Event::Gap(samples::gap("d", Reason::Encrypted)),
        ] {
            report.event(&event).unwrap();
        }
        report.finish(&samples::summary()).unwrap();
        shared.text()
    }

    fn again(text: &str, fragment: bool) -> Result<(String, Read)> {
        let shared = Shared::default();
        let mut report = Again(jsonl(&shared));
        let read = read(Path::new("x.jsonl"), text.as_bytes(), fragment, &mut report)?;
        report.0.finish(&read.summary).unwrap();
        Ok((shared.text(), read))
    }

    #[test]
    fn what_was_written_is_read_back_to_the_byte() {
        let text = written();
        let (again, read) = again(&text, false).unwrap();
        assert_eq!(again, text);
        assert!(read.whole && read.unknown == 0);
    }

    #[test]
    fn what_a_newer_version_wrote_is_read_as_far_as_it_is_known() {
        let text = written();
        let newer = text.replace("\"type\":\"finding\",", "\"type\":\"finding\",\"new\":{\"a\":[1]},");
        assert_eq!(again(&newer, false).unwrap().0, text);
        let other = text.replacen("\"identifier\":\"ssn\",\"hipaa\"", "\"identifier\":\"iris-scan\",\"hipaa\"", 1);
        let (again, read) = again(&other, false).unwrap();
        assert_eq!(read.unknown, 1);
        assert_eq!(again.matches("\"type\":\"finding\"").count(), 1);
    }

    #[test]
    fn fragments_and_what_is_no_report_are_refused_by_line() {
        let text = written();
        let message = |text: &str| again(text, false).err().map(|e| e.to_string()).unwrap_or_default();
        let cut = &text[..text.rfind("{\"type\":\"summary\"").unwrap()];
        assert!(message(cut).contains("no summary"), "{}", message(cut));
        assert!(message("").contains("it is empty"));
        assert!(message("a,b\n1,2\n").starts_with("x.jsonl:1: no record"));
        assert!(message(&text[text.find('\n').unwrap() + 1..]).contains("does not begin with a run"));
        assert!(message(&format!("{text}{text}")).contains("behind the summary"));
        let secret = text.replace("\"matches\":1171", "\"matches\":\"123-45-6789\"");
        assert!(!message(&secret).contains("6789") && message(&secret).contains("x.jsonl:"), "{}", message(&secret));

        let (again, read) = again(&cut[..cut.len() - 20], true).unwrap();
        assert!(!read.whole && again.contains("\"complete\":false"), "{again}");
        assert_eq!(read.summary.findings[4], 2);
        assert_eq!((read.summary.people, read.summary.people_low, read.summary.people_high), (1171, 1120, 2480));
    }

    #[test]
    fn findings_alone_are_documents_of_what_is_known() {
        let text = written();
        let kinds = ["{\"type\":\"run\"", "{\"type\":\"finding\""];
        let only: Vec<&str> = text.lines().filter(|line| kinds.iter().any(|kind| line.starts_with(kind))).collect();
        let (again, read) = again(&only.join("\n"), true).unwrap();
        assert_eq!(read.summary.documents.complete, 2);
        assert_eq!(again.matches("\"type\":\"finding\"").count(), 2);
    }
}

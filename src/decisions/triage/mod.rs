//! Decisions that come back in a worklist. In: `worklist.csv` as a spreadsheet saved it; the findings it was made from, one document at
//! a time. Out: entries of the file that `--suppress` reads. Refuses rows that name no finding, decisions that contradict each
//! other, and what a decision lacks, each with its line; where anything is refused nothing is written.

mod day;
mod file;
mod table;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::decisions::{Disposition, LONGEST, day_from_now};
use crate::error::Result;
use crate::finding::Document;
use crate::identifier::Identifier;
use crate::report::worklist::{self, Part};
pub use file::Entry;

/// One row that decides something.
#[derive(Clone, Debug)]
struct Decided {
    line: u64,
    /// `W-…`
    id: String,
    /// The run of the worklist; empty where that column is gone.
    run_id: String,
    disposition: Disposition,
    who: String,
    /// `YYYY-MM-DD`
    until: String,
    reason: String,
    ticket: String,
}

impl Decided {
    fn same(&self, other: &Decided) -> bool {
        let said = |one: &Decided| {
            (one.disposition, one.who.clone(), one.until.clone(), one.reason.clone(), one.ticket.clone())
        };
        said(self) == said(other)
    }
}

/// Something in a worklist that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: u64,
    /// What, and what to do.
    pub what: String,
}

/// A worklist being read back.
pub struct Import {
    rows: Vec<Decided>,
    by_id: HashMap<String, usize>,
    entries: BTreeMap<String, (usize, Entry)>,
    met: BTreeMap<usize, Met>,
    problems: Vec<Problem>,
    open: usize,
}

/// What a row stands for, as the findings tell.
#[derive(Default)]
struct Met {
    series: String,
    identifiers: String,
    documents: u64,
}

/// What came of a worklist.
#[derive(Debug)]
pub struct Imported {
    /// What is wrong; where there is any, nothing may be written.
    pub problems: Vec<Problem>,
    /// One line for each decision.
    pub decisions: Vec<String>,
    /// Rows without a decision.
    pub open: usize,
    /// What they come to, in the order of their series.
    pub entries: Vec<Entry>,
}

/// What a file would be with the decisions in it.
#[derive(Debug)]
pub struct Applied {
    /// Its text.
    pub text: String,
    /// Entries that were not there.
    pub added: usize,
    /// Entries that take the place of others.
    pub changed: usize,
    /// Entries that are there already.
    pub same: usize,
}

impl Import {
    /// Reads the worklist; an error says that it is none.
    pub fn read(bytes: &[u8]) -> std::result::Result<Import, String> {
        let table = table::read(bytes, &day_from_now(0), &day_from_now(LONGEST))?;
        let (mut rows, mut problems): (Vec<Decided>, _) = (Vec::new(), table.problems);
        let mut by_id: HashMap<String, usize> = HashMap::new();
        for row in table.decided {
            match by_id.get(&row.id) {
                Some(first) if rows[*first].same(&row) => {}
                Some(first) => problems.push(Problem {
                    line: row.line,
                    what: format!("{} is decided otherwise in line {}", row.id, rows[*first].line),
                }),
                None => {
                    by_id.insert(row.id.clone(), rows.len());
                    rows.push(row);
                }
            }
        }
        Ok(Import { rows, by_id, entries: BTreeMap::new(), met: BTreeMap::new(), problems, open: table.open })
    }

    /// The run whose findings follow: a decision is about the numbers that were seen.
    pub fn run(&mut self, run_id: &str) {
        for row in self.rows.iter().filter(|row| !row.run_id.is_empty() && row.run_id != run_id) {
            let what = format!("this row is of run {}, and the findings are of {run_id}", row.run_id);
            self.problems.push(Problem { line: row.line, what });
        }
    }

    /// A document of that run.
    pub fn document(&mut self, root: &str, document: &Document) {
        if self.rows.is_empty() {
            return;
        }
        for part in worklist::parts(root, document) {
            if let Some(row) = self.by_id.get(&part.id).copied() {
                let met = self.met.entry(row).or_default();
                met.series.clone_from(&part.series);
                met.identifiers = worklist::names(&part.identifiers);
                met.documents += 1;
                self.part(row, document, &part);
            }
        }
    }

    fn part(&mut self, row: usize, document: &Document, part: &Part<'_>) {
        let decided = &self.rows[row];
        for finding in &part.findings {
            let beside = finding.linked_with.iter().filter_map(|name| Identifier::by_name(name));
            let identifiers: BTreeSet<Identifier> = part.identifiers.iter().copied().chain(beside).collect();
            let readable_by = document.access.readable_by;
            match self.entries.get_mut(&finding.series_id) {
                None => {
                    let entry = Entry {
                        line: decided.line,
                        series_id: finding.series_id.clone(),
                        about: format!("{}, {}: {}", part.series, finding.place, finding.identifier),
                        disposition: decided.disposition,
                        reason: decided.reason.clone(),
                        who: decided.who.clone(),
                        until: decided.until.clone(),
                        ticket: decided.ticket.clone(),
                        matches: finding.matches,
                        people: finding.people,
                        identifiers,
                        readable_by,
                    };
                    self.entries.insert(finding.series_id.clone(), (row, entry));
                }
                Some((first, entry)) => {
                    if *first != row && !self.rows[*first].same(decided) {
                        let what = format!(
                            "{} of {} stands in line {} too, decided otherwise",
                            finding.place, part.series, self.rows[*first].line
                        );
                        let problem = Problem { line: decided.line, what };
                        if !self.problems.contains(&problem) {
                            self.problems.push(problem);
                        }
                        continue;
                    }
                    entry.matches = entry.matches.max(finding.matches);
                    entry.people = entry.people.max(finding.people);
                    entry.identifiers.extend(identifiers);
                    if readable_by.width() > entry.readable_by.width() {
                        entry.readable_by = readable_by;
                    }
                }
            }
        }
    }

    /// All findings were told.
    pub fn finish(mut self) -> Imported {
        for (_, row) in self.rows.iter().enumerate().filter(|(at, _)| !self.met.contains_key(at)) {
            let what = format!("{} is none of the findings: was the id changed, or is this another scan?", row.id);
            self.problems.push(Problem { line: row.line, what });
        }
        self.problems.sort_by_key(|problem| problem.line);
        let decisions = self.met.iter().map(|(at, met)| {
            let row = &self.rows[*at];
            let places = self.entries.values().filter(|(of, _)| of == at).count();
            format!(
                "{} until {} by {}: {} ({}; {} documents, {places} places)",
                row.disposition.name(),
                row.until,
                row.who,
                met.series,
                met.identifiers,
                met.documents,
            )
        });
        let decisions = decisions.collect();
        let entries = self.entries.into_values().map(|(_, entry)| entry).collect();
        Imported { problems: self.problems, decisions, open: self.open, entries }
    }
}

impl Imported {
    /// Puts the decisions into the text of the file called `name`.
    pub fn into_file(&self, name: &str, text: &str) -> Result<Applied> {
        let file::Merged { text, added, changed, same } = file::merge(name, text, &self.entries)?;
        Ok(Applied { text, added, changed, same })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decisions::accepted::Accepted;
    use crate::finding::ReadableBy;
    use crate::report::samples;

    fn worklist(disposition: &str) -> (String, Document) {
        let document = samples::document();
        let id = worklist::parts("drop", &document)[0].id.clone();
        let until = day_from_now(30);
        let text = format!(
            "worklist_id,disposition,who,until,reason,ticket,run_id\n{id},{disposition},J. Doe,{until},agreed so,T-1,R-1\n"
        );
        (text, document)
    }

    fn import(text: &str, run: &str, document: &Document) -> Imported {
        let mut import = Import::read(text.as_bytes()).unwrap();
        import.run(run);
        import.document("drop", document);
        import.finish()
    }

    #[test]
    fn a_decision_comes_back_to_the_next_scan() {
        for (name, accepted, said) in [
            ("false-alarm", true, "false-alarm"),
            ("accepted-risk", true, "accepted-risk"),
            ("agreed", true, "agreed"),
            ("fix-ordered", false, "fix-ordered"),
            ("fixed-claimed", false, "fixed-claimed, and still here"),
        ] {
            let (text, mut document) = worklist(name);
            let imported = import(&text, "R-1", &document);
            assert!(imported.problems.is_empty(), "{:?}", imported.problems);
            assert_eq!(imported.decisions.len(), 1);
            let applied = imported.into_file("suppress.toml", "").unwrap();
            assert_eq!(applied.added, 1);
            let mut read = Accepted::parse("suppress.toml", &applied.text).unwrap();
            read.decide(&mut document, "drop/a.zip!in/p.csv");
            let decision = &document.findings[0].decision;
            assert_eq!((decision.accepted, decision.disposition.as_str()), (accepted, said), "{name}");
            assert_eq!(decision.ticket, "T-1");
            // What grows is told anew.
            document.findings[0].matches *= 2;
            read.decide(&mut document, "drop/a.zip!in/p.csv");
            assert!(!document.findings[0].decision.accepted);
        }
    }

    #[test]
    fn the_widest_and_most_of_a_feed_is_what_was_accepted() {
        let (text, first) = worklist("agreed");
        let mut second = first.clone();
        second.findings[0].matches = 2000;
        second.access.readable_by = ReadableBy::Group;
        let mut import = Import::read(text.as_bytes()).unwrap();
        import.document("drop", &second);
        import.document("drop", &first);
        let entry = &import.finish().entries[0];
        assert_eq!((entry.matches, entry.people, entry.readable_by), (2000, 1171, ReadableBy::World));
    }

    #[test]
    fn what_names_no_finding_or_another_run_is_refused() {
        let (text, document) = worklist("agreed");
        let other = import(&text, "R-2", &document);
        assert!(other.problems[0].what.contains("of run R-1"), "{:?}", other.problems);
        let unknown = import(&text.replace("W-", "W-X"), "R-1", &document);
        assert_eq!(unknown.problems[0].line, 2);
        assert!(unknown.problems[0].what.contains("none of the findings"));
        let twice = format!("{text}{}", text.lines().nth(1).unwrap().replace("agreed,", "false-alarm,"));
        let twice = import(&twice, "R-1", &document);
        assert!(twice.problems[0].what.contains("decided otherwise in line 2"), "{:?}", twice.problems);
    }
}

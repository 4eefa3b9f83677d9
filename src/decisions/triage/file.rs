//! Decisions → the file that `--suppress` reads. In: its text as it is, and entries. Out: the text with these entries in the place
//! of older ones for the same finding, everything else as it stood, remarks too. Refuses a text that is no such file.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use serde::Deserialize;
use toml::Spanned;

use crate::decisions::Disposition;
use crate::decisions::accepted::Accepted;
use crate::error::{Error, Result};
use crate::finding::ReadableBy;
use crate::identifier::Identifier;
use crate::report::words::plain;

/// One decision on one place of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line of the worklist that decides it, from 1.
    pub line: u64,
    /// `S-…`
    pub series_id: String,
    /// What it stands for, for people.
    pub about: String,
    /// What.
    pub disposition: Disposition,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub who: String,
    /// `YYYY-MM-DD`
    pub until: String,
    /// May be empty.
    pub ticket: String,
    /// The most in one document.
    pub matches: u64,
    /// The most in one document.
    pub people: u64,
    /// Its own, and those beside it.
    pub identifiers: BTreeSet<Identifier>,
    /// The widest.
    pub readable_by: ReadableBy,
}

/// The new text, and what became of the entries.
#[derive(Debug)]
pub(super) struct Merged {
    pub(super) text: String,
    pub(super) added: usize,
    pub(super) changed: usize,
    pub(super) same: usize,
}

#[derive(Deserialize)]
struct Entries {
    #[serde(default)]
    accept: Vec<Spanned<toml::Table>>,
    #[serde(default)]
    fix: Vec<Spanned<toml::Table>>,
    #[serde(default)]
    known: Vec<Spanned<toml::Table>>,
}

/// Puts entries into the text of the file called `name`.
pub(super) fn merge(name: &str, text: &str, entries: &[Entry]) -> Result<Merged> {
    Accepted::parse(name, text)?;
    let no_entries = |_| Error::Usage(format!("{name}: its entries cannot be told apart"));
    let there: Entries = toml::from_str(text).map_err(no_entries)?;
    let mut starts: Vec<usize> =
        [&there.accept, &there.fix, &there.known].into_iter().flatten().map(|table| header(text, table)).collect();
    starts.sort_unstable();
    let mut of_series: HashMap<&str, Vec<(usize, &toml::Table)>> = HashMap::new();
    for table in there.accept.iter().chain(&there.fix) {
        if let Some(id) = table.get_ref().get("series").and_then(toml::Value::as_str) {
            of_series.entry(id).or_default().push((header(text, table), table.get_ref()));
        }
    }
    let (mut added, mut changed, mut same) = (0, 0, 0);
    let mut fresh = String::new();
    let mut gone: Vec<(usize, usize)> = Vec::new();
    for entry in entries {
        let block = entry.block();
        let is_there = |table: &toml::Table| {
            toml::from_str::<Entries>(&block)
                .is_ok_and(|one| one.accept.iter().chain(&one.fix).any(|one| one.get_ref() == table))
        };
        match of_series.get(entry.series_id.as_str()).map(Vec::as_slice) {
            Some([(_, table)]) if is_there(table) => {
                same += 1;
                continue;
            }
            Some(old) => {
                changed += 1;
                gone.extend(old.iter().map(|(start, _)| stretch(text, &starts, *start)));
            }
            None => added += 1,
        }
        fresh.push('\n');
        fresh.push_str(&block);
    }
    gone.sort_unstable();
    let mut new = String::with_capacity(text.len() + fresh.len());
    let mut at = 0;
    for (start, end) in gone {
        new.push_str(&text[at..start]);
        at = end;
    }
    new.push_str(&text[at..]);
    if !new.is_empty() && !new.ends_with('\n') {
        new.push('\n');
    }
    new.push_str(if new.is_empty() { fresh.trim_start() } else { &fresh });
    // What we write must be what we read: never leave a file that stops the next scan.
    Accepted::parse(name, &new)?;
    Ok(Merged { text: new, added, changed, same })
}

/// Where the line with the head of an entry starts.
fn header(text: &str, table: &Spanned<toml::Table>) -> usize {
    text[..table.span().start].rfind('\n').map_or(0, |at| at + 1)
}

/// From the remark above an entry that we wrote, or its head, to the end of its last line that says something of it: what stands above
/// the next entry belongs to that.
fn stretch(text: &str, starts: &[usize], start: usize) -> (usize, usize) {
    let next = starts.get(starts.partition_point(|one| *one <= start)).copied().unwrap_or(text.len());
    let mut end = next;
    for line in text[start..next].split_inclusive('\n').rev() {
        let said = line.trim();
        if !said.is_empty() && !said.starts_with('#') {
            break;
        }
        end -= line.len();
    }
    let above = text[..start].trim_end_matches('\n');
    let remark = above.rfind('\n').map_or(0, |at| at + 1);
    match above[remark..].starts_with(REMARK) && text[..start].len() - above.len() == 1 {
        true => (remark, end),
        false => (start, end),
    }
}

/// How the line above an entry begins that came from a worklist.
const REMARK: &str = "# worklist: ";

impl Entry {
    fn block(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_string()).to_string();
        let mut block = format!("{REMARK}{}\n", plain(&self.about));
        let table = if self.disposition.accepts() { "accept" } else { "fix" };
        let _ = writeln!(block, "[[{table}]]\nseries      = {}", quoted(&self.series_id));
        let _ = writeln!(block, "disposition = {}", quoted(self.disposition.name()));
        let _ = writeln!(block, "reason      = {}", quoted(&self.reason));
        let _ = writeln!(block, "who         = {}", quoted(&self.who));
        let _ = writeln!(block, "until       = {}", self.until);
        if !self.ticket.is_empty() {
            let _ = writeln!(block, "ticket      = {}", quoted(&self.ticket));
        }
        if self.disposition.accepts() {
            let names: Vec<String> = self.identifiers.iter().map(|identifier| quoted(identifier.name())).collect();
            let _ = writeln!(block, "matches     = {}", self.matches);
            let _ = writeln!(block, "people      = {}", self.people);
            let _ = writeln!(block, "identifiers = [{}]", names.join(", "));
            let _ = writeln!(block, "readable_by = {}", quoted(self.readable_by.name()));
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decisions::day_from_now;

    fn entry(id: &str, disposition: Disposition) -> Entry {
        Entry {
            line: 2,
            series_id: id.to_string(),
            about: "drop/m_*.csv, column: ssn".to_string(),
            disposition,
            reason: "a \"counter\"\nno number".to_string(),
            who: "J. Doe".to_string(),
            until: day_from_now(30),
            ticket: String::new(),
            matches: 10,
            people: 9,
            identifiers: [Identifier::SSN].into(),
            readable_by: ReadableBy::Group,
        }
    }

    #[test]
    fn entries_are_added_replaced_or_left_and_all_else_stays() {
        let until = day_from_now(10);
        let by_hand = format!(
            "# ours\n\n[[accept]] # the first\nseries = \"S-A\"\nreason = \"[[accept]]\"\nwho = \"x\"\nuntil = {until}\n\
             matches = 1\npeople = 1\nidentifiers = []\nreadable_by = \"group\"\n\n# of the next\n[[known]]\n\
             fingerprint = \"0123456789abcdef0123\"\nreason = \"r\"\nwho = \"x\"\nuntil = {until}\n"
        );
        let new = [entry("S-B", Disposition::FalseAlarm), entry("S-C", Disposition::FixOrdered)];
        let first = merge("f", &by_hand, &new).unwrap();
        assert_eq!((first.added, first.changed, first.same), (2, 0, 0));
        assert!(first.text.starts_with(&by_hand), "what stood there stays");
        let again = merge("f", &first.text, &new).unwrap();
        assert_eq!((again.added, again.changed, again.same), (0, 0, 2));
        assert_eq!(again.text, first.text, "twice is once");
        // A fix that is accepted after all, and an entry written by hand: both give way, and only they.
        let third =
            merge("f", &first.text, &[entry("S-C", Disposition::Agreed), entry("S-A", Disposition::Agreed)]).unwrap();
        assert_eq!((third.added, third.changed, third.same), (0, 2, 0));
        assert!(third.text.starts_with("# ours\n\n\n# of the next\n[[known]]"), "{}", third.text);
        assert_eq!(third.text.matches("S-A").count() + third.text.matches("S-C").count(), 2, "{}", third.text);
        assert!(!third.text.contains("fix-ordered") && third.text.contains("\"S-B\""));
        assert_eq!(third.text.matches(REMARK).count(), 3, "{}", third.text);
    }

    #[test]
    fn a_fresh_file_begins_with_its_first_entry() {
        let fresh = merge("f", "", &[entry("S-B", Disposition::AcceptedRisk)]).unwrap();
        assert!(fresh.text.starts_with("# worklist: drop/m_*.csv, column: ssn\n[[accept]]\nseries "), "{}", fresh.text);
        assert!(merge("f", "[[accept]]\n", &[]).is_err(), "what is no such file is left alone");
    }
}

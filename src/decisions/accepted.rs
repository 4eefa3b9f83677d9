//! Findings that somebody has accepted or has ordered to be fixed, and values that are known. In: a TOML file, each entry with reason,
//! who and until; findings. Out: the decision on each finding, re-opened where it has run out, or what was accepted has grown. Refuses
//! unknown keys and what is missing, with file and line. The format is `docs/accepted.md`.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::value::Datetime;

use super::{Disposition, LONGEST, Source, day_from_now};
use crate::error::Result;
use crate::finding::{Decision, Document, Finding, ReadableBy};
use crate::identifier::Identifier;

/// What was accepted.
#[derive(Debug, Default)]
pub struct Accepted {
    entries: Vec<Entry>,
    by_id: HashMap<String, Vec<usize>>,
    globs: Vec<usize>,
    /// Fingerprints of known values that have not run out.
    pub known: HashSet<[u8; 10]>,
    /// Entries of known values that have.
    pub known_expired: usize,
    /// Any known value was named at all.
    pub names_known: bool,
    today: String,
}

#[derive(Debug)]
struct Entry {
    glob: Option<(GlobMatcher, Identifier)>,
    until: String,
    ticket: String,
    matches: u64,
    people: u64,
    identifiers: Vec<String>,
    readable_by: ReadableBy,
    /// What was decided, as reports say it.
    disposition: Disposition,
    /// Matches and people met so far, where it stands for many findings.
    met: (u64, u64),
    used: bool,
}

/// What was accepted of a finding: what goes beyond it is told anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Values.
    pub matches: u64,
    /// People.
    pub people: u64,
    /// Names of identifiers, its own and those beside it.
    pub identifiers: Vec<String>,
    /// Who could read it, as [`ReadableBy::name`] says it.
    pub readable_by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    accept: Vec<Spanned<AcceptTable>>,
    #[serde(default)]
    fix: Vec<Spanned<FixTable>>,
    #[serde(default)]
    known: Vec<Spanned<KnownTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptTable {
    finding: Option<Spanned<String>>,
    series: Option<Spanned<String>>,
    path: Option<Spanned<String>>,
    identifier: Option<Spanned<String>>,
    reason: Spanned<String>,
    who: Spanned<String>,
    until: Spanned<Datetime>,
    ticket: Option<String>,
    matches: u64,
    people: u64,
    identifiers: Vec<Spanned<String>>,
    readable_by: Spanned<String>,
    disposition: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FixTable {
    finding: Option<Spanned<String>>,
    series: Option<Spanned<String>>,
    disposition: Spanned<String>,
    reason: Spanned<String>,
    who: Spanned<String>,
    until: Spanned<Datetime>,
    ticket: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownTable {
    fingerprint: Spanned<String>,
    reason: Spanned<String>,
    who: Spanned<String>,
    until: Spanned<Datetime>,
}

impl Accepted {
    /// Reads the file at `path`.
    pub fn read(path: &Path) -> Result<Accepted> {
        let (source, file) = Source::read(path)?;
        Accepted::of(&source, file)
    }

    /// Reads a text as the file called `name`, which need not be there yet.
    pub fn parse(name: &str, text: &str) -> Result<Accepted> {
        let (source, file) = Source::parse(name, text.to_string())?;
        Accepted::of(&source, file)
    }

    fn of(source: &Source, file: File) -> Result<Accepted> {
        let mut accepted =
            Accepted { today: day_from_now(0), names_known: !file.known.is_empty(), ..Accepted::default() };
        let latest = day_from_now(LONGEST);
        let until = |day: &Spanned<Datetime>| {
            let until = source.day("until", day)?;
            match until > latest {
                true => Err(source.wrong(day.span().start, format!("`until` is at most a year ahead: {latest}"))),
                false => Ok(until),
            }
        };
        for table in &file.accept {
            let at = table.span().start;
            let table = table.get_ref();
            source.said("reason", &table.reason)?;
            source.said("who", &table.who)?;
            let readable_by = ReadableBy::by_name(table.readable_by.get_ref()).ok_or_else(|| {
                let message = "`readable_by` is as reports say it: world, group, owner, acl, declared, unknown";
                source.wrong(table.readable_by.span().start, message)
            })?;
            for name in &table.identifiers {
                identifier(source, name)?;
            }
            let number = accepted.entries.len();
            let glob = match (&table.finding, &table.series, &table.path, &table.identifier) {
                (finding, series, None, None) if finding.is_some() != series.is_some() => {
                    let id = by_id(source, at, finding.as_ref(), series.as_ref())?;
                    accepted.by_id.entry(id).or_default().push(number);
                    None
                }
                (None, None, Some(path), Some(name)) => {
                    let glob = GlobBuilder::new(path.get_ref()).literal_separator(true).backslash_escape(true).build();
                    let glob = glob.map_err(|error| source.wrong(path.span().start, error.kind().to_string()))?;
                    accepted.globs.push(number);
                    Some((glob.compile_matcher(), identifier(source, name)?))
                }
                _ => {
                    let message = "an entry says `finding`, or `series`, or `path` and `identifier`, and nothing else";
                    return Err(source.wrong(at, message));
                }
            };
            accepted.entries.push(Entry {
                glob,
                until: until(&table.until)?,
                ticket: table.ticket.clone().unwrap_or_default(),
                matches: table.matches,
                people: table.people,
                identifiers: table.identifiers.iter().map(|name| name.get_ref().clone()).collect(),
                readable_by,
                disposition: match &table.disposition {
                    Some(name) => disposition(source, name, true)?,
                    None => Disposition::Accepted,
                },
                met: (0, 0),
                used: false,
            });
        }
        for table in &file.fix {
            let at = table.span().start;
            let table = table.get_ref();
            source.said("reason", &table.reason)?;
            source.said("who", &table.who)?;
            let id = by_id(source, at, table.finding.as_ref(), table.series.as_ref())?;
            accepted.by_id.entry(id).or_default().push(accepted.entries.len());
            accepted.entries.push(Entry {
                glob: None,
                until: until(&table.until)?,
                ticket: table.ticket.clone().unwrap_or_default(),
                matches: 0,
                people: 0,
                identifiers: Vec::new(),
                readable_by: ReadableBy::Owner,
                disposition: disposition(source, &table.disposition, false)?,
                met: (0, 0),
                used: false,
            });
        }
        for table in &file.known {
            let table = table.get_ref();
            source.said("reason", &table.reason)?;
            source.said("who", &table.who)?;
            let fingerprint = fingerprint(table.fingerprint.get_ref()).ok_or_else(|| {
                let message = "a fingerprint is the twenty hexadecimal digits that match records have";
                source.wrong(table.fingerprint.span().start, message)
            })?;
            match until(&table.until)? < accepted.today {
                true => accepted.known_expired += 1,
                false => drop(accepted.known.insert(fingerprint)),
            }
        }
        Ok(accepted)
    }

    /// From here on it is this day, `YYYY-MM-DD`.
    pub fn on(&mut self, day: &str) {
        self.today = day.to_string();
    }

    /// Adds a decision that stands elsewhere than in a file, on the finding or the series of this id. Without limits nothing was
    /// accepted.
    pub fn add(&mut self, id: &str, disposition: Disposition, until: &str, ticket: &str, limits: &Limits) {
        self.by_id.entry(id.to_string()).or_default().push(self.entries.len());
        self.entries.push(Entry {
            glob: None,
            until: until.to_string(),
            ticket: ticket.to_string(),
            matches: limits.matches,
            people: limits.people,
            identifiers: limits.identifiers.clone(),
            readable_by: ReadableBy::by_name(&limits.readable_by).unwrap_or(ReadableBy::Owner),
            disposition,
            met: (0, 0),
            used: false,
        });
    }

    /// Decides on the findings of a document, whose path is as reports write it.
    pub fn decide(&mut self, document: &mut Document, path: &str) {
        let readable_by = document.access.readable_by;
        for finding in &mut document.findings {
            let ids = [&finding.id, &finding.series_id].into_iter().filter_map(|id| self.by_id.get(id)).flatten();
            let globs = self.globs.iter().filter(|number| {
                let glob = self.entries[**number].glob.as_ref();
                glob.is_some_and(|(glob, identifier)| *identifier == finding.identifier && glob.is_match(path))
            });
            let numbers: Vec<usize> = ids.chain(globs).copied().collect();
            // One that accepts says more than a fix that is ordered, and that more than what was re-opened.
            let mut decision: Option<(u8, Decision)> = None;
            for number in numbers {
                let next = self.entries[number].decide(finding, readable_by, &self.today);
                let rank = match self.entries[number].disposition.accepts() {
                    _ if next.accepted => 2,
                    fix => u8::from(!fix),
                };
                if decision.as_ref().is_none_or(|(best, _)| *best < rank) {
                    decision = Some((rank, next));
                }
                if rank == 2 {
                    break;
                }
            }
            if let Some((_, decision)) = decision {
                finding.decision = Decision { expected: finding.decision.expected, ..decision };
            }
        }
    }

    /// Entries that no finding matched.
    pub fn unused(&self) -> usize {
        self.entries.iter().filter(|entry| !entry.used).count()
    }
}

impl Entry {
    fn decide(&mut self, finding: &Finding, readable_by: ReadableBy, today: &str) -> Decision {
        self.used = true;
        self.met = match self.glob {
            Some(_) => (self.met.0 + finding.matches, self.met.1 + finding.people),
            None => (finding.matches, finding.people),
        };
        if !self.disposition.accepts() {
            let name = self.disposition.name();
            let said = match self.disposition {
                _ if self.until.as_str() < today => format!("overdue: {name}, due {}", self.until),
                Disposition::FixClaimed => format!("{name}, and still here"),
                _ => name.to_string(),
            };
            return self.decision(false, said);
        }
        let known = |name: &&str| {
            *name == finding.identifier.name() || self.identifiers.iter().any(|identifier| identifier == *name)
        };
        let added: Vec<&str> = finding.linked_with.iter().copied().filter(|name| !known(name)).collect();
        let why = if self.until.as_str() < today {
            Some(format!("accepted until {}", self.until))
        } else if grown(self.matches, self.met.0) {
            Some(format!("{} matches, {} were accepted", self.met.0, self.matches))
        } else if grown(self.people, self.met.1) {
            Some(format!("{} people, {} were accepted", self.met.1, self.people))
        } else if !added.is_empty() {
            Some(format!("with {} now", added.join("+")))
        } else if readable_by.width() > self.readable_by.width() {
            Some(format!("readable by {readable_by}, accepted for {}", self.readable_by))
        } else {
            None
        };
        match why {
            None => self.decision(true, self.disposition.name().to_string()),
            Some(why) => self.decision(false, format!("re-opened: {why}")),
        }
    }

    fn decision(&self, accepted: bool, disposition: String) -> Decision {
        Decision { expected: "", accepted, disposition, ticket: self.ticket.clone(), until: self.until.clone() }
    }
}

/// Whether there are more than a tenth more than were accepted.
fn grown(accepted: u64, now: u64) -> bool {
    u128::from(now) * 10 > u128::from(accepted) * 11
}

/// The id of an entry that names one.
fn by_id(
    source: &Source,
    at: usize,
    finding: Option<&Spanned<String>>,
    series: Option<&Spanned<String>>,
) -> Result<String> {
    let (id, prefix) = match (finding, series) {
        (Some(id), None) => (id, "F-"),
        (None, Some(id)) => (id, "S-"),
        _ => return Err(source.wrong(at, "an entry says `finding` or `series`, and not both")),
    };
    match id.get_ref().starts_with(prefix) {
        true => Ok(id.get_ref().clone()),
        false => Err(source.wrong(id.span().start, format!("such an id begins with {prefix}"))),
    }
}

/// A disposition that accepts, or one that orders a fix.
fn disposition(source: &Source, name: &Spanned<String>, accepts: bool) -> Result<Disposition> {
    let known = || Disposition::ALL.into_iter().filter(|one| one.accepts() == accepts);
    known().find(|one| one.name() == name.get_ref()).ok_or_else(|| {
        let names: Vec<&str> = known().map(Disposition::name).collect();
        source.wrong(name.span().start, format!("`disposition` here is one of {}", names.join(", ")))
    })
}

fn identifier(source: &Source, name: &Spanned<String>) -> Result<Identifier> {
    Identifier::by_name(name.get_ref()).ok_or_else(|| {
        let near = Identifier::suggestion(name.get_ref());
        let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        source.wrong(name.span().start, format!("no identifier is called so{near}"))
    })
}

fn fingerprint(text: &str) -> Option<[u8; 10]> {
    let mut bytes = [0; 10];
    if text.len() != 20 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_tenth_is_grown() {
        for (accepted, now, expected) in
            [(100, 110, false), (100, 111, true), (0, 0, false), (0, 1, true), (9, 10, true)]
        {
            assert_eq!(grown(accepted, now), expected, "{accepted} {now}");
        }
    }
}

//! What is known of the record being read: which identifiers stand on it, whose it is, and in a text where it ends. In:
//! values as they are counted. Out: a set of identifiers and person keys for the tally.

use crate::finding::{Protection, Subject};
use crate::identifier::Identifier;
use crate::judge::count::{Job, is_test};
use crate::judge::people::{KeyKind, RecordKeys, Words, key_kind};
use crate::judge::tally::{Tally, add_set};
use crate::judge::text::Judged;
use crate::validate::Valid;

/// In text, values that stand further apart than this many lines belong to different records.
const RECORD_LINES: u64 = 12;

/// Words before a name that say that its bearer is who is cared for or insured: a second such name is a second person.
const PATIENT: [&str; 7] = ["patient", "patient name", "pt", "member", "member name", "beneficiary", "subscriber"];

/// Parts of a name that are taken for a person's: family, given, middle, suffix.
const NAMES: usize = 4;

/// What is known of the record being read.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) set: u64,
    pub(super) keys: RecordKeys,
    /// Keys of others on it. They speak only where it has none of its own.
    others: RecordKeys,
    pub(super) filled: bool,
    pub(super) last_line: u64,
    /// In text: the strong values seen, to notice when another person's record begins.
    seen: [(u8, u64); 8],
    seen_count: usize,
    /// In text: the words of the name that stands on it.
    named: Words,
    /// Where values of one place may come again on the same record: the places of the names that are counted already.
    names: Option<Names>,
}

/// The places of names.
#[derive(Debug, Default)]
struct Names {
    places: [u32; NAMES],
    count: usize,
}

impl Names {
    /// Adds one that is not among them yet, while there is room for it; whether it was added.
    fn add(&mut self, place: u32) -> bool {
        let new = self.count < NAMES && !self.places[..self.count].contains(&place);
        if new {
            self.places[self.count] = place;
            self.count += 1;
        }
        new
    }
}

impl Record {
    /// The record of a format that may say the same again and again.
    pub(super) fn repeating() -> Record {
        Record { names: Some(Names::default()), ..Record::default() }
    }

    /// Adds the value that fills a field.
    pub(super) fn add_whole(
        &mut self,
        column: u32,
        of_another: bool,
        identifier: Identifier,
        hash: u64,
        valid: &Valid,
    ) {
        if of_another {
            return self.add_of_another(identifier, hash, valid);
        }
        if let Some(names) = &mut self.names {
            // The first name and the first birth date are the person's own; aliases and relatives follow.
            let again = match key_kind(identifier) {
                Some(KeyKind::Name) => !names.add(column),
                Some(_) => self.keys.holds(hash),
                None => identifier == Identifier::BIRTH_DATE && self.keys.has_birth(),
            };
            if again {
                return;
            }
        }
        self.keys.add(identifier, hash, valid);
    }

    fn add_of_another(&mut self, identifier: Identifier, hash: u64, valid: &Valid) {
        let again = self.others.holds(hash) || identifier == Identifier::BIRTH_DATE && self.others.has_birth();
        if !again {
            self.others.add(identifier, hash, valid);
        }
    }

    /// Whether a value must belong to another record of a text: far away, or a second value of a kind of which a person
    /// has one.
    pub(super) fn breaks(&self, identifier: Identifier, hash: u64, line: u64) -> bool {
        if self.set != 0 && line > self.last_line + RECORD_LINES {
            return true;
        }
        one_each(identifier)
            && self.seen[..self.seen_count].iter().any(|(i, h)| *i as usize == identifier.index() && *h != hash)
    }

    /// Whether a name is a patient's, or stands over an address or before a birth date or number, and another one than that
    /// of the record.
    pub(super) fn names_another(&self, job: Job<'_>, judged: &Judged) -> bool {
        let patient = judged.clues.context.keyword.is_some_and(|(phrase, _)| {
            let phrase = job.engine.vocabulary().text(phrase);
            PATIENT.iter().any(|word| phrase.trim_end_matches([':', '.', ' ']) == *word)
        });
        (patient || judged.clues.neighbour > 0.0)
            && !is_part(&judged.valid)
            && !self.named.is_empty()
            && !self.named.fits(&Words::of(&judged.valid))
    }

    pub(super) fn add_text(
        &mut self,
        job: Job<'_>,
        of_another: bool,
        identifier: Identifier,
        hash: u64,
        judged: &Judged,
    ) {
        let rule = &job.engine.rules().rules[judged.rule as usize];
        let provider = judged.subject == Some(Subject::Provider) || identifier == Identifier::NPI;
        if provider || is_test(job, rule, &judged.valid) {
            return;
        }
        self.set |= 1 << identifier.index();
        if judged.valid.protection != Protection::Plaintext || self.keys.holds(hash) {
            return;
        }
        if of_another {
            return self.add_of_another(identifier, hash, &judged.valid);
        }
        let new = !self.seen[..self.seen_count].iter().any(|(i, _)| *i as usize == identifier.index());
        if one_each(identifier) && new && self.seen_count < self.seen.len() {
            self.seen[self.seen_count] = (identifier.index() as u8, hash);
            self.seen_count += 1;
        }
        // Of the names in a text only the first near the other values is taken for the person's; in a form its parts are apart.
        if key_kind(identifier) != Some(KeyKind::Name) || new || is_part(&judged.valid) {
            self.keys.add(identifier, hash, &judged.valid);
        }
        if key_kind(identifier) == Some(KeyKind::Name) && new {
            self.named = Words::of(&judged.valid);
        }
        if key_kind(identifier) == Some(KeyKind::Name) && new && self.seen_count < self.seen.len() {
            self.seen[self.seen_count] = (identifier.index() as u8, hash);
            self.seen_count += 1;
        }
    }

    pub(super) fn end(&self, tally: &mut Tally) {
        if self.set != 0 {
            add_set(&mut tally.sets, self.set, 1);
        }
        tally.keys.add(if self.keys.is_empty() { &self.others } else { &self.keys });
    }
}

/// A person has one of these, so that a second value is a second person.
fn one_each(identifier: Identifier) -> bool {
    matches!(
        identifier,
        Identifier::SSN
            | Identifier::ITIN
            | Identifier::MBI
            | Identifier::HICN
            | Identifier::MRN
            | Identifier::BIRTH_DATE
            | Identifier::MEMBER_ID
            | Identifier::MEDICAID_ID
    )
}

/// Whether a name is one word, given name or surname, as fields of forms hold them.
fn is_part(valid: &Valid) -> bool {
    !valid.normal.as_bytes().contains(&b' ')
}

//! What a field is called, and what that says. In: a column header, a JSON key, an element name. Out: its tokens, whose
//! field it is, and which rules its name speaks for. Refuses nothing: a name that says nothing gives nothing.
//!
//! A name is split at what is no letter or digit and where the case changes (`memberId` → `member id`), folded, and
//! its abbreviations are written out (`BENE_BRTH_DT` → `beneficiary birth date`). Pattern files write their field
//! names in any of these ways; both sides go through the same mill. `?` and `=` before a name are explained at [`Entry`].

use crate::finding::{Protection, Subject};
use crate::identifier::Identifier;
use crate::validate::{date, email, names};

use xxhash_rust::xxh3::xxh3_64;

use super::{Rule, RuleSet};

mod words;

use words::{
    CANCEL, EXPANSIONS, HASHED, MASKED, ORDINARY, OTHER_DATES, OTHERS, PATIENT, PERSON, PLAIN, PROVIDER,
    PROVIDER_OWNERS, TOKENIZED, WORKFORCE,
};

/// A field's name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldName {
    /// Its words, lower case, abbreviations written out.
    pub tokens: Vec<String>,
    /// Whose field it is, as far as the name tells.
    pub role: Subject,
    /// The field is about a datum, not the datum: a flag, a count, a format. No rule matches such a name.
    pub cancel: bool,
    /// The name says that values stand there masked, hashed or tokenised.
    pub protection: Option<Protection>,
}

/// A field name of a pattern file.
///
/// `ssn` is found anywhere in a name, its words in this order, other words between them allowed. `=name` is the whole
/// name or the whole name without the words that say whose it is: `patient name`, but not `file name`. `?name` is the
/// same and weak: other things are called so too, unless a patient stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    tokens: Vec<String>,
    whole: bool,
    weak: bool,
}

/// A rule a field name speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldMatch {
    /// Index into [`RuleSet::rules`].
    pub rule: usize,
    /// The name says this and nothing else; otherwise there are other words in it.
    pub exact: bool,
    /// Other things are called so too: worth about half.
    pub weak: bool,
    /// It is one word, which says this at the head of a column, and little in a text.
    pub bare: bool,
}

impl FieldName {
    /// Takes a name apart.
    pub fn parse(name: &str) -> FieldName {
        let tokens = tokens(name);
        let has = |words: &[&str]| tokens.iter().any(|t| words.contains(&t.as_str()));
        let role = if has(PROVIDER) {
            Subject::Provider
        } else if has(WORKFORCE) {
            Subject::Workforce
        } else if has(PATIENT) {
            Subject::Patient
        } else {
            Subject::Unknown
        };
        let protection = if has(HASHED) {
            Some(Protection::Hashed)
        } else if has(TOKENIZED) {
            Some(Protection::Tokenized)
        } else if has(MASKED) {
            Some(Protection::Masked)
        } else {
            None
        };
        // OMOP keeps what the source wrote in `…_source_value`: the datum itself.
        let source_value = tokens.ends_with(&["source".to_string(), "value".to_string()]);
        let cancel = tokens.iter().any(|t| CANCEL.contains(&t.as_str()) && !(source_value && t == "source"));
        FieldName { tokens, role, cancel, protection }
    }

    /// Whether the name says that ordinary numbers stand there: amounts, order numbers, coordinates.
    pub fn ordinary(&self) -> bool {
        self.tokens.iter().any(|t| ORDINARY.contains(&t.as_str()))
    }

    /// Whether the name says somebody whom the record need not be about: a guarantor, a next of kin.
    pub fn of_another(&self) -> bool {
        self.tokens.iter().any(|t| OTHERS.contains(&t.as_str()))
    }

    /// Whether the name says that dates of something else than a birth stand there: of a service, a death, a load.
    pub fn other_date(&self) -> bool {
        let birth = |t: &String| matches!(t.as_str(), "birth" | "birthday" | "born" | "dob" | "nacimiento");
        let dated = |t: &String| matches!(t.as_str(), "date" | "datetime" | "time" | "timestamp" | "ts");
        !self.tokens.iter().any(birth)
            && (self.tokens.iter().any(|t| OTHER_DATES.contains(&t.as_str()))
                || (self.tokens.len() > 1 && self.tokens.iter().any(dated)))
    }

    /// Its words without those that say whose it is. A name of such words only keeps them.
    fn core(&self) -> Vec<&str> {
        let owner =
            |t: &str| PATIENT.contains(&t) || PERSON.contains(&t) || PROVIDER_OWNERS.contains(&t) || t == "employee";
        let rest: Vec<&str> = self.tokens.iter().map(String::as_str).filter(|t| !owner(t)).collect();
        if rest.is_empty() { self.tokens.iter().map(String::as_str).collect() } else { rest }
    }
}

/// Two words that files of old databases, whose names are short, write as one: `LASTSEEN`, `DISCHDT`.
fn run_together(part: &str) -> Option<(&str, &str)> {
    const HEADS: [&str; 46] = [
        "account",
        "acct",
        "adm",
        "admit",
        "appt",
        "arrival",
        "benef",
        "birth",
        "cell",
        "chart",
        "claim",
        "clm",
        "death",
        "disch",
        "discharge",
        "enc",
        "encntr",
        "enrollee",
        "fill",
        "first",
        "guar",
        "guarantor",
        "home",
        "insured",
        "last",
        "mbr",
        "mem",
        "member",
        "next",
        "pat",
        "patient",
        "pt",
        "proc",
        "resp",
        "rx",
        "serv",
        "service",
        "spouse",
        "srvc",
        "subs",
        "subscr",
        "subscriber",
        "svc",
        "visit",
        "work",
        "written",
    ];
    const TAILS: [&str; 27] = [
        "addr", "address", "city", "cell", "date", "dob", "dt", "email", "fname", "id", "lname", "name", "nbr", "nm",
        "no", "num", "number", "ph", "phone", "seen", "ssn", "street", "tel", "visit", "zip", "zipcd", "zipcode",
    ];
    let tail = TAILS.iter().filter(|tail| part.ends_with(**tail)).max_by_key(|tail| tail.len())?;
    let head = &part[..part.len() - tail.len()];
    HEADS.contains(&head).then(|| part.split_at(head.len()))
}

/// The words of a name, folded and written out.
fn tokens(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let parts = split(name);
    // `mem_id` is a member's, `mem=` counts bytes.
    if parts == ["mem"] {
        return parts;
    }
    for part in parts {
        match EXPANSIONS.binary_search_by(|(short, _)| (*short).cmp(&part)).map(|at| EXPANSIONS[at]) {
            // `addr_ln_1` is a line, `ln` a last name.
            Ok(("ln", _)) if words.last().is_some_and(|w| w == "address") => words.push("line".to_string()),
            // `sec` is security only behind `social`; else it is seconds.
            Ok((_, "security")) if words.last().is_none_or(|w| w != "social") => words.push(part),
            Ok((_, long)) => words.extend(long.split(' ').map(str::to_string)),
            Err(_) => match run_together(&part) {
                Some((head, tail)) => words.extend(tokens(head).into_iter().chain(tokens(tail))),
                None => words.push(part),
            },
        }
    }
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        let before = joined.last().map(String::as_str);
        match (before, word.as_str()) {
            (Some("e"), "mail") => replace(&mut joined, &["email"]),
            (Some("l"), "name") => replace(&mut joined, &["last", "name"]),
            (Some("f"), "name") => replace(&mut joined, &["first", "name"]),
            (Some("m"), "name") => replace(&mut joined, &["middle", "name"]),
            (Some("email"), "address") => {}
            // `Insured's I.D.`
            (Some("i"), "d") => replace(&mut joined, &["id"]),
            (Some("last" | "first" | "middle"), "nm") => joined.push("name".to_string()),
            (Some(same), _) if same == word => {}
            _ => joined.push(word),
        }
    }
    // `date of diagnosis` is a diagnosis date.
    if let Some(at) = joined.windows(2).position(|two| two == ["date", "of"]).filter(|at| at + 2 < joined.len()) {
        joined.drain(at..at + 2);
        joined.push("date".to_string());
    }
    joined
}

fn replace(words: &mut Vec<String>, with: &[&str]) {
    words.pop();
    words.extend(with.iter().map(|w| w.to_string()));
}

/// The letter under an accent: `Código Postal` is written without it as often.
fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ê' => 'e',
        'í' | 'ì' | 'î' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

/// Splits at what is no letter or digit, at changes of case and between letters and digits; `#` is the word `number`, and so is
/// `__` at the end.
fn split(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, character) in characters.iter().copied().enumerate() {
        if !character.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
            if character == '#' {
                words.push("number".to_string());
            }
            continue;
        }
        let before = at.checked_sub(1).map(|i| characters[i]);
        let after = characters.get(at + 1);
        let camel = character.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                || (before.is_some_and(char::is_uppercase) && after.is_some_and(|c| c.is_lowercase())));
        let ordinal =
            word.bytes().all(|b| b.is_ascii_digit()) && matches!(character.to_ascii_lowercase(), 's' | 'n' | 'r' | 't');
        let digits = before.is_some_and(|c| c.is_alphanumeric() && c.is_ascii_digit() != character.is_ascii_digit());
        if camel || (digits && !ordinal) {
            words.push(std::mem::take(&mut word));
        }
        word.extend(character.to_lowercase().map(without_accent));
    }
    words.push(word);
    // What databases make of `Prescription #`.
    if name.len() > 2 && name.ends_with("__") {
        words.push("number".to_string());
    }
    // The `s` of `insured's id` says nothing.
    words.retain(|w| !w.is_empty() && w != "s");
    words
}

impl Entry {
    /// Reads a field name as a pattern file writes it.
    pub fn parse(text: &str) -> Entry {
        let weak = text.starts_with('?');
        let whole = weak || text.starts_with('=');
        Entry { tokens: tokens(text.trim_start_matches(['?', '='])), whole, weak }
    }

    /// Its words, all of which stand in every name it matches.
    #[cfg(feature = "ledger")]
    pub(super) fn words(&self) -> &[String] {
        &self.tokens
    }

    /// How many of its words say what it is: not whose, and not that it is a number. In `patient ssn number` it is `ssn`
    /// that tells, and not `patient number`.
    fn telling(&self) -> usize {
        let plain = |t: &str| matches!(t, "number" | "id") || PATIENT.contains(&t) || PERSON.contains(&t);
        self.tokens.iter().filter(|t| !plain(t)).count()
    }

    /// How many of its words the name holds and whether it holds no others; `None` where it does not match.
    fn match_in(&self, name: &FieldName, core: &[&str]) -> Option<(usize, bool, bool)> {
        // Most entries share no word with the name.
        let first = self.tokens.first()?;
        if !name.tokens.iter().any(|word| word == first) {
            return None;
        }
        let equal =
            |words: &[&str]| words.len() == self.tokens.len() && words.iter().zip(&self.tokens).all(|(a, b)| a == b);
        let mut whole: Vec<&str> = name.tokens.iter().map(String::as_str).collect();
        let mut bare = core.to_vec();
        // Fields that repeat are numbered: `phone 2`.
        for words in [&mut whole, &mut bare] {
            if words.len() > self.tokens.len() && words.last().is_some_and(|w| w.bytes().all(|b| b.is_ascii_digit())) {
                words.pop();
            }
        }
        if equal(&whole) {
            return Some((self.tokens.len(), true, self.weak));
        }
        if equal(&bare) {
            return Some((self.tokens.len(), true, self.weak && name.role == Subject::Unknown));
        }
        if self.whole {
            return None;
        }
        let mut wanted = self.tokens.iter();
        let mut next = wanted.next();
        for word in &name.tokens {
            if next.is_some_and(|w| w == word) {
                next = wanted.next();
            }
        }
        next.is_none().then_some((self.tokens.len(), false, false))
    }
}

/// The entries of all rules by their first words: a name is matched against those alone that one of its words opens.
#[derive(Debug)]
pub(crate) struct Entries {
    /// Hash of an entry's first word, the rule, the entry in [`Rule::fields`](super::Rule::fields). In order.
    by_word: Vec<(u64, u16, u16)>,
}

impl Entries {
    /// Of these rules.
    pub(super) fn of(rules: &[Rule]) -> Entries {
        let mut by_word = Vec::new();
        for (rule, definition) in (0..).zip(rules) {
            let first = (0..).zip(&definition.fields).filter_map(|(at, entry)| Some((at, entry.tokens.first()?)));
            by_word.extend(first.map(|(at, word)| (xxh3_64(word.as_bytes()), rule, at)));
        }
        by_word.sort_unstable();
        Entries { by_word }
    }

    /// Rule and entry of all that a word of the name may open, in order, each once.
    fn of_name(&self, name: &FieldName) -> Vec<(u16, u16)> {
        let mut found = Vec::new();
        for word in &name.tokens {
            let hash = xxh3_64(word.as_bytes());
            let from = self.by_word.partition_point(|(other, ..)| *other < hash);
            let same = self.by_word[from..].iter().take_while(|(other, ..)| *other == hash);
            found.extend(same.map(|(_, rule, entry)| (*rule, *entry)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// How well an entry matches a name: all of it, with how many telling words, with how many words.
type Rank = (bool, usize, usize);

impl RuleSet {
    /// The rules a field name speaks for: exact matches first, else those with most telling words, then with most
    /// words. Rules of different identifiers only where they match equally well. None where the name is about a datum
    /// ([`FieldName::cancel`]).
    pub fn field_rules(&self, name: &FieldName) -> Vec<FieldMatch> {
        if let Some(identifier) = self.synonyms.get(&name.tokens) {
            // Whoever knows the data says so: no word in the name speaks against it.
            let rules = self.rules.iter().enumerate().filter(|(_, rule)| rule.identifier == identifier);
            return rules.map(|(rule, _)| FieldMatch { rule, exact: true, weak: false, bare: false }).collect();
        }
        if name.cancel {
            return Vec::new();
        }
        let core = name.core();
        let mut best = Rank::default();
        let mut matches: Vec<(Rank, FieldMatch)> = Vec::new();
        let entries = self.entries.of_name(name);
        for of_rule in entries.chunk_by(|one, other| one.0 == other.0) {
            let number = usize::from(of_rule[0].0);
            let rule = &self.rules[number];
            if !head_allows(name, rule.identifier) {
                continue;
            }
            let found = of_rule
                .iter()
                .filter_map(|(_, entry)| {
                    let entry = &rule.fields[usize::from(*entry)];
                    let (words, exact, weak) = entry.match_in(name, &core)?;
                    Some(((exact, entry.telling(), words), !weak, !(entry.whole && entry.tokens.len() == 1)))
                })
                .max();
            if let Some((rank, strong, plain)) = found
                && !rule.not_fields.iter().any(|entry| entry.match_in(name, &core).is_some())
            {
                best = best.max(rank);
                matches.push((rank, FieldMatch { rule: number, exact: rank.0, weak: !strong, bare: !plain }));
            }
        }
        matches.retain(|(rank, _)| *rank == best);
        matches.into_iter().map(|(_, found)| found).collect()
    }
}

/// The words by which a label may be one that rules know, abbreviations among them; not those that stand in names of every
/// kind.
pub(crate) fn label_words(rules: &RuleSet) -> Vec<&str> {
    const EVERYWHERE: [&str; 6] = ["number", "id", "date", "code", "time", "of"];
    let entries = rules.rules.iter().flat_map(|rule| &rule.fields).flat_map(|entry| &entry.tokens);
    let mut words: Vec<&str> = entries.map(String::as_str).chain(rules.synonyms.words()).collect();
    words.retain(|word| !EVERYWHERE.contains(word));
    words.sort_unstable();
    words.dedup();
    let known = |long: &str| long.split(' ').any(|word| words.binary_search(&word).is_ok());
    let short: Vec<&str> = EXPANSIONS.iter().filter(|(_, long)| known(long)).map(|(short, _)| *short).collect();
    words.extend(short);
    words
}

/// Whether one of the entries matches the name.
pub(super) fn denies(entries: &[Entry], name: &FieldName) -> bool {
    let core = name.core();
    entries.iter().any(|entry| entry.match_in(name, &core).is_some())
}

/// The last word of a name says what kind of thing it is: an `mbi effective date` is a date, an `npi name` a name.
fn head_allows(name: &FieldName, identifier: Identifier) -> bool {
    let mut words = name.tokens.iter().rev().filter(|t| !t.bytes().all(|b| b.is_ascii_digit())).map(String::as_str);
    let head = match (words.next(), words.next()) {
        (Some("number"), Some(of @ ("phone" | "fax"))) => of,
        (head, _) => head.unwrap_or(""),
    };
    let dates = [Identifier::BIRTH_DATE, Identifier::DEATH_DATE, Identifier::SERVICE_DATE];
    match head {
        "date" | "time" | "timestamp" | "datetime" | "ts" => dates.contains(&identifier),
        "name" => identifier == Identifier::NAME,
        // `mailing address telephone number` is no address.
        "phone" | "fax" => [Identifier::PHONE, Identifier::FAX].contains(&identifier),
        "email" => identifier == Identifier::EMAIL,
        "age" => identifier == Identifier::AGE_OVER_89,
        "url" | "link" => identifier == Identifier::URL,
        "description" | "desc" | "city" | "state" | "county" | "country" | "amount" | "amt" | "reason" | "category"
        | "uri" | "path" | "file" => false,
        _ => true,
    }
}

/// Whether a text is a field's name rather than a value, so that it can be shown: it starts with a letter, is short,
/// and holds no long number, date, address or person's name.
pub fn reads_as_header(text: &str) -> bool {
    let text = text.trim();
    let mut run = 0;
    let long_number = text.bytes().any(|b| {
        run = if b.is_ascii_digit() { run + 1 } else { 0 };
        run >= 4
    });
    if text.is_empty()
        || text.chars().count() > 64
        || !text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        || long_number
        || email::is_email(text.as_bytes())
        || date::parse(text.as_bytes()).is_some()
    {
        return false;
    }
    let words = tokens(text);
    let known = |w: &str| is_vocabulary(w);
    // `Smith`, `Garcia Lopez` and `SMITH, JOHN` are people; `status` and `notes` are not, though both are on the list.
    let is_name = |w: &str| names::is_name(w.as_bytes());
    if words.iter().any(|w| known(w)) {
        // `Grant Number` is a field, `Wilhelmina Featherstonehaugh ssn` somebody: words that are no field's, written as
        // names are, one of them a name.
        let written = text.split(|c: char| !c.is_alphabetic()).filter(|w| w.len() > 1);
        let others: Vec<&str> = written.filter(|w| !tokens(w).iter().any(|t| known(t))).collect();
        let capital = |w: &&str| w.starts_with(char::is_uppercase) && w.chars().skip(1).any(char::is_lowercase);
        return !(others.len() >= 2 && others.iter().all(capital) && others.iter().any(|w| is_name(w)));
    }
    let letters: Vec<&str> = words.iter().map(String::as_str).filter(|w| w.len() > 1).collect();
    let lower = !text.contains(char::is_uppercase) || text.contains('_');
    letters.is_empty() || lower || !letters.iter().all(|w| is_name(w))
}

/// Words that field names are made of, so that a name of them is one although a person may be called so too
/// (`Day`, `Page`, `Price`, `Street`).
fn is_vocabulary(word: &str) -> bool {
    [PLAIN, PATIENT, PERSON, PROVIDER, WORKFORCE, CANCEL, HASHED, TOKENIZED, MASKED, ORDINARY]
        .iter()
        .any(|list| list.contains(&word))
}

#[cfg(test)]
mod tests;

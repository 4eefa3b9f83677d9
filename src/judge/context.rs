//! The words around a value. In: bytes, the span of a candidate, its rule. Out: which keyword speaks for it, which word
//! against it, and whose it may be. Looks only where a candidate is, at bounded cost.
//!
//! The nearest label decides: in `Phone: 205-555-1234 SSN: …` the number before `SSN:` is a telephone number. A word
//! behind a value speaks for it unless it labels what comes next (`SSN:`).

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

use crate::finding::Subject;
use crate::identifier::Identifier;
use crate::judge::distinct::Identity;
use crate::judge::hints::{Endings, Hints, rule_bit};
use crate::judge::words::{WORDS, Word, Words, last_words};
use crate::rules::RuleSet;
use crate::validate::date::opens_month;

/// How far back a label may stand, bytes.
pub const REACH: usize = 100;
/// How far behind a value a word about it may stand, bytes.
pub(super) const BEHIND: usize = 40;
/// How many blanks, dots and dashes forms set between a label and its value.
const LEADERS: usize = 40;
/// How many bytes may stand between the words of a phrase: `S. S. N.`, a line end and a margin.
const CLOSE: usize = 8;
/// How much of its weight a weak keyword has.
const WEAK: f32 = 0.6;

/// What a phrase says about values of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    For(u16),
    Against(u16),
    Whose(Subject),
}

#[derive(Debug)]
struct Phrase {
    words: Vec<u64>,
    says: Says,
    /// Written with `?`: other things are labelled so too.
    weak: bool,
    /// Written with `(` between its words: `ssn (last 4)`.
    bracket: bool,
    /// Written with `:`: the bare word says something else, as `re` does.
    colon: bool,
    text: String,
}

impl Phrase {
    /// Whether these words of a text are the phrase: the same, and close together. `"exit_group" number=` is no group
    /// number.
    fn stands_in(&self, text: &[u8], words: &[Word]) -> bool {
        let apart = |b: &u8| match b {
            b'"' | b'<' | b'>' | b'=' | b',' | b';' | b'|' => true,
            b'(' => !self.bracket,
            _ => false,
        };
        // A phrase may go over a line end, but not over the end of a sentence or into an item of a list: `in account.\n* #482`.
        let ends = |gap: &[u8]| gap.contains(&b'\n') && !gap.iter().all(u8::is_ascii_whitespace);
        let close = |gap: &[u8]| gap.len() <= CLOSE && !gap.iter().any(apart) && !ends(gap);
        let opens_line =
            |pair: &[Word]| text[pair[1].start] == b'#' && text[pair[0].end..pair[1].start].contains(&b'\n');
        self.words.iter().zip(words).all(|(phrase, word)| *phrase == word.hash)
            && (!self.colon || words.last().is_some_and(|word| text.get(word.end) == Some(&b':')))
            && words.windows(2).all(|pair| close(&text[pair[0].end..pair[1].start]) && !opens_line(pair))
    }
}

/// All keywords of a rule set, ready to be met word by word.
#[derive(Debug)]
pub struct Vocabulary {
    phrases: Vec<Phrase>,
    /// Hash of a phrase's last word → phrases.
    by_last: HashMap<u64, Vec<u32>, BuildHasherDefault<Identity>>,
    /// The same for the first look.
    endings: Endings,
    /// The bits of rules for names.
    names: u64,
    /// Rules of identifiers that tell whose a name before them is.
    tells: Vec<u16>,
}

/// Identifiers behind which a name rarely stands by chance: `Maria Lopez, DOB 3/4/52`.
pub(super) const TELLS: [Identifier; 6] = [
    Identifier::BIRTH_DATE,
    Identifier::SSN,
    Identifier::MRN,
    Identifier::MBI,
    Identifier::MEMBER_ID,
    Identifier::MEDICAID_ID,
];

/// What the words around a value say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Context {
    /// The phrase that speaks for the value, and how much of its weight counts, 0 to 1.
    pub keyword: Option<(u32, f32)>,
    /// That phrase labels other things too.
    pub weak: bool,
    /// The phrase right before the value that speaks against it.
    pub against: Option<u32>,
    /// The phrase right before the value that labels it as something else.
    pub other: Option<u32>,
    /// Nothing but the mark of a label stands between the keyword and the value.
    pub marked: bool,
    /// Nothing but blanks stands between them, or one word such as `is`.
    pub next: bool,
    /// Whose the nearest words say it is.
    pub subject: Option<Subject>,
}

/// Words that say whose the next value is.
const PROVIDER: &[&str] = &[
    "dr",
    "doctor",
    "md",
    "physician",
    "provider",
    "attending",
    "surgeon",
    "prescriber",
    "pharmacist",
    "pharmacy",
    "clinic",
    "hospital",
    "facility",
    "practice",
    "practitioner",
    "npi",
    "dea",
    "referring",
    "rendering",
    "ordering",
    "signed by",
    "dictated by",
    "electronically signed",
    "pcp",
    "rn",
    "np",
    "office",
    "fax",
];
/// Those of [`PROVIDER`] that are no person: an SSN or a record number behind them is not theirs.
const OFFICES: [&str; 9] = ["pharmacy", "clinic", "hospital", "facility", "practice", "npi", "dea", "office", "fax"];
const WORKFORCE: &[&str] = &["employee", "payroll", "hired", "staff", "supervisor", "manager", "author", "maintainer"];
const PATIENT: &[&str] = &[
    "patient",
    "pt",
    "member",
    "subscriber",
    "beneficiary",
    "insured",
    "dependent",
    "guarantor",
    "enrollee",
    "mr",
    "mrs",
    "ms",
    "dear",
    "resident",
];

impl Vocabulary {
    /// The vocabulary of these rules.
    pub fn new(rules: &RuleSet) -> Vocabulary {
        let of = |wanted: &[Identifier]| -> Vec<u16> {
            (0..).zip(&rules.rules).filter(|(_, r)| wanted.contains(&r.identifier)).map(|(n, _)| n).collect()
        };
        let mut vocabulary = Vocabulary {
            phrases: Vec::new(),
            by_last: HashMap::default(),
            endings: Endings::default(),
            names: of(&[Identifier::NAME]).into_iter().fold(0, |bits, rule| bits | rule_bit(rule)),
            tells: of(&TELLS),
        };
        for (number, rule) in rules.rules.iter().enumerate() {
            rule.keywords.iter().for_each(|text| vocabulary.add(text, Says::For(number as u16)));
            rule.not_keywords.iter().for_each(|text| vocabulary.add(text, Says::Against(number as u16)));
        }
        for (words, subject) in
            [(PROVIDER, Subject::Provider), (WORKFORCE, Subject::Workforce), (PATIENT, Subject::Patient)]
        {
            words.iter().for_each(|text| vocabulary.add(text, Says::Whose(subject)));
        }
        vocabulary
    }

    fn add(&mut self, text: &str, says: Says) {
        let (text, weak) = text.strip_prefix('?').map_or((text, false), |text| (text, true));
        let mut words = Vec::new();
        Words::new(text.as_bytes()).for_each(|word| words.push(word.hash));
        if let Some(last) = words.last() {
            if let Says::For(rule) = says {
                // A name may stand before the label of a birth date or number.
                let names = if self.tells.contains(&rule) { self.names } else { 0 };
                self.endings.add(&words, rule_bit(rule) | names);
            }
            self.by_last.entry(*last).or_default().push(self.phrases.len() as u32);
            let (bracket, colon) = (text.contains('('), text.ends_with(':'));
            self.phrases.push(Phrase { words, says, weak, bracket, colon, text: text.to_string() });
        }
    }

    /// The text of a phrase.
    pub fn text(&self, phrase: u32) -> &str {
        &self.phrases[phrase as usize].text
    }

    /// Opens the value at `span` for [`Vocabulary::hints`]; `hints` remembers what was seen for the one before.
    pub(super) fn open(&self, bytes: &[u8], scope: &Range<usize>, span: &Range<usize>, hints: &mut Hints) {
        hints.open(&self.endings, bytes, scope, span);
    }

    /// Whether a keyword near the value may speak for `rule`. Cheap, and never misses one that [`Vocabulary::around`] finds.
    /// `reach` is how far before the value a keyword may end.
    pub(super) fn hints(&self, hints: &Hints, reach: usize, rule: u16) -> bool {
        // What stands near a name may be a label of what else there is of a person.
        let bit = rule_bit(rule);
        if bit & self.names != 0 { hints.around(bit) } else { hints.near(bit, reach) }
    }

    /// What the words around `span` say about a value of `rule`. Only `scope` is looked at: the cell, or all of it.
    /// `reach` is how far before the value a keyword may end, in bytes.
    pub fn around(
        &self,
        rules: &RuleSet,
        bytes: &[u8],
        scope: Range<usize>,
        span: Range<usize>,
        rule: u16,
        reach: usize,
    ) -> Context {
        let mut context = Context::default();
        let before = window_before(bytes, scope.start, span.start);
        self.before(rules, bytes, before, span.start, rule, reach, &mut context);
        if context.keyword.is_none() && context.against.is_none() {
            let behind = span.end..(span.end + BEHIND).min(scope.end);
            let line = memchr::memchr(b'\n', &bytes[behind.clone()]).map(|at| behind.start + at);
            let end = line.unwrap_or_else(|| behind.end - part_of_word(&bytes[..scope.end], behind.end).0);
            context.keyword = self.behind(rules, bytes, behind.start..end.max(behind.start), rule);
        }
        context
    }

    #[allow(clippy::too_many_arguments)]
    fn before(
        &self,
        rules: &RuleSet,
        bytes: &[u8],
        window: Range<usize>,
        at: usize,
        rule: u16,
        reach: usize,
        context: &mut Context,
    ) {
        let mut words = [Word::default(); WORDS];
        let count = last_words(&bytes[window.clone()], &mut words);
        let identifier = rules.rules[rule as usize].identifier;
        // Leaders and blanks of a form are no distance: `Chart # ........ 4829137`.
        let span_start = at;
        let at = window.start + filled_up_to(&bytes[window.start..at]);
        // `trace=482913570`: the key is the label, and what stands before it is none of this value.
        let key = key_start(&bytes[window.start..span_start]);
        // From the value backwards.
        for end in (0..count).rev() {
            let distance = (at - window.start).saturating_sub(words[end].end);
            let Some(phrases) = self.by_last.get(&words[end].hash) else { continue };
            for number in phrases {
                let phrase = &self.phrases[*number as usize];
                let length = phrase.words.len();
                if length > end + 1 || !phrase.stands_in(&bytes[window.clone()], &words[end + 1 - length..=end]) {
                    continue;
                }
                // `xn--mgbab2bd`: letters of a code.
                let first = window.start + words[end + 1 - length].start;
                if words[end].end - words[end + 1 - length].start <= 2
                    && first > window.start
                    && bytes[first - 1].is_ascii_digit()
                {
                    continue;
                }
                match phrase.says {
                    Says::For(other) if rules.rules[other as usize].identifier == identifier => {
                        let of_another =
                            words[end].end <= key || in_quotes(&bytes[window.start + words[end].end..span_start]);
                        if other == rule
                            && context.keyword.is_none()
                            && context.against.is_none()
                            && distance <= reach
                            && !of_another
                        {
                            let between = &bytes[window.start + words[end].end..span_start];
                            let lost = if context.other.is_some() || has_its_value(between) { 0.5 } else { 1.0 };
                            let far = if distance > 40 { 0.8 } else { 1.0 };
                            let said = if phrase.weak { WEAK } else { 1.0 };
                            context.keyword = Some((*number, lost * far * said));
                            context.weak = phrase.weak;
                            let between = &bytes[window.start + words[end].end..span_start];
                            context.marked = is_mark(between);
                            context.next = is_next(between);
                        }
                    }
                    // `patient`, `Dr.` and `son` stand before names; they are no labels of numbers.
                    Says::For(other) if rules.rules[other as usize].identifier == Identifier::NAME => {}
                    Says::For(_) => {
                        // `seen` may stand before anything.
                        if context.keyword.is_none() && context.other.is_none() && distance <= 24 && !phrase.weak {
                            context.other = Some(*number);
                        }
                    }
                    Says::Against(other) if other == rule => {
                        // `Bed 4: …` has its number.
                        let between = &bytes[window.start + words[end].end..span_start];
                        let over = between.windows(2).any(|two| two[0].is_ascii_digit() && two[1] == b':');
                        if context.keyword.is_none() && context.against.is_none() && distance <= 30 && !over {
                            context.against = Some(*number);
                        }
                    }
                    Says::Against(_) => {}
                    Says::Whose(subject) => {
                        let street = phrase.text == "dr" && is_street(&bytes[window.clone()], &words[..=end]);
                        let office = OFFICES.contains(&phrase.text.as_str()) && !may_be_an_offices(identifier);
                        let said = &bytes[window.start + words[end].end..span_start];
                        // `DR. A DESAI` has its name: the next line is another's.
                        let named = said.iter().position(u8::is_ascii_alphabetic);
                        let next_line = named.is_some_and(|at| memchr::memchr(b'\n', &said[at..]).is_some());
                        let over = subject == Subject::Provider && (next_line || ends_sentence(said));
                        if context.subject.is_none() && distance <= 40 && !street && !office && !over {
                            context.subject = Some(subject);
                        }
                    }
                }
            }
        }
        // "Medicare Number" before "Number": the longer label is the label, so a keyword that ends where another
        // label ends is not taken from by it.
        if let (Some((keyword, _)), Some(other)) = (context.keyword, context.other) {
            let weak = self.phrases[keyword as usize].weak;
            let (keyword, other) = (&self.phrases[keyword as usize].words, &self.phrases[other as usize].words);
            if keyword.len() >= other.len() && keyword.ends_with(other) {
                context.other = None;
                let said = if weak { WEAK } else { 1.0 };
                context.keyword = context.keyword.map(|(k, _)| (k, said));
            }
        }
    }

    fn behind(&self, rules: &RuleSet, bytes: &[u8], window: Range<usize>, rule: u16) -> Option<(u32, f32)> {
        let text = &bytes[window];
        let mut words = [Word::default(); WORDS];
        let count = last_words(text, &mut words);
        let identifier = rules.rules[rule as usize].identifier;
        for end in 0..count {
            let Some(phrases) = self.by_last.get(&words[end].hash) else { continue };
            // A word may speak for several: `born` for a name before it and for a date behind it.
            let own = |number: &&u32| matches!(self.phrases[**number as usize].says, Says::For(other) if other == rule);
            for number in phrases.iter().filter(own).chain(phrases.iter().filter(|number| !own(number))) {
                let phrase = &self.phrases[*number as usize];
                let length = phrase.words.len();
                let fits = length <= end + 1 && phrase.stands_in(text, &words[end + 1 - length..=end]);
                if !fits {
                    continue;
                }
                // A label of what comes next ends the window: `DOB:`, `DOB 3/4/1957`.
                let rest = without_number(&text[words[end].end..]);
                let labels_next = rest.iter().take(3).any(|b| matches!(b, b':' | b'=' | b'#' | b'"'))
                    || opens_value(rest.trim_ascii_start());
                // Nor does it speak for what stands before another number.
                if text[..words[end + 1 - length].start].iter().any(u8::is_ascii_digit) {
                    return None;
                }
                match phrase.says {
                    Says::For(_) if labels_next => return None,
                    Says::For(other) if other == rule => {
                        // `418627715 (SSN)`: as near as a label before it.
                        let near = if words[end + 1 - length].start <= 3 { 1.0 } else { 0.8 };
                        return Some((*number, if phrase.weak { near * WEAK } else { near }));
                    }
                    Says::For(other) if rules.rules[other as usize].identifier != identifier => return None,
                    _ => {}
                }
            }
        }
        None
    }
}

/// What stands behind the end of a label: `record` and `record number` are one.
fn without_number(behind: &[u8]) -> &[u8] {
    const WORDS: [&[u8]; 6] = [b"number", b"num", b"nbr", b"no.", b"no", b"id"];
    let rest = behind.trim_ascii_start();
    let ends = |word: &[u8]| rest.get(word.len()).is_none_or(|b| !b.is_ascii_alphanumeric());
    let is = |word: &&&[u8]| rest.len() >= word.len() && rest[..word.len()].eq_ignore_ascii_case(word) && ends(word);
    WORDS.iter().find(is).map_or(behind, |word| &rest[word.len()..])
}

/// Whether an office has such a datum too.
fn may_be_an_offices(identifier: Identifier) -> bool {
    matches!(
        identifier,
        Identifier::NAME
            | Identifier::PHONE
            | Identifier::FAX
            | Identifier::ADDRESS
            | Identifier::ZIP
            | Identifier::EMAIL
            | Identifier::URL
            | Identifier::NPI
            | Identifier::DEA
            | Identifier::IP_ADDRESS
            | Identifier::DEVICE_ID
            | Identifier::BANK_ACCOUNT
            | Identifier::PAYMENT_CARD
    )
}

/// Whether the last of these words, `Dr`, is a drive: behind a house number and words with capitals, `7802 Solomon Seal Dr., VA`.
fn is_street(text: &[u8], words: &[Word]) -> bool {
    let Some((last, before)) = words.split_last() else { return false };
    let capital = |word: &Word| text[word.start].is_ascii_uppercase();
    let mut named = before.iter().rev().take(4).skip_while(|word| capital(word));
    let number = named.next().is_some_and(|word| text[word.start].is_ascii_digit());
    let first = before.last().is_some_and(capital);
    let apart = |pair: &[Word]| text[pair[0].end..pair[1].start].iter().any(|b| !matches!(b, b' ' | b'.' | b'-'));
    let from = before.len().saturating_sub(4);
    number && first && text[last.start] == b'D' && !words[from..].windows(2).rev().take(2).any(apart)
}

/// Whether a value begins here: a figure, or the name of a month.
fn opens_value(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_digit) || opens_month(text)
}

/// Whether a sentence ends here and another begins: `Sonnier-Schultz. Daughter Shelby`. A point behind a short word is that of a title.
fn ends_sentence(said: &[u8]) -> bool {
    memchr::memmem::find_iter(said, b". ").any(|at| {
        let word = said[..at].iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
        word >= 4 && said.get(at + 2).is_some_and(u8::is_ascii_uppercase)
    })
}

/// Whether a label's mark stands between a keyword and its value, and nothing else: `:`, `=`, `#`, leaders, a bracket that
/// closes.
fn is_mark(between: &[u8]) -> bool {
    let mark = |b: &u8| matches!(b, b':' | b'=' | b'#' | b']');
    !between.iter().any(|b| b.is_ascii_alphanumeric() || *b == b'\n')
        && (between.iter().any(mark) || between.iter().filter(|b| matches!(b, b'.' | b'_')).count() >= 3)
}

/// Whether a keyword has a value of its own before another label comes: `DOB 3/4/1952 Adm` labels no date behind it. In a list
/// (`DOB 3/4/1952, 7/9/1960 and 1/2/1964`) it labels them all.
fn has_its_value(between: &[u8]) -> bool {
    const JOINS: [&[u8]; 8] = [b"and", b"or", b"to", b"thru", b"through", b"then", b"also", b"aka"];
    let is_letter = |b: &u8| b.is_ascii_alphabetic();
    let trimmed = &between[..between.iter().rposition(is_letter).map_or(0, |last| last + 1)];
    let word = &trimmed[trimmed.iter().rposition(|b| !is_letter(b)).map_or(0, |last| last + 1)..];
    let before = &trimmed[..trimmed.len() - word.len()];
    // Figures enough for a date, and nothing but the word's mark and blanks behind it.
    before.iter().filter(|b| b.is_ascii_digit()).count() >= 4
        && word.len() >= 2
        && !between[trimmed.len()..].iter().any(u8::is_ascii_digit)
        && !JOINS.iter().any(|join| word.eq_ignore_ascii_case(join))
}

/// Whether a value follows its keyword at once: blanks and at most one small word between.
fn is_next(between: &[u8]) -> bool {
    let between = between.trim_ascii();
    !between.contains(&b'\n')
        && (between.is_empty() || [&b"is"[..], b"at", b"on", b"was", b"no", b"of", b"no."].contains(&between))
}

/// Where the key of a pair `key=value` begins in what stands before the value; 0 where there is none, or it says nothing.
fn key_start(before: &[u8]) -> usize {
    let unquoted = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
    let Some(pair) = unquoted.strip_suffix(b"=") else { return 0 };
    let length = pair.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')).count();
    let key = &pair[pair.len() - length..];
    const SAYS_NOTHING: [&[u8]; 8] = [b"number", b"no", b"nbr", b"num", b"value", b"val", b"id", b"is"];
    let nothing = SAYS_NOTHING.iter().any(|word| key.eq_ignore_ascii_case(word));
    if key.is_empty() || nothing { 0 } else { pair.len() - length }
}

/// Whether a keyword stands in a quotation that ends before its value: `"Happy Birthday Beddy" (2014-01-22)`.
fn in_quotes(between: &[u8]) -> bool {
    let Some(quote) = memchr::memchr(b'"', between) else { return false };
    between[..quote].iter().any(u8::is_ascii_alphabetic)
        && matches!(between.get(quote + 1), Some(b' ' | b')' | b'.'))
        && memchr::memchr(b'"', &between[quote + 1..]).is_none()
}

/// Where what stands before a value ends, but for blanks and leaders, [`LEADERS`] of them at most.
pub(super) fn filled_up_to(before: &[u8]) -> usize {
    let leader = |b: &u8| matches!(b, b' ' | b'\t' | b'.' | b'_' | b']');
    before.len() - before.iter().rev().take(LEADERS).take_while(|b| leader(b)).count()
}

/// How many bytes of a word that goes over `at` stand before it and behind it, as far as keywords are long: a window that ends
/// there would take `re` of `returns` for a word.
fn part_of_word(bytes: &[u8], at: usize) -> (usize, usize) {
    const LONGEST: usize = 24;
    let word = |b: &&u8| b.is_ascii_alphanumeric() || **b >= 0x80;
    let before = bytes[..at].iter().rev().take(LONGEST).take_while(word).count();
    let behind = bytes[at..].iter().take(LONGEST).take_while(word).count();
    if before == 0 || behind == 0 { (0, 0) } else { (before, behind) }
}

/// Where the window before a value starts: in its line, at most [`REACH`] back; in the line before too, where less than
/// 12 bytes of words stand before it in its own, and that line does not end with a value.
pub(super) fn window_before(bytes: &[u8], scope: usize, at: usize) -> Range<usize> {
    let from = at.saturating_sub(REACH).max(scope);
    let from = if from > scope { (from + part_of_word(bytes, from).1).min(at) } else { from };
    let stretch = &bytes[from..at];
    let Some(line) = memchr::memrchr(b'\n', stretch) else { return from..at };
    let own = stretch[line + 1..].iter().filter(|b| b.is_ascii_alphanumeric()).count();
    // A label above that has its value in its own line labels nothing here: `dob=1957-03-14`, and a time at the start of
    // the next line of a log.
    let taken = stretch[..line].iter().rev().take_while(|b| !b.is_ascii_alphabetic()).any(u8::is_ascii_digit);
    // Nor does what stands above an item of a list.
    let item = stretch[line + 1..].trim_ascii_start();
    let listed = matches!(item, [b'*' | b'-' | b'+' | b'.' | b'#', b' ', ..]);
    if own >= 12 || taken || listed {
        return from + line + 1..at;
    }
    match memchr::memrchr(b'\n', &stretch[..line]) {
        Some(earlier) => from + earlier + 1..at,
        None => from..at,
    }
}

//! The label of a value in a text that is laid out as a form, a table or a conversation. In: bytes and where a value stands.
//! Out: what the label names, read as the name of a field is ([`FieldName`]): so whatever a column may be called, a line of a
//! form may be called too. Looks only where a candidate is, at bounded cost; words of prose are [`super::context`]'s.
//!
//! A label stands before its value (`Chart No: 4829137`, `MR NUMBER      4829137`), in the line above (with the mark of a
//! list, a colon, a blank line between; or a question and its answer), at the head of the column of a table in the text
//! (between `|`, tabs, commas, or set by blanks), or below, as under the lines of printed forms.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

use crate::engine::Engine;
use crate::finding::Subject;
use crate::identifier::Identifier;
use crate::judge::column::only_patients_have;
use crate::judge::distinct::Identity;
use crate::judge::hints::Hints;
use crate::judge::words::Words;
use crate::rules::{FieldMatch, FieldName};

mod layout;

use layout::{Cells, line_above, line_below, line_of};

/// How long a label may be, bytes.
const LONGEST: usize = 64;
/// How many words it may have.
const MOST_WORDS: usize = 7;
/// How far before its value a label may begin in the line, bytes.
const REACH: usize = 160;
/// How many lines above a row of a table its header may stand, where the rows between were not looked at.
const ROWS: usize = 24;
/// Lines longer than this are no rows of a table that somebody laid out in a text.
const WIDEST: usize = 400;

/// Where a label stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In the same line, before it.
    Before,
    /// In the line above, alone.
    Above,
    /// At the head of its column.
    Head,
    /// In the line below.
    Below,
}

impl Where {
    /// As evidence is printed.
    pub(super) fn says(self, identifier: Identifier) -> String {
        match self {
            Where::Before => format!("a label of {identifier} before it"),
            Where::Above => format!("a label of {identifier} in the line above"),
            Where::Head => format!("{identifier} at the head of its column"),
            Where::Below => format!("a label of {identifier} below it"),
        }
    }
}

/// What a label says.
#[derive(Clone, Debug, Default)]
pub(super) struct Meaning {
    /// The rules it speaks for, and the share of a label's weight: 1 where it says this and nothing else.
    pub(super) bound: Vec<(u16, f32)>,
    /// Whose it says the value is.
    pub(super) subject: Option<Subject>,
}

/// What the label of one value says.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    pub(super) meaning: &'a Meaning,
    pub(super) place: Where,
}

impl Said<'_> {
    /// The share of a label's weight that it has for a rule. A rule without names of fields is meant where another of its
    /// identifier is.
    pub(super) fn share(&self, engine: &Engine, rule: u16) -> Option<f32> {
        let rules = &engine.rules().rules;
        let means = |other: u16| {
            let (own, other) = (&rules[rule as usize], &rules[other as usize]);
            own.fields.is_empty() && own.identifier == other.identifier
        };
        self.meaning.bound.iter().find(|(other, _)| *other == rule || means(*other)).map(|(_, share)| *share)
    }

    /// Whether it speaks for a rule.
    pub(super) fn names(&self, engine: &Engine, rule: u16) -> bool {
        self.share(engine, rule).is_some()
    }
}

/// Share of a label's weight, where it says more words than what it names; and where other things are called so too.
const INEXACT: f32 = 0.85;
const WEAK: f32 = 0.6;
/// And where it is one word, which says it before a form that says something itself.
pub(super) const BARE: f32 = 0.55;

/// How many labels are remembered. A form has some dozens; what has more is prose, or made to have them.
const REMEMBERED: usize = 4096;

/// The labels of texts, each read once.
#[derive(Debug, Default)]
pub struct Labels {
    read: HashMap<u64, u32, BuildHasherDefault<Identity>>,
    meanings: Vec<Meaning>,
    /// The row that was looked at last and the header found for it.
    row: Option<(Range<usize>, Option<Range<usize>>)>,
    /// The value that was looked at last, and what was found.
    last: Option<(Range<usize>, Option<Found>)>,
    /// Room for the keywords near values.
    pub(super) hints: Hints,
}

/// Which meaning a label has, by number, and where the label stands.
type Found = (u32, Where);

impl Labels {
    /// Opens another stretch of text: what labels mean is remembered, where they stand is not.
    pub(super) fn open(&mut self) {
        (self.row, self.last) = (None, None);
        if self.read.len() > REMEMBERED {
            *self = Labels::default();
        }
    }

    /// What the label of the value at `span` says, if it has one that says something.
    pub(super) fn of(
        &mut self,
        engine: &Engine,
        bytes: &[u8],
        scope: &Range<usize>,
        span: &Range<usize>,
    ) -> Option<Said<'_>> {
        let found = match &self.last {
            Some((last, found)) if last == span => *found,
            _ => self.find(engine, bytes, scope, span),
        };
        self.last = Some((span.clone(), found));
        found.map(|(at, place)| Said { meaning: &self.meanings[at as usize], place })
    }

    fn find(&mut self, engine: &Engine, bytes: &[u8], scope: &Range<usize>, span: &Range<usize>) -> Option<Found> {
        let from = span.start.saturating_sub(REACH).max(scope.start);
        let line = memchr::memrchr(b'\n', &bytes[from..span.start]).map(|at| from + at + 1);
        let before = &bytes[line.unwrap_or(from)..span.start];
        let (opened, gap) = layout::opened(before);
        if let Some(label) = layout::marked(opened).filter(|label| label.len() <= LONGEST) {
            if let Some(found) = self.meaning(engine, label, true) {
                return Some((found, Where::Before));
            }
            // `[worker-3]: …`: marked, and by nothing that is known. The line above says nothing more.
            return self.answers(engine, bytes, scope, line, before);
        }
        // What is alone in its line, but for the mark of a list.
        if (line.is_some() || from == scope.start) && layout::is_margin(opened) {
            return self.around(engine, bytes, scope, line.unwrap_or(from), span);
        }
        if let Some(found) = self.answers(engine, bytes, scope, line, before) {
            return Some(found);
        }
        if gap
            && let Some(cell) = layout::cell_before(opened).filter(|cell| cell.len() <= LONGEST)
            && let Some(found) = self.meaning(engine, cell, false)
        {
            return Some((found, Where::Before));
        }
        self.head(engine, bytes, scope, line?, span).map(|found| (found, Where::Head))
    }

    /// The label in the line above or below of a value that opens its line.
    fn around(
        &mut self,
        engine: &Engine,
        bytes: &[u8],
        scope: &Range<usize>,
        line: usize,
        span: &Range<usize>,
    ) -> Option<Found> {
        let own = line_of(bytes, scope, line);
        let alone = layout::is_tail(&bytes[span.end..own.end.max(span.end)]);
        let above = line_above(bytes, scope, line);
        // `Label      Label` over `value      value`.
        if !alone {
            return self.head(engine, bytes, scope, line, span).map(|found| (found, Where::Head)).or_else(|| {
                let above = above.map(|above| layout::label_line(&bytes[above]))?;
                self.meaning(engine, above.filter(|label| label.len() <= LONGEST)?, false).map(|f| (f, Where::Above))
            });
        }
        let label = above.clone().and_then(|above| layout::label_line(&bytes[above]));
        let said = label.filter(|label| label.len() <= LONGEST).and_then(|label| self.meaning(engine, label, true));
        let below = line_below(bytes, scope, own.end).and_then(|below| layout::label_line(&bytes[below]));
        let under = below.filter(|label| label.len() <= LONGEST).and_then(|label| self.meaning(engine, label, false));
        match (said, under) {
            (Some(said), None) => Some((said, Where::Above)),
            (Some(said), Some(under)) => match self.values_first(engine, bytes, scope, line) {
                true => Some((under, Where::Below)),
                false => Some((said, Where::Above)),
            },
            (None, Some(under)) if self.values_first(engine, bytes, scope, line) => Some((under, Where::Below)),
            _ => self.head(engine, bytes, scope, line, span).map(|found| (found, Where::Head)),
        }
    }

    /// Whether the paragraph that holds this line opens with a value: then its labels stand below.
    fn values_first(&mut self, engine: &Engine, bytes: &[u8], scope: &Range<usize>, line: usize) -> bool {
        let mut first = line;
        for _ in 0..ROWS {
            if first <= scope.start {
                break;
            }
            let end = first - 1;
            let start = memchr::memrchr(b'\n', &bytes[scope.start..end]).map_or(scope.start, |at| scope.start + at + 1);
            if end - start > WIDEST || bytes[start..end].trim_ascii().is_empty() {
                break;
            }
            first = start;
        }
        let first = line_of(bytes, scope, first);
        match layout::label_line(&bytes[first]).filter(|label| label.len() <= LONGEST) {
            Some(label) => self.meaning(engine, label, false).is_none(),
            None => true,
        }
    }

    /// The question that the line of a value answers: `And your date of birth?` over `CALLER: 3/4/1952`.
    fn answers(
        &mut self,
        engine: &Engine,
        bytes: &[u8],
        scope: &Range<usize>,
        line: Option<usize>,
        before: &[u8],
    ) -> Option<Found> {
        let before = layout::without_time(before);
        if before.len() > LONGEST || before.iter().any(u8::is_ascii_digit) || memchr::memchr(b'?', before).is_some() {
            return None;
        }
        let above = line_above(bytes, scope, line?)?;
        let question = layout::question(&bytes[above])?;
        self.meaning(engine, question, true).map(|found| (found, Where::Above))
    }

    /// What stands at the head of the column of a value in a table of lines.
    fn head(
        &mut self,
        engine: &Engine,
        bytes: &[u8],
        scope: &Range<usize>,
        line: usize,
        span: &Range<usize>,
    ) -> Option<u32> {
        let own = line_of(bytes, scope, line);
        if own.len() > WIDEST {
            return None;
        }
        let cells = Cells::of(&bytes[own.clone()], span.start - own.start)?;
        let header = match &self.row {
            Some((row, header)) if *row == own => header.clone(),
            _ => {
                let header = self.header(engine, bytes, scope, &own, cells);
                self.row = Some((own.clone(), header.clone()));
                header
            }
        }?;
        let cell = cells.cell(
            &bytes[own.clone()],
            span.start - own.start..span.end.min(own.end) - own.start,
            &bytes[header],
        )?;
        self.meaning(engine, cell, false)
    }

    /// The line of names above a row; of printed forms, below it.
    fn header(
        &mut self,
        engine: &Engine,
        bytes: &[u8],
        scope: &Range<usize>,
        own: &Range<usize>,
        cells: Cells,
    ) -> Option<Range<usize>> {
        let known = self.row.clone();
        let mut line = own.start;
        for _ in 0..ROWS {
            let Some(above) = line_above(bytes, scope, line) else { break };
            if above.len() > WIDEST {
                break;
            }
            let text = &bytes[above.clone()];
            if !cells.goes_on(text) {
                break;
            }
            if self.is_header(engine, text, cells) {
                return Some(above);
            }
            // The row above was looked at: what is over it is over this one.
            if let Some((row, header)) = &known
                && *row == above
            {
                return header.clone();
            }
            line = above.start;
        }
        let below = line_below(bytes, scope, own.end).filter(|_| cells == Cells::Gaps)?;
        let text = &bytes[below.clone()];
        (text.len() <= WIDEST && cells.goes_on(text) && self.is_header(engine, text, cells)).then_some(below)
    }

    /// Whether a line holds names of columns: no figures, and two of its cells are known, or all but one.
    fn is_header(&mut self, engine: &Engine, text: &[u8], cells: Cells) -> bool {
        if text.windows(4).any(|four| four.iter().all(u8::is_ascii_digit)) {
            return false;
        }
        let (mut all, mut known) = (0, 0);
        for cell in cells.all(text) {
            all += 1;
            if cell.len() > LONGEST || all > 40 {
                return false;
            }
            known += usize::from(engine.labels().may_name(cell) && self.meaning(engine, cell, false).is_some());
        }
        known >= 2 || (known == 1 && all == 2)
    }

    /// What a label means; `None` where it says nothing. `tail` says that its last words may be all of it: `processing
    /// patient mrn`.
    fn meaning(&mut self, engine: &Engine, label: &[u8], tail: bool) -> Option<u32> {
        if !engine.labels().may_name(label) {
            return None;
        }
        let key = xxhash_rust::xxh3::xxh3_64_with_seed(label, u64::from(tail));
        let at = match self.read.get(&key) {
            Some(at) => *at,
            None => {
                let meaning = read(engine, &String::from_utf8_lossy(label), tail);
                let at = match meaning.bound.is_empty() {
                    true => u32::MAX,
                    false => {
                        self.meanings.push(meaning);
                        (self.meanings.len() - 1) as u32
                    }
                };
                self.read.insert(key, at);
                at
            }
        };
        (at != u32::MAX).then_some(at)
    }
}

/// Words that stand before what a question or a line of a form asks for. Sorted.
const ASKING: &[&str] = &[
    "a", "again", "also", "an", "and", "any", "are", "ask", "can", "child", "confirm", "could", "current", "enter",
    "give", "got", "have", "her", "here", "his", "i", "is", "it", "just", "know", "like", "list", "may", "me", "my",
    "need", "now", "of", "ok", "okay", "our", "please", "print", "provide", "read", "repeat", "s", "say", "spell",
    "state", "tell", "thanks", "that", "the", "their", "then", "this", "to", "us", "verify", "we", "what", "which",
    "will", "with", "would", "write", "you", "your",
];

/// Reads a label.
fn read(engine: &Engine, label: &str, tail: bool) -> Meaning {
    let rules = engine.rules();
    // `Patient (last, first)`: what stands in brackets explains.
    let plain = match (label.find('('), label.rfind(')')) {
        (Some(open), Some(close)) if open < close && open > 0 => format!("{} {}", &label[..open], &label[close + 1..]),
        _ => label.to_string(),
    };
    let words: Vec<&str> = plain.split_whitespace().collect();
    let words = &words[words.len().saturating_sub(2 * MOST_WORDS)..];
    let asked = words.iter().take_while(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let word = word.split('\'').next().unwrap_or_default();
        ASKING.binary_search(&word).is_ok() || word.is_empty()
    });
    let words = &words[asked.count().min(words.len())..];
    let most = words.len().min(MOST_WORDS);
    if most == 0 {
        return Meaning::default();
    }
    let all = FieldName::parse(&words[words.len() - most..].join(" "));
    if all.cancel || all.ordinary() {
        return Meaning::default();
    }
    let least = if tail { 1 } else { most };
    for count in (least..=most).rev() {
        let name = FieldName::parse(&words[words.len() - count..].join(" "));
        let mut found = rules.field_rules(&name);
        found.retain(|found| found.exact || count <= 4 && name.tokens.len() <= 5);
        found.retain(|found| !rules.rules[found.rule].denied_by(&all));
        if found.is_empty() {
            continue;
        }
        let share = |found: &FieldMatch| match (found.weak, found.bare, found.exact) {
            (true, _, _) => WEAK,
            (false, true, _) => BARE,
            (false, false, true) => 1.0,
            (false, false, false) => INEXACT,
        };
        let patients = found.iter().any(|found| only_patients_have(rules.rules[found.rule].identifier));
        let subject = match all.role {
            Subject::Unknown => None,
            // `Hospital no.` is a patient's.
            Subject::Provider if patients => Some(Subject::Patient),
            role => Some(role),
        };
        let bound = found.iter().map(|found| (found.rule as u16, share(found))).collect();
        return Meaning { bound, subject };
    }
    Meaning::default()
}

/// The words labels are made of, to tell nearly all others at once.
#[derive(Debug)]
pub struct LabelWords {
    classes: Vec<u64>,
}

/// Classes of words' hashes, a power of two.
const CLASSES: usize = 8192;

impl LabelWords {
    /// Of these words.
    pub(crate) fn new<'a>(words: impl Iterator<Item = &'a str>) -> LabelWords {
        let mut classes = vec![0; CLASSES / 64];
        for word in words {
            for word in Words::new(word.as_bytes()) {
                let class = class(word.hash);
                classes[class / 64] |= 1 << (class % 64);
            }
        }
        LabelWords { classes }
    }

    /// Whether one of the words of a label may be part of a name that rules know.
    fn may_name(&self, label: &[u8]) -> bool {
        // Names of fields are read without accents.
        if !label.is_ascii() {
            return true;
        }
        let mut words = Words::new(label);
        words.any(|word| {
            let class = class(word.hash);
            self.classes[class / 64] & 1 << (class % 64) != 0
        })
    }
}

fn class(hash: u64) -> usize {
    (hash >> 24) as usize % CLASSES
}

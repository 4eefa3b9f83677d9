//! Makes a pattern file from a column of identifiers that the user may hold. In: the values, the header, the identifier. Out: a commented
//! pattern file: lengths, the literal beginning all share, a check digit found by trial, examples that are invented and stand in no row,
//! how weak the form is. Refuses fewer than 200 distinct values, and values too different to have a form. No value is kept or shown.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::identifier::Identifier;

use super::{check, load};

/// Distinct values below which a pattern would tell of the persons rather than of the form.
pub const FEWEST: usize = 200;

/// More different forms than this are no form.
const FORMS: usize = 8;

/// A check digit is one where so large a part of the values fits; a random number fits one time in ten.
const FITS: f64 = 0.99;

/// A way to make a check digit, and whether the digits of a number pass it.
type CheckDigit = (&'static str, fn(&[u32]) -> bool);

/// Check digits that are tried, and how comments call them.
const TRIED: [CheckDigit; 7] = [
    ("Luhn (mod 10, every other digit doubled)", luhn),
    ("mod 10, weights 3 1 from the right", |d| weighed(d, &[1, 3], 10)),
    ("mod 10, weights 7 3 1 from the left", |d| from_left(d, &[7, 3, 1], 10)),
    ("mod 10, all weights 1", |d| weighed(d, &[1], 10)),
    ("mod 11, weights 1 2 3 … from the right", |d| {
        (1..).zip(d.iter().rev()).map(|(weight, digit): (u32, _)| weight * digit).sum::<u32>() % 11 == 0
    }),
    ("mod 97, the whole leaves 1", |d| mod_97(d) == 1),
    ("mod 97, the last two are 97 less the rest", |d| {
        d.len() > 3 && mod_97(&d[..d.len() - 2]) + d[d.len() - 2] * 10 + d[d.len() - 1] == 97
    }),
];

/// What is learnt, as the text of a pattern file.
pub fn learn(identifier: Identifier, header: &str, values: &HashSet<String>) -> Result<String> {
    if values.len() < FEWEST {
        let message = format!("{} distinct values are too few to learn from; {FEWEST} are needed", values.len());
        return Err(Error::Usage(message));
    }
    let values: BTreeSet<&str> = values.iter().map(String::as_str).collect();
    let rules = load::load_built_in()?;
    let built_in = rules.rules.iter().find(|rule| rule.identifier == identifier);
    let built_in =
        built_in.ok_or_else(|| Error::Usage(format!("no rule finds {identifier}: nothing to learn from")))?;
    let line = built_in.source.lines().find(|line| line.starts_with("validate")).unwrap_or_default();
    let validate = line.split('"').nth(1).unwrap_or("mrn").to_string();
    let prefix = shared_letters(&values);
    let mut forms: BTreeMap<String, usize> = BTreeMap::new();
    for value in &values {
        *forms.entry(form(&value[prefix.len()..])).or_default() += 1;
    }
    // A form that few have is a mistake in the roster, or somebody's alone.
    forms.retain(|_, count| *count * 50 >= values.len());
    let covered: usize = forms.values().sum();
    if forms.is_empty() || forms.len() > FORMS || covered * 10 < values.len() * 9 {
        return Err(Error::Usage("the values have no form in common: a header synonym serves better".to_string()));
    }
    let digits: Vec<Vec<u32>> = values.iter().map(|value| figures(value)).collect();
    let fits = |check: fn(&[u32]) -> bool| {
        digits.iter().filter(|digits| digits.len() > 3 && check(digits)).count() as f64 >= FITS * digits.len() as f64
    };
    let found = TRIED.iter().find(|(_, check)| fits(*check));
    let label = header.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " ");
    let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    let draft = Draft { identifier, header, label, validate, prefix, forms, values: &values, found };
    for seed in 0..64 {
        let Some(text) = draft.text(seed) else { continue };
        let engine = Engine::new(load::load_with("learnt.toml", &text)?);
        if check::check_rule(&engine, &draft.id()).is_empty() {
            return Ok(text);
        }
    }
    let message = "no example of this form passes the checks of its identifier: a header synonym serves better";
    Err(Error::Usage(message.to_string()))
}

struct Draft<'a> {
    identifier: Identifier,
    header: &'a str,
    label: String,
    validate: String,
    prefix: String,
    forms: BTreeMap<String, usize>,
    values: &'a BTreeSet<&'a str>,
    found: Option<&'static CheckDigit>,
}

impl Draft<'_> {
    fn id(&self) -> String {
        format!("site.{}", self.identifier)
    }

    fn text(&self, seed: u64) -> Option<String> {
        let shape = |form: &str| match self.prefix.as_str() {
            "" => shape(form),
            prefix => format!("'{prefix}'{}", shape(form)),
        };
        let shapes: Vec<String> = self.forms.keys().map(|form| quoted(&shape(form))).collect();
        let most = self.forms.iter().max_by_key(|(_, count)| **count)?.0;
        let example = self.invented(most, seed)?;
        let lengths: BTreeSet<usize> = self.forms.keys().map(|form| form.len() + self.prefix.len()).collect();
        let lengths: Vec<String> = lengths.iter().map(usize::to_string).collect();
        let alone = if self.prefix.len() >= 2 { -4.0 } else { -8.0 };
        let free = most.bytes().filter(|byte| matches!(byte, b'9' | b'A')).count();
        let mut out = String::new();
        let _ = writeln!(out, "# Learnt from {} distinct values; none of them stands in this file.", self.values.len());
        let _ = writeln!(
            out,
            "# Lengths: {}. Beginning that all share: {}.",
            lengths.join(", "),
            if self.prefix.is_empty() { "none" } else { &self.prefix }
        );
        match self.found {
            Some((name, _)) => {
                let _ =
                    writeln!(out, "# Check digit: {name}. Rules cannot ask for it yet; it is written here for people.");
            }
            None => out.push_str("# Check digit: none of those tried (Luhn, mod 10, mod 11, mod 97).\n"),
        }
        let weak = if self.prefix.len() >= 2 { "" } else { " Any number may look so: it lives by its label." };
        let _ = writeln!(out, "# The form leaves {free} characters open.{weak}");
        let _ = writeln!(out, "id         = {}", quoted(&self.id()));
        let _ = writeln!(out, "identifier = {}", quoted(self.identifier.name()));
        let _ = writeln!(out, "summary    = {}", quoted(&format!("{} as this site writes it", self.identifier)));
        let _ = writeln!(out, "shapes     = [{}]", shapes.join(", "));
        let _ = writeln!(out, "validate   = [{}]\n", quoted(&self.validate));
        let _ = writeln!(out, "[context]\nfields       = [{}]", quoted(&format!("={}", self.header)));
        let _ = writeln!(out, "keywords     = [{}]", quoted(&self.label));
        out.push_str("not_keywords = [\"invoice\", \"order\", \"tracking\", \"ticket\", \"phone\"]\n\n");
        let _ = writeln!(out, "[evidence]\nalone   = {alone:.1}\nfield   = 8.0\nkeyword = 9.5\nchance  = 1.0\n");
        out.push_str("# Invented: in no row of what was learnt from.\n");
        let _ = writeln!(
            out,
            "[[hit]]\ntext       = {}\nconfidence = \"likely\"\n",
            quoted(&format!("{}: {example}", self.label))
        );
        let _ = writeln!(
            out,
            "[[miss]]\ntext       = {}\nstopped_by = \"judge\"",
            quoted(&format!("see ticket {example} for more"))
        );
        out.push_str("because    = \"nothing says what it is\"\n");
        Some(out)
    }

    /// A value of this form that is in no row, and that the check digit fits.
    fn invented(&self, form: &str, seed: u64) -> Option<String> {
        (0..4096_u64).find_map(|turn| {
            let mut hash = xxhash_rust::xxh3::xxh3_64_with_seed(form.as_bytes(), seed << 32 | turn);
            let mut value = self.prefix.clone();
            for character in form.chars() {
                let open = match character {
                    '9' => b'0' + (hash % 10) as u8,
                    'A' => b'A' + (hash % 26) as u8,
                    other => {
                        value.push(other);
                        continue;
                    }
                };
                hash = hash.rotate_left(7).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                hash ^= hash >> 29;
                value.push(char::from(open));
            }
            let fits = self.found.is_none_or(|(_, check)| check(&figures(&value)));
            (fits && !self.values.contains(value.as_str())).then_some(value)
        })
    }
}

/// The letters and marks all values begin with; no digit, which could be part of a number.
fn shared_letters(values: &BTreeSet<&str>) -> String {
    // In a sorted set what the first and the last share, all share.
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return String::new() };
    let shared = first.chars().zip(last.chars()).take_while(|(a, b)| a == b && a.is_ascii() && !a.is_ascii_digit());
    let shared: String = shared.map(|(character, _)| character).collect();
    if shared.contains('\'') { String::new() } else { shared }
}

/// Digits as `9`, letters as `A`, marks as they are.
fn form(value: &str) -> String {
    let sign = |c: char| {
        if c.is_ascii_digit() {
            '9'
        } else if c.is_ascii_alphabetic() {
            'A'
        } else {
            c
        }
    };
    value.chars().map(sign).collect()
}

/// A form as pattern files write it: runs with their length.
fn shape(form: &str) -> String {
    let mut out = String::new();
    let mut rest = form;
    while let Some(character) = rest.chars().next() {
        let run = rest.chars().take_while(|other| *other == character).count();
        rest = &rest[run * character.len_utf8()..];
        match (character, run) {
            ('9' | 'A', 2..) => out.push_str(&format!("{character}{{{run}}}")),
            ('9' | 'A', _) => out.push(character),
            _ => (0..run).for_each(|_| out.push(character)),
        }
    }
    out
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

fn figures(value: &str) -> Vec<u32> {
    value.chars().filter_map(|c| c.to_digit(10)).collect()
}

fn luhn(digits: &[u32]) -> bool {
    let doubled = |(at, digit): (usize, &u32)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { *digit };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

fn weighed(digits: &[u32], weights: &[u32], modulus: u32) -> bool {
    digits.iter().rev().zip(weights.iter().cycle()).map(|(digit, weight)| digit * weight).sum::<u32>() % modulus == 0
}

fn from_left(digits: &[u32], weights: &[u32], modulus: u32) -> bool {
    digits.iter().zip(weights.iter().cycle()).map(|(digit, weight)| digit * weight).sum::<u32>() % modulus == 0
}

fn mod_97(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |rest, digit| (rest * 10 + digit) % 97)
}

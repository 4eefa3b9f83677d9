//! Pattern files → [`RuleSet`]. In: the TOML files under `patterns/` (built in) and those given by `--rules`. Out: rules,
//! compiled and immutable. Refuses unknown keys, identifiers, shapes and checks with file and line; examples are run by
//! `rules check`. The schema is `patterns/README.md`.

use std::borrow::Cow;

use crate::detect::Shape;
use crate::error::Result;
use crate::identifier::Identifier;
use crate::validate::Check;

pub mod check;
pub mod fields;
pub mod learn;
mod load;
pub mod places;
#[cfg(feature = "ledger")]
pub mod prints;
pub mod synonyms;

pub use fields::{FieldMatch, FieldName};
pub use load::{built_in_files, load, load_built_in, load_with};

/// All rules of a run.
#[derive(Debug)]
pub struct RuleSet {
    /// In order of id.
    pub rules: Vec<Rule>,
    /// Names this set in reports: a hash over all pattern files, hex.
    pub hash: String,
    /// What a site says its headers mean.
    pub synonyms: synonyms::Synonyms,
    /// Which field names a word may open.
    pub(crate) entries: fields::Entries,
}

/// One way to find an identifier.
#[derive(Debug)]
pub struct Rule {
    /// Such as `us.ssn`; never used again for something else.
    pub id: String,
    /// What it finds.
    pub identifier: Identifier,
    /// One line for `rules list`.
    pub summary: String,
    /// The whole file, for `rules show`.
    pub source: Cow<'static, str>,
    /// Its file, for messages.
    pub file: String,
    /// The forms it takes where no field name speaks for it. Empty for identifiers that live by field name alone.
    pub shapes: Vec<RuleShape>,
    /// The check every candidate must pass.
    pub check: Check,
    /// Published samples beside those the check itself knows, normalised as [`crate::validate::Normal::alnum`].
    pub test_values: Vec<Vec<u8>>,
    /// The traces of all of these, see [`test_trace`].
    pub(crate) test_traces: u64,
    /// Field names that say a field holds it.
    pub fields: Vec<fields::Entry>,
    /// Field names that say a field does not hold it although its values look so.
    pub not_fields: Vec<fields::Entry>,
    /// Words near a match in text that speak for it, lower case.
    pub keywords: Vec<String>,
    /// Words right before a match that speak against it, lower case.
    pub not_keywords: Vec<String>,
    /// Places of structured formats that hold it: `hl7:PID-19`.
    pub places: Vec<places::Entry>,
    /// What each piece of evidence weighs.
    pub evidence: Evidence,
}

/// One form of an identifier and what it weighs alone in text.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleShape {
    /// The form.
    pub shape: Shape,
    /// Log-odds of a match of this form that passed the check, alone in text.
    pub alone: f32,
}

/// Weights in natural log-odds; they add up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Of a match that passed the check, alone in text; shapes may say another.
    pub alone: f32,
    /// Added where the field's name says so.
    pub field: f32,
    /// Added where a keyword stands in reach.
    pub keyword: f32,
    /// Chance, 0 to 1, that a random value of the shape passes the check: makes the pass rate of a column a
    /// likelihood ratio. 1 where the check says nothing.
    pub chance: f32,
}

/// What a pattern file says must and must not be found.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    /// Examples that must be found.
    pub hits: Vec<Hit>,
    /// Examples that must not.
    pub misses: Vec<Miss>,
}

/// An example that must be found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The text.
    pub text: String,
    /// At which confidence, at least: `possible`, `likely`, `certain`.
    pub confidence: crate::finding::Confidence,
    /// Line in the file.
    pub line: usize,
}

/// An example that must not be found.
#[derive(Clone, Debug)]
pub struct Miss {
    /// The text.
    pub text: String,
    /// Which stage stops it.
    pub stopped_by: Stage,
    /// Why, for people.
    pub because: String,
    /// Line in the file.
    pub line: usize,
}

/// The stages that can stop a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// No shape matches, or it does not stand alone.
    Detect,
    /// The check says no, or that nothing was filled in, or that it is a test value.
    Validate,
    /// Below `possible`, or below `likely` alone: nothing around it speaks for it.
    Judge,
}

impl Rule {
    /// The examples in its file. They are read when they are asked for: a scan has no use for them.
    pub fn examples(&self) -> Result<Examples> {
        load::examples(&self.file, &self.source)
    }

    /// Whether a field of this name does not hold it although its values look so: its `not_fields` say so.
    pub fn denied_by(&self, name: &FieldName) -> bool {
        fields::denies(&self.not_fields, name)
    }

    /// Whether a value, normalised, is among the test values its file lists.
    pub fn is_test_value(&self, normal: &[u8]) -> bool {
        self.test_traces & test_trace(normal) != 0 && self.test_values.iter().any(|value| value == normal)
    }
}

/// A bit for a value by its length and its last two bytes: nearly all are told by it to be no test value.
pub(crate) fn test_trace(value: &[u8]) -> u64 {
    match value {
        [.., a, b] => 1 << ((value.len() * 11 + usize::from(*a) * 5 + usize::from(*b)) & 63),
        _ => 1,
    }
}

impl RuleSet {
    /// The rule called `id`.
    pub fn by_id(&self, id: &str) -> Option<&Rule> {
        self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok().map(|at| &self.rules[at])
    }
}

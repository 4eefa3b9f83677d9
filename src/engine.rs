//! Rules compiled once, immutable, shared by all threads, with what they were found to say of names that were met.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::detect::named::Named;
use crate::detect::shape::Form;
use crate::detect::{Plan, Shape};
use crate::error::Result;
use crate::identifier::Identifier;
use crate::judge::context::{REACH, Vocabulary};
use crate::judge::known::Known;
use crate::judge::labels::LabelWords;
use crate::judge::met::{Met, rule_bit};
use crate::judge::tally::POSSIBLE;
use crate::rules::fields::label_words;
use crate::rules::{self, FieldName, RuleSet};

/// A rule set and what is compiled from it.
#[derive(Debug)]
pub struct Engine {
    rules: RuleSet,
    plan: Plan,
    uses: Vec<Vec<Use>>,
    /// The rules that use each shape of the plan, a bit each.
    users: Vec<u128>,
    vocabulary: Vocabulary,
    labels: LabelWords,
    known: Known,
}

/// A shape of the plan, as one rule uses it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// Which of all uses it is, from 0.
    pub number: u16,
    /// Index into the rules.
    pub rule: u16,
    /// Index into the rule's shapes.
    pub shape: u8,
    /// Log-odds of a match that passed the check, alone in text.
    pub alone: f32,
    /// How far before a match a keyword may end, bytes.
    pub reach: usize,
    /// Without a keyword, or a street below it, it cannot become possible in text.
    pub needs_keyword: bool,
}

impl Engine {
    /// The built-in rules.
    pub fn built_in() -> Result<Engine> {
        rules::load_built_in().map(Engine::new)
    }

    /// The built-in rules and those in these pattern files or folders; a rule with a known id replaces it.
    pub fn with_rules(paths: &[PathBuf]) -> Result<Engine> {
        rules::load(paths).map(Engine::new)
    }

    /// Compiles these rules.
    pub fn new(rules: RuleSet) -> Engine {
        let mut numbers: HashMap<Shape, usize> = HashMap::new();
        let mut shapes = Vec::new();
        let mut uses: Vec<Vec<Use>> = Vec::new();
        let mut all = 0;
        for (rule, definition) in rules.rules.iter().enumerate() {
            for (number, shape) in definition.shapes.iter().enumerate() {
                let at = *numbers.entry(shape.shape.clone()).or_insert_with(|| {
                    shapes.push(shape.shape.clone());
                    uses.push(Vec::new());
                    shapes.len() - 1
                });
                let reach = reach(&shape.shape);
                // A list of names may add two; a street and its ZIP code speak for each other without any word.
                let other = match definition.identifier {
                    Identifier::ADDRESS | Identifier::ZIP => f32::INFINITY,
                    Identifier::NAME => 2.0,
                    _ => 0.0,
                };
                let needs_keyword = shape.alone + other < POSSIBLE;
                let (rule, alone) = (rule as u16, shape.alone);
                uses[at].push(Use { number: all, rule, shape: number as u8, alone, reach, needs_keyword });
                all += 1;
            }
        }
        let vocabulary = Vocabulary::new(&rules);
        let bits = |uses: &Vec<Use>| uses.iter().fold(0, |bits, by| bits | rule_bit(by.rule.into()));
        let users = uses.iter().map(bits).collect();
        let labels = LabelWords::new(label_words(&rules).into_iter());
        Engine { rules, plan: Plan::new(shapes), uses, users, vocabulary, labels, known: Known::default() }
    }

    /// The rules.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The shapes of all rules.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Which rules use a shape of the plan.
    pub fn uses(&self, shape: u16) -> &[Use] {
        &self.uses[shape as usize]
    }

    /// The rules that use a shape of the plan, a bit each as [`rule_bit`] says.
    #[inline]
    pub(crate) fn users(&self, shape: u16) -> u128 {
        self.users[usize::from(shape)]
    }

    /// The keywords of all rules.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The words that labels in texts are told by.
    pub(crate) fn labels(&self) -> &LabelWords {
        &self.labels
    }

    /// Whether a field name is one that rules know, to tell a header from data.
    pub fn knows_field(&self, name: &str) -> bool {
        self.asked_field(name).0
    }

    /// The same, with what is met by asking.
    pub(crate) fn asked_field(&self, name: &str) -> (bool, Met) {
        self.known.field(name, |name| self.knows(name))
    }

    /// Names and places that were met.
    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    fn knows(&self, name: &FieldName) -> bool {
        let column = name.tokens.len() <= 2 && name.tokens.iter().any(|token| COLUMNS.contains(&token.as_str()));
        name.ordinary() || name.cancel || column || !self.rules.field_rules(name).is_empty()
    }
}

/// Names of columns that no rule asks for, and that tell the row of names from the rows below all the same.
const COLUMNS: [&str; 12] = [
    "initials",
    "inits",
    "sex",
    "gender",
    "race",
    "ethnicity",
    "city",
    "county",
    "notes",
    "comments",
    "remarks",
    "loinc",
];

/// The less a form says by itself, the nearer its label must stand: a capitalised pair right behind it, a code within
/// twenty bytes or so.
fn reach(shape: &Shape) -> usize {
    match shape.form {
        Form::Named(Named::NameWords) => 5,
        Form::Named(Named::Code | Named::Token) => 24,
        Form::Named(Named::Street | Named::PoBox) => 30,
        _ => REACH,
    }
}

//! What is known of a document before its values are counted. In: its layout, the rules. Out: for each column
//! the rules its name speaks for, whose field it is, and how it is called in reports. A place that a format names
//! ([`Named`]) is a column too; these are added as they are met.

use std::collections::HashMap;
use std::sync::Arc;

use crate::decode::text::Encoding;
use crate::engine::{Engine, Use};
use crate::extract::named::{Holds, Named};
use crate::extract::{Entry, Layout};
use crate::finding::{Place, Protection, Subject};
use crate::identifier::Identifier;
use crate::judge::column;
use crate::judge::health::is_diagnosis_field;
use crate::judge::met::Met;
use crate::rules::FieldName;
use crate::rules::fields::reads_as_header;

/// What a header that says exactly the identifier weighs against one that says more words.
const INEXACT: f32 = -1.0;
/// What a place weighs that a format has for an identifier: nothing is guessed, one valid value is certain.
const PLACE: f32 = 9.0;
/// What it weighs where other things stand there too: by itself less than likely.
const WEAK_PLACE: f32 = 4.5;
/// Formats in which nothing but health care is written.
const HEALTH: [&str; 6] = ["hl7:", "x12:", "fhir:", "ccda:", "ncpdp:", "dicom:"];

/// What is known of a document.
#[derive(Debug)]
pub struct DocumentPlan {
    /// How its bytes are arranged.
    pub layout: Layout,
    /// How its text was encoded, where that was not UTF-8.
    pub encoding: Option<Encoding>,
    /// Where values stand that stand in no column: [`Place::Text`], or [`Place::Name`] where a name is judged.
    pub text: Place,
    /// The sheet its columns are of, where they are those of a sheet.
    pub sheet: Option<String>,
    /// Its columns; empty for text.
    pub columns: Vec<Arc<ColumnPlan>>,
    /// Of columns without a name.
    nothing: ColumnPlan,
    /// Columns without a telling name that hold person keys all the same: (column, rule, shape), found from the first
    /// chunk; sorted.
    pub keys: Vec<(u32, u16, u8)>,
    /// Columns whose name speaks for a person key and whose values speak against it, in the first chunk: (column, rule).
    /// A record number that is the same throughout would make one person of all.
    pub no_keys: Vec<(u32, u16)>,
    /// The rule by which single words of a column without a name are counted as names.
    pub names: Option<u16>,
    /// Some of its places are health care by themselves.
    pub health: bool,
    /// Names and keys of its places, as far as rules can ask for them.
    pub(crate) met: Met,
    /// Place → the first column that is called so, for those that share a place with another.
    first_of: HashMap<Place, u32>,
}

/// What is known of a column.
#[derive(Clone, Debug, Default)]
pub struct ColumnPlan {
    /// As reports may print it: only where it reads as a header.
    pub name: Option<String>,
    /// Rules its name speaks for, with the weight of the name.
    pub bound: Vec<(u16, f32)>,
    /// Rules among these of which the name speaks weakly: other things are called so too.
    pub weak: Vec<u16>,
    /// Rules among these for which the name is one word that labels many things: `chart`, `claim`, `group`.
    pub bare: Vec<u16>,
    /// Whose field it is, as far as its name says.
    pub subject: Option<Subject>,
    /// It has a name.
    pub headed: bool,
    /// Its name says ordinary numbers: invoice, amount, sku.
    pub ordinary: bool,
    /// Its name says a date that is no birth date: of service, death, loading.
    pub other_date: bool,
    /// Its name says codes of diagnoses.
    pub diagnoses: bool,
    /// Its name says the values are hashed, masked or tokens.
    pub protection: Option<Protection>,
    /// Its name says a flag or code about an identifier, not the identifier.
    pub cancel: bool,
    /// Rules its name speaks against although the values look so.
    pub not: Vec<u16>,
    /// Rules and shapes that cannot become possible under this name, whatever the values are: not worth a check.
    pub hopeless: Vec<(u16, u8)>,
    /// Shapes of the plan of which every use is hopeless or bound, by number.
    pub dead: Vec<bool>,
    /// Uses of shapes that are hopeless or bound, a bit each by [their number](crate::engine::Use::number).
    pub settled: Vec<u64>,
    /// What it is called in reports, where a format names it.
    pub place: Option<Place>,
    /// A format has this place for what it is bound to: the first rule that a value passes takes it.
    pub placed: bool,
    /// Its values are somebody's who need not be whom the record is about.
    pub of_another: bool,
    /// What stands there.
    pub holds: Option<Holds>,
    /// Its names and keys, as far as rules can ask for them.
    pub(crate) met: Met,
}

impl ColumnPlan {
    /// Whether a use of a shape is not worth a check here: it cannot become possible, or the name speaks for its rule.
    #[inline]
    pub fn is_settled(&self, by: &Use) -> bool {
        let word = self.settled.get(usize::from(by.number) / 64);
        word.is_some_and(|word| word & 1 << (by.number % 64) != 0)
    }
}

/// The columns of a table with these names. A group that all stand in (`row.chart`, as of Parquet's only structure) and the short name of
/// a table in a query (`p.chart`) say nothing of a column.
fn named_columns(engine: &Engine, header: &[String]) -> Vec<Arc<ColumnPlan>> {
    let group = |name: &str| name.find('.').map_or(0, |dot| dot + 1);
    let first = header.first().map_or("", |name| &name[..group(name)]);
    let shared = header.len() > 1 && !first.is_empty() && header.iter().all(|name| name[..group(name)] == *first);
    let plan = |name: &String| {
        let own = engine.known().header(engine, name);
        let (before, rest) = name.split_at(group(name));
        let is_alias = (2..=3).contains(&before.len()) && before.bytes().all(|b| b.is_ascii_lowercase() || b == b'.');
        if rest.is_empty() || !shared && !is_alias {
            return own;
        }
        let plain = engine.known().header(engine, rest);
        Arc::new(ColumnPlan { name: own.name.clone(), ..ColumnPlan::clone(&plain) })
    };
    header.iter().map(plan).collect()
}

impl DocumentPlan {
    /// The plan of a document.
    pub fn new(engine: &Engine, layout: Layout) -> DocumentPlan {
        let columns = match &layout {
            Layout::Text | Layout::Values { .. } => Vec::new(),
            Layout::Rows(dialect) => match &dialect.header {
                Some(header) => named_columns(engine, header),
                None => Vec::new(),
            },
        };
        let mut met = Met::default();
        columns.iter().for_each(|column: &Arc<ColumnPlan>| met.add(&column.met));
        let is_name = |rule: &usize| engine.rules().rules[*rule].identifier == Identifier::NAME;
        let names = (0..engine.rules().rules.len()).find(is_name).map(|rule| rule as u16);
        let nothing = ColumnPlan::default();
        DocumentPlan {
            layout,
            encoding: None,
            text: Place::Text,
            sheet: None,
            columns,
            nothing,
            keys: Vec::new(),
            no_keys: Vec::new(),
            names,
            health: false,
            met,
            first_of: HashMap::new(),
        }
    }

    /// Adds the places that were met since it was last asked.
    pub fn extend(&mut self, engine: &Engine, places: &[Named]) {
        for named in &places[self.columns.len()..] {
            let column = engine.known().place(engine, named);
            self.met.add(&column.met);
            self.health |= named.keys.iter().any(|key| HEALTH.iter().any(|format| key.starts_with(format)));
            let place = column.place.clone().unwrap_or_else(|| printable(&named.place));
            self.first_of.entry(place).or_insert(self.columns.len() as u32);
            self.columns.push(column);
        }
    }

    /// Lets a rule ask for all values of a column without a name. Whether there is such a column.
    pub(super) fn bind(&mut self, column: usize, rule: u16, weight: f32) -> bool {
        if matches!(self.layout, Layout::Rows(_)) && column >= self.columns.len() {
            self.columns.resize_with(column + 1, Arc::default);
        }
        let Some(plan) = self.columns.get_mut(column) else { return false };
        *plan = Arc::new(ColumnPlan { bound: vec![(rule, weight)], ..ColumnPlan::clone(plan) });
        true
    }

    /// The column whose findings those of this one are: a reader may tell apart what reports call by one name.
    pub fn reported(&self, column: u32) -> u32 {
        let place = self.columns.get(column as usize).and_then(|c| c.place.as_ref());
        place.and_then(|place| self.first_of.get(place)).copied().unwrap_or(column)
    }

    /// Where the document goes on behind `bytes`, which is entered in the state `entry`; `before` is the byte before it.
    pub fn after(&self, entry: Entry, before: Option<u8>, bytes: &[u8]) -> Entry {
        let after = entry.after(&self.layout.fold(before, bytes));
        Entry { origin: self.encoding.map_or(0, |encoding| entry.origin + encoding.width(bytes)), ..after }
    }

    /// What is known of a column, from 0.
    #[inline]
    pub fn column(&self, column: usize) -> &ColumnPlan {
        self.columns.get(column).map_or(&self.nothing, |column| column)
    }

    /// Whether more than one column is called so.
    pub fn is_repeated(&self, name: &str) -> bool {
        self.columns.iter().filter(|column| column.name.as_deref() == Some(name)).nth(1).is_some()
    }

    /// The place of a column, from 0, or of what stands in none.
    pub fn place(&self, column: Option<u32>) -> Place {
        let Some(column) = column else { return self.text.clone() };
        if let Some(place) = self.columns.get(column as usize).and_then(|c| c.place.clone()) {
            return place;
        }
        let name = self.columns.get(column as usize).and_then(|c| c.name.clone());
        let Some(sheet) = self.sheet.clone() else { return Place::Column { name, index: column + 1 } };
        // Two columns of one name are two places.
        let column = name.filter(|name| !self.is_repeated(name)).unwrap_or_else(|| letters(column));
        Place::Cell { sheet, column }
    }
}

/// The letters of a sheet's column, from 0: `A`, `Z`, `AA`.
fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        letters.push((b'A' + ((rest - 1) % 26) as u8) as char);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// A place as reports may print it: keys are data in some documents, and then may be somebody's name or number.
fn printable(place: &Place) -> Place {
    let Place::Path(path) = place else { return place.clone() };
    let shown = |part: &str| {
        let plain = part.trim_end_matches("[]").trim_start_matches(['$', '@', '#']);
        let index = plain.split_once('[').map_or("", |(_, index)| index.trim_end_matches(']'));
        let name = plain.split_once('[').map_or(plain, |(name, _)| name);
        let reads = |text: &str| {
            text.is_empty() || text.len() < 4 && text.bytes().all(|b| b.is_ascii_digit()) || reads_as_header(text)
        };
        reads(name) && reads(index)
    };
    let parts: Vec<&str> = path.split('.').map(|part| if shown(part) { part } else { "*" }).collect();
    Place::Path(parts.join("."))
}

impl ColumnPlan {
    /// Of a column of this name. [`Known`](super::known::Known) remembers it.
    pub(super) fn named(engine: &Engine, header: &str) -> ColumnPlan {
        if header.is_empty() {
            return ColumnPlan::default();
        }
        let mut name = FieldName::parse(header);
        let mut met = Met::default();
        met.name(&name);
        let found = engine.rules().field_rules(&name);
        let said = engine.rules().synonyms.get(&name.tokens);
        name.cancel &= said.is_none();
        let weak = found.iter().filter(|found| found.weak).map(|found| found.rule as u16).collect();
        let bare = found.iter().filter(|found| found.bare && name.tokens.len() == 1);
        let bare = bare.map(|found| found.rule as u16).collect();
        let bound = found
            .into_iter()
            .map(|found| {
                let weight = engine.rules().rules[found.rule].evidence.field;
                let words = if found.exact { 0.0 } else { INEXACT };
                (found.rule as u16, if found.weak { weight / 2.0 } else { weight } + words)
            })
            .collect();
        let mut column = ColumnPlan {
            name: reads_as_header(header).then(|| header.to_string()),
            bound,
            weak,
            bare,
            subject: (name.role != Subject::Unknown).then_some(name.role),
            headed: true,
            ordinary: said.is_none() && name.ordinary(),
            other_date: said.is_none() && name.other_date(),
            diagnoses: is_diagnosis_field(&name),
            protection: name.protection,
            cancel: name.cancel,
            of_another: name.of_another(),
            not: (0..engine.rules().rules.len())
                .filter(|rule| {
                    let rule = &engine.rules().rules[*rule];
                    said != Some(rule.identifier) && rule.denied_by(&name)
                })
                .map(|rule| rule as u16)
                .collect(),
            met,
            ..ColumnPlan::default()
        };
        column.give_to_patients(engine);
        column.rule_out(engine);
        column
    }

    /// What a format names: by its keys, else by the first of its names that speaks for a rule, else by the first.
    pub(super) fn of_place(engine: &Engine, named: &Named) -> ColumnPlan {
        let mut met = Met::default();
        named.keys.iter().for_each(|key| met.key(key));
        named.names.iter().for_each(|name| met.name(&FieldName::parse(name)));
        let mut found = engine.rules().place_rules(&named.keys);
        let mut column = if found.is_empty() {
            let columns: Vec<ColumnPlan> = named.names.iter().map(|name| ColumnPlan::named(engine, name)).collect();
            // `card.last4` is no one's Social Security number, whatever `last4` may be.
            let denied: Vec<u16> = columns.iter().flat_map(|column| column.not.iter().copied()).collect();
            let bound = |column: &ColumnPlan| column.bound.iter().any(|(rule, _)| !denied.contains(rule));
            let chosen = columns.iter().position(bound).unwrap_or(0);
            let mut column = columns.into_iter().nth(chosen).unwrap_or_default();
            column.bound.retain(|(rule, _)| !denied.contains(rule));
            column
        } else {
            // Values that pass the narrower check are the rarer.
            let rank = |weak: bool, rule: usize| (weak, engine.rules().rules[rule].evidence.chance);
            found.sort_by(|a, b| {
                rank(a.weak, a.rule).partial_cmp(&rank(b.weak, b.rule)).unwrap_or(std::cmp::Ordering::Equal)
            });
            let weight = |weak| if weak { WEAK_PLACE } else { PLACE };
            ColumnPlan {
                name: named.keys.first().cloned(),
                bound: found.iter().map(|found| (found.rule as u16, weight(found.weak))).collect(),
                placed: true,
                ..ColumnPlan::default()
            }
        };
        // The format names every place: where the name says nothing, that says something too. Columns of fields that are
        // glued to each other have none.
        column.headed =
            !(named.keys.is_empty() && named.names.is_empty() && matches!(named.place, Place::Column { .. }));
        column.subject = named.subject.or(column.subject);
        if named.keys.is_empty() {
            column.give_to_patients(engine);
        }
        column.holds = Some(named.holds);
        column.of_another |= named.of_another;
        column.place = Some(printable(&named.place));
        column.met = met;
        if named.holds != Holds::Structure {
            column.rule_out(engine);
        }
        column
    }

    /// `hospital number` is a patient's: no provider has a number of a kind that only patients have, nor accounts by this name.
    fn give_to_patients(&mut self, engine: &Engine) {
        let identifier = |(rule, _): &(u16, f32)| engine.rules().rules[*rule as usize].identifier;
        let account = |name: &String| {
            let words = FieldName::parse(name).tokens;
            words.iter().any(|word| word == "hospital") && words.iter().any(|word| word == "account")
        };
        let of_patients = self.bound.iter().any(|rule| column::only_patients_have(identifier(rule)))
            || self.bound.iter().any(|rule| identifier(rule) == Identifier::ACCOUNT_NUMBER)
                && self.name.as_ref().is_some_and(account);
        if self.subject == Some(Subject::Provider) && of_patients {
            self.subject = Some(Subject::Patient);
        }
    }

    /// Finds out what cannot become possible in it.
    fn rule_out(&mut self, engine: &Engine) {
        self.hopeless = column::hopeless(engine, self);
        let settled = |by: &Use| {
            self.hopeless.contains(&(by.rule, by.shape)) || self.bound.iter().any(|(rule, _)| *rule == by.rule)
        };
        let shapes = engine.plan().shapes().len();
        let (mut dead, mut bits) = (Vec::with_capacity(shapes), Vec::new());
        for shape in 0..shapes {
            let uses = engine.uses(shape as u16);
            for by in uses.iter().filter(|by| settled(by)) {
                let word = usize::from(by.number) / 64;
                if bits.len() <= word {
                    bits.resize(word + 1, 0);
                }
                bits[word] |= 1_u64 << (by.number % 64);
            }
            dead.push(uses.iter().all(settled));
        }
        (self.dead, self.settled) = (dead, bits);
    }
}

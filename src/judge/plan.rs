//! What is known of a document before its values are counted. In: its layout, the rules. Out: for each column
//! the rules its name speaks for, whose field it is, and how it is called in reports.

use crate::engine::Engine;
use crate::extract::Layout;
use crate::finding::{Place, Protection, Subject};
use crate::identifier::Identifier;
use crate::judge::column;
use crate::rules::FieldName;
use crate::rules::fields::reads_as_header;

/// What a header that says exactly the identifier weighs against one that says more words.
const INEXACT: f32 = -1.0;

/// What is known of a document.
#[derive(Debug)]
pub struct DocumentPlan {
    /// How its bytes are arranged.
    pub layout: Layout,
    /// Where values stand that stand in no column: [`Place::Text`], or [`Place::Name`] where a name is judged.
    pub text: Place,
    /// Its columns; empty for text.
    pub columns: Vec<ColumnPlan>,
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
}

/// What is known of a column.
#[derive(Debug, Default)]
pub struct ColumnPlan {
    /// As reports may print it: only where it reads as a header.
    pub name: Option<String>,
    /// Rules its name speaks for, with the weight of the name.
    pub bound: Vec<(u16, f32)>,
    /// Rules among these of which the name speaks weakly: other things are called so too.
    pub weak: Vec<u16>,
    /// Whose field it is, as far as its name says.
    pub subject: Option<Subject>,
    /// It has a name.
    pub headed: bool,
    /// Its name says ordinary numbers: invoice, amount, sku.
    pub ordinary: bool,
    /// Its name says a date that is no birth date: of service, death, loading.
    pub other_date: bool,
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
}

impl DocumentPlan {
    /// The plan of a document.
    pub fn new(engine: &Engine, layout: Layout) -> DocumentPlan {
        let columns = match &layout {
            Layout::Text => Vec::new(),
            Layout::Rows(dialect) => match &dialect.header {
                Some(header) => header.iter().map(|name| ColumnPlan::named(engine, name)).collect(),
                None => Vec::new(),
            },
        };
        let is_name = |rule: &usize| engine.rules().rules[*rule].identifier == Identifier::NAME;
        let names = (0..engine.rules().rules.len()).find(is_name).map(|rule| rule as u16);
        let nothing = ColumnPlan::default();
        DocumentPlan { layout, text: Place::Text, columns, nothing, keys: Vec::new(), no_keys: Vec::new(), names }
    }

    /// What is known of a column, from 0.
    #[inline]
    pub fn column(&self, column: usize) -> &ColumnPlan {
        self.columns.get(column).unwrap_or(&self.nothing)
    }

    /// Whether more than one column is called so.
    pub fn is_repeated(&self, name: &str) -> bool {
        self.columns.iter().filter(|column| column.name.as_deref() == Some(name)).nth(1).is_some()
    }

    /// The place of a column, from 0, or of what stands in none.
    pub fn place(&self, column: Option<u32>) -> Place {
        let Some(column) = column else { return self.text.clone() };
        let name = self.columns.get(column as usize).and_then(|c| c.name.clone());
        Place::Column { name, index: column + 1 }
    }
}

impl ColumnPlan {
    fn named(engine: &Engine, header: &str) -> ColumnPlan {
        if header.is_empty() {
            return ColumnPlan::default();
        }
        let name = FieldName::parse(header);
        let found = engine.rules().field_rules(&name);
        let weak = found.iter().filter(|found| found.weak).map(|found| found.rule as u16).collect();
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
            subject: (name.role != Subject::Unknown).then_some(name.role),
            headed: true,
            ordinary: name.ordinary(),
            other_date: name.other_date(),
            protection: name.protection,
            cancel: name.cancel,
            not: (0..engine.rules().rules.len())
                .filter(|rule| engine.rules().rules[*rule].denied_by(&name))
                .map(|rule| rule as u16)
                .collect(),
            hopeless: Vec::new(),
            dead: Vec::new(),
        };
        // `hospital number` is a patient's: no provider has a number of a kind that only patients have.
        let of_patients =
            |rule: &(u16, f32)| column::only_patients_have(engine.rules().rules[rule.0 as usize].identifier);
        if column.subject == Some(Subject::Provider) && column.bound.iter().any(of_patients) {
            column.subject = Some(Subject::Patient);
        }
        column.hopeless = column::hopeless(engine, &column);
        let dead = |shape: usize| {
            engine.uses(shape as u16).iter().all(|by| {
                column.hopeless.contains(&(by.rule, by.shape)) || column.bound.iter().any(|(rule, _)| *rule == by.rule)
            })
        };
        column.dead = (0..engine.plan().shapes().len()).map(dead).collect();
        column
    }
}

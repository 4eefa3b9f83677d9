//! What is known of a document before its values are counted. In: its layout, the rules asked for. Out: for each column
//! the rules its name speaks for, whose field it is, and how it is called in reports.

use crate::engine::Engine;
use crate::extract::Layout;
use crate::finding::{Place, Protection, Subject};
use crate::identifier::Identifier;
use crate::options::Options;
use crate::rules::FieldName;
use crate::rules::fields::reads_as_header;

/// What a header that says exactly the identifier weighs against one that says more words.
const INEXACT: f32 = -1.5;

/// What is known of a document.
#[derive(Debug)]
pub struct DocumentPlan {
    /// How its bytes are arranged.
    pub layout: Layout,
    /// Its columns; empty for text.
    pub columns: Vec<ColumnPlan>,
    /// Which rules are asked for, by index.
    pub active: Vec<bool>,
    /// Columns without a telling name that hold person keys all the same: (column, rule, shape), found from the first
    /// chunk; sorted.
    pub keys: Vec<(u32, u16, u8)>,
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
}

impl DocumentPlan {
    /// The plan of a document.
    pub fn new(engine: &Engine, options: &Options, layout: Layout) -> DocumentPlan {
        let wanted = |identifier: Identifier| {
            (options.only.is_empty() || options.only.contains(&identifier)) && !options.skip.contains(&identifier)
        };
        let active: Vec<bool> = engine.rules().rules.iter().map(|rule| wanted(rule.identifier)).collect();
        let columns = match &layout {
            Layout::Text => Vec::new(),
            Layout::Rows(dialect) => match &dialect.header {
                Some(header) => header.iter().map(|name| ColumnPlan::named(engine, &active, name)).collect(),
                None => Vec::new(),
            },
        };
        let is_name = |rule: &usize| active[*rule] && engine.rules().rules[*rule].identifier == Identifier::NAME;
        let names = (0..active.len()).find(is_name).map(|rule| rule as u16);
        DocumentPlan { layout, columns, active, keys: Vec::new(), names }
    }

    /// The place of a column, from 0.
    pub fn place(&self, column: u32) -> Place {
        let name = self.columns.get(column as usize).and_then(|c| c.name.clone());
        Place::Column { name, index: column + 1 }
    }
}

impl ColumnPlan {
    fn named(engine: &Engine, active: &[bool], header: &str) -> ColumnPlan {
        if header.is_empty() {
            return ColumnPlan::default();
        }
        let name = FieldName::parse(header);
        let bound = engine
            .rules()
            .field_rules(&name)
            .into_iter()
            .filter(|found| active[found.rule])
            .map(|found| {
                let weight = engine.rules().rules[found.rule].evidence.field;
                let words = if found.exact { 0.0 } else { INEXACT };
                (found.rule as u16, if found.weak { weight / 2.0 } else { weight } + words)
            })
            .collect();
        ColumnPlan {
            name: reads_as_header(header).then(|| header.to_string()),
            bound,
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
        }
    }
}

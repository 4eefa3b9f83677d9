//! One list of people in every format that is not a plain table. In: a half, a seed. Out: [`Page`]s, each a whole document of its
//! format with the truth about every value in it.
//!
//! The halves differ in how a format is used, not only in seeds: the order of elements, which optional segments there are, by
//! which qualifiers numbers are told, how keys are spelt, how dates and numbers are written.
//!
//! Documents are written from templates: `«Ssn»` is a value ([`values::value`]), `⟦Mbi⟧…⟦/⟧` stands only where the person has one,
//! `«#9»` is digits that are nothing.

mod cda;
mod fhir;
mod hl7;
mod keyed;
mod ncpdp;
mod rich;
mod tables;
mod values;
mod x12;

use super::fields::{Feed, Field, KINDS, Record, Style};
use super::people::Population;
use super::rng::Rng;
use super::{Page, Split, Whose};

/// Everything that a document is written from.
pub(crate) struct List<'a> {
    pub(crate) split: Split,
    pub(crate) population: &'a Population,
    pub(crate) style: Style,
    pub(crate) feed: Feed,
    /// Chooses among the layouts of a half.
    pub(crate) layout: usize,
    pub(crate) number: usize,
}

/// One format: its name in the tables, and what writes it.
type Format = (&'static str, fn(&List, &mut Rng) -> Page);

/// Formats with the values that their guides ask for.
const HEALTH: &[Format] = &[
    ("HL7 v2 ADT", hl7::admissions),
    ("HL7 v2 ORU", hl7::results),
    ("X12 837P", x12::claims),
    ("X12 834", x12::enrolment),
    ("X12 835", x12::payments),
    ("X12 270 and 271", x12::eligibility),
    ("NCPDP D.0", ncpdp::transmission),
    ("FHIR JSON", fhir::bundle),
    ("FHIR NDJSON", fhir::lines),
    ("FHIR XML", fhir::markup),
    ("C-CDA", cda::document),
    ("vCard", keyed::cards),
    ("LDIF", keyed::entries),
    ("DOCX prose", rich::letter),
    ("PDF", rich::sheets),
    ("EML", rich::mail),
];

/// Formats that hold whatever columns there are.
const GENERAL: &[Format] = &[
    ("fixed width", tables::padded),
    ("fixed width, glued", tables::glued),
    ("JSON", keyed::array),
    ("JSON, nested", keyed::nested),
    ("XML", keyed::markup),
    ("YAML", keyed::blocks),
    ("log, key=value", keyed::log),
    ("log, JSON", keyed::json_log),
    ("access log", keyed::queries),
    ("SQL, INSERT with columns", tables::inserts),
    ("SQL, INSERT without", tables::dump),
    ("SQL, COPY", tables::copied),
    ("HTML table", tables::page),
    ("RTF table", tables::rich_text),
    ("XLSX", rich::workbook),
    ("SQLite", rich::database),
    ("Parquet", rich::columnar),
];

/// So many documents of each format.
pub(crate) fn pages(split: Split, seed: u64, each: usize) -> Vec<Page> {
    let mut rng = Rng::new(seed.wrapping_mul(0xF0_11A7) ^ split.pick(0, 0x5EED));
    let mut pages = Vec::new();
    let mut population = Population::new(split, &mut rng, 400);
    let formats = HEALTH.iter().map(|format| (format, true)).chain(GENERAL.iter().map(|format| (format, false)));
    for (at, ((name, write), health)) in formats.enumerate() {
        if at % 8 == 7 {
            population = Population::new(split, &mut rng, 400);
        }
        for number in 0..each {
            let rows = *rng.pick(&[12, 25, 60]);
            let kind = if health { &KINDS[0] } else { &KINDS[rng.below(KINDS.len())] };
            let feed = Feed::of(kind, &population, rows, &mut rng);
            let style = Style::new(split, &mut rng);
            let list = List { split, population: &population, style, feed, layout: rng.below(64), number };
            let mut page = write(&list, &mut rng);
            page.format = name.to_string();
            pages.push(page);
        }
    }
    pages
}

impl List<'_> {
    /// One of the layouts of this document's half.
    pub(crate) fn pick<T: Copy>(&self, train: &[T], held_out: &[T]) -> T {
        let from = self.split.pick(train, held_out);
        from[self.layout % from.len()]
    }

    /// An empty document of this name.
    pub(crate) fn page(&self, stem: &str, ending: &str) -> Page {
        Page::new(format!("{stem}_{:04}.{ending}", self.number), "")
    }

    /// Writes a template for a record.
    pub(crate) fn write(
        &self,
        page: &mut Page,
        template: &str,
        record: &Record,
        escape: fn(&str) -> String,
        rng: &mut Rng,
    ) {
        let mut rest = template;
        while let Some(at) = rest.find(['«', '⟦']) {
            page.text(&rest[..at]);
            let is_value = rest[at..].starts_with('«');
            let (name, after) = rest[at..].split_once(if is_value { '»' } else { '⟧' }).unwrap_or((&rest[at..], ""));
            let name = name.trim_start_matches(['«', '⟦']);
            rest = after;
            if is_value {
                self.one(page, name, record, escape, rng);
            } else if name != "/" && values::value(self, name, record, rng).0.is_empty() {
                rest = after.split_once("⟦/⟧").map_or("", |(_, behind)| behind);
            }
        }
        page.text(rest);
    }

    /// One value, or digits.
    fn one(&self, page: &mut Page, name: &str, record: &Record, escape: fn(&str) -> String, rng: &mut Rng) {
        if let Some(count) = name.strip_prefix('#') {
            return page.text(&rng.digits(count.parse().unwrap_or(1)));
        }
        let (text, what) = values::value(self, name, record, rng);
        page.value(&escape(&text), what, Some(values::column(name)));
    }

    /// A cell of a general format: its text and what it is.
    pub(crate) fn cell(
        &self,
        field: Field,
        record: &Record,
        rng: &mut Rng,
    ) -> (String, Option<(phisweep::identifier::Identifier, Whose)>) {
        if self.style.leaves_empty(rng) {
            return (String::new(), None);
        }
        (field.value(record, self.population, &self.style, false, rng), super::truth_of(field))
    }

    /// The names of the fields, each as this document spells it.
    pub(crate) fn names(&self, rng: &mut Rng) -> Vec<&'static str> {
        let headers = |field: &Field| *rng.pick(self.feed.headers(*field, self.split));
        self.feed.fields.iter().map(headers).collect()
    }
}

/// As it is.
pub(crate) fn plain(text: &str) -> String {
    text.to_string()
}

/// As text of XML and HTML.
pub(crate) fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;")
}

//! Tables of fields between delimiters, with and without a line of names. In: a feed. Out: a document.

use super::fields::{Feed, Field, Style};
use super::people::Population;
use super::rng::Rng;
use super::{Page, Split, Whose, Writer, truth_of};

/// One way to lay a table out.
#[derive(Clone, Copy)]
struct Delimited {
    half: Split,
    format: &'static str,
    ending: &'static str,
    delimiter: char,
    header: bool,
    /// Every field in quotes.
    quoted: bool,
    line_end: &'static str,
    /// Lines of a title above the names.
    title: bool,
    /// Filled up with blanks.
    padded: bool,
}

pub(crate) fn writers() -> Vec<Box<dyn Writer>> {
    let plain = Delimited {
        half: Split::Train,
        format: "csv",
        ending: "csv",
        delimiter: ',',
        header: true,
        quoted: false,
        line_end: "\n",
        title: false,
        padded: false,
    };
    let seen = plain;
    let held = Delimited { half: Split::HeldOut, ..plain };
    vec![
        Box::new(Delimited { format: "tab-separated", ending: "tsv", delimiter: '\t', ..plain }),
        Box::new(Delimited { format: "csv, all quoted", quoted: true, ..plain }),
        Box::new(Delimited { format: "csv, no header", header: false, ..plain }),
        Box::new(plain),
        Box::new(Delimited { format: "tildes", ending: "txt", delimiter: '~', line_end: "\r\n", ..seen }),
        Box::new(Delimited { format: "semicolons, all quoted", ending: "csv", delimiter: ';', quoted: true, ..seen }),
        Box::new(Delimited { format: "tab-separated, padded", ending: "tab", delimiter: '\t', padded: true, ..seen }),
        Box::new(Delimited { format: "pipes, title lines", ending: "txt", delimiter: '|', title: true, ..seen }),
        Box::new(Delimited {
            format: "semicolons, no header",
            ending: "csv",
            delimiter: ';',
            header: false,
            line_end: "\r\n",
            ..seen
        }),
        Box::new(Delimited { format: "carets", ending: "txt", delimiter: '^', ..held }),
        Box::new(Delimited { format: "csv, mixed", ending: "csv", line_end: "\r\n", ..held }),
        Box::new(Delimited { format: "commas, title lines", ending: "txt", title: true, ..held }),
        Box::new(Delimited { format: "tabs, no header", ending: "txt", delimiter: '\t', header: false, ..held }),
        Box::new(Delimited { format: "semicolons, title lines", ending: "csv", delimiter: ';', title: true, ..held }),
        Box::new(Delimited { format: "pipes, padded", ending: "psv", delimiter: '|', padded: true, ..held }),
        Box::new(Delimited { format: "pipe-separated", ending: "txt", delimiter: '|', line_end: "\r\n", ..seen }),
        Box::new(Delimited { format: "semicolons, padded", ending: "csv", delimiter: ';', padded: true, ..seen }),
        Box::new(Delimited { format: "csv, title lines", title: true, quoted: true, line_end: "\r\n", ..seen }),
        Box::new(Delimited {
            format: "pipe-separated, no header",
            ending: "dat",
            delimiter: '|',
            header: false,
            ..seen
        }),
    ]
}

impl Delimited {
    fn field(
        &self,
        page: &mut Page,
        text: &str,
        field: Option<Field>,
        column: usize,
        enough: bool,
        style_loses_zeros: bool,
    ) {
        let clashes = text.contains(self.delimiter) || text.contains('"');
        let quoted = self.quoted || clashes;
        if quoted {
            page.text("\"");
        }
        let mut what = field.and_then(truth_of);
        if let (Some((_, whose)), Some(field), false) = (&mut what, field, self.header)
            && !(field.tells() && enough && (field != Field::Ssn || !style_loses_zeros))
        {
            *whose = Whose::Anybody;
        }
        page.value(text, what, Some(column));
        if quoted {
            page.text("\"");
        }
        if self.padded {
            page.text(&" ".repeat(12usize.saturating_sub(text.len())));
        }
    }

    fn row(
        &self,
        page: &mut Page,
        (enough, loses): (bool, bool),
        fields: impl Iterator<Item = (String, Option<Field>)>,
    ) {
        for (column, (text, field)) in fields.enumerate() {
            if column > 0 {
                page.text(&self.delimiter.to_string());
            }
            self.field(page, &text, field, column, enough, loses);
        }
        page.text(self.line_end);
    }
}

impl Writer for Delimited {
    fn half(&self) -> Split {
        self.half
    }

    fn write(&self, feed: &Feed, population: &Population, style: &Style, number: usize, rng: &mut Rng) -> Page {
        let mut page = Page::new(format!("{}_{number:04}.{}", feed.kind.name, self.ending), self.format);
        page.class = self.header.then_some(feed.kind.class);
        if self.title {
            page.text(&format!("Monthly {} extract{}", feed.kind.name, self.line_end));
            page.text(&format!("Printed for the plan office{}", self.line_end));
        }
        if self.header {
            let names: Vec<String> =
                feed.fields.iter().map(|field| rng.pick(feed.headers(*field, style.split)).to_string()).collect();
            self.row(&mut page, (true, false), names.into_iter().map(|name| (name, None)));
        }
        // Without names a handful of rows tells nobody what they are.
        let enough = feed.records.len() >= 12;
        // Of nine bare figures nine in ten pass for an SSN: twelve in a row are no proof.
        let few = style.bare_ssn() && feed.records.len() < 40;
        for record in &feed.records {
            let values: Vec<(String, Option<Field>)> = feed
                .fields
                .iter()
                .map(|field| match style.leaves_empty(rng) {
                    true => (String::new(), Some(*field)),
                    false => (field.value(record, population, style, false, rng), Some(*field)),
                })
                .collect();
            self.row(&mut page, (enough, style.loses_zeros() || few), values.into_iter());
        }
        page
    }
}

//! Labelled documents, made up: nobody's data. In: a seed and a half. Out: [`Page`]s, each with the truth about every value
//! in it. The same seed gives the same bytes everywhere.
//!
//! There are two halves ([`Split`]). They differ in *classes* of variation, not only in seeds: how fields are called, how
//! files are laid out, how values are written, what else lies around. What is fitted is fitted on the one half; the other is
//! for measuring.
//!
//! To add a kind of table or text: a file beside `delimited.rs` with a [`Writer`], and a line in [`writers`]. Formats of records and of
//! programs stand in `formats`.

pub(crate) mod decoys;
pub(crate) mod delimited;
pub(crate) mod fields;
pub(crate) mod formats;
pub(crate) mod people;
pub(crate) mod prose;
pub(crate) mod rng;
pub(crate) mod sets;
pub(crate) mod words;

use std::ops::Range;

use phisweep::identifier::Identifier;

use fields::{Feed, Field, Style};
use people::Population;
use rng::Rng;

/// Which half of the variation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Split {
    /// Weights may be fitted to it.
    Train,
    /// Nothing may be fitted to it.
    HeldOut,
}

impl Split {
    /// One of two things, by half.
    pub(crate) fn pick<T>(self, train: T, held_out: T) -> T {
        match self {
            Split::Train => train,
            Split::HeldOut => held_out,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        self.pick("train", "held out")
    }
}

/// Whose a value is, and whether finding it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// A person's who is no provider: must be found, and not as a provider's.
    Person,
    /// A provider's: must be found as a provider's.
    Provider,
    /// May be found or not: nothing in the document could tell, or opinions differ.
    Anybody,
}

/// One value and what it is.
#[derive(Clone, Debug)]
pub(crate) struct Truth {
    pub(crate) identifier: Identifier,
    pub(crate) whose: Whose,
    /// Where it stands, bytes.
    pub(crate) span: Range<usize>,
    /// Values of one column are decided together; `None` where each is by itself.
    pub(crate) column: Option<usize>,
}

/// A document with its truth.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    /// File name.
    pub(crate) name: String,
    /// How it is laid out, for tables by format.
    pub(crate) format: String,
    pub(crate) bytes: Vec<u8>,
    /// The document, where that is no text: `bytes` is then what it says.
    pub(crate) file: Option<Vec<u8>>,
    pub(crate) truths: Vec<Truth>,
    /// The class the document has, where it is beyond dispute.
    pub(crate) class: Option<&'static str>,
}

impl Page {
    pub(crate) fn new(name: String, format: &str) -> Page {
        Page { name, format: format.to_string(), ..Page::default() }
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Writes a value and notes what it is.
    pub(crate) fn value(&mut self, text: &str, what: Option<(Identifier, Whose)>, column: Option<usize>) {
        let start = self.bytes.len();
        self.text(text);
        if let Some((identifier, whose)) = what.filter(|_| !text.is_empty()) {
            self.truths.push(Truth { identifier, whose, span: start..self.bytes.len(), column });
        }
    }
}

/// A format: writes a feed as a document.
pub(crate) trait Writer {
    /// The halves it belongs to.
    fn half(&self) -> Split;
    /// A document with the records of the feed.
    fn write(&self, feed: &Feed, population: &Population, style: &Style, number: usize, rng: &mut Rng) -> Page;
}

/// All formats.
fn writers() -> Vec<Box<dyn Writer>> {
    let mut writers = delimited::writers();
    writers.extend(prose::writers());
    writers
}

/// So many documents of records of one half, and about as many that hold nobody's.
pub(crate) fn pages(split: Split, seed: u64, documents: usize) -> Vec<Page> {
    let mut rng = Rng::new(seed ^ split.pick(0, 0x5EED));
    let writers: Vec<Box<dyn Writer>> = writers().into_iter().filter(|w| w.half() == split).collect();
    let mut pages = Vec::new();
    let mut population = Population::new(split, &mut rng, 400);
    for number in 0..documents {
        // People are shared by the files of one vendor.
        if number % 40 == 39 {
            population = Population::new(split, &mut rng, 400);
        }
        let style = Style::new(split, &mut rng);
        let writer = &writers[number % writers.len()];
        let feed = Feed::new(&population, &mut rng);
        pages.push(writer.write(&feed, &population, &style, number, &mut rng));
    }
    for number in 0..documents {
        pages.push(decoys::page(split, number, &mut rng));
    }
    pages
}

/// What a field holds, if that is asked for here.
pub(crate) fn truth_of(field: Field) -> Option<(Identifier, Whose)> {
    field.identifier().map(|identifier| (identifier, field.whose()))
}
